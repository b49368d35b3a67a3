"""A class in figures that name nobody: how many are how far, and of which criterion points are missing."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from lms_scoring.domain.board import Median
from lms_scoring.domain.outlook import Standing, ToldState, chip_beside
from lms_scoring.domain.scheme import Criterion, RoleScheme
from lms_scoring.domain.scorecard import CriterionResult, CriterionState, Scorecard
from lms_scoring.ports import CardRow


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionFigures:
    """How many learners have all points of a criterion, none, or some; and of how many marks are awaited."""

    criterion: Criterion
    full: int
    none: int
    some: int
    pending: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassFigures:
    """Of the learners who take part. `passed` are those whose pass nothing open can change; `others` counts
    how the others stand, as it is told."""

    enrolled: int
    passed: int
    median: Median | None
    """Of the totals; None where there is nobody."""
    others: Mapping[Standing | ToldState, int]
    criteria: Sequence[CriterionFigures]


def class_figures(rows: Sequence[CardRow], rules: RoleScheme | None) -> ClassFigures:
    """The figures of these learners' cards; no criteria where the scheme scores no learners."""
    passed = sum(row.told is ToldState.PASS for row in rows)
    counted = Counter(chip_beside(row.standing, row.told) for row in rows if row.told is not ToldState.PASS)
    return ClassFigures(
        enrolled=len(rows),
        passed=passed,
        median=_median([row.card for row in rows]),
        others={chip: counted[chip] for chip in (*Standing, ToldState.TO_BE_READ) if counted[chip]},
        criteria=[_figures(one, rows) for one in (() if rules is None else rules.criteria)],
    )


def _median(cards: Sequence[Scorecard]) -> Median | None:
    if not cards:
        return None
    points = median([card.total for card in cards])
    return Median(points=points, of=len(cards), is_at_least=any(card.is_at_least for card in cards))


def _figures(criterion: Criterion, rows: Sequence[CardRow]) -> CriterionFigures:
    results = [one for row in rows for one in row.card.criteria if one.id == criterion.id]
    full = sum(one.points >= one.max for one in results)
    none = sum(_is_nothing(one) for one in results)
    return CriterionFigures(
        criterion=criterion,
        full=full,
        none=none,
        some=len(results) - full - none,
        pending=sum(one.state is CriterionState.PENDING for one in results),
    )


def _is_nothing(result: CriterionResult) -> bool:
    """No points, and nothing that could not be read: what is unknown is not nothing."""
    return result.points == 0 and not result.is_at_least
