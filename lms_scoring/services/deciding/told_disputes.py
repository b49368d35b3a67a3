"""Disputes as they are told: as of now, and with the line of the card that each is about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lms_scoring.domain.evidence import Decision
from lms_scoring.domain.proceedings.dispute import OVER, Contested, Dispute, DisputeState
from lms_scoring.domain.proceedings.step import Refusal, StepKind
from lms_scoring.domain.scheme import Criterion
from lms_scoring.domain.scorecard import CriterionResult, Finding
from lms_scoring.services.access.seeing import View
from lms_scoring.services.deciding.to_check import (
    ToCheck,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """A dispute as of now. `name` is whose it is, `names` are of those who took a step."""

    dispute: Dispute
    state: DisputeState
    is_overdue: bool
    name: str
    criterion: Criterion | None
    """By today's rules; None where they have none such."""
    names: Mapping[str, str] = field(default_factory=dict)
    title: str | None = None
    """Of the activity that the record is of (of watching its id, where it has none); None: nobody knows."""

    @property
    def is_over(self) -> bool:
        """Whether nothing more can be done about it, so that the same may be contested anew."""
        return self.state in OVER


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeList:
    """A page of the disputes about cards that a visitor sees and that are not the visitor's own.

    What is due first comes first, and behind all that waits what was done last. `found` are on all pages.
    """

    view: View
    disputes: Sequence[Told]
    found: int
    number: int
    pages: int
    waiting: ToCheck


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """What is contested as the card has it now; `finding` is None of a criterion, and of a record that the
    card no longer names. `activity` and `whose` are names, as far as there are any."""

    result: CriterionResult
    criterion: Criterion | None
    finding: Finding | None = None
    activity: str | None = None
    whose: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Offer:
    """What its owner may contest: the line, what there was about it before, and how many days an answer may
    take. `refusal`: why it cannot be contested now. Of the same card, `waiting` disputes wait already."""

    view: View
    person: str
    about: Contested
    line: Line
    former: Sequence[Told]
    answer_days: int
    waiting: int
    refusal: Refusal | None

    @property
    def present(self) -> Told | None:
        """The dispute about it that is not over; while there is one, there is no other."""
        return next((one for one in self.former if not one.is_over), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenedDispute:
    """A dispute as one visitor sees it. `may` are the steps that the visitor may take now.

    `line` is None where there is no such card or criterion any more. `decisions` are those about the same
    thing, or about the criterion, that were made since it was contested. `is_changed`: there is one that the
    present question asks for, or the criterion has other points by now; only then an answer says so.
    """

    view: View
    told: Told
    is_own: bool
    may_decide: bool
    may: frozenset[StepKind]
    line: Line | None
    decisions: Sequence[Decision]
    is_changed: bool
