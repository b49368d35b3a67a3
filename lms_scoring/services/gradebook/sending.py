"""Sending: the grades of one course of one platform go out, one learner after another.

Once a run the whole column is read, so that what a teacher wrote is seen of grades that do not change any
more, and what became of those that are held back: of these nothing is sent. Before each sending that
learner's result is read again, and what is tried is kept: so an answer that is lost changes nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from lms_scoring.domain.errors import PlatformError, RecordRefused
from lms_scoring.domain.gradebook import Grade, Receipt, Reception, Result, Unsent
from lms_scoring.domain.instants import DAY, SECOND
from lms_scoring.ports import Clock, Gradebook, Hold, OutgoingGrade, PlatformCourse, SendState, Store
from lms_scoring.services.gradebook.column import Column
from lms_scoring.services.gradebook.how_far import keep_how_far
from lms_scoring.services.gradebook.in_gradebook import arrived, forgotten, looked_at, overridden
from lms_scoring.services.gradebook.outgoing import held_by
from lms_scoring.services.gradebook.tries import LONGEST_PAUSE, later, on_its_way, refused, sent, wait_of
from lms_scoring.services.gradebook.turn import Turn
from lms_scoring.words import why_unsent

PATIENCE = 3
"""So many failures one after the other mean the platform and not the learners: the rest wait."""

_SOON = 10
"""Seconds that a grade may wait for its time though the clock is right: one that changes a few times within a
second takes the next ones, for no platform takes two grades of the same."""

_OF_TIMES = (Unsent.NEWER_THERE, Unsent.SET_BACK, Unsent.LATER_OF_OURS)
"""Why a grade waits that the platform would take were its time later."""

Gradebooks = Callable[[PlatformCourse], Gradebook]
"""Opens the gradebook of a platform's course."""
Jitter = Callable[[], float]
"""A number in [0, 1), so that many learners are not all tried again in the same second."""


