"""A scoreboard while somebody looks at it: one view of the store, and no more than that visitor may see."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from lms_scoring.domain.board import Chip, Median
from lms_scoring.domain.errors import NotAllowed
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.foretold import Foretold, foretold_line
from lms_scoring.domain.measures import bulk_rules
from lms_scoring.domain.outlook import told_standing
from lms_scoring.domain.scheme import RoleScheme, Scheme
from lms_scoring.domain.scorecard import CardState
from lms_scoring.ports import BoardAsk, BoardCards, BoardLines, BoardPart, CardRow, KeptCourse, Transaction
from lms_scoring.services.access.seeing import View
from lms_scoring.services.scoring.as_of import synced_at
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.viewing.still_open import StillOpen, still_open


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
        there = self.transaction.board_classes(self.course.id, self.role)
        return [class_ for class_ in there if self.view.everything or class_ in self.view.classes]

    @cached_property
    def synced_at(self) -> int | None:
        """As of when it is known."""
        return synced_at(self.transaction, self.rules)

    @cached_property
    def version(self) -> int:
        """Another number whenever a line of it is another."""
        return self.transaction.board_version(self._part)

    @cached_property
    def counts(self) -> Mapping[Chip, int]:
        """How many of these people have each chip."""
        return self.transaction.board_counts(self._part)

    @cached_property
    def is_awaited(self) -> bool:
        """Whether any card of the course is still to be made: asked often, for to count them takes long."""
        return self.transaction.is_awaited(self.course.id)

    @cached_property
    def awaited(self) -> Mapping[CardState | None, int]:
        """How many of these cards are still to be made by the rules adopted last, by the state that is
        foretold of them (None: none is). Counts, medians and orders are those of the cards before."""
        found = self.transaction.foretold_counts(self._part) if self.is_awaited else {}
        return {state: found[state] for state in (*CardState, None) if state in found}

    def medians(self) -> Mapping[str, Median]:
        """Of those of them who take part."""
        return self.transaction.board_medians(self._part)

    def lines(self, asked: BoardAsk) -> BoardLines:
        """Some of the lines; of whom a card is awaited, with the points that are foretold."""
        found = self.transaction.board_lines(self._part, asked)
        if not self.is_awaited:
            return found
        told = self._foretold([line.person for line in found.lines])
        return replace(
            found,
            lines=[
                foretold_line(line, self.role_rules, told[line.person, line.class_])
                if (line.person, line.class_) in told
                else line
                for line in found.lines
            ],
        )

    def cards(self, asked: BoardAsk) -> BoardCards:
        """The same lines with their whole cards. Where another is awaited the one before stands there, by its
        own rules, and its result is provisional."""
        found = self.transaction.board_cards(self._part, asked)
        if not self.is_awaited:
            return found
        told = self._foretold([row.card.person for row in found.rows])
        return replace(
            found,
            rows=[
                replace(row, standing=told_standing(None, row.card.state, disputed=True), missing=None)
                if (row.card.person, row.card.class_) in told
                else row
                for row in found.rows
            ],
        )

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

    def _foretold(self, persons: Sequence[str]) -> Mapping[tuple[str, str | None], Foretold | None]:
        rules = bulk_rules(self.scheme, self.rules.bindings, self.role)
        return self.transaction.foretold(self.course.id, rules, persons=persons)

    @cached_property
    def _part(self) -> BoardPart:
        whole = BoardPart(course=self.course.id, role=self.role)
        if self.class_ is not None:
            return replace(whole, classes=frozenset({self.class_}))
        return whole if self.view.everything else replace(whole, classes=self.view.classes)


def open_board(
    transaction: Transaction, rules: CourseRules, view: View, *, role: Role, class_: str | None
) -> OpenBoard:
    """The board, if the visitor may see it. Raises NotAllowed."""
    if role not in rules.scheme.roles:
        raise NotAllowed(f"the scheme of this course scores no {role}s")
    if not view.everything and (role is not Role.LEARNER or not view.classes):
        raise NotAllowed("a scoreboard is for tutors and coordinators, and that of tutors for coordinators")
    board = OpenBoard(transaction=transaction, rules=rules, view=view, role=role, class_=class_)
    if class_ is not None and not ((view.everything or class_ in view.classes) and board.version):
        raise NotAllowed("that class is none of yours")
    return board
