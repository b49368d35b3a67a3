"""The login initiation: a platform asks us to ask it who the visitor is (Security Framework 1.1, 5.1.1)."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.lti.refusal import LaunchRefused, Refusal

LONGEST = 4_000
"""Characters of one parameter."""
_MOODLE_LOGIN = "/mod/lti/auth.php"


@dataclass(frozen=True, slots=True, kw_only=True)
class Login:
    """What a platform says when it sends a browser here; `hint`s go back to it unchanged."""

    issuer: str
    hint: str
    target: str
    client_id: str | None = None
    message_hint: str | None = None
    deployment: str | None = None
    storage: str | None = None


def login_of(parameters: Mapping[str, str]) -> Login:
    """Reads the parameters of the request, GET or POST. Raises LaunchRefused."""
    missing = [name for name in ("iss", "login_hint", "target_link_uri") if not parameters.get(name)]
    if missing:
        raise LaunchRefused(Refusal.LOGIN_INCOMPLETE, f"{', '.join(missing)} missing")
    if any(len(value) > LONGEST or "\x00" in value for value in parameters.values()):
        raise LaunchRefused(Refusal.LOGIN_INCOMPLETE, "a parameter is far too long, or no text")
    return Login(
        issuer=parameters["iss"],
        hint=parameters["login_hint"],
        target=parameters["target_link_uri"],
        client_id=parameters.get("client_id") or None,
        message_hint=parameters.get("lti_message_hint") or None,
        deployment=parameters.get("lti_deployment_id") or None,
        storage=parameters.get("lti_storage_target") or None,
    )


def registration_for(login: Login, registrations: Sequence[Registration]) -> Registration:
    """The one that the login means, of those of its issuer. Raises LaunchRefused.

    Several clients share an issuer on platforms in the cloud; without a client id only a lone one is meant.
    """
    meant = [
        one
        for one in registrations
        if one.issuer == login.issuer and login.client_id in (None, one.client_id)
    ]
    active = [one for one in meant if one.standing is Approval.ACTIVE]
    if len(meant) == 1 and not active:
        raise not_active(meant[0])
    if len(active) != 1:
        raise LaunchRefused(Refusal.UNKNOWN_REGISTRATION, f"{len(active)} registrations fit the platform")
    return active[0]


def not_active(registration: Registration) -> LaunchRefused:
    """The refusal of one that an administrator here did not approve yet, or disabled."""
    disabled = registration.standing is Approval.DISABLED
    return LaunchRefused(
        Refusal.REGISTRATION_DISABLED if disabled else Refusal.REGISTRATION_PENDING,
        f"registration {registration.id} is {registration.standing}",
    )


def check_target(target: str, *, public_url: str) -> None:
    """Refuses addresses that are not ours: who may choose where a launch ends could send people anywhere."""
    if target not in our_targets(public_url):
        raise LaunchRefused(Refusal.FOREIGN_TARGET, "target_link_uri is no address of ours")


def our_targets(public_url: str) -> frozenset[str]:
    """The addresses that an activity of a platform may have."""
    root = public_url.rstrip("/")
    return frozenset({root, f"{root}/", f"{root}/lti/launch", f"{root}/lti/launch/"})


def launch_address(public_url: str) -> str:
    """The one address that platforms send id_tokens to; they compare it letter by letter."""
    return f"{public_url.rstrip('/')}/lti/launch"


def again_address(login: Login, registration: Registration, *, public_url: str) -> str | None:
    """Where the same launch begins anew in a window of its own, for browsers that keep nothing in frames.

    A Moodle's message hint is good once, but tells which activity was opened; other platforms let a login
    be repeated. None: a Moodle's author is placing links, which a window without the form around it cannot.
    """
    if registration.auth_url.endswith(_MOODLE_LOGIN):
        activity = _activity_of_moodle(login.message_hint)
        launch = f"{registration.auth_url.removesuffix('auth.php')}launch.php?id={activity}"
        return None if activity is None else launch
    said = {"iss": login.issuer, "login_hint": login.hint, "target_link_uri": login.target}
    optional = {
        "client_id": login.client_id,
        "lti_message_hint": login.message_hint,
        "lti_deployment_id": login.deployment,
    }
    said |= {name: value for name, value in optional.items() if value is not None}
    return f"{public_url.rstrip('/')}/lti/login?{urlencode(said)}"


def _activity_of_moodle(hint: str | None) -> int | None:
    try:
        said = json.loads(hint or "")
    except (ValueError, RecursionError):
        return None
    activity = said.get("cmid") if isinstance(said, dict) else None
    return activity if isinstance(activity, int) and not isinstance(activity, bool) else None


def authentication_request(
    login: Login, registration: Registration, *, state: str, nonce: str, public_url: str
) -> str:
    """Where the browser goes next: the platform's own login, which answers with a form (5.1.1.2)."""
    asked = {
        "scope": "openid",
        "response_type": "id_token",
        "response_mode": "form_post",
        "prompt": "none",
        "client_id": registration.client_id,
        "redirect_uri": launch_address(public_url),
        "login_hint": login.hint,
        "state": state,
        "nonce": nonce,
    }
    if login.message_hint is not None:
        asked["lti_message_hint"] = login.message_hint
    joint = "&" if "?" in registration.auth_url else "?"
    return f"{registration.auth_url}{joint}{urlencode(asked)}"
