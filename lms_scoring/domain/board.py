"""Lines of a scoreboard: what a card shows in one row, and by what the row is counted, chosen and ordered.

A line is made once, when its card or its person changes, and kept; a board only shows lines. Its numbers are
rounded as they are shown; the order of lines is that of the exact numbers. Lines are named tuples because a
page has hundreds, with thousands of points.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from typing import Any, NamedTuple

from lms_scoring.domain.evidence import MembershipStatus
from lms_scoring.domain.figures import hundredths, looks_like
from lms_scoring.domain.ordering import number_of, sorting_bytes, turned
from lms_scoring.domain.outlook import Standing, ToldState, told_standing, told_state
from lms_scoring.domain.scorecard import CardState, CriterionResult, CriterionState, Scorecard


class Chip(StrEnum):
    """What rows are counted and chosen by: how somebody who takes part stands, or that somebody withdrew."""

    PASSED = "passed"
    ONE_ITEM_SHORT = "one_item_short"
    FAR = "far"
    UNREACHABLE = "unreachable"
    NOT_STARTED = "not_started"
    WAITING_FOR_MARKING = "waiting_for_marking"
    TO_CHECK = "to_check"
    DISPUTED = "disputed"
    """A dispute about the card waits for an answer; beside one of the others."""
    NOT_KNOWN = "not_known"
    """The card has not been looked ahead of yet."""
    WITHDRAWN = "withdrawn"


TAKING_PART = tuple(chip for chip in Chip if chip not in (Chip.WITHDRAWN, Chip.DISPUTED))
"""The chips of who is in the course now: everybody there has one of them."""

_OF_ANYBODY = frozenset({Chip.TO_CHECK, Chip.UNREACHABLE, Chip.NOT_KNOWN})
"""Chips that who did nothing may have as well as who did something."""

NAME, CLASS, TOTAL, STATE, STANDING = "name", "class", "total", "state", "standing"
"""What boards are ordered by besides their criteria."""
_WITH, WITHOUT = b"\0", b"\1"
"""What places in an order by points begin with: those of cards that have no such points come last."""


def by_criterion(id_: str) -> str:
    """The order by the points of a criterion; told apart from the others whatever the criterion is called."""
    return f".{id_}"


class Shown(NamedTuple):
    """Points as a row shows them, in hundredths, rounded half up.

    `under`: they look like `mark` and are less. `unknowns` is how many records could not be read where there
    may be more points for that; `pending`: unmarked work could raise them.
    """

    points: int
    mark: int
    under: bool = False
    unknowns: int = 0
    pending: bool = False

    @property
    def is_nothing(self) -> bool:
        """No points, and nothing that could not be read: what is unknown is not nothing."""
        return self.points == 0 and self.unknowns == 0


class Line(NamedTuple):
    """One row of a board. `criteria` has the points by criterion as far as the card has them; `mark` of these
    is the criterion's maximum, `mark` of the total the pass mark.

    `standing` is the one that is told, None until somebody has looked ahead; `missing` (hundredths of a point
    to the pass mark, as `shown_gap` says) comes with it.
    """

    person: str
    class_: str | None
    name: str
    chip: Chip
    state: CardState
    band: str | None
    standing: Standing | None
    missing: int | None
    total: Shown
    out_of: int
    criteria: Mapping[str, Shown]
    is_read: bool = True
    """Whether what was done to the end of the window was read; a line is kept as if it were."""
    only_begun: bool = False
    """Something was done that shows in no points: there is a draft, say, or something came too late."""

    @property
    def shows_begun(self) -> bool:
        """Whether it shows by itself if the person did anything: by points, by what could not be read, or by
        a chip that nobody has otherwise. Of other lines `only_begun` tells."""
        return self.chip not in _OF_ANYBODY or any(not shown.is_nothing for shown in self.criteria.values())

    @property
    def has_begun(self) -> bool:
        """Whether the person did anything for the programme."""
        return self.only_begun or (self.shows_begun and self.chip is not Chip.NOT_STARTED)

    @property
    def told(self) -> ToldState:
        """The result as it is told."""
        return told_state(self.state, self.standing, is_read=self.is_read)


@dataclass(frozen=True, slots=True, kw_only=True)
class LineBody:
    """What a line says besides whose it is, as its JSON fields are read: `line_fields` writes them."""

    state: CardState
    band: str | None
    standing: Standing | None
    missing: int | None
    total: Shown
    out_of: int
    criteria: dict[str, Shown]
    only_begun: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Median:
    """The median of who takes part; `of` how many. At least so much where somebody's records are unread."""

    points: Fraction
    of: int
    is_at_least: bool


