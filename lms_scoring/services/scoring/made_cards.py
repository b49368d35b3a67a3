"""Making cards of evidence: all that takes time, and nothing that writes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.closing import closed, closed_outlook
from lms_scoring.domain.dossier import Dossier, dossiers
from lms_scoring.domain.measures import CardMeasures, card_measures, readings_of
from lms_scoring.domain.outlook import Outlook, look_ahead
from lms_scoring.domain.packed_card import PackedCard, packed
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.domain.scoring import score, scored
from lms_scoring.ports import Act, Transaction
from lms_scoring.services.scoring.card_records import Records, records_to_read, with_tutors
from lms_scoring.services.scoring.course_time import course_time
from lms_scoring.services.scoring.rules import CourseRules


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeCard:
    """A card as it is now, ready to be kept, with what is kept beside it."""

    packed: PackedCard
    outlook: Outlook
    measures: CardMeasures


def made_cards(
    transaction: Transaction, rules: CourseRules, persons: set[str], records: Records, *, as_of: int
) -> Iterator[MadeCard]:
    """The cards of these persons as their records make them, laid aside where the programme is closed."""
    closing = transaction.closing(rules.course)
    doubted = _doubted(transaction, rules.course, persons)
    readings = {role: readings_of(rules.scheme, rules.bindings, role) for role in rules.scheme.roles}
    for person, theirs in records:
        for dossier in _dossiers(rules, person, theirs, as_of=as_of):
            made = scored(rules.scheme, dossier)
            card = made.card
            measures = card_measures(card, made.measured, readings[card.role])
            outlook = look_ahead(rules.scheme, dossier, card, cases=doubted.get(person, frozenset()))
            if closing is not None:
                card, outlook = closed(card, at=closing.at), closed_outlook(outlook, card)
            yield MadeCard(packed=packed(card), outlook=outlook, measures=measures)


def cards_with(
    transaction: Transaction, rules: CourseRules, person: str, entries: Sequence[ev.Record], *, now: int
) -> list[tuple[Scorecard, Scorecard]]:
    """The cards that `assess_person` would keep, each without the entries and with them."""
    wanted = with_tutors(transaction, rules, {person})
    closing = transaction.closing(rules.course)
    now = course_time(transaction, rules.course, now=now)
    return [
        pair
        for one, records in records_to_read(transaction, rules, wanted)
        for pair in zip(
            _cards(rules, one, records, closing, now=now),
            _cards(rules, one, [*records, *entries], closing, now=now),
            strict=True,
        )
    ]


def cards_anew(
    transaction: Transaction, rules: CourseRules, persons: set[str], *, now: int
) -> Iterator[Scorecard]:
    """The cards that scoring these people again would make, were the programme not closed."""
    for person, records in records_to_read(transaction, rules, persons):
        yield from _cards(rules, person, records, None, now=now)


def _doubted(
    transaction: Transaction, course: str, persons: set[str]
) -> dict[str, frozenset[tuple[str, str]]]:
    """The records of each person that an open case is about, by kind and id."""
    found: dict[str, frozenset[tuple[str, str]]] = {}
    for case in transaction.cases(course, persons=persons, waiting=True):
        found[case.person] = found.get(case.person, frozenset()) | {(case.kind, case.name)}
    return found


def _cards(
    rules: CourseRules, person: str, records: list[ev.Record], closing: Act | None, *, now: int
) -> Iterator[Scorecard]:
    for dossier in _dossiers(rules, person, records, as_of=now):
        card = score(rules.scheme, dossier)
        yield card if closing is None else closed(card, at=closing.at)


def _dossiers(rules: CourseRules, person: str, records: list[ev.Record], *, as_of: int) -> Iterator[Dossier]:
    for dossier in dossiers(records, as_of=as_of):
        own = dossier.membership
        if own.person == person and own.role in rules.scheme.roles:
            yield dossier
