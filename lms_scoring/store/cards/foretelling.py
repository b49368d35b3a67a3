"""Other rules taken on for all cards of a course by a few statements: what their measures make of each is
written down where it is read, until the whole cards are made."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache, reduce
from operator import add
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Insert,
    Integer,
    Table,
    bindparam,
    case,
    delete,
    false,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    update,
)

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.foretold import Foretold, foretold_of
from lms_scoring.domain.measures import BulkRules
from lms_scoring.domain.scorecard import CardState
from lms_scoring.ports import BoardPart, Hold
from lms_scoring.store import tables
from lms_scoring.store.cards.measures import layout_text, measured_columns
from lms_scoring.store.cards.plan_sql import number, points
from lms_scoring.store.databases.dialect import ask, list_parameter, listed_later, rows
from lms_scoring.store.databases.kind import Row
from lms_scoring.store.tables.metadata import NOTHING
from lms_scoring.store.tenant_connection import TENANT, Numbers, TenantConnection

_FORETOLD, _MEASURED, _GRADE = tables.foretold, tables.measured, tables.outgoing_grade
_KEY = ("tenant", "course", "person", "role", "class")
_TOLD = [column.name for column in _FORETOLD.columns if column.name not in _KEY]


def _in_course(table: Table) -> tuple[ColumnElement[bool], ColumnElement[bool]]:
    return table.c.tenant == TENANT, table.c.course == bindparam("course_")


_HERE = _in_course(_FORETOLD)
_OF_ROLE = _FORETOLD.c.role == bindparam("role_")
_THEIRS = _FORETOLD.c.person.in_(listed_later("persons_"))

_COUNTED = select(
    *(
        select(func.count()).select_from(table).where(*_in_course(table)).scalar_subquery()
        for table in (_MEASURED, tables.scorecard)
    )
)
_UNSAY = update(_FORETOLD).where(*_HERE, _THEIRS).values(dict.fromkeys(_TOLD, null()))
_HOLD_BACK = (
    update(_GRADE)
    .where(
        *_in_course(_GRADE),
        _GRADE.c.held.is_(None),
        _GRADE.c.person.in_(select(_FORETOLD.c.person).where(*_HERE)),
    )
    .values(held=Hold.NO_VERDICT.value, forced=false())
)
_AWAITED = select(_FORETOLD.c.person).where(*_HERE).distinct().order_by(_FORETOLD.c.person)
_AWAITED_OF_THEM = _AWAITED.where(_THEIRS)
_ANY = select(_FORETOLD.c.person).where(*_HERE).limit(1)
_ANY_BUT = _ANY.where(_FORETOLD.c.person.not_in(listed_later("persons_")))
_CARD = tables.scorecard
_AWAIT = insert(_FORETOLD).from_select(
    [*_KEY],
    select(*(_CARD.c[name] for name in _KEY)).where(
        *_in_course(_CARD), _CARD.c.person.in_(listed_later("persons_"))
    ),
)
_CARDS = select(
    _FORETOLD.c["class"].label("class_"), _FORETOLD.c.person, *(_FORETOLD.c[n] for n in _TOLD)
).where(*_HERE, _OF_ROLE, _THEIRS)
COUNTS = select(_FORETOLD.c.state, func.count()).where(*_HERE, _OF_ROLE).group_by(_FORETOLD.c.state)
COUNTS_IN = COUNTS.where(_FORETOLD.c["class"].in_(listed_later("classes_")))
_FORGET = delete(_FORETOLD).where(*_HERE)
_FORGET_THEM = _FORGET.where(_THEIRS)


class Foretelling(TenantConnection):
    """The part of a transaction about cards that are still to be made by other rules."""

    def measured_cards(self, course: str) -> int:
        """How many cards of the course are measured; 0 where any of them is not."""
        ((measured, cards),) = self._say(_COUNTED, course)
        return int(measured) if measured == cards else 0

    def foretell(
        self,
        course: str,
        changes: Sequence[tuple[BulkRules, BulkRules]],
        *,
        due: Collection[str],
        is_open: bool,
    ) -> None:
        """By two statements a role, one for who is due and one for the grades: no card comes to Python."""
        self.await_no_more(course)
        layouts = Numbers(self.connection, self.tenant, tables.measure_layout)
        for before, after in changes:
            text = layout_text(before.scheme, before.wanted)
            layout = layouts.of([text])[text]
            self._say(told_by_measures(before, after, is_open=is_open), course, layout_=layout)
            self._say(told_by_nothing(after.role), course, layout_=layout)
        if due:
            self._say(_UNSAY, course, persons_=list_parameter(due))
        self._say(_HOLD_BACK, course)

    def awaited(self, course: str, *, persons: Collection[str] | None = None) -> Sequence[str]:
        """Of whom a card is still to be made; all, or of these persons."""
        if persons is None:
            found = self._say(_AWAITED, course)
        else:
            found = self._say(_AWAITED_OF_THEM, course, persons_=list_parameter(persons))
        return [person for (person,) in found]

    def is_awaited(self, course: str, *, but: Collection[str] = ()) -> bool:
        """Whether any card of the course is, besides those of some persons."""
        if not but:
            return bool(self._say(_ANY, course))
        return bool(self._say(_ANY_BUT, course, persons_=list_parameter(but)))

    def await_cards(self, course: str, persons: Collection[str]) -> None:
        """By one statement for the cards and one for the grades."""
        if persons:
            self.await_no_more(course, persons)
            self._say(_AWAIT, course, persons_=list_parameter(persons))
            self._say(_HOLD_BACK, course)

    def foretold(
        self, course: str, rules: BulkRules, *, persons: Collection[str]
    ) -> Mapping[tuple[str, str | None], Foretold | None]:
        """The awaited cards of these persons in the role of the rules, by person and class."""
        asked = {"role_": rules.role.value, "persons_": list_parameter(persons)}
        found = rows(self.connection, _CARDS, tenant_=self.tenant, course_=course, **asked)
        return {(row.person, row.class_ or None): _foretold(row, rules) for row in found}

    def foretold_counts(self, part: BoardPart) -> Mapping[CardState | None, int]:
        """How many cards are awaited, by the state that is foretold."""
        if part.classes is None:
            found = self._say(COUNTS, part.course, role_=part.role.value)
        else:
            classes = list_parameter(sorted(class_ or NOTHING for class_ in part.classes))
            found = self._say(COUNTS_IN, part.course, role_=part.role.value, classes_=classes)
        return {None if state is None else CardState(state): int(count) for state, count in found}

    def await_no_more(self, course: str, persons: Collection[str] | None = None) -> None:
        """The cards of these persons (None: of all) are made, or never will be."""
        if persons is None:
            self._say(_FORGET, course)
        elif persons:
            self._say(_FORGET_THEM, course, persons_=list_parameter(persons))

    def _say(self, statement: Any, course: str, **asked: Any) -> list[Row]:
        return ask(self.connection, statement, tenant_=self.tenant, course_=course, **asked)


@lru_cache(maxsize=64)
def told_by_measures(before: BulkRules, after: BulkRules, *, is_open: bool) -> Insert:
    """Writes down what the rules after make of every card that was measured for the rules before."""
    terms = after.plan.terms

    def found(what: str) -> list[ColumnElement[int]]:
        columns = measured_columns(after, before, what)
        return [points(term, of_one) for (term, _), of_one in zip(terms, columns, strict=True)]

    def total(parts: Sequence[ColumnElement[int]]) -> ColumnElement[int]:
        return reduce(add, [part * number(factor) for part, (_, factor) in zip(parts, terms, strict=True)])

    value, could = found("value"), found("could")
    threshold = number(after.plan.threshold)
    state = case(
        (total(value) >= threshold, literal(CardState.PASS.value)),
        *([] if is_open else [(total(could) >= threshold, literal(CardState.PENDING.value))]),
        else_=literal((CardState.IN_PROGRESS if is_open else CardState.FAIL).value),
    )
    names = [*_KEY, "total", "could_become", "state", *(f"points_{place}" for place in range(len(value)))]
    source = select(*_keys(), total(value), total(could), state, *value).where(
        *_of_role(after.role), _MEASURED.c.layout == bindparam("layout_", type_=Integer)
    )
    return insert(_FORETOLD).from_select(names, source)


@lru_cache
def told_by_nothing(role: Role) -> Insert:
    """Writes down that all other cards of the role are awaited too."""
    layout = _MEASURED.c.layout
    another = or_(layout.is_(None), layout != bindparam("layout_", type_=Integer))
    return insert(_FORETOLD).from_select([*_KEY], select(*_keys()).where(*_of_role(role), another))


def _keys() -> list[ColumnElement[Any]]:
    return [_MEASURED.c[name] for name in _KEY]


def _of_role(role: Role) -> tuple[ColumnElement[bool], ...]:
    return *_in_course(_MEASURED), _MEASURED.c.role == role.value


def _foretold(row: Any, rules: BulkRules) -> Foretold | None:
    if row.total is None:
        return None
    numerators = [getattr(row, f"points_{place}") for place in range(len(rules.readings))]
    return foretold_of(
        rules, numerators, total=row.total, could_become=row.could_become, state=CardState(row.state)
    )
