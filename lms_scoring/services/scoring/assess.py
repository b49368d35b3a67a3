"""Assessing: stored evidence of a course becomes stored scorecards, for whoever could have changed.

A learner's card reads that person's evidence alone. A tutor's reads the class's memberships,
submissions, decisions and unread homework too, so it is scored again whenever a learner of the class is.
What a card makes in the platform's gradebook is written down together with it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.closing import closed, closed_outlook
from lms_scoring.domain.dossier import Dossier, dossiers
from lms_scoring.domain.errors import UnknownCourse
from lms_scoring.domain.measures import CardMeasures, card_measures, readings_of
from lms_scoring.domain.outlook import look_ahead
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.domain.scoring import score, scored
from lms_scoring.ports import Act, Cards, Clock, EvidenceOut, Store, Transaction
from lms_scoring.services.gradebook.enqueue import enqueue
from lms_scoring.services.scoring.course_time import course_time, overdue
from lms_scoring.services.scoring.hand_ins import hand_ins_of
from lms_scoring.services.scoring.nameless import nameless_works
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.scorable import scorable

PORTION = 50
"""Learners scored in one transaction, at most, all of one class. Between portions others may write."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """How many cards were scored, and how many of them differ from before."""

    scored: int
    changed: int

    def __add__(self, other: Assessed) -> Assessed:
        return Assessed(scored=self.scored + other.scored, changed=self.changed + other.changed)


def assess(rules: CourseRules, store: Store, *, clock: Clock, everyone: bool = False) -> Assessed:
    """Scores again whoever's evidence changed since the last time, or whose card's time has come.

    Everyone, if asked, or if the rules are not those of the cards on the board. Each portion of people is
    one transaction that reads their evidence, keeps their cards and those of their tutors, and notes that
    they are done; so it may be interrupted anywhere and run again.

    Nobody in a closed course: what was touched meanwhile waits until it is reopened. Nobody either once the
    course goes by other rules: who adopted those has scored everybody by them, and what was touched since
    waits for the next time.
    """
    with store.reading() as transaction:
        portions = list(_portions(transaction, rules, now=clock.now(), everyone=everyone))
    done = Assessed(scored=0, changed=0)
    for portion in portions:
        with store.writing() as transaction:
            if not _goes_by(transaction, rules):
                return done
            there = {membership.person for membership in transaction.memberships(rules.course)}
            done += _score(transaction, rules, portion & there, now=clock.now())
    with store.writing() as transaction:
        transaction.settle_boards(rules.course)
    return done


def assess_within(transaction: Transaction, rules: CourseRules, *, now: int) -> Assessed:
    """Scores everyone, as a part of what else the transaction does."""
    everyone = {membership.person for membership in transaction.memberships(rules.course)}
    return _score_at_once(transaction, rules, everyone, now=now)


def assess_person(transaction: Transaction, rules: CourseRules, person: str, *, now: int) -> Assessed:
    """Scores one person, and the tutors whose cards read the same evidence, within the transaction."""
    return assess_persons(transaction, rules, {person}, now=now)


def assess_persons(transaction: Transaction, rules: CourseRules, persons: set[str], *, now: int) -> Assessed:
    """The same of several."""
    return _score_at_once(transaction, rules, _with_tutors(transaction, rules, persons), now=now)


def cards_with(
    transaction: Transaction, rules: CourseRules, person: str, entries: Sequence[ev.Record], *, now: int
) -> list[tuple[Scorecard, Scorecard]]:
    """The cards that `assess_person` would keep, each without the entries and with them."""
    wanted = _with_tutors(transaction, rules, {person})
    closing = transaction.closing(rules.course)
    now = course_time(transaction, rules.course, now=now)
    return [
        pair
        for one, records in _records_to_read(transaction, rules, wanted)
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
    for person, records in _records_to_read(transaction, rules, persons):
        yield from _cards(rules, person, records, None, now=now)


def evidence_of_course(
    transaction: EvidenceOut, rules: CourseRules, *, persons: Sequence[str] | None = None
) -> Iterator[ev.Record]:
    """Everything that the scores of the course depend on, person by person, as `score` reads it.

    What is bound to nothing is left out; watching is folded to spans. Works of people who were erased, which
    tutors' cards rest on, come last.
    """
    memberships = transaction.memberships(rules.course)
    wanted = sorted({membership.person for membership in memberships}) if persons is None else persons
    by_person: dict[str, list[ev.Membership]] = {}
    for membership in memberships:
        by_person.setdefault(membership.person, []).append(membership)
    for evidence in transaction.evidence_of(rules.course, wanted):
        person = evidence.person
        yield ev.Person(id=person.id, name=person.name)
        yield from by_person.get(person.id, ())
        yield from scorable(evidence, rules.bindings)
    if persons is None:
        yield from nameless_works(transaction, rules, {m.class_ for m in memberships})


def _goes_by(transaction: Transaction, rules: CourseRules) -> bool:
    """Whether the course is open, and pinned to these rules; one that is not set up is pinned to none."""
    if transaction.closing(rules.course) is not None:
        return False
    try:
        kept = transaction.course(rules.course)
    except UnknownCourse:
        return True
    return kept.scheme == rules.scheme.fingerprint and rules.settings in (None, kept.settings)


def _portions(
    transaction: Transaction, rules: CourseRules, *, now: int, everyone: bool
) -> Iterator[set[str]]:
    """Who must be scored, class by class; whoever learns comes together with the tutors concerned."""
    memberships = transaction.memberships(rules.course)
    due = {membership.person for membership in memberships}
    if not everyone and _same_rules(transaction, rules, memberships):
        now = course_time(transaction, rules.course, now=now)
        due &= {*transaction.touched(rules.course), *overdue(transaction, rules, now=now)}
    classes: dict[str | None, set[str]] = {}
    for membership in memberships:
        if membership.role is ev.Role.LEARNER and membership.person in due:
            classes.setdefault(membership.class_, set()).add(membership.person)
    for _, members in sorted(classes.items(), key=lambda item: item[0] or ""):
        learners = sorted(members & due)
        for begin in range(0, len(learners), PORTION):
            portion = set(learners[begin : begin + PORTION])
            portion |= _tutors_of(portion, memberships)
            due -= portion
            yield portion
    if due:
        yield due


def _score_at_once(transaction: Transaction, rules: CourseRules, persons: set[str], *, now: int) -> Assessed:
    done = _score(transaction, rules, persons, now=now)
    transaction.settle_boards(rules.course)
    return done


def _score(transaction: Transaction, rules: CourseRules, persons: set[str], *, now: int) -> Assessed:
    done = changed = 0
    closing = transaction.closing(rules.course)
    as_of = course_time(transaction, rules.course, now=now)
    learning = _learning(transaction, rules.course)
    doubted = _doubted(transaction, rules.course, persons)
    of_learners = []
    measures: list[CardMeasures] = []
    readings = {role: readings_of(rules.scheme, rules.bindings, role) for role in rules.scheme.roles}
    for person, records in _records_to_read(transaction, rules, persons):
        for dossier in _dossiers(rules, person, records, as_of=as_of):
            made = scored(rules.scheme, dossier)
            card = made.card
            measures.append(card_measures(card, made.measured, readings[card.role]))
            outlook = look_ahead(rules.scheme, dossier, card, cases=doubted.get(person, frozenset()))
            if closing is not None:
                card, outlook = closed(card, at=closing.at), closed_outlook(outlook, card)
            done += 1
            changed += transaction.keep_scorecard(rules.course, card, at=as_of)
            transaction.keep_outlook(rules.course, card, outlook)
            if card.role is ev.Role.LEARNER and (card.person, card.class_) in learning:
                of_learners.append(replace(card, criteria=()))
    transaction.keep_measures(rules.course, measures)
    enqueue(transaction, rules.course, of_learners, now=now)
    transaction.untouch(rules.course, sorted(persons))
    return Assessed(scored=done, changed=changed)


def _doubted(
    transaction: Transaction, course: str, persons: set[str]
) -> dict[str, frozenset[tuple[str, str]]]:
    """The records of each person that an open case is about, by kind and id."""
    found: dict[str, frozenset[tuple[str, str]]] = {}
    for case in transaction.cases(course, persons=persons, waiting=True):
        found[case.person] = found.get(case.person, frozenset()) | {(case.kind, case.name)}
    return found


def _learning(transaction: EvidenceOut, course: str) -> set[tuple[str, str | None]]:
    """Who learns in which class now: only their grades are sent."""
    return {
        (membership.person, membership.class_)
        for membership in transaction.memberships(course)
        if membership.role is ev.Role.LEARNER and membership.status is ev.MembershipStatus.ACTIVE
    }


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


def _same_rules(transaction: Cards, rules: CourseRules, memberships: Sequence[ev.Membership]) -> bool:
    """Whether the cards of today's memberships are of these rules; a card of a former class is history."""
    places = {(m.person, m.role, m.class_) for m in memberships if m.role in rules.scheme.roles}
    cards = (row.card for row in transaction.board(rules.course))
    current = [card for card in cards if (card.person, card.role, card.class_) in places]
    return bool(current) and all(card.scheme == rules.scheme.fingerprint for card in current)


