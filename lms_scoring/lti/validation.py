"""Validation: what a rightly signed token must say to be believed, in one pure function.

The rules are 10 to 15 of the checklist drawn from LTI Core 1.3 and the Security Framework 1.1 (5.1.3).
What a platform may keep to itself may be missing or null; what is there must be what it should be.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from lms_scoring.domain.addresses import web_address
from lms_scoring.domain.launch import Context, DeepLinking, GradeService, Launch, LaunchRoles, Message
from lms_scoring.domain.registration import Approval, LaunchState, Registration, can_be_subject
from lms_scoring.lti.claims import COPIED_FROM, GROUPS, VERSION, Claim
from lms_scoring.lti.refusal import LaunchRefused, Refusal
from lms_scoring.lti.roles import launch_roles

LEEWAY = 60
"""Seconds by which a platform's clock may differ from ours; Moodle's tokens live for 60."""
OLDEST = 600
"""Seconds after which a token is not believed, whatever it says of its own end."""
LONGEST_ID = 255
LONGEST_TEXT = 4_000


def validated(
    claims: Mapping[str, Any], registration: Registration, state: LaunchState, *, now: int
) -> Launch:
    """The launch that the claims of a verified token describe; `now` in seconds since 1970.

    Raises LaunchRefused with the first rule that is broken. A deployment nobody approved is refused last,
    so that whoever stores it as pending knows that everything else was right.
    """
    _check_parties(claims, registration)
    issued = _check_times(claims, now)
    if _text(claims, "nonce", Refusal.NONCE) != state.nonce:
        raise LaunchRefused(Refusal.NONCE, "it answers another login")
    if claims.get(Claim.VERSION) != VERSION:
        raise LaunchRefused(Refusal.VERSION, "it is not LTI 1.3.0")
    message = _message(claims)
    deployment = _identifier(claims, Claim.DEPLOYMENT, Refusal.DEPLOYMENT)
    subject = _subject(claims, registration)
    if message is Message.RESOURCE_LINK:
        _check_link(claims)
    launch = Launch(
        registration=registration.id,
        message=message,
        deployment=deployment,
        subject=subject,
        roles=_roles(claims, message),
        target=_target(claims, state),
        skew=issued - now,
        context=_context(claims),
        for_user=_for_user(claims, message, registration),
        deep_linking=_deep_linking(claims, message, registration),
        **_optional(claims),
    )
    _check_deployment(deployment, registration, state)
    return launch


def _check_parties(claims: Mapping[str, Any], registration: Registration) -> None:
    if claims.get("iss") != registration.issuer:
        raise LaunchRefused(Refusal.ISSUER, "it is not from the platform that the login came from")
    audience = claims.get("aud")
    audiences = [audience] if isinstance(audience, str) else audience
    if not isinstance(audiences, list) or not all(isinstance(one, str) for one in audiences):
        raise LaunchRefused(Refusal.AUDIENCE, "it does not say for whom it is")
    if registration.client_id not in audiences:
        raise LaunchRefused(
            Refusal.AUDIENCE_IS_OLD_KEY if len(audiences) == 1 else Refusal.AUDIENCE,
            "it is for another client; a Moodle does this where an activity still has an LTI 1.1 key: "
            "open its settings and save it again",
        )
    strangers = set(audiences) - {registration.client_id} - registration.trusted_audiences
    if strangers:
        raise LaunchRefused(Refusal.AUDIENCE, "it is also for somebody we do not trust")
    party = claims.get("azp")
    if (len(audiences) > 1 or "azp" in claims) and party != registration.client_id:
        raise LaunchRefused(Refusal.AUTHORIZED_PARTY, "it was not issued to us")


def _check_times(claims: Mapping[str, Any], now: int) -> int:
    expires, issued = _seconds(claims, "exp"), _seconds(claims, "iat")
    if now > expires + LEEWAY:
        raise LaunchRefused(Refusal.EXPIRED, f"it ended {now - expires} s ago by our clock")
    if issued > now + LEEWAY:
        raise LaunchRefused(Refusal.NOT_YET, f"it was issued {issued - now} s from now by our clock")
    if issued < now - OLDEST - LEEWAY:
        raise LaunchRefused(Refusal.TOO_OLD, f"it was issued {now - issued} s ago by our clock")
    if "nbf" in claims and _seconds(claims, "nbf") > now + LEEWAY:
        raise LaunchRefused(Refusal.NOT_YET, "it is not valid yet by our clock")
    return issued


def _seconds(claims: Mapping[str, Any], name: str) -> int:
    value = claims.get(name)
    if isinstance(value, bool) or not isinstance(value, int | float) or not abs(value) < 1e11:
        raise LaunchRefused(Refusal.TIMES, f"{name} is missing or no time")
    return int(value)


def _message(claims: Mapping[str, Any]) -> Message:
    value = claims.get(Claim.MESSAGE_TYPE)
    if not isinstance(value, str) or value not in set(Message):
        raise LaunchRefused(Refusal.MESSAGE_TYPE, "it is no message that we know")
    return Message(value)


def _subject(claims: Mapping[str, Any], registration: Registration) -> str:
    """Anonymous launches are allowed by the specification; a pass status has to know whose it is."""
    if "sub" not in claims:
        raise LaunchRefused(Refusal.ANONYMOUS, "it does not say who the visitor is")
    return _user(claims, "sub", registration, Refusal.SUBJECT)


def _user(claims: Mapping[str, Any], name: str, registration: Registration, refusal: Refusal) -> str:
    """A platform's id of somebody."""
    user = _identifier(claims, name, refusal)
    if not can_be_subject(registration, user):
        raise LaunchRefused(
            refusal, f"{_short(name)} is no user id of a Moodle, which its registration is joined to"
        )
    return user


