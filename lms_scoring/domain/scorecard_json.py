"""Scorecards ⇄ JSON: the form in which the store keeps them, exact (rationals as text)."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

from lms_scoring.domain import scorecard as sc
from lms_scoring.domain.evidence import DueBasis, Grade, Role
from lms_scoring.domain.kept_findings import KeptFindings, unknowns_among
from lms_scoring.domain.rationals import MOST_KNOWN, rational


def card_fields(card: sc.Scorecard, *, findings: bool) -> dict[str, Any]:
    """The card as JSON fields, with or without what became of each piece of evidence."""
    closed = {} if card.closed_at is None else {"closed_at": card.closed_at}
    return {
        "person": card.person,
        "role": card.role.value,
        "class": card.class_,
        "total": str(card.total),
        "could_become": str(card.could_become),
        "out_of": str(card.out_of),
        "pass_mark": str(card.pass_mark),
        "state": card.state.value,
        "band": card.band,
        "scheme": card.scheme,
        "evidence": card.evidence,
        "as_of": card.as_of,
        "valid_until": card.valid_until,
        "criteria": [_criterion_fields(result, findings=findings) for result in card.criteria],
        **closed,
    }


def card_of(fields: Mapping[str, Any]) -> sc.Scorecard:
    """The card that `card_fields` wrote."""
    return sc.Scorecard(
        person=fields["person"],
        role=Role(fields["role"]),
        class_=fields["class"],
        total=rational(fields["total"]),
        could_become=rational(fields["could_become"]),
        out_of=rational(fields["out_of"]),
        pass_mark=rational(fields["pass_mark"]),
        state=sc.CardState(fields["state"]),
        band=fields["band"],
        scheme=fields["scheme"],
        evidence=fields["evidence"],
        as_of=fields["as_of"],
        valid_until=fields["valid_until"],
        criteria=tuple(_criterion_of(result) for result in fields["criteria"]),
        closed_at=fields.get("closed_at"),
    )


def _criterion_fields(result: sc.CriterionResult, *, findings: bool) -> dict[str, Any]:
    written: dict[str, Any] = {
        "id": result.id,
        "max": str(result.max),
        "points": str(result.points),
        "could_become": str(result.could_become),
        "state": result.state.value,
        "figures": [_figure_fields(figure) for figure in result.figures],
    }
    if result.unknowns > 0:
        written["unknown"] = result.unknowns
    if result.may_fall:
        written["may_fall"] = True
    if findings:
        written["findings"] = [_finding_fields(finding) for finding in result.findings]
    return written


def _criterion_of(fields: Mapping[str, Any]) -> sc.CriterionResult:
    """Cards used to be written without the number of unknowns; their findings tell it."""
    findings = KeptFindings(fields["findings"], _finding_of) if fields.get("findings") else ()
    return sc.CriterionResult(
        id=fields["id"],
        max=rational(fields["max"]),
        points=rational(fields["points"]),
        could_become=rational(fields["could_become"]),
        state=sc.CriterionState(fields["state"]),
        figures=tuple(_figure_of(*figure) for figure in fields["figures"]),
        findings=findings,
        unknowns=fields["unknown"] if "unknown" in fields else unknowns_among(findings),
        may_fall=fields.get("may_fall", False),
    )


def _figure_fields(figure: sc.Figure) -> list[Any]:
    written = [figure.name, None if figure.value is None else str(figure.value), figure.asked]
    return written if figure.advised is None else [*written, str(figure.advised)]


@lru_cache(maxsize=MOST_KNOWN)
def _figure_of(name: str, value: str | None, asked: int | None, advised: str | None = None) -> sc.Figure:
    """Name, value, what is asked for, and what is advised where something is; many cards have the same."""
    return sc.Figure(
        name=name,
        value=None if value is None else rational(value),
        asked=asked,
        advised=None if advised is None else rational(advised),
    )


def _finding_fields(finding: sc.Finding) -> dict[str, Any]:
    written = {
        "kind": finding.kind,
        "id": finding.id,
        "verdict": finding.verdict.value,
        "reason": None if finding.reason is None else finding.reason.value,
        "points": str(finding.points),
        "activity": finding.activity,
        "at": finding.at,
        "amount": None if finding.amount is None else str(finding.amount),
        "of": finding.of,
        "note": finding.note,
        "person": finding.person,
        "grade": None if finding.grade is None else finding.grade.value,
        "due_at": finding.due_at,
        "due_basis": None if finding.due_basis is None else finding.due_basis.value,
    }
    return {name: value for name, value in written.items() if value is not None}


def _finding_of(fields: Mapping[str, Any]) -> sc.Finding:
    return sc.Finding(
        kind=fields["kind"],
        id=fields["id"],
        verdict=sc.Verdict(fields["verdict"]),
        reason=sc.Reason(fields["reason"]) if "reason" in fields else None,
        points=rational(fields["points"]),
        activity=fields.get("activity"),
        at=fields.get("at"),
        amount=rational(fields["amount"]) if "amount" in fields else None,
        of=fields.get("of"),
        note=fields.get("note"),
        person=fields.get("person"),
        grade=Grade(fields["grade"]) if "grade" in fields else None,
        due_at=fields.get("due_at"),
        due_basis=DueBasis(fields["due_basis"]) if "due_basis" in fields else None,
    )
