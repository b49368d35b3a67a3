"""What waits for a person's look: on how many cases and disputes a visitor can act now.

Who sees a card sees its disputes; who may decide about it may answer them, and nobody answers the own.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from lms_scoring.domain.evidence import Membership, Role
from lms_scoring.domain.proceedings.dispute import Dispute, contested
from lms_scoring.ports import Contesting, DisputeCount, Transaction
from lms_scoring.services.access.seeing import View


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
    classes: dict[str, frozenset[str | None]] = dict.fromkeys(deciding_about(view, members), frozenset())
    for place in members:
        if view.may_decide(place) and place.role is Role.LEARNER:
            classes[place.person] |= {place.class_}
    return Waiting(
        cases=transaction.cases_to_judge(course, persons=classes, by=by),
        disputes=_disputes_to_answer(transaction, view, members, by=by, now=now),
        classes=classes,
    )


def deciding_about(view: View, members: Iterable[Membership]) -> set[str]:
    """About whose records the visitor decides."""
    return {one.person for one in members if view.may_decide(one)}


def _disputes_to_answer(
    transaction: Transaction, view: View, members: Iterable[Membership], *, by: str, now: int
) -> Mapping[str | None, DisputeCount]:
    """As `may_answer` says."""
    if view.nameless or (view.closing is not None and not view.everything):
        return {}
    return transaction.disputes_to_answer(view.course.id, others_contesting(view, members), by=by, now=now)


def _counted(cases: Iterable[int], disputes: Iterable[DisputeCount]) -> ToCheck:
    theirs = list(disputes)
    return ToCheck(
        cases=sum(cases),
        disputes=sum(one.count for one in theirs),
        overdue=sum(one.overdue for one in theirs),
    )


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
