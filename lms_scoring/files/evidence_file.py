"""Evidence files: one JSON object a line, read line by line; what cannot be used is reported.

Of two lines with the same kind and id the later one holds; a line that cannot be used leaves an earlier
record of the same id as it was. The format stands in docs/guide/files.md.
"""

from __future__ import annotations

import json
from codecs import BOM_UTF8
from collections.abc import Container, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.domain.evidence_json import from_fields, to_fields

_MOST_DIGITS = 1_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What is to be said of a line: it cannot be used (`lost`), or a person should look at it.

    `line` is None where the file as a whole is meant.
    """

    line: int | None
    text: str
    lost: bool

    def __str__(self) -> str:
        return self.text if self.line is None else f"line {self.line}: {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """The records of a file, ready for scoring, and what is to be said of its lines.

    `lines` are the numbers of the lines that the records stand on, in the order of the records.
    """

    records: tuple[ev.Record, ...]
    remarks: tuple[Remark, ...]
    lines: tuple[int, ...] = ()


def read_evidence(lines: Iterable[bytes]) -> EvidenceFile:
    """Everything usable in the lines; nothing is raised for what is not."""
    remarks: list[Remark] = []
    usable = list(_usable(lines, remarks))
    known = {record.id for _, record in usable if isinstance(record, ev.Person)}
    kept: dict[tuple[str, str], tuple[int, ev.Record]] = {}
    for number, record in usable:
        if not _is_of(known, record):
            text = (
                "cannot be used: its person has no person record in this file; "
                "add a line of kind person with that id"
            )
            remarks.append(Remark(line=number, text=text, lost=True))
            continue
        kind = ev.KIND_OF[type(record)]
        earlier = kept.get((kind, record.id))
        if earlier is not None and earlier[1] != record:
            text = f"differs from line {earlier[0]} of the same {kind}; this later line holds"
            remarks.append(Remark(line=number, text=text, lost=False))
        kept[kind, record.id] = (number, record)
    return EvidenceFile(
        records=tuple(record for _, record in kept.values()),
        lines=tuple(number for number, _ in kept.values()),
        remarks=in_order(remarks),
    )


def in_order(remarks: Iterable[Remark]) -> tuple[Remark, ...]:
    """The remarks by line; what is said of the whole file comes first."""
    return tuple(sorted(remarks, key=lambda remark: 0 if remark.line is None else remark.line))


def evidence_lines(records: Iterable[ev.Record]) -> Iterator[bytes]:
    """The records as lines of an evidence file, in their order."""
    for record in records:
        fields = {"kind": ev.KIND_OF[type(record)], **to_fields(record)}
        yield json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _usable(lines: Iterable[bytes], remarks: list[Remark]) -> Iterator[tuple[int, ev.Record]]:
    """Each line that is a record, with its number; what is not goes to the remarks."""
    for number, line in enumerate(lines, start=1):
        if not line.removeprefix(BOM_UTF8).strip():
            continue
        try:
            yield number, _record(line)
        except MalformedEvidence as error:
            remarks.append(Remark(line=number, text=f"cannot be used: {error}", lost=True))


def _record(line: bytes) -> ev.Record:
    try:
        fields: Any = json.loads(line.decode("utf-8-sig"), parse_float=_decimal, parse_int=_whole)
    except UnicodeDecodeError as error:
        raise MalformedEvidence("is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise MalformedEvidence(f"is not JSON ({error.msg} at character {error.colno})") from error
    except RecursionError as error:
        raise MalformedEvidence("is nested too deeply") from error
    if not isinstance(fields, dict):
        raise MalformedEvidence("is not a JSON object")
    kind = fields.get("kind")
    if not isinstance(kind, str):
        raise MalformedEvidence("kind: is missing" if kind is None else "kind: must be a text")
    record = from_fields(kind, fields)
    if isinstance(record, ev.Decision) and not ev.can_be_done(record):
        raise MalformedEvidence(f"{kind}: action: {record.action} cannot be done to its target")
    if isinstance(record, ev.Submission) and record.task is None:  # only a store keeps what is not bound yet
        raise MalformedEvidence(f"{kind}: task: must not be null")
    return record


def _decimal(digits: str) -> Decimal:
    """The exact number; for one beyond all measure NaN, which no known field takes."""
    try:
        return Decimal(digits)
    except InvalidOperation:
        return Decimal("NaN")


def _whole(digits: str) -> int | Decimal:
    return int(digits) if len(digits) <= _MOST_DIGITS else Decimal("NaN")


def _is_of(known: Container[str], record: ev.Record) -> bool:
    """Whether the record's person has a record; people and recommendations name nobody as theirs."""
    return isinstance(record, ev.Person | ev.Recommendation) or record.person in known
