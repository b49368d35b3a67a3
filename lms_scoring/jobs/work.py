"""What each job does: a service, and what is noted of how it went."""

from __future__ import annotations

import logging
from dataclasses import replace

from lms_scoring.domain.errors import CannotBeTold
from lms_scoring.domain.instants import DAY, iso
from lms_scoring.ports import Concern, ProblemKind, Transaction
from lms_scoring.services.collecting.collect import Collected
from lms_scoring.services.following_up.follow_up import follow_up
from lms_scoring.services.following_up.heartbeats import RETAINED, compared
from lms_scoring.services.following_up.troubles import (
    RETAINING,
    SENDING,
    TELLING,
    failed,
    leave_alone,
    reason_of,
    went_well,
)
from lms_scoring.services.gradebook.publish import column_of, publish
from lms_scoring.services.unattended import retention
from lms_scoring.services.unattended import sweep as sweeping
from lms_scoring.services.unattended.calls import to_send
from lms_scoring.services.unattended.pulling import pull_next
from lms_scoring.services.unattended.telling import tell_missed, tell_news
from lms_scoring.services.unattended.workshop import Workshop

_log = logging.getLogger(__name__)


def sweep(shop: Workshop) -> None:
    """Looks around for what is to be done."""
    sweeping.sweep(shop)


def pull(shop: Workshop, source: str) -> None:
    """Reads a source for the next course that wants it."""
    collected = pull_next(shop, source)
    if collected is None:
        return
    kept, calls = collected.kept, "" if collected.calls is None else f", {collected.calls} requests"
    _log.log(
        logging.WARNING if collected.lost_something else logging.INFO,
        "source %s, run %d: %s; %d new, %d changed, %d as before, %d gone, %d refused%s%s",
        *(source, collected.run, collected.state),
        *(kept.new, kept.changed, kept.same, kept.gone, kept.refused, calls),
        _what_was_lost(collected),
        extra={"run": collected.run},
    )


def score(shop: Workshop, course: str) -> None:
    """Scores whoever's evidence changed, or whose card's time has come.

    Who cannot be is a trouble of its own; everybody else's grades go out.
    """
    done = follow_up(shop.courses[course], shop.store, clock=shop.clock, jitter=shop.jitter())
    with shop.store.writing() as transaction:
        if transaction.passback(course) is not None:
            transaction.wake(to_send(course))
    assessed = done.assessed
    _log.info(
        "course %s: scored %d, %d cards changed, %d people's cannot be made, %d cases opened",
        *(course, assessed.scored, assessed.changed, len(assessed.unmade), done.looked.opened),
    )


def send(shop: Workshop, course: str) -> None:
    """Sends the grades that wait, and looks what stands in the gradebook."""
    began = shop.clock.now()
    try:
        rules = shop.courses[course]
        with shop.store.reading() as transaction:
            title = transaction.course(course).title
        published = publish(
            course,
            shop.store,
            shop.gradebooks,
            clock=shop.clock,
            jitter=shop.jitter,
            label=column_of(title),
            reading=rules.window_reading,
        )
    except Exception as error:
        _failed(shop, SENDING, course, reason_of(error))
        raise
    if published.elsewhere:
        return  # whoever sends says how it went, and if they die the next look around calls again
    with shop.store.writing() as transaction:
        if published.reasons:
            _note(transaction, shop, SENDING, course, published.reasons[0])
        elif published.waits_until is not None:  # a platform was not asked, so it is not known to be well
            leave_alone(transaction, SENDING, course, until=published.waits_until, now=shop.clock.now())
        else:
            transaction.keep_heartbeat(compared(course), at=began)
            went_well(transaction, SENDING, course, now=shop.clock.now())
    _log.info(
        "course %s: grades: %d sent, %d wait, %d refused, %d kept back",
        *(course, published.sent, published.waiting, published.refused, published.overridden),
    )


def tell(shop: Workshop) -> None:
    """Tells what fails, and what is over. Who could not be told is told to nobody, but it is seen."""
    try:
        tell_news(shop)
        all_hear = tell_missed(shop)
    except CannotBeTold as error:
        with shop.store.writing() as transaction:
            trouble = failed(
                transaction, TELLING, None, str(error), now=shop.clock.now(), jitter=shop.jitter()
            )
            transaction.keep_trouble(replace(trouble, told_at=trouble.since))
        raise
    if all_hear:
        with shop.store.writing() as transaction:
            transaction.forget_trouble(TELLING, None)


def retain(shop: Workshop) -> None:
    """Removes what is too old. That it was tried is noted first: what kills whoever does it is not tried
    again all day, and what fails is a trouble. Nothing goes by a clock that jumped."""
    now = shop.clock.now()
    with shop.store.writing() as transaction:
        last = transaction.heartbeat(RETAINED)
        transaction.keep_heartbeat(RETAINED, at=now)
        is_steady = retention.is_clock_steady(last, now=now)
        if not is_steady:
            leave_alone(transaction, RETAINING, None, until=now + DAY, now=now)
    if not is_steady:
        _log.warning(
            "retention: nothing was removed: it was looked at last %s, and by this machine's clock it is %s; "
            "where that is right, what is too old goes tomorrow",
            *("never" if last is None else f"at {iso(last)}", iso(now)),
        )
        return
    try:
        removed = retention.retain(shop.store, shop.ages, now=now)
    except Exception as error:
        _failed(shop, RETAINING, None, reason_of(error))
        raise
    with shop.store.writing() as transaction:
        went_well(transaction, RETAINING, None, now=shop.clock.now())
    for one in removed:
        _log.info("retention: %d rows of %s", one.rows, one.table)


def _what_was_lost(collected: Collected) -> str:
    """Why it failed, or that somebody must look though it went through."""
    if collected.reason is not None:
        return f"; {collected.reason}"
    lost = collected.problems.get(ProblemKind.LOST, 0)
    return "" if lost == 0 else f"; lost: {lost}; the sync page of the course says what"


def _failed(shop: Workshop, what: Concern, course: str | None, reason: str) -> None:
    with shop.store.writing() as transaction:
        _note(transaction, shop, what, course, reason)


def _note(transaction: Transaction, shop: Workshop, what: Concern, course: str | None, reason: str) -> None:
    failed(transaction, what, course, reason, now=shop.clock.now(), jitter=shop.jitter())
