"""What a visitor asked of a scoreboard: which rows, in which order. Anything unknown asks for nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import quote_plus

from lms_scoring.domain.board import CLASS, NAME, STANDING, STATE, TOTAL, Chip, by_criterion
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.outlook import ToldState
from lms_scoring.domain.scheme import RoleScheme
from lms_scoring.ports import BoardAsk

SIZES = (50, 100, 200)
"""How many rows a page may have."""
USUAL_SIZE = 100
_EARLY = ToldState.TO_BE_READ
_TOLD_BESIDE = {_EARLY: frozenset({_EARLY}), Chip.UNREACHABLE: frozenset(ToldState) - {_EARLY}}
"""As what rows with these chips are told. A line is kept as out of reach where both are made of it."""
_CHIPS: Mapping[str, Chip | ToldState] = {one.value: one for one in (*Chip, _EARLY)}
_STATES = {one.value: one for one in ToldState}
_SIZES = {str(size): size for size in SIZES}
"""What addresses call them."""
_WORDS_FIRST_TO_LAST = frozenset({NAME, CLASS, STATE, STANDING})
_ALWAYS = frozenset({NAME, TOTAL})
"""Columns that cannot be hidden."""
_MOST_PAGES = 100_000
_PARAMETERS = ("role", "class", "standing", "state", "withdrawn", "sort", "page", "rows", "hide")
"""Those of an address, in their order."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BoardQuery:
    """One way to look at a board. `search` is part of a name, so it never stands in an address."""

    role: Role = Role.LEARNER
    class_: str | None = None
    chip: Chip | ToldState | None = None
    """As it is shown beside a result, so it may say that this is still to be read."""
    state: ToldState | None = None
    withdrawn: bool = False
    sort: str = TOTAL
    descending: bool = True
    search: str = ""
    page: int = 1
    size: int = USUAL_SIZE
    hidden: frozenset[str] = frozenset()

    @property
    def is_part(self) -> bool:
        """Whether somebody who takes part in these classes may be left out."""
        return self.chip is not None or self.state is not None or bool(self.search)

    def address(self, **changes: str) -> dict[str, str]:
        """The parameters of this view's address, some of them changed; "" leaves one out.

        Whatever changes, one begins at the first page again.
        """
        asked = {
            "role": "" if self.role is Role.LEARNER else self.role.value,
            "class": self.class_ or "",
            "standing": "" if self.chip is None else self.chip.value,
            "state": "" if self.state is None else self.state.value,
            "withdrawn": "1" if self.withdrawn else "",
            "sort": self._sort_word(),
            "page": "" if changes or self.page == 1 else str(self.page),
            "rows": "" if self.size == USUAL_SIZE else str(self.size),
            "hide": ".".join(sorted(self.hidden)),
        }
        return {name: value for name, value in {**asked, **changes}.items() if value}

    def fields(self) -> dict[str, str]:
        """What a form says to be shown these rows from the first on: the address's, and what is in none."""
        return {**self.address(page=""), "search": self.search}

    def asks(self, *, whole: bool = False) -> BoardAsk:
        """What the store is asked: a page, or the whole of the filter."""
        words_first = self.sort in _WORDS_FIRST_TO_LAST
        beside = _told_beside(self.chip)
        return BoardAsk(
            chip=Chip.UNREACHABLE if isinstance(self.chip, ToldState) else self.chip,
            withdrawn=self.withdrawn,
            told=beside if self.state is None else frozenset({self.state}),
            search=self.search,
            order=self.sort if self.sort in (*_WORDS_FIRST_TO_LAST, TOTAL) else by_criterion(self.sort),
            backwards=self.descending is words_first,
            first=0 if whole else (self.page - 1) * self.size,
            rows=None if whole else self.size,
        )

    def sorting(self, column: str) -> str:
        """The `sort` parameter of a click on a column's head: the other way round if it leads already."""
        descending = not self.descending if column == self.sort else column not in _WORDS_FIRST_TO_LAST
        return f"-{column}" if descending else column

    def direction(self, column: str) -> str:
        """The column's `aria-sort`."""
        if column != self.sort:
            return "none"
        return "descending" if self.descending else "ascending"

    def shows(self, column: str) -> bool:
        """Whether the column is not hidden."""
        return column not in self.hidden

    def _sort_word(self) -> str:
        word = f"-{self.sort}" if self.descending else self.sort
        return "" if word == f"-{TOTAL}" else word


class Links:
    """The addresses of links that change one thing of a view each: what they have in common is written once,
    for a page has twenty of them."""

    def __init__(self, query: BoardQuery) -> None:
        self._parts = dict.fromkeys(_PARAMETERS, "")
        self._parts |= {name: _part(name, value) for name, value in query.address(page="").items()}

    def to(self, name: str, value: str) -> str:
        """The part of the address from the question mark on; "" leaves the parameter out."""
        parts = {**self._parts, name: _part(name, value) if value else ""}
        if name == "standing":
            parts["state"] = ""
        behind = "&".join(filter(None, parts.values()))
        return f"?{behind}" if behind else ""


def columns_of(rules: RoleScheme) -> tuple[str, ...]:
    """The columns that a board of this role has, and can be sorted by."""
    return (NAME, CLASS, *[criterion.id for criterion in rules.criteria], TOTAL, STATE, STANDING)


def hideable(rules: RoleScheme) -> tuple[str, ...]:
    """Those of them that a visitor may do without."""
    return tuple(column for column in columns_of(rules) if column not in _ALWAYS)


def read_query(values: Mapping[str, str], role: Role, rules: RoleScheme) -> BoardQuery:
    """The query that a form or an address makes. Who picks by a chip, or ("") by none of them, picks by no
    result beside: the numbers of chips are of whatever result."""
    sort = values.get("sort", "")
    column = sort.removeprefix("-")
    columns = columns_of(rules)
    known = column in columns
    chip, state, size = values.get("standing"), values.get("state", ""), values.get("rows", "")
    picks_by_chip = chip == "" or chip in _CHIPS
    return BoardQuery(
        role=role,
        class_=values.get("class") or None,
        chip=_CHIPS.get(chip or ""),
        state=None if picks_by_chip else _STATES.get(state),
        withdrawn=values.get("withdrawn") == "1",
        sort=column if known else TOTAL,
        descending=sort.startswith("-") if known else True,
        search=values.get("search", "").strip()[:100],
        page=_page(values.get("page", "")),
        size=_SIZES.get(size, USUAL_SIZE),
        hidden=frozenset(values.get("hide", "").split(".")).intersection(columns) - _ALWAYS,
    )


def _told_beside(chip: Chip | ToldState | None) -> frozenset[ToldState]:
    """The results beside which it is shown; empty: any."""
    return frozenset() if chip is None else _TOLD_BESIDE.get(chip, frozenset())


def _part(name: str, value: str) -> str:
    return f"{name}={quote_plus(value)}"


def _page(given: str) -> int:
    number = int(given) if given.isascii() and given.isdecimal() and len(given) < 7 else 1
    return min(max(number, 1), _MOST_PAGES)
