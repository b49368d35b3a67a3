"""Doubts: records of a card that want a person, and whether passing hangs on them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import TypeVar

from lms_scoring.domain.dossier import Dossier
from lms_scoring.domain.evidence import KIND_OF, Record, Submission
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.scorecard import CriterionResult, Finding, Reason, Scorecard, Verdict
from lms_scoring.domain.scoring import results_of

Kept = TypeVar("Kept", bound=Record)
Cases = Set[tuple[str, str]]
"""Records that an open case is about, by kind and id."""
_FEW = 4
"""Works of which every choice is tried; nobody has more doubted at once for long."""


def doubtful(card: Scorecard, *, cases: Cases) -> frozenset[tuple[str, str]]:
    """The records, by kind and id, that nobody has settled yet."""
    return frozenset(
        (finding.kind, finding.id)
        for result in card.criteria
        if not is_decided(result)
        for finding in result.findings
        if _is_doubtful(finding, cases)
    )


def passing_hangs_on(doubts: Cases, card: Scorecard, dossier: Dossier, *, scheme: Scheme) -> bool:
    """Whether it passes, and would not if some of them did not count, or works that were voided did; or does
    not, and would if some of them did not count, or counted in full.

    Criteria do not depend on each other, so each is looked at by itself.
    """
    if not doubts:
        return False
    unvoided = _unvoided(doubts, dossier)
    others = [results_of(scheme, _without(gone, unvoided)) for gone in _choices(doubts, passed=card.passed)]
    bound, total = _least if card.passed else _most, Fraction(0)
    for place, result in enumerate(card.criteria):
        total += bound(result, [one[place] for one in others], doubts)
    return (total * scheme.roles[card.role].scale >= card.pass_mark) is not card.passed


def is_decided(result: CriterionResult) -> bool:
    """Whether a person has set the points of the criterion."""
    return any(finding.kind == "decision" for finding in result.findings)


def _is_doubtful(finding: Finding, cases: Cases) -> bool:
    unsettled = finding.verdict is Verdict.UNKNOWN or finding.reason is Reason.IMPLAUSIBLE
    return unsettled or (finding.kind, finding.id) in cases


def _least(result: CriterionResult, others: Sequence[CriterionResult], doubts: Cases) -> Fraction:
    """The fewest points that decisions about the doubts can leave."""
    if _are_many(doubts) and _is_about_works(result, doubts):
        return Fraction(0)
    return min(one.points for one in (result, *others))


def _most(result: CriterionResult, others: Sequence[CriterionResult], doubts: Cases) -> Fraction:
    """The most: what does not count and is doubtful might make up for all that the criterion lacks."""
    open_ = (
        finding.verdict in (Verdict.UNKNOWN, Verdict.REJECTED) and (finding.kind, finding.id) in doubts
        for finding in result.findings
    )
    is_open = any(open_) or (_are_many(doubts) and _is_about_works(result, doubts))
    if is_open and not is_decided(result):
        return result.max
    return max(one.points for one in (result, *others))


def _works(doubts: Cases) -> list[tuple[str, str]]:
    return sorted(one for one in doubts if one[0] == KIND_OF[Submission])


def _are_many(doubts: Cases) -> bool:
    """Whether they are of so many works that not all decisions are tried: anything may come of it."""
    return len(_works(doubts)) > _FEW


def _is_about_works(result: CriterionResult, doubts: Cases) -> bool:
    works = {*_works(doubts)}
    return any((one.kind, one.id) in works for one in result.findings)


def _choices(doubts: Cases, *, passed: bool) -> Iterator[Cases]:
    """What of them may not count. Of most records fewer never earn more, so none of them is the worst, and
    all the best; but without a work another attempt may count, and earn either. So of works any choice is
    looked at, none too: one of them may be voided today."""
    works = _works(doubts)
    rest = doubts - {*works} if passed else frozenset[tuple[str, str]]()
    for size in (len(works),) if _are_many(doubts) else range(len(works) + 1):
        for chosen in combinations(works, size):
            if works or rest:
                yield rest | {*chosen}


def _unvoided(doubts: Cases, dossier: Dossier) -> Dossier:
    """As if nobody had voided a work among them: an objection to that may be upheld, and earn either too."""
    works = {*_works(doubts)}
    left = {key: one for key, one in dossier.decisions.by_record.items() if key[1:] not in works}
    return replace(dossier, decisions=replace(dossier.decisions, by_record=left))


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
