"""Expiry: when an outlook may say something else although no evidence changed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from fractions import Fraction

from lms_scoring.domain.outlook.outlook import Goal
from lms_scoring.domain.outlook.parts import Part
from lms_scoring.domain.rules.chances import Chances
from lms_scoring.domain.rules.deeds import Deed, StepKind, Why


def next_edge(
    chances: Chances, parts: Sequence[Part], goals: Sequence[Goal], *, scale: Fraction
) -> int | None:
    """The next instant at which an opening changes, or minutes that matter no longer fit in; None: none."""
    edges = [edge for part in parts for place in part.places for edge in place.room.edges]
    for part in parts:
        ladder = part.ladders.get(StepKind.STUDY)
        if ladder is not None:
            fill = ladder[len(ladder) - 1].amount
            gains = (gain for goal in goals for gain in _gains_that_matter(part, parts, goal, scale))
            amounts = {_least_study(part, gain, most=fill) for gain in gains}
            edges += _too_late(part, fill, amounts, chances)
    return min((at for at in edges if chances.dossier.as_of < at < chances.window.end), default=None)


def _gains_that_matter(part: Part, parts: Sequence[Part], goal: Goal, scale: Fraction) -> Iterator[Fraction]:
    """What study must gain: to reach the mark alone, with everything else at its best, and on each way."""
    need = goal.mark / scale
    base = sum((one.base for one in parts), Fraction(0))
    others = sum((place.at_best for one in parts if one is not part for place in one.places), Fraction(0))
    yield need - base
    yield need - others - part.base
    for way in goal.ways:
        for step in way.steps:
            if step.kind is StepKind.STUDY:
                yield (goal.mark - way.reaches + step.points) / scale


def _least_study(part: Part, gain: Fraction, *, most: int) -> int | None:
    """The least milliseconds that gain the part so much; None where none are needed, or none do."""
    if gain <= 0:
        return None
    found = bisect_left(
        range(1, most + 1), gain, key=lambda amount: part.gain({StepKind.STUDY: Deed(amount=amount)})
    )
    return None if found == most else found + 1


def _too_late(part: Part, fill: int, amounts: set[int | None], chances: Chances) -> Iterator[int]:
    """The first instants from which an amount no longer fits in; that the time is short already is known."""
    for place in part.places:
        known_short = place.room.why is Why.TIME_TOO_SHORT
        for amount in amounts if known_short else {fill, *amounts}:
            if amount is not None and amount <= chances.time_left(place.room.pace):
                yield chances.last_start(amount, place.room.pace) + 1
