"""The list of cases: by person, of one family or all, and nobody's cases parted by a page's end."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lms_scoring.domain.doubts import Family
from lms_scoring.domain.proceedings.case import Case, CaseState
from lms_scoring.services.deciding.case_desk import Known
from lms_scoring.web.deciding.case_page import PER_PAGE, CasePage, case_page


def known(number: int, person: str, family: Family = Family.FLOODING) -> Known:
    case = Case(number=number, person=person, family=family, kind="post", name=f"p{number}", steps=())
    return Known(case=case, state=CaseState.OPEN, name=person.upper())


def numbers(page: CasePage) -> Sequence[tuple[str, Sequence[int]]]:
    return [(one.name, [known.case.number for known in one.cases]) for one in page.people]


def test_a_persons_cases_stand_together_whoever_waits_longest_first() -> None:
    page = case_page([known(1, "a"), known(2, "b"), known(3, "a")], family=None, number=None)
    assert numbers(page) == [("A", [1, 3]), ("B", [2])]
    assert (page.total, page.number, page.pages) == (3, 1, 1)


def test_one_family_is_shown_and_all_are_counted() -> None:
    cases = [known(1, "a"), known(2, "b", Family.LIKENESS), known(3, "b")]
    page = case_page(cases, family="likeness", number=None)
    assert numbers(page) == [("B", [2])]
    assert (page.family, page.counts) == (Family.LIKENESS, {Family.FLOODING: 2, Family.LIKENESS: 1})
    assert case_page(cases, family="nonsense", number=None).family is None


def test_pages_end_between_people_and_hold_every_case_once() -> None:
    cases = [known(number, f"p{number // 7}") for number in range(3 * PER_PAGE)]
    first = case_page(cases, family=None, number=None)
    pages = [case_page(cases, family=None, number=str(number + 1)) for number in range(first.pages)]
    shown = [one.case.number for page in pages for person in page.people for one in person.cases]
    assert shown == [one.case.number for one in cases]
    assert all(len({one.person for one in page.people}) == len(page.people) for page in pages)
    assert first.pages == 3


@pytest.mark.parametrize("number", ["0", "-1", "two", "²", "99999999999999", "", None])
def test_a_page_that_there_is_not_is_the_nearest(number: str | None) -> None:
    page = case_page([known(1, "a")], family=None, number=number)
    assert (page.number, numbers(page)) == (1, [("A", [1])])


def test_where_nothing_waits_the_page_is_empty() -> None:
    page = case_page([], family=None, number="3")
    assert (page.people, page.total, page.number, page.pages) == ((), 0, 1, 0)
