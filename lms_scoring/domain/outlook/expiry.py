"""Expiry: when an outlook may say something else although no evidence changed."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence, Set
from fractions import Fraction

from lms_scoring.domain.outlook.effort import units_of
from lms_scoring.domain.outlook.outlook import Goal
from lms_scoring.domain.outlook.parts import Part
from lms_scoring.domain.rules.chances import Chances
from lms_scoring.domain.rules.deeds import Deed, DeedKind, Why
from lms_scoring.domain.rules.room import Ladder


def next_edge(
    chances: Chances, parts: Sequence[Part], goals: Sequence[Goal], *, scale: Fraction
) -> int | None:
    """The next instant at which an opening changes, or minutes that matter no longer fit in; None: none."""
    edges = [edge for part in parts for place in part.places for edge in place.room.edges]
    for part in parts:
        ladder = part.ladders.get(DeedKind.STUDY)
        if ladder is not None:
            fill = ladder[len(ladder) - 1].amount
            gains = (gain for goal in goals for gain in _gains_that_matter(part, parts, goal, scale))
            least = (_least_study(part, gain, most=fill) for gain in gains)
            amounts = {amount for amount in least if amount is not None}
            edges += _too_late(part, amounts, set(_on_ways(ladder, goals)), chances)
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
            if step.kind is DeedKind.STUDY:
                yield (goal.mark - way.reaches + step.points) / scale


def _least_study(part: Part, gain: Fraction, *, most: int) -> int | None:
    """The least milliseconds that gain the part so much; None where none are needed, or none do."""
    if gain <= 0:
        return None
    found = bisect_left(
        range(1, most + 1), gain, key=lambda amount: part.gain({DeedKind.STUDY: Deed(amount=amount)})
    )
    return None if found == most else found + 1


def _on_ways(ladder: Ladder, goals: Sequence[Goal]) -> Iterator[int]:
    """The milliseconds that ways ask for; of deeds that are the same minutes to a reader, each."""
    steps = (step for goal in goals for way in goal.ways for step in way.steps)
    for minutes in {step.amount for step in steps if step.kind is DeedKind.STUDY}:
        place = bisect_left(ladder, minutes, key=_minutes)
        while place < len(ladder) and _minutes(ladder[place]) == minutes:
            yield ladder[place].amount
            place += 1


def _minutes(deed: Deed) -> int:
    return units_of(DeedKind.STUDY, deed)


def _too_late(part: Part, amounts: Set[int], on_ways: Set[int], chances: Chances) -> Iterator[int]:
    """The first instants from which an amount no longer fits in; that the time is short already is known.

    A way says what all of its minutes earn, and that is more than the mark needs. Once the last of them no
    longer fits in whole, they earn less with every moment.
    """
    for place in part.places:
        room = place.room
        ladder = room.ladders.get(DeedKind.STUDY, ())
        if len(ladder) > 0:
            most = ladder[len(ladder) - 1].amount
            matter = {min(amount, most) for amount in on_ways}
            matter |= {amount for amount in amounts if amount <= chances.time_left(room.pace)}
            matter |= set() if room.why is Why.TIME_TOO_SHORT else {most}
            yield from (chances.last_start(amount, room.pace) + 1 for amount in matter)
