"""Collecting: what a source yields goes into the store, batch by batch, and nothing stored is ever lost.

Each batch is one transaction, so a sync may be interrupted anywhere and run again. What a source no
longer lists is marked gone only where the source listed the whole scope, and only if not suspiciously
much of it vanished at once: that is a permission problem until a person says otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from lms_scoring.domain.errors import LmsScoringError, PlatformError, SealBroken, UnknownCourse
from lms_scoring.domain.failure import Failure, Instead, Remedy
from lms_scoring.domain.losses import USUAL_LOSSES, LossRules
from lms_scoring.ports import (
    Batch,
    Clock,
    EvidenceSource,
    Kept,
    Problem,
    ProblemKind,
    RunState,
    SoFar,
    Store,
    Stored,
    Transaction,
)
from lms_scoring.services.syncing.activity_changes import activity_changes, no_longer_listed
from lms_scoring.services.syncing.left_out import LeftOut, without_erased
from lms_scoring.services.syncing.quarantine import beyond_the_limit, set_aside_of
from lms_scoring.services.syncing.vanishing import Vanishing

SYNC_FAILED = "sync_failed"
"""The code of the problem that a run ended by; settled by the next one that ends well."""

Progress = Callable[[Batch], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Collected:
    """How one source's sync went. `problems` counts them by kind; `error` is what ended it."""

    source: str
    run: int
    state: RunState
    read_whole: bool
    """Whether all that the source has was asked for and read to its end."""
    kept: Kept
    problems: Mapping[ProblemKind, int]
    error: LmsScoringError | None = None
    calls: int | None = None
    failure: Failure | None = None
    """What it failed of, as runs keep it."""

    @property
    def reason(self) -> str | None:
        """Why it ended early; None: it did not."""
        return None if self.error is None else str(self.error)

    @property
    def lost_something(self) -> bool:
        """Whether somebody must look: the sync's exit status is 1."""
        return self.state is not RunState.DONE or self.problems.get(ProblemKind.LOST, 0) > 0


def collect(
    course: str,
    source: EvidenceSource,
    store: Store,
    *,
    clock: Clock,
    full: bool = False,
    losses: LossRules = USUAL_LOSSES,
    progress: Progress = lambda _: None,
) -> Collected:
    """Pulls one source of a course into the store. A platform's failure ends the run, not the program.

    `losses` says how much may vanish at once before somebody must confirm it. Raises StoreError, also where
    another sync of the source has begun meanwhile; what was stored before stays, and the next sync notices
    the unfinished run.
    """
    whose = None if source.shared else course
    with store.writing() as transaction:
        cursor = None if full else transaction.cursor(whose, source.name)
        whole = cursor is None
        run = transaction.begin_run(course, source.name, at=clock.now(), full=whole, shared=source.shared)
    vanishing = Vanishing(course, source.name, run=run, losses=losses)
    kept = Kept()
    problems: Counter[ProblemKind] = Counter()
    failure: LmsScoringError | None = None
    left_out = LeftOut()
    beyond = 0
    calls: int | None = None
    try:
        for told in source.pull(cursor, full=full):
            at = clock.now()
            with store.writing() as transaction:
                transaction.check_run(course, source.name, run)
                batch, out = without_erased(transaction, told)
                stored = _keep(transaction, course, source.name, batch, run=run, shared=source.shared)
                stored += vanishing.noticed(transaction, batch.whole, at=at)
                transaction.keep_problems(run, stored.problems, at=at)
                beyond += set_aside_of(
                    transaction, whose, source.name, batch, stored.problems, run=run, at=at
                )
                transaction.keep_so_far(run, SoFar(done=batch.done, expected=batch.expected))
                if batch.cursor is not None:
                    transaction.keep_cursor(whose, source.name, batch.cursor)
            kept += stored.kept
            left_out += out
            calls = batch.calls
            problems.update(problem.kind for problem in stored.problems)
            progress(batch)
    except (PlatformError, SealBroken, UnknownCourse) as error:
        failure = error
        problems[ProblemKind.LOST] += 1
        with store.writing() as transaction:
            transaction.keep_problems(run, (_ended_by(error, course),), at=clock.now())
    state = RunState.DONE if failure is None else RunState.FAILED
    reason = None if failure is None else str(failure)
    failed = None if failure is None else _failure(failure, now=clock.now())
    notices = [*left_out.problems(), *beyond_the_limit(source.name, beyond)]
    problems.update(problem.kind for problem in notices)
    with store.writing() as transaction:
        transaction.check_run(course, source.name, run)
        if whole and failure is None:
            transaction.not_met_again(whose, source.name, run=run, at=clock.now())
        transaction.keep_problems(run, notices, at=clock.now())
        transaction.end_run(
            run,
            at=clock.now(),
            state=state,
            kept=kept,
            reason=reason,
            calls=calls,
            failure=failed,
        )
    return Collected(
        source=source.name,
        run=run,
        state=state,
        read_whole=whole and state is RunState.DONE,
        kept=kept,
        problems=problems,
        error=failure,
        calls=calls,
        failure=failed,
    )


def _failure(error: LmsScoringError, *, now: int) -> Failure:
    if isinstance(error, PlatformError):
        return error.failure(now=now)
    instead = Instead.NOT_THERE if isinstance(error, UnknownCourse) else Instead.NOT_ASKED
    return Failure(remedy=Remedy.PERSON, instead=instead)


def _ended_by(error: LmsScoringError, course: str) -> Problem:
    subject = error.call if isinstance(error, PlatformError) else course
    return Problem(kind=ProblemKind.LOST, code=SYNC_FAILED, text=str(error), subject=subject)


def _keep(
    transaction: Transaction, course: str, source: str, batch: Batch, *, run: int, shared: bool
) -> Stored:
    refused = sum(problem.kind is ProblemKind.REFUSED for problem in batch.problems)
    stored = Stored(kept=Kept(refused=refused), problems=tuple(batch.problems))
    if batch.activities:
        before = {one.id: one for named, one in transaction.activities(course) if named == source}
        stored += Stored(problems=tuple(activity_changes(before, batch.activities)))
        transaction.keep_activities(course, source, no_longer_listed(before, batch.activities))
    stored += transaction.keep_people(batch.people)
    transaction.keep_activities(course, source, batch.activities)
    stored += transaction.keep_records(course, source, batch.records, run=run)
    transaction.seen_again(course, source, batch.records)
    transaction.keep_texts(None if shared else course, source, batch.texts)
    transaction.keep_tasks(course, source, batch.tasks)
    stored += transaction.keep_events(source, batch.events)
    stored += transaction.keep_statements(source, batch.statements)
    transaction.keep_voided(source, batch.voided)
    return stored
