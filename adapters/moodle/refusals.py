"""Moodle's refusals, which come with HTTP 200, in the words of our errors: what happened and what to do."""

from __future__ import annotations

import msgspec

from lms_scoring.domain.errors import PlatformBusy, PlatformError, PlatformRefused, RecordRefused
from lms_scoring.domain.failure import Instead


class Refusal(msgspec.Struct):
    """The body of a refusal. `message` is in the account's language, so only `errorcode` is judged by.

    Inside a batch it has no `exception`; a failure of PHP itself has no `errorcode`.
    """

    exception: str | None = None
    errorcode: str | None = None
    message: str = ""


_MAINTENANCE = 300
"""Seconds that a Moodle's own pages ask for in maintenance mode; its web services name none."""


def error_of(refusal: Refusal, *, platform: str, call: str) -> PlatformError:
    """The error that the refusal means."""
    code = refusal.errorcode or refusal.exception or "unknown"
    if code == "sitemaintenance":
        reason = "the site is in maintenance mode; nothing was read, try later"
        return PlatformBusy(platform, call, reason, wait=_MAINTENANCE, instead=Instead.MAINTENANCE)
    if code == "invalidrecord" and "external_functions" in refusal.message:
        code = "unknownfunction"
    if code == "errorcoursecontextnotvalid" and "forcepasswordchange" in refusal.message:
        code = "forcepasswordchangenotice"
    if code in _OF_THE_ACCOUNT:
        reason = f"{_OF_THE_ACCOUNT[code]} [{code}]"
        return PlatformRefused(platform, call, reason, instead=Instead.NOT_ACCEPTED)
    if code in _OF_THE_CALL:
        unknown = Instead.NOT_THERE if code == "unknownfunction" else None
        return PlatformRefused(platform, call, f"{_OF_THE_CALL[code]} [{code}]", instead=unknown)
    return RecordRefused(platform, call, _explained(code), code=code)


def ends_everything(error: PlatformError) -> bool:
    """Whether after this error no other call can do better."""
    return error.again or error.instead in _OF_EVERYTHING


def is_closed(error: PlatformError) -> bool:
    """Whether it says only that the activity is past its closing date, or not open yet."""
    return isinstance(error, RecordRefused) and error.code in _OF_CLOSED


def concerns_one_person(error: PlatformError) -> bool:
    """Whether it says only who somebody is: deleted, suspended or no participant."""
    return isinstance(error, RecordRefused) and error.code in _OF_ONE_PERSON


_OF_EVERYTHING = frozenset(
    {
        *(Instead.NOT_ACCEPTED, Instead.SWITCHED_OFF, Instead.REDIRECT, Instead.LOGIN_PAGE),
        *(Instead.CERTIFICATE, Instead.NOT_ASKED),
    }
)
_OF_CLOSED = frozenset({"expired", "notopenyet"})
_OF_ONE_PERSON = frozenset({"userdeleted", "usernotincourse", "userisfilteredout"})
_OF_THE_ACCOUNT = {
    "invalidtoken": "the token is unknown: mistyped, deleted, or past its end (Moodle deletes an expired "
    "token at its first use). Make a new one under Site administration > Server > Web services > Manage "
    "tokens and put it into the settings",
    "wsaccessusersuspended": "the service account is suspended; reactivate it under Users > Browse list of "
    "users",
    "wsaccessuserdeleted": "the service account was deleted; make a new account and a new token",
    "wsaccessuserunconfirmed": "the service account is not confirmed; confirm it under Users",
    "wsaccessuserexpired": "the service account's password is past its end; set a new one",
    "wsaccessusernologin": "the service account may not log in; set its authentication to web services",
    "sitepolicynotagreed": "the service account has not agreed to the site's policies: log in as that "
    "account once and agree",
    "usernotfullysetup": "the service account's profile is incomplete: log in as that account once and "
    "fill it in",
    "forcepasswordchangenotice": "the service account must change its password first: log in as that "
    "account once and set a new one",
}

_NOT_IN_THE_COURSE = (
    "the service account may not enter the course or activity: give its role moodle/course:view there, or "
    "enrol it, and the capability to view the activity"
)

_OF_THE_CALL = {
    "accessexception": "Moodle says no more than that access is refused. One of: the function is not in the "
    "token's external service, the service is switched off, the account is not among the service's "
    "authorised users, the token is past its end or bound to another IP address. Look at Site "
    "administration > Server > Web services > External services and Manage tokens",
    "unknownfunction": "this Moodle does not know the function: its plugin is not installed, or the site is "
    "older than 4.1",
    "requireloginerror": _NOT_IN_THE_COURSE,
    "errorcoursecontextnotvalid": _NOT_IN_THE_COURSE,
}

_EXPLAINED = {
    "nopermissions": "the service account lacks a capability for it",
    "nopermission": "the service account lacks a capability for it, or the person left the course",
    "accessdenied": "the service account lacks a capability for it",
    "notingroup": "the service account lacks moodle/site:accessallgroups",
    "noviewdiscussionspermission": "the service account lacks mod/forum:viewdiscussion",
    "nopermissiontoviewattempts": "the service account lacks mod/h5pactivity:reviewattempts",
    "expired": "the activity is past its closing date, and the service account may not look into it then",
    "notopenyet": "the activity is not open yet, and the service account may not look into it before",
    "userdeleted": "the person's account was deleted",
    "usernotincourse": "the person is not (or not actively) enrolled",
    "userisfilteredout": "the person's account is suspended",
    "invalidparameter": "Moodle does not take the parameters; the site may be older than 4.1",
    "invalidrecord": "no such record",
}


def _explained(code: str) -> str:
    return f"{_EXPLAINED.get(code, 'Moodle refused')} [{code}]"
