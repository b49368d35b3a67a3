"""Parts: the criteria of a card that the same deeds lift, and every bundle of deeds worth doing for them.

Most parts are one criterion. Two criteria of one role may read the same evidence (study time counted in
two ways, a bulletin that is a topic too); their points rise together, so they are looked at together.
Parts are independent of each other: what they gain adds up.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction
from functools import cached_property
from itertools import product
from typing import Protocol

from lms_scoring.domain.outlook.effort import Effort, units_of
from lms_scoring.domain.rules.chances import Opening
from lms_scoring.domain.rules.deeds import Deed, DeedKind, Deeds, rank
from lms_scoring.domain.rules.room import Ladder, Room, Rungs


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """A criterion and its room; `at_best` counts what could not be read of it at its best too."""

    criterion: str
    max: Fraction
    room: Room
    at_best: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Deeds of one part: what they gain it, and what they weigh."""

    deeds: Deeds
    gain: Fraction
    effort: int
    units: int

    @property
    def is_waiting(self) -> bool:
        """Whether nothing is to be done but to get marks."""
        return set(self.deeds) == {DeedKind.GET_MARKED}


class Bundles(Protocol):
    """Bundles by weight, each gaining more than the one before it."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Bundle: ...


@dataclass(frozen=True, kw_only=True)
class Part:
    """Places that share deeds, in the order of the scheme."""

    places: tuple[Place, ...]
    effort: Effort

    @cached_property
    def ladders(self) -> Mapping[DeedKind, Ladder]:
        """By kind, the deeds that any of the places offers."""
        offered: dict[DeedKind, list[Ladder]] = {}
        for place in self.places:
            for kind, ladder in place.room.ladders.items():
                if len(ladder) > 0:
                    offered.setdefault(kind, []).append(ladder)
        return {kind: _merged(ladders) for kind, ladders in offered.items()}

    @cached_property
    def base(self) -> Fraction:
        """The points when nothing more is done."""
        return self.points({})

    def points(self, deeds: Deeds) -> Fraction:
        """The points of all its criteria once the deeds are done too."""
        first, *others = self.places
        points = first.room.points(deeds)
        return sum((place.room.points(deeds) for place in others), points) if others else points

    def gain(self, deeds: Deeds) -> Fraction:
        """What the deeds add to the points."""
        return self.points(deeds) - self.base

    @cached_property
    def bundles(self) -> Bundles:
        """Every bundle that gains more than any of less weight does; the lightest first."""
        if len(self.ladders) == 1:
            ((kind, ladder),) = self.ladders.items()
            if isinstance(ladder, Rungs):
                return _Climb(part=self, kind=kind, rungs=ladder)
        return list(self._worth_doing())

    @property
    def most_gain(self) -> Fraction:
        """The gain of the heaviest bundle."""
        return self.bundles[len(self.bundles) - 1].gain if len(self.bundles) > 0 else Fraction(0)

    def place_of(self, kind: DeedKind) -> Place:
        """The first criterion that offers the kind."""
        return next(place for place in self.places if kind in place.room.ladders)

    def spread(self, kind: DeedKind, deed: Deed) -> Iterator[tuple[Deed, Opening | None]]:
        """The deed, by where each unit of it can be done so that all of them count it; None: whenever."""
        offered = [place.room.openings[kind] for place in self.places if kind in place.room.openings]
        if not offered:
            yield deed, None
            return
        strictest = min(offered, key=lambda one: min((o.deadline, not o.late) for o in one[: deed.amount]))
        *single, last = strictest[: deed.amount]
        for opening in single:
            yield replace(deed, amount=1), opening
        yield replace(deed, amount=deed.amount - len(single)), last

    def bundle(self, deeds: Deeds) -> Bundle:
        """The deeds as a bundle."""
        return Bundle(
            deeds=deeds,
            gain=self.gain(deeds),
            effort=self._effort_of(deeds),
            units=_units(deeds),
        )

    @cached_property
    def _asked(self) -> Mapping[DeedKind, int]:
        return {kind: count for place in self.places for kind, count in place.room.asked.items()}

    def _worth_doing(self) -> Iterator[Bundle]:
        """Choices by weight; only those that are worth it are made bundles of, for there may be hundreds."""
        weighed = [(self._effort_of(deeds), _units(deeds), deeds) for deeds in self._choices()]
        best = self.base
        for _, _, deeds in sorted(weighed, key=lambda one: one[:2]):
            points = self.points(deeds)
            if points > best:
                best = points
                yield self.bundle(deeds)

    def _effort_of(self, deeds: Deeds) -> int:
        return self.effort.of(deeds, asked=self._asked)

    def _choices(self) -> Iterator[Deeds]:
        kinds = list(self.ladders)
        for chosen in product(*([None, *self.ladders[kind]] for kind in kinds)):
            yield {kind: deed for kind, deed in zip(kinds, chosen, strict=True) if deed is not None}


def least(bundles: Bundles, gain: Fraction) -> int:
    """The index of the lightest bundle that gains so much; the length where none does."""
    return bisect_left(bundles, gain, key=lambda bundle: bundle.gain)


def parts_of(places: Sequence[Place], *, effort: Effort) -> list[Part]:
    """The places laid together where they share deeds, in the order of the first of each part."""
    joined: list[list[Place]] = []
    for place in places:
        sharing = [others for others in joined if any(_kinds(one) & _kinds(place) for one in others)]
        joined = [others for others in joined if others not in sharing]
        joined.append([*(one for others in sharing for one in others), place])
    order = {place.criterion: number for number, place in enumerate(places)}
    parts = [
        Part(places=tuple(sorted(one, key=lambda place: order[place.criterion])), effort=effort)
        for one in joined
    ]
    return sorted(parts, key=lambda part: order[part.places[0].criterion])


@dataclass(frozen=True, kw_only=True)
class _Climb:
    """The bundles of a part with nothing but rungs, each made when it is looked at."""

    part: Part
    kind: DeedKind
    rungs: Rungs
    made: dict[int, Bundle] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.rungs)

    def __getitem__(self, index: int) -> Bundle:
        if index not in self.made:
            self.made[index] = self.part.bundle({self.kind: self.rungs[index]})
        return self.made[index]


def _units(deeds: Deeds) -> int:
    return sum(units_of(kind, deed) for kind, deed in deeds.items())


def _kinds(place: Place) -> frozenset[DeedKind]:
    return place.room.also.union(place.room.ladders)


def _merged(ladders: Sequence[Ladder]) -> Ladder:
    if len(ladders) == 1:
        return ladders[0]
    deeds = {deed for ladder in ladders for deed in ladder}
    return tuple(sorted(deeds, key=lambda deed: (deed.amount, rank(deed.grade))))
