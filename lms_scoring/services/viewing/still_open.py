"""What is still open about cards: the cases and disputes on which somebody must act, by their numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lms_scoring.domain.proceedings.dispute import contested
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import Transaction
from lms_scoring.services.deciding.to_check import places_of


@dataclass(frozen=True, slots=True, kw_only=True)
class StillOpen:
    """The cases about records of whose card it is, and the disputes about that card."""

    cases: tuple[int, ...] = ()
    disputes: tuple[int, ...] = ()


def still_open(transaction: Transaction, course: str, cards: Sequence[Scorecard]) -> list[StillOpen]:
    """Of each card, in their order."""
    persons = {card.person for card in cards}
    cases = transaction.waiting_cases(course, persons=persons)
    disputes = transaction.disputes(course, persons=persons, waiting=True)
    theirs = {one.person for one in disputes}
    places = places_of(transaction.memberships(course, persons=sorted(theirs)) if theirs else ())
    about = {
        one.number: {
            (place.person, place.role, place.class_) for place in contested(one, places.get(one.person, ()))
        }
        for one in disputes
    }
    return [
        StillOpen(
            cases=tuple(number for number, person in cases.items() if person == card.person),
            disputes=tuple(
                number for number, of in about.items() if (card.person, card.role, card.class_) in of
            ),
        )
        for card in cards
    ]
