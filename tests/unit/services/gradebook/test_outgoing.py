"""Outgoing: what a card makes in the gradebook, cut and never rounded up."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from lms_scoring.domain.outlook import Standing, ToldState, told_state
from lms_scoring.domain.scorecard import CardState, Scorecard
from lms_scoring.ports import Hold, OutgoingGrade, Passback, SendState
from lms_scoring.services.gradebook.outgoing import given_of, held_by, hold_of, outgoing
from tests.contract.story import COURSE, card

SCORE, VERDICT = Passback.SCORE, Passback.VERDICT
AT = 1_000_500


def grade(found: Scorecard, passback: Passback = SCORE, before: OutgoingGrade | None = None) -> OutgoingGrade:
    """What the card makes, where it makes something."""
    told = ToldState(found.state.value)
    made = outgoing(COURSE, found, passback, before, told=told, hold=None, scored_at=AT)
    assert made is not None
    return made


def of(total: str | int, **changes: Any) -> Scorecard:
    """A card with that many points."""
    return card(total=Fraction(total), criteria=(), **changes)


points = st.fractions(min_value=0, max_value=300, max_denominator=10**6)


@given(total=points, mark=points, out_of=st.integers(min_value=1, max_value=300))
@example(total=Fraction(7999999, 100000), mark=Fraction(80), out_of=100)
@example(total=Fraction(80) - Fraction(1, 10**6), mark=Fraction(80), out_of=100)
@settings(max_examples=300, deadline=None)
def test_a_score_under_the_pass_mark_never_arrives_as_the_pass_mark(
    total: Fraction, mark: Fraction, out_of: int
) -> None:
    """Nor as more than it is; and what is a float to the platform says the same."""
    found = of(0, pass_mark=mark, out_of=Fraction(out_of))
    made = given_of(replace(found, total=total), SCORE)
    exact = total * 100 / out_of
    assert exact - Fraction(1, 100) < made <= exact
    assert made.denominator in {1, 2, 4, 5, 10, 20, 25, 50, 100}
    if total < mark:
        assert made < mark * 100 / out_of
        assert float(made) < mark * 100 / out_of


@pytest.mark.parametrize(("total", "given_"), [("79.999999", "79.99"), ("80", "80"), ("1199/30", "39.96")])
def test_points_are_cut_to_hundredths(total: str, given_: str) -> None:
    assert grade(of(total)).given == Fraction(given_)


def test_points_of_another_maximum_are_told_of_a_hundred() -> None:
    assert grade(of("39.99", out_of=Fraction(50), pass_mark=Fraction(40))).given == Fraction("79.98")


@pytest.mark.parametrize(
    ("state", "standing", "given_", "hold"),
    [
        (CardState.PASS, Standing.PASSED, 100, None),
        (CardState.PASS, Standing.TO_CHECK, 100, Hold.TO_CHECK),
        (CardState.FAIL, Standing.UNREACHABLE, 0, None),
        (CardState.FAIL, None, 0, None),
        (CardState.FAIL, Standing.TO_CHECK, 0, Hold.TO_CHECK),
        (CardState.PENDING, Standing.WAITING_FOR_MARKING, None, Hold.NO_VERDICT),
        (CardState.PENDING, Standing.TO_CHECK, None, Hold.NO_VERDICT),
        (CardState.IN_PROGRESS, Standing.FAR, None, Hold.NO_VERDICT),
    ],
)
def test_a_verdict_is_all_or_nothing_and_held_back_until_it_is_final(
    state: CardState, standing: Standing | None, given_: int | None, hold: Hold | None
) -> None:
    found = of("80" if state is CardState.PASS else "79.99", state=state)
    assert hold_of(found, standing, disputed=False) == hold
    assert hold_of(found, standing, disputed=True) == (Hold.DISPUTED if hold is None else hold)
    before_a_look = Hold.NOT_LOOKED_AT if hold is None else hold
    assert hold_of(found, standing, disputed=True, to_look_at=True) == before_a_look
    told = told_state(state, standing)
    made = outgoing(COURSE, found, VERDICT, None, told=told, hold=hold, scored_at=AT)
    assert (None if made is None else made.given) == given_
    assert (None if made is None else made.held) == (None if given_ is None else hold)


def test_points_are_held_back_by_nothing() -> None:
    made = outgoing(
        COURSE, of(80), SCORE, None, told=ToldState.PASS_PROVISIONALLY, hold=Hold.TO_CHECK, scored_at=AT
    )
    assert made is not None
    assert made.held is None


@pytest.mark.parametrize(
    ("told", "said"),
    [
        (ToldState.PASS, "合格 · passed · 80.00 / 100 (≥ 80)"),
        (ToldState.PASS_PROVISIONALLY, "暂定合格 · passed, provisionally · 80.00 / 100 (≥ 80)"),
        (ToldState.FAIL, "不合格 · not passed · 80.00 / 100 (≥ 80)"),
        (ToldState.FAIL_PROVISIONALLY, "暂定不合格 · not passed, provisionally · 80.00 / 100 (≥ 80)"),
        (ToldState.PENDING, "待批改 · waiting for marking · 80.00 / 100 (≥ 80)"),
        (ToldState.IN_PROGRESS, "进行中 · in progress · 80.00 / 100 (≥ 80)"),
    ],
)
def test_the_comment_says_the_verdict_with_the_points(told: ToldState, said: str) -> None:
    made = outgoing(COURSE, of(80), SCORE, None, told=told, hold=None, scored_at=AT)
    assert made is not None
    assert made.comment == said


@given(
    total=st.fractions(min_value=0, max_value=300, max_denominator=10**6), passback=st.sampled_from(Passback)
)
@example(total=Fraction(79999, 1000), passback=SCORE)
@example(total=Fraction("88.095"), passback=SCORE)
@settings(max_examples=100, deadline=None)
def test_the_comment_carries_the_very_number_that_is_sent(total: Fraction, passback: Passback) -> None:
    state = CardState.PASS if total >= 80 else CardState.FAIL
    made = grade(of(str(total), state=state), passback)
    assert f" · {float(made.given):.2f} / 100" in made.comment


def test_points_of_another_maximum_stand_beside_the_grade() -> None:
    made = grade(of("39.999", out_of=Fraction(50), pass_mark=Fraction(40), state=CardState.FAIL))
    assert made.comment == "不合格 · not passed · 79.99 / 100 · 得分 points 39.99 / 50 (≥ 40)"


def test_a_verdict_says_the_points_that_it_comes_from() -> None:
    made = grade(of("88.095", state=CardState.PASS), VERDICT)
    assert made.comment == "合格 · passed · 100.00 / 100 · 得分 points 88.09 / 100 (≥ 80)"


def test_the_first_grade_has_the_second_it_was_scored_in() -> None:
    first = grade(of(50))
    assert (first.at, first.state, first.person) == (1_000, SendState.WAITING, "moodle-1")


def test_nothing_new_makes_no_other_grade() -> None:
    before = grade(of(50))
    told = ToldState(of(50).state.value)
    later = outgoing(COURSE, of(50, as_of=99), SCORE, before, told=told, hold=None, scored_at=AT + 10**6)
    assert later == before


def test_a_new_score_takes_a_later_time_whatever_the_clock_says() -> None:
    before = replace(grade(of(50)), at=5_000, tried=Fraction(50), sent=Fraction(50), tries=3, try_at=9)
    later = grade(of(60), before=replace(before, reason="busy"))
    assert (later.at, later.tried, later.sent) == (5_001, before.tried, before.sent)
    assert (later.tries, later.try_at, later.reason) == (0, 0, None)


@pytest.mark.parametrize(
    ("state", "then"),
    [
        (SendState.SENT, SendState.WAITING),
        (SendState.REFUSED, SendState.WAITING),
        (SendState.OVERRIDDEN, SendState.OVERRIDDEN),
    ],
)
def test_a_new_score_waits_unless_a_teacher_wrote_over_the_last(state: SendState, then: SendState) -> None:
    before = replace(grade(of(50)), state=state, reason="why")
    later = grade(of(60), before=before)
    assert (later.state, later.given) == (then, Fraction(60))
    assert later.reason == ("why" if then is SendState.OVERRIDDEN else None)


@pytest.mark.parametrize("hold", Hold)
def test_what_was_held_back_is_not_written_over_a_teachers_grade_later(hold: Hold) -> None:
    wanted = replace(grade(of(90, state=CardState.PASS), VERDICT), forced=True)
    held = held_by(hold, wanted)
    assert (held.held, held.forced) == (hold, False)
    assert held_by(None, held) == replace(wanted, forced=False)
    assert not held_by(None, replace(wanted, held=hold)).forced, "kept so by an earlier program"
    assert held_by(None, wanted) == wanted


def test_a_dispute_that_holds_nothing_back_takes_nothing_from_what_was_wanted() -> None:
    wanted = replace(grade(of(90, state=CardState.PASS), VERDICT), forced=True, sent=Fraction(0))
    assert held_by(Hold.DISPUTED, wanted) == wanted
