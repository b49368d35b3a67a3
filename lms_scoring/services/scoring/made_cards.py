"""Making cards of evidence: all that takes time, and nothing that writes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.closing import closed, closed_outlook
from lms_scoring.domain.dossier import Dossier, dossiers
from lms_scoring.domain.evidence_json import content_hash
from lms_scoring.domain.measures import CardMeasures, card_measures, readings_of
from lms_scoring.domain.outlook import Outlook, ToldState, look_ahead, told_standing, told_state
from lms_scoring.domain.outlook.doubts import Cases
from lms_scoring.domain.packed_card import PackedCard, packed, unpacked
from lms_scoring.domain.proceedings.dispute import contested_places
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.domain.scoring import score, scored
from lms_scoring.ports import Transaction
from lms_scoring.services.scoring.card_records import Records, learners_of, records_to_read, with_tutors
from lms_scoring.services.scoring.course_time import course_time
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.set_tasks import set_tasks
from lms_scoring.services.scoring.unmade import Noted, Unmade, check_made


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeCard:
    """A card as it is now, ready to be kept, with what is kept beside it."""

    packed: PackedCard
    outlook: Outlook
    measures: CardMeasures


@dataclass(frozen=True, slots=True, kw_only=True)
class AwaitedCard:
    """A whole card that is made for who asks, and not kept."""

    card: Scorecard
    outlook: Outlook


@dataclass(frozen=True, slots=True, kw_only=True)
class ToldCard:
    """A card as it would be, and the result as it would be told."""

    card: Scorecard
    told: ToldState


def made_cards(
    transaction: Transaction,
    rules: CourseRules,
    persons: set[str],
    records: Records,
    *,
    as_of: int,
    unmade: Unmade | None = None,
) -> Iterator[MadeCard]:
    """The cards of these persons as their records make them, laid aside where the programme is closed.

    Of whom any card fails is `unmade`, and has none of them; without that, the error is raised.
    """
    closing = transaction.closing(rules.course)
    doubted = _doubted(transaction, rules.course, persons)
    tasks = set_tasks(transaction, rules)
    readings = {role: readings_of(rules.scheme, rules.bindings, role) for role in rules.scheme.roles}
    hashes = _Hashes()

    def made_of(dossier: Dossier) -> MadeCard:
        made = scored(rules.scheme, dossier, hash_of=hashes.by(dossier.membership.role))
        card = made.card
        measures = card_measures(card, made.measured, readings[card.role])
        cases = _cases_of(doubted, dossier)
        outlook = look_ahead(
            rules.scheme, dossier, card, tasks=tasks, cases=cases, marks_come=closing is None
        )
        if closing is not None:
            card, outlook = closed(card, at=closing.at), closed_outlook(outlook, card)
        return MadeCard(packed=packed(card), outlook=outlook, measures=measures)

    for person, theirs in records:
        cards: list[MadeCard] = []
        with Noted(unmade, [person]):
            cards = [made_of(one) for one in _dossiers(rules, person, theirs, as_of=as_of)]
        yield from cards


def cards_with(
    transaction: Transaction,
    rules: CourseRules,
    person: str,
    entries: Sequence[ev.Record],
    unmade: Unmade,
    *,
    now: int,
    settled: Cases = frozenset(),
) -> Iterator[tuple[ToldCard, ToldCard]]:
    """The cards that `assess_person` would keep, each without the entries and with them. With them no case is
    open any more about what is `settled`: records of the person, by kind and id.

    Of whom a card cannot be made, without them or with them, is `unmade`, and has none of them here.
    """
    wanted = with_tutors(transaction, rules, {person})
    telling = _Telling(transaction, rules, wanted, now=course_time(transaction, rules.course, now=now))
    for one, records in records_to_read(transaction, rules, wanted, unmade=unmade):
        pairs: list[tuple[ToldCard, ToldCard]] = []
        with Noted(unmade, [one]):
            before = telling.cards(one, records)
            after = telling.cards(one, [*records, *entries], settled=settled)
            pairs = [*zip(before, after, strict=True)]
        yield from pairs


def awaited_card(transaction: Transaction, rules: CourseRules, kept: Scorecard) -> AwaitedCard | None:
    """What takes the place of a kept card as soon as it is made by rules that were adopted since; None where
    nothing is awaited. It says how things stood when the kept one was made, and is not kept.

    Raises CardsNotMade where it cannot be: the kept one is by rules that hold no more.
    """
    person = {kept.person}
    if not transaction.awaited(rules.course, persons=person):
        return None
    unmade = Unmade(transaction)
    records = records_to_read(transaction, rules, person, unmade=unmade)
    found = [*made_cards(transaction, rules, person, records, as_of=kept.as_of, unmade=unmade)]
    check_made(rules.course, unmade.why)
    for made in found:
        card = made.packed.card
        if (card.role, card.class_) == (kept.role, kept.class_):
            return AwaitedCard(card=unpacked(made.packed.whole), outlook=made.outlook)
    return None


def card_of_today(
    transaction: Transaction, rules: CourseRules, person: str, *, role: ev.Role, class_: str | None
) -> Scorecard | None:
    """The latest card of a place, or the one that is awaited instead of it."""
    kept = transaction.scorecard(rules.course, person, role=role, class_=class_)
    awaited = None if kept is None else awaited_card(transaction, rules, kept)
    return kept if awaited is None else awaited.card


def cards_anew(
    transaction: Transaction, rules: CourseRules, persons: set[str], unmade: Unmade, *, now: int
) -> Iterator[Scorecard]:
    """The cards that scoring these people again would make, were the programme not closed; of whom one cannot
    be made there is none, and they are `unmade`."""
    for person, records in records_to_read(transaction, rules, persons, unmade=unmade):
        cards: list[Scorecard] = []
        with Noted(unmade, [person]):
            cards = [score(rules.scheme, one) for one in _dossiers(rules, person, records, as_of=now)]
        yield from cards


def _doubted(
    transaction: Transaction, course: str, persons: set[str]
) -> dict[str, frozenset[tuple[str, str]]]:
    """The records of each person, and of who learns in their classes, that an open case is about, by kind and
    id."""
    concerned = persons | learners_of(persons, transaction.memberships(course))
    found: dict[str, frozenset[tuple[str, str]]] = {}
    for case in transaction.cases(course, persons=concerned, waiting=True):
        found[case.person] = found.get(case.person, frozenset()) | {(case.kind, case.name)}
    return found


def _cases_of(doubted: Mapping[str, Cases], dossier: Dossier) -> Cases:
    """Those on which a card may hang: a tutor's on the works of the class too."""
    concerned = {dossier.membership.person, *(one.person for one in dossier.class_members)}
    return frozenset().union(*(doubted.get(one, frozenset()) for one in concerned))


