"""Records ⇄ the fields of an evidence file's line: what each kind must carry, checked one by one.

The store keeps the same fields as a record's body, so a file that was exported and read again is the
same evidence. Times are ISO 8601 with offset, numbers are decimals or whole numbers, never floats.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Any, TypeAlias, TypeVar

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.domain.figures import plain
from lms_scoring.domain.instants import SECOND, iso, parse_instant

Json: TypeAlias = Any
Word = TypeVar("Word", bound=StrEnum)


@dataclass(frozen=True, slots=True)
class _Field:
    """How one attribute of a record is written: its name in the file, both conversions, its need."""

    name: str
    read: Callable[[Json], Any]
    write: Callable[[Any], Json]
    nullable: bool = False
    optional: bool = False
    attribute: str = ""


def to_fields(record: ev.Record) -> dict[str, Json]:
    """The record as fields of an evidence line, without `kind`; optional ones only where they say more."""
    written: dict[str, Json] = {}
    for field in _FIELDS[type(record)]:
        value = getattr(record, field.attribute or field.name)
        if value is None and not field.optional:
            written[field.name] = None
        elif value is not None and not (field.optional and (value == () or value is ev.DueBasis.OWN)):
            written[field.name] = field.write(value)
    return written


def from_fields(kind: str, line: Mapping[str, Json]) -> ev.Record:
    """The record that the fields describe. Fields nobody knows are ignored.

    Raises MalformedEvidence naming every field that is missing or of the wrong kind.
    """
    if kind not in ev.KINDS:
        raise MalformedEvidence(f"unknown kind {kind[:40]!r}: one of {', '.join(ev.KINDS)}")
    record_type = ev.KINDS[kind]
    values: dict[str, Any] = {}
    faults: list[str] = []
    for field in _FIELDS[record_type]:
        given = line.get(field.name)
        try:
            if given is not None:
                values[field.attribute or field.name] = field.read(given)
            elif not field.optional:
                _check_null(field, line)
                values[field.attribute or field.name] = None
        except (ValueError, TypeError) as error:
            faults.append(f"{field.name}: {error}")
    if faults:
        raise MalformedEvidence(f"{kind}: {'; '.join(faults)}")
    record: ev.Record = record_type(**values)
    _check(kind, record)
    return record


def content_hash(record: ev.Record) -> str:
    """SHA-256 over the record's content: equal content, equal hash, whenever it was seen or lost."""
    body = {"kind": ev.KIND_OF[type(record)], **to_fields(record)}
    body.pop("gone_at", None)
    return hashlib.sha256(canonical(body)).hexdigest()


def canonical(value: Json) -> bytes:
    """JSON with sorted keys and no spaces: the form over which fingerprints are taken."""
    return _CANONICAL.encode(value).encode()


def canonical_pieces(value: Json, *, levels: int) -> Iterator[bytes]:
    """The same bytes one after another, taken apart down to that many levels.

    What thousands of findings are encoded from takes fifty times as much memory as what they become.
    """
    if levels == 0 or not isinstance(value, dict | list) or not value:
        yield canonical(value)
        return
    named = isinstance(value, dict)
    yield b"{" if named else b"["
    for number, one in enumerate(sorted(value) if named else value):
        if number:
            yield b","
        if named:
            yield canonical(one) + b":"
        yield from canonical_pieces(value[one] if named else one, levels=levels - 1)
    yield b"}" if named else b"]"


_CANONICAL = json.JSONEncoder(ensure_ascii=False, sort_keys=True, separators=(",", ":"))
_MOST_DIGITS = 15
_MOST_DECIMALS = 40
"""Far more than a binary float printed in full has, so that what was read can be written and read again."""
_DECIMAL = re.compile(r"[0-9]{1,15}(\.[0-9]{1,40})?")
_NUMBER = re.compile(rf"{_DECIMAL.pattern}|[0-9]{{1,60}}/[1-9][0-9]{{0,59}}")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_LAST_INSTANT = 253_370_764_800_000
"""The first instant of the year 9999, which every time zone can still show."""


def _check_null(field: _Field, line: Mapping[str, Json]) -> None:
    """Raises ValueError unless the line says that there is nothing, where there may be nothing."""
    if field.name not in line:
        raise ValueError("is missing")
    if not field.nullable:
        raise ValueError("must not be null")


