"""Sessions in lessons, and those of people whom the list of a lesson leaves out."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from adapters.moodle.functions import Function
from lms_scoring.demonstration.running import RunningMoodle
from lms_scoring.domain.evidence import ReportedTime, Unknown
from lms_scoring.ports import ProblemKind, Scope

from .pulled import FIRST_USER, Pulled, edited_source, pulled, source_of

LESSON = 24
LEARNER = 34
ALL_OF_IT = [Scope(kind=kind, activity=str(LESSON)) for kind in ("reported_time", "unknown")]


def sessions(pull: Pulled, learner: int = LEARNER) -> dict[str, int]:
    """How long each was."""
    return {each.id: each.duration for each in pull.of(learner, ReportedTime, LESSON)}


def suspend(moodle: RunningMoodle, *, suspended: bool = True) -> None:
    moodle.change("suspend_enrolment", user=LEARNER + FIRST_USER, suspended=suspended)


def timers_asked(moodle: RunningMoodle) -> int:
    """How often somebody's sessions were asked for so far."""
    inner: dict[str, int] = moodle.control.calls()["inner"]
    return inner.get(Function.LESSON_TIMERS, 0)


def refused(_: Any) -> Any:
    return {"exception": "webservice_access_exception", "errorcode": "accessexception", "message": ""}


def test_who_is_suspended_before_the_first_pull_has_the_sessions_all_the_same(
    moodle: RunningMoodle, course: Pulled
) -> None:
    """The list of a lesson has active people only."""
    suspend(moodle)
    pull = pulled(source_of(moodle), moodle)
    assert sessions(pull) == sessions(course) != {}
    assert not any(each.code == "sessions_left_out" for each in pull.problems)


def test_sessions_since_the_last_pull_of_who_is_suspended_meanwhile_are_read(
    moodle: RunningMoodle, course: Pulled
) -> None:
    source = source_of(moodle)
    cursor = pulled(source, moodle).cursor
    suspend(moodle)
    assert sessions(pulled(source, moodle, cursor=cursor)) == sessions(course)


def test_who_is_active_again_has_the_sessions_that_could_not_be_read_before(
    moodle: RunningMoodle, course: Pulled
) -> None:
    suspend(moodle)
    first = pulled(edited_source(moodle, LESSON_TIMERS=refused), moodle)
    suspend(moodle, suspended=False)
    second = pulled(source_of(moodle), moodle, cursor=first.cursor)
    assert (sessions(first), sessions(second)) == ({}, sessions(course))


def test_sessions_that_are_refused_are_unknown_and_the_lesson_is_not_listed_completely(
    moodle: RunningMoodle, course: Pulled
) -> None:
    """Another roster may say that they take part: what was stored of theirs would be taken for gone."""
    suspend(moodle)
    pull = pulled(edited_source(moodle, LESSON_TIMERS=refused), moodle)
    [told] = [each for each in pull.problems if each.code == "sessions_left_out"]
    assert (told.kind, told.subject) == (ProblemKind.NOTICE, str(LESSON))
    assert Function.LESSON_TIMERS in told.text
    assert len(pull.of(LEARNER, Unknown, LESSON)) == 1
    assert sessions(pull, 1) == sessions(course, 1) != {}
    assert pull.of(1, Unknown, LESSON) == []
    assert set(course.whole) - set(pull.whole) == set(ALL_OF_IT)


def test_sessions_that_were_refused_are_asked_for_until_they_are_told(
    moodle: RunningMoodle, course: Pulled
) -> None:
    suspend(moodle)
    first = pulled(edited_source(moodle, LESSON_TIMERS=refused), moodle)
    second = pulled(source_of(moodle), moodle, cursor=first.cursor)
    assert sessions(second) == sessions(course)
    assert second.of(LEARNER, Unknown, LESSON) == []
    assert set(ALL_OF_IT) <= set(second.whole)


def test_where_somebody_comes_of_who_is_suspended_only_those_are_asked_for_who_are_new_among_them(
    moodle: RunningMoodle, course: Pulled
) -> None:
    source = source_of(moodle)
    first = pulled(source, moodle)
    asked = [timers_asked(moodle)]
    moodle.change("enrol", username="tea061", firstname="新", lastname="王", group=1)
    second = pulled(source, moodle, cursor=first.cursor)
    asked.append(timers_asked(moodle))
    suspend(moodle)
    third = pulled(source, moodle, cursor=second.cursor)
    asked.append(timers_asked(moodle))
    assert [after - before for before, after in pairwise([0, *asked])] == [2, 0, 1]
    assert sessions(second, 1) == sessions(course, 1)
    assert sessions(third) == sessions(course)
    assert not set(ALL_OF_IT) & {*second.whole, *third.whole}, "not everybody's were asked for"


def test_where_nobody_in_it_is_suspended_nobody_is_asked_for_one_by_one(moodle: RunningMoodle) -> None:
    for person in moodle.server.model.people.values():
        person.enrolment_suspended = person.account_suspended = False
    pulled(source_of(moodle), moodle)
    assert Function.LESSON_TIMERS not in moodle.control.calls()["inner"]
