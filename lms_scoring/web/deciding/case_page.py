"""The list of cases as its page shows it: by person, of one family or of all, a page at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby

from lms_scoring.domain.doubts import Family
from lms_scoring.services.deciding.case_desk import Known

PER_PAGE = 100
"""Cases; those of one person are never parted, so that a page may have some more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Concerned:
    """A person and the cases about that person, by number."""

    person: str
    name: str
    cases: Sequence[Known]


@dataclass(frozen=True, slots=True, kw_only=True)
class CasePage:
    """One page; `counts` are of all pages and all families."""

    people: Sequence[Concerned]
    counts: Mapping[Family, int]
    family: Family | None
    number: int
    pages: int

    @property
    def total(self) -> int:
        """Of all families."""
        return sum(self.counts.values())


def case_page(cases: Sequence[Known], *, family: str | None, number: str | None) -> CasePage:
    """The page asked for; whatever is asked for that there is not asks for nothing."""
    chosen = next((one for one in Family if one.value == family), None)
    pages = list(_pages([one for one in cases if chosen in (None, one.case.family)]))
    asked = int(number) if number is not None and number.isascii() and number.isdigit() else 1
    at = min(max(asked, 1), max(len(pages), 1))
    return CasePage(
        people=pages[at - 1] if pages else (),
        counts=Counter(one.case.family for one in cases),
        family=chosen,
        number=at,
        pages=len(pages),
    )


def _pages(cases: Sequence[Known]) -> Iterator[list[Concerned]]:
    """By whoever waits longest: a person's cases follow the first of them."""
    first: dict[str, int] = {}
    for one in cases:
        first.setdefault(one.case.person, one.case.number)
    ordered = sorted(cases, key=lambda one: (first[one.case.person], one.case.number))
    page: list[Concerned] = []
    for person, theirs in groupby(ordered, key=lambda one: one.case.person):
        known = list(theirs)
        page.append(Concerned(person=person, name=known[0].name, cases=known))
        if sum(len(one.cases) for one in page) >= PER_PAGE:
            yield page
            page = []
    if page:
        yield page
