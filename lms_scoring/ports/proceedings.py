"""Cases and disputes as they are kept: every step, for good."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

from lms_scoring.domain.doubts.doubt import Family
from lms_scoring.domain.proceedings.case import Case
from lms_scoring.domain.proceedings.dispute import Dispute


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseText:
    """A text that a case is about, as it was when a rule last doubted it; kept with the case.

    `course` and `name` say of which record. `person` is None while the account was nobody's.
    """

    course: str
    name: str
    person: str | None
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseTexts:
    """What lies side by side: the doubted text, and the one that it is like, where there is one. None: it was
    erased."""

    own: CaseText | None = None
    other: CaseText | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contesting:
    """Whose disputes are asked for: those of all but `but_not`.

    With `learners`, only what these contest as learners. What is about one of the places `elsewhere` is for
    others to answer.
    """

    but_not: str | None = None
    learners: Collection[str] | None = None
    elsewhere: Collection[tuple[str, str | None]] = ()
    """Person and class."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputePart:
    """Some of the disputes that were asked for, and how many there are."""

    disputes: Sequence[Dispute]
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseHeap:
    """How many cases of one family a person has, and the least of their numbers."""

    person: str
    family: Family
    first: int
    count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeCount:
    """How many disputes there are; `overdue` of them should have been answered already."""

    count: int
    overdue: int


class Proceedings(Protocol):
    """The part of a transaction about cases and disputes of a course. Steps are added and never changed."""

    def keep_case(self, course: str, case: Case) -> Case:
        """A new case (number 0), or one with new steps behind those that are kept; the case with its number.

        Raises StoreError where somebody else added a step meanwhile.
        """

    def keep_cases(self, course: str, cases: Sequence[Case]) -> Sequence[Case]:
        """As `keep_case`, many at once, none of them twice; in the same order."""

    def cases(
        self,
        course: str,
        *,
        numbers: Collection[int] | None = None,
        persons: Collection[str] | None = None,
        waiting: bool = False,
    ) -> Sequence[Case]:
        """By number; all, or those named, or of those persons, or on which somebody has to act."""

    def case_heaps(
        self, course: str, *, persons: Collection[str], waiting: bool = False
    ) -> Sequence[CaseHeap]:
        """The cases of these persons counted by person and family, the least number first."""

    def waiting_cases(self, course: str, *, persons: Collection[str] | None = None) -> Mapping[int, str]:
        """Number and person of each case on which somebody has to act, by number; without its steps."""

    def cases_to_judge(self, course: str, *, persons: Collection[str], by: str) -> Mapping[str, int]:
        """How many cases of each of these persons `by` can decide or settle; of nobody who has none."""

    def case_to_judge(self, course: str, *, persons: Collection[str], by: str, after: int) -> int | None:
        """The next of these by number, behind the last the first; never `after` itself."""

    def keep_case_texts(self, course: str, texts: Mapping[int, CaseTexts]) -> None:
        """In place of what was kept with the cases of these numbers."""

    def case_texts(self, course: str, number: int) -> CaseTexts: ...

    def keep_dispute(self, course: str, dispute: Dispute) -> Dispute:
        """As `keep_case`."""

    def disputes(
        self,
        course: str,
        *,
        numbers: Collection[int] | None = None,
        persons: Collection[str] | None = None,
        waiting: bool = False,
    ) -> Sequence[Dispute]:
        """As `cases`."""

    def dispute_part(
        self, course: str, whose: Contesting, *, waiting: bool, first: int, rows: int
    ) -> DisputePart:
        """Some of them, from a place on: what is due first, and behind all that waits what was done last."""

    def disputes_to_answer(
        self, course: str, whose: Contesting, *, by: str, now: int
    ) -> Mapping[tuple[str, str | None], DisputeCount]:
        """How many of them `by` can answer, by whose they are and the class of the card they are about."""

    def forget_proceedings(self, person: str) -> int:
        """Erases what a person's cases and disputes say, and the person's texts in others'; how many there
        were of the person's own."""

    def doubt_rules(self, course: str) -> str | None:
        """By what rules the course's texts were looked at last, as `keep_doubt_rules` was told."""

    def keep_doubt_rules(self, course: str, fingerprint: str) -> None: ...
