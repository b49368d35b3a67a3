"""Open problems: what syncs met since everything was read last, less what is known to be settled.

A sync that reads only what changed says nothing of what it did not look at, so a problem stays until a full
sync no longer meets it, or until what is stored by now shows that it is over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lms_scoring.domain.evidence import KIND_OF, Unknown
from lms_scoring.ports import EvidenceOut, MetProblem, NamedRecord, Transaction
from lms_scoring.services.collecting.collect import SYNC_FAILED
from lms_scoring.services.titles import titles_of

_UNKNOWN = KIND_OF[Unknown]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenProblem:
    """A problem with the names of what its subject stands for; None where that is nothing we know."""

    met: MetProblem
    person: str | None
    activity: str | None
    stranger: bool = False
    """Whether it is about somebody whom nobody here knows."""


def named(transaction: EvidenceOut, course: str, problems: Sequence[MetProblem]) -> list[OpenProblem]:
    """The problems with the person's name and the activity's title beside."""
    names = {person.id: person.name for person in transaction.people(course)}
    titles = titles_of(transaction, course)
    records = _records(transaction, course, problems)
    found = []
    for met in problems:
        problem, id_ = met.problem, _id_in(met.problem.subject)
        record = next(iter(records.get((met.source, id_), ())), None)
        person, activity = (id_, id_) if record is None else (record.person, record.activity)
        person, activity = problem.person or person, problem.activity or activity
        found.append(
            OpenProblem(
                met=met,
                person=names.get(person or "") or None,
                activity=titles.get((met.source, activity or "")),
                stranger=problem.person != "" and problem.person not in names,
            )
        )
    return found


def open_problems(transaction: Transaction, course: str) -> list[MetProblem]:
    """In the order they were met last."""
    met = transaction.met_problems(course)
    records = _records(transaction, course, met)
    ended = {source: last.run for source, last in transaction.last_ends(course).items()}
    return [one for one in met if not (_is_over(one, ended) or _is_read(one, records))]


def _is_over(met: MetProblem, ended: dict[str, int | None]) -> bool:
    """A sync that failed is no problem once another ended."""
    return met.problem.code == SYNC_FAILED and ended.get(met.source) != met.run


def _is_read(met: MetProblem, records: dict[tuple[str, str], list[NamedRecord]]) -> bool:
    """Whether the record it is about was read anew without it, or was a gap that is closed."""
    about = records.get((met.source, _id_in(met.problem.subject)), [])
    return any(one.run > met.run or (one.kind == _UNKNOWN and not one.live) for one in about)


def _records(
    transaction: EvidenceOut, course: str, met: Sequence[MetProblem]
) -> dict[tuple[str, str], list[NamedRecord]]:
    ids: dict[str, set[str]] = {}
    for one in met:
        ids.setdefault(one.source, set()).add(_id_in(one.problem.subject))
    found: dict[tuple[str, str], list[NamedRecord]] = {}
    for source, wanted in ids.items():
        for record in transaction.records_named(course, source, wanted):
            found.setdefault((source, record.id), []).append(record)
    return found


def _id_in(subject: str) -> str:
    """A subject is an id, or a kind of record and an id."""
    kind, _, id_ = subject.partition(" ")
    return id_ if kind in KIND_OF.values() else subject
