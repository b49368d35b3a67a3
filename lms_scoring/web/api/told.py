"""Cards and records as what the schemas give out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lms_scoring.domain.evidence import KIND_OF, Record
from lms_scoring.domain.evidence_json import to_fields
from lms_scoring.domain.figures import rounded
from lms_scoring.domain.instants import iso
from lms_scoring.domain.outlook import ToldState
from lms_scoring.domain.scorecard import CriterionResult, Figure, Finding
from lms_scoring.exports.card_lines import card_object
from lms_scoring.ports import CardRow
from lms_scoring.services.viewing.consult import Status
from lms_scoring.services.viewing.still_open import StillOpen


def result(row: CardRow, still: StillOpen) -> dict[str, Any]:
    """A line of a scoreboard, and what is still open about it."""
    return {
        **card_object(row.card),
        "name": row.name,
        "status": str(row.status),
        "provisional": row.told.is_provisional,
        "to_be_read": row.told is ToldState.TO_BE_READ,
        "standing": None if row.standing is None else row.standing.value,
        "open_cases": list(still.cases),
        "open_disputes": list(still.disputes),
        "as_of": iso(row.card.as_of),
        "version": row.version,
    }


def person(statuses: Sequence[Status]) -> dict[str, Any]:
    """All cards of a person."""
    first = statuses[0]
    return {
        "course": first.course.id,
        "person": first.person.id,
        "name": first.person.name,
        "synced_at": when(first.synced_at),
        "cards": [_card(status) for status in statuses],
    }


def record(one: Record) -> dict[str, Any]:
    """A line of an evidence file."""
    return {"kind": KIND_OF[type(one)], **to_fields(one)}


def when(instant: int | None) -> str | None:
    """ISO 8601 in UTC."""
    return None if instant is None else iso(instant)


def _card(status: Status) -> dict[str, Any]:
    card = status.card
    return {
        **card_object(card),
        "status": status.membership.status.value,
        "provisional": status.is_awaited or status.told.is_provisional,
        "to_be_read": status.told is ToldState.TO_BE_READ,
        "exact": str(card.total),
        "out_of": rounded(card.out_of),
        "pass_mark": rounded(card.pass_mark),
        "could_become": rounded(card.could_become),
        "as_of": iso(card.as_of),
        "criteria": [_ledger(one) for one in card.criteria],
    }


def _ledger(one: CriterionResult) -> dict[str, Any]:
    return {
        "id": one.id,
        "points": rounded(one.points),
        "exact": str(one.points),
        "max": rounded(one.max),
        "could_become": rounded(one.could_become),
        "state": one.state.value,
        "unknown": one.unknowns,
        "figures": [_figure(figure) for figure in one.figures],
        "findings": [_finding(finding) for finding in one.findings],
    }


def _figure(figure: Figure) -> dict[str, Any]:
    return {
        "name": figure.name,
        "value": None if figure.value is None else str(figure.value),
        "asked": figure.asked,
        "advised": None if figure.advised is None else str(figure.advised),
    }


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "kind": finding.kind,
        "id": finding.id,
        "verdict": finding.verdict.value,
        "reason": None if finding.reason is None else finding.reason.value,
        "points": rounded(finding.points),
        "exact": str(finding.points),
        "activity": finding.activity,
        "at": when(finding.at),
        "counted_ms": None if finding.amount is None else str(finding.amount),
        "recorded_ms": finding.of,
        "grade": None if finding.grade is None else finding.grade.value,
        "due_at": when(finding.due_at),
        "note": finding.note,
        "person": finding.person,
    }
