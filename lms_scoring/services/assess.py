"""Assessing: stored evidence of a course becomes stored scorecards, for whoever could have changed.

A learner's card reads that person's evidence alone. A tutor's reads the class's memberships,
submissions and decisions too, so it is scored again whenever a learner of the class is.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.binding import Bindings
from lms_scoring.domain.dossier import dossiers
from lms_scoring.domain.lms_statements import told_by
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.scoring import score
from lms_scoring.domain.watch_time import watch_time
from lms_scoring.ports import Clock, PersonEvidence, Store, Transaction


@dataclass(frozen=True, slots=True, kw_only=True)
class CourseRules:
    """What a course is scored by: its pinned scheme and what its activities count as."""

    course: str
    scheme: Scheme
    bindings: Bindings

    @property
    def zone(self) -> ZoneInfo:
        """The programme's own time zone, in which its days begin."""
        return ZoneInfo(self.scheme.window.zone)


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessed:
    """How many cards were scored, and how many of them differ from before."""

    scored: int
    changed: int


def assess(rules: CourseRules, store: Store, *, clock: Clock, everyone: bool = False) -> Assessed:
    """Scores again whoever's evidence changed since the last time, or whose card's time has come.

    Everyone, if asked, or if the rules are not those of the cards on the board.
    """
    with store.writing() as transaction:
        return assess_within(transaction, rules, now=clock.now(), everyone=everyone)


def assess_within(
    transaction: Transaction, rules: CourseRules, *, now: int, everyone: bool = False
) -> Assessed:
    """The same, as a part of what else the transaction does."""
    memberships = transaction.memberships(rules.course)
    due = {membership.person for membership in memberships}
    if not everyone and _same_rules(transaction, rules):
        touched = transaction.touched(rules.course)
        due &= {*touched, *transaction.expired(rules.course, at=now)}
        due |= _tutors_of(due, memberships)
    scored = changed = 0
    for person, records in _records_to_read(transaction, rules, memberships, due):
        for dossier in dossiers(records, as_of=now):
            own = dossier.membership
            if own.person == person and own.role in rules.scheme.roles:
                scored += 1
                changed += transaction.keep_scorecard(rules.course, score(rules.scheme, dossier), at=now)
    transaction.untouch(rules.course, sorted(due))
    return Assessed(scored=scored, changed=changed)


def evidence_of_course(
    transaction: Transaction, rules: CourseRules, *, persons: Sequence[str] | None = None
) -> Iterator[ev.Record]:
    """Everything that the scores of the course depend on, person by person, as `score` reads it.

    What is bound to nothing is left out; watching is folded to spans.
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


def scorable(evidence: PersonEvidence, bindings: Bindings) -> Iterator[ev.Record]:
    """One person's records that count as something: bound records, spans folded from events, told ones."""
    own = (r for r in evidence.records if not isinstance(r, ev.Membership | ev.Person))
    yield from bindings.bound(own)
    person = evidence.person.id
    for source, events in evidence.events.items():
        yield from bindings.bound(watch_time(person, events, source=source).spans)
    for source, statements in evidence.statements.items():
        yield from bindings.bound(told_by(person, statements, source=source))


def _same_rules(transaction: Transaction, rules: CourseRules) -> bool:
    """Whether the cards on the board are of these rules; one of a role they do not score is history."""
    cards = [row.card for row in transaction.board(rules.course) if row.card.role in rules.scheme.roles]
    return bool(cards) and all(card.scheme == rules.scheme.fingerprint for card in cards)


def _tutors_of(persons: set[str], memberships: Sequence[ev.Membership]) -> set[str]:
    classes = {m.class_ for m in memberships if m.person in persons and m.role is ev.Role.LEARNER}
    return {m.person for m in memberships if m.role is ev.Role.TUTOR and m.class_ in classes}


def _records_to_read(
    transaction: Transaction,
    rules: CourseRules,
    memberships: Sequence[ev.Membership],
    due: set[str],
) -> Iterator[tuple[str, list[ev.Record]]]:
    """For each person to be scored, all records that the person's cards read.

    Learners come one at a time; of theirs only what a tutor's card reads is kept until the tutors come.
    """
    tutors = {m.person for m in memberships if m.role is ev.Role.TUTOR} & due
    classes = {m.class_ for m in memberships if m.person in tutors and m.role is ev.Role.TUTOR}
    in_class = {m.person for m in memberships if m.class_ in classes and m.role is ev.Role.LEARNER}
    for_tutors: list[ev.Record] = [m for m in memberships if m.class_ in classes]
    last: list[tuple[str, list[ev.Record]]] = []
    for evidence in transaction.evidence_of(rules.course, sorted(due | in_class)):
        person = evidence.person.id
        records: list[ev.Record] = [*scorable(evidence, rules.bindings)]
        if person in in_class:
            for_tutors += [r for r in records if isinstance(r, ev.Submission | ev.Decision)]
        if person in tutors:
            last.append((person, records))
        elif person in due:
            yield person, [*(m for m in memberships if m.person == person), *records]
    for person, records in last:
        others = [r for r in for_tutors if getattr(r, "person", None) != person]
        own = [m for m in memberships if m.person == person]
        yield person, [*others, *own, *records]
