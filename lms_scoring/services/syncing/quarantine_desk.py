"""Looking at a course's quarantine, replaying what is in it, and dropping it by a signed act.

What was set aside may hold anything about anybody, so its text is for those who see the whole course; what a
source told that all courses share is for administrators alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms_scoring.domain.errors import NotInQuarantine
from lms_scoring.domain.losses import LossState
from lms_scoring.domain.quarantine import QuarantineState
from lms_scoring.ports import Act, ActKind, Clock, Quarantined, Store, Transaction, Visitor
from lms_scoring.services.access.seeing import View, whole_view
from lms_scoring.services.following_up.follow_up import follow_up
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import Signature
from lms_scoring.services.syncing.replay import OPEN, ReaderOf, Replayed, check_open_record, replay
from lms_scoring.services.titles import titles_of

AT_MOST = 200
"""So many records are shown; the rest is counted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuarantineList:
    """What a visitor may see of it. `waiting` counts all that waits, `withheld` what of it only an
    administrator sees; `titles` are of the course's activities, by source and id."""

    view: View
    shown: Sequence[Quarantined]
    waiting: int
    withheld: int
    titles: Mapping[tuple[str, str], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedRecord:
    """One record as it stands; `title` is of the activity that it is from."""

    view: View
    one: Quarantined
    title: str | None
    act: Act | None
    """By which it was dropped, and `who` that was."""
    who: str | None

    @property
    def waits(self) -> bool:
        """Whether something can be done with it."""
        return self.one.state in OPEN


@dataclass(frozen=True, slots=True, kw_only=True)
class Open:
    """What waits for a person in a course: records that no sync could use, and losses that are held."""

    records: int
    losses: int


def open_in(transaction: Transaction, course: str) -> Open:
    """What a shared source told is counted in every course that reads it."""
    sources = transaction.last_ends(course)
    counts = transaction.quarantine_counts()
    return Open(
        records=sum(
            one.waiting
            for one in counts
            if one.course == course or (one.course is None and one.source in sources)
        ),
        losses=len(transaction.held_losses(course=course, states=[LossState.WAITING])),
    )


class QuarantineDesk:
    """The quarantine of one course, for whoever sees all of it."""

    def __init__(self, store: Store, rules: CourseRules, reader_of: ReaderOf, *, clock: Clock) -> None:
        self._store = store
        self._rules = rules
        self._reader_of = reader_of
        self._clock = clock

    def list_(self, visitor: Visitor) -> QuarantineList:
        """What waits first, then what is over, the latest first."""
        with self._store.reading() as transaction:
            view = self._view(transaction, visitor)
            found = transaction.quarantined(course=self._rules.course, limit=_MANY)
            titles = titles_of(transaction, self._rules.course)
        waiting = [one for one in found if one.state is QuarantineState.WAITING]
        over = [one for one in found if one.state is not QuarantineState.WAITING]
        shown = [one for one in (*waiting, *over) if _may_see(view, one)]
        return QuarantineList(
            view=view,
            shown=shown[:AT_MOST],
            waiting=len(waiting),
            withheld=sum(not _may_see(view, one) for one in waiting),
            titles=titles,
        )

    def opened(self, visitor: Visitor, number: int) -> OpenedRecord:
        """Raises NotInQuarantine for one of another course, as for one that never was."""
        with self._store.reading() as transaction:
            view, one = self._view(transaction, visitor), self._one(transaction, visitor, number)
            act = next((act for act in transaction.acts() if act.number == one.act), None)
            return OpenedRecord(
                view=view,
                one=one,
                title=titles_of(transaction, self._rules.course).get((one.source, one.aside.place)),
                act=act,
                who=None if act is None else transaction.names({act.by}).get(act.by),
            )

    def replay(self, visitor: Visitor, numbers: Sequence[int]) -> Replayed:
        """Puts these records (or all that wait) through the reader of today, looks for doubts, and scores
        whom that touches."""
        with self._store.reading() as transaction:
            chosen = [self._one(transaction, visitor, number) for number in numbers]
            if not numbers:
                chosen = self._all_waiting(transaction, visitor)
        done = replay(self._rules.course, chosen, self._reader_of, self._store, clock=self._clock)
        if done.resolved:
            follow_up(self._rules, self._store, clock=self._clock)
        return done

    def drop(self, visitor: Visitor, number: int, signed: Signature) -> Act:
        """It is not wanted, and meeting it again changes nothing. Raises OutOfQuarantine where it is over."""
        with self._store.writing() as transaction:
            one = self._one(transaction, visitor, number)
            check_open_record(one)
            now = self._clock.now()
            act = transaction.keep_act(
                Act(
                    at=now,
                    kind=ActKind.DROPPED,
                    by=signed.by,
                    reason=signed.reason,
                    course=self._rules.course,
                    subject=str(one.number),
                )
            )
            transaction.end_quarantine(number, QuarantineState.DROPPED, at=now, act=act.number)
            return act

    def _all_waiting(self, transaction: Transaction, visitor: Visitor) -> list[Quarantined]:
        """However many they are."""
        view, course = self._view(transaction, visitor), self._rules.course
        found = transaction.quarantined(course=course, states=[QuarantineState.WAITING], limit=_MANY)
        return [one for one in found if _may_see(view, one)]

    def _one(self, transaction: Transaction, visitor: Visitor, number: int) -> Quarantined:
        view = self._view(transaction, visitor)
        one = transaction.in_quarantine(number)
        if one.course is None:
            sources = transaction.last_ends(self._rules.course)
            if view.administers and one.source in sources:
                return one
        elif one.course == self._rules.course:
            return one
        raise NotInQuarantine(f"no record {number} of this course was ever set aside")

    def _view(self, transaction: Transaction, visitor: Visitor) -> View:
        refusal = "what was set aside is for coordinators and administrators"
        return whole_view(transaction, self._rules.course, visitor, refusal=refusal)


_MANY = 10_000


def _may_see(view: View, one: Quarantined) -> bool:
    return one.course is not None or view.administers
