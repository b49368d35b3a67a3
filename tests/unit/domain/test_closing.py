"""Closed cards: nothing can become more of them, nobody waits, and what is doubtful stays so."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.closing import closed, closed_outlook
from lms_scoring.domain.dossier import dossiers
from lms_scoring.domain.outlook import Outlook, Standing, look_ahead
from lms_scoring.domain.scorecard import CardState, CriterionState, Scorecard
from lms_scoring.domain.scorecard_json import card_fields, card_of
from lms_scoring.domain.scoring import score
from tests import given

AT = given.AFTER + 5


def scored(*records: ev.Record) -> tuple[Scorecard, Outlook]:
    scheme = given.main_scheme()
    (dossier,) = dossiers([given.membership(), *records], as_of=given.AFTER)
    card = score(scheme, dossier)
    return card, look_ahead(scheme, dossier, card)


WAITING: tuple[ev.Record, ...] = (
    given.watch(minutes=750),
    given.homework(),
    given.journal(),
    *given.topics(9),
)
"""79 points, and marking could make it 89."""


def test_what_waited_for_a_mark_is_final_and_has_failed() -> None:
    card, outlook = scored(*WAITING)
    assert (card.state, outlook.standing) == (CardState.PENDING, Standing.WAITING_FOR_MARKING)
    shut = closed(card, at=AT)
    assert (shut.total, shut.could_become, shut.state) == (card.total, card.total, CardState.FAIL)
    assert {one.state for one in shut.criteria} == {CriterionState.FINAL}
    assert [one.could_become for one in shut.criteria] == [one.points for one in card.criteria]
    assert (shut.closed_at, shut.valid_until, shut.evidence) == (AT, None, card.evidence)


def test_who_has_passed_stays_passed_though_marks_could_have_given_more() -> None:
    card, outlook = scored(*WAITING, given.topic("one more"))
    shut = closed(card, at=AT)
    assert (shut.state, shut.could_become) == (CardState.PASS, card.total)
    assert closed_outlook(outlook, card).standing is Standing.PASSED


def test_closing_a_closed_card_changes_nothing() -> None:
    shut = closed(scored(*WAITING)[0], at=AT)
    assert closed(shut, at=AT) == shut


def test_nothing_is_in_reach_any_more() -> None:
    card, outlook = scored(*WAITING)
    shut = closed_outlook(outlook, card)
    assert shut.standing is Standing.UNREACHABLE
    assert (shut.if_nothing_more, shut.with_marking, shut.at_best) == (card.total,) * 3
    assert [(goal.reachable, goal.ways) for goal in shut.goals] == [(False, ())] * len(outlook.goals)
    assert shut.goals[0].missing == outlook.goals[0].missing == Fraction(1)
    assert (shut.ceilings, shut.valid_until) == ((), None)


def test_what_is_to_be_checked_still_is() -> None:
    card, outlook = scored(*WAITING, given.unknown(about=ev.Purpose.HOMEWORK))
    assert outlook.standing is Standing.TO_CHECK
    assert closed_outlook(outlook, card).standing is Standing.TO_CHECK


@pytest.mark.parametrize("findings", [True, False])
def test_a_kept_card_says_since_when_it_is_closed(findings: bool) -> None:
    card = scored(*WAITING)[0]
    assert card_of(card_fields(closed(card, at=AT), findings=findings)).closed_at == AT
    assert "closed_at" not in card_fields(card, findings=findings)
    assert card_of(card_fields(replace(card, closed_at=None), findings=findings)).closed_at is None
