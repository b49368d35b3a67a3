"""A scoreboard while somebody looks at it: one view of the store, and no more than that visitor may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import chain
from typing import TypeVar

from lms_scoring.domain.board import Chip, Line, Median
from lms_scoring.domain.errors import NotAllowed
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.foretold import Foretold, foretold_line
from lms_scoring.domain.measures import bulk_rules
from lms_scoring.domain.outlook import ToldState, kept_as, tellings, told_standing
from lms_scoring.domain.scheme import RoleScheme, Scheme
from lms_scoring.domain.scorecard import CardState
from lms_scoring.ports import BoardAsk, BoardCards, BoardLines, BoardPart, CardRow, KeptCourse, Transaction
from lms_scoring.services.access.seeing import View
from lms_scoring.services.scoring.how_far_known import HowFarKnown, as_read, known_of, told_lines
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.viewing.still_open import StillOpen, still_open
from lms_scoring.spelling import class_order

_Told = TypeVar("_Told", Line, CardRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Board:
    """A scoreboard: rows of one role, and the rules they were scored by."""

    course: KeptCourse
    scheme: Scheme
    role: Role
    rules: RoleScheme
    class_: str | None
    classes: Sequence[str | None]
    """The classes this visitor can choose from."""
    rows: Sequence[CardRow]
    synced_at: int | None


@dataclass(frozen=True, kw_only=True)
class OpenBoard:
    """The board of one role: of one class, or of all classes that the visitor may see (`class_` is None)."""

    transaction: Transaction
    rules: CourseRules
    view: View
    role: Role
    class_: str | None

    def of_class(self, class_: str | None) -> OpenBoard:
        """The part of it that is one class's (None: as it is), in which nobody need be scored as yet. Raises
        NotAllowed where that is none of the visitor's."""
        if class_ is None:
            return self
        part = replace(self, class_=class_)
        if class_ in self.view.classes or (self.view.everything and part._is_there):
            return part
        raise NotAllowed("that class is none of yours")

    @property
    def course(self) -> KeptCourse:
        """Whose board it is."""
        return self.view.course

    @property
    def scheme(self) -> Scheme:
        """What it was scored by."""
        return self.rules.scheme

    @property
    def role_rules(self) -> RoleScheme:
        """What the role is scored by."""
        return self.rules.scheme.roles[self.role]

    @cached_property
    def classes(self) -> Sequence[str | None]:
        """The classes that the visitor can choose from."""
        there = {*self.transaction.board_classes(self.course.id, self.role)}
        theirs = there if self.view.everything else there & self.view.classes
        chosen = set() if self.class_ is None else {self.class_}
        return sorted(theirs | chosen, key=class_order)

    @cached_property
    def known(self) -> HowFarKnown:
        """How far the course is known."""
        return known_of(self.transaction, self.rules)

    @property
    def synced_at(self) -> int | None:
        """As of when it is known."""
        return self.known.synced_at

    @cached_property
    def version(self) -> int:
        """Another number whenever a line of it is another."""
        return self.transaction.board_version(self._part)

    @cached_property
    def counts(self) -> Mapping[Chip | ToldState, int]:
        """How many of these people have each chip, as it is told beside their results."""
        told: dict[Chip | ToldState, int] = {}
        for chip, n in self.transaction.board_counts(self._part).items():
            early = self._early if chip is Chip.UNREACHABLE else 0
            told |= {as_: many for as_, many in ((chip, n - early), (ToldState.TO_BE_READ, early)) if many}
        return told

    @cached_property
    def is_awaited(self) -> bool:
        """Whether any card of the course is still to be made: asked often, for to count them takes long."""
        return self.transaction.is_awaited(self.course.id)

    @cached_property
    def awaited(self) -> Mapping[CardState | None, int]:
        """How many of these cards are still to be made by the rules adopted last, by the state that is
        foretold of them (None: none is). Counts, medians and orders are those of the cards before."""
        if not self.is_awaited:
            return {}
        found = self.transaction.foretold_counts(self._part)
        return {state: found[state] for state in (*CardState, None) if state in found}

    def medians(self) -> Mapping[str, Median]:
        """Of those of them who take part."""
        return self.transaction.board_medians(self._part)

    def lines(self, asked: BoardAsk) -> BoardLines:
        """Some of the lines; of whom a card is awaited, with the points that are foretold."""
        found = self.transaction.board_lines(self._part, self._of_kept(asked))
        lines = told_lines(self._as_foretold(found.lines) if self.is_awaited else found.lines, self.known)
        if self._picks(asked):
            lines = [line for line in lines if line.told in asked.told]
            return BoardLines(lines=_page_of(lines, asked), found=len(lines))
        return replace(found, lines=lines)

    def cards(self, asked: BoardAsk) -> BoardCards:
        """The same lines with their whole cards. Where another is awaited the one before stands there, by its
        own rules, and its result is provisional."""
        found = self.transaction.board_cards(self._part, self._of_kept(asked))
        rows = as_read(self._as_before(found.rows) if self.is_awaited else found.rows, self.known)
        if self._picks(asked):
            rows = [row for row in rows if row.told in asked.told]
            return BoardCards(rows=_page_of(rows, asked), found=len(rows))
        return replace(found, rows=rows)

    def still_open(self, rows: Sequence[CardRow]) -> list[StillOpen]:
        """What somebody must still look at of these cards, in their order."""
        return still_open(self.transaction, self.course.id, [row.card for row in rows])

    def filed(self, asked: BoardAsk) -> Board:
        """The cards asked for with all that a file tells beside them."""
        return Board(
            course=self.course,
            scheme=self.scheme,
            role=self.role,
            rules=self.role_rules,
            class_=self.class_,
            classes=self.classes,
            rows=self.cards(asked).rows,
            synced_at=self.synced_at,
        )

    def _of_kept(self, asked: BoardAsk) -> BoardAsk:
        if self._picks(asked):
            failed = kept_as(frozenset({ToldState.TO_BE_READ}), is_read=False)
            return replace(asked, told=asked.told | failed, first=0, rows=None)
        return replace(asked, told=kept_as(asked.told, is_read=self.known.is_read)) if asked.told else asked

    @cached_property
    def _early(self) -> int:
        """How many are out of reach as their lines are kept, and told as still to be read."""
        asked = BoardAsk(chip=Chip.UNREACHABLE, told=frozenset({ToldState.TO_BE_READ}), rows=1)
        return 0 if self.known.is_settled else self.lines(asked).found

    def _picks(self, asked: BoardAsk) -> bool:
        """Whether some of who failed, and not all, are told otherwise: so no line is kept as it is picked."""
        known = self.known
        return known.is_read and not known.is_settled and bool(asked.told & tellings(CardState.FAIL))

    def _as_foretold(self, lines: Sequence[Line]) -> Sequence[Line]:
        told = self._foretold([line.person for line in lines])
        return [
            foretold_line(line, self.role_rules, told[line.person, line.class_])
            if (line.person, line.class_) in told
            else line
            for line in lines
        ]

    def _as_before(self, rows: Sequence[CardRow]) -> Sequence[CardRow]:
        told = self._foretold([row.card.person for row in rows])
        return [
            replace(row, standing=told_standing(None, row.card.state, disputed=True), missing=None)
            if (row.card.person, row.card.class_) in told
            else row
            for row in rows
        ]

    def _foretold(self, persons: Sequence[str]) -> Mapping[tuple[str, str | None], Foretold | None]:
        rules = bulk_rules(self.scheme, self.rules.bindings, self.role)
        return self.transaction.foretold(self.course.id, rules, persons=persons)

    @property
    def _is_there(self) -> bool:
        """Whether anybody has, or can get, a line here, or left works in the class that count; the desk leads
        here from all of these."""
        if self.version:
            return True
        erased = (one.memberships for one in self.transaction.stand_ins(self.course.id))
        places = chain(self.transaction.memberships(self.course.id), *erased)
        return any(one.role is self.role and one.class_ == self.class_ for one in places)

    @cached_property
    def _part(self) -> BoardPart:
        whole = BoardPart(course=self.course.id, role=self.role)
        if self.class_ is not None:
            return replace(whole, classes=frozenset({self.class_}))
        return whole if self.view.everything else replace(whole, classes=self.view.classes)


def _page_of(found: Sequence[_Told], asked: BoardAsk) -> Sequence[_Told]:
    return found[asked.first :] if asked.rows is None else found[asked.first : asked.first + asked.rows]


def open_board(transaction: Transaction, rules: CourseRules, view: View, *, role: Role) -> OpenBoard:
    """The board of all classes that the visitor may see. Raises NotAllowed."""
    if role not in rules.scheme.roles:
        raise NotAllowed(f"the scheme of this course scores no {role}s")
    if not view.everything and (role is not Role.LEARNER or not view.classes):
        raise NotAllowed("a scoreboard is for tutors and coordinators, and that of tutors for coordinators")
    return OpenBoard(transaction=transaction, rules=rules, view=view, role=role, class_=None)