def _roles(claims: Mapping[str, Any], message: Message) -> LaunchRoles:
    roles = claims.get(Claim.ROLES)
    if roles is None and message in (Message.DATA_PRIVACY, Message.EULA):
        return LaunchRoles()
    if not isinstance(roles, list) or not all(isinstance(role, str) for role in roles):
        raise LaunchRefused(Refusal.ROLES, "roles is missing or no list")
    return launch_roles(roles)


def _target(claims: Mapping[str, Any], state: LaunchState) -> str:
    if claims.get(Claim.TARGET) != state.target:
        raise LaunchRefused(Refusal.TARGET, "it leads elsewhere than the login said")
    return state.target


def _context(claims: Mapping[str, Any]) -> Context | None:
    context = _table(claims, Claim.CONTEXT)
    if context is None:
        return None
    return Context(
        id=_identifier(context, "id", Refusal.CLAIM),
        title=_optional_text(context, "title"),
        label=_optional_text(context, "label"),
        history=tuple(filter(None, _custom(claims).get(COPIED_FROM, "").split(","))),
    )


def _check_link(claims: Mapping[str, Any]) -> None:
    """The specification asks for its id; which of a course's links it was makes no difference here."""
    link = _needed_table(claims, Claim.RESOURCE_LINK, Refusal.RESOURCE_LINK)
    _identifier(link, "id", Refusal.RESOURCE_LINK)


def _for_user(claims: Mapping[str, Any], message: Message, registration: Registration) -> str | None:
    if message is not Message.SUBMISSION_REVIEW:
        return None
    asked = _needed_table(claims, Claim.FOR_USER, Refusal.CLAIM)
    return _user(asked, "user_id", registration, Refusal.CLAIM)


def _deep_linking(
    claims: Mapping[str, Any], message: Message, registration: Registration
) -> DeepLinking | None:
    if message is not Message.DEEP_LINKING:
        return None
    settings = _needed_table(claims, Claim.DEEP_LINKING, Refusal.CLAIM)
    return DeepLinking(
        return_url=_return_address(settings, "deep_link_return_url", registration),
        types=_texts(settings, "accept_types"),
        multiple=settings.get("accept_multiple") in (True, "true"),
        data=settings.get("data"),
        line_items=settings.get("accept_lineitem") is not False,
    )


def _return_address(settings: Mapping[str, Any], name: str, registration: Registration) -> str:
    """Where a browser will carry what we sign: no worse an address than that of the platform's login."""
    url = _text(settings, name, Refusal.CLAIM)
    parts = web_address(url)
    needed = urlsplit(registration.auth_url).scheme
    if parts is None or parts.scheme not in ("https", needed):
        raise LaunchRefused(Refusal.CLAIM, f"{name} is no address that an answer can be sent to")
    return url