def line_of(
    card: Scorecard,
    name: str,
    status: MembershipStatus,
    *,
    standing: Standing | None,
    missing: int | None,
    disputed: bool,
) -> Line:
    """The line of a card and of whose it is; `disputed`: a dispute about the card waits for an answer."""
    standing = told_standing(standing, card.state, disputed=disputed)
    return Line(
        person=card.person,
        class_=card.class_,
        name=name,
        chip=_chip(status, standing),
        state=card.state,
        band=card.band,
        standing=standing,
        missing=missing,
        total=_total(card),
        out_of=hundredths(card.out_of),
        criteria={result.id: _shown(result) for result in card.criteria},
    )


def before_reading(line: Line) -> Line:
    """The line as it is told as long as the end of the window was not read."""
    return line._replace(is_read=False) if line.state is CardState.FAIL else line


def places(card: Scorecard, line: Line, *, name: bytes, class_: bytes) -> dict[str, bytes]:
    """The line's place in each order, as bytes that sort from the first row to the last: points from the most
    to the least, words from the first to the last, and equal ones by name. `name` and `class_` are the keys
    by which these sort.
    """
    best_first = _from_most(card.total)
    by_state = bytes([list(ToldState).index(line.told)])
    by_chip = bytes([list(Chip).index(Chip(line.standing or Chip.NOT_KNOWN))])
    criteria = {by_criterion(one.id): _from_most(one.points) + name for one in card.criteria}
    return {
        NAME: name,
        CLASS: class_ + b"\0" + name,
        TOTAL: best_first + name,
        STATE: by_state + best_first + name,
        STANDING: by_chip + best_first + name,
        **criteria,
    }


def place_without(name: bytes) -> bytes:
    """The place in the order by a criterion that the card does not have: after who has nothing in it."""
    return WITHOUT + name


def median_of(middle: Sequence[bytes], *, of: int, unread: int) -> Median:
    """The median of the points by which the one or two places in the middle came about, of so many people;
    `unread` of them may have more."""
    points = sum((number_of(turned(place[1:])) for place in middle), Fraction(0)) / len(middle)
    return Median(points=points, of=of, is_at_least=unread > 0)


def line_fields(line: Line) -> dict[str, Any]:
    """The line as JSON fields, without what a database keeps in columns of their own."""
    begun = {"only_begun": True} if line.only_begun else {}
    return {
        "state": line.state.value,
        "band": line.band,
        "standing": line.standing,
        "missing": line.missing,
        "out_of": line.out_of,
        "total": _written(line.total),
        "criteria": {id_: _written(shown) for id_, shown in line.criteria.items()},
        **begun,
    }


def read_line(body: LineBody, *, person: str, class_: str | None, name: str, chip: Chip) -> Line:
    """The line whose fields are the body's."""
    return Line(
        person,
        class_,
        name,
        chip,
        body.state,
        body.band,
        body.standing,
        body.missing,
        body.total,
        body.out_of,
        body.criteria,
        only_begun=body.only_begun,
    )


def _chip(status: MembershipStatus, standing: Standing | None) -> Chip:
    if status is MembershipStatus.WITHDRAWN:
        return Chip.WITHDRAWN
    return Chip.NOT_KNOWN if standing is None else Chip(standing.value)


def _total(card: Scorecard) -> Shown:
    """Of the total it is not told how much could not be read: the criteria tell it."""
    return Shown(
        hundredths(card.total),
        hundredths(card.pass_mark),
        looks_like(card.total, card.pass_mark),
        int(card.is_at_least),
    )


def _shown(result: CriterionResult) -> Shown:
    return Shown(
        hundredths(result.points),
        hundredths(result.max),
        looks_like(result.points, result.max),
        result.unknowns if result.is_at_least else 0,
        result.state is CriterionState.PENDING,
    )


def _written(shown: Shown) -> list[int]:
    """Without the zeros at the end: most points are just points."""
    written = [shown.points, shown.mark, int(shown.under), shown.unknowns, int(shown.pending)]
    while written[-1] == 0 and len(written) > 2:
        written.pop()
    return written


def _from_most(points: Fraction) -> bytes:
    return _WITH + turned(sorting_bytes(points))
