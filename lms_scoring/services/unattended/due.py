"""What is due: syncs by their courses' schedules, and which of those that are asked for may go on now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from lms_scoring.domain.schedule import is_full_due, next_sync
from lms_scoring.ports import LastStarts, SourceOrder, SyncRequest, Transaction, Trouble
from lms_scoring.services.following_up.troubles import is_left_alone, platform_itself
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.unattended.calls import to_pull


def turn_at(source: str) -> str:
    """The name of the lock under which a source is read, by one at a time."""
    return f"sync {source}"


def next_sync_of(
    transaction: Transaction, rules: CourseRules, sources: Iterable[str], *, now: int
) -> int | None:
    """When the first of the sources is to be read again; None: never by itself."""
    return min((at for _, at in _coming(transaction, rules, sources, now=now)), default=None)


def due_syncs(
    transaction: Transaction, rules: CourseRules, sources: Iterable[str], *, now: int
) -> Iterator[SyncRequest]:
    """Of the sources whose time has come."""
    for source, at in _coming(transaction, rules, sources, now=now):
        if at == now:
            yield SyncRequest(course=rules.course, source=source, asked_at=now)


def wants_all(rules: CourseRules, request: SyncRequest, starts: LastStarts | None, *, now: int) -> bool:
    """Whether everything is to be read and not only what changed."""
    last = None if starts is None else starts.full_at
    return request.full or is_full_due(rules.schedule, last_full=last, now=now)


def may_go_on(
    request: SyncRequest,
    rules: CourseRules,
    order: SourceOrder,
    *,
    waiting: Collection[str],
    troubles: Sequence[Trouble],
    now: int,
) -> bool:
    """Whether a request's time has come. `waiting` are the course's sources that are asked for.

    Somebody who waits for it is not put off by quiet hours or by what failed before.
    """
    if request.source in order.last and not order.last.issuperset(waiting):
        return False
    if request.urgent:
        return True
    allowed = next_sync(rules.schedule, rules.scheme.window, last=None, whole=None, now=now) == now
    return allowed and not is_left_alone(troubles, platform_itself(request.source), request.course, now=now)


def ask_now(
    transaction: Transaction,
    course: str,
    sources: Iterable[str],
    *,
    now: int,
    full: bool = False,
) -> None:
    """Somebody wants the course to be read at once, before all others."""
    for source in sources:
        transaction.ask_for_sync(
            SyncRequest(course=course, source=source, asked_at=now, urgent=True, full=full)
        )
        transaction.wake(to_pull(source))


def _coming(
    transaction: Transaction, rules: CourseRules, sources: Iterable[str], *, now: int
) -> Iterator[tuple[str, int]]:
    """Those of the sources that are read again by themselves, and when each is."""
    starts, ends = transaction.last_starts(rules.course), transaction.last_ends(rules.course)
    for source in sources:
        last, end = starts.get(source), ends.get(source)
        at = next_sync(
            rules.schedule,
            rules.scheme.window,
            last=None if last is None else last.at,
            whole=None if end is None else end.whole_began_at,
            now=now,
        )
        if at is not None:
            yield source, at