def _with_tutors(transaction: EvidenceOut, rules: CourseRules, persons: set[str]) -> set[str]:
    return persons | _tutors_of(persons, transaction.memberships(rules.course))


def _tutors_of(persons: set[str], memberships: Sequence[ev.Membership]) -> set[str]:
    classes = {m.class_ for m in memberships if m.person in persons and m.role is ev.Role.LEARNER}
    return {m.person for m in memberships if m.role is ev.Role.TUTOR and m.class_ in classes}


def _records_to_read(
    transaction: Transaction, rules: CourseRules, due: set[str]
) -> Iterator[tuple[str, list[ev.Record]]]:
    """For each person to be scored, all records that the person's cards read.

    Learners come one at a time; of theirs only what a tutor's card reads is kept until the tutors come. Of
    who learns in a tutor's class and is not scored nothing else is even read, unless the course is closed:
    what counts is laid aside as a whole then.
    """
    memberships = transaction.memberships(rules.course)
    tutors = {m.person for m in memberships if m.role is ev.Role.TUTOR} & due
    classes = {m.class_ for m in memberships if m.person in tutors and m.role is ev.Role.TUTOR}
    in_class = {m.person for m in memberships if m.class_ in classes and m.role is ev.Role.LEARNER}
    for_tutors: list[ev.Record] = [m for m in memberships if m.class_ in classes]
    if tutors:
        for_tutors += nameless_works(transaction, rules, classes)
    beside = in_class - due if transaction.closing(rules.course) is None else set()
    for_tutors += _for_tutors(hand_ins_of(transaction, rules, sorted(beside)))
    last: list[tuple[str, list[ev.Record]]] = []
    for evidence in transaction.evidence_of(rules.course, sorted((due | in_class) - beside)):
        person = evidence.person.id
        records: list[ev.Record] = [*scorable(evidence, rules.bindings)]
        del evidence  # thousands of events need not lie beside the card that their spans become
        if person in in_class:
            for_tutors += _for_tutors(records)
        if person in tutors:
            last.append((person, records))
        elif person in due:
            yield person, [*(m for m in memberships if m.person == person), *records]
    for person, records in last:
        others = [r for r in for_tutors if ev.owner_of(r) != person]
        own = [m for m in memberships if m.person == person]
        yield person, [*others, *own, *records]


def _for_tutors(records: Iterable[ev.Record]) -> Iterator[ev.Record]:
    """What the cards of tutors read of a learner of the class."""
    return (one for one in records if isinstance(one, ev.Submission | ev.Unknown | ev.Decision))
