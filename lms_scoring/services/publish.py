"""Publishing: what a course's cards say goes into its platform's gradebook, one learner after another.

The rows of the outbox are written with the cards; here they are sent. One learner who is refused stops
nobody else, and a grade that a teacher wrote over ours is shown and left alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lms_scoring.domain.registration import Standing
from lms_scoring.ports import (
    Clock,
    PlatformCourse,
    SendState,
    Store,
    Transaction,
)
from lms_scoring.services.sending import Gradebooks, Jitter, Sender


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """How a sending went, in learners. `unknown`: the platform never named them to us, so nothing can be
    sent for them. `reasons`: why a whole course of the platform could not be reached."""

    sent: int = 0
    waiting: int = 0
    overridden: int = 0
    refused: int = 0
    unknown: int = 0
    reasons: tuple[str, ...] = ()


def publish(
    course: str, store: Store, gradebooks: Gradebooks, *, clock: Clock, jitter: Jitter, label: str
) -> Published:
    """Sends what waits and may be tried now; `label` is what our column is called.

    Failures of a platform stay with the rows they concern and are tried again; they are never raised.
    """
    with store.reading() as transaction:
        due = [one for one in transaction.outgoing_due(at=clock.now()) if one.course == course]
        if not due or transaction.passback(course) is None:
            return Published()
        persons = [one.person for one in transaction.outgoing(course)]
        places = [place for place in transaction.platform_courses(course) if _is_open(transaction, place)]
        subjects = {place: _subjects(transaction, place, persons) for place in places}
    states: list[SendState] = []
    reasons: list[str] = []
    for place, ours in subjects.items():
        here = [one for one in due if one.person in ours]
        due = [one for one in due if one.person not in ours]
        if here:
            sender = Sender(place, ours, store, clock, jitter)
            states += sender.send_all(here, gradebooks, label=label)
            reasons += sender.reasons
    return Published(
        sent=states.count(SendState.SENT),
        waiting=states.count(SendState.WAITING),
        overridden=states.count(SendState.OVERRIDDEN),
        refused=states.count(SendState.REFUSED),
        unknown=len(due),
        reasons=tuple(reasons),
    )


def _is_open(transaction: Transaction, place: PlatformCourse) -> bool:
    """Whether the platform let us at a gradebook, and nobody here has revoked it since."""
    registration = transaction.registration(place.registration)
    deployment = registration.deployments.get(place.deployment)
    return place.line_items is not None and registration.standing == deployment == Standing.ACTIVE


def _subjects(transaction: Transaction, place: PlatformCourse, persons: Sequence[str]) -> dict[str, str]:
    """Person to the platform's id of them. A Moodle's own people are known by it, launched or not."""
    platform = transaction.registration(place.registration).platform
    numbers = {person: person.removeprefix(f"{platform}-") for person in persons if platform is not None}
    own = {person: number for person, number in numbers.items() if number != person and number.isdecimal()}
    return {**own, **transaction.subjects_of(place.registration, persons)}
