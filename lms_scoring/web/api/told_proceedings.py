"""Cases and disputes as what the schemas give out: how each stands, and every step."""

from __future__ import annotations

from typing import Any

from lms_scoring.domain.evidence import Decision
from lms_scoring.domain.instants import iso
from lms_scoring.domain.proceedings.step import Step
from lms_scoring.services.deciding.told_cases import KnownCase
from lms_scoring.services.deciding.told_disputes import Told


def case(known: KnownCase) -> dict[str, Any]:
    """A case without the texts that lie with it: those are others' too."""
    one = known.case
    return {
        "number": one.number,
        "person": one.person,
        "state": known.state.value,
        "waits": one.waits,
        "voided": known.is_voided,
        "overruled": known.is_overruled,
        "decision": None if known.in_force is None else _decision(known.in_force),
        "family": one.family.value,
        "record": {"kind": one.kind, "id": one.name, "title": known.title},
        "grounds": [{"kind": ground.kind.value, "amount": ground.amount} for ground in one.grounds],
        "steps": [_step(step) for step in one.steps],
    }


def dispute(told: Told) -> dict[str, Any]:
    """A dispute with all that was said."""
    one = told.dispute
    return {
        "number": one.number,
        "person": one.person,
        "state": told.state.value,
        "waits": one.waits,
        "overdue": told.is_overdue,
        "due_at": None if one.due_at is None else iso(one.due_at),
        "role": one.role.value,
        "class": one.class_,
        "criterion": one.criterion,
        "record": None
        if one.record is None
        else {"kind": one.record.kind, "id": one.record.id, "title": told.title},
        "steps": [_step(step) for step in one.steps],
    }


def _decision(one: Decision) -> dict[str, Any]:
    return {"action": one.action.value, "at": iso(one.at), "by": one.by, "reason": one.reason}


def _step(step: Step) -> dict[str, Any]:
    return {
        "kind": step.kind.value,
        "at": iso(step.at),
        "by": step.by,
        "words": step.words,
        "outcome": None if step.outcome is None else step.outcome.value,
        "until": None if step.until is None else iso(step.until),
    }
