"""Sessions in lessons, and those of people whom the list of a lesson leaves out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from adapters.moodle.functions import Function
from lms_scoring.demonstration.running import RunningMoodle
from lms_scoring.domain.evidence import ReportedTime, Unknown
from lms_scoring.ports import ProblemKind, Scope

from .pulled import FIRST_USER, Pulled, edited_source, pulled, source_of

LESSON = 24
LEARNER = 34
LEARNT = 300_000
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


def lesson_calls(moodle: RunningMoodle) -> Counter[str]:
    """How often a lesson's list, and somebody's sessions, were asked for so far."""
    inner = moodle.control.calls()["inner"]
    return Counter({name: inner[name] for name in (Function.LESSON_OVERVIEW, Function.LESSON_TIMERS)})


def requests(moodle: RunningMoodle, sync: Callable[[], object]) -> int:
    """So many are made in a sync."""
    before: int = moodle.control.calls()["http"]
    sync()
    after: int = moodle.control.calls()["http"]
    return after - before


def learn(moodle: RunningMoodle, learner: int) -> None:
    """The learner has a session that ends now and lasts `LEARNT`."""
    model, user = moodle.server.model, learner + FIRST_USER
    [(lesson, told)] = model.lesson_overviews.items()
    [student] = [each for each in told["students"] if each["id"] == user]
    session = {"timestart": model.now() - LEARNT // 1000, "timeend": model.now()}
    student["attempts"].append({**student["attempts"][0], **session})
    timer = {"id": 9000 + learner, "starttime": session["timestart"], "lessontime": session["timeend"]}
    model.lesson_timers.setdefault((lesson, user), []).append(timer)


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


@pytest.mark.parametrize(
    "answer",
    [{"timers": 0}, {"exception": "moodle_exception", "errorcode": "notingroup", "message": ""}],
    ids=["not understood", "refused of one person"],
)
def test_sessions_of_somebody_that_cannot_be_had_are_asked_for_until_they_are_told(
    moodle: RunningMoodle, course: Pulled, answer: Any
) -> None:
    suspend(moodle)
    first = pulled(edited_source(moodle, LESSON_TIMERS=lambda _: answer), moodle)
    assert len(first.of(LEARNER, Unknown, LESSON)) == 1
    second = pulled(source_of(moodle), moodle, cursor=first.cursor)
    assert sessions(second) == sessions(course)
    assert second.of(LEARNER, Unknown, LESSON) == []
    assert set(ALL_OF_IT) <= set(second.whole)


def test_a_lesson_of_which_somebody_is_refused_is_read_at_each_sync_without_asking_for_them_in_vain(
    moodle: RunningMoodle,
) -> None:
    """The function is not in the service; the list goes along with what is asked for in any case."""
    suspend(moodle)
    nothing_refused = pulled(source_of(moodle), moodle)
    source = edited_source(moodle, LESSON_TIMERS=refused)
    pull = pulled(source, moodle)
    usual = requests(moodle, lambda: pulled(source_of(moodle), moodle, cursor=nothing_refused.cursor))
    asked = lesson_calls(moodle)
    assert requests(moodle, lambda: pulled(source, moodle, cursor=pull.cursor)) == usual
    for learner in (1, 3):
        learn(moodle, learner)
        pull = pulled(source, moodle, cursor=pull.cursor)
        assert LEARNT in sessions(pull, learner).values()
        assert not set(ALL_OF_IT) & set(pull.whole), "what was refused is no nothing"
    assert lesson_calls(moodle) - asked == Counter({Function.LESSON_OVERVIEW: 3})


def test_where_somebody_is_refused_it_is_noticed_that_the_capability_is_lost_and_no_session_is_missed(
    moodle: RunningMoodle,
) -> None:
    """Moodle does not tell an account without it that somebody learnt."""
    suspend(moodle)
    source = edited_source(moodle, LESSON_TIMERS=refused)
    first = pulled(source, moodle)
    moodle.change("deny", capability="mod/lesson:viewreports")
    learn(moodle, 1)
    second = pulled(source, moodle, cursor=first.cursor)
    assert [each.subject for each in second.problems if each.code == "call_refused"] == [str(LESSON)]
    moodle.change("allow", capability="mod/lesson:viewreports")
    third = pulled(source, moodle, cursor=second.cursor)
    assert LEARNT in sessions(third, 1).values()


def test_a_full_sync_reads_what_was_refused_before_the_right_was_given(
    moodle: RunningMoodle, course: Pulled
) -> None:
    suspend(moodle)
    source = edited_source(moodle, LESSON_TIMERS=refused)
    first = pulled(source, moodle)
    before = timers_asked(moodle)
    second = pulled(source, moodle, cursor=first.cursor, full=True)
    assert timers_asked(moodle) - before == before > 0
    assert len(second.of(LEARNER, Unknown, LESSON)) == 1
    third = pulled(source_of(moodle), moodle, cursor=second.cursor, full=True)
    assert sessions(third) == sessions(course)
    assert third.of(LEARNER, Unknown, LESSON) == []
    assert set(ALL_OF_IT) <= set(third.whole)


def test_who_is_suspended_anew_is_asked_for_anew(moodle: RunningMoodle, course: Pulled) -> None:
    suspend(moodle)
    pull = pulled(edited_source(moodle, LESSON_TIMERS=refused), moodle)
    for suspended in (False, True):
        suspend(moodle, suspended=suspended)
        before = timers_asked(moodle)
        pull = pulled(source_of(moodle), moodle, cursor=pull.cursor)
        assert sessions(pull) == sessions(course)
    assert timers_asked(moodle) - before == 1


def test_without_the_capability_a_lesson_is_asked_for_at_each_sync_and_read_once_it_is_given(
    moodle: RunningMoodle,
) -> None:
    """Moodle does not tell such an account either that somebody learnt."""
    moodle.change("deny", capability="mod/lesson:viewreports")
    cursor = None
    for learner in (1, 3):
        pull = pulled(source_of(moodle), moodle, cursor=cursor)
        assert [each.subject for each in pull.problems if each.code == "call_refused"] == [str(LESSON)]
        cursor = pull.cursor
        learn(moodle, learner)
    moodle.change("allow", capability="mod/lesson:viewreports")
    pull = pulled(source_of(moodle), moodle, cursor=cursor)
    assert [LEARNT in sessions(pull, learner).values() for learner in (1, 3)] == [True, True]
    assert set(ALL_OF_IT) <= set(pull.whole)


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
