"""Publishing: what a course's cards say goes into its platform's gradebook, one learner after another.

The rows of the outbox are written with the cards; here they are sent. One learner who is refused stops
nobody else, and a grade that a teacher wrote over ours is shown and left alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from lms_scoring.domain.errors import PlatformError
from lms_scoring.domain.gradebook import MAXIMUM, Grade, Receipt, Reception, Result
from lms_scoring.domain.instants import SECOND
from lms_scoring.ports import Clock, Gradebook, OutgoingGrade, PlatformCourse, SendState, Store

FIRST_PAUSE = 60
"""Seconds before a grade is tried again; doubled each time."""
LONGEST_PAUSE = 6 * 60 * 60

Gradebooks = Callable[[PlatformCourse], Gradebook]
"""Opens the gradebook of a platform's course."""
Jitter = Callable[[], float]
"""A number in [0, 1), so that many learners are not all tried again in the same second."""


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
        left = [one for one in transaction.outgoing_due(at=clock.now()) if one.course == course]
        places = [place for place in transaction.platform_courses(course) if place.line_items]
        subjects = {
            place: transaction.subjects_of(place.registration, [one.person for one in left])
            for place in places
        }
    states: list[SendState] = []
    reasons: list[str] = []
    for place, ours in subjects.items():
        here = [one for one in left if one.person in ours]
        left = [one for one in left if one.person not in ours]
        sender = _Sender(place, ours, store, clock, jitter)
        try:
            states += sender.send_all(here, gradebooks(place), label=label)
        except PlatformError as error:
            reasons.append(str(error))
            states += sender.put_off(here, str(error))
    return Published(
        sent=states.count(SendState.SENT),
        waiting=states.count(SendState.WAITING),
        overridden=states.count(SendState.OVERRIDDEN),
        refused=states.count(SendState.REFUSED),
        unknown=len(left),
        reasons=tuple(reasons),
    )


class _Sender:
    """Sends the grades of one course of one platform."""

    def __init__(
        self,
        place: PlatformCourse,
        subjects: Mapping[str, str],
        store: Store,
        clock: Clock,
        jitter: Jitter,
    ) -> None:
        self._place = place
        self._subjects = subjects
        self._store = store
        self._clock = clock
        self._jitter = jitter

    def send_all(
        self, grades: Sequence[OutgoingGrade], gradebook: Gradebook, *, label: str
    ) -> list[SendState]:
        """Raises PlatformError where the column cannot be had."""
        if not grades:
            return []
        column = gradebook.line_item(label=label).url
        moved = column != self._place.line_item
        if moved:
            with self._store.writing() as transaction:
                transaction.keep_platform_course(replace(self._place, line_item=column))
        return [self._send(replace(one, **_NEW_COLUMN) if moved else one, gradebook, column) for one in grades]

    def put_off(self, grades: Sequence[OutgoingGrade], reason: str) -> list[SendState]:
        """All of them wait, because the platform could not be reached."""
        return [self._kept(one, self._later(one, reason, wait=None)) for one in grades]

    def _send(self, grade: OutgoingGrade, gradebook: Gradebook, column: str) -> SendState:
        subject = self._subjects[grade.person]
        if grade.at > self._clock.now() // SECOND:
            # A platform would keep a time of the future, and refuse every true one until it has come.
            return self._kept(grade, replace(grade, try_at=(grade.at + 1) * SECOND))
        tried = replace(grade, tried=grade.given)
        try:
            there = gradebook.result(column, subject)
            if _is_there(there, grade):
                return self._kept(grade, self._sent(grade))
            if _is_overridden(there, grade):
                return self._kept(grade, replace(grade, state=SendState.OVERRIDDEN, reason=_shown(there)))
            self._kept(grade, tried)  # before it goes: its answer may never come
            receipt = gradebook.send(
                column, Grade(subject=subject, given=grade.given, at=grade.at, comment=grade.comment)
            )
        except PlatformError as error:
            return self._kept(grade, self._later(tried, str(error), wait=None))
        return self._kept(grade, self._after(tried, receipt))

    def _after(self, grade: OutgoingGrade, receipt: Receipt) -> OutgoingGrade:
        match receipt.reception:
            case Reception.ACCEPTED:
                return self._sent(grade)
            case Reception.NEWER_THERE:
                # Either an earlier sending of ours did arrive, or a teacher was quicker: the next reading
                # tells which. A later time is needed in any case.
                later = replace(grade, at=max(grade.at + 1, self._clock.now() // SECOND))
                return self._later(later, receipt.reason, wait=2)
            case Reception.REFUSED:
                return replace(grade, state=SendState.REFUSED, reason=receipt.reason, forced=False)
            case Reception.LATER:
                return self._later(grade, receipt.reason, wait=receipt.wait)

    def _sent(self, grade: OutgoingGrade) -> OutgoingGrade:
        return replace(
            grade,
            state=SendState.SENT,
            tried=grade.given,
            sent=grade.given,
            sent_at=self._clock.now(),
            reason=None,
            tries=0,
            forced=False,
        )

    def _later(self, grade: OutgoingGrade, reason: str, *, wait: int | None) -> OutgoingGrade:
        pause = min(FIRST_PAUSE * 2**grade.tries, LONGEST_PAUSE) * (0.5 + self._jitter() / 2)
        seconds = int(pause) if wait is None else wait
        return replace(
            grade,
            state=SendState.WAITING,
            reason=reason,
            tries=grade.tries + 1,
            try_at=self._clock.now() + seconds * SECOND,
        )

    def _kept(self, before: OutgoingGrade, after: OutgoingGrade) -> SendState:
        """Keeps how far it got, unless a new score has taken its place meanwhile: that one still waits."""
        with self._store.writing() as transaction:
            kept = transaction.keep_sending(after, while_at=before.at)
        return after.state if kept else SendState.WAITING


_NEW_COLUMN: dict[str, None] = {"tried": None, "sent": None}
"""What we know of the old column says nothing about a new one."""


def _of_maximum(there: Result) -> Fraction | None:
    """What stands there, of our maximum: a teacher may have given the column another."""
    if there.score is None or not there.maximum:
        return there.score
    return there.score * MAXIMUM / there.maximum


def _is_there(there: Result, grade: OutgoingGrade) -> bool:
    """An earlier sending arrived, though its answer did not."""
    ours = _of_maximum(there) == grade.given and grade.tried == grade.given
    return ours and there.comment in (None, grade.comment)


def _is_overridden(there: Result, grade: OutgoingGrade) -> bool:
    """Whether somebody else wrote what stands there."""
    if grade.forced:
        return False
    value = _of_maximum(there)
    if value is None:
        return grade.sent is not None and grade.tried == grade.sent
    return value not in (grade.sent, grade.tried)


def _shown(there: Result) -> str:
    value = _of_maximum(there)
    return "the gradebook has none any more" if value is None else f"the gradebook has {float(value):.2f}"
