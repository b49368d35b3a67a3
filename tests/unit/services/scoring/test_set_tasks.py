"""What a course is known to have set, and what that makes of who has begun nothing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import DueBasis, Role, Task
from lms_scoring.domain.instants import parse_instant
from lms_scoring.domain.outlook import DeedKind, KnownTask, Outlook, Standing, Step, Why
from lms_scoring.ports import Activity, Batch
from lms_scoring.services.scoring.set_tasks import set_tasks
from tests import given
from tests.fixtures.courses.scored import Office
from tests.fixtures.courses.scripted import (
    COURSE,
    HOMEWORK,
    JOURNAL,
    LI,
    SCORM,
    bindings,
    rules,
    told,
)

DUE = parse_instant("2024-11-20T23:59:00+08:00")
BEFORE, BEHIND = (parse_instant(f"2024-11-{day}T12:00:00+08:00") for day in (10, 25))
SET = Activity(id=HOMEWORK, name="课程作业", kind="assign", due_at=DUE)
DONE: tuple[ev.Record, ...] = (
    given.reported("first half", minutes=400),
    given.reported("second half", given.START + given.DAY, minutes=350),
    given.journal(),
    *given.topics(6),
)
"""All but the homework, and posts for thirteen points more."""


@pytest.fixture
def course(office: Office) -> Office:
    office.clock.at = BEFORE
    office.sync(Batch(activities=[SET]), told(*DONE))
    office.assess(everyone=True)
    return office


def outlook(office: Office) -> Outlook:
    with office.store.reading() as transaction:
        found = transaction.outlook(COURSE, LI, role=Role.LEARNER, class_=given.CLASS)
    assert found is not None
    return found


def to_hand_in(office: Office) -> list[Step]:
    """The homework on all the ways of Li."""
    steps = (step for goal in outlook(office).goals for way in goal.ways for step in way.steps)
    return [step for step in steps if step.kind is DeedKind.HOMEWORK]


def known(office: Office, *activities: Activity, **bound: tuple[str, ...]) -> Sequence[KnownTask]:
    with office.store.writing() as transaction:
        transaction.keep_activities(COURSE, "moodle", activities)
        return set_tasks(transaction, rules(bindings=bindings(**bound)))


def test_who_has_handed_in_nothing_is_told_the_assignments_deadline(course: Office) -> None:
    assert {(one.deadline, one.due_basis) for one in to_hand_in(course)} == {(DUE, DueBasis.ASSIGNMENT)}


def test_once_it_has_passed_nothing_more_can_be_had_of_it(course: Office) -> None:
    course.clock.at = BEHIND
    assert LI in course.assess(), "no evidence came, and the date did"
    found = outlook(course)
    (only,) = found.ceilings
    assert (only.criterion, only.why, only.due_basis) == (
        "homework",
        Why.DEADLINE_PASSED,
        DueBasis.ASSIGNMENT,
    )
    assert only.at_best == 0
    assert to_hand_in(course) == []


def test_who_can_do_nothing_else_is_out_of_reach_then(office: Office) -> None:
    office.clock.at = BEHIND
    decided = given.decided(ev.Action.OVERRIDE, "study_time", points=25, at=BEFORE)
    office.sync(Batch(activities=[SET]), told(given.journal()))
    with office.store.writing() as transaction:
        transaction.keep_decision(COURSE, decided, at=BEFORE)
    office.assess(everyone=True)
    assert outlook(office).standing is Standing.UNREACHABLE


def test_a_draft_of_ones_own_goes_before_the_assignments_date(course: Office) -> None:
    later = DUE + given.DAY
    draft = given.homework("draft", state=ev.SubmissionState.DRAFT, at=None, due_at=later)
    course.sync(told(draft))
    course.assess()
    assert {(one.deadline, one.due_basis) for one in to_hand_in(course)} == {(later, DueBasis.OWN)}


def test_a_deadline_that_moves_makes_the_cards_anew(course: Office) -> None:
    course.sync(Batch(activities=[replace(SET, due_at=DUE + given.DAY)]))
    assert LI in course.assess()
    assert {one.deadline for one in to_hand_in(course)} == {DUE + given.DAY}
    course.sync(Batch(activities=[replace(SET, due_at=DUE + given.DAY, name="作业")]))
    assert course.assess() == set()


def test_what_is_bound_and_shown_is_set(office: Office) -> None:
    journal = Activity(id=JOURNAL, name="", kind="assign", opens_at=5)
    others = (Activity(id=SCORM, name="", kind="scorm"), Activity(id="18", name="", kind="assign", due_at=9))
    homework = KnownTask(
        task=Task.HOMEWORK, activity=HOMEWORK, source="moodle", due_at=DUE, basis=DueBasis.ASSIGNMENT
    )
    writing = replace(homework, task=Task.JOURNAL, activity=JOURNAL, opens_at=5, due_at=None)
    assert known(office, SET, journal, *others) == [homework, writing]
    assert known(office, replace(journal, visible=False)) == [homework]


def test_what_is_bound_where_no_activities_are_listed_is_set_without_dates(office: Office) -> None:
    assert known(office, homework=("essay", "essays/*")) == [
        KnownTask(task=Task.HOMEWORK, activity="essay", source="moodle"),
        KnownTask(task=Task.HOMEWORK, activity=None, source="moodle"),
        KnownTask(task=Task.JOURNAL, activity=JOURNAL, source="moodle"),
    ]
