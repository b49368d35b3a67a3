"""What waits for a person's look: the cases and disputes on which a visitor can act now.

Who sees a card sees its disputes; who may decide about it may answer them, and nobody answers the own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from lms_scoring.domain.evidence import Membership, Role
from lms_scoring.domain.proceedings.case import Case
from lms_scoring.domain.proceedings.dispute import ANSWERING, Dispute
from lms_scoring.domain.proceedings.step import StepKind
from lms_scoring.ports import Contesting, Transaction
from lms_scoring.services.access.seeing import View

DECIDING = (StepKind.DECIDED, StepKind.SETTLED)


@dataclass(frozen=True, slots=True, kw_only=True)
class ToCheck:
    """How many wait; `overdue` of the disputes should have been answered already."""

    cases: int = 0
    disputes: int = 0
    overdue: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """All on which the visitor can act; `classes` are those in which the people of the cases learn."""

    now: int
    cases: Sequence[Case] = ()
    disputes: Sequence[Dispute] = ()
    classes: Mapping[str, frozenset[str | None]] = field(default_factory=dict)

    @property
    def total(self) -> ToCheck:
        """In the whole course."""
        return self._counted(self.cases, self.disputes)

    def of_class(self, class_: str | None) -> ToCheck:
        """In one class."""
        return self._counted(
            [one for one in self.cases if class_ in self.classes[one.person]],
            [one for one in self.disputes if one.class_ == class_],
        )

    def _counted(self, cases: Sequence[Case], disputes: Sequence[Dispute]) -> ToCheck:
        late = sum(one.is_overdue(self.now) for one in disputes)
        return ToCheck(cases=len(cases), disputes=len(disputes), overdue=late)


def waiting_for(transaction: Transaction, view: View, *, by: str, now: int) -> Waiting:
    """What a visitor can act on who signs as `by`."""
    course = view.course.id
    members = transaction.memberships(course)
    places, of_person = [one for one in members if view.may_decide(one)], places_of(members)
    persons = {one.person for one in places}
    classes: dict[str, frozenset[str | None]] = {person: frozenset() for person in persons}
    for place in places:
        if place.role is Role.LEARNER:
            classes[place.person] |= {place.class_}
    cases = transaction.cases(course, persons=persons, waiting=True)
    disputes = transaction.disputes(course, persons=persons, waiting=True)
    return Waiting(
        now=now,
        cases=[one for one in cases if any(one.refusal(kind, by, now) is None for kind in DECIDING)],
        disputes=[
            one
            for one in disputes
            if may_answer(view, one, of_person[one.person])
            and any(one.refusal(kind, by, now) is None for kind in ANSWERING)
        ],
        classes=classes,
    )


def places_of(members: Iterable[Membership]) -> Mapping[str, Sequence[Membership]]:
    """The memberships of each person."""
    places: dict[str, list[Membership]] = {}
    for one in members:
        places.setdefault(one.person, []).append(one)
    return places


def may_read(view: View, dispute: Dispute, places: Iterable[Membership]) -> bool:
    """Whether the visitor sees the card that the dispute is about; `places` are its owner's."""
    return view.everything or any(view.shows(place) for place in contested(dispute, places))


def may_answer(view: View, dispute: Dispute, places: Iterable[Membership]) -> bool:
    """Whether the visitor may decide about that card. Who sees all may also where there is no such place any
    more, lest nobody answers."""
    if view.everything:
        return not view.nameless and dispute.person != view.person
    return any(view.may_decide(place) for place in contested(dispute, places))


def others_contesting(view: View, members: Iterable[Membership]) -> Contesting:
    """Whose disputes the visitor reads, as `may_read` says, but the visitor's own."""
    if view.everything:
        return Contesting(but_not=view.person)
    learning = [one for one in members if one.role is Role.LEARNER and one.person != view.person]
    theirs = {one.person for one in learning if view.shows(one)}
    elsewhere = {(one.person, one.class_) for one in learning if one.person in theirs and not view.shows(one)}
    return Contesting(learners=theirs, elsewhere=elsewhere)


def contested(dispute: Dispute, places: Iterable[Membership]) -> list[Membership]:
    """The place that the dispute is about; where it is none any more, where the person is now."""
    theirs = [one for one in places if one.role is dispute.role]
    return [one for one in theirs if one.class_ == dispute.class_] or theirs