class _Hashes:
    """Content hashes of the records that tutors' cards read: those of a class read the same ones, and to hash
    them takes as long as to score them. Of learners, who have thousands each to themselves, none is kept."""

    def __init__(self) -> None:
        self._known: dict[int, tuple[ev.Record, str]] = {}

    def by(self, role: ev.Role) -> Callable[[ev.Record], str]:
        """How the records of a card of that role are hashed."""
        return self._of_class if role is ev.Role.TUTOR else content_hash

    def _of_class(self, record: ev.Record) -> str:
        """By the very record, which stays as long as its hash."""
        known = self._known.get(id(record))
        if known is None:
            known = self._known[id(record)] = (record, content_hash(record))
        return known[1]


class _Telling:
    """Makes cards as they would be told, by what is open about them now."""

    def __init__(self, transaction: Transaction, rules: CourseRules, persons: set[str], *, now: int) -> None:
        self._rules, self._now = rules, now
        self._closing = transaction.closing(rules.course)
        self._doubted = _doubted(transaction, rules.course, persons)
        self._tasks = set_tasks(transaction, rules)
        disputes = transaction.disputes(rules.course, persons=persons, waiting=True)
        places = transaction.memberships(rules.course, persons=sorted(persons)) if disputes else ()
        self._contested = contested_places(disputes, places)

    def cards(
        self, person: str, records: list[ev.Record], *, settled: Cases = frozenset()
    ) -> Iterator[ToldCard]:
        """Those of a person."""
        for dossier in _dossiers(self._rules, person, records, as_of=self._now):
            cases = _cases_of(self._doubted, dossier) - settled
            card = score(self._rules.scheme, dossier)
            outlook = look_ahead(
                self._rules.scheme,
                dossier,
                card,
                tasks=self._tasks,
                cases=cases,
                marks_come=self._closing is None,
            )
            if self._closing is not None:
                card, outlook = closed(card, at=self._closing.at), closed_outlook(outlook, card)
            disputed = (card.person, card.role, card.class_) in self._contested
            standing = told_standing(outlook.standing, card.state, disputed=disputed)
            yield ToldCard(card=card, told=told_state(card.state, standing))


def _dossiers(rules: CourseRules, person: str, records: list[ev.Record], *, as_of: int) -> Iterator[Dossier]:
    for dossier in dossiers(records, as_of=as_of, person=person):
        if dossier.membership.role in rules.scheme.roles:
            yield dossier
