"""Publishing: what a course's cards say goes into its platform's gradebook, one learner after another.

The rows of the outbox are written with the cards; here they are sent. One learner who is refused stops
nobody else, and a grade that a teacher wrote over ours is shown and left alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms_scoring.domain.registration import Registration, Standing, person_of_subject
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

    @property
    def needs_somebody(self) -> bool:
        """Whether a person must look: a learner was refused, or a platform could not be reached."""
        return self.refused > 0 or bool(self.reasons)


def publish(
    course: str,
    store: Store,
    gradebooks: Gradebooks,
    *,
    clock: Clock,
    jitter: Jitter,
    label: str,
    only: str | None = None,
) -> Published:
    """Sends what waits and may be tried now; `label` is what our column is called, `only` one person.

    Failures of a platform stay with the rows they concern and are tried again; they are never raised.
    """
    with store.reading() as transaction:
        due = [one for one in transaction.outgoing_due(at=clock.now()) if one.course == course]
        due = [one for one in due if only in (None, one.person)]
        if not due or transaction.passback(course) is None:
            return Published()
        persons = [one.person for one in transaction.outgoing(course)]
        subjects = subjects_there(transaction, course, persons)
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


def subjects_there(
    transaction: Transaction, course: str, persons: Sequence[str]
) -> Mapping[PlatformCourse, Mapping[str, str]]:
    """Every gradebook that grades of a course can go to, and who of these persons the platform knows as
    whom."""
    places = [place for place in transaction.platform_courses(course) if _is_open(transaction, place)]
    return {place: _subjects(transaction, place, persons) for place in places}


def _is_open(transaction: Transaction, place: PlatformCourse) -> bool:
    """Whether the platform let us at a gradebook, and nobody here has revoked it since."""
    registration = transaction.registration(place.registration)
    deployment = registration.deployments.get(place.deployment)
    granted = place.line_items is not None or place.own_line_item is not None
    return granted and registration.standing == deployment == Standing.ACTIVE


def _subjects(transaction: Transaction, place: PlatformCourse, persons: Sequence[str]) -> dict[str, str]:
    """Person to the platform's id of them. A Moodle's own people are known by it, launched or not."""
    registration = transaction.registration(place.registration)
    known = transaction.subjects_of(place.registration, persons)
    prefix = person_of_subject(registration, "")
    named = {one: one.removeprefix(prefix) for one in persons if one.startswith(prefix)}
    own = {one: subject for one, subject in named.items() if _can_be(subject, registration)}
    return {**own, **known}


def _can_be(subject: str, registration: Registration) -> bool:
    """A Moodle's users are numbers; what else begins like one of them is of another platform."""
    return subject.isdecimal() if registration.platform is not None else bool(subject)
