"""Outlooks ⇄ JSON: the form in which the store keeps them, exact (rationals as text).

Ceilings are kept as `obstacles`, which they were called when the first outlooks were kept.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from lms_scoring.domain.evidence import DueBasis, Grade
from lms_scoring.domain.outlook.outlook import Ceiling, Goal, Outlook, Standing, Step, Way
from lms_scoring.domain.rationals import rational
from lms_scoring.domain.rules.deeds import DeedKind, Why

_TOTALS = ("so_far", "if_nothing_more", "with_marking", "at_best", "pass_mark")


def outlook_fields(outlook: Outlook) -> dict[str, Any]:
    """The outlook as JSON fields."""
    return {
        **{name: str(getattr(outlook, name)) for name in _TOTALS},
        "standing": outlook.standing.value,
        "goals": [_goal_fields(goal) for goal in outlook.goals],
        "obstacles": [_ceiling_fields(one) for one in outlook.ceilings],
        "doubts": outlook.doubts,
        **({"unread": list(outlook.unread)} if outlook.unread else {}),
        **({"voided": list(outlook.voided)} if outlook.voided else {}),
        "valid_until": outlook.valid_until,
    }


def outlook_of(fields: Mapping[str, Any]) -> Outlook:
    """The outlook that `outlook_fields` wrote."""
    return Outlook(
        **{name: rational(fields[name]) for name in _TOTALS},
        standing=Standing(fields["standing"]),
        goals=tuple(_goal_of(goal) for goal in fields["goals"]),
        ceilings=tuple(
            Ceiling(
                criterion=one["criterion"],
                why=Why(one["why"]),
                at_best=rational(one["at_best"]),
                max=rational(one["max"]),
                due_basis=_basis_of(one),
            )
            for one in fields["obstacles"]
        ),
        doubts=fields["doubts"],
        unread=tuple(fields.get("unread", ())),
        voided=tuple(fields.get("voided", ())),
        valid_until=fields["valid_until"],
    )


def _ceiling_fields(ceiling: Ceiling) -> dict[str, Any]:
    written = {
        "criterion": ceiling.criterion,
        "why": ceiling.why.value,
        "at_best": str(ceiling.at_best),
        "max": str(ceiling.max),
        "due_basis": _written(ceiling.due_basis),
    }
    return {name: value for name, value in written.items() if value is not None}


def _written(basis: DueBasis | None) -> str | None:
    return None if basis is None else basis.value


def _basis_of(fields: Mapping[str, Any]) -> DueBasis | None:
    return DueBasis(fields["due_basis"]) if "due_basis" in fields else None


def _goal_fields(goal: Goal) -> dict[str, Any]:
    return {
        "mark": str(goal.mark),
        "is_pass": goal.is_pass,
        "band": goal.band,
        "missing": str(goal.missing),
        "reachable": goal.reachable,
        "ways": [
            {
                "steps": [_step_fields(step) for step in way.steps],
                "reaches": str(way.reaches),
                "effort": way.effort,
            }
            for way in goal.ways
        ],
    }


def _goal_of(fields: Mapping[str, Any]) -> Goal:
    return Goal(
        mark=rational(fields["mark"]),
        is_pass=fields["is_pass"],
        band=fields["band"],
        missing=rational(fields["missing"]),
        reachable=fields["reachable"],
        ways=tuple(
            Way(
                steps=tuple(_step_of(step) for step in way["steps"]),
                reaches=rational(way["reaches"]),
                effort=way["effort"],
            )
            for way in fields["ways"]
        ),
    )


def _step_fields(step: Step) -> dict[str, Any]:
    written = {
        "criterion": step.criterion,
        "kind": step.kind.value,
        "amount": step.amount,
        "points": str(step.points),
        "grade": None if step.grade is None else step.grade.value,
        "deadline": step.deadline,
        "opens_at": step.opens_at,
        "activity": step.activity,
        "again": True if step.again else None,
        "late": True if step.late else None,
        "due_basis": _written(step.due_basis),
    }
    return {name: value for name, value in written.items() if value is not None}


def _step_of(fields: Mapping[str, Any]) -> Step:
    return Step(
        criterion=fields["criterion"],
        kind=DeedKind(fields["kind"]),
        amount=fields["amount"],
        points=rational(fields["points"]),
        grade=Grade(fields["grade"]) if "grade" in fields else None,
        deadline=fields.get("deadline"),
        opens_at=fields.get("opens_at"),
        activity=fields.get("activity"),
        again=fields.get("again", False),
        late=fields.get("late", False),
        due_basis=_basis_of(fields),
    )
