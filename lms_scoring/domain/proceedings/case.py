"""A case (核查): a doubtful record on its way from a rule's doubt to what people make of it.

A rule opens it; somebody decides; whom it is about may object once within a set time; a second person settles
it. Nothing of it changes a score: only the decision that goes with a step does.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from lms_scoring.domain.doubts.doubt import Doubt, Family, Ground
from lms_scoring.domain.proceedings.proceeding import Proceeding, said
from lms_scoring.domain.proceedings.step import Outcome, Refusal, Step, StepKind


class CaseState(StrEnum):
    """Where a case stands."""

    OPEN = "open"
    """待核查: somebody must decide. The record counts meanwhile."""
    VANISHED = "vanished"
    """What was doubted went before anybody decided; there is nothing to do."""
    DISMISSED = "dismissed"
    """Somebody looked: the record counts."""
    VOIDED = "voided"
    """The record does not count; whom it is about may still object."""
    STANDS = "stands"
    """The same, and nobody objected in time."""
    OBJECTED = "objected"
    """A second person must settle it."""
    CONFIRMED = "confirmed"
    """Settled: the record does not count."""
    REVERSED = "reversed"
    """Settled: the record counts after all."""


WAITING = frozenset({CaseState.OPEN, CaseState.OBJECTED})
"""Somebody has to do something."""

VOIDING = frozenset({CaseState.VOIDED, CaseState.STANDS, CaseState.OBJECTED, CaseState.CONFIRMED})
"""As far as the case goes the record does not count; in all others it does. What was decided otherwise since,
by hand or of a later case, is no step of it, and holds instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Case(Proceeding):
    """A case about one record of a person, named as cards name it."""

    family: Family
    kind: str
    name: str

    @property
    def doubted(self) -> Step:
        """The step that says what is doubted now, or was last."""
        told = [step for step in self.steps if step.kind in (StepKind.OPENED, StepKind.CHANGED)]
        return told[-1]

    @property
    def grounds(self) -> tuple[Ground, ...]:
        """The reasons of the doubt."""
        return self.doubted.grounds

    @property
    def is_there(self) -> bool:
        """Whether what is doubted is there at its source, as far as anybody noticed."""
        seen = [step.kind for step in self.steps if step.kind in (StepKind.VANISHED, StepKind.RETURNED)]
        return not seen or seen[-1] is StepKind.RETURNED

    @property
    def waits(self) -> bool:
        """Whether somebody has to do something; the passing of time changes nothing about that."""
        return self.state(self.steps[-1].at) in WAITING

    def state(self, now: int) -> CaseState:
        """Where it stands at that instant."""
        decided, settled = self.step(StepKind.DECIDED), self.step(StepKind.SETTLED)
        if decided is None:
            return CaseState.OPEN if self.is_there else CaseState.VANISHED
        if decided.outcome is Outcome.DISMISSED:
            return CaseState.DISMISSED
        if settled is not None:
            return CaseState.CONFIRMED if settled.outcome is Outcome.VOIDED else CaseState.REVERSED
        if self.step(StepKind.OBJECTED) is not None:
            return CaseState.OBJECTED
        return CaseState.VOIDED if _is_before(now, decided.until) else CaseState.STANDS

    def decided(self, outcome: Outcome, *, by: str, words: str, at: int, until: int) -> Case:
        """With a first person's decision; `until`: how long one may object where the record is voided.

        Raises StepRefused.
        """
        self._check(StepKind.DECIDED, by, at)
        window = until if outcome is Outcome.VOIDED else None
        return self._with(
            Step(kind=StepKind.DECIDED, at=at, by=by, words=said(words), outcome=outcome, until=window)
        )

    def objected(self, *, by: str, words: str, at: int) -> Case:
        """With the objection of whom it is about. Raises StepRefused."""
        self._check(StepKind.OBJECTED, by, at)
        return self._with(Step(kind=StepKind.OBJECTED, at=at, by=by, words=said(words)))

    def settled(self, outcome: Outcome, *, by: str, words: str, at: int) -> Case:
        """With a second person's decision. Raises StepRefused."""
        self._check(StepKind.SETTLED, by, at)
        return self._with(Step(kind=StepKind.SETTLED, at=at, by=by, words=said(words), outcome=outcome))

    def refusal(self, kind: StepKind, by: str, at: int) -> Refusal | None:
        """As every proceeding."""
        state, is_own = self.state(at), by == self.person
        if kind is StepKind.OBJECTED:
            if not is_own:
                return Refusal.NOT_CONCERNED
            late = Refusal.TOO_LATE if state is CaseState.STANDS else Refusal.NOT_NOW
            return None if state is CaseState.VOIDED else late
        if is_own:
            return Refusal.OWN
        first = self.step(StepKind.DECIDED)
        if kind is StepKind.SETTLED and first is not None and by == first.by:
            return Refusal.SAME_PERSON
        wanted = CaseState.OPEN if kind is StepKind.DECIDED else CaseState.OBJECTED
        return None if state is wanted else Refusal.NOT_NOW

    def seen(self, doubt: Doubt | None, *, at: int) -> Case:
        """After another look at the record: with a step where anything is other than it was."""
        if doubt is None:
            return self._with(Step(kind=StepKind.VANISHED, at=at)) if self.is_there else self
        case = self if self.is_there else self._with(Step(kind=StepKind.RETURNED, at=at))
        same = (doubt.grounds, doubt.digest) == (case.grounds, case.doubted.digest)
        if same or case.state(at) is not CaseState.OPEN:
            return case
        changed = Step(kind=StepKind.CHANGED, at=at, grounds=doubt.grounds, digest=doubt.digest)
        return case._with(changed)

    def is_about(self, doubt: Doubt) -> bool:
        """Whether people have looked, or are to look, at just this text: then no other case is opened."""
        return self.step(StepKind.DECIDED) is None or self.doubted.digest == doubt.digest


def opened(doubt: Doubt, *, person: str, at: int) -> Case:
    """A new case, which gets its number when it is kept."""
    step = Step(kind=StepKind.OPENED, at=at, grounds=doubt.grounds, digest=doubt.digest)
    return Case(number=0, person=person, family=doubt.family, kind=doubt.kind, name=doubt.name, steps=(step,))


def reviewed(cases: Iterable[Case], doubts: Iterable[Doubt], *, person: str, at: int) -> list[Case]:
    """A person's cases after another look at all their texts: those that are new, or have a new step.

    A record that people have decided about gets a new case only for another text of it.
    """
    latest = {(one.family, one.kind, one.name): one for one in sorted(cases, key=lambda one: one.number)}
    doubted = {(doubt.family, doubt.kind, doubt.name): doubt for doubt in doubts}
    changed = []
    for key in sorted({*latest, *doubted}):
        before, doubt = latest.get(key), doubted.get(key)
        if before is None or (doubt is not None and not before.is_about(doubt)):
            changed += [] if doubt is None else [opened(doubt, person=person, at=at)]
        elif (after := before.seen(doubt, at=at)) != before:
            changed.append(after)
    return changed


def _is_before(now: int, until: int | None) -> bool:
    return until is not None and now < until
