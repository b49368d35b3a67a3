"""What measures alone make of cards by other rules, as long as the whole cards are still to be made.

It is points and no more: what is still needed, why a point is given, and what hangs on open cases only a
whole card says. So a result that is foretold is told as provisional, like one by the rules before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms_scoring.domain.board import Chip, Line, Shown
from lms_scoring.domain.figures import hundredths, looks_like
from lms_scoring.domain.measures import MOST, BulkRules, common_factors
from lms_scoring.domain.outlook import told_standing
from lms_scoring.domain.scheme import RoleScheme
from lms_scoring.domain.scorecard import CardState


@dataclass(frozen=True, slots=True, kw_only=True)
class Foretold:
    """The points of a card: of each criterion in the order of the rules, and the total."""

    points: tuple[Fraction, ...]
    total: Fraction
    could_become: Fraction
    state: CardState


def may_be_foretold(before: BulkRules, after: BulkRules) -> bool:
    """Whether what was measured for the rules before says all that the rules after ask for."""
    is_measured = {*after.wanted} <= {*before.wanted} and len(after.readings) <= MOST
    return is_measured and common_factors(before.plan, after.plan) is not None


def foretold_of(
    rules: BulkRules, points: Sequence[int], *, total: int, could_become: int, state: CardState
) -> Foretold:
    """What numerators mean: of points over the denominator of each term, of totals over the plan's."""
    terms = [term for term, _ in rules.plan.terms]
    return Foretold(
        points=tuple(Fraction(one, term.denominator) for one, term in zip(points, terms, strict=True)),
        total=Fraction(total, rules.plan.denominator),
        could_become=Fraction(could_become, rules.plan.denominator),
        state=state,
    )


def foretold_line(line: Line, rules: RoleScheme, told: Foretold | None) -> Line:
    """The line of somebody whose card is still to be made: with the points that are foretold; where nothing
    is (None), with those by the rules before. Either way nothing is told as settled.

    How much could not be read is what it was: that is a matter of evidence, not of points.
    """
    if told is None:
        return _unsettled(line, line.state)
    unread = {id_: shown.unknowns for id_, shown in line.criteria.items()}
    criteria = {
        one.id: _shown(points, one.max, unread.get(one.id, 0))
        for one, points in zip(rules.criteria, told.points, strict=True)
    }
    is_at_least = any(shown.unknowns for shown in criteria.values())
    return _unsettled(line, told.state)._replace(
        band=rules.band_of(told.total),
        missing=None,
        total=_shown(told.total, rules.pass_mark, int(is_at_least), always=True),
        out_of=hundredths(rules.out_of),
        criteria=criteria,
    )


def _unsettled(line: Line, state: CardState) -> Line:
    standing = told_standing(None, state, disputed=True)
    chip = Chip.NOT_KNOWN if standing is None else Chip(standing.value)
    return line._replace(
        state=state, standing=standing, chip=line.chip if line.chip is Chip.WITHDRAWN else chip
    )


def _shown(points: Fraction, mark: Fraction, unknowns: int, *, always: bool = False) -> Shown:
    return Shown(
        hundredths(points),
        hundredths(mark),
        looks_like(points, mark),
        unknowns if always or points < mark else 0,
    )
