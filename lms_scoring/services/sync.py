"""Syncing: all sources of a course are collected, what they said is checked and looked at, and scored."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass

from lms_scoring.ports import Clock, EvidenceSource, MetProblem, Store, SyncRequest
from lms_scoring.services.assess import Assessed, assess
from lms_scoring.services.bound import Misfit, misfits
from lms_scoring.services.collect import Collected, Progress, collect
from lms_scoring.services.doubts import Looked, look_for_doubts
from lms_scoring.services.open_problems import open_problems
from lms_scoring.services.pulling import note_success
from lms_scoring.services.rules import CourseRules

Watching = Callable[[str], AbstractContextManager[Progress]]
"""Given a source's name, something to be told of each of its batches while it is being pulled."""


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
        return any(one.lost_something for one in self.collected) or any(one.loses for one in self.misfits)


def sync(
    rules: CourseRules,
    sources: Sequence[EvidenceSource],
    store: Store,
    *,
    clock: Clock,
    watching: Watching,
    full: bool = False,
    accept_loss: bool = False,
    just_read: Collection[str] = (),
) -> Synced:
    """A source that fails stops neither the others nor the scoring of what is there.

    `just_read`: shared sources that another course's sync has just read whole; of these a full sync asks
    only for what came since.
    """
    asked = {source.name for source in sources if full and not (source.shared and source.name in just_read)}
    collected = list(_each(rules, sources, store, clock, watching, asked=asked, accept_loss=accept_loss))
    looked = look_for_doubts(rules, store, clock=clock)
    assessed = assess(rules, store, clock=clock)
    runs = {one.run for one in collected}
    with store.reading() as transaction:
        return Synced(
            collected=collected,
            still_open=[one for one in open_problems(transaction, rules.course) if one.run not in runs],
            misfits=misfits(transaction, rules),
            looked=looked,
            assessed=assessed,
            unjoined=len(transaction.unjoined(rules.course)),
        )


def _each(
    rules: CourseRules,
    sources: Sequence[EvidenceSource],
    store: Store,
    clock: Clock,
    watching: Watching,
    *,
    asked: Collection[str],
    accept_loss: bool,
) -> Iterator[Collected]:
    """`asked`: the sources to be read whole."""
    for source in sources:
        with watching(source.name) as progress:
            with store.reading() as transaction:
                waiting = transaction.sync_requests(course=rules.course)
            collected = collect(
                rules.course,
                source,
                store,
                clock=clock,
                full=source.name in asked,
                losses=rules.losses,
                accept_loss=accept_loss,
                progress=progress,
            )
            if collected.error is None:
                _settle(rules.course, store, clock, collected, waiting)
            yield collected


def _settle(
    course: str, store: Store, clock: Clock, collected: Collected, waiting: Sequence[SyncRequest]
) -> None:
    """What was asked for before it began is done, unless more was asked for."""
    asked = [
        one for one in waiting if one.source == collected.source and (collected.read_whole or not one.full)
    ]
    with store.writing() as transaction:
        note_success(transaction, course, collected.source, asked, now=clock.now())
