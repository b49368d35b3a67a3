"""The exceptions a Moodle answers with: always HTTP 200, recognisable only by their JSON."""

from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

MOODLE = "core\\exception\\moodle_exception"
CAPABILITY = "core\\exception\\required_capability_exception"
_SITE_ZONE = ZoneInfo("Asia/Shanghai")


class MoodleError(Exception):
    """A web-service exception; ``errorcode`` is ``None`` where Moodle lets a PHP error through."""

    def __init__(self, exception: str, errorcode: str | None, message: str) -> None:
        super().__init__(message)
        self.exception = exception
        self.errorcode = errorcode
        self.message = message

    def body(self) -> dict[str, Any]:
        """The JSON that a single call answers with."""
        if self.errorcode is None:
            return {"exception": self.exception, "message": self.message}
        return {"exception": self.exception, "errorcode": self.errorcode, "message": self.message}

    def batched(self, base_url: str) -> dict[str, Any]:
        """The JSON that a batch carries: no class, but two links, and the message spelled out."""
        code = self.errorcode or "generalexceptionmessage"
        return {
            "message": _SPELLED_OUT.get(self.message, self.message),
            "errorcode": code,
            "link": f"{base_url}/",
            "moreinfourl": f"https://docs.moodle.org/405/en/error/moodle/{code}",
        }


_SPELLED_OUT = {"error/userdeleted": "This user account has been deleted"}


def invalid_token() -> MoodleError:
    """The token is unknown or blank."""
    return MoodleError(MOODLE, "invalidtoken", "Invalid token - token not found")


def access_exception() -> MoodleError:
    """The function is not in the service, the token is past its time, or the service is off."""
    return MoodleError("webservice_access_exception", "accessexception", "Access control exception")


def invalid_parameter() -> MoodleError:
    """A parameter is missing, malformed or unknown; Moodle never says which."""
    return MoodleError(
        "core\\exception\\invalid_parameter_exception", "invalidparameter", "Invalid parameter value detected"
    )


def invalid_record(table: str) -> MoodleError:
    """There is no such row."""
    return MoodleError(
        "dml_missing_record_exception", "invalidrecord", f"Can't find data record in database table {table}."
    )


def php_error(message: str) -> MoodleError:
    """A PHP error that Moodle passes on without a code."""
    return MoodleError("Error", None, message)


def user_deleted() -> MoodleError:
    """The person asked about is deleted."""
    return MoodleError(MOODLE, "userdeleted", "error/userdeleted")


def no_permission() -> MoodleError:
    """The person asked about is not enrolled (any more)."""
    return MoodleError(CAPABILITY, "nopermission", "error/nopermission")


def no_permissions(what: str) -> MoodleError:
    """The caller lacks a capability, named in the caller's language."""
    return MoodleError(
        CAPABILITY, "nopermissions", f"Sorry, but you do not currently have permissions to do that ({what})."
    )


def user_not_in_course() -> MoodleError:
    """The person is no participant of the course."""
    return MoodleError(MOODLE, "usernotincourse", "This user is not in this course!")


def user_filtered_out() -> MoodleError:
    """The person's account is suspended."""
    return MoodleError(MOODLE, "userisfilteredout", "This user does not match filters and table preferences!")


def not_open_yet(opens: int) -> MoodleError:
    """The activity opens later; seconds."""
    return MoodleError(
        MOODLE, "notopenyet", f"Sorry, this activity is not available until {_in_words(opens)}"
    )


def expired(closes: int) -> MoodleError:
    """The activity is past its closing date; seconds."""
    text = f"Sorry, this activity closed on {_in_words(closes)} and is no longer available"
    return MoodleError(MOODLE, "expired", text)


def not_accessible() -> MoodleError:
    """The caller may not enter the course or the activity."""
    return MoodleError(
        "core\\exception\\require_login_exception", "requireloginerror", "Course or activity not accessible."
    )


def site_maintenance() -> MoodleError:
    """The site is in maintenance by its own setting."""
    return MoodleError(
        MOODLE, "sitemaintenance", "The site is undergoing maintenance and is currently not available"
    )


def not_modelled(function: str) -> MoodleError:
    """The real Moodle has this function, the stand-in has no data for it."""
    return MoodleError(MOODLE, "notmodelled", f"The demonstration platform does not model {function}")


def _in_words(at: int) -> str:
    when = datetime.fromtimestamp(at, _SITE_ZONE)
    return f"{when:%A}, {when.day} {when:%B %Y}, {when.hour % 12 or 12}:{when:%M %p}"
