"""Pulling what is asked for: the next course of a source, and what then becomes of the request.

A request is settled once its pull is done. One that failed waits and is tried again, as long as that can
help; what a person must mend first waits for the next time by its schedule. A sync that somebody typed goes
another way, all sources of its courses at once: `services/syncing/sync.py`.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, replace

from lms_scoring.domain.errors import LmsScoringError, PlatformError, StoreError
from lms_scoring.domain.failure import Remedy
from lms_scoring.domain.instants import HOUR
from lms_scoring.ports import Run, RunState, SourceOrder, SourceSettings, SyncRequest, Transaction
from lms_scoring.services.collecting.collect import Collected, collect
from lms_scoring.services.following_up.missing import note_missing
from lms_scoring.services.following_up.troubles import (
    failed,
    is_put_off,
    note_success,
    platform_itself,
    reason_of,
    trouble_of,
    went_well,
)
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.unattended.calls import to_pull, to_score
from lms_scoring.services.unattended.due import may_go_on, turn_at, wants_all
from lms_scoring.services.unattended.first_reading import first_source
from lms_scoring.services.unattended.workshop import Workshop

LONGEST_READING = 6 * HOUR
"""A sync may take 4 hours unless the settings say otherwise; one that has not ended after so many may stand
still."""
_STANDS = (
    "a sync of it has not ended for 6 hours and keeps all others from it. If its process stands still (a "
    "`sync` stopped by Ctrl-Z, say), let it go on or end it; `lms-scoring jobs runs` lists it"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ready:
    """A request that may be done now: by its course's rules, or for one that nobody set up yet."""

    request: SyncRequest
    by: CourseRules | SourceSettings
    last: frozenset[str] = frozenset()


def ready_requests(shop: Workshop, *, now: int) -> Iterator[Ready]:
    """Those that may be done now, the urgent first. What is asked of a course that cannot be read waits."""
    with shop.store.reading() as transaction:
        requests, troubles = transaction.sync_requests(), transaction.troubles()
    for request in requests:
        try:
            rules = shop.courses.get(request.course)
            order = SourceOrder(names=()) if rules is None else shop.sources.order(request.course)
        except LmsScoringError:
            continue  # said of the course itself, by who looks around
        if rules is None:
            if not is_put_off(request, troubles, now=now) and (first := _first(shop, request)) is not None:
                yield Ready(request=request, by=first)
            continue
        waiting = {one.source for one in requests if one.course == request.course}
        if may_go_on(request, rules, order, waiting=waiting, troubles=troubles, now=now):
            yield Ready(request=request, by=rules, last=order.last)


def pull_next(shop: Workshop, source: str) -> Collected | None:
    """Reads the source for the next course that wants it; None where none does, or somebody reads it already.

    Raises whatever is wrong with us and not with the platform; that is noted as well.
    """
    with shop.locks.held(turn_at(source)) as ours:
        if not ours:
            _note_standing(shop, source)
            return None  # who has it, or the next look around, goes on with what is asked for
        mine = (one for one in ready_requests(shop, now=shop.clock.now()) if one.request.source == source)
        found = next(mine, None)
        if found is None:
            return None
        try:
            collected = _collected(shop, found)
        except Exception as error:
            with shop.store.writing() as transaction:
                _note_failure(transaction, shop, found, error)
            raise
    with shop.store.writing() as transaction:
        if collected.error is None:
            course = found.request.course
            note_success(transaction, course, source, [found.request], now=shop.clock.now())
        else:
            _note_failure(transaction, shop, found, collected.error)
        if isinstance(found.by, CourseRules):
            if collected.error is None:
                note_missing(transaction, found.by, source, now=shop.clock.now())
            transaction.wake(to_score(found.request.course))
        transaction.wake(to_pull(source))
        for last in found.last:
            transaction.wake(to_pull(last))
    return collected


def _first(shop: Workshop, request: SyncRequest) -> SourceSettings | None:
    with shop.store.reading() as transaction:
        return first_source(transaction, request, kind_of=shop.sources.kind_of)


def _collected(shop: Workshop, found: Ready) -> Collected:
    request, by, now = found.request, found.by, shop.clock.now()
    if isinstance(by, SourceSettings):
        source = shop.sources.first(request.course, by)
        return collect(request.course, source, shop.store, clock=shop.clock, full=request.full)
    with shop.store.reading() as transaction:
        starts = transaction.last_starts(request.course).get(request.source)
    return collect(
        request.course,
        shop.sources.source(request.course, request.source),
        shop.store,
        clock=shop.clock,
        full=wants_all(by, request, starts, now=now),
        losses=by.losses,
    )


def _note_standing(shop: Workshop, source: str) -> None:
    """Tells once that a sync may stand still for which others wait: nobody can take the source from it."""
    platform, now = platform_itself(source), shop.clock.now()
    with shop.store.reading() as transaction:
        requests = transaction.sync_requests()
        former = trouble_of(transaction.troubles(), platform, None)
        latest = [transaction.latest_runs(one).get(source) for one in _courses(shop, requests)]
    waits = any(one.source == source for one in requests)
    is_told = former is not None and former.over_at is None
    if waits and not is_told and _is_read_for_long(latest, now=now):
        with shop.store.writing() as transaction:
            failed(transaction, platform, None, f"{source}: {_STANDS}", now=now, jitter=shop.jitter())


def _courses(shop: Workshop, requests: Iterable[SyncRequest]) -> Collection[str]:
    """Those that are set up, and those that are read for the first time."""
    return {*shop.courses, *(one.course for one in requests)}


def _is_read_for_long(latest: Iterable[Run | None], *, now: int) -> bool:
    """By the run that began last: one that goes on besides was killed."""
    began = [one.started_at for one in latest if one is not None and one.state is RunState.RUNNING]
    return bool(began) and max(began) <= now - LONGEST_READING


def _note_failure(transaction: Transaction, shop: Workshop, found: Ready, error: Exception) -> None:
    """A platform that does not answer fails as a whole; what it answers concerns one course."""
    request, now = found.request, shop.clock.now()
    platform = platform_itself(request.source)
    failure = error.failure(now=now) if isinstance(error, PlatformError) else None
    again = failure is not None and failure.remedy is Remedy.TRY_AGAIN
    if failure is not None and not again:
        went_well(transaction, platform, None, now=now)
    failed(
        transaction,
        platform,
        None if again else request.course,
        reason_of(error),
        now=now,
        jitter=shop.jitter(),
        not_before=None if failure is None else failure.try_at,
    )
    transaction.settle_sync(request)
    stays = again or isinstance(error, StoreError) or not isinstance(error, LmsScoringError)
    if stays and _comes_again(found.by, now=now) and not _asked_again(transaction, request):
        transaction.ask_for_sync(replace(request, urgent=False))


def _comes_again(by: CourseRules | SourceSettings, *, now: int) -> bool:
    """What is read for the first time is wanted until somebody gives up."""
    if isinstance(by, SourceSettings):
        return True
    return by.is_read_by_itself(now=now)


def _asked_again(transaction: Transaction, request: SyncRequest) -> bool:
    return any(one.source == request.source for one in transaction.sync_requests(course=request.course))
