"""Syncing: all sources of courses are collected, what they said is checked and looked at, and scored.

Platforms are read beside each other, so that one that is slow or fails delays no other. What is stored
in the end is what reading one source after another would have stored: of one course the sources that tell who
there is keep their order, and of one source the courses.

This is a sync that somebody typed and waits for. Those that come by themselves are pulled one source at a
time by `services/unattended/pulling.py`, and scored by a job of their own.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractContextManager
from dataclasses import dataclass

from lms_scoring.domain.errors import FaultOfProgram, LmsScoringError
from lms_scoring.ports import Clock, EvidenceSource, MetProblem, Store, SyncRequest
from lms_scoring.services.collecting.collect import Collected, Progress, collect
from lms_scoring.services.collecting.open_problems import open_problems
from lms_scoring.services.doubting.doubts import Looked
from lms_scoring.services.following_up.follow_up import follow_up
from lms_scoring.services.following_up.missing import note_missing
from lms_scoring.services.following_up.troubles import note_success
from lms_scoring.services.scoring.assess import Assessed
from lms_scoring.services.scoring.empty_bindings import Misfit, misfits
from lms_scoring.services.scoring.rules import CourseRules

_log = logging.getLogger(__name__)

AT_ONCE = 8
"""So many sources are read at one time, at most; of each platform two things are asked at a time."""

Watching = Callable[[str, str], AbstractContextManager[Progress]]
"""Given a course and a source, something to be told of each of its batches while it is being pulled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Synced:
    """How a course's sync went."""

    collected: Sequence[Collected]
    still_open: Sequence[MetProblem]
    """What earlier syncs met and this one did not look at again; the exit status is not about these."""
    misfits: Sequence[Misfit]
    looked: Looked
    assessed: Assessed
    unjoined: int

    @property
    def lost_something(self) -> bool:
        """Whether somebody must look: the command's exit status is 1."""
        lost = any(one.lost_something for one in self.collected) or any(one.loses for one in self.misfits)
        return lost or bool(self.assessed.unmade)


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """A course to be synced. Those of its sources that are `last` are held against what all others tell."""

    rules: CourseRules
    sources: Sequence[EvidenceSource]
    last: frozenset[str] = frozenset()

    @property
    def course(self) -> str:
        """Its id."""
        return self.rules.course


Outcome = Synced | LmsScoringError
Done = Callable[[str, Outcome], None]
"""Told of each course as soon as it is synced, whatever becomes of the others; by one of several threads."""


def sync_courses(
    wanted: Sequence[Wanted],
    store: Store,
    *,
    clock: Clock,
    watching: Watching,
    done: Done,
    full: bool = False,
    at_once: int = AT_ONCE,
) -> None:
    """Syncs courses beside each other. `full`: all there is is read, but of a shared source once.

    A source that fails stops neither the others nor the scoring of what is there; nor does a failure in
    looking for doubts, or in making the cards of some people. What nobody foresaw stops its course alone, and
    is told and logged as a fault of this program.
    """
    syncs = _Syncs(store, clock, watching, done, full=full)
    _in_order({step.key: step for one in wanted for step in syncs.steps(one)}, at_once)


