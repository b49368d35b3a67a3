"""Scoring: a scheme and a dossier in, a scorecard out. Nothing here depends on the time of day."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import NamedTuple

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.dossier import Dossier, dossiers
from lms_scoring.domain.evidence_json import content_hash
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.rules.reach import Reach
from lms_scoring.domain.rules.rule import Measured, points_of
from lms_scoring.domain.scheme import Criterion, RoleScheme, Scheme, Window
from lms_scoring.domain.scorecard import (
    CardState,
    CriterionResult,
    CriterionState,
    Finding,
    Reason,
    Scorecard,
    Verdict,
    unknowns_among,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scored:
    """A card, and what was measured for each of its criteria; None where a person decided the points."""

    card: Scorecard
    measured: tuple[Measured | None, ...]


def scorecards(scheme: Scheme, records: Iterable[ev.Record], *, as_of: int) -> list[Scorecard]:
    """A card for every membership whose role the scheme scores, ordered by role, class, person."""
    return [
        score(scheme, dossier)
        for dossier in dossiers(records, as_of=as_of)
        if dossier.membership.role in scheme.roles
    ]


def score(scheme: Scheme, dossier: Dossier) -> Scorecard:
    """The card of one membership, as of the dossier's instant.

    Raises KeyError where the scheme does not score the role.
    """
    return scored(scheme, dossier).card


def scored(scheme: Scheme, dossier: Dossier, *, hash_of: Callable[[ev.Record], str] = content_hash) -> Scored:
    """The same with what was measured for it. `hash_of` is `content_hash`, or remembers what that said: the
    tutors of a class read the same records."""
    rules = scheme.roles[dossier.membership.role]
    judged = _all_judged(scheme, dossier)
    evidence = evidence_fingerprint(dossier, hash_of=hash_of)
    card = _card(scheme, dossier, rules, tuple(one.result for one in judged), evidence=evidence)
    return Scored(card=card, measured=tuple(one.measured for one in judged))


def _card(
    scheme: Scheme,
    dossier: Dossier,
    rules: RoleScheme,
    results: tuple[CriterionResult, ...],
    *,
    evidence: str,
) -> Scorecard:
    total = sum((result.points for result in results), Fraction(0)) * rules.scale
    could_become = sum((result.could_become for result in results), Fraction(0)) * rules.scale
    return Scorecard(
        person=dossier.membership.person,
        role=dossier.membership.role,
        class_=dossier.membership.class_,
        total=total,
        could_become=could_become,
        out_of=rules.out_of,
        pass_mark=rules.pass_mark,
        state=state_of(
            passed=total >= rules.pass_mark,
            could_pass=could_become >= rules.pass_mark,
            is_open=dossier.as_of < scheme.window.end,
        ),
        band=rules.band_of(total),
        scheme=scheme.fingerprint,
        evidence=evidence,
        as_of=dossier.as_of,
        valid_until=_valid_until(scheme.window, dossier),
        criteria=results,
    )


def results_of(scheme: Scheme, dossier: Dossier) -> tuple[CriterionResult, ...]:
    """Every criterion of the role, judged. Raises KeyError where the scheme does not score the role."""
    return tuple(one.result for one in _all_judged(scheme, dossier))


def reaches_of(scheme: Scheme, dossier: Dossier) -> tuple[Reach, ...]:
    """Between which points every criterion lies once all is read that could not be; before the window begins
    nothing that is there can count."""
    return tuple(one.reach for one in _all_judged(scheme, dossier))


def state_of(*, passed: bool, could_pass: bool, is_open: bool) -> CardState:
    """The first state that fits; `could_pass`: marking alone could make it so."""
    if passed:
        return CardState.PASS
    if is_open:
        return CardState.IN_PROGRESS
    return CardState.PENDING if could_pass else CardState.FAIL


def evidence_fingerprint(dossier: Dossier, *, hash_of: Callable[[ev.Record], str] = content_hash) -> str:
    """SHA-256 over the sorted content hashes of the records; what is gone counts as different evidence."""
    hashes = sorted(
        hash_of(record) + ("" if record.gone_at is None else " gone") for record in dossier.records()
    )
    return hashlib.sha256("\n".join(hashes).encode()).hexdigest()


class _Judged(NamedTuple):
    """A criterion's result, between which points it lies, and what was measured for it; None where a person
    decided it."""

    result: CriterionResult
    reach: Reach
    measured: Measured | None


def _all_judged(scheme: Scheme, dossier: Dossier) -> list[_Judged]:
    rules = scheme.roles[dossier.membership.role]
    window = Span(start=scheme.window.start, end=scheme.window.end)
    return [_judged(criterion, rules, dossier, window) for criterion in rules.criteria]


def _judged(criterion: Criterion, rules: RoleScheme, dossier: Dossier, window: Span) -> _Judged:
    measured = criterion.rule.measure(dossier, window=window, most=criterion.max)
    term = criterion.rule.term(criterion.max)
    points = points_of(term, measured.values)
    could_become = points_of(term, measured.could_become)
    unread = tuple(_unread(criterion, dossier, measured, others=rules.criteria))
    reach = (
        criterion.rule.reach(dossier, unread, window=window, most=criterion.max)
        if unread and dossier.as_of >= window.start
        else Reach.exactly(points)
    )
    findings = (*measured.findings, *(_not_read(one, dossier.membership.person) for one in unread))
    result = CriterionResult(
        id=criterion.id,
        max=criterion.max,
        points=points,
        could_become=could_become,
        state=CriterionState.PENDING if could_become > points else CriterionState.FINAL,
        figures=measured.figures,
        findings=findings,
        unknowns=unknowns_among(findings),
        may_fall=reach.least < points,
    )
    decision = dossier.decisions.by_criterion.get((dossier.membership.person, criterion.id))
    if decision is None:
        return _Judged(result, reach, measured)
    decided = _decided(result, decision)
    if decided is result:
        return _Judged(result, reach, measured)
    return _Judged(decided, Reach.exactly(decided.points), None)


def _decided(result: CriterionResult, decision: ev.Decision) -> CriterionResult:
    """A person's word in place of the rule's: exempt is full points, override names them."""
    if decision.action is ev.Action.EXEMPT:
        points, reason = result.max, Reason.EXEMPT
    elif decision.action is ev.Action.OVERRIDE and decision.points is not None:
        points, reason = min(decision.points, result.max), Reason.OVERRIDDEN
    else:
        return result
    finding = Finding(
        kind="decision",
        id=decision.id,
        verdict=Verdict.COUNTED,
        reason=reason,
        points=points,
        at=decision.at,
        note=decision.reason,
    )
    return replace(
        result,
        points=points,
        could_become=points,
        state=CriterionState.FINAL,
        findings=(finding, *(replace(one, points=Fraction(0)) for one in result.findings)),
        unknowns=0,
        may_fall=False,
    )


def _unread(
    criterion: Criterion, dossier: Dossier, measured: Measured, *, others: Iterable[Criterion]
) -> Iterator[ev.Unknown]:
    """What is there and could not be read, where it would count: by its purpose, else by its activity.

    Where only an activity is named that nothing else came from, it may be study time; where a role has
    none, it may be anything. Of a class, it may be what else came from the same activity.
    """
    purposes = criterion.rule.purposes
    timed = any(ev.Purpose.STUDY_TIME in other.rule.purposes for other in others)
    maybe_here = ev.Purpose.STUDY_TIME in purposes if timed else bool(purposes)
    activities = {finding.activity for finding in measured.findings}
    of_class = dossier.class_unknowns if criterion.rule.needs_class_work else ()
    for unknown in (*dossier.unknowns, *of_class):
        if dossier.decisions.objection(unknown) is not None:
            continue
        is_own = unknown.person == dossier.membership.person
        named_here = (is_own and maybe_here) or unknown.activity in activities
        if named_here if unknown.about is None else unknown.about in purposes:
            yield unknown


def _not_read(unknown: ev.Unknown, own: str) -> Finding:
    return Finding(
        kind="unknown",
        id=unknown.id,
        verdict=Verdict.UNKNOWN,
        reason=Reason.UNREADABLE,
        activity=unknown.activity,
        note=unknown.reason,
        person=None if unknown.person == own else unknown.person,
    )


def _valid_until(window: Window, dossier: Dossier) -> int | None:
    """The next edge of the window, or moment of evidence dated later: clocks of devices run ahead."""
    edges = (window.start, window.end, dossier.changes_at)
    return min((edge for edge in edges if edge is not None and edge > dossier.as_of), default=None)
