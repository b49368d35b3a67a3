"""Collecting: what a source yields goes into the store, batch by batch, and nothing stored is ever lost.

Each batch is one transaction, so a sync may be interrupted anywhere and run again. What a source no
longer lists is marked gone only where the source listed the whole scope, and only if not suspiciously
much of it vanished at once: that is a permission problem until a person says otherwise.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from lms_scoring.domain.errors import LmsScoringError, PlatformError, SealBroken, UnknownCourse
from lms_scoring.domain.failure import Failure, Instead, Remedy
from lms_scoring.domain.losses import USUAL_LOSSES, LossRules
from lms_scoring.ports import (
    Activity,
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
from lms_scoring.services.collecting.activity_changes import (
    activity_changes,
    chances_changed,
    no_longer_listed,
    with_known_dates,
)
from lms_scoring.services.collecting.guesses import known_instead
from lms_scoring.services.collecting.left_out import LeftOut, without_erased
from lms_scoring.services.collecting.quarantine import beyond_the_limit, set_aside_of
from lms_scoring.services.collecting.vanishing import Vanishing
from lms_scoring.services.collecting.withdrawals import doubtful_withdrawals, is_place_among

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
    run = _Collecting(course, source, store, clock=clock, full=full, losses=losses)
    try:
        for told in source.pull(run.cursor, full=full):
            progress(run.keep(told))
    except (PlatformError, SealBroken, UnknownCourse) as error:
        run.fail(error)
    return run.end()


class _Collecting:
    """One run: begun, its batches kept one after another, ended; and what it came to so far."""

    def __init__(
        self,
        course: str,
        source: EvidenceSource,
        store: Store,
        *,
        clock: Clock,
        full: bool,
        losses: LossRules,
    ) -> None:
        self._course = course
        self._source = source.name
        self._shared = source.shared
        self._whose = None if source.shared else course
        self._store = store
        self._clock = clock
        with store.writing() as transaction:
            self.cursor = None if full else transaction.cursor(self._whose, self._source)
            self._number = transaction.begin_run(
                course, self._source, at=clock.now(), full=self.cursor is None, shared=source.shared
            )
        self._losses = losses
        self._vanishing = Vanishing(course, self._source, run=self._number, losses=losses)
        self._kept = Kept()
        self._problems: Counter[ProblemKind] = Counter()
        self._left_out = LeftOut()
        self._beyond = 0
        self._calls: int | None = None
        self._cut_short = False
        self._error: LmsScoringError | None = None

    def keep(self, told: Batch) -> Batch:
        """What was kept of the batch, all of it in one transaction with what follows from it."""
        source, run, at = self._source, self._number, self._clock.now()
        with self._store.writing() as transaction:
            transaction.check_run(self._course, source, run)
            batch, left_out = without_erased(transaction, told, source=source)
            batch = self._with_doubts(transaction, batch)
            stored = _stored(transaction, self._course, source, batch, run=run, shared=self._shared)
            stored += self._vanishing.noticed(transaction, batch.whole, at=at)
            transaction.keep_problems(run, stored.problems, at=at)
            beyond = set_aside_of(transaction, self._whose, source, batch, stored.problems, run=run, at=at)
            transaction.keep_so_far(run, SoFar(done=batch.done, expected=batch.expected))
            if batch.cursor is not None:
                transaction.keep_cursor(self._whose, source, batch.cursor)
        self._kept += stored.kept
        self._problems.update(problem.kind for problem in stored.problems)
        self._left_out += left_out
        self._beyond += beyond
        self._calls = batch.calls
        self._cut_short |= batch.cut_short
        return batch

    def _with_doubts(self, transaction: Transaction, batch: Batch) -> Batch:
        """Without the places that it takes from too many at once, which are held as if they were missing."""
        doubted = doubtful_withdrawals(
            transaction, self._course, self._source, batch.records, losses=self._losses
        )
        if not doubted:
            return batch
        self._vanishing.people_doubted = True
        return replace(batch, records=[one for one in batch.records if not is_place_among(one, doubted)])

    def fail(self, error: LmsScoringError) -> None:
        """Notes what ended it; the batches before stay."""
        self._error = error
        self._problems[ProblemKind.LOST] += 1
        with self._store.writing() as transaction:
            ended_by = _ended_by(error, self._course)
            transaction.keep_problems(self._number, (ended_by,), at=self._clock.now())

    def end(self) -> Collected:
        """Closes the run, with what only the whole of it tells."""
        at = self._clock.now()
        notices = [*self._left_out.problems(), *beyond_the_limit(self._source, self._beyond)]
        self._problems.update(problem.kind for problem in notices)
        ended = self._ended(now=at)
        with self._store.writing() as transaction:
            transaction.check_run(self._course, self._source, self._number)
            if ended.read_whole:
                transaction.not_met_again(self._whose, self._source, run=self._number, at=at)
            transaction.keep_problems(self._number, notices, at=at)
            transaction.end_run(
                self._number,
                at=at,
                state=ended.state,
                kept=ended.kept,
                reason=ended.reason,
                calls=ended.calls,
                failure=ended.failure,
                cut_short=self._cut_short,
            )
        return ended

    def _ended(self, *, now: int) -> Collected:
        state = RunState.DONE if self._error is None else RunState.FAILED
        return Collected(
            source=self._source,
            run=self._number,
            state=state,
            read_whole=self.cursor is None and state is RunState.DONE and not self._cut_short,
            kept=self._kept,
            problems=self._problems,
            error=self._error,
            calls=self._calls,
            failure=None if self._error is None else _failure(self._error, now=now),
        )


def _failure(error: LmsScoringError, *, now: int) -> Failure:
    if isinstance(error, PlatformError):
        return error.failure(now=now)
    instead = Instead.NOT_THERE if isinstance(error, UnknownCourse) else Instead.NOT_ASKED
    return Failure(remedy=Remedy.PERSON, instead=instead)


def _ended_by(error: LmsScoringError, course: str) -> Problem:
    subject = error.call if isinstance(error, PlatformError) else course
    return Problem(kind=ProblemKind.LOST, code=SYNC_FAILED, text=str(error), subject=subject)


def _keep_activities(transaction: Transaction, course: str, source: str, told: Sequence[Activity]) -> Stored:
    """Keeps what a course has now and tells what changed; where that is when somebody may hand in, cards are
    made anew."""
    before = {one.id: one for named, one in transaction.activities(course) if named == source}
    listed = with_known_dates(before, told)
    transaction.keep_activities(course, source, [*no_longer_listed(before, listed), *listed])
    if chances_changed(before, listed):
        transaction.touch_persons(course, [one.id for one in transaction.people(course)])
    return Stored(problems=tuple(activity_changes(before, listed)))


def _stored(
    transaction: Transaction, course: str, source: str, batch: Batch, *, run: int, shared: bool
) -> Stored:
    """Keeps what a batch tells, people before what is theirs; how much of it was new, and what was wrong."""
    refused = sum(problem.kind is ProblemKind.REFUSED for problem in batch.problems)
    stored = Stored(kept=Kept(refused=refused), problems=tuple(batch.problems))
    if batch.activities:
        stored += _keep_activities(transaction, course, source, batch.activities)
    stored += transaction.keep_people(batch.people)
    records = known_instead(transaction, course, source, batch)
    stored += transaction.keep_records(course, source, records, run=run)
    transaction.seen_again(course, source, batch.records)
    transaction.keep_texts(None if shared else course, source, batch.texts)
    transaction.keep_tasks(course, source, batch.tasks)
    stored += transaction.keep_events(source, batch.events)
    stored += transaction.keep_statements(source, batch.statements)
    transaction.keep_voided(source, batch.voided)
    transaction.keep_titles(batch.titles)
    return stored