Key = tuple[str, str]
"""Course and source; the source is empty for what follows when all are read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Step:
    """Something to be done once all that it comes after is done."""

    key: Key
    after: frozenset[Key]
    work: Callable[[], None]


def _in_order(steps: Mapping[Key, _Step], at_once: int) -> None:
    """Does all steps, each as soon as it may be done."""
    waiting, over = dict(steps), set[Key]()
    running: dict[Future[None], Key] = {}
    with ThreadPoolExecutor(at_once, thread_name_prefix="sync") as pool:
        while waiting or running:
            for step in [one for one in waiting.values() if one.after <= over]:
                running[pool.submit(step.work)] = waiting.pop(step.key).key
            ended, _ = wait(running, return_when=FIRST_COMPLETED)
            for future in ended:
                over.add(running.pop(future))
                future.result()


class _Syncs:
    """The syncs of one call, and what they share."""

    def __init__(
        self,
        store: Store,
        clock: Clock,
        watching: Watching,
        done: Done,
        *,
        full: bool,
    ) -> None:
        self._store = store
        self._clock = clock
        self._watching = watching
        self._done = done
        self._full = full
        self._of_source: dict[str, Key] = {}
        self._collected: dict[Key, Collected | LmsScoringError] = {}
        self._just_read: set[str] = set()
        self._computing = threading.Lock()

    def steps(self, wanted: Wanted) -> Iterator[_Step]:
        """The course's readings, and what comes after them."""
        read: list[Key] = []
        tells: frozenset[Key] = frozenset()
        for source in wanted.sources:
            key = (wanted.course, source.name)
            before = self._of_source.get(source.name)
            after = frozenset() if before is None else frozenset([before])
            if source.name in wanted.last:
                after |= frozenset(read)
            elif not source.shared:
                after |= tells
                tells = frozenset([key])
            self._of_source[source.name] = key
            read.append(key)
            yield _Step(key=key, after=after, work=self._reading(wanted.rules, source))
        yield _Step(key=(wanted.course, ""), after=frozenset(read), work=self._concluding(wanted, read))

    def _reading(self, rules: CourseRules, source: EvidenceSource) -> Callable[[], None]:
        def read() -> None:
            try:
                self._collected[rules.course, source.name] = self._read(rules, source)
            except Exception as error:  # noqa: BLE001 - whatever it is, all other courses must go on
                what = f"reading source {source.name}"
                self._collected[rules.course, source.name] = _told(error, rules.course, what)

        return read

    def _read(self, rules: CourseRules, source: EvidenceSource) -> Collected:
        course = rules.course
        with self._watching(course, source.name) as progress:
            with self._store.reading() as transaction:
                waiting = transaction.sync_requests(course=course)
            collected = collect(
                course,
                source,
                self._store,
                clock=self._clock,
                full=self._full and not (source.shared and source.name in self._just_read),
                losses=rules.losses,
                progress=progress,
            )
            if collected.error is None:
                _settle(rules, self._store, self._clock, collected, waiting)
        if collected.read_whole:
            self._just_read.add(source.name)
        return collected

    def _concluding(self, wanted: Wanted, read: Sequence[Key]) -> Callable[[], None]:
        def conclude() -> None:
            try:
                outcome: Outcome = self._concluded(wanted, [self._collected[key] for key in read])
            except Exception as error:  # noqa: BLE001 - whatever it is, all other courses must go on
                outcome = _told(error, wanted.course, "scoring")
            self._done(wanted.course, outcome)

        return conclude

    def _concluded(self, wanted: Wanted, read: Sequence[Collected | LmsScoringError]) -> Synced:
        """What takes the processor is done for one course at a time."""
        collected: list[Collected] = []
        for one in read:
            if isinstance(one, LmsScoringError):
                raise one
            collected.append(one)
        rules, runs = wanted.rules, {one.run for one in collected}
        with self._computing:
            done = follow_up(rules, self._store, clock=self._clock)
        with self._store.reading() as transaction:
            return Synced(
                collected=collected,
                still_open=[one for one in open_problems(transaction, rules.course) if one.run not in runs],
                misfits=misfits(transaction, rules),
                looked=done.looked,
                assessed=done.assessed,
                unjoined=transaction.unjoined_count(rules.course),
            )


def _told(error: Exception, course: str, what: str) -> LmsScoringError:
    """Our own errors say what to do; others may hold anything, and only the log has them."""
    if isinstance(error, LmsScoringError):
        return error
    _log.error("course %s: %s was stopped by a fault", course, what, exc_info=error)
    return FaultOfProgram(what, type(error).__name__)


def _settle(
    rules: CourseRules, store: Store, clock: Clock, collected: Collected, waiting: Sequence[SyncRequest]
) -> None:
    """What was asked for before it began is done, unless more was asked for."""
    source = collected.source
    asked = [one for one in waiting if one.source == source and (collected.read_whole or not one.full)]
    with store.writing() as transaction:
        note_success(transaction, rules.course, source, asked, now=clock.now())
        note_missing(transaction, rules, source, now=clock.now())
