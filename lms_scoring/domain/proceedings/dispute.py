"""A dispute (异议): somebody contests a point of the own card, and others answer within a set time.

Who contests says what and why; somebody who guides or coordinates answers; once, a second person may be asked
for another opinion. An answer changes nothing: what is to be corrected is decided first, as everywhere.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lms_scoring.domain.errors import StepRefused
from lms_scoring.domain.evidence import Membership, RecordTarget, Role
from lms_scoring.domain.places import places_now
from lms_scoring.domain.proceedings.proceeding import Proceeding, said
from lms_scoring.domain.proceedings.step import Outcome, Refusal, Step, StepKind


class DisputeState(StrEnum):
    """Where a dispute stands."""

    RAISED = "raised"
    """Somebody must answer."""
    ANSWERED = "answered"
    """Answered; a second opinion may still be asked for."""
    CLOSED = "closed"
    """Answered, and nobody asked for a second opinion in time."""
    ASKED_AGAIN = "asked_again"
    """A second person must answer."""
    FINAL = "final"
    """Answered twice."""
    WITHDRAWN = "withdrawn"
    """Let be by who raised it."""


WAITING = frozenset({DisputeState.RAISED, DisputeState.ASKED_AGAIN})
"""Somebody has to answer."""

OVER = frozenset({DisputeState.CLOSED, DisputeState.FINAL, DisputeState.WITHDRAWN})
"""Nobody can do anything more."""

MOST_WAITING = 5
"""Disputes about one card that may wait for an answer when another is raised: so many can be answered before
more are raised, or a card would be contested without end."""

MOST_WITHDRAWN = 2
"""How often the same thing may be contested and let be."""

Place = tuple[str, Role, str | None]
"""Whose card it is, and of which role and class."""

_ANSWERS = {StepKind.ANSWERED: DisputeState.RAISED, StepKind.ANSWERED_AGAIN: DisputeState.ASKED_AGAIN}
ANSWERING = tuple(_ANSWERS)
"""The steps that answer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Dispute(Proceeding):
    """A dispute about a criterion of a person's card, or about one record under it (`record`)."""

    role: Role
    class_: str | None
    criterion: str
    record: RecordTarget | None

    @property
    def raised_at(self) -> int:
        """When it was raised."""
        return self.steps[0].at

    @property
    def asked(self) -> Step:
        """Since which step a correction is one that the present question asks for: since it was raised, or
        was answered before somebody asked again."""
        first = self.step(StepKind.ANSWERED)
        return self.steps[0] if first is None or self.step(StepKind.ASKED_AGAIN) is None else first

    @property
    def waits(self) -> bool:
        """Whether somebody has to answer; the passing of time changes nothing about that."""
        return self.state(self.steps[-1].at) in WAITING

    @property
    def due_at(self) -> int | None:
        """Until when an answer is due; None where none is waited for."""
        return self.steps[-1].until if self.waits else None

    def is_overdue(self, now: int) -> bool:
        """Whether the answer that is waited for should have been given."""
        return self.due_at is not None and now >= self.due_at

    @property
    def about(self) -> Contested:
        """What is contested."""
        return Contested(role=self.role, class_=self.class_, criterion=self.criterion, record=self.record)

    def is_over(self, now: int) -> bool:
        """Whether nothing more can be done about it."""
        return self.state(now) in OVER

    def state(self, now: int) -> DisputeState:
        """Where it stands at that instant."""
        last = self.steps[-1]
        if last.kind is StepKind.ANSWERED:
            still = last.until is not None and now < last.until
            return DisputeState.ANSWERED if still else DisputeState.CLOSED
        if last.kind is StepKind.ANSWERED_AGAIN:
            return DisputeState.FINAL
        return DisputeState(last.kind.value)

    def answered(
        self, outcome: Outcome, *, by: str, words: str, at: int, until: int, decided: int | None = None
    ) -> Dispute:
        """With an answer, the first or the second; `until`: how long a second opinion may be asked for after
        the first, `decided` as steps have it. Raises StepRefused."""
        again = self.state(at) is DisputeState.ASKED_AGAIN
        kind = StepKind.ANSWERED_AGAIN if again else StepKind.ANSWERED
        self._check(kind, by, at)
        limit = None if again else until
        told = said(words)
        return self._with(
            Step(kind=kind, at=at, by=by, words=told, outcome=outcome, until=limit, decided=decided)
        )

    def asked_again(self, *, by: str, words: str, at: int, until: int) -> Dispute:
        """With the wish for a second opinion; `until`: when it is due. Raises StepRefused."""
        self._check(StepKind.ASKED_AGAIN, by, at)
        return self._with(Step(kind=StepKind.ASKED_AGAIN, at=at, by=by, words=said(words), until=until))

    def withdrawn(self, *, by: str, at: int) -> Dispute:
        """Let be by who raised it. Raises StepRefused."""
        self._check(StepKind.WITHDRAWN, by, at)
        return self._with(Step(kind=StepKind.WITHDRAWN, at=at, by=by))

    def refusal(self, kind: StepKind, by: str, at: int) -> Refusal | None:
        """As every proceeding."""
        state, is_own = self.state(at), by == self.person
        if kind in _ANSWERS:
            return self._no_answer(kind, state, by, is_own=is_own)
        if not is_own:
            return Refusal.NOT_CONCERNED
        if kind is StepKind.ASKED_AGAIN:
            late = Refusal.TOO_LATE if state is DisputeState.CLOSED else Refusal.NOT_NOW
            return None if state is DisputeState.ANSWERED else late
        return None if state in WAITING else Refusal.NOT_NOW

    def _no_answer(self, kind: StepKind, state: DisputeState, by: str, *, is_own: bool) -> Refusal | None:
        if is_own:
            return Refusal.OWN
        first = self.step(StepKind.ANSWERED)
        if first is not None and by == first.by:
            return Refusal.SAME_PERSON
        return None if state is _ANSWERS[kind] else Refusal.NOT_NOW


