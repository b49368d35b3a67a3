"""Sending: the grades of one course of one platform go out, one learner after another.

Once a run the whole column is read, so that what a teacher wrote is seen of grades that do not change any
more. Before each sending that learner's result is read again, and what is tried is kept: so an answer that
is lost changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from lms_scoring.domain.errors import PlatformBusy, PlatformError, RecordRefused
from lms_scoring.domain.gradebook import LONGEST_WAIT, Grade, Receipt, Reception, Result
from lms_scoring.domain.instants import DAY, SECOND
from lms_scoring.ports import (
    Clock,
    Gradebook,
    GradebookReading,
    OutgoingGrade,
    PlatformCourse,
    SendState,
    Store,
    Transaction,
)
from lms_scoring.services.gradebook.in_gradebook import (
    arrived,
    looked_at,
    of_maximum,
    overridden,
    same,
    step_between,
)
from lms_scoring.services.gradebook.turn import Turn

FIRST_PAUSE = 60
"""Seconds before a grade is tried again; doubled each time."""
LONGEST_PAUSE = 6 * 60 * 60
PATIENCE = 3
"""So many failures one after the other mean the platform and not the learners: the rest wait."""

_SET_BACK = "the clock was set back: one was sent with a time that has not come yet, and this must be later"

_THERE = (SendState.SENT, SendState.OVERRIDDEN)
"""States in which something stands in the gradebook, as far as we know."""

Gradebooks = Callable[[PlatformCourse], Gradebook]
"""Opens the gradebook of a platform's course."""
Jitter = Callable[[], float]
"""A number in [0, 1), so that many learners are not all tried again in the same second."""


