"""What is due: syncs by their courses' schedules, and which of those that are asked for may go on now."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

from lms_scoring.domain.schedule import is_full_due, next_sync
from lms_scoring.ports import LastStarts, SourceOrder, SyncRequest, Transaction, Trouble
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.unattended.calls import to_pull
from lms_scoring.services.unattended.troubles import is_left_alone, platform_itself

_NEVER = LastStarts(at=None, full_at=None)


def turn_at(source: str) -> str:
    """The name of the lock under which a source is read, by one at a time."""
    return f"sync {source}"


def next_sync_of(
    rules: CourseRules, sources: Iterable[str], starts: Mapping[str, LastStarts], *, now: int
) -> int | None:
    """When the first of the sources is to be read again; None: never by itself."""
    found = [_next(rules, starts.get(source, _NEVER), now=now) for source in sources]
    return min((at for at in found if at is not None), default=None)


def due_syncs(
    rules: CourseRules, sources: Iterable[str], starts: Mapping[str, LastStarts], *, now: int
) -> Iterator[SyncRequest]:
    """Of the sources whose time has come."""
    for source in sources:
        if _next(rules, starts.get(source, _NEVER), now=now) == now:
            yield SyncRequest(course=rules.course, source=source, asked_at=now)


def is_read_by_itself(rules: CourseRules, *, now: int) -> bool:
    """Whether by its schedule the course is read again, sooner or later."""
    return next_sync(rules.schedule, rules.scheme.window, last=None, now=now) is not None


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
    allowed = next_sync(rules.schedule, rules.scheme.window, last=None, now=now) == now
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


def _next(rules: CourseRules, starts: LastStarts, *, now: int) -> int | None:
    return next_sync(rules.schedule, rules.scheme.window, last=starts.at, now=now)
