"""Outlooks: what a learner or tutor still needs, as values. All points are exact and of the card's total.

An outlook is made with a card (`looking_ahead.py`), of the same evidence at the same instant, and kept
beside it; pages show it and compute nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from lms_scoring.domain.evidence import DueBasis, Grade
from lms_scoring.domain.rules.deeds import DeedKind, Why


class Standing(StrEnum):
    """The chip of a card: the first that fits, in this order."""

    TO_CHECK = "to_check"
    """待核查: whether it passes hangs on something unreadable (either way), implausible or in an open case;
    told also where it is contested and would be settled otherwise (`told.py`)."""
    PASSED = "passed"
    """达标: the total is at the pass mark or above."""
    WAITING_FOR_MARKING = "waiting_for_marking"
    """待批改: the marks that others still owe could alone lift it to the pass mark."""
    UNREACHABLE = "unreachable"
    """不可达: the best possible evidence would still fall short."""
    NOT_STARTED = "not_started"
    """未开始: nothing done yet that falls into the window."""
    ONE_ITEM_SHORT = "one_item_short"
    """差一项: more of a single criterion would do."""
    FAR = "far"
    """差距大: more of several criteria is needed, or others must act first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One thing to do on the way to a mark."""

    criterion: str
    """The id of the criterion that it lifts (the first one, where it lifts several)."""
    kind: DeedKind
    amount: int
    """How many whole units (see `DeedKind`); study in minutes, rounded up."""
    points: Fraction
    """By how much it lifts the total, after the steps before it: the steps' points add up."""
    grade: Grade | None = None
    """The lowest mark that the hand-in must get; None: handing in is enough, or there are no marks."""
    deadline: int | None = None
    """The last instant at which it counts; None: whenever it is done before the programme is closed."""
    opens_at: int | None = None
    """When it can begin, if that is still to come."""
    activity: str | None = None
    """The activity to hand in to, where it is known which."""
    again: bool = False
    """Something was handed in to that activity before: it must allow another attempt. Of journals another
    piece is needed: a further attempt at one that counts counts for nothing."""
    late: bool = False
    """The deadline is over: it earns its grade, not the points for being in time."""
    due_basis: DueBasis | None = None
    """Whose dates the opening and the deadline are; None: they are the window's, or there are none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Way:
    """Steps that together reach a mark, and no longer would with one unit less of any of them."""

    steps: tuple[Step, ...]
    reaches: Fraction
    """The total after all the steps: at the mark or above."""
    effort: int
    """The weight by which ways are ordered: about so many minutes of work (`effort.py`)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Goal:
    """A mark not reached yet: the pass mark, or where the next band begins."""

    mark: Fraction
    is_pass: bool
    band: str | None
    """The id of the band that begins at the mark, where there is one."""
    missing: Fraction
    """How many points today's total lacks."""
    reachable: bool
    """False: no longer, by the best possible evidence; the outlook's ceilings say why."""
    ways: tuple[Way, ...]
    """At most three, the cheapest first; none where others must act first, or nothing more can be done."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ceiling:
    """A criterion that can no longer reach its maximum, and why."""

    criterion: str
    why: Why
    at_best: Fraction
    """The points of the criterion (not of a converted total) that are still possible."""
    max: Fraction
    due_basis: DueBasis | None = None
    """Where it is a deadline that passed: whose, by the least sure of several."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outlook:
    """What may still become of a card."""

    so_far: Fraction
    """The card's total today."""
    if_nothing_more: Fraction
    """The least it will be when the window is over, if nothing more is done and nothing more is marked."""
    with_marking: Fraction
    """The same, if everything unmarked gets the best mark."""
    at_best: Fraction
    """The most that any evidence could still make of it; no claim that this is likely."""
    pass_mark: Fraction
    standing: Standing
    goals: tuple[Goal, ...]
    """The pass mark and the next band, as far as they are not reached; one goal where both are the same."""
    ceilings: tuple[Ceiling, ...]
    """Every criterion that can no longer reach its maximum."""
    doubts: int
    """Records that want a person: unreadable, implausible, or in an open case."""
    unread: tuple[str, ...] = ()
    """The criteria whose points may be others once what could not be read is read."""
    voided: tuple[str, ...] = ()
    """The criteria that would stand otherwise if works counted again that were voided, and of which a case is
    open: of a tutor's class such a work is on no list of what to mark."""
    valid_until: int | None
    """The instant from which it may say something else although no evidence changed (None: never)."""

    @property
    def to_pass(self) -> Goal | None:
        """The goal of passing; None once passed."""
        return next((goal for goal in self.goals if goal.is_pass), None)

    @property
    def missing(self) -> Fraction:
        """The points that the total lacks to the pass mark; 0 once passed."""
        return max(self.pass_mark - self.so_far, Fraction(0))
