"""Whether a registration can be kept as it is: every fault of it, field by field."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms_scoring.domain.addresses import Origin, origin_of, web_address
from lms_scoring.domain.errors import LmsScoringError
from lms_scoring.domain.registration import Registration

LONGEST_ADDRESS = 2_000
LONGEST_ID = 255
"""Characters of a client id or deployment id (Security Framework 1.1; LTI Core 1.3, 3.1.3)."""

_SECURE_PORTS = (443, 8443)
_ASKED_BY_US = frozenset({"token_url", "jwks_url"})


class Wrong(StrEnum):
    """What can be wrong with a field of a registration; each has its sentence."""

    MISSING = "missing"
    NO_ADDRESS = "no_address"
    NOT_SECURE = "not_secure"
    ODD_PORT = "odd_port"
    TOO_LONG = "too_long"
    UNREADABLE = "unreadable"
    TAKEN = "taken"
    NO_PLATFORM = "no_platform"


_SAID = {
    Wrong.MISSING: "must not be empty",
    Wrong.NO_ADDRESS: "must be an address such as https://lms.example.edu/lti/auth, without a "
    "user name and without anything after a #",
    Wrong.NOT_SECURE: "must begin with https://; a host of your own network may use http once it is listed "
    "in LMS_SCORING_ALLOWED_PRIVATE_HOSTS",
    Wrong.ODD_PORT: "is on another port than 443 or 8443; list host:port in "
    "LMS_SCORING_ALLOWED_PRIVATE_HOSTS if this is meant",
    Wrong.TOO_LONG: "is too long",
    Wrong.UNREADABLE: "holds characters that no id has",
    Wrong.TAKEN: "is registered with that issuer already; change that one instead: "
    "`lms-scoring registration change {taken_by} …`",
    Wrong.NO_PLATFORM: "is no learning platform of the settings",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """A field of a registration that cannot be kept as it is, and why."""

    field: str
    wrong: Wrong
    known: tuple[str, ...] = ()
    """What there is instead."""
    taken_by: int | None = None
    """The registration that has it already."""

    def __str__(self) -> str:
        instead = (
            f" (there are: {', '.join(self.known) or 'none'})" if self.wrong is Wrong.NO_PLATFORM else ""
        )
        said = _SAID[self.wrong].format(taken_by=self.taken_by)
        return f"{self.field.replace('_', '-')} {said}{instead}"


class NotRegistrable(LmsScoringError):
    """A registration cannot be kept as it is; every fault of it is listed."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("the platform cannot be registered so:" + "".join(f"\n  {one}" for one in faults))


def faults_of(
    registration: Registration,
    others: Sequence[Registration],
    *,
    platforms: Collection[str],
    private_hosts: Collection[str],
) -> Iterator[Fault]:
    """All of them; `others` are those kept so far, `platforms` what it may be joined to, `private_hosts` what
    the operator vouches for."""
    for name in ("issuer", "auth_url", "token_url", "jwks_url"):
        wrong = _wrong_address(name, getattr(registration, name), private_hosts)
        if wrong is not None:
            yield Fault(field=name, wrong=wrong)
    yield from _wrong_ids(registration)
    for one in others:
        same = (one.issuer, one.client_id) == (registration.issuer, registration.client_id)
        if same and one.id != registration.id:
            yield Fault(field="client_id", wrong=Wrong.TAKEN, taken_by=one.id)
    if registration.platform is not None and registration.platform not in platforms:
        yield Fault(field="platform", wrong=Wrong.NO_PLATFORM, known=tuple(sorted(platforms)))


def _wrong_address(name: str, url: str, private_hosts: Collection[str]) -> Wrong | None:
    if not url:
        return Wrong.MISSING
    if len(url) > LONGEST_ADDRESS:
        return Wrong.TOO_LONG
    parts = web_address(url)
    if parts is None or (name == "issuer" and (parts.query or parts.fragment)) or "#" in url:
        return Wrong.NO_ADDRESS
    origin = origin_of(url)
    if origin is None:
        return Wrong.NO_ADDRESS
    if _vouched(origin, private_hosts):
        return None
    if origin.scheme != "https":
        return Wrong.NOT_SECURE
    return Wrong.ODD_PORT if name in _ASKED_BY_US and origin.port not in _SECURE_PORTS else None


def _vouched(origin: Origin, private_hosts: Collection[str]) -> bool:
    host, port = origin.host, origin.port
    listed = {one.strip().lower() for one in private_hosts}
    return bool(listed & {host, f"{host}:{port}", f"[{host}]", f"[{host}]:{port}"})


def _wrong_ids(registration: Registration) -> Iterator[Fault]:
    ids = [("client_id", registration.client_id, LONGEST_ID)]
    ids += [("deployment", deployment, LONGEST_ID) for deployment in registration.deployments]
    if registration.token_audience is not None:
        ids.append(("token_audience", registration.token_audience, LONGEST_ADDRESS))
    for name, text, longest in ids:
        wrong = _wrong_id(text, longest=longest)
        if wrong is not None:
            yield Fault(field=name, wrong=wrong)


def _wrong_id(text: str, *, longest: int) -> Wrong | None:
    if not text:
        return Wrong.MISSING
    if len(text) > longest:
        return Wrong.TOO_LONG
    return None if text.isprintable() and text == text.strip() else Wrong.UNREADABLE
