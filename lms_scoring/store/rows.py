"""Rows ⇄ domain values: evidence records as a JSON body beside the few columns that are asked for."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.domain.evidence import KIND_OF, Recommendation, Record
from lms_scoring.domain.evidence import Person as PersonRecord
from lms_scoring.domain.evidence_json import content_hash, from_fields, to_fields
from lms_scoring.domain.instants import iso
from lms_scoring.store.dialect import storable

_OWNER = {"person": "id", "recommendation": "by"}
"""The field that says whose the record is, where it is not `person`."""

_ACTIVITY = ("activity", "forum")
_STATE = ("status", "state")
_AT = ("start", "started_at", "submitted_at", "created_at", "at")
"""What the columns take from a record: the first of these attributes that its kind has."""


@dataclass(frozen=True, slots=True)
class RecordRow:
    """What is stored of a record besides its key and its owner's number."""

    kind: str
    record: str
    owner: str
    activity: str | None
    state: str | None
    at: int | None
    hash: bytes
    body: str


def hash_of(record: Record) -> bytes:
    """What tells whether a record changed. Raises MalformedEvidence for one that cannot be written down."""
    if not (storable(record.id) and storable(owner_of(record))):
        raise MalformedEvidence(f"{KIND_OF[type(record)]}: an id or account that holds a NUL")
    try:
        return bytes.fromhex(content_hash(record))
    except (OverflowError, UnicodeEncodeError) as error:
        raise MalformedEvidence(
            f"{KIND_OF[type(record)]}: a time beyond the year 9999 or a text that is no Unicode"
        ) from error


def row_of(record: Record) -> RecordRow:
    """The record as it is stored.

    Raises MalformedEvidence for one that could be written but never read again.
    """
    kind = KIND_OF[type(record)]
    fields = to_fields(record)
    from_fields(kind, fields)
    for column in ("id", _OWNER.get(kind, "person"), "source", "gone_at"):
        fields.pop(column, None)
    return RecordRow(
        kind=kind,
        record=record.id,
        owner=owner_of(record),
        activity=_first(record, _ACTIVITY),
        state=_first(record, _STATE),
        at=_first(record, _AT),
        hash=hash_of(record),
        body=json.dumps(fields, ensure_ascii=False, separators=(",", ":")),
    )


def owner_of(record: Record) -> str:
    """The account whose evidence it is: a recommendation is the recommending tutor's."""
    if isinstance(record, PersonRecord):
        return record.id
    return record.by if isinstance(record, Recommendation) else record.person


def record_of(row: Any, *, person: str, person_of: Callable[[str], str]) -> Record:
    """The record in a row of the evidence table, with persons' ids in place of accounts."""
    fields: dict[str, Any] = json.loads(row.body)
    fields["id"] = row.record
    fields[_OWNER.get(row.kind, "person")] = person
    if row.source:
        fields["source"] = row.source
    if row.gone_at is not None:
        fields["gone_at"] = iso(row.gone_at)
    if fields.get("graded_by"):
        fields["graded_by"] = person_of(fields["graded_by"])
    return from_fields(row.kind, fields)


def _first(record: Record, attributes: tuple[str, ...]) -> Any:
    return next((getattr(record, name) for name in attributes if hasattr(record, name)), None)
