"""Doubts: records of a card that want a person, and whether passing hangs on them."""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import replace
from fractions import Fraction
from itertools import combinations
from typing import TypeVar

from lms_scoring.domain.dossier import Dossier
from lms_scoring.domain.evidence import (
    KIND_OF,
    Action,
    Decision,
    Record,
    RecordTarget,
    Submission,
    Task,
    owner_of,
)
from lms_scoring.domain.kept_findings import own_among
from lms_scoring.domain.rules.reach import Reach, widest
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.scorecard import CardState, CriterionResult, Finding, Scorecard, Verdict
from lms_scoring.domain.scoring import reaches_of, results_of

Kept = TypeVar("Kept", bound=Record)
Cases = Set[tuple[str, str]]
"""Records that an open case is about, by kind and id."""
_FEW = 4
"""Works of which every choice is tried; nobody has more doubted at once for long."""


def doubtful(card: Scorecard, dossier: Dossier, *, cases: Cases) -> frozenset[tuple[str, str]]:
    """The records, by kind and id, that nobody has settled yet; for a tutor, works of the class too that must
    be marked or are recommended, or would have to be if they count again."""
    return unsettled(card, cases=cases).union(_class_works(dossier) & cases)


def unsettled(card: Scorecard, *, cases: Cases) -> frozenset[tuple[str, str]]:
    """Those of them that the card reads: they could not be read or not be so, or a case is about them."""
    return frozenset(
        (finding.kind, finding.id)
        for result in card.criteria
        if not is_decided(result)
        for finding in result.findings
        if _is_doubtful(finding, cases)
    )


def passing_hangs_on(
    doubts: Cases, card: Scorecard, dossier: Dossier, *, scheme: Scheme, marks_come: bool = True
) -> bool:
    """Whether it passes, and would not if some of them did not count, or works that were voided did, or what
    could not be read were read; or does not, and then would, or would wait for marks where it has failed (and
    `marks_come`, as they do until the programme is closed).

    Criteria do not depend on each other, so each is looked at by itself.
    """
    if not doubts:
        return False
    unvoided = _unvoided(doubts, dossier)
    left_out = (_without(gone, unvoided) for gone in _choices(doubts, passed=card.passed))
    tried = [dossier, _restored(doubts, dossier), *left_out]
    readings = [reaches_of(scheme, one) for one in tried]
    if card.state is CardState.FAIL and marks_come:
        readings += [_once_marked(scheme, one) for one in tried]
    found = [
        _settled(result, widest(one[place] for one in readings), doubts)
        for place, result in enumerate(card.criteria)
    ]
    scale = scheme.roles[card.role].scale
    if card.passed:
        return sum((one.least for one in found), Fraction(0)) * scale < card.pass_mark
    total = sum((one.most for one in found), Fraction(0)) * scale
    return total >= card.pass_mark if all(one.is_met for one in found) else total > card.pass_mark


def hanging_on_voided(doubts: Cases, card: Scorecard, dossier: Dossier, *, scheme: Scheme) -> Iterator[str]:
    """The criteria that would have other points, now or once all is marked, if the works among them counted
    that were voided: an objection to that may be upheld."""
    unvoided = _unvoided(doubts, dossier) if doubts else dossier
    if unvoided.decisions == dossier.decisions:
        return
    for result, again in zip(card.criteria, results_of(scheme, unvoided), strict=True):
        if (result.points, result.could_become) != (again.points, again.could_become):
            yield result.id


def is_decided(result: CriterionResult) -> bool:
    """Whether a person has set the points of the criterion."""
    return any(kind == "decision" for kind, _ in own_among(result.findings))


def _is_doubtful(finding: Finding, cases: Cases) -> bool:
    unsettled = finding.verdict is Verdict.UNKNOWN or finding.is_implausible
    return unsettled or (finding.kind, finding.id) in cases


def _class_works(dossier: Dossier) -> Cases:
    recommended = {one.submission for one in dossier.recommendations}
    return {
        _key(one)
        for one in dossier.class_submissions
        if (one.id in recommended and one.person != dossier.membership.person)
        or (one.task is Task.HOMEWORK and one.person in dossier.active)
    }


def _once_marked(scheme: Scheme, dossier: Dossier) -> tuple[Reach, ...]:
    """What the best marks make of each criterion."""
    return tuple(Reach.exactly(one.could_become) for one in results_of(scheme, dossier))


def _settled(result: CriterionResult, tried: Reach, doubts: Cases) -> Reach:
    """Between which points decisions leave the criterion. Of many works not all are tried, so anything may
    come of them."""
    if not is_decided(result) and _are_many(doubts) and _is_about_works(result, doubts):
        return Reach(least=Fraction(0), most=result.max)
    return tried


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


def _restored(doubts: Cases, dossier: Dossier) -> Dossier:
    """As if somebody found that all of them count, but for works, of which any choice is looked at. What lies
    outside the window, say, does not count all the same."""
    works, found = {*_works(doubts)}, {}
    for record in dossier.records():
        key = _key(record)
        if key in doubts and key not in works:
            found[(owner_of(record), *key)] = _restoring(owner_of(record), key)
    return replace(
        dossier,
        decisions=replace(dossier.decisions, by_record={**dossier.decisions.by_record, **found}),
    )


def _restoring(person: str, key: tuple[str, str]) -> Decision:
    target = RecordTarget(kind=key[0], id=key[1])
    return Decision(id="", person=person, target=target, action=Action.RESTORE, by="", at=0, reason="")


def _without(doubts: Cases, dossier: Dossier) -> Dossier:
    return replace(
        dossier,
        watches=_kept(dossier.watches, doubts),
        reported=_kept(dossier.reported, doubts),
        submissions=_kept(dossier.submissions, doubts),
        class_submissions=_kept(dossier.class_submissions, doubts),
        posts=_kept(dossier.posts, doubts),
        recommendations=_kept(dossier.recommendations, doubts),
    )


def _kept(records: tuple[Kept, ...], doubts: Cases) -> tuple[Kept, ...]:
    return tuple(record for record in records if _key(record) not in doubts)


def _key(record: Record) -> tuple[str, str]:
    return (KIND_OF[type(record)], record.id)
