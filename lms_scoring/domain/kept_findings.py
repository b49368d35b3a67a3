"""Findings of a kept card, read when somebody looks at one: a page of closed ledgers looks at none.

A learner has hundreds of them. How many there are, whom and which activities they speak of and what time they
tell of is known without making them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from typing import Any, NamedTuple, overload

from lms_scoring.domain import scorecard
from lms_scoring.domain.scorecard import Finding, Reason, Verdict


class Timed(NamedTuple):
    """What a finding tells of time: how much counted, of how much, in milliseconds, and why not all.

    `at` is its instant, where it is known.
    """

    kind: str
    at: int | None
    amount: Fraction | int | None
    of: int
    reason: Reason | None


class KeptFindings(Sequence[Finding]):
    """Equal to the tuple of the same findings. `read` makes one of its fields."""

    def __init__(
        self, fields: Sequence[Mapping[str, Any]], read: Callable[[Mapping[str, Any]], Finding]
    ) -> None:
        self.fields = fields
        self._read = read
        self._made: tuple[Finding, ...] | None = None
        self._timed: list[Timed] | None = None
        self._own: frozenset[tuple[str, str]] | None = None

    def __len__(self) -> int:
        return len(self.fields)

    @overload
    def __getitem__(self, place: int) -> Finding: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[Finding, ...]: ...

    def __getitem__(self, place: int | slice) -> Finding | tuple[Finding, ...]:
        return self._all()[place]

    def __iter__(self) -> Iterator[Finding]:
        return iter(self._all())

    def __eq__(self, other: object) -> bool:
        return self._all() == (other._all() if isinstance(other, KeptFindings) else other)

    def __hash__(self) -> int:
        return hash(self._all())

    def __repr__(self) -> str:
        return f"KeptFindings of {len(self)}"

    def timed(self) -> Sequence[Timed]:
        """What they tell of time, those that tell of any; a page asks it for the sum and for the days."""
        if self._timed is None:
            self._timed = [
                Timed(
                    fields["kind"],
                    fields.get("at"),
                    _number(fields.get("amount")),
                    fields["of"],
                    _REASONS[fields.get("reason")],
                )
                for fields in self.fields
                if "of" in fields
            ]
        return self._timed

    def own(self) -> frozenset[tuple[str, str]]:
        """Kind and id of what is the card's own person's; a page asks it of each criterion, several times."""
        if self._own is None:
            self._own = frozenset((one["kind"], one["id"]) for one in self.fields if "person" not in one)
        return self._own

    def _all(self) -> tuple[Finding, ...]:
        if self._made is None:
            self._made = tuple(map(self._read, self.fields))
        return self._made


def persons_among(findings: Sequence[Finding]) -> frozenset[str]:
    """Of whose work they speak, besides that of the card's own person."""
    if isinstance(findings, KeptFindings):
        return frozenset(fields["person"] for fields in findings.fields if "person" in fields)
    return frozenset(finding.person for finding in findings if finding.person is not None)


def activities_among(findings: Sequence[Finding]) -> frozenset[str]:
    """Which activities they name."""
    if isinstance(findings, KeptFindings):
        return frozenset(fields["activity"] for fields in findings.fields if "activity" in fields)
    return frozenset(finding.activity for finding in findings if finding.activity is not None)


def own_among(findings: Sequence[Finding]) -> frozenset[tuple[str, str]]:
    """Kind and id of those that are about the card's own person."""
    if isinstance(findings, KeptFindings):
        return findings.own()
    return frozenset((finding.kind, finding.id) for finding in findings if finding.person is None)


def of_others_among(findings: Sequence[Finding]) -> frozenset[tuple[str, str]]:
    """Kind and id of the rest: of those that name whose work they speak of."""
    if isinstance(findings, KeptFindings):
        return frozenset((one["kind"], one["id"]) for one in findings.fields if "person" in one)
    return frozenset((finding.kind, finding.id) for finding in findings if finding.person is not None)


def unknowns_among(findings: Sequence[Finding]) -> int:
    """As `scorecard.unknowns_among`."""
    if isinstance(findings, KeptFindings) and all(
        one["verdict"] != Verdict.UNKNOWN for one in findings.fields
    ):
        return 0
    return scorecard.unknowns_among(findings)


def timed(findings: Sequence[Finding]) -> Sequence[Timed]:
    """What they tell of time, those that tell of any."""
    if isinstance(findings, KeptFindings):
        return findings.timed()
    return [Timed(one.kind, one.at, one.amount, one.of, one.reason) for one in findings if one.of is not None]


_REASONS: Mapping[str | None, Reason | None] = {None: None, **{reason.value: reason for reason in Reason}}


def _number(text: str | None) -> Fraction | int | None:
    """Nearly all are whole milliseconds, and whole numbers are added up ten times as fast."""
    if text is None:
        return None
    return int(text) if text.isdecimal() else Fraction(text)
