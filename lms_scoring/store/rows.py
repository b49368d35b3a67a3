"""Rows ⇄ domain values: evidence records as a JSON body beside the few columns that are asked for."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lms_scoring.domain.canonical import canonical
from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.domain.evidence import KIND_OF, Record, owner_of
from lms_scoring.domain.evidence_json import from_fields, to_fields
from lms_scoring.domain.findable import LONGEST_KEY, LONGEST_NAME, findable
from lms_scoring.domain.instants import iso

OWNERS = {"person": "id", "recommendation": "by"}
"""The field that says whose the record is, where it is not `person`."""

_ACTIVITY = ("activity", "forum")
_STATE = ("status", "state")
_AT = ("start", "started_at", "submitted_at", "created_at", "at")
"""What the columns take from a record: the first of these attributes that its kind has."""

_NAMES = {
    "activity": LONGEST_KEY,
    "forum": LONGEST_KEY,
    "parent": LONGEST_KEY,
    "submission": LONGEST_KEY,
    "graded_by": LONGEST_KEY,
    "class": LONGEST_NAME,
}
"""The fields by which a record names others, and their most bytes."""

_BODY = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Written:
    """A record as fields, and the hash that tells whether it changed."""

    record: Record
    kind: str
    fields: dict[str, Any]
    hash: bytes


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


def written(record: Record) -> Written:
    """The record, without source and loss, as fields. Raises MalformedEvidence if it has no such form.

    The hash is `content_hash`, made of the same fields so that they are made once.
    """
    kind = KIND_OF[type(record)]
    if not (findable(record.id) and findable(owner_of(record))):
        raise MalformedEvidence(f"{kind}: an id or account that holds a NUL, is no Unicode or is too long")
    try:
        fields = to_fields(record)
        _check_names(kind, fields)
        content = canonical({"kind": kind, **fields})
    except (OverflowError, UnicodeEncodeError) as error:
        raise MalformedEvidence(
            f"{kind}: a time beyond the year 9999 or a text that is no Unicode"
        ) from error
    return Written(record=record, kind=kind, fields=fields, hash=hashlib.sha256(content).digest())


def row_of(new: Written) -> RecordRow:
    """The record as it is stored. Raises MalformedEvidence for one that could never be read again."""
    from_fields(new.kind, new.fields)
    columns = ("id", OWNERS.get(new.kind, "person"))
    body = {name: value for name, value in new.fields.items() if name not in columns}
    return RecordRow(
        kind=new.kind,
        record=new.record.id,
        owner=owner_of(new.record),
        activity=_first(new.record, _ACTIVITY),
        state=_first(new.record, _STATE),
        at=_first(new.record, _AT),
        hash=new.hash,
        body=_BODY.encode(body),
    )


def record_of(row: Any, *, person: str, person_of: Callable[[str], str]) -> Record:
    """The record in a row of the evidence table, with persons' ids in place of accounts."""
    fields: dict[str, Any] = json.loads(row.body)
    fields["id"] = row.record
    fields[OWNERS.get(row.kind, "person")] = person
    if row.source:
        fields["source"] = row.source
    if row.gone_at is not None:
        fields["gone_at"] = iso(row.gone_at)
    if fields.get("graded_by"):
        fields["graded_by"] = person_of(fields["graded_by"])
    return from_fields(row.kind, fields)


def _check_names(kind: str, fields: Mapping[str, Any]) -> None:
    """They are looked for, or stand in keys, once the record is read: nobody was scored where one cannot.

    Raises MalformedEvidence.
    """
    for name, longest in _NAMES.items():
        given = fields.get(name)
        if given is not None and not findable(given, longest):
            raise MalformedEvidence(f"{kind}: a {name} that holds a NUL, is no Unicode or is too long")


def _first(record: Record, attributes: tuple[str, ...]) -> Any:
    return next((getattr(record, name) for name in attributes if hasattr(record, name)), None)
