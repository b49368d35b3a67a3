"""Cases and disputes in the memory store."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from lms_scoring.domain.doubts.doubt import Family
from lms_scoring.domain.errors import StoreError
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.proceedings.case import Case
from lms_scoring.domain.proceedings.dispute import ANSWERING, Dispute
from lms_scoring.domain.proceedings.step import StepKind
from lms_scoring.ports import CaseHeap, CaseTexts, Contesting, DisputeCount, DisputePart
from tests.fakes.memory_store.area import Area


class Proceedings(Area):
    """What people do about doubts and contested points."""

    def keep_case(self, course: str, case: Case) -> Case:
        kept = self.state.cases.setdefault(course, {})
        numbered = replace(case, number=case.number or len(kept) + 1)
        _check_news(kept.get(case.number), case)
        kept[numbered.number] = numbered
        return numbered

    def keep_cases(self, course: str, cases: Sequence[Case]) -> Sequence[Case]:
        return [self.keep_case(course, case) for case in cases]

    def cases(
        self,
        course: str,
        *,
        numbers: Collection[int] | None = None,
        persons: Collection[str] | None = None,
        waiting: bool = False,
    ) -> Sequence[Case]:
        found = self.state.cases.get(course, {}).values()
        return [one for one in found if _is_wanted(one, numbers, persons, waiting=waiting)]

    def case_heaps(
        self, course: str, *, persons: Collection[str], waiting: bool = False
    ) -> Sequence[CaseHeap]:
        found: dict[tuple[str, Family], list[int]] = {}
        for one in self.cases(course, persons=persons, waiting=waiting):
            found.setdefault((one.person, one.family), []).append(one.number)
        heaps = [
            CaseHeap(person=person, family=family, first=min(numbers), count=len(numbers))
            for (person, family), numbers in found.items()
        ]
        return sorted(heaps, key=lambda heap: heap.first)

    def waiting_cases(self, course: str, *, persons: Collection[str] | None = None) -> Mapping[int, str]:
        return {one.number: one.person for one in self.cases(course, persons=persons, waiting=True)}

    def cases_to_judge(self, course: str, *, persons: Collection[str], by: str) -> Mapping[str, int]:
        return Counter(one.person for one in self._to_judge(course, persons, by))

    def case_to_judge(self, course: str, *, persons: Collection[str], by: str, after: int) -> int | None:
        numbers = [one.number for one in self._to_judge(course, persons, by) if one.number != after]
        return min([number for number in numbers if number > after] or numbers, default=None)

    def _to_judge(self, course: str, persons: Collection[str], by: str) -> list[Case]:
        waiting = self.cases(course, persons=persons, waiting=True)
        return [one for one in waiting if _can(one, (StepKind.DECIDED, StepKind.SETTLED), by)]

    def keep_case_texts(self, course: str, texts: Mapping[int, CaseTexts]) -> None:
        for number, theirs in texts.items():
            self.state.case_texts[course, number] = theirs

    def case_texts(self, course: str, number: int) -> CaseTexts:
        return self.state.case_texts.get((course, number), CaseTexts())

    def keep_dispute(self, course: str, dispute: Dispute) -> Dispute:
        kept = self.state.disputes.setdefault(course, {})
        numbered = replace(dispute, number=dispute.number or len(kept) + 1)
        _check_news(kept.get(dispute.number), dispute)
        kept[numbered.number] = numbered
        return numbered

    def disputes(
        self,
        course: str,
        *,
        numbers: Collection[int] | None = None,
        persons: Collection[str] | None = None,
        waiting: bool = False,
    ) -> Sequence[Dispute]:
        found = self.state.disputes.get(course, {}).values()
        return [one for one in found if _is_wanted(one, numbers, persons, waiting=waiting)]

    def dispute_part(
        self, course: str, whose: Contesting, *, waiting: bool, first: int, rows: int
    ) -> DisputePart:
        found = [one for one in self.disputes(course, waiting=waiting) if _is_asked_for(one, whose)]
        found.sort(key=_urgency)
        return DisputePart(disputes=found[first : first + rows], found=len(found))

    def disputes_to_answer(
        self, course: str, whose: Contesting, *, by: str, now: int
    ) -> Mapping[tuple[str, str | None], DisputeCount]:
        waiting = [one for one in self.disputes(course, waiting=True) if _is_asked_for(one, whose)]
        theirs: dict[tuple[str, str | None], list[Dispute]] = {}
        for one in waiting:
            if _can(one, ANSWERING, by):
                theirs.setdefault((one.person, one.class_), []).append(one)
        return {
            place: DisputeCount(count=len(some), overdue=sum(one.is_overdue(now) for one in some))
            for place, some in theirs.items()
        }

    def forget_proceedings(self, person: str) -> int:
        forgotten = 0
        for course, cases in self.state.cases.items():
            for number in [number for number, case in cases.items() if case.person == person]:
                del cases[number]
                self.state.case_texts.pop((course, number), None)
                forgotten += 1
        for disputes in self.state.disputes.values():
            for number in [number for number, one in disputes.items() if one.person == person]:
                del disputes[number]
                forgotten += 1
        for key, texts in self.state.case_texts.items():
            other = texts.other
            if other is not None and other.person == person:
                self.state.case_texts[key] = replace(texts, other=None)
        return forgotten

    def doubt_rules(self, course: str) -> str | None:
        return self.state.doubt_rules.get(course)

    def keep_doubt_rules(self, course: str, fingerprint: str) -> None:
        self.state.doubt_rules[course] = fingerprint


def _check_news(former: Case | Dispute | None, now: Case | Dispute) -> None:
    if former is not None and len(now.steps) <= len(former.steps):
        raise StoreError(f"{now.number} was changed meanwhile")


def _can(one: Case | Dispute, kinds: Sequence[StepKind], by: str) -> bool:
    return any(one.refusal(kind, by, one.steps[-1].at) is None for kind in kinds)


def _is_asked_for(one: Dispute, whose: Contesting) -> bool:
    if one.person == whose.but_not:
        return False
    if whose.learners is not None and (one.role is not Role.LEARNER or one.person not in whose.learners):
        return False
    return (one.person, one.class_) not in whose.elsewhere


def _urgency(one: Dispute) -> tuple[bool, int, int]:
    due = one.due_at
    return (due is None, -one.steps[-1].at if due is None else due, one.number)


def _is_wanted(
    one: Case | Dispute,
    numbers: Collection[int] | None,
    persons: Collection[str] | None,
    *,
    waiting: bool,
) -> bool:
    if waiting and not one.waits:
        return False
    return (numbers is None or one.number in numbers) and (persons is None or one.person in persons)
