"""What every rule kind can do: measure a dossier, turn measures into points, say itself in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Protocol

from lms_scoring.domain.dossier import Dossier
from lms_scoring.domain.evidence import Purpose, Unknown
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.rules.chances import Chances
from lms_scoring.domain.rules.reach import Reach
from lms_scoring.domain.rules.room import Room
from lms_scoring.domain.scorecard import Figure, Finding

Measure = int | Fraction
"""Whole wherever evidence is; a rational where a mean or a cut of the content axis makes it one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Measured:
    """What a rule found: the measures its term takes, what they could become by marking alone, and why."""

    values: tuple[Measure, ...]
    could_become: tuple[Measure, ...]
    findings: tuple[Finding, ...] = ()
    figures: tuple[Figure, ...] = ()


class Term(Protocol):
    """Measures to points, as integers over one denominator: `points = column / denominator`."""

    @property
    def denominator(self) -> int: ...

    @property
    def most(self) -> Fraction:
        """The points there are at most."""

    def column(self, measures: Sequence[Sequence[Measure]]) -> list[Measure]:
        """The numerators for many cards at once; `measures` holds one sequence a measure."""


class Rule(Protocol):
    """One kind of rule with its settings. Settings are data; the same settings give the same points."""

    @property
    def kind(self) -> str:
        """The word for this kind in a scheme file."""

    @property
    def purposes(self) -> frozenset[Purpose]:
        """What activities must be bound to for their evidence to be read by this rule."""

    @property
    def measures(self) -> tuple[str, ...]:
        """What `measure` finds, in its order."""

    @property
    def measured_by(self) -> frozenset[str]:
        """The settings that what is measured depends on; all others only make points of it."""

    @property
    def needs_class_work(self) -> bool:
        """Whether it asks for all the work of the tutor's class, so that what cannot be read is missing."""

    def measure(self, dossier: Dossier, *, window: Span, most: Fraction) -> Measured: ...

    def term(self, most: Fraction) -> Term: ...

    def room(self, chances: Chances, *, most: Fraction) -> Room:
        """What more evidence could still earn."""

    def reach(self, dossier: Dossier, unread: Sequence[Unknown], *, window: Span, most: Fraction) -> Reach:
        """What the points may be once `unread` is read, in any way that the settings allow; the window has
        begun."""

    def sentence(self, language: str, most: Fraction) -> str:
        """The rule as a sentence a teacher understands, in `zh` or `en`."""


def points_of(term: Term, values: Sequence[Measure]) -> Fraction:
    """The points of one card."""
    (numerator,) = term.column([[value] for value in values])
    return Fraction(numerator, term.denominator)


def common_denominator(*numbers: Fraction) -> int:
    """The least denominator over which all the numbers are whole."""
    return lcm(*(number.denominator for number in numbers))


def parts_under(amounts: Sequence[Fraction], cap: Fraction) -> list[Fraction]:
    """How much of each amount, in order, finds room under the cap."""
    parts = []
    for amount in amounts:
        part = min(amount, cap)
        cap -= part
        parts.append(part)
    return parts
