"""A person's own record: every criterion with its sums, the ledger by days, and how the score came to be."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from lms_scoring.exports.pdf.typesetting import Typesetter
from lms_scoring.exports.proceeding_lines import ProceedingList


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A figure and what it is called."""

    name: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One piece of evidence: when, what, what became of it and why, how much time, how many points."""

    time: str
    what: str
    verdict: str
    amount: str
    points: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EntryDay:
    """The evidence of one day, with the day's sums."""

    heading: str
    amount: str
    points: str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordPart:
    """One criterion. `sum` is the ledger's, which is the criterion's."""

    name: str
    points: str
    standing: str
    rule: str
    facts: tuple[Fact, ...]
    heads: tuple[str, ...]
    """Of time, evidence, verdict, time counted, points."""
    days: tuple[EntryDay, ...]
    sum: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One version of the card."""

    when: str
    total: str
    result: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordCard:
    """One card; who learns and guides has two."""

    heading: str
    verdict: str
    facts: tuple[str, ...]
    parts: tuple[RecordPart, ...]
    sum: str
    history: str
    history_heads: tuple[str, ...]
    changes: tuple[Change, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonRecord:
    """All that is printed, in the words of one language."""

    language: str
    title: str
    name: str
    course: str
    cards: tuple[RecordCard, ...]
    proceedings: tuple[ProceedingList, ...]
    """Cases and disputes about the person: what was asked, what was answered, and what is still open."""
    remarks: tuple[str, ...]
    footer: str
    page: str


def record_pdf(
    record: PersonRecord,
    typesetter: Typesetter,
    *,
    at: datetime,
    who: str | None = None,
    missing: Collection[str] = (),
) -> bytes:
    """The record as a PDF, as `Typesetter.pdf` makes it. Raises UnprintableText where a text has a character
    that no font has."""
    return typesetter.pdf("record", record, at=at, who=who, missing=missing)
