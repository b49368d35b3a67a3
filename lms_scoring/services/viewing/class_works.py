"""A class's works as its tutors need them: what must be marked, since when it waits, what was recommended."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.dossier import dossier_of
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.rules.complete_ratio import duty, is_marked
from lms_scoring.domain.rules.handed_in import Work, class_works, work_of
from lms_scoring.domain.rules.some_none import SomeNone, is_own, recommended
from lms_scoring.domain.scheme import Scheme
from lms_scoring.ports import ActivityKinds, Transaction
from lms_scoring.services.scoring.hand_ins import hand_ins_of
from lms_scoring.services.scoring.nameless import nameless_works
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.unmade import Noted, Unmade
from lms_scoring.services.viewing.marking_pages import MarkingPages
from lms_scoring.spelling import class_order


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """One homework or journal of the class, by the latest attempt that was handed in.

    `is_due`: its mark is part of the tutors' duty. `recommended_by`: the tutors whose recommendation counts,
    each with the attempt that was recommended. `open_to`: the tutors who may recommend it, not its author.
    `page` is the platform's own page for marking it. `is_nameless`: its author was erased. It counts, as on
    the tutors' cards, and nothing lists it.
    """

    submission: ev.Submission
    name: str
    is_active: bool
    is_due: bool
    is_marked: bool
    recommended_by: Mapping[str, ev.Recommendation]
    open_to: Collection[str]
    page: str | None
    is_nameless: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ClassWorks:
    """All works of one class, in the order in which they were handed in."""

    class_: str | None
    tutors: Sequence[str]
    """Who guides the class now, by id."""
    works: Sequence[HandedIn]
    unread: int
    """How many records of it may be homework and could not be read; one for each person of whom none can."""

    @property
    def named(self) -> Sequence[HandedIn]:
        """What may be listed."""
        return [one for one in self.works if not one.is_nameless]

    @property
    def due(self) -> Sequence[HandedIn]:
        """The duty."""
        return [one for one in self.works if one.is_due]

    @property
    def waiting(self) -> Sequence[HandedIn]:
        """What of the duty is not marked yet, the longest waiting first."""
        return [one for one in self.due if not one.is_marked]

    @property
    def marked(self) -> int:
        """How much of the duty is done."""
        return len(self.due) - len(self.waiting)

    def recommended_by(self, tutor: str) -> Sequence[HandedIn]:
        """The works whose recommendation by that tutor counts."""
        return [one for one in self.works if tutor in one.recommended_by]

    def open_to(self, visitor: str | None) -> Sequence[HandedIn]:
        """The works of others to a tutor; to anybody else what any tutor may recommend, or could."""
        if visitor in self.tutors:
            return [one for one in self.works if visitor in one.open_to]
        return [one for one in self.works if one.open_to or not self.tutors]


def advised(scheme: Scheme, works: int) -> int | None:
    """About how many of these works the programme advises to recommend, as the tutors' cards have it; None
    where it advises nothing, or there is nothing yet."""
    tutors = scheme.roles.get(ev.Role.TUTOR)
    rules = () if tutors is None else (criterion.rule for criterion in tutors.criteria)
    found = (rule.advised(works) for rule in rules if isinstance(rule, SomeNone))
    return next(found, None) if works > 0 else None


def works_of_classes(
    transaction: Transaction,
    rules: CourseRules,
    classes: Collection[str | None],
    *,
    kinds: Mapping[str, ActivityKinds],
    now: int,
) -> list[ClassWorks]:
    """The works of these classes, each class by itself, by name; `kinds` by source."""
    memberships = [m for m in transaction.memberships(rules.course) if m.class_ in classes]
    persons = sorted({membership.person for membership in memberships})
    people = {one.id: one for one in transaction.people(rules.course, persons=persons)}
    unmade = Unmade(transaction)
    records = _read(transaction, rules, persons, unmade)
    erased: list[ev.Record] = []
    with Noted(unmade, [m.person for m in memberships if m.role is ev.Role.TUTOR]):
        erased = [*nameless_works(transaction, rules, classes)]
    activities = {
        (source, activity.id): activity for source, activity in transaction.activities(rules.course)
    }
    pages = MarkingPages(activities=activities, kinds=kinds)
    return [
        _class(
            class_,
            [m for m in memberships if m.class_ == class_],
            records,
            erased,
            unmade.why,
            people=people,
            pages=pages,
            rules=rules,
            now=now,
        )
        for class_ in sorted(classes, key=class_order)
    ]


def _class(
    class_: str | None,
    memberships: Sequence[ev.Membership],
    records: Mapping[str, Sequence[ev.Record]],
    erased: Sequence[ev.Record],
    unmade: Collection[str],
    *,
    people: Mapping[str, KnownPerson],
    pages: MarkingPages,
    rules: CourseRules,
    now: int,
) -> ClassWorks:
    window = Span(start=rules.scheme.window.start, end=rules.scheme.window.end)
    tutors = sorted({m.person for m in memberships if m.role is ev.Role.TUTOR and m.is_active})
    theirs = [*memberships, *erased, *(one for m in memberships for one in records.get(m.person, ()))]
    dossier = dossier_of(_tutor("", class_), theirs, as_of=now)
    due = {work_of(one) for one in duty(dossier, window=window)}
    works = sorted(class_works(dossier, window=window).items(), key=lambda item: _when(item[1]))
    chosen: dict[Work, dict[str, ev.Recommendation]] = {}
    for tutor in tutors:
        own = dossier_of(_tutor(tutor, class_), theirs, as_of=now)
        for work, recommendation in recommended(own, window=window).items():
            chosen.setdefault(work, {})[tutor] = recommendation
    return ClassWorks(
        class_=class_,
        tutors=tutors,
        works=[
            HandedIn(
                submission=one,
                name="" if one.person not in people else people[one.person].name,
                is_active=one.person in dossier.active,
                is_due=work in due,
                is_marked=is_marked(one),
                recommended_by=chosen.get(work, {}),
                open_to=[tutor for tutor in tutors if not is_own(one, tutor)],
                page=None if one.person not in people else pages.of(one, people[one.person]),
                is_nameless=one.person not in people,
            )
            for work, one in works
        ],
        unread=sum(dossier.decisions.objection(one) is None for one in dossier.class_unknowns)
        + len({membership.person for membership in memberships} & {*unmade}),
    )


def _read(
    transaction: Transaction, rules: CourseRules, persons: Sequence[str], unmade: Unmade
) -> dict[str, list[ev.Record]]:
    """What each handed in and recommended; of whom that cannot be made out is `unmade`. As soon as there is
    one, people are read one by one."""
    with Noted(Unmade(transaction), persons):
        return _by_person(hand_ins_of(transaction, rules, persons))
    found: dict[str, list[ev.Record]] = {}
    for person in persons:
        with Noted(unmade, [person]):
            found |= _by_person(hand_ins_of(transaction, rules, [person]))
    return found


def _tutor(person: str, class_: str | None) -> ev.Membership:
    """The place from which somebody sees the class; "" for nobody in particular."""
    return ev.Membership(
        id="", person=person, role=ev.Role.TUTOR, class_=class_, status=ev.MembershipStatus.ACTIVE
    )


def _when(submission: ev.Submission) -> tuple[int, str]:
    return (submission.submitted_at or 0, submission.id)


def _by_person(records: Iterator[ev.Record]) -> dict[str, list[ev.Record]]:
    found: dict[str, list[ev.Record]] = {}
    for record in records:
        match record:
            case ev.Recommendation(by=owner) | ev.Submission(person=owner):
                found.setdefault(owner, []).append(record)
            case ev.Decision(person=owner) | ev.Unknown(person=owner):
                found.setdefault(owner, []).append(record)
            case _:
                pass
    return found
