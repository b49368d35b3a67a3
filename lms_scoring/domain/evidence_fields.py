"""The fields of an evidence line, kind by kind: how each is written, and what may be read in it.

Times are ISO 8601 with offset, numbers are decimals or whole numbers, never floats.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeVar

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.canonical import Json
from lms_scoring.domain.figures import plain
from lms_scoring.domain.instants import SECOND, iso, parse_instant

Word = TypeVar("Word", bound=StrEnum)

_MOST_DIGITS = 15
_MOST_DECIMALS = 40
"""Far more than a binary float printed in full has, so that what was read can be written and read again."""
_DECIMAL = re.compile(r"[0-9]{1,15}(\.[0-9]{1,40})?")
_NUMBER = re.compile(rf"{_DECIMAL.pattern}|[0-9]{{1,60}}/[1-9][0-9]{{0,59}}")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_LAST_INSTANT = 253_370_764_800_000
"""The first instant of the year 9999, which every time zone can still show."""


@dataclass(frozen=True, slots=True)
class Field:
    """How one attribute of a record is written: its name in the file, both conversions, its need."""

    name: str
    read: Callable[[Json], Any]
    write: Callable[[Any], Json]
    nullable: bool = False
    optional: bool = False
    attribute: str = ""


def _text(given: Json) -> str:
    if not isinstance(given, str):
        raise TypeError("must be a text")
    if _LONE_SURROGATE.search(given):
        raise ValueError("must be valid Unicode")
    return given


def _id(given: Json) -> str:
    if not _text(given):
        raise ValueError("must not be empty")
    return str(given)


def _whole(given: Json) -> int:
    if isinstance(given, bool) or not isinstance(given, int):
        raise TypeError("must be a whole number")
    if given < 0:
        raise ValueError("must not be negative")
    if given >= 10**_MOST_DIGITS:
        raise ValueError("must be a number of a sensible size")
    return given


def _ids(given: Json) -> tuple[str, ...]:
    if not isinstance(given, list):
        raise TypeError("must be a list of ids")
    return tuple(_id(one) for one in given)


def _flag(given: Json) -> bool:
    if not isinstance(given, bool):
        raise TypeError("must be true or false")
    return given


def _number(given: Json) -> Fraction:
    """Exact: a JSON number read as decimal, or the same as a text ("62.5", "1/3")."""
    if isinstance(given, bool) or not isinstance(given, int | Decimal | str):
        raise TypeError("must be a number")
    if isinstance(given, Decimal) and not _is_sensible(given):
        raise ValueError("must be a number of a sensible size")
    if isinstance(given, str) and not _NUMBER.fullmatch(given):
        raise ValueError("must be a number")
    number = Fraction(given)
    if number < 0:
        raise ValueError("must not be negative")
    if number >= 10**_MOST_DIGITS:
        raise ValueError("must be a number of a sensible size")
    return number


def _is_sensible(number: Decimal) -> bool:
    """Few enough digits on either side of the point to reckon with."""
    exponent = number.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -_MOST_DECIMALS and number.adjusted() <= _MOST_DIGITS


def _milliseconds(given: Json) -> int:
    """Seconds as whole milliseconds; parts of a millisecond are dropped.

    A decimal text is what `_seconds` writes, and it needs no detour over rationals.
    """
    if isinstance(given, str) and _DECIMAL.fullmatch(given):
        whole, _, part = given.partition(".")
        return int(whole) * SECOND + int(f"{part:0<3}"[:3])
    return int(_number(given) * SECOND)


def _instant(given: Json) -> int:
    try:
        instant = parse_instant(_text(given))
    except ValueError as error:
        if str(error) == "time without offset":
            raise
        raise ValueError("must be an ISO 8601 time with offset") from error
    if not 0 <= instant < _LAST_INSTANT:
        raise ValueError("must lie between the years 1970 and 9999")
    return instant


def _segments(given: Json) -> tuple[tuple[int, int], ...]:
    if not isinstance(given, list) or not all(isinstance(pair, list) and len(pair) == 2 for pair in given):
        raise TypeError("must be a list of [from, to] in seconds")
    pairs = tuple((_milliseconds(begin), _milliseconds(end)) for begin, end in given)
    if any(end < begin for begin, end in pairs):
        raise ValueError("a segment ends before it begins")
    return pairs


def _target(given: Json) -> ev.RecordTarget | ev.CriterionTarget:
    """`{"kind": …, "id": …}` or "kind:id" for a record; `{"criterion": …}` or its bare id for a criterion."""
    if isinstance(given, str):
        kind, colon, record = given.partition(":")
        if colon and kind in ev.KINDS:
            return ev.RecordTarget(kind=kind, id=_id(record))
        return ev.CriterionTarget(criterion=_id(given))
    if isinstance(given, dict) and "criterion" in given:
        return ev.CriterionTarget(criterion=_id(given["criterion"]))
    if isinstance(given, dict) and given.get("kind") in tuple(ev.KINDS):
        return ev.RecordTarget(kind=given["kind"], id=_id(given.get("id")))
    raise TypeError("must name a record (kind and id) or a criterion")


def _target_fields(target: ev.RecordTarget | ev.CriterionTarget) -> Json:
    if isinstance(target, ev.CriterionTarget):
        return {"criterion": target.criterion}
    return {"kind": target.kind, "id": target.id}


def _seconds(milliseconds: int) -> Json:
    """As `_plain` writes it, without a detour over rationals: every span of watching passes here."""
    if milliseconds % SECOND == 0:
        return milliseconds // SECOND
    return f"{Decimal(milliseconds).scaleb(-3).normalize():f}"


def _plain(number: Fraction) -> Json:
    """A whole number as such, any other as text: JSON numbers are floats to most readers."""
    return number.numerator if number.denominator == 1 else plain(number)


def _word(words: type[Word]) -> Callable[[Json], Word]:
    known = {word.value: word for word in words}

    def read(given: Json) -> Word:
        word = known.get(_text(given))
        if word is None:
            raise ValueError(f"must be one of {', '.join(words)}")
        return word

    return read


def _as_is(value: Any) -> Json:
    return value


def _instant_field(name: str, *, nullable: bool = False, optional: bool = False) -> Field:
    return Field(name, _instant, iso, nullable, optional)


def _word_field(name: str, words: type[StrEnum], *, nullable: bool = False, optional: bool = False) -> Field:
    return Field(name, _word(words), str, nullable, optional)


def _number_field(name: str) -> Field:
    return Field(name, _number, _plain, optional=True)


_ID = Field("id", _id, _as_is)
_PERSON = Field("person", _id, _as_is)
_ACTIVITY = Field("activity", _id, _as_is)
_ALWAYS = (Field("source", _text, _as_is, optional=True), _instant_field("gone_at", optional=True))

FIELDS: dict[type[ev.Record], tuple[Field, ...]] = {
    ev.Person: (_ID, Field("name", _text, _as_is), *_ALWAYS),
    ev.Membership: (
        _ID,
        _PERSON,
        _word_field("role", ev.Role),
        Field("class", _text, _as_is, nullable=True, attribute="class_"),
        _word_field("status", ev.MembershipStatus),
        *_ALWAYS,
    ),
    ev.Watch: (
        _ID,
        _PERSON,
        _ACTIVITY,
        _instant_field("start"),
        _instant_field("end"),
        Field(
            "segments",
            _segments,
            lambda pairs: [[_seconds(begin), _seconds(end)] for begin, end in pairs],
            optional=True,
        ),
        *_ALWAYS,
    ),
    ev.ReportedTime: (
        _ID,
        _PERSON,
        _ACTIVITY,
        Field("seconds", _milliseconds, _seconds, attribute="duration"),
        _instant_field("started_at"),
        _instant_field("ended_at"),
        *_ALWAYS,
    ),
    ev.Submission: (
        _ID,
        _PERSON,
        _word_field("task", ev.Task, nullable=True),
        _ACTIVITY,
        Field("attempt", _whole, _as_is),
        _word_field("state", ev.SubmissionState),
        _instant_field("submitted_at", nullable=True),
        _instant_field("opens_at", nullable=True),
        _instant_field("due_at", nullable=True),
        _word_field("grade", ev.Grade, nullable=True),
        _number_field("points"),
        _number_field("max_points"),
        _instant_field("graded_at", optional=True),
        Field("graded_by", _text, _as_is, optional=True),
        Field("characters", _whole, _as_is, optional=True),
        _word_field("due_basis", ev.DueBasis, optional=True),
        *_ALWAYS,
    ),
    ev.Post: (
        _ID,
        _PERSON,
        Field("forum", _id, _as_is),
        Field("parent", _id, _as_is, nullable=True),
        _instant_field("created_at", nullable=True),
        _word_field("state", ev.PostState),
        Field("bulletin", _flag, _as_is),
        *_ALWAYS,
    ),
    ev.Recommendation: (
        _ID,
        Field("submission", _id, _as_is),
        Field("by", _id, _as_is),
        _instant_field("at"),
        *_ALWAYS,
    ),
    ev.Unknown: (
        _ID,
        _PERSON,
        _ACTIVITY,
        Field("reason", _text, _as_is),
        _word_field("about", ev.Purpose, optional=True),
        *_ALWAYS,
    ),
    ev.Decision: (
        _ID,
        _PERSON,
        Field("target", _target, _target_fields),
        _word_field("action", ev.Action),
        Field("by", _id, _as_is),
        _instant_field("at"),
        Field("reason", _text, _as_is),
        _number_field("points"),
        Field("instead_of", _ids, list, optional=True),
        *_ALWAYS,
    ),
}
