"""Contract: courses and schemes, runs, cursors and problems."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain.errors import StoreError, UnknownCourse, UnknownScheme
from lms_scoring.domain.failure import Failure, Instead, Remedy
from lms_scoring.ports import (
    Activity,
    Kept,
    KeptCourse,
    KeptProblem,
    KeptScheme,
    LastEnds,
    Problem,
    ProblemKind,
    RunState,
    SoFar,
    Store,
    Transaction,
)
from tests.contract.story import COURSE, LRS, MOODLE

SCHEME = KeptScheme(fingerprint="f1", name="district-2024", text="[scheme]")
LOST = Problem(
    kind=ProblemKind.LOST,
    code="half_body",
    text="An answer broke off; sync again.",
    subject="17-58",
    person="moodle-58",
    activity="17",
)
REFUSED = Problem(kind=ProblemKind.REFUSED, code="malformed", text="no actor")


def test_a_course_comes_back_as_it_was_kept_last(store: Store) -> None:
    first = KeptCourse(id=COURSE, title="培训", scheme="f1", settings="a = 1")
    last = KeptCourse(id=COURSE, title="培训二", scheme="f1", settings="a = 2")
    with store.writing() as transaction:
        transaction.keep_scheme(SCHEME)
        transaction.keep_course(first)
        transaction.keep_course(last)
    with store.reading() as transaction:
        assert transaction.course(COURSE) == last
        assert list(transaction.courses()) == [last]
        assert transaction.scheme("f1") == SCHEME


def test_a_course_cannot_be_pinned_to_a_scheme_that_is_not_kept(store: Store) -> None:
    with pytest.raises(UnknownScheme), store.writing() as transaction:
        transaction.keep_course(KeptCourse(id=COURSE, title="", scheme="f9", settings=""))
    with store.reading() as transaction:
        assert list(transaction.courses()) == []


def test_what_is_not_kept_is_said_to_be_unknown(store: Store) -> None:
    with store.reading() as transaction:
        with pytest.raises(UnknownCourse):
            transaction.course(COURSE)
        with pytest.raises(UnknownScheme):
            transaction.scheme("f1")


def test_activities_are_renamed_and_never_forgotten(store: Store) -> None:
    homework = Activity(id="17", name="课程作业", kind="assign")
    forum = Activity(id="25", name="研修", kind="forum")
    with store.writing() as transaction:
        transaction.keep_activities(COURSE, MOODLE, [forum, homework])
        transaction.keep_activities(
            COURSE, MOODLE, [Activity(id="25", name="交流", kind="forum", visible=False)]
        )
        transaction.keep_activities("another course", MOODLE, [Activity(id="1", name="", kind="quiz")])
    with store.reading() as transaction:
        assert list(transaction.activities(COURSE)) == [
            (MOODLE, homework),
            (MOODLE, Activity(id="25", name="交流", kind="forum", visible=False)),
        ]


def test_an_activity_keeps_its_dates(store: Store) -> None:
    dated = Activity(id="17", name="", kind="assign", marking="scale 2", opens_at=0, due_at=1_733_068_740_000)
    with store.writing() as transaction:
        transaction.keep_activities(COURSE, MOODLE, [dated])
        assert list(transaction.activities(COURSE)) == [(MOODLE, dated)]
        transaction.keep_activities(COURSE, MOODLE, [replace(dated, due_at=None)])
        assert list(transaction.activities(COURSE)) == [(MOODLE, replace(dated, due_at=None))]


def test_runs_are_listed_from_the_latest_with_what_they_kept(store: Store) -> None:
    kept = Kept(new=1, changed=2, same=3, gone=4, refused=5)
    with store.writing() as transaction:
        first = transaction.begin_run(COURSE, MOODLE, at=10)
        second = transaction.begin_run(COURSE, LRS, at=20)
        transaction.begin_run("another course", LRS, at=20)
        transaction.end_run(first, at=30, state=RunState.FAILED, kept=kept, reason="the token expired")
    with store.reading() as transaction:
        latest, earlier = transaction.runs(COURSE)
        assert [run.id for run in transaction.runs(COURSE, limit=1)] == [second]
    assert (latest.id, latest.source, latest.state, latest.ended_at) == (second, LRS, RunState.RUNNING, None)
    assert (earlier.id, earlier.course, earlier.started_at, earlier.ended_at) == (first, COURSE, 10, 30)
    assert (earlier.state, earlier.kept, earlier.reason) == (RunState.FAILED, kept, "the token expired")


def test_the_latest_run_of_each_source_is_told_however_many_others_had_since(store: Store) -> None:
    with store.writing() as transaction:
        run_with(transaction, at=1, source=LRS)
        failed = run_with(transaction, at=2, source=LRS, state=RunState.FAILED)
        for at in range(30):
            latest = run_with(transaction, at=10 + at)
        run_with(transaction, at=90, source=LRS, course="another course")
    with store.reading() as transaction:
        found = transaction.latest_runs(COURSE)
        assert {source: (run.id, run.state) for source, run in found.items()} == {
            LRS: (failed, RunState.FAILED),
            MOODLE: (latest, RunState.DONE),
        }
        assert transaction.latest_runs("a course that was never read") == {}


def test_how_far_a_run_is_stands_beside_it_as_it_was_told_last(store: Store) -> None:
    with store.writing() as transaction:
        first = transaction.begin_run(COURSE, MOODLE, at=10)
        transaction.begin_run(COURSE, LRS, at=20)
        transaction.keep_so_far(first, SoFar(done=3, expected=9))
        transaction.keep_so_far(first, SoFar(done=7))
    with store.writing() as transaction:
        assert [run.so_far for run in transaction.runs(COURSE)] == [None, SoFar(done=7)]
        transaction.keep_so_far(first, SoFar(done=0, expected=0))
        transaction.end_run(first, at=30, state=RunState.DONE, kept=Kept())
    with store.reading() as transaction:
        assert [run.so_far for run in transaction.runs(COURSE)] == [None, SoFar(done=0, expected=0)]


def test_a_run_still_running_was_interrupted_when_its_source_is_read_again(store: Store) -> None:
    with store.writing() as transaction:
        dead = transaction.begin_run(COURSE, MOODLE, at=10)
        other = transaction.begin_run(COURSE, LRS, at=15)
        transaction.begin_run(COURSE, MOODLE, at=20)
    with store.reading() as transaction:
        runs = {run.id: run for run in transaction.runs(COURSE)}
    assert (runs[dead].state, runs[dead].ended_at) == (RunState.INTERRUPTED, 20)
    assert runs[other].state is RunState.RUNNING


def test_a_run_nobody_began_cannot_end(store: Store) -> None:
    with pytest.raises(StoreError), store.writing() as transaction:
        transaction.end_run(7, at=1, state=RunState.DONE, kept=Kept())


def test_the_last_ends_of_each_source_are_told_however_many_runs_came_since(store: Store) -> None:
    with store.writing() as transaction:
        run_with(transaction, at=1, source=LRS)
        good = run_with(transaction, at=30, source=LRS)
        run_with(transaction, at=20, source=LRS, state=RunState.INTERRUPTED)
        failed = [run_with(transaction, at=40 + n, state=RunState.FAILED) for n in range(300)]
        run_with(transaction, at=400, state=None)
        run_with(transaction, at=500, source="untried", state=None)
        run_with(transaction, at=600, course="another course")
    with store.reading() as transaction:
        assert transaction.last_ends(COURSE) == {
            LRS: LastEnds(run=good, good_at=30, whole_began_at=30),
            MOODLE: LastEnds(run=failed[-1], good_at=None, failed=True),
            "untried": LastEnds(run=None, good_at=None),
        }
        assert transaction.last_ends("a third course") == {}


@pytest.mark.parametrize("try_at", [None, 90_000])
def test_what_a_run_failed_of_is_known_until_another_ends(store: Store, try_at: int | None) -> None:
    busy = Failure(remedy=Remedy.TRY_AGAIN, instead=Instead.MAINTENANCE, try_at=try_at)
    with store.writing() as transaction:
        run = transaction.begin_run(COURSE, LRS, at=10)
        transaction.end_run(run, at=20, state=RunState.FAILED, kept=Kept(), reason="closed", failure=busy)
        transaction.begin_run(COURSE, LRS, at=30)
        assert transaction.last_ends(COURSE) == {
            LRS: LastEnds(run=run, good_at=None, failure=busy, failed=True)
        }
        assert [one.failure for one in transaction.runs(COURSE)] == [None, busy]
        good = transaction.begin_run(COURSE, LRS, at=40)
        transaction.end_run(good, at=50, state=RunState.DONE, kept=Kept())
        assert transaction.last_ends(COURSE) == {LRS: LastEnds(run=good, good_at=50, whole_began_at=40)}


def test_a_cursor_is_that_of_its_course_and_source(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_cursor(COURSE, MOODLE, "one")
        transaction.keep_cursor(COURSE, MOODLE, "two")
        transaction.keep_cursor("another course", LRS, "three")
    with store.reading() as transaction:
        assert transaction.cursor(COURSE, MOODLE) == "two"
        assert transaction.cursor(COURSE, LRS) is None


def test_the_cursor_of_a_shared_source_is_nobodys_own(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_cursor(COURSE, LRS, "the course's")
        transaction.keep_cursor(None, LRS, "everybody's")
    with store.reading() as transaction:
        assert transaction.cursor(None, LRS) == "everybody's"
        assert transaction.cursor(COURSE, LRS) == "the course's"
        assert transaction.cursor("another course", LRS) is None
        assert transaction.cursor(None, MOODLE) is None


@pytest.mark.parametrize(("shared", "told"), [(True, [LOST]), (False, [])])
def test_what_another_course_met_at_a_shared_source_is_told_here_too(
    store: Store, shared: bool, told: list[Problem]
) -> None:
    with store.writing() as transaction:
        run_with(transaction, REFUSED, at=1, source=LRS, shared=shared)
        run_with(transaction, LOST, at=2, source=LRS, course="another course", full=True, shared=shared)
        run_with(transaction, at=3, source=LRS, shared=shared)
        run_with(transaction, LOST, at=4, source="elsewhere", course="another course", shared=shared)
    with store.reading() as transaction:
        found = [met.problem for met in transaction.met_problems(COURSE)]
    assert found == (told or [REFUSED])


def test_problems_are_those_of_one_run(store: Store) -> None:
    with store.writing() as transaction:
        old = run_with(transaction, LOST, at=1)
        done = run_with(transaction, replace(REFUSED, raw=b'{"actor": \xff', place="7"), LOST, at=2)
    with store.reading() as transaction:
        assert list(transaction.problems(COURSE, run=old)) == [
            KeptProblem(run=old, source=MOODLE, at=1, problem=LOST)
        ]
        assert list(transaction.problems(COURSE, run=done)) == [
            KeptProblem(run=done, source=MOODLE, at=2, problem=REFUSED),
            KeptProblem(run=done, source=MOODLE, at=2, problem=LOST),
        ]
        assert list(transaction.problems("another course", run=old)) == []


def test_a_problem_met_since_the_last_full_pull_is_told_once_in_its_latest_wording(store: Store) -> None:
    later = replace(LOST, text="It broke off again; sync again.")
    with store.writing() as transaction:
        run_with(transaction, REFUSED, at=1, full=True)
        run_with(transaction, LOST, LOST, at=2, full=True)
        run_with(transaction, REFUSED, at=3)
        last = run_with(transaction, LOST, later, later, at=4)
        run_with(transaction, at=5)
        other = run_with(transaction, LOST, at=6, source=LRS)
        run_with(transaction, REFUSED, at=7, course="another course")
    with store.reading() as transaction:
        found = list(transaction.met_problems(COURSE))
    assert [(met.source, met.first_at, met.last_at, met.times, met.problem) for met in found] == [
        (MOODLE, 3, 3, 1, REFUSED),
        (MOODLE, 2, 4, 3, later),
        (LRS, 6, 6, 1, LOST),
    ]
    assert [met.run for met in found[1:]] == [last, other]


@pytest.mark.parametrize("state", [RunState.FAILED, RunState.INTERRUPTED, None])
def test_a_full_pull_that_was_not_done_settles_nothing(store: Store, state: RunState | None) -> None:
    with store.writing() as transaction:
        run_with(transaction, REFUSED, at=1, full=True)
        run_with(transaction, LOST, at=2, full=True, state=state)
    with store.reading() as transaction:
        assert [met.problem for met in transaction.met_problems(COURSE)] == [REFUSED, LOST]


def test_a_full_pull_that_was_cut_short_was_none(store: Store) -> None:
    with store.writing() as transaction:
        run_with(transaction, REFUSED, at=1, full=True)
        for full in (True, False):
            run = transaction.begin_run(COURSE, MOODLE, at=2, full=full)
            transaction.keep_problems(run, [LOST], at=2)
            transaction.end_run(run, at=2, state=RunState.DONE, kept=Kept(), cut_short=True)
    with store.reading() as transaction:
        assert [run.full for run in transaction.runs(COURSE)] == [False, False, True]
        assert [met.problem for met in transaction.met_problems(COURSE)] == [REFUSED, LOST]


def test_what_a_run_that_was_cut_short_began_to_read_is_not_known(store: Store) -> None:
    with store.writing() as transaction:
        run_with(transaction, at=10, source=LRS)
        short = transaction.begin_run(COURSE, LRS, at=20)
        transaction.end_run(short, at=30, state=RunState.DONE, kept=Kept(), cut_short=True)
        assert transaction.last_ends(COURSE) == {
            LRS: LastEnds(run=short, good_at=30, whole_began_at=10, cut_short=True)
        }
        assert [run.failure for run in transaction.runs(COURSE)] == [None, None]
        again = run_with(transaction, at=40, source=LRS)
        assert transaction.last_ends(COURSE) == {LRS: LastEnds(run=again, good_at=40, whole_began_at=40)}


def test_the_end_of_the_first_whole_run_that_began_since_is_known_of_each_source(store: Store) -> None:
    with store.writing() as transaction:
        run_with(transaction, at=90, source="early")
        for source in (MOODLE, LRS):
            run_with(transaction, at=99, source=source)
        run_with(transaction, at=101, state=RunState.FAILED)
        short = transaction.begin_run(COURSE, MOODLE, at=102)
        transaction.end_run(short, at=103, state=RunState.DONE, kept=Kept(), cut_short=True)
        run_with(transaction, at=104, course="another course")
        for source, began, ended in (
            (LRS, 100, 120),
            (MOODLE, 105, 110),
            (LRS, 130, 131),
            (MOODLE, 140, 141),
        ):
            run = transaction.begin_run(COURSE, source, at=began)
            transaction.end_run(run, at=ended, state=RunState.DONE, kept=Kept())
        run_with(transaction, at=150, state=None)
    with store.reading() as transaction:
        assert transaction.first_whole_ends(COURSE, since=100) == {LRS: 120, MOODLE: 110}
        assert transaction.first_whole_ends(COURSE, since=106) == {LRS: 131, MOODLE: 141}
        assert transaction.first_whole_ends(COURSE, since=1) == {"early": 90, LRS: 99, MOODLE: 99}
        assert transaction.first_whole_ends(COURSE, since=141) == {}
        assert transaction.first_whole_ends("a third course", since=1) == {}


def test_a_run_of_a_clock_that_was_ahead_is_not_the_first_since(store: Store) -> None:
    with store.writing() as transaction:
        run_with(transaction, at=900)
        run_with(transaction, at=99)
        run_with(transaction, at=100)
        assert transaction.first_whole_ends(COURSE, since=100) == {MOODLE: 100}
        run_with(transaction, at=90)
        run_with(transaction, at=900)
        run_with(transaction, at=110)
        assert transaction.first_whole_ends(COURSE, since=100) == {MOODLE: 110}, "nor where it came first"


def test_how_a_run_ended_is_as_it_was_told_last(store: Store) -> None:
    with store.writing() as transaction:
        run = transaction.begin_run(COURSE, LRS, at=10)
        for is_short, whole in ((True, None), (False, 10), (True, None)):
            transaction.end_run(run, at=20, state=RunState.DONE, kept=Kept(), cut_short=is_short)
            ends = LastEnds(run=run, good_at=20, whole_began_at=whole, cut_short=is_short)
            assert transaction.last_ends(COURSE) == {LRS: ends}


def test_whether_a_run_was_full_is_remembered(store: Store) -> None:
    with store.writing() as transaction:
        run_with(transaction, at=1, full=True)
        run_with(transaction, at=2)
    with store.reading() as transaction:
        assert [run.full for run in transaction.runs(COURSE)] == [False, True]


def run_with(
    transaction: Transaction,
    *problems: Problem,
    at: int,
    course: str = COURSE,
    source: str = MOODLE,
    full: bool = False,
    shared: bool = False,
    state: RunState | None = RunState.DONE,
) -> int:
    """A run that met the problems; without a state it is still running."""
    run = transaction.begin_run(course, source, at=at, full=full, shared=shared)
    transaction.keep_problems(run, problems, at=at)
    if state is not None:
        transaction.end_run(run, at=at, state=state, kept=Kept())
    return run


@pytest.mark.parametrize("spoilt", ["a\0b", "a\ud800b"])
def test_what_made_a_record_useless_does_not_spoil_what_is_told_of_it(store: Store, spoilt: str) -> None:
    told = Problem(
        kind=ProblemKind.LOST, code="x", text=spoilt, subject=spoilt, person=spoilt, activity=spoilt
    )
    with store.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=1)
        transaction.keep_problems(run, [told], at=1)
        transaction.end_run(run, at=2, state=RunState.FAILED, kept=Kept(), reason=spoilt)
    with store.reading() as transaction:
        (kept,) = transaction.problems(COURSE, run=run)
        assert kept.problem == replace(told, text="a?b", subject="a?b", person="a?b", activity="a?b")
        assert [each.reason for each in transaction.runs(COURSE)] == ["a?b"]
