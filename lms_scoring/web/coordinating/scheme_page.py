"""A course's scheme as its page shows it: the rules of each role, and what its worked examples come to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.scheme import RoleScheme, Scheme
from lms_scoring.domain.scorecard import CriterionResult, Scorecard
from lms_scoring.domain.worked_example import Example, worked

DEEDS: Mapping[Role, Sequence[str]] = {
    Role.LEARNER: ("minutes", "homework", "journals", "topics", "replies"),
    Role.TUTOR: ("marking", "topics", "replies", "bulletins", "recommended"),
}
"""What an example says that somebody did, in the order of the table."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkedExample:
    """An example, and the card that comes out of it."""

    example: Example
    card: Scorecard

    def has(self, deed: str) -> bool:
        """Whether the example speaks of such a deed at all."""
        one = self.example
        done: Mapping[str, int | Fraction] = {
            "minutes": one.minutes,
            "homework": len(one.homework),
            "journals": one.journals,
            "topics": one.topics,
            "replies": one.replies,
            "marking": one.handed_in,
            "bulletins": one.bulletins,
            "recommended": one.recommended,
        }
        return done[deed] > 0

    def result(self, criterion: str) -> CriterionResult:
        """The criterion on the card."""
        return next(one for one in self.card.criteria if one.id == criterion)


@dataclass(frozen=True, slots=True, kw_only=True)
class RolePart:
    """How one role is scored. `deeds` are the columns of its examples: what any of them speaks of."""

    rules: RoleScheme
    examples: Sequence[WorkedExample]
    deeds: Sequence[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemePage:
    """What the page shows."""

    scheme: Scheme
    parts: Sequence[RolePart]


def scheme_page(scheme: Scheme, examples: Sequence[Example]) -> SchemePage:
    """The page of a scheme with its examples."""
    cards = list(_cards(scheme, examples))
    return SchemePage(scheme=scheme, parts=[_part(rules, cards) for rules in scheme.roles.values()])


def _cards(scheme: Scheme, examples: Sequence[Example]) -> Iterator[WorkedExample]:
    for example in examples:
        card = worked(scheme, example)
        if card is not None:
            yield WorkedExample(example=example, card=card)


def _part(rules: RoleScheme, cards: Sequence[WorkedExample]) -> RolePart:
    own = [one for one in cards if one.example.role is rules.role]
    deeds = [deed for deed in DEEDS[rules.role] if any(one.has(deed) for one in own)]
    return RolePart(rules=rules, examples=own, deeds=deeds)
