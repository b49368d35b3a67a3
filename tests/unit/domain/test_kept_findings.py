"""Findings of a kept card say the same before they are made as after."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain import kept_findings, scorecard
from lms_scoring.domain.evidence import Action, Grade, Role
from lms_scoring.domain.instants import HOUR
from lms_scoring.domain.kept_findings import KeptFindings
from lms_scoring.domain.scorecard import CriterionResult, Scorecard
from lms_scoring.domain.scorecard_json import card_fields, card_of
from tests import given

LEARNER: list[ev.Record] = [
    given.membership(),
    given.watch("a", minutes=90),
    given.watch("b", given.START + HOUR),
    given.watch("early", given.START - 2 * HOUR),
    given.journal(),
    given.unknown(),
]


def kept(card: Scorecard) -> Scorecard:
    """The card as the store gives it back."""
    return card_of(json.loads(json.dumps(card_fields(card, findings=True))))


def pairs(card: Scorecard) -> list[tuple[CriterionResult, CriterionResult]]:
    found = list(zip(card.criteria, kept(card).criteria, strict=True))
    assert any(isinstance(stored.findings, KeptFindings) for _, stored in found)
    return found


CARDS = [
    given.card(LEARNER),
    given.card([*LEARNER, given.decided(Action.OVERRIDE, "study_time", points=40)]),
]


@pytest.mark.parametrize("card", CARDS)
def test_kept_findings_are_equal_to_those_that_were_kept(card: Scorecard) -> None:
    for made, stored in pairs(card):
        assert len(stored.findings) == len(made.findings)
        assert stored.findings == made.findings
        assert made.findings == stored.findings
        assert hash(stored.findings) == hash(made.findings)
        assert [*stored.findings[:1]] == [*made.findings[:1]]


def test_what_findings_tell_of_time_is_the_same_however_often_it_is_asked() -> None:
    for made, stored in pairs(CARDS[0]):
        first = kept_findings.timed(stored.findings)
        assert kept_findings.timed(stored.findings) == first == kept_findings.timed(made.findings)


def test_kept_findings_differ_where_one_of_them_does() -> None:
    (_, stored), *_ = pairs(CARDS[0])
    assert stored.findings != stored.findings[1:]
    assert stored != kept(given.card([given.membership()])).criteria[0]


@pytest.mark.parametrize("card", CARDS)
def test_what_is_told_of_all_at_once_is_what_each_says(card: Scorecard) -> None:
    for made, stored in pairs(card):
        assert kept_findings.timed(stored.findings) == kept_findings.timed(made.findings)
        assert kept_findings.persons_among(stored.findings) == kept_findings.persons_among(made.findings)
        named = kept_findings.activities_among(stored.findings)
        assert named == kept_findings.activities_among(made.findings)
        assert named == {one.activity for one in made.findings if one.activity is not None}
        assert kept_findings.unknowns_among(stored.findings) == scorecard.unknowns_among(made.findings)
        own = {(one.kind, one.id) for one in made.findings if one.person is None}
        assert own == kept_findings.own_among(made.findings) == kept_findings.own_among(stored.findings)
        assert kept_findings.own_among(stored.findings) == own, "asked again"
        assert kept_findings.of_others_among(stored.findings) == frozenset()


def test_a_time_is_told_with_what_counted_and_why_not_all() -> None:
    (_, stored), *_ = pairs(CARDS[0])
    told = kept_findings.timed(stored.findings)
    assert {one.reason for one in told} > {None}
    assert sum(one.of for one in told) > sum(one.amount or 0 for one in told) > 0


def test_a_tutors_card_names_the_learners_it_speaks_of() -> None:
    work = given.homework(grade=Grade.EXCELLENT)
    records: list[ev.Record] = [
        given.tutor(),
        given.membership(),
        work,
        given.recommendation(submission=work.id),
    ]
    findings = [stored.findings for _, stored in pairs(given.card(records, role=Role.TUTOR))]
    assert frozenset().union(*map(kept_findings.persons_among, findings)) == {given.LI}
    assert (("submission", work.id) in frozenset().union(*map(kept_findings.own_among, findings))) is False
    of_others = frozenset().union(*map(kept_findings.of_others_among, findings))
    assert of_others == {("submission", work.id), ("recommendation", "rec")}


def test_a_time_of_which_no_part_is_known_to_count_has_no_amount() -> None:
    told = KeptFindings(
        [{"kind": "watch", "id": "w", "verdict": "rejected", "reason": "voided", "of": 60_000}], _never
    )
    voided = kept_findings.Timed(
        kind="watch", at=None, amount=None, of=60_000, reason=scorecard.Reason.VOIDED
    )
    assert kept_findings.timed(told) == [voided]


def test_to_be_shown_in_a_log_nothing_is_made_and_nothing_told_of_anybody() -> None:
    told = KeptFindings([{"id": "p", "person": "li", "verdict": "counted"}], _never)
    assert repr(told) == "KeptFindings of 1"


def _never(fields: Mapping[str, Any]) -> scorecard.Finding:
    raise AssertionError("nobody looks at one")
