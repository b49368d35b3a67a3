"""What the cards of persons read: their own records, and for tutors what those of their classes handed in."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import StoreError
from lms_scoring.ports import EvidenceOut, PersonEvidence, Transaction
from lms_scoring.services.scoring.hand_ins import hand_ins_of
from lms_scoring.services.scoring.nameless import nameless_works
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.scorable import scorable
from lms_scoring.services.scoring.unmade import Noted, Unmade

Records = Iterator[tuple[str, list[ev.Record]]]
"""For each person to be scored, all records that the person's cards read."""
_TOO_FEW = (
    "fewer people's evidence came out of the database than was asked for: this is a fault of the program"
)


def records_to_read(
    transaction: Transaction, rules: CourseRules, due: set[str], *, unmade: Unmade | None = None
) -> Records:
    """What the cards of these persons read.

    Learners come one at a time; of theirs only what a tutor's card reads is kept until the tutors come. Of
    who learns in a tutor's class and is not scored nothing else is even read, unless the course is closed:
    what counts is laid aside as a whole then.
    """
    return next(records_by_portion(transaction, rules, [due], unmade=unmade))


def records_by_portion(
    transaction: Transaction,
    rules: CourseRules,
    portions: Sequence[set[str]],
    *,
    unmade: Unmade | None = None,
) -> Iterator[Records]:
    """The same of one portion of persons after the other, who are others each time, in an open course.

    What a source told of everybody lies in the order of arrival: it is passed over once for all portions.
    Whose evidence cannot be made out is `unmade`, with the tutors whose cards rest on it, and is not among
    the records; without that, the error is raised.
    """
    memberships = transaction.memberships(rules.course)
    places: dict[str, list[ev.Membership]] = {}
    for membership in memberships:
        places.setdefault(membership.person, []).append(membership)
    closed = transaction.closing(rules.course) is not None
    asked = [_Portion.of(memberships, places, due, closed=closed) for due in portions]
    evidence = transaction.evidence_of(
        rules.course, [person for portion in asked for person in portion.wanted]
    )
    for portion in asked:
        theirs = _in_turn(evidence, portion.wanted, unmade)
        yield _records_of(transaction, rules, portion, theirs, places, unmade)
        deque(theirs, maxlen=0)  # what was not read stands before what the next portion reads


@dataclass(frozen=True, slots=True, kw_only=True)
class _Portion:
    """Persons to be scored, and whom their cards speak of besides: the classes of the tutors among them.

    `wanted` are those whose whole evidence is read, `beside` those of whom hand-ins are enough.
    """

    due: set[str]
    tutors: set[str]
    classes: set[str | None]
    learners: set[str]
    members: Sequence[ev.Membership]
    beside: set[str]

    @classmethod
    def of(
        cls,
        memberships: Sequence[ev.Membership],
        places: Mapping[str, Sequence[ev.Membership]],
        due: set[str],
        *,
        closed: bool,
    ) -> _Portion:
        guided = [m for person in due for m in places.get(person, ()) if m.role is ev.Role.TUTOR]
        classes = {m.class_ for m in guided}
        members = [m for m in memberships if m.class_ in classes] if classes else []
        learners = {m.person for m in members if m.role is ev.Role.LEARNER}
        return cls(
            due=due,
            tutors={m.person for m in guided},
            classes=classes,
            learners=learners,
            members=members,
            beside=set() if closed else learners - due,
        )

    @property
    def wanted(self) -> list[str]:
        return sorted((self.due | self.learners) - self.beside)


def evidence_to_read(
    transaction: EvidenceOut, course: str, persons: Sequence[str], unmade: Unmade | None
) -> Iterator[PersonEvidence]:
    """The evidence of these persons, without theirs of whom it cannot be made out: they are `unmade`, without
    which the error is raised."""
    each = list(dict.fromkeys(persons))
    evidence = transaction.evidence_of(course, each)
    return (one for _, one in _in_turn(evidence, each, unmade) if one is not None)


def _in_turn(
    evidence: Iterator[PersonEvidence], wanted: Sequence[str], unmade: Unmade | None
) -> Iterator[tuple[str, PersonEvidence | None]]:
    """What there is of each; None of whom it cannot be made out. Nothing of it stays here."""
    for person in wanted:
        yield person, _next(evidence, person, unmade)