def _optional(claims: Mapping[str, Any]) -> dict[str, Any]:
    """What a launch may leave out, for the sake of privacy or because the platform has none."""
    presentation = _table(claims, Claim.PRESENTATION) or {}
    custom = _custom(claims)
    roster = _table(claims, Claim.NAMES_AND_ROLES) or {}
    return {
        "given_name": _optional_text(claims, "given_name"),
        "family_name": _optional_text(claims, "family_name"),
        "name": _optional_text(claims, "name"),
        "return_url": _optional_text(presentation, "return_url"),
        "locale": _optional_text(presentation, "locale"),
        "groups": frozenset(filter(None, custom[GROUPS].split(","))) if GROUPS in custom else None,
        "grades": _grades(claims),
        "roster_url": _optional_text(roster, "context_memberships_url"),
        "custom": custom,
    }


def _custom(claims: Mapping[str, Any]) -> dict[str, str]:
    """Custom parameters that were filled in: a platform sends the name of a variable it does not know."""
    found = _table(claims, Claim.CUSTOM) or {}
    texts = {name: value for name, value in found.items() if isinstance(value, str) and _is_text(value)}
    return {name: value for name, value in texts.items() if not value.startswith("$")}


def _grades(claims: Mapping[str, Any]) -> GradeService | None:
    endpoint = _table(claims, Claim.GRADES)
    if endpoint is None:
        return None
    return GradeService(
        scopes=_texts(endpoint, "scope"),
        line_items=_optional_text(endpoint, "lineitems"),
        line_item=_optional_text(endpoint, "lineitem"),
    )


def _check_deployment(deployment: str, registration: Registration, state: LaunchState) -> None:
    if state.deployment is not None and state.deployment != deployment:
        raise LaunchRefused(Refusal.DEPLOYMENT, "it comes from another deployment than the login")
    standing = registration.deployments.get(deployment)
    if standing is Approval.DISABLED:
        raise LaunchRefused(Refusal.REGISTRATION_DISABLED, "its deployment is disabled")
    if standing is not Approval.ACTIVE:
        raise LaunchRefused(
            Refusal.DEPLOYMENT_PENDING, "nobody here approved its deployment", deployment=deployment
        )


def _needed_table(claims: Mapping[str, Any], name: str, refusal: Refusal) -> Mapping[str, Any]:
    value = claims.get(name)
    if not isinstance(value, dict):
        raise LaunchRefused(refusal, f"{_short(name)} is missing or no object")
    return value


def _table(claims: Mapping[str, Any], name: str) -> Mapping[str, Any] | None:
    value = claims.get(name)
    if value is None or isinstance(value, dict):
        return value
    raise LaunchRefused(Refusal.CLAIM, f"{_short(name)} is no object")


def _texts(claims: Mapping[str, Any], name: str) -> frozenset[str]:
    value = claims.get(name)
    if value is None:
        return frozenset()
    if not isinstance(value, list):
        raise LaunchRefused(Refusal.CLAIM, f"{_short(name)} is no list")
    return frozenset(one for one in value if isinstance(one, str))


def _text(claims: Mapping[str, Any], name: str, refusal: Refusal) -> str:
    value = claims.get(name)
    if not isinstance(value, str) or not value or not _is_text(value):
        raise LaunchRefused(refusal, f"{_short(name)} is missing or no text")
    return value


def _identifier(claims: Mapping[str, Any], name: str, refusal: Refusal) -> str:
    value = _text(claims, name, refusal)
    if len(value) > LONGEST_ID or not value.isprintable() or value != value.strip():
        raise LaunchRefused(refusal, f"{_short(name)} is no identifier")
    return value


def _optional_text(claims: Mapping[str, Any], name: str) -> str | None:
    value = claims.get(name)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or not _is_text(value):
        raise LaunchRefused(Refusal.CLAIM, f"{_short(name)} is no text")
    return value


def _is_text(value: str) -> bool:
    """Whether it can be kept: no NUL, no half of a surrogate pair, and no novel."""
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return len(value) <= LONGEST_TEXT and "\x00" not in value


def _short(name: str) -> str:
    return name.rpartition("/")[2]
