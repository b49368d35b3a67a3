"""Looking around: everything that waits in our tables is set going again, whoever forgot it and why.

Whatever is lost besides, a process, a queue, a wake-up, or all since yesterday's backup, this finds what is
to be done: it asks only what is true. So it may run at any time, twice, or by several at once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from lms_scoring.domain.errors import LmsScoringError
from lms_scoring.domain.instants import DAY, MINUTE
from lms_scoring.ports import (
    Call,
    Hold,
    Passback,
    SendState,
    SourceOrder,
    SyncRequest,
    Tell,
    Transaction,
    Trouble,
    TroubleKind,
)
from lms_scoring.services.following_up.heartbeats import RETAINED, SCHEDULER, compared, scored
from lms_scoring.services.following_up.troubles import (
    CARDS,
    LOOKING,
    MISSING,
    READING,
    RETAINING,
    SCORING,
    SENDING,
    TELLING,
    failed,
    is_left_alone,
    trouble_of,
    went_well,
)
from lms_scoring.services.gradebook.publish import subjects_there
from lms_scoring.services.scoring.empty_bindings import unlisted_activities
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.to_be_scored import is_anybody_due, is_just_scored, may_be_unmade
from lms_scoring.services.unattended.calls import RETAIN, TELL, to_pull, to_score, to_send
from lms_scoring.services.unattended.due import due_syncs
from lms_scoring.services.unattended.first_reading import give_up
from lms_scoring.services.unattended.pulling import ready_requests
from lms_scoring.services.unattended.unheard import unheard_since
from lms_scoring.services.unattended.workshop import Workshop

BEATS = MINUTE
_DAILY = DAY
"""So often the gradebook is read, whether or not anything is to be sent, and what is too old goes."""


def sweep(shop: Workshop) -> None:
    """Asks for the syncs that are due, and wakes whoever has something to do."""
    now = shop.clock.now()
    courses = list(shop.courses)
    orders = [_look_at(shop, course, now=now) for course in courses]
    sources = {one.request.source for one in ready_requests(shop, now=now)}
    with shop.store.writing() as transaction:
        give_up(transaction, courses, kind_of=shop.sources.kind_of, now=now)
        _forget_unread(transaction, orders, now=now)
        for source in sorted(sources):
            transaction.wake(to_pull(source))
        if shop.tell is None:
            transaction.forget_trouble(TELLING, None)
        elif _is_to_tell(transaction, shop.tell, now=now):
            transaction.wake(Call(job=TELL))
        if not shop.ages.before(now):
            went_well(transaction, RETAINING, None, now=now)
        elif _is_to_retain(transaction, now=now):
            transaction.wake(Call(job=RETAIN))
        last = transaction.heartbeat(SCHEDULER)
        if last is None or not 0 <= now - last < BEATS:
            transaction.keep_heartbeat(SCHEDULER, at=now)


def _look_at(shop: Workshop, course: str, *, now: int) -> SourceOrder | None:
    """What the course is read from; None: that cannot be told."""
    try:
        rules, order = shop.courses[course], shop.sources.order(course)
    except KeyError:
        return None  # it was there a moment ago
    except LmsScoringError as error:
        _unreadable(shop, course, str(error), now=now)
        return None
    with shop.store.reading() as transaction:
        asked = transaction.sync_requests(course=course)
        troubles = transaction.troubles()
        due = list(due_syncs(transaction, rules, order.names, now=now))
        calls = list(_calls(transaction, rules, troubles, now=now))
        sends = transaction.passback(course) is not None
        untried = _may_be_unmade(transaction, troubles, course)
        unlisted = _unlisted_at(transaction, rules, troubles)
    waiting = {request.source for request in asked}
    new = [request for request in due if request.source not in waiting]
    goes_on = rules.is_read_by_itself(now=now)
    stale = [one for one in asked if one.source not in order.names or not (goes_on or one.urgent)]
    over = [
        one
        for one in troubles
        if one.course == course
        and _is_over(one, order, unlisted, sends=sends, goes_on=goes_on, untried=untried)
    ]
    if not (new or stale or over or calls):
        return order
    with shop.store.writing() as transaction:
        for request in _still_due(transaction, rules, new, now=shop.clock.now()):
            transaction.ask_for_sync(request)
        for request in stale:
            transaction.settle_sync(request)
        for trouble in over:
            went_well(transaction, trouble.concern, course, now=now)
        for call in calls:
            transaction.wake(call)
    return order


def _still_due(
    transaction: Transaction, rules: CourseRules, due: Sequence[SyncRequest], *, now: int
) -> Iterable[SyncRequest]:
    """Whoever fell asleep since they looked must not ask for what was done meanwhile."""
    sources = [request.source for request in due]
    return due_syncs(transaction, rules, sources, now=now) if due else ()


def _unlisted_at(transaction: Transaction, rules: CourseRules, troubles: Sequence[Trouble]) -> frozenset[str]:
    """The sources that do not list all that is bound now, where that is a trouble."""
    ours = [one for one in troubles if one.course == rules.course and one.over_at is None]
    if all(one.concern.kind is not TroubleKind.BINDINGS for one in ours):
        return frozenset()
    return frozenset(one.source for one in unlisted_activities(transaction, rules))


def _forget_unread(transaction: Transaction, orders: Sequence[SourceOrder | None], *, now: int) -> None:
    """A platform from which no course is read any more fails nobody; as long as one's sources cannot be told,
    it may be that one's."""
    read = {name for order in orders if order is not None for name in order.names}
    read |= {request.source for request in transaction.sync_requests()}
    for one in transaction.troubles():
        of_a_platform = one.course is None and one.concern.kind is TroubleKind.PLATFORM
        if of_a_platform and one.concern.name not in read and None not in orders:
            went_well(transaction, one.concern, None, now=now)


