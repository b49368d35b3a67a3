"""Records ⇄ the fields of an evidence file's line: what each kind must carry, checked one by one.

The store keeps the same fields as a record's body, so a file that was exported and read again is the
same evidence.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.canonical import Json, canonical
from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.domain.evidence_fields import FIELDS, Field


def to_fields(record: ev.Record) -> dict[str, Json]:
    """The record as fields of an evidence line, without `kind`; optional ones only where they say more."""
    written: dict[str, Json] = {}
    for field in FIELDS[type(record)]:
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
    for field in FIELDS[record_type]:
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


def _check_null(field: Field, line: Mapping[str, Json]) -> None:
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
