"""What a card's ledger says beside its rows: the case and the dispute about each, or where to contest it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from lms_scoring.domain.evidence import RecordTarget, Role
from lms_scoring.domain.proceedings.dispute import Contested
from lms_scoring.domain.scorecard import Finding, Scorecard
from lms_scoring.services.deciding.told_cases import KnownCase
from lms_scoring.services.deciding.told_disputes import Told


@dataclass(frozen=True, slots=True, kw_only=True)
class BesideRows:
    """The cases and disputes about one card; of several about the same thing the latest."""

    cases: Mapping[tuple[str, str], KnownCase] = field(default_factory=dict)
    disputes: Mapping[Contested, Told] = field(default_factory=dict)
    role: Role = Role.LEARNER
    class_: str | None = None
    is_own: bool = False
    """Whether the card is the reader's own."""

    def case_of(self, finding: Finding) -> KnownCase | None:
        """The case about a finding's record; the works of others have theirs on their own pages."""
        return None if finding.person is not None else self.cases.get((finding.kind, finding.id))

    def dispute_of(self, criterion: str, finding: Finding | None = None) -> Told | None:
        """The dispute about a criterion, or about a finding's record under it."""
        return self.disputes.get(self._about(criterion, finding)) if self.disputes else None

    def to_contest(self, criterion: str, finding: Finding | None = None) -> dict[str, str] | None:
        """Where the reader contests it, as parts of an address; None: the card is not the reader's own, or a
        dispute about it is not over."""
        if not self.is_own:
            return None
        about = self._about(criterion, finding)
        told = self.disputes.get(about) if self.disputes else None
        return asked_of(about) if told is None or told.is_over else None

    def _about(self, criterion: str, finding: Finding | None) -> Contested:
        """A decision about a criterion is no record: it is the criterion that is contested."""
        record = None
        if finding is not None and finding.kind != "decision":
            record = RecordTarget(kind=finding.kind, id=finding.id)
        return Contested(role=self.role, class_=self.class_, criterion=criterion, record=record)


def beside_rows(
    card: Scorecard, cases: Sequence[KnownCase], disputes: Sequence[Told], *, is_own: bool
) -> BesideRows:
    """What there is about the card; both are in the order of their numbers."""
    return BesideRows(
        cases={(one.case.kind, one.case.name): one for one in cases},
        disputes={one.dispute.about: one for one in disputes},
        role=card.role,
        class_=card.class_,
        is_own=is_own,
    )


def asked_of(about: Contested) -> dict[str, str]:
    """What is contested, as an address and a form name it."""
    asked = {"role": about.role.value, "criterion": about.criterion}
    if about.class_ is not None:
        asked["class"] = about.class_
    if about.record is not None:
        asked |= {"kind": about.record.kind, "id": about.record.id}
    return asked


def about_in(asked: Mapping[str, str]) -> Contested | None:
    """What an address or a form says is contested; None: nothing that can be."""
    role, criterion = asked.get("role", ""), asked.get("criterion", "")
    if role not in {one.value for one in Role} or not criterion:
        return None
    kind, id_ = asked.get("kind", ""), asked.get("id", "")
    return Contested(
        role=Role(role),
        class_=asked.get("class") or None,
        criterion=criterion,
        record=RecordTarget(kind=kind, id=id_) if kind and id_ else None,
    )
