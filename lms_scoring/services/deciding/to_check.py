"""What waits for a person's look: on how many cases and disputes a visitor can act now.

Who sees a card sees its disputes; who may decide about it may answer them, and nobody answers the own. Of
who has left a class, those about that class are answered where the person is now.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from lms_scoring.domain.evidence import Membership, Role
from lms_scoring.domain.places import places_now
from lms_scoring.domain.proceedings.dispute import Dispute, concerned, contested
from lms_scoring.ports import Contesting, DisputeCount, Transaction
from lms_scoring.services.access.seeing import View
from lms_scoring.spelling import class_order


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCheck:
    """How many wait; `overdue` of the disputes should have been answered already."""

    cases: int = 0
    disputes: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """On how much the visitor can act: cases by person, disputes by class; `classes` are those in which the
    people of the cases learn."""

    cases: Mapping[str, int] = field(default_factory=dict)
    disputes: Mapping[str | None, DisputeCount] = field(default_factory=dict)
    classes: Mapping[str, frozenset[str | None]] = field(default_factory=dict)

    @property
    def total(self) -> ToCheck:
        """In the whole course."""
        return _counted(self.cases.values(), self.disputes.values())

    def of_class(self, class_: str | None) -> ToCheck:
        """In one class."""
        cases = (count for person, count in self.cases.items() if class_ in self.classes[person])
        return _counted(cases, (count for of, count in self.disputes.items() if of == class_))


def waiting_for(transaction: Transaction, view: View, *, by: str, now: int) -> Waiting:
    """How much a visitor can act on who signs as `by`."""
    course = view.course.id
    members = transaction.memberships(course)
    classes: dict[str, frozenset[str | None]] = {}
    for place in view.decidable(members):
        learning = {place.class_} if place.role is Role.LEARNER else set[str | None]()
        classes[place.person] = classes.get(place.person, frozenset()) | learning
    return Waiting(
        cases=transaction.cases_to_judge(course, persons=classes, by=by),
        disputes=_disputes_to_answer(transaction, view, members, classes, by=by, now=now),
        classes=classes,
    )


def deciding_about(view: View, members: Iterable[Membership]) -> set[str]:
    """About whose records the visitor decides."""
    return {one.person for one in view.decidable(members)}


def _disputes_to_answer(
    transaction: Transaction,
    view: View,
    members: Iterable[Membership],
    classes: Mapping[str, Collection[str | None]],
    *,
    by: str,
    now: int,
) -> Mapping[str | None, DisputeCount]:
    """As `may_answer` says, each in the class that it is about, or that its owner is in now."""
    if not view.decides:
        return {}
    found: dict[str | None, list[DisputeCount]] = {}
    whose = others_contesting(view, members)
    waiting = transaction.disputes_to_answer(view.course.id, whose, by=by, now=now)
    for (person, about), count in waiting.items():
        theirs = {about} if view.everything else classes.get(person) or {about}
        class_ = about if about in theirs else min(theirs, key=class_order)
        found.setdefault(class_, []).append(count)
    return {
        class_: DisputeCount(count=sum(one.count for one in some), overdue=sum(one.overdue for one in some))
        for class_, some in found.items()
    }


def _counted(cases: Iterable[int], disputes: Iterable[DisputeCount]) -> ToCheck:
    theirs = list(disputes)
    return ToCheck(
        cases=sum(cases),
        disputes=sum(one.count for one in theirs),
        overdue=sum(one.overdue for one in theirs),
    )


def may_read(view: View, dispute: Dispute, places: Iterable[Membership]) -> bool:
    """Whether the visitor sees a card that waits for the dispute: the one that it is about, or another that
    an answer would change; `places` are all of its owner's."""
    return view.everything or any(view.shows(place) for place in concerned(dispute, places))


def may_answer(view: View, dispute: Dispute, places: Iterable[Membership]) -> bool:
    """Whether the visitor may decide about that card, or about that where its owner is now. Who sees all may
    also where there is no such place any more, lest nobody answers."""
    if view.everything:
        return dispute.person != view.person
    theirs = list(places)
    about = contested(dispute, places_now(theirs))
    return any(place in about for place in view.decidable(theirs))


def others_contesting(view: View, members: Iterable[Membership]) -> Contesting:
    """Whose disputes wait for the visitor in an open course, as `may_answer` says, and those that did."""
    if view.everything:
        return Contesting(but_not=view.person)
    every = list(members)
    theirs = {one.person for one in view.sendable(every)}
    places = places_now(one for one in every if one.person in theirs)
    elsewhere = {
        (one.person, one.class_) for one in places if one.role is Role.LEARNER and not view.shows(one)
    }
    return Contesting(learners=theirs, elsewhere=elsewhere)
