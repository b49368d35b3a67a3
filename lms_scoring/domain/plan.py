"""A plan: a role's rules compiled to integer arithmetic over one denominator, for one card or a million.

`total = numerator / denominator`; passed is `numerator >= threshold`, one comparison of integers.

It is for bulk: totals of measures that are known already, many at once, where a card each would be too slow.
Cards come from `scoring` alone; tests hold that both give the same totals to the last bit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from operator import add

from lms_scoring.domain.rules.rule import Measure, Term
from lms_scoring.domain.scheme import RoleScheme


@dataclass(frozen=True, slots=True)
class Plan:
    """Terms with the factor that brings each to the common denominator; `threshold` is the pass mark."""

    terms: tuple[tuple[Term, int], ...]
    denominator: int
    threshold: int

    @property
    def most(self) -> int:
        """The numerator of the highest total."""
        return sum(int(term.most * term.denominator) * factor for term, factor in self.terms)

    def totals(self, measures: Sequence[Sequence[Sequence[Measure]]]) -> list[Measure]:
        """Numerators of many totals. `measures` holds for each criterion its measures' columns."""
        totals: list[Measure] | None = None
        for (term, factor), columns in zip(self.terms, measures, strict=True):
            points = term.column(columns)
            if factor != 1:
                points = [point * factor for point in points]
            totals = points if totals is None else list(map(add, totals, points))
        return [] if totals is None else totals

    def passes(self, totals: Sequence[Measure]) -> Iterator[bool]:
        """Whether each numerator reaches the pass mark."""
        threshold = self.threshold
        return (total >= threshold for total in totals)


def compiled(rules: RoleScheme) -> Plan:
    """The plan of one role."""
    terms = [criterion.rule.term(criterion.max) for criterion in rules.criteria]
    parts = [Fraction(1, term.denominator) * rules.scale for term in terms]
    denominator = lcm(rules.pass_mark.denominator, *(part.denominator for part in parts))
    return Plan(
        terms=tuple((term, int(part * denominator)) for term, part in zip(terms, parts, strict=True)),
        denominator=denominator,
        threshold=int(rules.pass_mark * denominator),
    )
