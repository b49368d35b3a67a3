"""Doubts: records of a card that want a person, and whether passing hangs on them."""

from __future__ import annotations

from collections.abc import Set
from dataclasses import replace
from fractions import Fraction
from typing import TypeVar

from lms_scoring.domain.dossier import Dossier
from lms_scoring.domain.evidence import KIND_OF, Action, Record, RecordTarget
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.scorecard import CriterionResult, Finding, Reason, Scorecard, Verdict
from lms_scoring.domain.scoring import results_of

Kept = TypeVar("Kept", bound=Record)
Cases = Set[tuple[str, str]]
"""Records that an open case is about, by kind and id."""


def doubtful(card: Scorecard, dossier: Dossier, *, cases: Cases) -> frozenset[tuple[str, str]]:
    """The records, by kind and id, that nobody has settled yet."""
    return frozenset(
        (finding.kind, finding.id)
        for result in card.criteria
        if not is_decided(result)
        for finding in result.findings
        if _is_doubtful(finding, dossier, cases)
    )


def passing_hangs_on(doubts: Cases, card: Scorecard, dossier: Dossier, *, scheme: Scheme) -> bool:
    """Whether it passes only thanks to them; or does not, and would if they all counted in full."""
    if not doubts:
        return False
    scale = scheme.roles[card.role].scale
    if card.passed:
        results = results_of(scheme, _without(doubts, dossier))
        return sum((one.points for one in results), Fraction(0)) * scale < card.pass_mark
    hopeful = (_hopeful(result, doubts) for result in card.criteria)
    return sum(hopeful, Fraction(0)) * scale >= card.pass_mark


def is_decided(result: CriterionResult) -> bool:
    """Whether a person has set the points of the criterion."""
    return any(finding.kind == "decision" for finding in result.findings)


def _is_doubtful(finding: Finding, dossier: Dossier, cases: Cases) -> bool:
    if finding.verdict is Verdict.UNKNOWN or (finding.kind, finding.id) in cases:
        return True
    about = RecordTarget(kind=finding.kind, id=finding.id)
    decision = dossier.decisions.about(dossier.membership.person, about)
    settled = decision is not None and decision.action is Action.RESTORE
    return finding.reason is Reason.IMPLAUSIBLE and not settled


def _hopeful(result: CriterionResult, doubts: Cases) -> Fraction:
    """The points if what does not count and is doubtful made up for all that the criterion lacks."""
    open_ = (
        finding.verdict in (Verdict.UNKNOWN, Verdict.REJECTED) and (finding.kind, finding.id) in doubts
        for finding in result.findings
    )
    return result.max if any(open_) and not is_decided(result) else result.points


def _without(doubts: Cases, dossier: Dossier) -> Dossier:
    return replace(
        dossier,
        watches=_kept(dossier.watches, doubts),
        reported=_kept(dossier.reported, doubts),
        submissions=_kept(dossier.submissions, doubts),
        posts=_kept(dossier.posts, doubts),
        recommendations=_kept(dossier.recommendations, doubts),
    )


def _kept(records: tuple[Kept, ...], doubts: Cases) -> tuple[Kept, ...]:
    return tuple(record for record in records if _key(record) not in doubts)


def _key(record: Record) -> tuple[str, str]:
    return (KIND_OF[type(record)], record.id)
