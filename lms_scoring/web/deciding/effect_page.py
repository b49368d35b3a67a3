"""What a decision would change, as a page shows it before it is kept: each card before and after."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms_scoring.domain.scheme import Criterion, Scheme
from lms_scoring.domain.scorecard import CriterionResult
from lms_scoring.services.access.seeing import View
from lms_scoring.services.deciding.enter import Effect, Shift


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """One criterion whose points or state would change; `criterion` None: today's rules have none such."""

    id: str
    criterion: Criterion | None
    before: CriterionResult
    after: CriterionResult


@dataclass(frozen=True, slots=True, kw_only=True)
class CardShift:
    """One card that is concerned, with the name of its person."""

    name: str
    shift: Shift
    moved: Sequence[Moved]


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectPage:
    """The cards that the visitor may see, and the mark by which exactly this is confirmed."""

    cards: Sequence[CardShift]
    mark: str


def effect_page(effect: Effect, view: View, scheme: Scheme, names: Mapping[str, str]) -> EffectPage:
    """The page of an effect, for this visitor."""
    return EffectPage(cards=card_shifts(effect.shifts, view, scheme, names), mark=effect.mark)


def card_shifts(
    shifts: Sequence[Shift], view: View, scheme: Scheme, names: Mapping[str, str]
) -> Sequence[CardShift]:
    """The cards that this visitor may see."""
    return [
        CardShift(name=names.get(shift.after.person, ""), shift=shift, moved=list(_moved(shift, scheme)))
        for shift in shifts
        if view.shows(shift.after)
    ]


def _moved(shift: Shift, scheme: Scheme) -> Iterator[Moved]:
    criteria = {one.id: one for one in scheme.roles[shift.after.role].criteria}
    for before, after in zip(shift.before.criteria, shift.after.criteria, strict=True):
        if (before.points, before.state) != (after.points, after.state):
            yield Moved(id=after.id, criterion=criteria.get(after.id), before=before, after=after)
