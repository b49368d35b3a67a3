"""Publishing: what a course's cards say goes into its platform's gradebook, one learner after another.

The rows of the outbox are written with the cards; here they are sent. One learner who is refused stops
nobody else, and a grade that a teacher wrote over ours is shown and left alone. A learner has one grade in
one gradebook: where a course stands on several platforms, or twice on one, it stays where it was put first.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.registration import Approval, subject_of_person
from lms_scoring.ports import (
    Clock,
    OutgoingGrade,
    PlatformCourse,
    SendState,
    Store,
    Transaction,
)
from lms_scoring.services.gradebook.holds import let_back, refused_and_back
from lms_scoring.services.gradebook.sending import Gradebooks, Jitter, Sender
from lms_scoring.services.gradebook.turn import Turn, turn_of
from lms_scoring.services.window_read import WindowReading


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """How a sending went, in learners. `unknown`: the platform never named them to us, so nothing can be
    sent for them. `overridden` are those newly found. `reasons`: why a whole course of the platform could
    not be reached; `notices`: what else an administrator should know. `reached`: the gradebook could be, of
    each platform where anything is to be sent or looked at. `waits_until`: one of them was not asked, since
    what waits there is put off until then (ms). `elsewhere`: another process has the turn, and nothing was
    done here."""

    sent: int = 0
    waiting: int = 0
    overridden: int = 0
    refused: int = 0
    unknown: int = 0
    reasons: tuple[str, ...] = ()
    notices: tuple[str, ...] = ()
    reached: bool = field(default=False, compare=False)
    waits_until: int | None = field(default=None, compare=False)
    elsewhere: bool = False

    @property
    def needs_somebody(self) -> bool:
        """Whether a person must look: a learner was refused, or a platform could not be reached."""
        return self.refused > 0 or bool(self.reasons)


_COLUMN = "研修成绩"
"""What our column is called, behind the course's title."""


def column_of(title: str) -> str:
    """What our column of a course is called."""
    return f"{title} {_COLUMN}"


def publish(
    course: str,
    store: Store,
    gradebooks: Gradebooks,
    *,
    clock: Clock,
    jitter: Jitter,
    label: str,
    only: str | None = None,
    reading: WindowReading,
) -> Published:
    """Sends what waits and may be tried now, and looks whether what was sent still stands there.

    `label` is what our column is called, `only` one person, to whom alone something is sent, and `reading`
    tells whether all of the window was read, for whoever is back since they were refused.

    Failures of a platform stay with the rows they concern and are tried again; they are never raised.
    """
    with store.reading() as transaction:
        if transaction.passback(course) is None or not transaction.outgoing(course):
            return Published()
    with turn_of(course, store, clock) as turn:
        if turn is None:
            return Published(notices=(_ANOTHER,), elsewhere=True)
        return _Round(course, store, clock, jitter, turn, reading).sent(gradebooks, label=label, only=only)


