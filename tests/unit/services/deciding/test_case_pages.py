"""The list of cases: by person, of one family or all, and nobody's cases parted by a page's end."""

from __future__ import annotations

import pytest

from lms_scoring.domain.doubts import Family
from lms_scoring.ports import CaseHeap
from lms_scoring.services.deciding.case_pages import case_pages
from lms_scoring.services.paging import page_there


def heap(person: str, first: int, count: int = 1, family: Family = Family.FLOODING) -> CaseHeap:
    return CaseHeap(person=person, family=family, first=first, count=count)


def test_whoever_waits_longest_is_first_and_stands_once() -> None:
    heaps = [heap("b", 2), heap("a", 3, family=Family.LIKENESS), heap("a", 1, family=Family.FLOODING)]
    assert case_pages(heaps, family=None, per_page=9) == [["a", "b"]]


def test_of_one_family_only_its_cases_count() -> None:
    heaps = [heap("a", 1, 5), heap("b", 6, 1, Family.LIKENESS), heap("a", 7, 1, Family.LIKENESS)]
    assert case_pages(heaps, family=Family.LIKENESS, per_page=2) == [["b", "a"]]
    assert case_pages(heaps, family=None, per_page=2) == [["a"], ["b"]]


@pytest.mark.parametrize(
    ("counts", "pages"),
    [
        ((), []),
        ((1, 1, 1), [["p0", "p1", "p2"]]),
        ((1, 2, 1), [["p0", "p1"], ["p2"]]),
        ((1, 9, 3, 1), [["p0", "p1"], ["p2"], ["p3"]]),
    ],
)
def test_pages_end_between_people(counts: tuple[int, ...], pages: list[list[str]]) -> None:
    heaps = [heap(f"p{place}", place + 1, count) for place, count in enumerate(counts)]
    assert case_pages(heaps, family=None, per_page=3) == pages


@pytest.mark.parametrize(
    ("asked", "pages", "there"), [(0, 3, 1), (-1, 3, 1), (2, 3, 2), (9, 3, 3), (5, 0, 1)]
)
def test_a_page_that_there_is_not_is_the_nearest(asked: int, pages: int, there: int) -> None:
    assert page_there(asked, pages) == there
