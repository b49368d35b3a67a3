"""What is still open about cards: the cases and disputes on which somebody must act, by their numbers."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from lms_scoring.domain.evidence import KIND_OF, Membership, Recommendation, Submission
from lms_scoring.domain.kept_findings import persons_among
from lms_scoring.domain.outlook import Questions
from lms_scoring.domain.proceedings.dispute import contested_places
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import Transaction

_WORK, _RECOMMENDATION = KIND_OF[Submission], KIND_OF[Recommendation]


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
    places = transaction.memberships(course, persons=sorted(theirs)) if theirs else ()
    about = {one.number: contested_places([one], places) for one in disputes}
    return [
        StillOpen(
            cases=tuple(number for number, person in cases.items() if person == card.person),
            disputes=tuple(
                number for number, of in about.items() if (card.person, card.role, card.class_) in of
            ),
        )
        for card in cards
    ]


def questions_about(
    transaction: Transaction,
    course: str,
    membership: Membership,
    own: Sequence[Membership],
    *,
    card: Scorecard | None,
) -> Questions:
    """What is open about the card of a membership; `own` are all of that person."""
    person, place = membership.person, (membership.person, membership.role, membership.class_)
    results = () if card is None else card.criteria
    named = frozenset[str]().union(*(persons_among(one.findings) for one in results))
    cases = transaction.cases(course, persons={person, *named}, waiting=True)
    disputes = transaction.disputes(course, persons=[person], waiting=True)
    works = frozenset(one.name for one in cases if one.person in named and one.kind == _WORK)
    return Questions(
        cases=frozenset((one.kind, one.name) for one in cases if one.person == person),
        of_works=frozenset((_WORK, work) for work in works)
        | _recommended(transaction, course, person, works),
        contested=tuple(one.criterion for one in disputes if place in contested_places([one], own)),
    )


def _recommended(
    transaction: Transaction, course: str, tutor: str, works: Collection[str]
) -> frozenset[tuple[str, str]]:
    """The tutor's recommendations of these works, by kind and id."""
    if not works:
        return frozenset()
    found = transaction.records_of(course, [tutor], kinds=[_RECOMMENDATION])
    return frozenset(
        (_RECOMMENDATION, one.id)
        for one in found
        if isinstance(one, Recommendation) and one.submission in works
    )
