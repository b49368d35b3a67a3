"""Answering disputes: that something was changed is said once it is, and until then the verdict waits."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pytest

from lms_scoring.domain.errors import StepRefused
from lms_scoring.domain.evidence import Action, Grade, Role
from lms_scoring.domain.instants import DAY, HOUR
from lms_scoring.domain.proceedings.dispute import Contested, DisputeState, raised
from lms_scoring.domain.proceedings.step import Outcome, Refusal
from lms_scoring.ports import Grant, Hold, Passback, Visitor
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.deciding.decide import Decide
from lms_scoring.services.deciding.dispute_desk import DisputeDesk
from lms_scoring.services.gradebook.switch_passback import switch_passback
from lms_scoring.services.scoring.assess import assess
from tests import given
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.deciding import FLOOD, OFFICE, POST, POSTS, WORK, WORKS, Office, opened, wish
from tests.fixtures.courses.scripted import COURSE, LI, NOTHING_TO_WAIT_FOR, WANG, ScriptedSource, told

COORDINATOR = Visitor(person=None, roles=(Grant(person="", role="coordinator", course=COURSE),))
ABOUT_POSTS = Contested(role=Role.LEARNER, class_=given.CLASS, criterion="posts")
ABOUT_THE_FLOOD = Contested(role=Role.LEARNER, class_=given.CLASS, criterion="posts", record=FLOOD)
ABOUT_THE_WORK = Contested(role=Role.LEARNER, class_=given.CLASS, criterion="homework", record=WORK)


@dataclass
class Answering:
    """The office, where Li contests a point and others answer, each step a second later."""

    office: Office
    about: Contested

    @property
    def desk(self) -> DisputeDesk:
        self.office.clock.at += 1_000
        return DisputeDesk(self.office.store, self.office.rules, clock=self.office.clock)

    def contest(self) -> None:
        self.desk.raise_(Visitor(person=LI), self.about, "Why?")

    def answer(self, outcome: Outcome, *, by: str = OFFICE) -> None:
        self.desk.answer(COORDINATOR, 1, outcome, "So.", by=by)

    def ask_again(self) -> None:
        self.desk.ask_again(Visitor(person=LI), 1, "Why?")

    def refused(self) -> str:
        """Why nobody may answer now that something was changed."""
        before = self.state()
        with pytest.raises(StepRefused) as refusal:
            self.answer(Outcome.CHANGED, by=WANG)
        assert self.state() is before
        return refusal.value.why

    def state(self) -> DisputeState:
        return self.desk.opened(COORDINATOR, 1).told.state

    def held(self) -> Hold | None:
        """What keeps Li's verdict from the gradebook."""
        with self.office.store.reading() as transaction:
            (grade,) = transaction.outgoing(COURSE, persons=[LI])
        return grade.held


def answering(about: Contested) -> Answering:
    office = opened(MemoryStore())
    switch_passback(COURSE, Passback.VERDICT, office.store, clock=office.clock, reading=NOTHING_TO_WAIT_FOR)
    found = Answering(office, about)
    assert found.held() is None
    found.contest()
    return found


RESTORED = wish(Action.RESTORE, FLOOD)
GIVEN = wish(Action.OVERRIDE, POSTS, points=Fraction(3))


@pytest.mark.parametrize(
    ("about", "wished"),
    [
        (ABOUT_THE_FLOOD, RESTORED),
        (ABOUT_THE_FLOOD, GIVEN),
        (ABOUT_POSTS, RESTORED),
        (ABOUT_POSTS, GIVEN),
    ],
)
def test_no_verdict_goes_out_between_the_answer_and_its_decision(about: Contested, wished: Decide) -> None:
    """Since the decision comes first: the dispute waits until it is signed."""
    found = answering(about)
    assert found.refused() == Refusal.NOT_DECIDED
    assert (found.state(), found.held()) == (DisputeState.RAISED, Hold.DISPUTED)
    found.office.enter(wished)
    assert found.held() is Hold.DISPUTED
    found.answer(Outcome.CHANGED)
    assert (found.state(), found.held()) == (DisputeState.ANSWERED, None)


def test_whoever_says_that_nothing_is_changed_lets_the_verdict_go() -> None:
    found = answering(ABOUT_THE_FLOOD)
    found.answer(Outcome.KEPT)
    assert (found.state(), found.held()) == (DisputeState.ANSWERED, None)


