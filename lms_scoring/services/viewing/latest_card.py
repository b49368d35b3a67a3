"""The latest card of a place as a reader sees it: the one that is kept, or, as long as a card by rules that
were just adopted is awaited, that one, made for this reader alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from lms_scoring.domain.evidence import Membership
from lms_scoring.domain.outlook import Outlook
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import Act, ActKind, CardRow, Transaction
from lms_scoring.services.scoring.made_cards import awaited_card
from lms_scoring.services.scoring.rules import CourseRules


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestCard:
    """A card with its findings, what it still needs, and the versions asked for. `is_awaited`: it is not
    kept as yet, so no board and no gradebook tells it."""

    card: Scorecard
    outlook: Outlook | None
    history: Sequence[CardRow]
    is_awaited: bool = False


def latest_card(
    transaction: Transaction,
    rules: CourseRules,
    place: Membership,
    acts: Sequence[Act],
    *,
    versions: int | None,
) -> LatestCard | None:
    """None where there is none. `acts` are those about the course, `versions` how many of the latest are
    asked for (None: all).

    One that is awaited says how things stood when the one that is kept was made: a page is as of one moment,
    and that is the one as of which results were foretold.
    """
    course, person, role, class_ = rules.course, place.person, place.role, place.class_
    card = transaction.scorecard(course, person, role=role, class_=class_)
    if card is None:
        return None
    history = transaction.history(course, person, role=role, class_=class_, latest=versions)
    awaited = awaited_card(transaction, rules, card)
    if awaited is None:
        outlook = transaction.outlook(course, person, role=role, class_=class_)
        return LatestCard(card=card, outlook=outlook, history=history)
    history = [*history, _next(history[-1], awaited.card, acts)]
    return LatestCard(
        card=awaited.card,
        outlook=awaited.outlook,
        history=history if versions is None else history[-versions:],
        is_awaited=True,
    )


def _next(latest: CardRow, card: Scorecard, acts: Sequence[Act]) -> CardRow:
    """The version that the card will be; it holds since its rules were adopted."""
    adopted = [act.at for act in acts if act.kind is ActKind.ADOPTED]
    return replace(latest, card=card, version=latest.version + 1, scored_at=max([latest.scored_at, *adopted]))