def _check(kind: str, record: ev.Record) -> None:
    """What holds between the fields of one record."""
    match record:
        case ev.Watch(start=start, end=end) if end < start:
            raise MalformedEvidence(f"{kind}: end lies before start")
        case ev.ReportedTime(started_at=start, ended_at=end) if end < start:
            raise MalformedEvidence(f"{kind}: ended_at lies before started_at")
        case ev.Submission(state=ev.SubmissionState.SUBMITTED, submitted_at=None):
            raise MalformedEvidence(f"{kind}: submitted_at: must not be null once submitted")
        case ev.Post(created_at=None, state=state) if state is not ev.PostState.DELETED:
            raise MalformedEvidence(f"{kind}: created_at: may be null only for a deleted post")
        case ev.Decision(action=ev.Action.OVERRIDE, points=None):
            raise MalformedEvidence(f"{kind}: points: an override names them")
        case _:
            pass


# -- conversions ---------------------------------------------------------------------------------------


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


# -- the kinds -----------------------------------------------------------------------------------------


def _as_is(value: Any) -> Json:
    return value


def _instant_field(name: str, *, nullable: bool = False, optional: bool = False) -> _Field:
    return _Field(name, _instant, iso, nullable, optional)


def _word_field(name: str, words: type[StrEnum], *, nullable: bool = False, optional: bool = False) -> _Field:
    return _Field(name, _word(words), str, nullable, optional)


def _number_field(name: str) -> _Field:
    return _Field(name, _number, _plain, optional=True)


_ID = _Field("id", _id, _as_is)
_PERSON = _Field("person", _id, _as_is)
_ACTIVITY = _Field("activity", _id, _as_is)
_ALWAYS = (_Field("source", _text, _as_is, optional=True), _instant_field("gone_at", optional=True))

_FIELDS: dict[type[ev.Record], tuple[_Field, ...]] = {
    ev.Person: (_ID, _Field("name", _text, _as_is), *_ALWAYS),
    ev.Membership: (
        _ID,
        _PERSON,
        _word_field("role", ev.Role),
        _Field("class", _text, _as_is, nullable=True, attribute="class_"),
        _word_field("status", ev.MembershipStatus),
        *_ALWAYS,
    ),
    ev.Watch: (
        _ID,
        _PERSON,
        _ACTIVITY,
        _instant_field("start"),
        _instant_field("end"),
        _Field(
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
        _Field("seconds", _milliseconds, _seconds, attribute="duration"),
        _instant_field("started_at"),
        _instant_field("ended_at"),
        *_ALWAYS,
    ),
    ev.Submission: (
        _ID,
        _PERSON,
        _word_field("task", ev.Task, nullable=True),
        _ACTIVITY,
        _Field("attempt", _whole, _as_is),
        _word_field("state", ev.SubmissionState),
        _instant_field("submitted_at", nullable=True),
        _instant_field("opens_at", nullable=True),
        _instant_field("due_at", nullable=True),
        _word_field("grade", ev.Grade, nullable=True),
        _number_field("points"),
        _number_field("max_points"),
        _instant_field("graded_at", optional=True),
        _Field("graded_by", _text, _as_is, optional=True),
        _Field("characters", _whole, _as_is, optional=True),
        _word_field("due_basis", ev.DueBasis, optional=True),
        *_ALWAYS,
    ),
    ev.Post: (
        _ID,
        _PERSON,
        _Field("forum", _id, _as_is),
        _Field("parent", _id, _as_is, nullable=True),
        _instant_field("created_at", nullable=True),
        _word_field("state", ev.PostState),
        _Field("bulletin", _flag, _as_is),
        *_ALWAYS,
    ),
    ev.Recommendation: (
        _ID,
        _Field("submission", _id, _as_is),
        _Field("by", _id, _as_is),
        _instant_field("at"),
        *_ALWAYS,
    ),
    ev.Unknown: (
        _ID,
        _PERSON,
        _ACTIVITY,
        _Field("reason", _text, _as_is),
        _word_field("about", ev.Purpose, optional=True),
        *_ALWAYS,
    ),
    ev.Decision: (
        _ID,
        _PERSON,
        _Field("target", _target, _target_fields),
        _word_field("action", ev.Action),
        _Field("by", _id, _as_is),
        _instant_field("at"),
        _Field("reason", _text, _as_is),
        _number_field("points"),
        *_ALWAYS,
    ),
}
