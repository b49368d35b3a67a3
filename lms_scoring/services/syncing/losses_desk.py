"""Saying what is true of losses that are held: really deleted, or not; signed, after seeing what would go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lms_scoring.domain.errors import CannotBeDecided, NoSuchLoss
from lms_scoring.domain.losses import LossState
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.ports import Act, ActKind, Clock, HeldLoss, Store, Transaction, Visitor
from lms_scoring.services.access.seeing import View, whole_view
from lms_scoring.services.following_up.follow_up import follow_up
from lms_scoring.services.following_up.missing import note_missing
from lms_scoring.services.scoring.assess import Assessed
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import Signature
from lms_scoring.services.titles import titles_of

HELD = (LossState.WAITING, LossState.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Confirmed:
    """How many records are gone since, and what that made of cards."""

    gone: int
    assessed: Assessed


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedLoss:
    """One loss that is held; `title` is of the activity whose records are missing, where it is of one."""

    view: View
    held: HeldLoss
    title: str | None


class LossesDesk:
    """The losses of one course that are held, for whoever sees all of it.

    `seen` is the mark of what was shown: nobody signs what a sync has changed since.
    """

    def __init__(self, store: Store, rules: CourseRules, *, clock: Clock) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock

    def held(self, visitor: Visitor) -> Sequence[HeldLoss]:
        """Those that count on: nobody has said what is true, or somebody that they were not deleted."""
        with self._store.reading() as transaction:
            self._check(transaction, visitor)
            return transaction.held_losses(course=self._rules.course, states=HELD)

    def opened(self, visitor: Visitor, number: int) -> OpenedLoss:
        """One of these. Raises NoSuchLoss for one of another course, as for one that never was."""
        course = self._rules.course
        with self._store.reading() as transaction:
            view = self._check(transaction, visitor)
            held = transaction.held_losses(course=course, states=HELD)
            one = next((one for one in held if one.number == number), None)
            if one is None:
                raise NoSuchLoss(f"no loss {number} of this course is held")
            title = titles_of(transaction, course).get((one.source, one.scope.activity or ""))
            return OpenedLoss(view=view, held=one, title=title)

    def confirm(self, visitor: Visitor, number: int, signed: Signature, *, seen: str) -> Confirmed:
        """They were really deleted: they are gone, and whom that touches is looked at and scored again.

        Raises CannotBeDecided where it is not what was shown, NoSuchLoss.
        """
        with self._store.writing() as transaction:
            held, now = self._held(transaction, visitor, number, seen=seen), self._clock.now()
            act = transaction.keep_act(_act(ActKind.LOSS_CONFIRMED, held, signed, at=now))
            gone = transaction.mark_held_gone(number, at=now)
            transaction.end_loss(number, LossState.CONFIRMED, act=act.number)
            note_missing(transaction, self._rules, held.source, now=now)
        return Confirmed(gone=gone, assessed=follow_up(self._rules, self._store, clock=self._clock).assessed)

    def refuse(self, visitor: Visitor, number: int, signed: Signature, *, seen: str) -> None:
        """They were not deleted: they go on counting, and the same is not asked again.

        Raises CannotBeDecided where it is not what was shown, NoSuchLoss.
        """
        with self._store.writing() as transaction:
            held, now = self._held(transaction, visitor, number, seen=seen), self._clock.now()
            act = transaction.keep_act(_act(ActKind.LOSS_REFUSED, held, signed, at=now))
            transaction.end_loss(number, LossState.REFUSED, act=act.number)
            note_missing(transaction, self._rules, held.source, now=now)

    def _held(self, transaction: Transaction, visitor: Visitor, number: int, *, seen: str) -> HeldLoss:
        self._check(transaction, visitor)
        held = transaction.held_loss(number)
        if held.course != self._rules.course:
            raise NoSuchLoss(f"no loss {number} of this course was ever held")
        if held.state not in HELD:
            raise NoSuchLoss(f"loss {number} is {held.state.value}; nothing of it is held any more")
        if held.mark != seen:
            raise CannotBeDecided(
                Obstacle.STALE, "a sync has changed since what is missing; look at it again"
            )
        return held

    def _check(self, transaction: Transaction, visitor: Visitor) -> View:
        refusal = "losses that are held are for coordinators and administrators"
        return whole_view(transaction, self._rules.course, visitor, refusal=refusal)


def _act(kind: ActKind, held: HeldLoss, signed: Signature, *, at: int) -> Act:
    return Act(
        at=at,
        kind=kind,
        by=signed.by,
        reason=signed.reason,
        course=held.course,
        subject=str(held.number),
    )
