"""Cases as they are told: as of now, and of each as much as its reader may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lms_scoring.domain.doubts import Family
from lms_scoring.domain.doubts.side_by_side import SideBySide
from lms_scoring.domain.evidence import Action, Decision, Membership
from lms_scoring.domain.proceedings.case import VOIDING, Case, CaseState
from lms_scoring.domain.proceedings.step import Refusal, StepKind
from lms_scoring.ports import CaseText
from lms_scoring.services.access.seeing import View
from lms_scoring.services.deciding.judging import Stake
from lms_scoring.services.deciding.to_check import ToCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class KnownCase:
    """A case as of now. `name` is of whom it is about, `names` are of those who took a step."""

    case: Case
    state: CaseState
    name: str
    names: Mapping[str, str] = field(default_factory=dict)
    title: str | None = None
    """Of the activity that the record is of, where it has one."""
    in_force: Decision | None = None
    """What holds of the record now, whether this case came to it or not; None: nobody decided anything."""

    @property
    def is_voided(self) -> bool:
        """Whether somebody voided the record, and nobody undid that."""
        return self.in_force is not None and self.in_force.action is Action.VOID

    @property
    def is_overruled(self) -> bool:
        """Whether the record counts though the case says that it does not, or the other way round."""
        return self.is_voided != (self.state in VOIDING)

    def refusal(self, kind: StepKind, by: str, at: int) -> Refusal | None:
        """As the case's; and nobody objects to a voiding that was undone. An objection is settled all
        the same: whoever does says for good whether the record counts."""
        refusal = self.case.refusal(kind, by, at)
        is_undone = kind is StepKind.OBJECTED and not self.is_voided
        return Refusal.COUNTS if refusal is None and is_undone else refusal


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """A person and the cases about that person, by number."""

    person: str
    name: str
    cases: Sequence[KnownCase]


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseList:
    """A page of the cases that a visitor may decide about; `counts` are of all pages and all families."""

    view: View
    people: Sequence[Concerned]
    counts: Mapping[Family, int]
    family: Family | None
    number: int
    pages: int
    waiting: ToCheck

    @property
    def total(self) -> int:
        """Of all families."""
        return sum(self.counts.values())

    @property
    def found(self) -> int:
        """Of the family that is shown, on all pages."""
        return self.total if self.family is None else self.counts.get(self.family, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedCase:
    """A case as one visitor may see it.

    `may` are the steps that the visitor may take now. `own` is the doubted text; `other` and `pieces` only
    for who may decide. `other_name` is None where whoever wrote the other text is none of the visitor's.
    """

    view: View
    known: KnownCase
    is_own: bool
    may: frozenset[StepKind]
    places: Sequence[Membership] = ()
    """Those of the person about which the visitor decides."""
    own: CaseText | None = None
    other: CaseText | None = None
    other_name: str | None = None
    pieces: SideBySide | None = None
    alike: Sequence[int] = ()
    """Other open cases of the same person and family, by number: the same decision may be meant for them."""
    following: int | None = None
    """The next case on which this visitor can act; None: there is none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """A case with what is at stake in the visitor's decision: voiding the record, or letting it count again
    where it is voided now. Nothing is where the visitor can do neither."""

    opened: OpenedCase
    alone: Stake = field(default_factory=Stake)
    with_alike: Stake = field(default_factory=Stake)
    """Were all those alike voided too; the same where there are none."""
    names: Mapping[str, str] = field(default_factory=dict)
    """Of those whose cards would change."""
