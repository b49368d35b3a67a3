"""What the cards of persons read: their own records, and for tutors what those of their classes handed in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from lms_scoring.domain import evidence as ev
from lms_scoring.ports import EvidenceOut, Transaction
from lms_scoring.services.scoring.hand_ins import hand_ins_of
from lms_scoring.services.scoring.nameless import nameless_works
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.scorable import scorable


def records_to_read(
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


def with_tutors(transaction: EvidenceOut, rules: CourseRules, persons: set[str]) -> set[str]:
    return persons | tutors_of(persons, transaction.memberships(rules.course))


def tutors_of(persons: set[str], memberships: Sequence[ev.Membership]) -> set[str]:
    classes = {m.class_ for m in memberships if m.person in persons and m.role is ev.Role.LEARNER}
    return {m.person for m in memberships if m.role is ev.Role.TUTOR and m.class_ in classes}


def _for_tutors(records: Iterable[ev.Record]) -> Iterator[ev.Record]:
    """What the cards of tutors read of a learner of the class."""
    return (one for one in records if isinstance(one, ev.Submission | ev.Unknown | ev.Decision))