class Sender:
    """Sends the grades of one course of one platform. `reasons` are why it gave up, `notices` what else an
    administrator should know; `reached`: the gradebook was opened, `waits_until`: it is left alone until then
    (ms), since something failed before."""

    def __init__(
        self,
        place: PlatformCourse,
        course: str,
        subjects: Mapping[str, str],
        store: Store,
        clock: Clock,
        jitter: Jitter,
        turn: Turn,
    ) -> None:
        """`subjects` are those whose grades belong into this gradebook, by person."""
        self.reasons: list[str] = []
        self.notices: list[str] = []
        self.reached = False
        self.waits_until: int | None = None
        self._place = place
        self._subjects = subjects
        self._store = store
        self._clock = clock
        self._jitter = jitter
        self._turn = turn
        self._column = Column(place, course, subjects, store, clock)
        self._failures = 0
        self._left: Collection[str] = ()

    def send_all(
        self,
        due: Collection[str],
        gradebooks: Gradebooks,
        *,
        label: str,
        active: Collection[str],
        left: Collection[str] = (),
        only: str | None = None,
    ) -> dict[str, SendState]:
        """What became of each that was due, of those who were in another column, and of those whom a teacher
        gave another grade; by person.

        `active` are the learners whose grade must be there: who has `left` a course leaves its gradebook, and
        whose grade is refused for that has it tried again once they are back.
        """
        self._left = left
        grades = self._column.grades()
        if not any(person in self._subjects for person in due) and not self._column.is_to_be_read(grades):
            tries = [one.try_at for one in grades if one.state is SendState.WAITING and one.held is None]
            reading = self._column.put_off_until()
            self.waits_until = min([*tries, *([] if reading is None else [reading])], default=None)
            return {}
        waiting = [one for one in grades if one.person in due]
        try:
            gradebook = gradebooks(self._place)
            column = self._column.open(gradebook, label=label)
        except PlatformError as error:
            self._could_not_read(error)
            return self._put_off(waiting, error)
        self.reached, was_out = True, self._column.could_not_be_read
        if column.twins:
            self.notices.append(_twins(len(column.twins)))
        moved = self._column.moved()
        changed = self._changed(gradebook, active)
        states: dict[str, SendState] = {
            person: one.state for person, one in changed.items() if one.state is SendState.OVERRIDDEN
        }
        again = {**moved, **{p: one for p, one in changed.items() if one.state is SendState.WAITING}}
        to_send = {one.person: one for one in waiting} | again
        free = [one for one in to_send.values() if one.held is None]
        states |= self._each([one for one in free if only in (None, one.person)], gradebook)
        if only is None and self._answers_again(free, states, was_out=was_out):
            states |= self._each(self._left_to_wait(states), gradebook)
        return states

    def _each(self, grades: Sequence[OutgoingGrade], gradebook: Gradebook) -> dict[str, SendState]:
        """Who failed before comes last: where a platform calls every locked grade an error of its own, three
        of those would keep all others waiting for ever."""
        in_order = sorted(grades, key=lambda one: (one.tries, one.at, one.person))
        return {grade.person: self._sent_or_waiting(grade, gradebook) for grade in in_order}

    def _answers_again(
        self, tried: Sequence[OutgoingGrade], states: Mapping[str, SendState], *, was_out: bool
    ) -> bool:
        """Whether the gradebook can be read, which it could not be, or has taken what had failed."""
        if self.reasons:
            return False
        return was_out or any(_failed_there(one) and states[one.person] is SendState.SENT for one in tried)

    def _left_to_wait(self, states: Mapping[str, SendState]) -> Sequence[OutgoingGrade]:
        """What failed there before and would be tried hours later, though the platform is well."""
        grades = (one for one in self._column.grades() if one.person not in states)
        return [one for one in grades if _failed_there(one) and one.held is None]

    def _changed(self, gradebook: Gradebook, active: Collection[str]) -> Mapping[str, OutgoingGrade]:
        """By person; none where the column cannot be read: that stops nothing from being sent."""
        try:
            return self._column.changed(gradebook, active=active)
        except PlatformError as error:
            self._could_not_read(error)
            return {}

    def _could_not_read(self, error: PlatformError) -> None:
        self.reasons.append(str(error))
        self._column.put_off(error)

    def _put_off(self, grades: Sequence[OutgoingGrade], error: PlatformError) -> dict[str, SendState]:
        """All of them wait, because the platform could not be reached."""
        with self._store.writing() as transaction:
            for grade in grades:
                once_more = self._later(grade, str(error), wait=wait_of(error))
                transaction.keep_sending(once_more, instead_of=grade)
        return {grade.person: SendState.WAITING for grade in grades}

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
            there = gradebook.result(self._column.url, subject)
        except PlatformError as error:
            return self._failed(timed, error)
        settled = self._settled(timed, there)
        if settled is not None:
            self._failures = 0
            return self._kept(timed, settled)
        tried = on_its_way(timed, there, column=self._column.url, now=self._clock.now())
        if not self._keep(timed, tried):  # before it goes: its answer may never come
            return SendState.WAITING
        try:
            receipt = gradebook.send(
                self._column.url,
                Grade(subject=subject, given=tried.given, at=tried.at, comment=tried.comment),
            )
        except PlatformError as error:
            return self._failed(tried, error)
        after = self._after(tried, receipt, there)
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
        reason = Unsent.SET_BACK.value if grade.at > now + _SOON else grade.reason
        self._keep(grade, replace(grade, try_at=grade.at * SECOND, reason=reason))
        return None

    def _settled(self, grade: OutgoingGrade, there: Result) -> OutgoingGrade | None:
        """The grade, where what stands there decides; None where it must be sent."""
        if arrived(there, grade):
            return self._sent(grade)
        if overridden(there, grade):
            return replace(looked_at(grade, there), line_item=self._column.url)
        return None

    def _insisted(self, grade: OutgoingGrade, gradebook: Gradebook) -> OutgoingGrade:
        """What became of a grade that was sent over a teacher's: a platform may take it, in an activity's own
        column, and go on showing the teacher's until somebody takes the override off there."""
        try:
            return looked_at(grade, gradebook.result(self._column.url, self._subjects[grade.person]))
        except PlatformError:
            return grade  # the next reading tells

    def _after(self, grade: OutgoingGrade, receipt: Receipt, there: Result) -> OutgoingGrade:
        if receipt.reception is not Reception.LATER:
            self._failures = 0
        match receipt.reception:
            case Reception.ACCEPTED:
                return self._sent(grade)
            case Reception.NEWER_THERE:
                # Either an earlier sending of ours did arrive, or a teacher was quicker: the next reading
                # tells which. A later time is needed in any case.
                newer = replace(grade, at=max(grade.at + 1, self._clock.now() // SECOND))
                if forgotten(there, grade):
                    return self._later(newer, Unsent.LATER_OF_OURS.value, wait=LONGEST_PAUSE)
                return self._later(newer, receipt.reason, wait=2 if grade.tries == 0 else None)
            case Reception.REFUSED:
                return self._refused(grade, receipt.reason)
            case Reception.LATER:
                self._count_failure(why_unsent(receipt.reason, "en"))
                return self._later(grade, receipt.reason, wait=receipt.wait)

    def _failed(self, grade: OutgoingGrade, error: PlatformError) -> SendState:
        if isinstance(error, RecordRefused):
            return self._kept(grade, self._refused(grade, str(error)))
        self._count_failure(str(error))
        return self._kept(grade, self._later(grade, str(error), wait=wait_of(error)))

    def _count_failure(self, reason: str) -> None:
        self._failures += 1
        if self._failures == PATIENCE:
            self.reasons.append(reason)

    def _refused(self, grade: OutgoingGrade, reason: str) -> OutgoingGrade:
        after = refused(grade, reason)
        return held_by(Hold.WITHDRAWN, after) if grade.person in self._left else after

    def _sent(self, grade: OutgoingGrade) -> OutgoingGrade:
        return sent(grade, column=self._column.url, now=self._clock.now())

    def _later(self, grade: OutgoingGrade, reason: str, *, wait: int | None) -> OutgoingGrade:
        return later(grade, reason, wait=wait, now=self._clock.now(), jitter=self._jitter())

    def _kept(self, before: OutgoingGrade, after: OutgoingGrade) -> SendState:
        """Of a grade whose place a new score or another sender has taken meanwhile, nothing is kept."""
        return after.state if self._keep(before, after) else SendState.WAITING

    def _keep(self, before: OutgoingGrade, after: OutgoingGrade) -> bool:
        with self._store.writing() as transaction:
            return keep_how_far(transaction, before, after, now=self._clock.now())


def _failed_there(grade: OutgoingGrade) -> bool:
    """Whether it waits for the platform, and not for its own time to come."""
    return grade.state is SendState.WAITING and grade.tries > 0 and grade.reason not in _OF_TIMES


def _twins(count: int) -> str:
    others = "one more column looks" if count == 1 else f"{count} more columns look"
    return (
        f"{others} like ours in the platform's gradebook; grades go into the oldest. Delete what is not used "
        "there"
    )