@dataclass(frozen=True, slots=True, kw_only=True)
class Contested:
    """What is contested: a criterion of the card of a place, or one record under it."""

    role: Role
    class_: str | None
    criterion: str
    record: RecordTarget | None = None


def contested(dispute: Dispute, places: Iterable[Membership]) -> list[Membership]:
    """Which of its owner's places it is about, and answered in; where its own is none any more, where the
    person is now."""
    theirs = [one for one in places if one.role is dispute.role]
    return [one for one in theirs if one.class_ == dispute.class_] or theirs


def concerned(dispute: Dispute, places: Iterable[Membership]) -> list[Membership]:
    """The places whose cards an answer can change: its own, and every one of its role where its owner is now.

    What is decided for it is decided about the person, so it changes all of these cards alike. `places` are
    all of its owner's.
    """
    theirs = list(places)
    now = [one for one in places_now(theirs) if one.role is dispute.role]
    about = [*contested(dispute, theirs), *now]
    return [place for place in theirs if place in about]


def contested_places(disputes: Iterable[Dispute], places: Iterable[Membership]) -> set[Place]:
    """The places whose cards these disputes concern; `places` are those of all whose disputes they are."""
    theirs = list(places)
    return {
        (place.person, place.role, place.class_)
        for one in disputes
        for place in concerned(one, [place for place in theirs if place.person == one.person])
    }


def waiting_beside(about: Contested, disputes: Iterable[Dispute]) -> int:
    """How many of a person's disputes wait for an answer about the same card."""
    return sum(one.waits and (one.role, one.class_) == (about.role, about.class_) for one in disputes)


def raising_refusal(about: Contested, others: Iterable[Dispute], *, at: int) -> Refusal | None:
    """Why a person who has these other disputes cannot raise one about it then; None: it can be raised."""
    every = list(others)
    same = [one for one in every if one.about == about]
    if any(not one.is_over(at) for one in same):
        return Refusal.ALREADY
    if sum(one.state(at) is DisputeState.WITHDRAWN for one in same) >= MOST_WITHDRAWN:
        return Refusal.WITHDRAWN_TWICE
    return Refusal.TOO_MANY if waiting_beside(about, every) >= MOST_WAITING else None


def raised(
    about: Contested,
    *,
    person: str,
    words: str,
    at: int,
    until: int,
    others: Iterable[Dispute] = (),
    decided: int | None = None,
) -> Dispute:
    """A new dispute, which gets its number when it is kept; `until`: when an answer is due, `others`: all
    that the person raised before, `decided` as steps have it.

    Raises StepRefused, also for what `raising_refusal` says.
    """
    refusal = raising_refusal(about, others, at=at)
    if refusal is not None:
        raise StepRefused(refusal.value)
    step = Step(kind=StepKind.RAISED, at=at, by=person, words=said(words), until=until, decided=decided)
    return Dispute(
        number=0,
        person=person,
        role=about.role,
        class_=about.class_,
        criterion=about.criterion,
        record=about.record,
        steps=(step,),
    )
