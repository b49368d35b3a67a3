"""More homework: what marks that are still owed, and hand-ins still to come, could make of a grade map."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from lms_scoring.domain.evidence import DueBasis, Grade
from lms_scoring.domain.rules.chances import Opening
from lms_scoring.domain.rules.deeds import GRADES, Deed, DeedKind, Deeds, Why
from lms_scoring.domain.rules.room import Room

MOST_HAND_INS = 3
"""More hand-ins than these are no way that anybody could be advised to go."""


class Take(StrEnum):
    """Which of several attempts or pieces of homework gives the points."""

    BEST = "best"
    LATEST = "latest"
    MEAN = "mean"


@dataclass(frozen=True, slots=True, kw_only=True)
class Handed:
    """An attempt that counts: its points, and what marking could make of them (the same: it is marked)."""

    points: Fraction
    could_become: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class MoreHomework:
    """Attempts in the order of time, where another could be handed in (None: nowhere), and their worth."""

    attempts: tuple[Handed, ...]
    opening: Opening | None
    on_time: Fraction
    grades: Mapping[Grade, Fraction]
    take: Take
    most: Fraction

    def room(self, *, closed: Why, passed_by: DueBasis | None, edges: tuple[int, ...]) -> Room:
        """`closed` is why nothing can be handed in, where nothing can; `passed_by` whose deadlines passed."""
        at_best = min(self._best(), self.most)
        why = self._why(closed) if at_best < self.most else None
        ladders = {
            DeedKind.GET_MARKED: tuple(self._marks()),
            DeedKind.HOMEWORK: tuple(self._hand_ins()),
        }
        return Room(
            points=self.points,
            at_best=at_best,
            why=why,
            due_basis=passed_by if why is Why.DEADLINE_PASSED else None,
            ladders=ladders,
            openings={} if self.opening is None else {DeedKind.HOMEWORK: (self.opening,)},
            edges=edges,
        )

    def points(self, deeds: Deeds) -> Fraction:
        """The points once so many unmarked attempts got their mark, and so many new ones theirs."""
        outcomes = [one.points for one in self.attempts]
        marked = deeds.get(DeedKind.GET_MARKED)
        if marked is not None:
            for index in self._unmarked()[: marked.amount]:
                outcomes[index] += self._worth(marked.grade)
        handed_in = deeds.get(DeedKind.HOMEWORK)
        if handed_in is not None and self.opening is not None:
            outcomes += [self._in_time + self._worth(handed_in.grade)] * handed_in.amount
        return min(self._taken(outcomes), self.most)

    @property
    def _in_time(self) -> Fraction:
        """What a new hand-in earns before it is marked."""
        return Fraction(0) if self.opening is None or self.opening.late else self.on_time

    def _worth(self, grade: Grade | None) -> Fraction:
        return Fraction(0) if grade is None else self.grades.get(grade, Fraction(0))

    def _taken(self, outcomes: list[Fraction]) -> Fraction:
        if not outcomes:
            return Fraction(0)
        if self.take is Take.MEAN:
            return sum(outcomes, Fraction(0)) / len(outcomes)
        return max(outcomes) if self.take is Take.BEST else outcomes[-1]

    def _unmarked(self) -> list[int]:
        """The attempts that a mark could lift, those first whose mark matters most."""
        waiting = [i for i, one in enumerate(self.attempts) if one.could_become > one.points]
        if self.take is Take.LATEST:
            return [i for i in waiting if i == len(self.attempts) - 1]
        return sorted(waiting, key=lambda i: (-self.attempts[i].points, i))

    def _marks(self) -> Iterator[Deed]:
        count = len(self._unmarked())
        for amount in range(1, count + 1) if self.take is Take.MEAN else range(1, min(count, 1) + 1):
            yield from (Deed(amount=amount, grade=grade) for grade in GRADES)

    def _hand_ins(self) -> Iterator[Deed]:
        if self.opening is None:
            return
        for amount in range(1, MOST_HAND_INS + 1) if self.take is Take.MEAN else (1,):
            yield from (Deed(amount=amount, grade=grade) for grade in (None, *GRADES))

    def _best(self) -> Fraction:
        """The points at best; of a mean what many new attempts come close to, if they are better."""
        outcomes = [one.could_become for one in self.attempts]
        known = self._taken(outcomes)
        if self.opening is None:
            return known
        new = self._in_time + max(self.grades.values())
        return new if not outcomes else max(known, new)

    def _why(self, closed: Why) -> Why:
        if self.opening is None:
            return closed
        return Why.DEADLINE_PASSED if self.opening.late else Why.NEVER_MORE
