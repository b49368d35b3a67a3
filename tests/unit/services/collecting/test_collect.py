"""Collecting: every batch is kept with its cursor, nothing stored is lost, what is gone is told apart."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import (
    LmsScoringError,
    PlatformBusy,
    PlatformRefused,
    PlatformUnreachable,
    SealBroken,
    StoreError,
    UnknownCourse,
)
from lms_scoring.domain.failure import Failure, Instead, Remedy
from lms_scoring.domain.quarantine import MOST_SET_ASIDE, QuarantineState
from lms_scoring.ports import Activity, Batch, Kept, Problem, ProblemKind, Run, RunState, Scope
from lms_scoring.services.collecting.collect import Collected, collect
from lms_scoring.store import SqlStore
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    FORUM,
    HOMEWORK,
    LI,
    MOODLE,
    PEOPLE,
    POSTS,
    ZHAO,
    ScriptedSource,
    StandingClock,
    members,
    new_store,
    roster,
    told,
)
from tests.given import homework, replies, topics, unknown

EVERYBODY = roster("li", "zhao", "wang", "chen")
NOW = StandingClock().now()
REFUSED_ROW = Problem(
    kind=ProblemKind.REFUSED, code="row_unreadable", text="set aside", subject="17", raw=b'{"id": -1}'
)
BROKE = PlatformUnreachable(MOODLE, "mod_forum_get_forum_discussions", "the connection broke; sync again")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = new_store(tmp_path)
    yield store
    store.close()


def sync(
    store: SqlStore,
    *batches: Batch,
    failure: BaseException | None = None,
    name: str = MOODLE,
) -> Collected:
    source = ScriptedSource(batches, failure, name=name)
    return collect(COURSE, source, store, clock=StandingClock())


def records(store: SqlStore, person: str) -> dict[str, ev.Record]:
    """What the store has of a person in the course, by id."""
    with store.reading() as transaction:
        (found,) = transaction.evidence_of(COURSE, [person])
    return {record.id: record for record in found.records if not isinstance(record, ev.Membership)}


def gone(store: SqlStore, person: str) -> set[str]:
    return {id_ for id_, record in records(store, person).items() if record.gone_at is not None}


def cursor(store: SqlStore) -> str | None:
    with store.reading() as transaction:
        return transaction.cursor(COURSE, MOODLE)


def runs(store: SqlStore) -> Sequence[Run]:
    with store.reading() as transaction:
        return transaction.runs(COURSE)


def codes(store: SqlStore, run: int) -> list[tuple[ProblemKind, str]]:
    with store.reading() as transaction:
        return [(kept.problem.kind, kept.problem.code) for kept in transaction.problems(COURSE, run=run)]


def test_pulling_twice_finds_nothing_new(store: SqlStore) -> None:
    batches = (EVERYBODY, told(*members(), *topics(3), homework()), told(*replies(2), cursor="c"))
    first = sync(store, *batches)
    before = records(store, LI)
    again = sync(store, *batches)
    assert first.kept == Kept(new=10)
    assert again.kept == Kept(same=10)
    assert records(store, LI) == before
    assert not again.lost_something


def test_a_source_that_breaks_keeps_what_came_before_and_fails_the_run(store: SqlStore) -> None:
    done = sync(store, EVERYBODY, told(*members(), *topics(3)), failure=BROKE)
    assert (done.state, done.kept.new, done.lost_something) == (RunState.FAILED, 7, True)
    assert set(records(store, LI)) == {"t0", "t1", "t2"}
    (run,) = runs(store)
    assert (run.state, run.kept.new, run.reason) == (RunState.FAILED, 7, str(BROKE))
    assert run.ended_at is not None
    assert codes(store, run.id) == [(ProblemKind.LOST, "sync_failed")]
    assert done.reason == f"{MOODLE}: {BROKE.call}: {BROKE.reason}"


@pytest.mark.parametrize(
    ("error", "failure"),
    [
        (
            PlatformUnreachable(MOODLE, "f", "broke off", instead=Instead.HALF),
            Failure(remedy=Remedy.TRY_AGAIN, instead=Instead.HALF),
        ),
        (
            PlatformBusy(MOODLE, "f", "closed", wait=300, instead=Instead.MAINTENANCE),
            Failure(remedy=Remedy.TRY_AGAIN, instead=Instead.MAINTENANCE, try_at=NOW + 300_000),
        ),
        (
            PlatformRefused(MOODLE, "f", "no", instead=Instead.NOT_ACCEPTED),
            Failure(remedy=Remedy.PERSON, instead=Instead.NOT_ACCEPTED),
        ),
        (UnknownCourse("no such course"), Failure(remedy=Remedy.PERSON, instead=Instead.NOT_THERE)),
        (SealBroken("no key"), Failure(remedy=Remedy.PERSON, instead=Instead.NOT_ASKED)),
    ],
)
def test_what_a_run_failed_of_is_a_value_that_a_schedule_can_read(
    store: SqlStore, error: LmsScoringError, failure: Failure
) -> None:
    done = sync(store, EVERYBODY, failure=error)
    assert done.failure == runs(store)[0].failure == failure
    with store.reading() as transaction:
        assert transaction.last_ends(COURSE)[MOODLE].failure == failure


def test_a_course_that_the_platform_does_not_know_fails_the_run_too(store: SqlStore) -> None:
    done = sync(store, failure=UnknownCourse("moodle has no course 'LC2025'; see its course list"))
    assert (done.state, runs(store)[0].state) == (RunState.FAILED, RunState.FAILED)
    assert done.reason == "moodle has no course 'LC2025'; see its course list"


def test_the_cursor_moves_with_its_batch_only(store: SqlStore) -> None:
    sync(store, EVERYBODY, told(*members(), cursor="after people"), told(*topics(1)), failure=BROKE)
    assert cursor(store) == "after people"
    source = ScriptedSource([told(*topics(2), cursor="end")])
    collect(COURSE, source, store, clock=StandingClock())
    assert source.asked == [("after people", False)]
    assert cursor(store) == "end"


def test_a_full_pull_asks_without_the_cursor_and_moves_it(store: SqlStore) -> None:
    sync(store, EVERYBODY, told(*members(), cursor="old"))
    source = ScriptedSource([told(cursor="new")])
    collect(COURSE, source, store, clock=StandingClock(), full=True)
    assert (source.asked, cursor(store)) == ([(None, True)], "new")


def test_a_batch_that_cannot_be_stored_leaves_neither_records_nor_cursor(store: SqlStore) -> None:
    """Another sync of the source began in the middle: the older one must not write over what it sees."""

    @dataclass
    class Overtaken(ScriptedSource):
        def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
            yield EVERYBODY
            yield told(*members(), cursor="first")
            sync(store, told(*members(), *topics(1), cursor="second"))
            yield told(*topics(5), cursor="third")

    with pytest.raises(StoreError, match="overtaken"):
        collect(COURSE, Overtaken(), store, clock=StandingClock())
    assert set(records(store, LI)) == {"t0"}
    assert cursor(store) == "second"


def test_what_a_whole_scope_no_longer_names_is_gone_and_still_readable(store: SqlStore) -> None:
    sync(store, EVERYBODY, told(*members(), *topics(3)))
    done = sync(store, told(*topics(2), whole=[POSTS]))
    assert done.kept == Kept(same=2, gone=1)
    assert gone(store, LI) == {"t2"}
    assert set(records(store, LI)) == {"t0", "t1", "t2"}


def test_what_is_not_named_outside_a_whole_scope_stays(store: SqlStore) -> None:
    elsewhere = [homework("h2", activity="homework 2"), homework("h1", activity=HOMEWORK)]
    sync(store, EVERYBODY, told(*members(), *topics(3), *elsewhere))
    done = sync(store, told(whole=[Scope(kind="submission", activity=HOMEWORK)]))
    assert done.kept.gone == 1
    assert gone(store, LI) == {"h1"}


def test_a_pull_that_breaks_before_its_scope_is_whole_marks_nothing(store: SqlStore) -> None:
    sync(store, EVERYBODY, told(*members(), *topics(3)))
    sync(store, told(*topics(1)), failure=BROKE)
    assert gone(store, LI) == set()


def test_a_scope_may_be_spread_over_several_batches(store: SqlStore) -> None:
    sync(store, EVERYBODY, told(*members(), *topics(4)))
    first, second, third, _ = topics(4)
    done = sync(store, told(first), told(second), told(third, whole=[POSTS]))
    assert (done.kept.gone, gone(store, LI)) == (1, {"t3"})


def test_what_comes_back_lives_again(store: SqlStore) -> None:
    sync(store, EVERYBODY, told(*members(), *topics(2)))
    sync(store, told(*topics(1), whole=[POSTS]))
    assert sync(store, told(*topics(2), whole=[POSTS])).kept == Kept(same=1, changed=1)
    assert gone(store, LI) == set()


@pytest.mark.parametrize("how", ["unenrolled", "withdrawn"])
def test_records_of_who_left_are_out_of_reach_and_not_gone(store: SqlStore, how: str) -> None:
    of_zhao = replies(3, person=ZHAO)
    sync(store, EVERYBODY, told(*members(), *topics(2), *of_zhao))
    left = members(without=[ZHAO]) if how == "unenrolled" else members(withdrawn=[ZHAO])
    sync(store, told(*left), told(*topics(1), whole=[PEOPLE, POSTS]))
    assert (gone(store, LI), gone(store, ZHAO)) == ({"t1"}, set())
    with store.reading() as transaction:
        status = {one.person: one.status for one in transaction.memberships(COURSE)}
    assert (status[ZHAO], status[LI]) == (ev.MembershipStatus.WITHDRAWN, ev.MembershipStatus.ACTIVE)


def test_gaps_that_close_all_at_once_are_no_loss(store: SqlStore) -> None:
    gaps = [unknown(f"gap {number}", activity=HOMEWORK) for number in range(12)]
    sync(store, EVERYBODY, told(*members(), *gaps))
    done = sync(store, told(whole=[Scope(kind="unknown", activity=HOMEWORK)]))
    assert (done.kept.gone, done.lost_something) == (12, False)


def test_where_one_kind_is_held_back_so_is_all_else_of_its_activity(store: SqlStore) -> None:
    gaps = [unknown("gap", activity=FORUM), unknown("other gap", activity=HOMEWORK)]
    sync(store, EVERYBODY, told(*members(), *topics(12), *gaps))
    scopes = [POSTS, *(Scope(kind="unknown", activity=activity) for activity in (FORUM, HOMEWORK))]
    done = sync(store, told(whole=scopes))
    assert (done.kept.gone, gone(store, LI)) == (1, {"other gap"})
    assert codes(store, done.run) == [(ProblemKind.LOST, "mass_disappearance")]


@pytest.mark.parametrize(("before", "after", "held"), [(12, 2, True), (60, 48, False), (60, 47, True)])
def test_a_sudden_mass_disappearance_is_held_back(
    store: SqlStore, before: int, after: int, held: bool
) -> None:
    sync(store, EVERYBODY, told(*members(), *topics(before)))
    done = sync(store, told(*topics(after), whole=[POSTS], cursor="next"))
    assert done.lost_something is held
    assert len(gone(store, LI)) == (0 if held else before - after)
    assert codes(store, done.run) == ([(ProblemKind.LOST, "mass_disappearance")] if held else [])
    assert done.state is RunState.DONE


def test_a_few_of_few_may_go_at_once(store: SqlStore) -> None:
    sync(store, EVERYBODY, told(*members(), *topics(9)))
    assert sync(store, told(*topics(1), whole=[POSTS])).kept.gone == 8


def test_all_of_a_few_are_held_back_and_the_last_one_may_go(store: SqlStore) -> None:
    sync(store, EVERYBODY, told(*members(), *topics(2)))
    held = sync(store, told(whole=[POSTS]))
    assert (held.kept.gone, held.lost_something) == (0, True)
    assert sync(store, told(*topics(1), whole=[POSTS])).kept.gone == 1
    assert sync(store, told(whole=[POSTS])).kept.gone == 1


def test_the_message_of_a_mass_disappearance_says_what_where_and_what_to_do(store: SqlStore) -> None:
    sync(store, EVERYBODY, told(*members(), *topics(12)))
    done = sync(store, told(whole=[POSTS]))
    with store.reading() as transaction:
        (kept,) = transaction.problems(COURSE, run=done.run)
    assert kept.problem.subject == FORUM
    assert f"12 of 12 post records of activity {FORUM} are no longer listed by {MOODLE}" in kept.problem.text
    assert "still count" in kept.problem.text
    assert "Check what the service account may see" in kept.problem.text


def test_a_mass_disappearance_is_told_again_until_somebody_acts(store: SqlStore) -> None:
    sync(store, EVERYBODY, told(*members(), *topics(12)))
    assert sync(store, told(whole=[POSTS])).lost_something
    assert sync(store, told(whole=[POSTS])).lost_something
    assert not sync(store, told(*topics(12), whole=[POSTS])).lost_something


def test_a_sync_that_was_killed_is_noticed_at_the_next_start(store: SqlStore) -> None:
    with pytest.raises(KeyboardInterrupt):
        sync(store, EVERYBODY, told(*members(), *topics(2)), failure=KeyboardInterrupt())
    assert runs(store)[0].state is RunState.RUNNING
    done = sync(store, told(*members(), *topics(3), whole=[POSTS]))
    assert [run.state for run in runs(store)] == [RunState.DONE, RunState.INTERRUPTED]
    assert (done.kept, gone(store, LI)) == (Kept(new=1, same=6), set())


def test_what_an_interrupted_sync_had_seen_does_not_save_it_from_being_gone(store: SqlStore) -> None:
    sync(store, EVERYBODY, told(*members(), *topics(3)))
    with pytest.raises(KeyboardInterrupt):
        sync(store, told(*topics(3)), failure=KeyboardInterrupt())
    sync(store, told(*topics(2), whole=[POSTS]))
    assert gone(store, LI) == {"t2"}


def test_another_sources_running_sync_is_left_alone(store: SqlStore) -> None:
    with pytest.raises(KeyboardInterrupt):
        sync(store, EVERYBODY, failure=KeyboardInterrupt())
    sync(store, name="lrs")
    assert {run.source: run.state for run in runs(store)} == {
        MOODLE: RunState.RUNNING,
        "lrs": RunState.DONE,
    }


def test_what_is_refused_is_counted_and_kept_as_it_came(store: SqlStore) -> None:
    row = REFUSED_ROW
    done = sync(store, Batch(people=EVERYBODY.people, problems=(row,)), told(*members(), *topics(1)))
    assert (done.kept.refused, done.problems, done.lost_something) == (1, {ProblemKind.REFUSED: 1}, False)
    with store.reading() as transaction:
        (kept,) = transaction.problems(COURSE, run=done.run)
    assert (kept.problem, kept.source, kept.run) == (replace(row, raw=None), MOODLE, done.run)


def test_beyond_the_limit_of_a_source_what_is_refused_is_counted_and_said_once(store: SqlStore) -> None:
    refused = [
        replace(REFUSED_ROW, subject=str(number), raw=str(number).encode())
        for number in range(MOST_SET_ASIDE + 5)
    ]
    done = sync(store, Batch(problems=tuple(refused[:-3])), Batch(problems=tuple(refused[-3:])))
    assert done.problems == {ProblemKind.REFUSED: MOST_SET_ASIDE + 5, ProblemKind.NOTICE: 1}
    assert (done.kept.refused, done.lost_something) == (MOST_SET_ASIDE + 5, False)
    with store.reading() as transaction:
        (full,) = [
            one.problem
            for one in transaction.problems(COURSE, run=done.run)
            if one.problem.code == "quarantine_full"
        ]
        assert full.text.startswith(f"{MOODLE} gave 5 records that could not be used")
        texts = {one.aside.text for one in transaction.quarantined(course=COURSE)}
    assert texts == {str(number).encode() for number in range(MOST_SET_ASIDE)}


def test_what_the_store_refuses_is_told_like_what_the_source_refused(store: SqlStore) -> None:
    (undated,) = topics(1)
    nul = replace(roster(LI).people[0], name="\0")
    done = sync(
        store, Batch(people=[*EVERYBODY.people, nul]), told(*members(), replace(undated, created_at=None))
    )
    assert (done.kept.refused, done.problems) == (2, {ProblemKind.REFUSED: 2})
    assert codes(store, done.run) == [(ProblemKind.REFUSED, "malformed")] * 2


def test_a_run_is_full_if_asked_for_or_if_there_is_no_cursor_yet(store: SqlStore) -> None:
    sync(store)
    sync(store, told(cursor="c"))
    sync(store)
    collect(COURSE, ScriptedSource(), store, clock=StandingClock(), full=True)
    assert [run.full for run in reversed(runs(store))] == [True, True, False, True]


def test_what_waits_is_not_gone_because_a_pull_was_cut_short(store: SqlStore) -> None:
    def waits() -> list[QuarantineState]:
        with store.reading() as transaction:
            return [one.state for one in transaction.quarantined(course=COURSE)]

    sync(store, Batch(people=EVERYBODY.people, problems=(REFUSED_ROW,)))
    done = sync(store, Batch(cut_short=True), EVERYBODY)
    assert (done.state, done.read_whole) == (RunState.DONE, False)
    assert [run.full for run in runs(store)] == [False, True]
    assert waits() == [QuarantineState.WAITING]
    assert sync(store, EVERYBODY).read_whole
    assert waits() == [QuarantineState.GONE]


def test_progress_is_told_after_each_batch_is_stored(store: SqlStore) -> None:
    seen: list[tuple[int, int]] = []

    def progress(batch: Batch) -> None:
        with store.reading() as transaction:
            seen.append((batch.done, sum(count for *_, count in transaction.counts(COURSE))))

    batches = [EVERYBODY, Batch(records=told(*members()).records, done=3), Batch(done=5)]
    collect(COURSE, ScriptedSource(batches), store, clock=StandingClock(), progress=progress)
    assert seen == [(0, 0), (3, 4), (5, 4)]


def test_an_account_that_two_people_claim_is_reported(store: SqlStore) -> None:
    same = roster(LI).people[0].accounts
    twice = [roster(LI).people[0], roster(CHEN).people[0].__class__(id=CHEN, name="Chen", accounts=same)]
    done = sync(store, Batch(people=twice))
    assert codes(store, done.run) == [(ProblemKind.NOTICE, "account_claimed_twice")]


@pytest.mark.parametrize("still_to_come", [(Batch(cursor="third"),), ()], ids=["a batch", "its end"])
def test_a_sync_that_was_overtaken_moves_no_cursor_and_ends_no_run(
    still_to_come: Sequence[Batch], store: SqlStore
) -> None:
    """Somebody took it for dead, and it only slept: now batches without records are none of its business."""

    @dataclass
    class Woken(ScriptedSource):
        def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
            yield told(*members(), cursor="first")
            sync(store, told(*members(), cursor="second"))
            yield from still_to_come

    with pytest.raises(StoreError, match="overtaken"):
        collect(COURSE, Woken(), store, clock=StandingClock())
    assert cursor(store) == "second"
    assert [run.state for run in runs(store)] == [RunState.DONE, RunState.INTERRUPTED]


def test_what_changed_of_activities_is_a_notice_of_the_run(store: SqlStore) -> None:
    homework_there = Activity(id=HOMEWORK, name="课程作业", kind="assign", marking="scale 2")
    first = sync(store, replace(EVERYBODY, activities=[homework_there], calls=7))
    renamed = replace(homework_there, name="作业", marking="scale 3")
    second = sync(
        store, replace(EVERYBODY, activities=[renamed, Activity(id="30", name="补交", kind="assign")])
    )
    assert codes(store, first.run) == []
    assert {code for _, code in codes(store, second.run)} == {
        "activity_renamed",
        "activity_marking",
        "activity_new",
    }
    assert not second.lost_something
    assert [run.calls for run in runs(store)] == [None, 7]
