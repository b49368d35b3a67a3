"""Our column in the gradebook of one platform's course: found or made, remembered, and read as a whole.

What it says of a grade outweighs what we took it for: a teacher may have written there, or deleted it. And it
says of a grade that is held back whether the one before arrived, so that nothing need be sent to know.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from lms_scoring.domain.errors import PlatformError
from lms_scoring.domain.gradebook import LONGEST_WAIT, LineItem, Result
from lms_scoring.domain.instants import SECOND
from lms_scoring.ports import Clock, Gradebook, OutgoingGrade, PlatformCourse, SendState, Store
from lms_scoring.services.gradebook.how_far import keep_how_far
from lms_scoring.services.gradebook.in_gradebook import gone_with_its_learner, looked_at
from lms_scoring.services.gradebook.outgoing import held_by
from lms_scoring.services.gradebook.tries import FIRST_PAUSE, anew, settled, wait_of

_THERE = (SendState.SENT, SendState.OVERRIDDEN)
"""States in which something stands in the gradebook, as far as we know."""


class Column:
    """The column of one course. `url` is its address, once it was opened."""

    def __init__(
        self, place: PlatformCourse, course: str, subjects: Mapping[str, str], store: Store, clock: Clock
    ) -> None:
        """`subjects` are those whose grades belong into this gradebook, by person."""
        self.url = ""
        self._place = place
        self._course = course
        self._subjects = subjects
        self._store = store
        self._clock = clock
        with store.reading() as transaction:
            self._reading = transaction.gradebook_reading(place.registration, place.context)

    @property
    def could_not_be_read(self) -> bool:
        """Whether it could not be when that was tried last; it may be since."""
        return self._reading.try_at > 0

    def grades(self) -> Sequence[OutgoingGrade]:
        """Those that belong here, as they are kept now."""
        with self._store.reading() as transaction:
            return transaction.outgoing(self._course, persons=list(self._subjects))

    def is_to_be_read(self, grades: Sequence[OutgoingGrade]) -> bool:
        """Whether there is something of ours to look at, and the platform asked for no more patience."""
        return not self.is_put_off() and any(_may_stand_there(grade) for grade in grades)

    def is_put_off(self) -> bool:
        """Whether it could not be read, and its time to be read again has not come."""
        return self.put_off_until() is not None

    def put_off_until(self) -> int | None:
        """When it may be read again (ms), where it could not be; None: now."""
        now, at = self._clock.now(), self._reading.try_at
        return at if now < at <= now + LONGEST_WAIT else None

    def open(self, gradebook: Gradebook, *, label: str) -> LineItem:
        """Finds or makes it. Raises PlatformError."""
        found = gradebook.line_item(label=label)
        self.url = found.url
        return found

    def moved(self) -> dict[str, OutgoingGrade]:
        """Remembers the column. What stands in another one goes out again: that was deleted, or it is of a
        registration that is not used any more."""
        with self._store.writing() as transaction:
            if self.url != self._place.line_item:
                latest = transaction.platform_course(self._place.registration, self._place.context)
                transaction.keep_platform_course(replace(latest or self._place, line_item=self.url))
            found = transaction.outgoing(self._course, persons=list(self._subjects))
            moved = {one.person: anew(one) for one in found if self._is_elsewhere(one)}
            for grade in moved.values():
                transaction.keep_outgoing(grade)
        return moved

    def changed(self, gradebook: Gradebook, *, active: Collection[str]) -> dict[str, OutgoingGrade]:
        """The grades that are not what we took them for, after one look at the whole column.

        `active` are the learners whose grade must be there. Raises PlatformError.
        """
        grades = self.grades()
        now = self._clock.now()
        if not self.is_to_be_read(grades):
            return {}
        there = {one.subject: one for one in gradebook.results(self.url)}
        changed = {}
        with self._store.writing() as transaction:
            for before in grades:
                subject = self._subjects[before.person]
                result = there.get(subject, Result(subject=subject, score=None))
                if result.score is None and before.person not in active:
                    after = gone_with_its_learner(before)
                elif _may_stand_there(before):
                    after = self._after(before, result)
                else:
                    continue
                if after != before and keep_how_far(transaction, before, after, now=self._clock.now()):
                    changed[before.person] = after
            transaction.keep_gradebook_reading(replace(self._reading, read_at=now, try_at=0))
        return changed

    def put_off(self, error: PlatformError) -> None:
        """It could not be read, and is not for a while."""
        wait = wait_of(error)
        pause = FIRST_PAUSE if wait is None else wait
        with self._store.writing() as transaction:
            transaction.keep_gradebook_reading(
                replace(self._reading, try_at=self._clock.now() + pause * SECOND)
            )

    def _after(self, before: OutgoingGrade, result: Result) -> OutgoingGrade:
        if not before.is_held:
            return looked_at(before, result)
        known = settled(before, result, column=self.url, now=self._clock.now())
        return held_by(before.held, looked_at(known, result))

    def _is_elsewhere(self, grade: OutgoingGrade) -> bool:
        """Of a grade that was sent before columns were kept, it is the one its platform's course had."""
        if grade.tried is None and grade.sent is None and grade.line_item is None:
            return False
        return (grade.line_item or self._place.line_item) != self.url


def _may_stand_there(grade: OutgoingGrade) -> bool:
    return grade.state in _THERE or (grade.is_held and grade.tried is not None)
