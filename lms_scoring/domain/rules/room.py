"""Room: what more evidence could still earn under one rule, for one person; each rule kind makes its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from lms_scoring.domain.evidence import DueBasis
from lms_scoring.domain.rules.chances import Opening, Pace
from lms_scoring.domain.rules.deeds import Deed, DeedKind, Deeds, Why


class Ladder(Protocol):
    """Deeds of one kind, the least first; a long one need not be written out."""

    def __len__(self) -> int: ...

    def __getitem__(self, index: int, /) -> Deed: ...

    def __iter__(self) -> Iterator[Deed]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Room:
    """`points(deeds)` are the criterion's once the deeds are done too; `points({})` when nothing more is.

    `ladders` are the deeds that lift them, by kind: the sizes worth trying, the least first. `at_best` is
    what the best possible evidence makes, by whomever; `why` says what keeps that below the maximum, and
    where it is a deadline, `due_basis` whose that was.
    `openings` are where and until when each kind can be done: the first unit in the first, and so on, and in
    the last all that are left (a kind not named: at any time). `asked` is
    how many more of a kind the programme asks for, without scoring them apart. `edges` are instants at which
    openings change; `pace` is how the time that is left limits study. `also` are kinds that
    only other rules ask for and that lift this criterion too.
    """

    points: Callable[[Deeds], Fraction]
    at_best: Fraction
    why: Why | None = None
    due_basis: DueBasis | None = None
    ladders: Mapping[DeedKind, Ladder] = field(default_factory=dict)
    openings: Mapping[DeedKind, Sequence[Opening]] = field(default_factory=dict)
    also: frozenset[DeedKind] = frozenset()
    asked: Mapping[DeedKind, int] = field(default_factory=dict)
    edges: tuple[int, ...] = ()
    pace: Pace = Pace.PLAIN


def amount_of(deeds: Deeds, kind: DeedKind) -> int:
    """How much of a kind is done."""
    deed = deeds.get(kind)
    return 0 if deed is None else deed.amount


@dataclass(frozen=True, slots=True)
class Rungs:
    """The ladder of `unit`, 2 `unit`, … up to `most`, which need not be a multiple of it."""

    most: int
    unit: int = 1

    def __len__(self) -> int:
        return len(range(0, self.most, self.unit))

    def __getitem__(self, index: int) -> Deed:
        return Deed(amount=min((index + 1) * self.unit, self.most))

    def __iter__(self) -> Iterator[Deed]:
        return (self[index] for index in range(len(self)))
