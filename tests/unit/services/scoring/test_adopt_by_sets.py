"""Adopting for more cards than can be made at once: results are foretold, and the whole cards follow."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

from lms_scoring.domain.errors import CannotBeDecided
from lms_scoring.domain.evidence import Action, CriterionTarget, MembershipStatus, Role
from lms_scoring.domain.foretold import Foretold
from lms_scoring.domain.instants import HOUR
from lms_scoring.domain.measures import bulk_rules
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.domain.proceedings.step import Outcome, StepKind
from lms_scoring.domain.scorecard import CardState
from lms_scoring.ports import (
    Hold,
    OutgoingGrade,
    Passback,
)
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.deciding.case_desk import CaseDesk
from lms_scoring.services.deciding.close import close, pending_of
from lms_scoring.services.deciding.decide import Decide
from lms_scoring.services.deciding.enter import enter
from lms_scoring.services.following_up.heartbeats import scored
from lms_scoring.services.gradebook.enqueue import enqueue_again
from lms_scoring.services.gradebook.switch_passback import switch_passback
from lms_scoring.services.scoring.assess import Assessed, assess
from lms_scoring.services.scoring.foresee import foresee_rules
from lms_scoring.services.scoring.made_cards import card_of_today
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.unattended.calls import SCORE
from lms_scoring.services.unattended.sweep import sweep
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.store.databases.engine import transaction
from tests import given
from tests.fixtures.courses.awaited import (
    ADMINISTRATOR,
    EVERYBODY,
    OTHER,
    SIGNED,
    County,
    filled_county,
    passing_at,
)
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    LI,
    NOTHING_TO_WAIT_FOR,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    adopt_course,
    bindings,
    new_store,
    open_case,
    pin_course,
    roster,
    rules,
    told,
)
from tests.fixtures.workshop import Heard, workshop


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    county = filled_county(new_store(tmp_path))
    yield county
    county.store.close()


def at_once(county: County, folder: Path, by: CourseRules = OTHER) -> County:
    """The same course in a file of its own, of which every card is made within the adoption."""
    there = folder / "at once"
    there.mkdir()
    other = County(new_store(there))
    with sqlite3.connect(folder / "store.db") as ours, sqlite3.connect(there / "store.db") as theirs:
        ours.backup(theirs)
    ours.close()
    theirs.close()
    other.clock.at = county.clock.at
    done = other.adopt(by, at_once=1_000)
    assert done == Assessed(scored=4, changed=4)
    return other


def test_results_are_foretold_and_no_card_is_made(county: County) -> None:
    assert county.adopt() == Assessed(scored=0, changed=0, awaited=4)
    assert county.foretold() == Foretold(
        points=(Fraction(0), Fraction(0), Fraction(0), Fraction(4)),
        total=Fraction(4),
        could_become=Fraction(4),
        state=CardState.FAIL,
    )
    assert county.awaited() == EVERYBODY
    assert county.schemes() == {rules().scheme.fingerprint}
    with county.store.reading() as transaction:
        assert transaction.course(COURSE).scheme == OTHER.scheme.fingerprint
        assert [act.subject for act in transaction.acts(course=COURSE)] == [OTHER.scheme.fingerprint]


def test_the_next_assessment_makes_the_cards_that_would_have_been_made_at_once(
    county: County, tmp_path: Path
) -> None:
    wanted = at_once(county, tmp_path).cards()
    county.adopt()
    assert county.assess() == Assessed(scored=4, changed=4)
    assert county.cards() == wanted
    assert county.awaited() == []
    assert county.assess() == Assessed(scored=0, changed=0)


def test_what_is_shown_is_seen_again_before_anything_is_foretold(county: County) -> None:
    seen = foresee_rules(OTHER, county.store, clock=county.clock, before=rules()).mark
    assert county.adopt(seen="something else") is None
    assert (county.awaited(), county.adopt(seen=seen)) == ([], Assessed(scored=0, changed=0, awaited=4))


@pytest.mark.parametrize(
    ("other", "changes"),
    [
        pytest.param(OTHER, {"at_once": 4}, id="few cards"),
        pytest.param(OTHER, {"before": None}, id="of rules that nobody names"),
        pytest.param(OTHER, {"before": OTHER}, id="of rules that it does not go by"),
        pytest.param(rules(settings="other sources"), {}, id="the same scheme"),
        pytest.param(rules(scheme=passing_at(10), bindings=bindings(posts=("26",))), {}, id="other bindings"),
        pytest.param(
            rules(scheme=replace(passing_at(10), roles={Role.LEARNER: passing_at(10).roles[Role.LEARNER]})),
            {},
            id="fewer roles",
        ),
    ],
)
def test_else_every_card_is_made_at_once(county: County, other: CourseRules, changes: dict[str, Any]) -> None:
    done = county.adopt(other, **changes)
    assert done is not None and done.scored > 0
    assert (done.awaited, county.awaited()) == (0, [])


def test_a_course_with_a_card_that_was_never_measured_is_scored_at_once(county: County) -> None:
    with transaction(county.store.engine, writes=True) as connection:
        connection.exec_driver_sql("DELETE FROM measured WHERE person = 'chen'")
    assert county.adopt() == Assessed(scored=4, changed=4)


def test_of_whose_evidence_came_since_nothing_is_foretold_nor_of_the_tutor(county: County) -> None:
    county.sync(given.homework("late", person=ZHAO))
    county.adopt()
    assert county.foretold(ZHAO) is None
    assert county.foretold() is not None
    with county.store.reading() as transaction:
        of_tutors = bulk_rules(OTHER.scheme, OTHER.bindings, Role.TUTOR)
        assert transaction.foretold(COURSE, of_tutors, persons=[WANG]) == {(WANG, given.CLASS): None}


def test_of_whose_card_has_expired_nothing_is_foretold(tmp_path: Path) -> None:
    """The window was open when li was scored, and is over."""
    county = County(new_store(tmp_path), StandingClock(given.START + given.DAY))
    adopt_course(county.store)
    alone = ScriptedSource([roster(LI), told(given.membership(LI))])
    collect(COURSE, alone, county.store, clock=county.clock)
    county.assess(rules())
    county.clock.at = given.AFTER
    county.adopt()
    assert (county.awaited(), county.foretold()) == ([LI], None)
    county.store.close()


def test_in_an_open_window_who_does_not_pass_is_on_the_way(tmp_path: Path) -> None:
    county = County(new_store(tmp_path), StandingClock(given.START + given.DAY))
    adopt_course(county.store)
    alone = ScriptedSource([roster(LI), told(given.membership(LI))])
    collect(COURSE, alone, county.store, clock=county.clock)
    county.assess(rules())
    county.adopt()
    found = county.foretold()
    assert found is not None and found.state is CardState.IN_PROGRESS
    county.store.close()


def test_what_a_person_decided_is_not_foretold(county: County) -> None:
    decide(county, rules())
    county.adopt()
    assert county.foretold() is None
    county.assess()
    assert county.cards()[LI, Role.LEARNER].total == 24


def decide(county: County, by: CourseRules) -> None:
    """Li is exempt from the journal."""
    county.clock.at += 1_000
    wish = Decide(person=LI, target=CriterionTarget(criterion="journal"), action=Action.EXEMPT, signed=SIGNED)
    enter(wish, by, county.store, clock=county.clock)


def test_a_decision_in_between_makes_that_persons_card(county: County) -> None:
    county.adopt()
    decide(county, OTHER)
    assert county.awaited() == [CHEN, ZHAO]
    card = county.cards()[LI, Role.LEARNER]
    assert (card.total, card.scheme) == (Fraction(24), OTHER.scheme.fingerprint)


def test_whatever_stops_the_making_of_cards_it_goes_on_where_it_stopped(
    county: County, tmp_path: Path
) -> None:
    wanted = at_once(county, tmp_path).cards()
    county.adopt()

    class Stopped(StandingClock):
        left = 3

        def now(self) -> int:
            self.left -= 1
            if self.left < 0:
                raise KeyboardInterrupt
            return self.at

    with pytest.raises(KeyboardInterrupt):
        assess(OTHER, county.store, clock=Stopped(county.clock.at))
    left = county.awaited()
    assert 0 < len(left) < 4, "some cards were kept"
    assert county.assess().scored == len(left)
    assert county.cards() == wanted


def test_others_are_neither_shown_nor_adopted_while_cards_are_awaited(county: County) -> None:
    third = rules(scheme=passing_at(11))
    county.adopt()
    decide(county, OTHER)
    for look in (
        lambda: county.adopt(third, before=OTHER),
        lambda: foresee_rules(third, county.store, clock=county.clock, before=OTHER, at_once=0),
    ):
        with pytest.raises(CannotBeDecided, match="2 cards are still to be made") as caught:
            look()
        assert (caught.value.why, caught.value.left) == (Obstacle.AWAITED, 2)
    assert county.foretold(ZHAO) is not None
    county.assess()
    seen = foresee_rules(third, county.store, clock=county.clock, before=OTHER, at_once=0).mark
    assert county.adopt(third, before=OTHER, seen=seen) == Assessed(scored=0, changed=0, awaited=4)


def test_where_cards_are_few_others_are_adopted_at_once_all_the_same(county: County, tmp_path: Path) -> None:
    third = rules(scheme=passing_at(11))
    wanted = at_once(county, tmp_path, third).cards()
    county.adopt()
    assert county.adopt(third, before=OTHER, at_once=4) == Assessed(scored=4, changed=4)
    assert county.awaited() == []
    assert county.cards() == wanted


def test_who_has_no_place_any_more_is_awaited_no_more(county: County) -> None:
    county.adopt()
    with transaction(county.store.engine, writes=True) as connection:
        connection.exec_driver_sql(
            "DELETE FROM evidence WHERE kind = 'membership' AND account ="
            " (SELECT id FROM account WHERE person = 'chen')"
        )
    county.assess()
    assert county.awaited() == []


def test_a_closing_in_between_makes_all_cards(county: County) -> None:
    county.adopt()
    close(OTHER, SIGNED, county.store, clock=county.clock)
    assert county.awaited() == []
    assert county.schemes() == {OTHER.scheme.fingerprint}


def test_what_was_shown_of_a_closing_before_the_adoption_is_not_closed(county: County) -> None:
    seen = pending_of(rules(), county.store, clock=county.clock).mark
    county.adopt()
    done = close(OTHER, SIGNED, county.store, clock=county.clock, seen=seen)
    assert (done.assessed, county.awaited()) == (None, EVERYBODY)


def test_a_closing_says_how_many_cards_are_awaited_and_closes_as_it_was_shown(county: County) -> None:
    county.sync(given.homework("late", person=ZHAO))
    county.adopt()
    pending = pending_of(OTHER, county.store, clock=county.clock)
    assert pending.due == 4
    assert close(OTHER, SIGNED, county.store, clock=county.clock, seen=pending.mark).assessed is not None


def test_by_other_rules_another_closing_is_shown_though_nobody_is_to_be_scored(county: County) -> None:
    """Nobody passes by either, and no points change."""
    third = rules(scheme=passing_at(81))
    marks = {pending_of(rules(), county.store, clock=county.clock).mark}
    county.adopt(third)
    county.assess(third)
    marks.add(pending_of(third, county.store, clock=county.clock).mark)
    assert len(marks) == 2


def settle_a_case(county: County, by: CourseRules) -> None:
    desk = CaseDesk(county.store, by, clock=county.clock)
    desk.decide(ADMINISTRATOR, 1, Outcome.DISMISSED, "her own", by=SIGNED.by)


def close_it(county: County, by: CourseRules) -> None:
    close(by, SIGNED, county.store, clock=county.clock)


@pytest.mark.parametrize("write", [decide, settle_a_case, close_it])
def test_who_read_the_rules_before_an_adoption_changes_nothing_by_them(
    county: County, write: Callable[[County, CourseRules], None]
) -> None:
    switch_passback(COURSE, Passback.VERDICT, county.store, clock=county.clock, reading=NOTHING_TO_WAIT_FOR)
    open_case(county.store, "moodle/t0")
    county.adopt()
    with pytest.raises(CannotBeDecided, match="other rules were adopted") as refused:
        write(county, rules())
    assert refused.value.why is Obstacle.STALE
    assert (county.awaited(), county.due()) == (EVERYBODY, set())
    assert county.schemes() == {rules().scheme.fingerprint}
    with county.store.reading() as reading:
        assert reading.closing(COURSE) is None
        assert reading.records_of(COURSE, [LI], kinds=["decision"]) == []
        assert [step.kind for one in reading.cases(COURSE) for step in one.steps] == [StepKind.OPENED]
    write(county, OTHER)


def test_of_another_course_file_with_the_same_scheme_nothing_is_decided_either(county: County) -> None:
    pin_course(county.store, rules(settings="other sources"))
    with pytest.raises(CannotBeDecided) as refused:
        decide(county, rules(settings=""))
    assert refused.value.why is Obstacle.STALE
    decide(county, rules(settings="other sources"))


def test_a_reader_sees_the_whole_card_and_it_is_not_kept(county: County, tmp_path: Path) -> None:
    wanted = at_once(county, tmp_path).cards()
    county.adopt()
    for person, role in wanted:
        (status,) = Consultant(county.store, OTHER).status(ADMINISTRATOR, person)
        assert replace(status.card, as_of=0) == wanted[person, role]
        assert status.is_awaited
        assert status.outlook is not None
        assert status.outlook.so_far == status.card.total
        assert [row.card.scheme for row in status.history] == [
            rules().scheme.fingerprint,
            OTHER.scheme.fingerprint,
        ]
        assert status.history[-1].scored_at == status.acts[-1].at
    assert county.awaited() == EVERYBODY
    assert county.schemes() == {rules().scheme.fingerprint}


def test_who_contests_or_decides_goes_by_the_card_that_is_awaited(county: County) -> None:
    """In a former place there is none but the one that is kept."""
    county.adopt()
    here = replace(given.membership(LI), class_="class 2")
    with county.store.reading() as reading:
        card = card_of_today(reading, OTHER, LI, role=Role.LEARNER, class_=given.CLASS)
        assert card is not None and [card.total, card.pass_mark] == [4, 10]
        assert card_of_today(reading, OTHER, LI, role=Role.LEARNER, class_="class 2") is None
    county.sync(replace(here, id=given.membership(LI).id))
    with county.store.reading() as reading:
        former = card_of_today(reading, OTHER, LI, role=Role.LEARNER, class_=given.CLASS)
    assert former is not None and [former.total, former.pass_mark] == [12, 80]
    county.assess()
    assert county.awaited() == []


def is_scoring_called_for(county: County, by: CourseRules, *, since: int = 0) -> bool:
    """By who looks around, so long (ms) after the last scoring."""
    county.store.bell = heard = Heard()
    with county.store.writing() as transaction:
        transaction.keep_heartbeat(scored(COURSE), at=county.clock.at + 1)
    county.clock.at += since
    sweep(workshop(county.store, courses={COURSE: by}, clock=county.clock))
    return (SCORE, COURSE) in heard.taken()


def test_who_looks_around_has_cards_made_as_long_as_any_is_awaited(county: County) -> None:
    assert not is_scoring_called_for(county, OTHER)
    county.adopt()
    assert is_scoring_called_for(county, OTHER)
    county.assess()
    assert not is_scoring_called_for(county, OTHER)


def test_cards_by_other_rules_that_nobody_awaits_are_made_too(county: County) -> None:
    """A program of before, that knew nothing of awaited cards, had made them."""
    elsewhere = replace(given.membership(CHEN, class_="class 2"), class_="class 0")
    county.sync(elsewhere, replace(given.membership(ZHAO), status=MembershipStatus.WITHDRAWN))
    county.assess(rules())
    assert not is_scoring_called_for(county, rules(), since=HOUR)
    pin_course(county.store, OTHER)
    assert is_scoring_called_for(county, OTHER, since=HOUR)
    assert county.assess().scored == 4
    assert county.schemes() == {OTHER.scheme.fingerprint, rules().scheme.fingerprint}, "of a former place too"
    assert not is_scoring_called_for(county, OTHER, since=HOUR)


@pytest.mark.parametrize("closed", [False, True])
def test_nobody_is_called_for_cards_that_no_scoring_makes(county: County, closed: bool) -> None:
    """Of a role that is scored no more, and in a closed course."""
    of_learners = replace(OTHER.scheme, roles={Role.LEARNER: OTHER.scheme.roles[Role.LEARNER]})
    by = rules(scheme=of_learners)
    if closed:
        close(rules(), SIGNED, county.store, clock=county.clock)
    pin_course(county.store, by)
    assert is_scoring_called_for(county, by, since=HOUR) is not closed
    assert county.assess(by).scored == (0 if closed else 3)
    assert not is_scoring_called_for(county, by, since=HOUR)


def test_no_grade_goes_out_until_its_card_is_made(county: County, tmp_path: Path) -> None:
    switch_passback(COURSE, Passback.VERDICT, county.store, clock=county.clock, reading=NOTHING_TO_WAIT_FOR)
    assert county.due() == {LI, ZHAO, CHEN}
    wanted = at_once(county, tmp_path)
    county.adopt()
    assert county.due() == set()
    assert {one.held for one in county.grades().values()} == {Hold.NO_VERDICT}
    with county.store.writing() as transaction:
        enqueue_again(transaction, COURSE, LI, now=county.clock.at, reading=NOTHING_TO_WAIT_FOR)
    assert county.due() == set(), "its dispute moved, and its card is still that before"
    county.assess()
    assert county.due() == {LI, ZHAO, CHEN}
    assert _lasting(county.grades()) == _lasting(wanted.grades())


def test_points_wait_for_their_card_too(county: County) -> None:
    switch_passback(COURSE, Passback.SCORE, county.store, clock=county.clock, reading=NOTHING_TO_WAIT_FOR)
    county.adopt()
    assert county.due() == set()
    decide(county, OTHER)
    assert county.due() == {LI}
    assert county.grades()[LI].given == 24
    switch_passback(COURSE, Passback.SCORE, county.store, clock=county.clock, reading=NOTHING_TO_WAIT_FOR)
    assert county.due() == {LI}
    county.assess()
    assert {person: grade.given for person, grade in county.grades().items()} == {
        LI: 24,
        ZHAO: Fraction(266, 100),
        CHEN: 0,
    }
    assert county.due() == {LI, ZHAO, CHEN}


@pytest.mark.parametrize("left_before", [True, False])
def test_points_of_who_has_left_go_out_once_the_card_is_made(county: County, *, left_before: bool) -> None:
    switch_passback(COURSE, Passback.SCORE, county.store, clock=county.clock, reading=NOTHING_TO_WAIT_FOR)
    gone = replace(given.membership(LI), status=MembershipStatus.WITHDRAWN)
    if left_before:
        county.sync(gone)
        county.assess(rules())
    county.adopt()
    if not left_before:
        county.sync(gone)
    county.assess()
    assert county.grades()[LI].given == 12, "points of the rules by which they were given"
    assert county.due() == {LI, ZHAO, CHEN}


def test_of_who_left_while_a_card_was_awaited_no_verdict_is_let_go_as_points(county: County) -> None:
    switch_passback(COURSE, Passback.VERDICT, county.store, clock=county.clock, reading=NOTHING_TO_WAIT_FOR)
    county.adopt()
    county.sync(replace(given.membership(LI), status=MembershipStatus.WITHDRAWN))
    switch_passback(COURSE, Passback.SCORE, county.store, clock=county.clock, reading=NOTHING_TO_WAIT_FOR)
    county.assess()
    assert county.due() == {ZHAO, CHEN}


def _lasting(grades: dict[str, OutgoingGrade]) -> dict[str, tuple[object, ...]]:
    return {person: (one.given, one.comment, one.held, one.state) for person, one in grades.items()}
