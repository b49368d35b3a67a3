"""The shapes of what platforms answer and of what they are sent, and how an answer is read."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction
from typing import TypeVar

import msgspec

from adapters.answers import Answer
from adapters.json_text import is_cut_off
from lms_scoring.domain.errors import PlatformMisread, PlatformUnreachable
from lms_scoring.domain.failure import Instead

T = TypeVar("T")
_LARGEST_EXPONENT = 15
_LEAST_EXPONENT = -40


class Token(msgspec.Struct):
    """The answer of a token endpoint; `expires_in` in seconds."""

    access_token: str
    expires_in: int | float | str | None = None


class TokenRefusal(msgspec.Struct):
    """Its refusal (RFC 6749, 5.2)."""

    error: str = ""


class Member(msgspec.Struct):
    """Somebody in a course (Names and Roles 2.0, 2.2); `ext_user_username` is a Moodle's own."""

    user_id: str | int
    roles: list[str] | None = None
    status: str | None = None
    name: str | None = None
    given_name: str | None = None
    family_name: str | None = None
    email: str | None = None
    ext_user_username: str | None = None
    lis_person_sourcedid: str | None = None


class Membership(msgspec.Struct):
    """A page of a roster; one without `members` is none."""

    members: list[Member]


class Column(msgspec.Struct, rename="camel"):
    """A line item (Assignment and Grade Services 2.0, 3.2)."""

    id: str
    label: str | None = None
    score_maximum: Decimal | None = None
    resource_id: str | int | None = None
    tag: str | None = None


class NewColumn(msgspec.Struct, rename="camel"):
    """A line item to be made."""

    label: str
    score_maximum: int
    resource_id: str
    tag: str


class Score(msgspec.Struct, rename="camel"):
    """What a score service is sent (3.4)."""

    user_id: str
    score_given: Decimal
    score_maximum: int
    activity_progress: str
    grading_progress: str
    timestamp: str
    comment: str


class ResultOf(msgspec.Struct, rename="camel"):
    """What a result service answers of one user (3.3)."""

    user_id: str | int
    result_score: Decimal | None = None
    result_maximum: Decimal | None = None
    comment: str | None = None


def written(body: NewColumn | Score) -> bytes:
    """As JSON; points are numbers with exactly the digits they have."""
    return msgspec.json.Encoder(decimal_format="number").encode(body)


def read(answer: Answer, shape: type[T], *, platform: str, call: str) -> T:
    """The answer in its shape, whatever its content type says: a Moodle's tokens come as text/html.

    Raises PlatformMisread, PlatformUnreachable; the answer is not shown in them.
    """
    if is_page(answer):
        raise PlatformMisread(
            platform,
            call,
            f"HTTP {answer.status}: a web page came instead of an answer (a login page, a proxy, a page "
            "saying that the site is closed?); open the platform in a browser, and check the addresses "
            "of its registration",
            instead=answer.page,
        )
    try:
        return msgspec.json.decode(answer.body, type=shape)
    except msgspec.ValidationError as error:
        raise PlatformMisread(
            platform, call, f"the answer has not the shape that LTI prescribes: {error}"
        ) from error
    except (msgspec.DecodeError, RecursionError) as error:
        if is_cut_off(answer.body):
            reason = "the answer broke off before its end; try again"
            raise PlatformUnreachable(platform, call, reason, instead=Instead.HALF) from error
        raise PlatformMisread(platform, call, "the answer is no JSON") from error


def is_page(answer: Answer) -> bool:
    """Whether HTML came, whatever its content type says: a Moodle's tokens come as text/html."""
    return answer.body.lstrip()[:1] == b"<"


def exact(number: Decimal, *, platform: str, call: str) -> Fraction:
    """The number as it was written. Raises PlatformMisread for one that nobody means (1e999999999)."""
    exponent = number.as_tuple().exponent
    if isinstance(exponent, str) or exponent < _LEAST_EXPONENT or number.adjusted() > _LARGEST_EXPONENT:
        raise PlatformMisread(platform, call, "a number in the answer is no measure of anything")
    return Fraction(number)
