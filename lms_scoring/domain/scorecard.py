"""Scorecards: one membership's score, with every piece of evidence that counted or did not, and why.

All points are exact (`Fraction`); rounding happens once, where a card is shown (`figures.py`). Pages,
exports and the gradebook show cards and compute nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from lms_scoring.domain.evidence import CriterionTarget, DueBasis, Grade, RecordTarget, Role


class CardState(StrEnum):
    """The first that fits holds: pass; the window is open; marking could still lift it; fail."""

    PASS = "pass"
    IN_PROGRESS = "in_progress"
    PENDING = "pending"
    FAIL = "fail"


class CriterionState(StrEnum):
    """A criterion is pending while unmarked work could raise it."""

    FINAL = "final"
    PENDING = "pending"


class Verdict(StrEnum):
    """Whether a piece of evidence counted; `partly` where a cap, an edge or an overlap cut it."""

    COUNTED = "counted"
    PARTLY = "partly"
    REJECTED = "rejected"
    UNKNOWN = "unknown"


class Reason(StrEnum):
    """Why evidence did not count, or not in full, or counts with a remark."""

    OUTSIDE_WINDOW = "outside_window"
    TOO_EARLY = "too_early"
    LATE = "late"
    DRAFT = "draft"
    DELETED = "deleted"
    GONE = "gone"
    FLOODING = "flooding"
    PRIVATE = "private"
    VOIDED = "voided"
    OVER_CAP = "over_cap"
    OVERLAPS = "overlaps"
    REWATCHED = "rewatched"
    SPANS_KNOWN = "spans_known"
    NOT_REPORTED = "not_reported"
    LONGER_THAN_SPAN = "longer_than_span"
    IMPLAUSIBLE = "implausible"
    IMPLAUSIBLE_CUT = "implausible_cut"
    CONFIRMED_LONG = "confirmed_long"
    ANOTHER_COUNTS = "another_counts"
    COUNTS_AS_BULLETIN = "counts_as_bulletin"
    UNMARKED = "unmarked"
    NO_GRADE_MEANING = "no_grade_meaning"
    REPEATED = "repeated"
    OTHER_CLASS = "other_class"
    OWN_WORK = "own_work"
    UNREADABLE = "unreadable"
    EXEMPT = "exempt"
    OVERRIDDEN = "overridden"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One record and what became of it.

    `points` is its own part of the criterion's points: the parts of a criterion add up to its points.
    For time, `amount` is what counted and `of` what the record says, both in milliseconds (a rational
    where the content axis was cut). `note` is a person's own words, where there are any, or
    why a record could not be read (`Unread`).
    `person` is whose work it is, where it is not that of the card's own person. Of a hand-in, `grade` is
    its mark, `due_at` the deadline it was held to, and `due_basis` whose that was.
    """

    kind: str
    id: str
    verdict: Verdict
    reason: Reason | None = None
    points: Fraction = Fraction(0)
    activity: str | None = None
    at: int | None = None
    amount: Fraction | None = None
    of: int | None = None
    note: str | None = None
    person: str | None = None
    grade: Grade | None = None
    due_at: int | None = None
    due_basis: DueBasis | None = None

    @property
    def is_implausible(self) -> bool:
        """Whether it is so long a time that a person should look, whatever of it counts."""
        return self.reason in (Reason.IMPLAUSIBLE, Reason.IMPLAUSIBLE_CUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A named number a criterion was computed from (`study_time` in ms, `topics`, `handed_in` …).

    `value` is None where it is unknown; `asked` is what the programme asks for, where it does, and
    `advised` what it merely advises. Shares are in percent.
    """

    name: str
    value: Fraction | None
    asked: int | None = None
    advised: Fraction | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CriterionResult:
    """One criterion of a card. `could_become` is what marking alone could still make of the points.

    `unknowns` is how many records could not be read and nobody has decided about; `may_fall`: one of them
    could take points away.
    """

    id: str
    max: Fraction
    points: Fraction
    could_become: Fraction
    state: CriterionState
    figures: tuple[Figure, ...] = ()
    findings: Sequence[Finding] = ()
    unknowns: int = 0
    may_fall: bool = False

    @property
    def is_at_least(self) -> bool:
        """Whether the points are only what could be read, and there may be more; never over the maximum, nor
        where there may be fewer."""
        return self.unknowns > 0 and self.points < self.max and not self.may_fall


@dataclass(frozen=True, slots=True, kw_only=True)
class Scorecard:
    """The score of one membership, as of an instant, by a scheme known by its fingerprint.

    `valid_until` is the instant at which the card may change although no evidence does (None: never).
    `evidence` is the SHA-256 over the sorted content hashes of the records the card read. `closed_at` is the
    instant at which its programme was closed (None: it is open).
    """

    person: str
    role: Role
    class_: str | None
    total: Fraction
    could_become: Fraction
    out_of: Fraction
    pass_mark: Fraction
    state: CardState
    band: str | None
    scheme: str
    evidence: str
    as_of: int
    valid_until: int | None
    criteria: tuple[CriterionResult, ...]
    closed_at: int | None = None

    @property
    def passed(self) -> bool:
        """Exactly at the mark is passed."""
        return self.total >= self.pass_mark

    @property
    def is_at_least(self) -> bool:
        """Whether the total is only what could be read, and there may be more, and no fewer."""
        may_fall = any(result.may_fall for result in self.criteria)
        return not may_fall and any(result.is_at_least for result in self.criteria)

    def names(self, target: RecordTarget | CriterionTarget) -> bool:
        """Whether it has that criterion, or that record among its findings."""
        if isinstance(target, CriterionTarget):
            return any(result.id == target.criterion for result in self.criteria)
        named = (finding for result in self.criteria for finding in result.findings)
        return any((finding.kind, finding.id) == (target.kind, target.id) for finding in named)


def unknowns_among(findings: Iterable[Finding]) -> int:
    """How many of a criterion's records could not be read; a decision about the criterion settles them."""
    found = list(findings)
    if any(finding.kind == "decision" for finding in found):
        return 0
    return sum(finding.verdict is Verdict.UNKNOWN for finding in found)
