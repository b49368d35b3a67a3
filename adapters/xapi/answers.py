"""What an LRS's answer is: a page of statements, or the reason why it is none. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from email.message import Message

from adapters.answers import Answer
from adapters.json_text import is_cut_off
from adapters.xapi.pages import Page, read_first_part, read_page
from lms_scoring.domain.errors import (
    MalformedEvidence,
    PlatformError,
    PlatformMisread,
    PlatformRefused,
    PlatformUnreachable,
)
from lms_scoring.domain.failure import Instead
from lms_scoring.domain.instants import parse_instant

_NOT_ACCEPTED = (401, 403)
CONSISTENT_THROUGH = "x-experience-api-consistent-through"


@dataclass(frozen=True, slots=True, kw_only=True)
class Served:
    """A page as it was served. `through`: everything stored before this instant can be read
    (Communication 2.1.3), None where the LRS does not say so."""

    page: Page
    through: int | None

    @property
    def empty(self) -> bool:
        """Whether nothing is on it, not even something to refuse."""
        return not self.page.statements and not self.page.refused


def served(platform: str, call: str, answer: Answer) -> Served:
    """The page in an answer. Raises PlatformRefused, PlatformMisread."""
    if answer.status != 200:
        raise _refusal(platform, call, answer.status)
    try:
        page = read_page(_statements_in(answer))
    except MalformedEvidence as error:
        if is_cut_off(answer.body):
            raise half(platform, call) from error
        instead = answer.page or Instead.UNREADABLE
        raise PlatformMisread(platform, call, _misread(answer, str(error)), instead=instead) from error
    return Served(page=page, through=through_of(answer))


def refuses_us(answer: Answer) -> bool:
    """Whether it is our key that is refused."""
    return answer.status in _NOT_ACCEPTED


def half(platform: str, call: str) -> PlatformUnreachable:
    """What half a page of statements means."""
    reason = "the answer broke off before its end; what was read before is kept, sync again"
    return PlatformUnreachable(platform, call, reason, instead=Instead.HALF)


def broke_off(answer: Answer) -> bool:
    """Whether it is half a page of statements, as far as its last character tells at once."""
    whole = answer.body.rstrip().endswith((b"}", b"]", b"--"))
    return not whole and answer.page is None and is_cut_off(answer.body)


def through_of(answer: Answer) -> int | None:
    """The instant of Consistent-Through; None where it is missing or no time."""
    try:
        return parse_instant(answer.headers.get(CONSISTENT_THROUGH, ""))
    except ValueError:
        return None  # without a time that can be read there is no cursor, only whole crawls


def _statements_in(answer: Answer) -> bytes:
    if not answer.media_type.startswith("multipart/"):
        return answer.body
    header = Message()
    header["Content-Type"] = answer.headers["content-type"]
    boundary = header.get_boundary()
    if boundary is None:
        raise MalformedEvidence("a multipart answer without a boundary")
    return read_first_part(answer.body, boundary.encode())


def _misread(answer: Answer, reason: str) -> str:
    if answer.page is not None:
        return (
            "a web page came instead of statements, a login page perhaps. The base URL must be the LRS's "
            "endpoint, what stands before /statements (https://lrs.example.org/xapi for instance)"
        )
    return f"the answer is not what xAPI promises: {reason}. Check that the base URL is an LRS's endpoint"


def _refusal(platform: str, call: str, status: int) -> PlatformError:
    if status in _NOT_ACCEPTED:
        return PlatformRefused(
            platform,
            call,
            f"HTTP {status}: the LRS does not accept the key and secret, or they may not read statements. "
            "Check them, and that they may read everybody's statements and not only their own",
            instead=Instead.NOT_ACCEPTED,
        )
    if status == 400:
        return PlatformRefused(
            platform,
            call,
            "HTTP 400: the LRS rejects the request. It may want credentials, or speak neither xAPI 1.0.3 "
            "nor 2.0",
        )
    if status == 404:
        return PlatformMisread(
            platform,
            call,
            "HTTP 404: there are no statements at this address. The base URL is what stands before "
            "/statements (https://lrs.example.org/xapi for instance)",
            instead=Instead.NOT_THERE,
        )
    return PlatformMisread(
        platform, call, f"HTTP {status}: not an answer to reading statements; check the base URL"
    )