def _unreadable(shop: Workshop, course: str, reason: str, *, now: int) -> None:
    with shop.store.writing() as transaction:
        if not is_left_alone(transaction.troubles(), READING, course, now=now):
            failed(transaction, READING, course, reason, now=now, jitter=shop.jitter())


def _is_over(
    trouble: Trouble,
    order: SourceOrder,
    unlisted: Collection[str],
    *,
    sends: bool,
    goes_on: bool,
    untried: bool,
) -> bool:
    """What failed in reading what was just read, of a source that the course has no more, of grades, which it
    sends no more, or of cards, where nobody is left who may be one of them; what is missing of a source that
    it has no more, or is read by itself no more, or that lists all that is bound since the course file was
    corrected."""
    if trouble.over_at is not None:
        return False
    kind, name = trouble.concern.kind, trouble.concern.name
    if kind in MISSING:
        is_mended = kind is TroubleKind.BINDINGS and name not in unlisted
        return name not in order.names or not goes_on or is_mended
    if trouble.concern == SENDING:
        return not sends
    if trouble.concern == CARDS:
        return not untried
    return trouble.concern == READING or (kind is TroubleKind.PLATFORM and name not in order.names)


def _may_be_unmade(transaction: Transaction, troubles: Sequence[Trouble], course: str) -> bool:
    """Whether cards could not be made, and somebody is left who may be one of those."""
    trouble = trouble_of(troubles, CARDS, course)
    return trouble is not None and trouble.over_at is None and may_be_unmade(transaction, course)


def _is_to_tell(transaction: Transaction, tell: Tell, *, now: int) -> bool:
    """Whether there is news and somebody who may hear it, or whoever did not hear is to be tried again."""
    troubles = transaction.troubles()
    if is_left_alone(troubles, TELLING, "", now=now):
        hears = len(unheard_since(transaction, tell)) < tell.addresses
        return hears and _is_news(troubles)
    return trouble_of(troubles, TELLING, None) is not None or _is_news(troubles)


def _is_news(troubles: Sequence[Trouble]) -> bool:
    return any(one.told_at is None or one.over_at is not None for one in troubles)


def _is_to_retain(transaction: Transaction, *, now: int) -> bool:
    troubles = transaction.troubles()
    trouble = trouble_of(troubles, RETAINING, None)
    if trouble is not None and trouble.over_at is None:
        return not is_left_alone(troubles, RETAINING, "", now=now)
    return _was_long_ago(transaction.heartbeat(RETAINED), now=now)


def _calls(
    transaction: Transaction, rules: CourseRules, troubles: Sequence[Trouble], *, now: int
) -> Iterator[Call]:
    course = rules.course
    unmade, scored_at = transaction.unmade(course), transaction.heartbeat(scored(course))
    to_look = _is_to_look_again(transaction, troubles, course, unmade, scored_at=scored_at, now=now)
    to_try = _is_to_try_again(transaction, troubles, rules, unmade, now=now)
    if not is_left_alone(troubles, SCORING, course, now=now) and (
        to_look or to_try or is_anybody_due(transaction, rules, unmade=unmade, scored_at=scored_at, now=now)
    ):
        yield to_score(course)
    if not is_left_alone(troubles, SENDING, course, now=now) and _is_to_send(
        transaction, troubles, course, now=now
    ):
        yield to_send(course)


def _is_to_look_again(
    transaction: Transaction,
    troubles: Sequence[Trouble],
    course: str,
    unmade: Collection[str],
    *,
    scored_at: int | None,
    now: int,
) -> bool:
    """Whether doubts could not be looked for, which is done before scoring, or a verdict still waits for
    that, and the time has come."""
    trouble = trouble_of(troubles, LOOKING, course)
    if trouble is not None and trouble.over_at is None:
        return not is_left_alone(troubles, LOOKING, course, now=now)
    if is_just_scored(scored_at, now=now) or transaction.closing(course) is not None:
        return False
    if transaction.passback(course) is not Passback.VERDICT:
        return False
    return transaction.is_held_for(course, Hold.NOT_LOOKED_AT, but=unmade)


def _is_to_try_again(
    transaction: Transaction,
    troubles: Sequence[Trouble],
    rules: CourseRules,
    unmade: Collection[str],
    *,
    now: int,
) -> bool:
    """Whether cards could not be made, and the time has come; in a closed course none is."""
    if not unmade or is_left_alone(troubles, CARDS, rules.course, now=now):
        return False
    return transaction.closing(rules.course) is None


def _is_to_send(transaction: Transaction, troubles: Sequence[Trouble], course: str, *, now: int) -> bool:
    """Whether a grade waits for somebody whom a platform knows, what failed is to be tried again, or the
    gradebook was not read for a day: while a grade waits for its time, it is read then."""
    if transaction.passback(course) is None:
        return False
    trouble = trouble_of(troubles, SENDING, course)
    if trouble is not None and trouble.over_at is None:
        return True
    waiting = [one.person for one in transaction.outgoing_due(at=now) if one.course == course]
    if _was_long_ago(transaction.heartbeat(compared(course)), now=now):
        grades = transaction.outgoing(course)
        free = {one.person for one in grades if one.state is SendState.WAITING and not one.is_held}
        if free.issubset(waiting):
            return bool(grades)
    places = subjects_there(transaction, course, waiting) if waiting else {}
    return any(subjects for subjects in places.values())


def _was_long_ago(last: int | None, *, now: int) -> bool:
    """A time ahead is of a clock that was wrong."""
    return last is None or not 0 <= now - last < _DAILY
