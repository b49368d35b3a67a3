"""Steps as JSON and back: what is kept of a step besides its kind, its time and who took it."""

from __future__ import annotations

from typing import Any

from lms_scoring.domain.doubts.doubt import Ground, GroundKind
from lms_scoring.domain.proceedings.step import Outcome, Step, StepKind


def step_fields(step: Step) -> dict[str, Any]:
    """What the step says, as far as it says anything."""
    told: dict[str, Any] = {}
    if step.words:
        told["words"] = step.words
    if step.outcome is not None:
        told["outcome"] = step.outcome.value
    if step.until is not None:
        told["until"] = step.until
    if step.grounds:
        told["grounds"] = [_ground_fields(ground) for ground in step.grounds]
    if step.digest:
        told["digest"] = step.digest.hex()
    if step.decided is not None:
        told["decided"] = step.decided
    return told


def step_of(fields: dict[str, Any], *, kind: str, at: int, by: str | None) -> Step:
    """The step again."""
    outcome = fields.get("outcome")
    return Step(
        kind=StepKind(kind),
        at=at,
        by=by,
        words=fields.get("words", ""),
        outcome=None if outcome is None else Outcome(outcome),
        until=fields.get("until"),
        grounds=tuple(map(_ground_of, fields.get("grounds", ()))),
        digest=bytes.fromhex(fields.get("digest", "")),
        decided=fields.get("decided"),
    )


def _ground_fields(ground: Ground) -> dict[str, Any]:
    told = {
        "kind": ground.kind.value,
        "amount": ground.amount,
        "limit": ground.limit,
        "within": ground.within,
        "other": ground.other,
        "other_course": ground.other_course,
    }
    return {name: value for name, value in told.items() if value is not None}


def _ground_of(fields: dict[str, Any]) -> Ground:
    return Ground(**{**fields, "kind": GroundKind(fields["kind"])})
