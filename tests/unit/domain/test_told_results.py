"""What is told of a card while cases and disputes are open: never that it is final, where it is not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.outlook import (
    NO_QUESTIONS,
    Questions,
    Stand,
    Standing,
    ToldState,
    chip_beside,
    kept_as,
    repeats,
    stand_of,
    tellings,
    told_standing,
    told_state,
)
from lms_scoring.domain.proceedings.dispute import Contested, contested_places, raised
from lms_scoring.domain.scorecard import CardState, Scorecard
from tests.given import AFTER, WANG, card, decided, homework, journal, membership, topics, tutor, watch
from tests.unit.domain.ahead import EARLY, PASS, outlook

DONE: list[Any] = [membership(), watch(minutes=750), homework(grade=PASS), journal(), *topics(4)]
ON_A_POST = Questions(cases=frozenset({("post", "t0")}))


def stands(found: Scorecard, questions: Questions, *, ahead: Any = None) -> dict[str, Stand]:
    return {one.id: stand_of(one, ahead, questions) for one in found.criteria}


@pytest.mark.parametrize(
    ("state", "standing", "told"),
    [
        (CardState.PASS, Standing.PASSED, ToldState.PASS),
        (CardState.PASS, Standing.TO_CHECK, ToldState.PASS_PROVISIONALLY),
        (CardState.PASS, None, ToldState.PASS),
        (CardState.FAIL, Standing.UNREACHABLE, ToldState.FAIL),
        (CardState.FAIL, Standing.TO_CHECK, ToldState.FAIL_PROVISIONALLY),
        (CardState.PENDING, Standing.TO_CHECK, ToldState.PENDING),
        (CardState.IN_PROGRESS, Standing.TO_CHECK, ToldState.IN_PROGRESS),
        (CardState.IN_PROGRESS, Standing.FAR, ToldState.IN_PROGRESS),
    ],
)
def test_a_result_is_provisional_while_it_is_to_be_checked(
    state: CardState, standing: Standing | None, told: ToldState
) -> None:
    assert told_state(state, standing) is told


def test_only_what_nobody_still_looks_at_is_final() -> None:
    assert {told for told in ToldState if told.is_final} == {ToldState.PASS, ToldState.FAIL}
    provisional = {ToldState.PASS_PROVISIONALLY, ToldState.FAIL_PROVISIONALLY, ToldState.TO_BE_READ}
    assert {told for told in ToldState if told.is_provisional} == provisional


@pytest.mark.parametrize(
    ("standing", "state", "told"),
    [
        (Standing.PASSED, CardState.PASS, Standing.TO_CHECK),
        (None, CardState.PASS, Standing.TO_CHECK),
        (Standing.UNREACHABLE, CardState.FAIL, Standing.TO_CHECK),
        (Standing.UNREACHABLE, CardState.IN_PROGRESS, Standing.TO_CHECK),
        (Standing.FAR, CardState.FAIL, Standing.TO_CHECK),
        (Standing.ONE_ITEM_SHORT, CardState.IN_PROGRESS, Standing.ONE_ITEM_SHORT),
        (Standing.WAITING_FOR_MARKING, CardState.PENDING, Standing.WAITING_FOR_MARKING),
        (None, CardState.IN_PROGRESS, None),
    ],
)
def test_what_is_contested_is_to_be_checked_where_it_would_be_settled(
    standing: Standing | None, state: CardState, told: Standing | None
) -> None:
    assert told_standing(standing, state, disputed=True) is told
    assert told_standing(standing, state, disputed=False) is standing


def test_a_chip_is_that_of_the_outlook_unless_the_card_is_contested() -> None:
    passed = outlook([*DONE, *topics(9)], AFTER)
    assert NO_QUESTIONS.standing(CardState.PASS, passed) is Standing.PASSED
    assert NO_QUESTIONS.standing(CardState.PASS, None) is None
    assert Questions(contested=("posts",)).standing(CardState.PASS, passed) is Standing.TO_CHECK
    assert Questions(contested=("posts",)).told(CardState.PASS, passed) is ToldState.PASS_PROVISIONALLY
    assert NO_QUESTIONS.told(CardState.PASS, passed) is ToldState.PASS


def test_a_card_of_a_state_is_told_as_that_or_provisionally() -> None:
    assert tellings(CardState.PASS) == {ToldState.PASS, ToldState.PASS_PROVISIONALLY}
    assert tellings(CardState.PENDING) == {ToldState.PENDING}


def test_a_chip_repeats_a_result_that_says_the_same() -> None:
    assert repeats(Standing.PASSED, ToldState.PASS)
    assert repeats(Standing.WAITING_FOR_MARKING, ToldState.PENDING)
    assert not repeats(Standing.TO_CHECK, ToldState.PASS_PROVISIONALLY)
    assert not repeats(None, ToldState.PASS)


def test_a_criterion_is_not_final_while_a_case_about_its_evidence_is_open() -> None:
    found = card(DONE, as_of=AFTER)
    assert stands(found, NO_QUESTIONS)["posts"] is Stand.FINAL
    assert stands(found, ON_A_POST) == {
        "study_time": Stand.FULL,
        "homework": Stand.FINAL,
        "journal": Stand.FULL,
        "posts": Stand.TO_CHECK,
    }
    assert ON_A_POST.cases_on(found) == 1
    assert NO_QUESTIONS.cases_on(found) == 0
    assert Questions(cases=frozenset({("post", "elsewhere")})).cases_on(found) == 0


def test_a_criterion_is_not_full_for_good_while_it_is_contested() -> None:
    found = card(DONE, as_of=AFTER)
    assert stands(found, Questions(contested=("journal",)))["journal"] is Stand.TO_CHECK


def test_points_that_a_person_set_hang_on_no_case() -> None:
    found = card([*DONE, decided(ev.Action.OVERRIDE, "posts", at=EARLY, points=3)], as_of=AFTER)
    assert stands(found, ON_A_POST)["posts"] is Stand.FINAL
    assert stands(found, Questions(contested=("posts",)))["posts"] is Stand.TO_CHECK


def test_the_work_of_others_has_its_cases_on_their_cards() -> None:
    found = card(DONE, as_of=AFTER)
    (posts,) = (one for one in found.criteria if one.id == "posts")
    theirs = replace(posts, findings=tuple(replace(one, person="zhao") for one in posts.findings))
    assert not ON_A_POST.are_about(theirs)


def test_a_tutor_s_criterion_is_not_final_while_a_case_about_a_work_of_the_class_is_open() -> None:
    records: list[Any] = [tutor(), membership(), homework(grade=PASS)]
    doubted = Questions(of_works=frozenset({("submission", "h")}))
    found = card(records, as_of=AFTER, role=Role.TUTOR)
    assert stands(found, NO_QUESTIONS)["marking"] is Stand.FULL
    assert stands(found, doubted)["marking"] is Stand.TO_CHECK
    assert stands(found, doubted)["recommending"] is Stand.FINAL
    assert doubted.cases_on(found) == 0, "it is counted on the learner's card"
    other = Questions(of_works=frozenset({("submission", "elsewhere")}))
    assert stands(found, other)["marking"] is Stand.FULL
    by_hand = decided(ev.Action.OVERRIDE, "marking", person=WANG, points=3)
    settled = card([*records, by_hand], as_of=AFTER, role=Role.TUTOR)
    assert stands(settled, doubted)["marking"] is Stand.FINAL


def test_what_can_still_become_more_is_told_as_that() -> None:
    done: list[Any] = [membership(), watch(minutes=750), homework(grade=None), journal(), *topics(4)]
    found = card(done, as_of=AFTER)
    pending = Questions(cases=ON_A_POST.cases, contested=("homework",))
    assert stands(found, pending)["homework"] is Stand.PENDING
    early = card(done, as_of=EARLY)
    ahead = outlook(done, EARLY)
    assert stands(early, ON_A_POST, ahead=ahead)["posts"] is Stand.OPEN
    over = outlook(done, AFTER)
    assert stands(found, ON_A_POST, ahead=over)["posts"] is Stand.TO_CHECK


@pytest.mark.parametrize("open_", ["unread", "voided"])
def test_of_what_is_done_nothing_is_still_to_do_but_what_may_change_is_to_be_checked(open_: str) -> None:
    found, ahead = card(DONE, as_of=EARLY), replace(outlook(DONE, EARLY), **{open_: ("journal",)})

    def told(*, is_done: bool) -> dict[str, Stand]:
        return {one.id: stand_of(one, ahead, NO_QUESTIONS, is_done=is_done) for one in found.criteria}

    assert told(is_done=False)["posts"] is Stand.OPEN
    assert told(is_done=True)["posts"] is Stand.FINAL
    assert told(is_done=True)["journal"] is Stand.TO_CHECK


def test_disputes_are_about_the_places_of_who_raised_them() -> None:
    mine, other = membership(), membership("zhao")
    about = Contested(role=Role.LEARNER, class_=mine.class_, criterion="posts")
    dispute = raised(about, person=mine.person, words="Why?", at=1, until=2)
    assert contested_places([dispute], [mine, other]) == {(mine.person, Role.LEARNER, mine.class_)}
    assert contested_places([], [mine]) == set()


@pytest.mark.parametrize(
    ("state", "standing", "told", "chip"),
    [
        (CardState.FAIL, Standing.UNREACHABLE, ToldState.TO_BE_READ, ToldState.TO_BE_READ),
        (CardState.FAIL, Standing.TO_CHECK, ToldState.TO_BE_READ, Standing.TO_CHECK),
        (CardState.FAIL, Standing.FAR, ToldState.TO_BE_READ, Standing.FAR),
        (CardState.FAIL, None, ToldState.TO_BE_READ, None),
        (CardState.PASS, Standing.PASSED, ToldState.PASS, Standing.PASSED),
        (CardState.PASS, Standing.TO_CHECK, ToldState.PASS_PROVISIONALLY, Standing.TO_CHECK),
        (CardState.PENDING, Standing.TO_CHECK, ToldState.PENDING, Standing.TO_CHECK),
        (CardState.IN_PROGRESS, Standing.UNREACHABLE, ToldState.IN_PROGRESS, Standing.UNREACHABLE),
    ],
)
def test_before_the_end_of_the_window_was_read_nobody_has_failed(
    state: CardState, standing: Standing | None, told: ToldState, chip: Standing | ToldState | None
) -> None:
    assert told_state(state, standing, is_read=False) is told
    assert chip_beside(standing, told) is chip
    read = told_state(state, standing)
    assert chip_beside(standing, read) is standing, "once all was read it is told as it is kept"


def test_before_the_end_of_the_window_was_read_no_criterion_is_final() -> None:
    found = card(DONE, as_of=AFTER)
    told = {one.id: stand_of(one, None, NO_QUESTIONS, is_read=False) for one in found.criteria}
    read = stands(found, NO_QUESTIONS)
    assert {Stand.FULL, Stand.FINAL} <= set(read.values())
    assert told == {id_: Stand.TO_BE_READ if one is Stand.FINAL else one for id_, one in read.items()}
    asked = {one.id: stand_of(one, None, ON_A_POST, is_read=False) for one in found.criteria}
    assert Stand.TO_CHECK in asked.values(), "that needs people"


def test_what_is_still_to_be_read_can_change_and_is_told_once() -> None:
    assert ToldState.TO_BE_READ.is_provisional
    assert not ToldState.TO_BE_READ.is_final
    assert repeats(Standing.UNREACHABLE, ToldState.TO_BE_READ)
    assert not repeats(Standing.TO_CHECK, ToldState.TO_BE_READ)


def test_results_that_are_told_pick_the_lines_that_are_kept() -> None:
    to_be_read, passed = frozenset({ToldState.TO_BE_READ}), frozenset({ToldState.PASS})
    failed = frozenset({ToldState.FAIL, ToldState.FAIL_PROVISIONALLY})
    assert kept_as(to_be_read, is_read=True) == to_be_read, "no line is kept so: nobody is picked"
    assert kept_as(to_be_read, is_read=False) == failed
    assert kept_as(failed, is_read=False) == to_be_read
    assert kept_as(failed, is_read=True) == failed
    assert kept_as(failed | to_be_read, is_read=False) == failed
    assert kept_as(frozenset(), is_read=False) == frozenset()
    assert passed <= kept_as(passed, is_read=False) <= passed | to_be_read
