"""What fails: how long it is left alone before it is tried again, and what somebody should be told of it.

A platform that cannot be reached fails as a whole; one that refuses something fails for one course. What is
missing where syncs go well is no reason to leave a platform alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from lms_scoring.domain.errors import LmsScoringError
from lms_scoring.domain.instants import HOUR, MINUTE
from lms_scoring.ports import Concern, Schedules, SyncRequest, Transaction, Trouble, TroubleKind
from lms_scoring.services.gradebook.send_again import put_off_no_more

FIRST_PAUSE = 5 * MINUTE
"""Before the second try; doubled each time."""
LONGEST_PAUSE = 6 * HOUR
_LONGEST_WAIT = 24 * HOUR
"""However long a platform asks us to wait."""

SCORING = Concern(TroubleKind.WORK, "scoring")
CARDS = Concern(TroubleKind.WORK, "cards")
"""Making the cards of some people, of whom it fails."""
LOOKING = Concern(TroubleKind.WORK, "doubts")
"""Looking for doubtful texts."""
SENDING = Concern(TroubleKind.WORK, "sending")
"""Sending a course's grades."""
READING = Concern(TroubleKind.WORK, "settings")
"""Reading what a course is set up by."""
TELLING = Concern(TroubleKind.WORK, "notices")
"""Telling what fails."""
RETAINING = Concern(TroubleKind.WORK, "retention")
"""Removing what is too old."""
OWN_WORK = (SCORING, CARDS, LOOKING, SENDING, READING, TELLING, RETAINING)

MISSING = frozenset({TroubleKind.LOSSES, TroubleKind.BINDINGS})
"""What may be missing where syncs go well."""


def platform_itself(name: str) -> Concern:
    """The platform that a source is read from."""
    return Concern(TroubleKind.PLATFORM, name)


def losses_of(source: str) -> Concern:
    """That syncs of a source go well and lose something."""
    return Concern(TroubleKind.LOSSES, source)


def bindings_of(source: str) -> Concern:
    """That activities are bound that a source does not have."""
    return Concern(TroubleKind.BINDINGS, source)


def said_of(concern: Concern) -> str:
    """What it is called where what fails is listed."""
    return f"{concern.kind} of {concern.name}" if concern.kind in MISSING else concern.name


def failed(
    transaction: Schedules,
    concern: Concern,
    course: str | None,
    reason: str,
    *,
    now: int,
    jitter: float,
    not_before: int | None = None,
) -> Trouble:
    """Once more; `jitter` is in [0, 1), `not_before` until when the platform wants to be left alone."""
    former = trouble_of(transaction.troubles(), concern, course)
    goes_on = former is not None and former.over_at is None
    failures = former.failures + 1 if former is not None and goes_on else 1
    pause = min(FIRST_PAUSE * 2 ** min(failures - 1, 20), LONGEST_PAUSE) * (0.5 + jitter / 2)
    trouble = Trouble(
        concern=concern,
        course=course,
        since=former.since if former is not None and goes_on else now,
        failures=failures,
        try_at=max(now + int(pause), min(now if not_before is None else not_before, now + _LONGEST_WAIT)),
        reason=reason,
        told_at=None if former is None else former.told_at,
    )
    transaction.keep_trouble(trouble)
    return trouble


def went_well(transaction: Schedules, concern: Concern, course: str | None, *, now: int) -> None:
    """It is over: who was told that it fails is told that as well, and nobody else is."""
    trouble = trouble_of(transaction.troubles(), concern, course)
    if trouble is None or trouble.over_at is not None:
        return
    if trouble.told_at is None:
        transaction.forget_trouble(concern, course)
    else:
        transaction.keep_trouble(replace(trouble, over_at=now))


def leave_alone(
    transaction: Schedules, concern: Concern, course: str | None, *, until: int, now: int
) -> None:
    """What fails cannot be tried before then, so nobody need look."""
    trouble = trouble_of(transaction.troubles(), concern, course)
    if trouble is not None and trouble.over_at is None:
        later = max(trouble.try_at, min(until, now + _LONGEST_WAIT))
        transaction.keep_trouble(replace(trouble, try_at=later))


def note_success(
    transaction: Schedules, course: str, source: str, asked: Iterable[SyncRequest], *, now: int
) -> None:
    """What was asked for is done, and neither the platform nor the course there is a trouble."""
    for of in (None, course):
        went_well(transaction, platform_itself(source), of, now=now)
    for request in asked:
        transaction.settle_sync(request)


def try_again(transaction: Transaction, name: str | None, *, now: int) -> Sequence[Trouble]:
    """Whatever fails, or all that fails of what is called so, may be tried at once; what that is. What is
    missing is found by reading all."""
    found = [
        one
        for one in transaction.troubles()
        if one.over_at is None and name in (None, one.concern.name, said_of(one.concern))
    ]
    for trouble in found:
        transaction.keep_trouble(replace(trouble, try_at=now))
        concern = trouble.concern
        if trouble.course is not None and concern == SENDING:
            put_off_no_more(transaction, trouble.course)
        if trouble.course is not None and concern.kind is not TroubleKind.WORK:
            full = concern.kind in MISSING
            transaction.ask_for_sync(
                SyncRequest(course=trouble.course, source=concern.name, asked_at=now, urgent=True, full=full)
            )
    as_a_whole = {one.concern for one in found if one.course is None}
    for request in transaction.sync_requests():
        if platform_itself(request.source) in as_a_whole and not request.urgent:
            transaction.ask_for_sync(replace(request, urgent=True))
    return found


def reason_of(error: Exception) -> str:
    """What may be told: our own sentences say what to do, and others may hold anything."""
    if isinstance(error, LmsScoringError):
        return str(error)
    return f"a fault of this program ({type(error).__name__}); its log says where"


def trouble_of(troubles: Iterable[Trouble], concern: Concern, course: str | None) -> Trouble | None:
    """That of the concern as a whole (None), or of it in one course."""
    return next((one for one in troubles if (one.concern, one.course) == (concern, course)), None)


def is_put_off(request: SyncRequest, troubles: Iterable[Trouble], *, now: int) -> bool:
    """Whether it waits for what failed, for which somebody who wants it at once does not."""
    return not request.urgent and is_left_alone(
        troubles, platform_itself(request.source), request.course, now=now
    )


def is_left_alone(troubles: Iterable[Trouble], concern: Concern, course: str, *, now: int) -> bool:
    """Whether it failed, as a whole or in that course, and its time to be tried again has not come.

    A time too far ahead is of a clock that was wrong.
    """
    return any(
        one.concern == concern
        and one.course in (None, course)
        and one.over_at is None
        and now < one.try_at <= now + _LONGEST_WAIT
        for one in troubles
    )
