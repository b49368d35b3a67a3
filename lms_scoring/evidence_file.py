"""Evidence files: one JSON object a line, read line by line; what cannot be used is reported.

Of two lines with the same kind and id the later one holds; a line that cannot be used leaves an earlier
record of the same id as it was. The format stands in the README.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.domain.evidence_json import from_fields, to_fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Remark:
    """What is to be said of a line: it cannot be used (`lost`), or differs from an earlier one."""

    line: int
    text: str
    lost: bool

    def __str__(self) -> str:
        return f"line {self.line}: {self.text}"


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceFile:
    """The records of a file, ready for scoring, and what is to be said of its lines."""

    records: tuple[ev.Record, ...]
    remarks: tuple[Remark, ...]


def read_evidence(lines: Iterable[bytes]) -> EvidenceFile:
    """Everything usable in the lines; nothing is raised for what is not."""
    kept: dict[tuple[str, str], tuple[int, ev.Record]] = {}
    remarks: list[Remark] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            kind, record = _record(line)
        except MalformedEvidence as error:
            remarks.append(Remark(line=number, text=f"cannot be used: {error}", lost=True))
            continue
        earlier = kept.get((kind, record.id))
        if earlier is not None and earlier[1] != record:
            text = f"differs from line {earlier[0]} of the same {kind}; this later line holds"
            remarks.append(Remark(line=number, text=text, lost=False))
        kept[kind, record.id] = (number, record)
    records, nobody = _of_known_people(kept)
    remarks += nobody
    return EvidenceFile(
        records=tuple(records), remarks=tuple(sorted(remarks, key=lambda remark: remark.line))
    )


def evidence_lines(records: Iterable[ev.Record]) -> Iterator[bytes]:
    """The records as lines of an evidence file, in their order."""
    for record in records:
        fields = {"kind": ev.KIND_OF[type(record)], **to_fields(record)}
        yield json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def _record(line: bytes) -> tuple[str, ev.Record]:
    try:
        fields: Any = json.loads(line.decode("utf-8-sig"), parse_float=Decimal)
    except UnicodeDecodeError as error:
        raise MalformedEvidence("is not UTF-8") from error
    except ValueError as error:
        raise MalformedEvidence(f"is not JSON ({error})") from error
    except RecursionError as error:
        raise MalformedEvidence("is nested too deeply") from error
    if not isinstance(fields, dict):
        raise MalformedEvidence("is not a JSON object")
    kind = fields.get("kind")
    if not isinstance(kind, str):
        raise MalformedEvidence("kind: is missing" if kind is None else "kind: must be a text")
    return kind, from_fields(kind, fields)


def _of_known_people(
    kept: dict[tuple[str, str], tuple[int, ev.Record]],
) -> tuple[list[ev.Record], list[Remark]]:
    known = {record.id for _, record in kept.values() if isinstance(record, ev.Person)}
    records: list[ev.Record] = []
    remarks: list[Remark] = []
    for number, record in kept.values():
        person = getattr(record, "person", None)
        if person is None or person in known:
            records.append(record)
        else:
            text = "cannot be used: its person has no person record in this file"
            remarks.append(Remark(line=number, text=text, lost=True))
    return records, remarks