class Sender:
    """Sends the grades of one course of one platform. `reasons` are why it gave up, `notices` what else an
    administrator should know."""

    def __init__(
        self,
        place: PlatformCourse,
        subjects: Mapping[str, str],
        store: Store,
        clock: Clock,
        jitter: Jitter,
        turn: Turn,
    ) -> None:
        """`subjects` are those whose grades belong into this gradebook, by person."""
        self.reasons: list[str] = []
        self.notices: list[str] = []
        self._place = place
        self._subjects = subjects
        self._store = store
        self._clock = clock
        self._jitter = jitter
        self._turn = turn
        self._failures = 0
        self._column = ""

    def send_all(
        self,
        course: str,
        due: Collection[str],
        gradebooks: Gradebooks,
        *,
        label: str,
        active: Collection[str],
        only: str | None = None,
    ) -> dict[str, SendState]:
        """What became of each that was due, of those who were in another column, and of those whom a teacher
        gave another grade; by person.

        `active` are the learners whose grade must be there: who left a course leaves its gradebook.
        """
        reading, grades = self._known(course)
        now = self._clock.now()
        if not any(person in self._subjects for person in due) and not _is_read(grades, reading, now):
            return {}
        waiting = [one for one in grades if one.person in due]
        try:
            gradebook = gradebooks(self._place)
            column = gradebook.line_item(label=label)
        except PlatformError as error:
            self._could_not_read(reading, error)
            return self._put_off(waiting, error)
        if column.twins:
            self.notices.append(_twins(len(column.twins)))
        self._column = column.url
        moved = self._in_this_column(course)
        changed = self._read(course, gradebook, reading, active)
        states: dict[str, SendState] = {
            person: one.state for person, one in changed.items() if one.state is SendState.OVERRIDDEN
        }
        again = {**moved, **{p: one for p, one in changed.items() if one.state is SendState.WAITING}}
        to_send = {one.person: one for one in waiting} | again
        # who failed before comes last: a Moodle calls every locked grade an error of its own, and three of
        # those would keep all others waiting for ever
        for grade in sorted(to_send.values(), key=lambda one: (one.tries, one.at, one.person)):
            if only in (None, grade.person):
                states[grade.person] = self._sent_or_waiting(grade, gradebook)
        return states

    def _known(self, course: str) -> tuple[GradebookReading, Sequence[OutgoingGrade]]:
        with self._store.reading() as transaction:
            reading = transaction.gradebook_reading(self._place.registration, self._place.context)
            return reading, transaction.outgoing(course, persons=list(self._subjects))

    def _put_off(self, grades: Sequence[OutgoingGrade], error: PlatformError) -> dict[str, SendState]:
        """All of them wait, because the platform could not be reached."""
        with self._store.writing() as transaction:
            for grade in grades:
                later = self._later(grade, str(error), wait=_wait_of(error))
                transaction.keep_sending(later, instead_of=grade)
        return {grade.person: SendState.WAITING for grade in grades}

    def _could_not_read(self, reading: GradebookReading, error: PlatformError) -> None:
        self.reasons.append(str(error))
        wait = _wait_of(error)
        pause = FIRST_PAUSE if wait is None else wait
        self._keep_reading(replace(reading, try_at=self._clock.now() + pause * SECOND))

    def _keep_reading(self, reading: GradebookReading) -> None:
        with self._store.writing() as transaction:
            transaction.keep_gradebook_reading(reading)

    def _in_this_column(self, course: str) -> dict[str, OutgoingGrade]:
        """Remembers the column. What stands in another one goes out again: that was deleted, or it is of a
        registration that is not used any more."""
        with self._store.writing() as transaction:
            if self._column != self._place.line_item:
                latest = transaction.platform_course(self._place.registration, self._place.context)
                transaction.keep_platform_course(replace(latest or self._place, line_item=self._column))
            found = transaction.outgoing(course, persons=list(self._subjects))
            moved = {one.person: _anew(one) for one in found if self._is_elsewhere(one)}
            for grade in moved.values():
                transaction.keep_outgoing(grade)
        return moved

    def _is_elsewhere(self, grade: OutgoingGrade) -> bool:
        """Of a grade that was sent before columns were kept, it is the one its platform's course had."""
        if grade.tried is None and grade.sent is None and grade.line_item is None:
            return False
        return (grade.line_item or self._place.line_item) != self._column

    def _read(
        self, course: str, gradebook: Gradebook, reading: GradebookReading, active: Collection[str]
    ) -> dict[str, OutgoingGrade]:
        """The grades that are not what we took them for, after one look at the whole column."""
        _, grades = self._known(course)
        now = self._clock.now()
        if not _is_read(grades, reading, now):
            return {}
        try:
            there = {one.subject: one for one in gradebook.results(self._column)}
        except PlatformError as error:
            self._could_not_read(reading, error)
            return {}
        changed = {}
        with self._store.writing() as transaction:
            for before in grades:
                subject = self._subjects[before.person]
                result = there.get(subject, Result(subject=subject, score=None))
                if before.state not in _THERE or (result.score is None and before.person not in active):
                    continue
                after = looked_at(before, result)
                if after != before and self._keep_within(transaction, before, after):
                    changed[before.person] = after
            transaction.keep_gradebook_reading(replace(reading, read_at=now, try_at=0))
        return changed

    def _sent_or_waiting(self, grade: OutgoingGrade, gradebook: Gradebook) -> SendState:
        """Nothing more is sent to a platform that fails, nor once another sender has taken over."""
        if self._failures < PATIENCE and self._turn.goes_on():
            return self._send(grade, gradebook)
        return SendState.WAITING

    def _send(self, grade: OutgoingGrade, gradebook: Gradebook) -> SendState:
        timed = self._in_time(grade)
        if timed is None:
            return SendState.WAITING
        subject = self._subjects[grade.person]
        try:
            there = gradebook.result(self._column, subject)
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
                self._column, Grade(subject=subject, given=tried.given, at=tried.at, comment=tried.comment)
            )
        except PlatformError as error:
            return self._failed(tried, error)
        after = self._after(tried, receipt)
        if tried.forced and after.state is SendState.SENT:
            after = self._insisted(after, gradebook)
        return self._kept(tried, after)

    def _in_time(self, grade: OutgoingGrade) -> OutgoingGrade | None:
        """The grade with a time that has come; None where it must wait for its own.

        A platform would keep a time of the future, and refuse every true one until it has come. Such times
        are left where a clock was set back; one that never went out may be made earlier. Where the one before
        went out with a time far ahead, the platform keeps that already, and only a later one gets in.
        """
        now = self._clock.now() // SECOND
        if grade.at <= now:
            return grade
        if grade.tried is not None and grade.at > now + DAY // SECOND:
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
            return replace(looked_at(grade, there), line_item=self._column)
        return None

    def _tried(self, grade: OutgoingGrade, there: Result) -> OutgoingGrade:
        """On its way; of an earlier one whose answer was lost, the gradebook has told whether it arrived."""
        value = of_maximum(there)
        if not grade.forced and same(value, grade.tried) and not same(value, grade.sent):
            grade = replace(grade, sent=grade.tried, sent_at=self._clock.now())
        return replace(grade, tried=grade.given, line_item=self._column)

    def _insisted(self, grade: OutgoingGrade, gradebook: Gradebook) -> OutgoingGrade:
        """What became of a grade that was sent over a teacher's: in an activity's own column a Moodle takes
        it, and goes on showing the teacher's until somebody takes the override off there."""
        try:
            return looked_at(grade, gradebook.result(self._column, self._subjects[grade.person]))
        except PlatformError:
            return grade  # the next reading tells

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
        return self._kept(grade, self._later(grade, str(error), wait=_wait_of(error)))

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
            line_item=self._column,
            found=None,
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
        """Keeps how far it got, unless a new score or another sender has taken its place meanwhile."""
        return after.state if self._keep(before, after) else SendState.WAITING

    def _keep(self, before: OutgoingGrade, after: OutgoingGrade) -> bool:
        with self._store.writing() as transaction:
            return self._keep_within(transaction, before, after)

    def _keep_within(self, transaction: Transaction, before: OutgoingGrade, after: OutgoingGrade) -> bool:
        if not transaction.keep_sending(after, instead_of=before):
            return False
        step = step_between(before, after, now=self._clock.now())
        if step is not None:
            transaction.keep_grade_step(after.course, after.person, step)
        return True


def _is_read(grades: Sequence[OutgoingGrade], reading: GradebookReading, now: int) -> bool:
    """Whether there is something of ours to look at, and the platform asked for no more patience."""
    waits = now < reading.try_at <= now + LONGEST_WAIT
    return not waits and any(grade.state in _THERE for grade in grades)


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
        line_item=None,
        found=None,
    )


def _wait_of(error: PlatformError) -> int | None:
    return error.wait if isinstance(error, PlatformBusy) else None


def _twins(count: int) -> str:
    others = "one more column looks" if count == 1 else f"{count} more columns look"
    return (
        f"{others} like ours in the platform's gradebook; grades go into the oldest. Delete what is not used "
        "there"
    )
