"""Pages of the list of cases: by person, whoever waits longest first, and nobody's cases on two pages."""

from __future__ import annotations

from collections.abc import Sequence

from lms_scoring.domain.doubts import Family
from lms_scoring.ports import CaseHeap


def case_pages(heaps: Sequence[CaseHeap], *, family: Family | None, per_page: int) -> list[list[str]]:
    """The people on each page; a page ends behind the person with whom it has enough cases, of that family or
    of all."""
    wanted = [heap for heap in heaps if family in (None, heap.family)]
    counts: dict[str, int] = {}
    for heap in sorted(wanted, key=lambda one: one.first):
        counts[heap.person] = counts.get(heap.person, 0) + heap.count
    pages: list[list[str]] = []
    left = 0
    for person, count in counts.items():
        if left <= 0:
            pages.append([])
            left = per_page
        pages[-1].append(person)
        left -= count
    return pages
