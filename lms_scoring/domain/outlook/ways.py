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
from itertools import product

from lms_scoring.domain.outlook.effort import units_of
from lms_scoring.domain.outlook.outlook import Step, Way
from lms_scoring.domain.outlook.parts import Bundle, Part, least
from lms_scoring.domain.rules.deeds import Deed, StepKind

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
    others = [index for index in range(len(parts)) if index != longest]
    for places in product(*(range(-1, len(parts[index].bundles)) for index in others)):
        taken = {index: place for index, place in zip(others, places, strict=True) if place >= 0}
        gained = sum((_gain(parts[index], place) for index, place in taken.items()), Fraction(0))
        if gained < need:
            last = least(parts[longest].bundles, need - gained)
            if last == len(parts[longest].bundles):
                continue
            taken[longest] = last
            gained += _gain(parts[longest], last)
        if all(gained - _gain(parts[i], at) + _gain(parts[i], at - 1) < need for i, at in taken.items()):
            yield {index: parts[index].bundles[at] for index, at in sorted(taken.items())}


def _gain(part: Part, place: int) -> Fraction:
    return Fraction(0) if place < 0 else part.bundles[place].gain


def _weight(chosen: _Chosen) -> tuple[int, int]:
    bundles = chosen.values()
    return (sum(bundle.effort for bundle in bundles), sum(bundle.units for bundle in bundles))


def _way(chosen: _Chosen, parts: Sequence[Part], *, total: Fraction, scale: Fraction) -> Way:
    steps = []
    for index, bundle in chosen.items():
        done: dict[StepKind, Deed] = {}
        gained = Fraction(0)
        for kind, deed in bundle.deeds.items():
            done[kind] = deed
            gain = parts[index].gain(done)
            steps.append(_step(parts[index], kind, deed, points=(gain - gained) * scale))
            gained = gain
        total += bundle.gain
    return Way(steps=tuple(steps), reaches=total * scale, effort=_weight(chosen)[0])


def _step(part: Part, kind: StepKind, deed: Deed, *, points: Fraction) -> Step:
    step = Step(
        criterion=part.place_of(kind).criterion,
        kind=kind,
        amount=units_of(kind, deed),
        points=points,
        grade=deed.grade,
    )
    opening = part.opening_of(kind)
    if opening is None:
        return step
    return replace(
        step,
        deadline=opening.deadline,
        opens_at=opening.opens_at,
        activity=opening.activity,
        again=opening.again,
        late=opening.late,
    )
