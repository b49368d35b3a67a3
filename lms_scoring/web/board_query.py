"""What a visitor asked of a scoreboard: which rows, in which order. Anything unknown asks for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.scheme import RoleScheme
from lms_scoring.domain.scorecard import CardState

NAME, CLASS, TOTAL, STATE = "name", "class", "total", "state"
_WORDS_FIRST_TO_LAST = frozenset({NAME, CLASS, STATE})


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardQuery:
    """One way to look at a board. `search` is part of a name, so it never stands in an address."""

    role: Role = Role.LEARNER
    class_: str | None = None
    state: CardState | None = None
    withdrawn: bool = False
    sort: str = TOTAL
    descending: bool = True
    search: str = ""

    def address(self, **changes: str) -> dict[str, str]:
        """The parameters of this view's address, some of them changed; "" leaves one out."""
        asked = {
            "role": "" if self.role is Role.LEARNER else self.role.value,
            "class": self.class_ or "",
            "state": "" if self.state is None else self.state.value,
            "withdrawn": "1" if self.withdrawn else "",
            "sort": self._sort_word(),
        }
        return {name: value for name, value in {**asked, **changes}.items() if value}

    def sorting(self, column: str) -> str:
        """The `sort` parameter of a click on a column's head: the other way round if it leads already."""
        descending = not self.descending if column == self.sort else column not in _WORDS_FIRST_TO_LAST
        return f"-{column}" if descending else column

    def direction(self, column: str) -> str:
        """The column's `aria-sort`."""
        if column != self.sort:
            return "none"
        return "descending" if self.descending else "ascending"

    def _sort_word(self) -> str:
        word = f"-{self.sort}" if self.descending else self.sort
        return "" if word == f"-{TOTAL}" else word


def columns_of(rules: RoleScheme) -> tuple[str, ...]:
    """The columns that a board of this role can be sorted by."""
    return (NAME, CLASS, TOTAL, *(criterion.id for criterion in rules.criteria), STATE)


def read_query(values: Mapping[str, str], role: Role, rules: RoleScheme) -> BoardQuery:
    """The query that a form or an address makes."""
    sort = values.get("sort", "")
    column = sort.removeprefix("-")
    known = column in columns_of(rules)
    state = values.get("state", "")
    return BoardQuery(
        role=role,
        class_=values.get("class") or None,
        state=CardState(state) if state in set(CardState) else None,
        withdrawn=values.get("withdrawn") == "1",
        sort=column if known else TOTAL,
        descending=sort.startswith("-") if known else True,
        search=values.get("search", "").strip(),
    )