def _next(evidence: Iterator[PersonEvidence], person: str, unmade: Unmade | None) -> PersonEvidence | None:
    """Nobody's fault is that there is no next one, where there must be."""
    with Noted(unmade, [person]):
        try:
            return next(evidence)
        except StopIteration as end:
            raise StoreError(_TOO_FEW) from end
    return None


def _scorable(one: PersonEvidence, rules: CourseRules, unmade: Unmade | None) -> list[ev.Record] | None:
    with Noted(unmade, [one.person.id]):
        return [*scorable(one, rules.bindings)]
    return None


def _records_of(
    transaction: Transaction,
    rules: CourseRules,
    portion: _Portion,
    evidence: Iterable[tuple[str, PersonEvidence | None]],
    places: Mapping[str, Sequence[ev.Membership]],
    unmade: Unmade | None,
) -> Records:
    for_tutors: list[ev.Record] = [*portion.members]
    with Noted(unmade, portion.tutors):
        if portion.tutors:
            for_tutors += nameless_works(transaction, rules, portion.classes)
        for_tutors += _for_tutors(hand_ins_of(transaction, rules, sorted(portion.beside)))
    last: list[tuple[str, list[ev.Record]]] = []
    unread: set[str] = set()
    for person, one in evidence:
        records = None if one is None else _scorable(one, rules, unmade)
        del one  # thousands of events need not lie beside the card that their spans become
        if records is None:
            unread.add(person)
            continue
        if person in portion.learners:
            for_tutors += _for_tutors(records)
        if person in portion.tutors:
            last.append((person, records))
        elif person in portion.due:
            yield person, [*places.get(person, ()), *records]
    if unmade is not None:
        for person in unread:  # half a class makes no card of its tutor
            unmade.note(tutors_of({person}, portion.members), unmade.why[person])
    for person, records in last:
        if unmade is None or person not in unmade.why:
            others = [r for r in for_tutors if ev.owner_of(r) != person]
            yield person, [*others, *places.get(person, ()), *records]


def evidence_of_course(
    transaction: EvidenceOut,
    rules: CourseRules,
    *,
    persons: Sequence[str] | None = None,
    unmade: Unmade | None = None,
) -> Iterator[ev.Record]:
    """Everything that the scores of the course depend on, person by person, as `score` reads it.

    What is bound to nothing is left out; watching is folded to spans. Works of people who were erased, which
    tutors' cards rest on, come last. Whose cannot be made out is `unmade`; without that, the error is raised.
    """
    memberships = transaction.memberships(rules.course)
    wanted = sorted({membership.person for membership in memberships}) if persons is None else persons
    by_person: dict[str, list[ev.Membership]] = {}
    for membership in memberships:
        by_person.setdefault(membership.person, []).append(membership)
    for evidence in evidence_to_read(transaction, rules.course, wanted, unmade):
        person = evidence.person
        yield ev.Person(id=person.id, name=person.name)
        yield from by_person.get(person.id, ())
        yield from _scorable(evidence, rules, unmade) or ()
    if persons is None:
        yield from nameless_works(transaction, rules, {m.class_ for m in memberships})


def with_tutors(transaction: EvidenceOut, rules: CourseRules, persons: set[str]) -> set[str]:
    return persons | tutors_of(persons, transaction.memberships(rules.course))


def tutors_of(persons: set[str], memberships: Sequence[ev.Membership]) -> set[str]:
    classes = {m.class_ for m in memberships if m.person in persons and m.role is ev.Role.LEARNER}
    return {m.person for m in memberships if m.role is ev.Role.TUTOR and m.class_ in classes}


def learners_of(persons: set[str], memberships: Sequence[ev.Membership]) -> set[str]:
    """Who learns in the classes that these people guide."""
    classes = {m.class_ for m in memberships if m.person in persons and m.role is ev.Role.TUTOR}
    return {m.person for m in memberships if m.role is ev.Role.LEARNER and m.class_ in classes}


def _for_tutors(records: Iterable[ev.Record]) -> Iterator[ev.Record]:
    """What the cards of tutors read of a learner of the class."""
    return (one for one in records if isinstance(one, ev.Submission | ev.Unknown | ev.Decision))
