"""The rows of a scoreboard as HTML: a form that rows have is rendered once, and filled for each line."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache, lru_cache
from typing import NamedTuple, Protocol
from urllib.parse import quote

from markupsafe import Markup, escape

from lms_scoring.domain.board import Chip, Line, Shown
from lms_scoring.domain.figures import JUST_UNDER
from lms_scoring.domain.outlook import Standing
from lms_scoring.domain.scheme import Criterion, RoleScheme
from lms_scoring.domain.scorecard import CardState
from lms_scoring.web.scoreboard.patterns import Measure, Pattern, joined
from lms_scoring.web.voice import Voice

_NOTHING = Markup("")


class Pieces(Protocol):
    """The macros of `board_rows.html`."""

    def row(self, withdrawn: bool, labels: Sequence[str], on_card: Sequence[bool]) -> Markup:
        """A row of somebody who takes part, or withdrew, and has some of the criteria on the card."""

    def cell(self) -> Markup:
        """Points, with a bar."""

    def pending(self) -> Markup:
        """That marking could raise the points."""

    def unread(self, why: str) -> Markup:
        """That there may be more points, and why."""

    def band(self, name: str) -> Markup:
        """The band that was reached."""

    def missing(self) -> Markup:
        """How many points are missing."""

    def state(self, one: CardState) -> Markup:
        """A result, with its icon."""

    def standing(self, one: Standing | Chip) -> Markup:
        """How somebody stands, with an icon."""


class _Row(NamedTuple):
    """What a row says besides its points."""

    address: str
    name: str
    class_: Markup
    state: Markup
    result: Markup
    band: Markup
    standing: Markup
    missing: Markup


class RowWriter:
    """Writes lines as rows; `people` is what the addresses of people's pages begin with."""

    def __init__(
        self, pieces: Pieces, rules: RoleScheme, shown: Sequence[Criterion], voice: Voice, *, people: str
    ) -> None:
        self._criteria = [one.id for one in shown]
        self._labels = [voice.words(one.name) for one in shown]
        self._pieces, self._form = pieces, cache(self._form_of)
        self._cells = Measure(pieces.cell())
        self._pending, self._unread = pieces.pending(), cache(pieces.unread)
        self._state, self._standing = cache(pieces.state), cache(pieces.standing)
        self._missing = Pattern(pieces.missing(), ("points",))
        self._band, self._bands = cache(pieces.band), _telling(rules, voice)
        self._voice, self._people = voice, people
        self._nobody, self._classless = voice.name(""), voice.class_(None)
        self._shared = cache(escape)
        self._under = JUST_UNDER[voice.language]
        self._somewhere = voice.say("board.unread_somewhere")

    def written(self, lines: Iterable[Line]) -> Markup:
        """The lines as rows."""
        return joined(map(self._written, lines))

    def _written(self, line: Line) -> Markup:
        criteria = [line.criteria.get(id_) for id_ in self._criteria]
        form = self._form(line.chip is Chip.WITHDRAWN, tuple([one is not None for one in criteria]))
        cells = [_NOTHING if shown is None else self._cell(shown) for shown in criteria]
        return form.filled([*self._row(line), self._total(line), *cells])

    def _form_of(self, withdrawn: bool, on_card: tuple[bool, ...]) -> Pattern:
        names = [name.removesuffix("_") for name in _Row._fields]
        cells = [f"cell_{place}" for place in range(len(on_card) + 1)]
        return Pattern(self._pieces.row(withdrawn, self._labels, on_card), [*names, *cells])

    def _row(self, line: Line) -> _Row:
        band, missing = self._bands.get(line.band or ""), line.missing
        return _Row(
            address=self._people + quote(line.person),
            name=line.name or self._nobody,
            class_=self._shared(line.class_ or self._classless),
            state=self._shared(line.state),
            result=self._state(line.state),
            band=self._band(band) if band else _NOTHING,
            standing=self._standing(line.standing or Chip.NOT_KNOWN),
            missing=self._missing.filled((decimals(missing),)) if missing else _NOTHING,
        )

    def _total(self, line: Line) -> Markup:
        total = line.total
        said = self._points(total)
        if total.unknowns:
            said = joined((self._unread(self._somewhere), said))
        return self._cells.filled(said, line.out_of, total.points - total.under)

    def _cell(self, shown: Shown) -> Markup:
        said = self._points(shown)
        if shown.unknowns:
            said = joined((self._unread(self._why(shown.unknowns)), said))
        if shown.pending:
            said = joined((self._pending, said))
        return self._cells.filled(said, shown.mark, shown.points - shown.under)

    def _points(self, shown: Shown) -> Markup:
        points = decimals(shown.points)
        return points + self._under if shown.under else points

    def _why(self, unknowns: int) -> str:
        return self._voice.say("board.unread", unread=self._voice.unread_records(unknowns))


def _telling(rules: RoleScheme, voice: Voice) -> dict[str, str]:
    """What bands are called, but for those that say no more than the result beside them."""
    results = {voice.word(state) for state in CardState}
    names = {band.id: voice.words(band.name) for band in rules.bands}
    return {id_: name for id_, name in names.items() if name not in results}


@lru_cache(maxsize=20_000)
def decimals(hundredths: int) -> Markup:
    """Hundredths of a point as they are written; boards rarely have more than ten thousand of them."""
    return Markup(f"{hundredths // 100}.{hundredths % 100:02d}")  # noqa: S704 # digits