@pytest.mark.parametrize("points", [None, Fraction(18)])
def test_what_was_decided_before_or_about_another_criterion_is_no_correction(points: Fraction | None) -> None:
    office = opened(MemoryStore())
    office.enter(RESTORED)
    found = Answering(office, ABOUT_THE_FLOOD)
    found.contest()
    if points is not None:
        office.enter(wish(Action.OVERRIDE, WORKS, points=points))
    assert found.refused() == Refusal.NOT_DECIDED


def test_a_decision_about_another_record_does_not_correct_a_contested_one() -> None:
    found = answering(ABOUT_THE_WORK)
    found.office.enter(wish(Action.VOID, POST))
    assert found.refused() == Refusal.NOT_DECIDED


def test_work_that_was_marked_anew_on_its_platform_was_changed_too() -> None:
    found = answering(ABOUT_THE_WORK)
    office = found.office
    better = given.homework("work", Grade.EXCELLENT, graded_at=given.DUE)
    collect(COURSE, ScriptedSource([told(better)]), office.store, clock=office.clock)
    assert found.refused() == Refusal.NOT_DECIDED, "nobody was scored by it yet"
    assess(office.rules, office.store, clock=office.clock)
    found.answer(Outcome.CHANGED)
    assert found.state() is DisputeState.ANSWERED


def test_a_second_opinion_that_changes_more_wants_a_decision_of_its_own() -> None:
    found = answering(ABOUT_THE_FLOOD)
    found.office.enter(RESTORED)
    found.answer(Outcome.CHANGED)
    found.ask_again()
    assert found.refused() == Refusal.NOT_DECIDED
    assert found.held() is Hold.DISPUTED
    found.office.enter(GIVEN)
    found.answer(Outcome.CHANGED, by=WANG)
    assert (found.state(), found.held()) == (DisputeState.FINAL, None)


@pytest.mark.parametrize("ahead", [HOUR, 3 * 365 * DAY])
def test_what_was_asked_while_the_clock_was_ahead_is_answered_by_a_decision_of_the_right_time(
    ahead: int,
) -> None:
    office = opened(MemoryStore())
    before = office.kept(RESTORED)
    office.clock.at += ahead
    found = Answering(office, ABOUT_THE_FLOOD)
    found.contest()
    office.clock.at -= ahead
    assert found.refused() == Refusal.NOT_DECIDED
    later = office.kept(wish(Action.VOID, FLOOD))
    assert [one.id for one in found.desk.opened(COORDINATOR, 1).decisions] == [later.id] != [before.id]
    office.clock.at += ahead
    found.answer(Outcome.CHANGED)
    found.ask_again()
    office.clock.at -= ahead
    assert found.refused() == Refusal.NOT_DECIDED
    office.enter(GIVEN)
    found.answer(Outcome.CHANGED, by=WANG)
    assert found.state() is DisputeState.FINAL


def test_what_was_decided_before_by_a_clock_that_was_ahead_is_no_correction() -> None:
    office = opened(MemoryStore())
    office.clock.at += HOUR
    office.enter(RESTORED)
    office.clock.at -= HOUR
    found = Answering(office, ABOUT_THE_FLOOD)
    found.contest()
    assert found.desk.opened(COORDINATOR, 1).decisions == []


def test_a_dispute_of_before_decisions_were_counted_goes_by_times() -> None:
    found = answering(ABOUT_THE_FLOOD)
    with found.office.store.writing() as transaction:
        (kept,) = transaction.disputes(COURSE, persons=[LI])
        about = Contested(role=Role.LEARNER, class_=given.CLASS, criterion="posts")
        transaction.keep_dispute(COURSE, raised(about, person=LI, words="?", at=kept.raised_at, until=9))
    found.office.enter(RESTORED)
    assert len(found.desk.opened(COORDINATOR, 2).decisions) == 1
    found.office.clock.at -= HOUR
    found.office.enter(GIVEN)
    assert len(found.desk.opened(COORDINATOR, 2).decisions) == 1


def test_who_must_not_answer_is_told_that_first() -> None:
    found = answering(ABOUT_THE_FLOOD)
    with pytest.raises(StepRefused) as refusal:
        found.answer(Outcome.CHANGED, by=LI)
    assert refusal.value.why == Refusal.OWN
