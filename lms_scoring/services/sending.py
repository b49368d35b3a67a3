"""Sending: the grades of one course of one platform go out, one learner after another.

Before each sending the gradebook is read, and what is tried is kept: so an answer that is lost changes
nothing, and what a teacher wrote is seen.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace

from lms_scoring.domain.errors import PlatformError, RecordRefused
from lms_scoring.domain.gradebook import Grade, Receipt, Reception, Result
from lms_scoring.domain.instants import SECOND
from lms_scoring.ports import Clock, Gradebook, OutgoingGrade, PlatformCourse, SendState, Store
from lms_scoring.services.standing import arrived, of_maximum, overridden, same, shown

FIRST_PAUSE = 60
"""Seconds before a grade is tried again; doubled each time."""
LONGEST_PAUSE = 6 * 60 * 60
PATIENCE = 3
"""So many failures one after the other mean the platform and not the learners: the rest wait."""

_SET_BACK = "the clock was set back: one was sent with a time that has not come yet, and this must be later"

Gradebooks = Callable[[PlatformCourse], Gradebook]
"""Opens the gradebook of a platform's course."""
Jitter = Callable[[], float]
"""A number in [0, 1), so that many learners are not all tried again in the same second."""


class Sender:
    """Sends the grades of one course of one platform; `reasons` are why it gave up."""

    def __init__(
        self,
        place: PlatformCourse,
        subjects: Mapping[str, str],
        store: Store,
        clock: Clock,
        jitter: Jitter,
    ) -> None:
        self.reasons: list[str] = []
        self._place = place
        self._subjects = subjects
        self._store = store
        self._clock = clock
        self._jitter = jitter
        self._failures = 0

    def send_all(
        self, grades: Sequence[OutgoingGrade], gradebooks: Gradebooks, *, label: str
    ) -> list[SendState]:
        """What became of each; where the column is a new one, also of those that were in the old one."""
        try:
            gradebook = gradebooks(self._place)
            column = gradebook.line_item(label=label).url
        except PlatformError as error:
            self.reasons.append(str(error))
            return self._put_off(grades, str(error))
        if column != self._place.line_item:
            grades = self._moved(column, grades)
        states = []
        for grade in grades:
            if self._failures < PATIENCE:
                states.append(self._send(grade, gradebook, column))
            else:
                states.append(SendState.WAITING)
        return states

    def _put_off(self, grades: Sequence[OutgoingGrade], reason: str) -> list[SendState]:
        """All of them wait, because the platform could not be reached."""
        with self._store.writing() as transaction:
            for grade in grades:
                transaction.keep_sending(self._later(grade, reason, wait=None), while_at=grade.at)
        return [SendState.WAITING] * len(grades)

    def _moved(self, column: str, grades: Sequence[OutgoingGrade]) -> Sequence[OutgoingGrade]:
        """Remembers the column. If there was another, it was deleted: everybody's grade goes out again."""
        deleted = self._place.line_item is not None
        course = grades[0].course
        with self._store.writing() as transaction:
            latest = transaction.platform_course(self._place.registration, self._place.context)
            transaction.keep_platform_course(replace(latest or self._place, line_item=column))
            if not deleted:
                return grades
            former = transaction.outgoing(course, persons=list(self._subjects))
            anew = [_anew(one) for one in former]
            for grade in anew:
                transaction.keep_outgoing(grade)
        return sorted(anew, key=lambda grade: grade.at)

    def _send(self, grade: OutgoingGrade, gradebook: Gradebook, column: str) -> SendState:
        timed = self._in_time(grade)
        if timed is None:
            return SendState.WAITING
        subject = self._subjects[grade.person]
        try:
            there = gradebook.result(column, subject)
        except PlatformError as error:
            return self._failed(timed, error)
        settled = self._settled(timed, there)
        if settled is not None:
            self._failures = 0
            return self._kept(timed, settled)
        tried = self._tried(timed, there)
        if not self._keep(timed, tried):  # before it goes: its answer may never come
            return SendState.WAITING
        try:
            receipt = gradebook.send(
                column, Grade(subject=subject, given=tried.given, at=tried.at, comment=tried.comment)
            )
        except PlatformError as error:
            return self._failed(tried, error)
        return self._kept(tried, self._after(tried, receipt))

    def _in_time(self, grade: OutgoingGrade) -> OutgoingGrade | None:
        """The grade with a time that has come; None where it must wait for its own.

        A platform would keep a time of the future, and refuse every true one until it has come. Such times
        are left where a clock was set back; one that never went out may be made earlier.
        """
        now = self._clock.now() // SECOND
        if grade.at <= now:
            return grade
        if grade.tried is None:
            timed = replace(grade, at=now)
            return timed if self._keep(grade, timed) else None
        waiting = replace(grade, try_at=grade.at * SECOND, reason=_SET_BACK)
        self._keep(grade, waiting)
        return None

    def _settled(self, grade: OutgoingGrade, there: Result) -> OutgoingGrade | None:
        """The grade, where what stands there decides; None where it must be sent."""
        if arrived(there, grade):
            return self._sent(grade)
        if overridden(there, grade):
            return replace(grade, state=SendState.OVERRIDDEN, reason=shown(there))
        return None

    def _tried(self, grade: OutgoingGrade, there: Result) -> OutgoingGrade:
        """On its way; of an earlier one whose answer was lost, the gradebook has told whether it arrived."""
        value = of_maximum(there)
        if not grade.forced and same(value, grade.tried) and not same(value, grade.sent):
            grade = replace(grade, sent=grade.tried, sent_at=self._clock.now())
        return replace(grade, tried=grade.given)

    def _after(self, grade: OutgoingGrade, receipt: Receipt) -> OutgoingGrade:
        if receipt.reception is not Reception.LATER:
            self._failures = 0
        match receipt.reception:
            case Reception.ACCEPTED:
                return self._sent(grade)
            case Reception.NEWER_THERE:
                # Either an earlier sending of ours did arrive, or a teacher was quicker: the next reading
                # tells which. A later time is needed in any case.
                later = replace(grade, at=max(grade.at + 1, self._clock.now() // SECOND))
                return self._later(later, receipt.reason, wait=2 if grade.tries == 0 else None)
            case Reception.REFUSED:
                return self._refused(grade, receipt.reason)
            case Reception.LATER:
                self._count_failure(receipt.reason)
                return self._later(grade, receipt.reason, wait=receipt.wait)

    def _failed(self, grade: OutgoingGrade, error: PlatformError) -> SendState:
        if isinstance(error, RecordRefused):
            return self._kept(grade, self._refused(grade, str(error)))
        self._count_failure(str(error))
        wait = getattr(error, "wait", None)
        return self._kept(grade, self._later(grade, str(error), wait=wait))

    def _count_failure(self, reason: str) -> None:
        self._failures += 1
        if self._failures == PATIENCE:
            self.reasons.append(reason)

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

    def _refused(self, grade: OutgoingGrade, reason: str) -> OutgoingGrade:
        return replace(grade, state=SendState.REFUSED, reason=reason, forced=False)

    def _later(self, grade: OutgoingGrade, reason: str, *, wait: int | None) -> OutgoingGrade:
        doubled = FIRST_PAUSE * 2 ** min(grade.tries, 20)
        pause = min(doubled, LONGEST_PAUSE) * (0.5 + self._jitter() / 2)
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
        return after.state if self._keep(before, after) else SendState.WAITING

    def _keep(self, before: OutgoingGrade, after: OutgoingGrade) -> bool:
        with self._store.writing() as transaction:
            return transaction.keep_sending(after, while_at=before.at)


def _anew(grade: OutgoingGrade) -> OutgoingGrade:
    """What we know of a deleted column says nothing about a new one. What was tried may yet stand there:
    a platform can give the same column another address."""
    return replace(
        grade,
        state=SendState.WAITING,
        tries=0,
        try_at=0,
        sent=None,
        sent_at=None,
        reason=None,
        forced=False,
    )