class _Round:
    """One sending of a course's grades, platform by platform."""

    def __init__(
        self,
        course: str,
        store: Store,
        clock: Clock,
        jitter: Jitter,
        turn: Turn,
        reading: WindowReading,
    ) -> None:
        self._course = course
        self._store = store
        self._clock = clock
        self._jitter = jitter
        self._turn = turn
        self._reading = reading
        self._states: dict[str, SendState] = {}
        self._reasons: list[str] = []
        self._notices: list[str] = []
        self._reached = False
        self._waits: list[int] = []

    def sent(self, gradebooks: Gradebooks, *, label: str, only: str | None) -> Published:
        course = self._course
        active, left = self._learning_now()
        with self._store.reading() as transaction:
            grades = transaction.outgoing(course)
            due = [one for one in transaction.outgoing_due(at=self._clock.now()) if one.course == course]
            subjects = subjects_there(transaction, course, [one.person for one in grades])
        waiting = {one.person for one in due if only in (None, one.person)}
        homes = {one.person: list(_homes(one, subjects)) for one in grades}
        known = {person for person, places in homes.items() if places}
        moving = {person: homes[person] for person in known}
        while moving:
            for place, persons in _by_first(moving).items():
                ours = {person: subjects[place][person] for person in persons}
                sender = Sender(place, course, ours, self._store, self._clock, self._jitter, self._turn)
                self._states |= sender.send_all(
                    waiting & known, gradebooks, label=label, active=active, left=left, only=only
                )
                self._reasons += sender.reasons
                self._notices += sender.notices
                self._reached |= sender.reached
                self._waits += [] if sender.waits_until is None else [sender.waits_until]
            moving = self._refused_so_far(moving)
            waiting |= moving.keys()
        states = [*self._states.values()]
        return Published(
            sent=states.count(SendState.SENT),
            waiting=states.count(SendState.WAITING),
            overridden=states.count(SendState.OVERRIDDEN),
            refused=states.count(SendState.REFUSED),
            unknown=len(waiting - known),
            reasons=tuple(self._reasons),
            notices=tuple(self._notices),
            reached=self._reached and not self._waits and not self._reasons,
            waits_until=min(self._waits, default=None),
        )

    def _learning_now(self) -> tuple[frozenset[str], frozenset[str]]:
        """Who learns, and who has left; what was refused to whom of them is back waits again."""
        with self._store.reading() as transaction:
            active, left = _learning(transaction, self._course)
            back = refused_and_back(transaction.outgoing(self._course), active)
        if back:
            with self._store.writing() as transaction:
                let_back(transaction, self._course, back, now=self._clock.now(), reading=self._reading)
        return active, left

    def _refused_so_far(
        self, places: Mapping[str, Sequence[PlatformCourse]]
    ) -> dict[str, list[PlatformCourse]]:
        """Who was refused at the first place and has another: a learner of one of two courses, say."""
        return {
            person: rest
            for person, (_, *rest) in places.items()
            if rest and self._states.get(person) is SendState.REFUSED
        }


_ANOTHER = (
    "another process is sending this course's grades at this moment; what still waits goes out next time"
)


def _homes(
    grade: OutgoingGrade, subjects: Mapping[PlatformCourse, Mapping[str, str]]
) -> Iterator[PlatformCourse]:
    """Where the grade may go: into the column that it stands in, else to the course launched last."""
    found = [place for place, known in subjects.items() if grade.person in known]
    stands = [place for place in found if place.line_item is not None and place.line_item == grade.line_item]
    yield from stands
    for place in sorted(found, key=lambda one: (-one.seen_at, one.registration, one.context)):
        if place not in stands:
            yield place


def _by_first(
    places: Mapping[str, Sequence[PlatformCourse]],
) -> dict[PlatformCourse, list[str]]:
    found: dict[PlatformCourse, list[str]] = {}
    for person, (first, *_) in places.items():
        found.setdefault(first, []).append(person)
    return found


def _learning(transaction: Transaction, course: str) -> tuple[frozenset[str], frozenset[str]]:
    """Who learns, and who learnt and has left. Now, also in a closed programme: platforms remove grades with
    the enrolment then too."""
    places = [one for one in transaction.memberships(course, today=True) if one.role is Role.LEARNER]
    active = frozenset(one.person for one in places if one.is_active)
    return active, frozenset(one.person for one in places) - active


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
    return granted and registration.standing == deployment == Approval.ACTIVE


def _subjects(transaction: Transaction, place: PlatformCourse, persons: Sequence[str]) -> dict[str, str]:
    """Person to the platform's id of them. Its own people are known by theirs, launched or not."""
    registration = transaction.registration(place.registration)
    known = transaction.subjects_of(place.registration, persons)
    named = ((one, subject_of_person(registration, one)) for one in persons)
    return {one: subject for one, subject in named if subject is not None} | dict(known)
