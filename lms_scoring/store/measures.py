"""Measures kept with cards, and other rules tried on all of a course's at once, by one statement."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, case, delete, func, or_, select, true

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.measures import BulkRules, CardMeasures, common_factors
from lms_scoring.ports import ForeseenCard
from lms_scoring.store import tables
from lms_scoring.store.dialect import list_parameter, listed_later, rows, stream, tell
from lms_scoring.store.plan_sql import Number, number, numerator
from lms_scoring.store.tables.metadata import NOTHING
from lms_scoring.store.tenant_connection import Numbers, TenantConnection, next_number

Place = tuple[str, str, str]
"""Role, class and person."""

_CARD, _MEASURE = tables.measured, tables.measure
_TENANT = bindparam("tenant_", type_=Integer)
_KNOWN = select(_CARD.c.id, _CARD.c.role, _CARD.c["class"].label("class_"), _CARD.c.person).where(
    _CARD.c.tenant == _TENANT,
    _CARD.c.course == bindparam("course_"),
    _CARD.c.person.in_(listed_later("persons_")),
)
_FORGET = delete(_MEASURE).where(_MEASURE.c.tenant == _TENANT, _MEASURE.c.card.in_(listed_later("cards_")))


class Measures(TenantConnection):
    """The part of a transaction about measures."""

    def keep_measures(self, course: str, cards: Sequence[CardMeasures]) -> None:
        """In place of what was kept of these cards."""
        if not cards:
            return
        numbers = self._numbered(course, cards)
        tell(self.connection, _FORGET, tenant_=self.tenant, cards_=list_parameter(numbers.values()))
        readings = self._readings().of({reading for one in cards for reading in one.values or ()})
        self.put(
            _CARD,
            [(numbers[_place(one)], course, *_place(one), one.values is not None) for one in cards],
        )
        self.put(
            _MEASURE,
            [
                (numbers[_place(one)], readings[reading], value, could)
                for one in cards
                for reading, (value, could) in sorted((one.values or {}).items())
            ],
        )

    def foreseen(self, course: str, before: BulkRules, after: BulkRules) -> Iterable[ForeseenCard]:
        """By one statement over all cards of the role."""
        known = self._readings().known([*before.wanted, *after.wanted])
        factors = common_factors(before.plan, after.plan)
        if factors is None or not {*before.wanted, *after.wanted} <= known.keys():
            return
        query = _question(before, after, tuple((name, known[name]) for name in sorted(known)), factors)
        asked = {"tenant_": self.tenant, "course_": course}
        for person, class_, total, could, changed in stream(self.connection, query, **asked):
            yield ForeseenCard(
                person=person,
                role=after.role,
                class_=class_ or None,
                total=total,
                could_become=could,
                changed=bool(changed),
            )

    def _readings(self) -> Numbers:
        return Numbers(self.connection, self.tenant, tables.reading_key)

    def _numbered(self, course: str, cards: Sequence[CardMeasures]) -> Mapping[Place, int]:
        persons = list_parameter({one.person for one in cards})
        found = rows(self.connection, _KNOWN, tenant_=self.tenant, course_=course, persons_=persons)
        known = {(row.role, row.class_, row.person): row.id for row in found}
        new = [place for place in dict.fromkeys(map(_place, cards)) if place not in known]
        first = next_number(self.connection, _CARD.c.id, _CARD.c.tenant == self.tenant) if new else 0
        known |= {place: number for number, place in enumerate(new, start=first)}
        return {place: known[place] for place in map(_place, cards)}


def _place(one: CardMeasures) -> Place:
    return (one.role.value, NOTHING if one.class_ is None else one.class_, one.person)


@lru_cache(maxsize=64)
def _question(
    before: BulkRules, after: BulkRules, known: tuple[tuple[str, int], ...], factors: tuple[int, int]
) -> Select[Any]:
    """Person, class, total, what it could become, and whether the total before is another."""
    numbers = dict(known)
    measures = pivoted(before.role, numbers)

    def total(rules: BulkRules, what: str) -> Number:
        columns = [[measures.c[f"{what}_{numbers[name]}"] for name in names] for names in rules.readings]
        return numerator(rules.plan, columns)

    totals = [total(before, "value"), total(after, "value"), total(after, "could")]
    card, latest = tables.measured, tables.scorecard
    is_card = [latest.c[name] == card.c[name] for name in ("tenant", "course", "role", "class", "person")]
    changed = totals[0] * number(factors[0]) != totals[1] * number(factors[1])
    return (
        select(card.c.person, card.c["class"], totals[1], totals[2], case((changed, 1), else_=0))
        .select_from(measures)
        .join(card, (card.c.tenant == bindparam("tenant_")) & (card.c.id == measures.c.card))
        .join(latest, is_card[0] & is_card[1] & is_card[2] & is_card[3] & is_card[4])
        .where(latest.c.scheme == before.scheme)
        .order_by(card.c["class"], card.c.person)
    )


def pivoted(role: Role, readings: Mapping[str, int]) -> Any:
    """One row a card of the course and role that has all these measures: `value_N` and `could_N` of each."""
    card, measure = tables.measured, tables.measure
    columns = [
        func.max(case((measure.c.reading == number, measure.c[what]))).label(f"{what}_{number}")
        for number in sorted(set(readings.values()))
        for what in ("value", "could")
    ]
    return (
        select(measure.c.card, *columns)
        .join(card, (card.c.tenant == measure.c.tenant) & (card.c.id == measure.c.card))
        .where(
            card.c.tenant == bindparam("tenant_"),
            card.c.course == bindparam("course_"),
            card.c.role == role.value,
            card.c.whole == true(),
            or_(*(measure.c.reading == number for number in sorted(set(readings.values())))),
        )
        .group_by(measure.c.card)
        .having(func.count() == len(set(readings.values())))
        .subquery("measures")
    )
