"""What fails: how long it is left alone before it is tried again, and what somebody should be told of it.

A platform that cannot be reached fails as a whole; one that refuses something fails for one course. Our own
work has a name with a star before it, which no platform has; so has what is missing where syncs go well,
because it is no reason to leave a platform alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from lms_scoring.domain.instants import HOUR, MINUTE
from lms_scoring.ports import Schedules, SyncRequest, Trouble

FIRST_PAUSE = 5 * MINUTE
"""Before the second try; doubled each time."""
LONGEST_PAUSE = 6 * HOUR
_LONGEST_WAIT = 24 * HOUR
"""However long a platform asks us to wait."""

SCORING, LOOKING, SENDING, READING, TELLING = "*scoring", "*doubts", "*sending", "*settings", "*notices"
"""Our own work: scoring a course, looking for doubtful texts, sending its grades, reading what it is set up
by, telling what fails."""
OWN_WORK = (SCORING, LOOKING, SENDING, READING, TELLING)

_LOSSES, _BINDINGS = "*losses of ", "*bindings of "


def losses_of(source: str) -> str:
    """What it is called that syncs of a source go well and lose something."""
    return f"{_LOSSES}{source}"


def bindings_of(source: str) -> str:
    """What it is called that activities are bound that a source does not have."""
    return f"{_BINDINGS}{source}"


def missing_at(platform: str) -> str | None:
    """The source of which something is missing though syncs go well; None: another trouble is called so."""
    loses = losing_source(platform)
    return strange_source(platform) if loses is None else loses


def losing_source(platform: str) -> str | None:
    """The source that loses something; None: another trouble is called so."""
    return platform.removeprefix(_LOSSES) if platform.startswith(_LOSSES) else None


def strange_source(platform: str) -> str | None:
    """The source that does not have what is bound; None: another trouble is called so."""
    return platform.removeprefix(_BINDINGS) if platform.startswith(_BINDINGS) else None


def failed(
    transaction: Schedules,
    platform: str,
    course: str | None,
    reason: str,
    *,
    now: int,
    jitter: float,
    not_before: int | None = None,
) -> Trouble:
    """Once more; `jitter` is in [0, 1), `not_before` until when the platform wants to be left alone."""
    former = trouble_of(transaction.troubles(), platform, course)
    goes_on = former is not None and former.over_at is None
    failures = former.failures + 1 if former is not None and goes_on else 1
    pause = min(FIRST_PAUSE * 2 ** min(failures - 1, 20), LONGEST_PAUSE) * (0.5 + jitter / 2)
    trouble = Trouble(
        platform=platform,
        course=course,
        since=former.since if former is not None and goes_on else now,
        failures=failures,
        try_at=max(now + int(pause), min(now if not_before is None else not_before, now + _LONGEST_WAIT)),
        reason=reason,
        told_at=None if former is None else former.told_at,
    )
    transaction.keep_trouble(trouble)
    return trouble


def went_well(transaction: Schedules, platform: str, course: str | None, *, now: int) -> None:
    """It is over: who was told that it fails is told that as well, and nobody else is."""
    trouble = trouble_of(transaction.troubles(), platform, course)
    if trouble is None or trouble.over_at is not None:
        return
    if trouble.told_at is None:
        transaction.forget_trouble(platform, course)
    else:
        transaction.keep_trouble(replace(trouble, over_at=now))


def try_again(transaction: Schedules, platform: str | None, *, now: int) -> Sequence[Trouble]:
    """Whatever fails, or all that fails of one platform, may be tried at once; what that is. What is missing
    is found by reading all."""
    found = [
        one
        for one in transaction.troubles()
        if one.over_at is None
        and platform in (None, one.platform.removeprefix("*"), missing_at(one.platform))
    ]
    for trouble in found:
        transaction.keep_trouble(replace(trouble, try_at=now))
        missing = missing_at(trouble.platform)
        source = trouble.platform if missing is None else missing
        if trouble.course is not None and not source.startswith("*"):
            full = missing is not None
            transaction.ask_for_sync(
                SyncRequest(course=trouble.course, source=source, asked_at=now, urgent=True, full=full)
            )
    as_a_whole = {one.platform for one in found if one.course is None}
    for request in transaction.sync_requests():
        if request.source in as_a_whole and not request.urgent:
            transaction.ask_for_sync(replace(request, urgent=True))
    return found


def trouble_of(troubles: Iterable[Trouble], platform: str, course: str | None) -> Trouble | None:
    """That of the platform as a whole (None), or of it in one course."""
    return next((one for one in troubles if (one.platform, one.course) == (platform, course)), None)


def is_put_off(request: SyncRequest, troubles: Iterable[Trouble], *, now: int) -> bool:
    """Whether it waits for what failed, for which somebody who wants it at once does not."""
    return not request.urgent and is_left_alone(troubles, request.source, request.course, now=now)


def is_left_alone(troubles: Iterable[Trouble], platform: str, course: str, *, now: int) -> bool:
    """Whether it failed, as a whole or in that course, and its time to be tried again has not come.

    A time too far ahead is of a clock that was wrong.
    """
    return any(
        one.platform == platform
        and one.course in (None, course)
        and one.over_at is None
        and now < one.try_at <= now + _LONGEST_WAIT
        for one in troubles
    )
