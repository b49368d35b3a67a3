"""What the forms of a scoreboard's rows and of its frame depend on, besides what is filled into them."""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from lms_scoring.domain.outlook import ToldState
from lms_scoring.domain.scheme import RoleScheme
from lms_scoring.web.scoreboard.board_query import BoardQuery
from lms_scoring.web.voice import Voice


class Column(NamedTuple):
    """A criterion: what it is called, and how much it is worth, also as that is written."""

    id: str
    name: str
    most: str
    max: Fraction


class Look(NamedTuple):
    """All of what the forms say, so that they hold as long as the process."""

    language: str
    columns: tuple[Column, ...]
    """All criteria, those that are hidden too."""
    out_of: str
    """What the total is out of."""
    pass_mark: Fraction
    bands: tuple[tuple[str, str], ...]
    """The bands that say more than the result beside them, with what they are called."""
    hidden: frozenset[str]

    @property
    def shown(self) -> list[Column]:
        """The criteria that are not hidden."""
        return [column for column in self.columns if column.id not in self.hidden]


def look_of(rules: RoleScheme, query: BoardQuery, voice: Voice) -> Look:
    """That of a board of this role."""
    results = {voice.word(state) for state in ToldState}
    bands = ((band.id, voice.words(band.name)) for band in rules.bands)
    return Look(
        language=voice.language,
        columns=tuple(
            Column(one.id, voice.words(one.name), voice.plain(one.max), one.max) for one in rules.criteria
        ),
        out_of=voice.plain(rules.out_of),
        pass_mark=rules.pass_mark,
        bands=tuple((id_, name) for id_, name in bands if name not in results),
        hidden=query.hidden,
    )
