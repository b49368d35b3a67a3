"""Ways: the cheapest deeds that reach a mark, by rule arithmetic.

Every bundle of every part is combined with every other's, save of the part with the longest climb, of which
the least that still lacks is taken. A way stands for the criteria it leads through: of each set of criteria
the cheapest way is kept, and only where none of its bundles could be replaced by a lighter one. So no way
contains another, and none can do with a unit less.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from functools import cache
from itertools import product

from lms_scoring.domain.outlook.effort import units_of
from lms_scoring.domain.outlook.outlook import Step, Way
from lms_scoring.domain.outlook.parts import Bundle, Bundles, Part, least
from lms_scoring.domain.rules.chances import Opening
from lms_scoring.domain.rules.deeds import Deed, DeedKind
from lms_scoring.domain.rules.rule import common_denominator

MOST_WAYS = 3

_Chosen = Mapping[int, Bundle]
"""By the index of the part."""


def ways_to(mark: Fraction, parts: Sequence[Part], *, scale: Fraction) -> tuple[Way, ...]:
    """At most three ways to a total, the cheapest first; none if it is reached without, or cannot be."""
    base = sum((part.base for part in parts), Fraction(0))
    need = mark / scale - base
    if need <= 0 or sum((part.most_gain for part in parts), Fraction(0)) < need:
        return ()
    cheapest: dict[frozenset[tuple[int, bool]], _Chosen] = {}
    for chosen in _combinations(parts, need):
        through = frozenset((index, bundle.is_waiting) for index, bundle in chosen.items())
        if through not in cheapest or _weight(chosen) < _weight(cheapest[through]):
            cheapest[through] = chosen
    best = sorted(cheapest.values(), key=lambda chosen: (_weight(chosen), sorted(chosen)))
    return tuple(_way(chosen, parts, total=base, scale=scale) for chosen in best[:MOST_WAYS])


def _combinations(parts: Sequence[Part], need: Fraction) -> Iterator[_Chosen]:
    """Bundles that gain enough together, none of which a lighter one of the same part could replace."""
    longest = max(range(len(parts)), key=lambda index: len(parts[index].bundles))
    climb = parts[longest].bundles
    others = [index for index in range(len(parts)) if index != longest]
    gains = [_gains(parts[index].bundles) for index in others]
    unit = common_denominator(need, *(gain for each in gains for gain in each))
    whole = [[int(gain * unit) for gain in each] for each in gains]
    needed = int(need * unit)
    first = cache(lambda lacking: least(climb, Fraction(lacking, unit)) + 1)
    for places in product(*(range(len(each)) for each in whole)):
        gained = sum(each[place] for each, place in zip(whole, places, strict=True))
        last = 0
        if gained < needed:
            last = first(needed - gained)
            if last > len(climb):
                continue
        spare = gained - needed + _gain_at(climb, last) * unit
        if all(spare < each[at] - each[at - 1] for each, at in zip(whole, places, strict=True) if at > 0):
            chosen = {
                index: parts[index].bundles[at - 1]
                for index, at in zip(others, places, strict=True)
                if at > 0
            }
            yield chosen if last == 0 else {**chosen, longest: climb[last - 1]}


def _gains(bundles: Bundles) -> list[Fraction]:
    """What each gains, after nothing at all."""
    return [Fraction(0), *(bundles[place].gain for place in range(len(bundles)))]


def _gain_at(climb: Bundles, place: int) -> Fraction:
    return Fraction(0) if place == 0 else climb[place - 1].gain


def _weight(chosen: _Chosen) -> tuple[int, int]:
    bundles = chosen.values()
    return (sum(bundle.effort for bundle in bundles), sum(bundle.units for bundle in bundles))


def _way(chosen: _Chosen, parts: Sequence[Part], *, total: Fraction, scale: Fraction) -> Way:
    steps = []
    for index, bundle in sorted(chosen.items(), key=lambda item: item[0]):
        done: dict[DeedKind, Deed] = {}
        gained = Fraction(0)
        for kind, deed in bundle.deeds.items():
            amount = 0
            for one, opening in parts[index].spread(kind, deed):
                amount += one.amount
                done[kind] = replace(deed, amount=amount)
                gain = parts[index].gain(done)
                criterion = parts[index].place_of(kind).criterion
                steps.append(_step(criterion, kind, one, opening, points=(gain - gained) * scale))
                gained = gain
        total += bundle.gain
    return Way(steps=tuple(steps), reaches=total * scale, effort=_weight(chosen)[0])


def _step(criterion: str, kind: DeedKind, deed: Deed, opening: Opening | None, *, points: Fraction) -> Step:
    step = Step(
        criterion=criterion,
        kind=kind,
        amount=units_of(kind, deed),
        points=points,
        grade=deed.grade,
    )
    if opening is None:
        return step
    return replace(
        step,
        deadline=opening.deadline,
        opens_at=opening.opens_at,
        activity=opening.activity,
        again=opening.again,
        late=opening.late,
        due_basis=opening.basis,
    )
