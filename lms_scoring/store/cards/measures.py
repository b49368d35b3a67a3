"""Measures kept with cards, and other rules tried on them: one scan over a role's cards, and no join."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import Integer, Select, bindparam, case, select

from lms_scoring.domain.measures import MOST, BulkRules, CardMeasures, common_factors
from lms_scoring.ports import ForeseenCard
from lms_scoring.store import tables
from lms_scoring.store.cards.plan_sql import Number, number, numerator
from lms_scoring.store.databases.dialect import stream
from lms_scoring.store.tables.metadata import NOTHING
from lms_scoring.store.tenant_connection import Numbers, TenantConnection

_NOTHING = (None,) * (1 + 2 * MOST)


class Measures(TenantConnection):
    """The part of a transaction about measures."""

    def keep_measures(self, course: str, cards: Sequence[CardMeasures]) -> None:
        """In place of what was kept of these cards."""
        layouts = self._layouts().of({_layout_of(one) for one in cards if one.values is not None})
        self.put(
            tables.measured,
            [
                (
                    *(course, one.role.value, NOTHING if one.class_ is None else one.class_, one.person),
                    *((layouts[_layout_of(one)], *_columns(one)) if one.values is not None else _NOTHING),
                )
                for one in cards
            ],
        )

    def foreseen(self, course: str, before: BulkRules, after: BulkRules) -> Iterable[ForeseenCard]:
        """By one statement."""
        layout = layout_text(before.scheme, before.wanted)
        known = self._layouts().known([layout])
        factors = common_factors(before.plan, after.plan)
        if layout not in known or factors is None or not {*after.wanted} <= {*before.wanted}:
            return
        asked = {"tenant_": self.tenant, "course_": course, "layout_": known[layout]}
        query = totals(before, after, factors)
        for person, class_, total, could, changed in stream(self.connection, query, **asked):
            yield ForeseenCard(
                person=person,
                role=after.role,
                class_=class_ or None,
                total=total,
                could_become=could,
                changed=bool(changed),
            )

    def _layouts(self) -> Numbers:
        return Numbers(self.connection, self.tenant, tables.measure_layout)


@lru_cache(maxsize=64)
def totals(before: BulkRules, after: BulkRules, factors: tuple[int, int]) -> Select[Any]:
    """Person, class, total, what it could become, and 1 where the total before is another; of every card of a
    course that was measured for the rules before. The factors bring both totals over one denominator."""
    table = tables.measured

    def total(rules: BulkRules, what: str) -> Number:
        return numerator(rules.plan, measured_columns(rules, before, what))

    new = total(after, "value")
    changed = total(before, "value") * number(factors[0]) != new * number(factors[1])
    return select(
        table.c.person, table.c["class"], new, total(after, "could"), case((changed, 1), else_=0)
    ).where(
        table.c.tenant == bindparam("tenant_", type_=Integer),
        table.c.course == bindparam("course_"),
        table.c.role == after.role.value,
        table.c.layout == bindparam("layout_", type_=Integer),
    )


def measured_columns(rules: BulkRules, before: BulkRules, what: str) -> list[list[Number]]:
    """For each criterion of the rules the columns of its measures, in rows that were measured for the rules
    before: what each is (`value`), or could become (`could`)."""
    place = {name: number for number, name in enumerate(before.wanted)}
    return [[tables.measured.c[f"{what}_{place[name]}"] for name in names] for names in rules.readings]


def layout_text(scheme: str, readings: Iterable[str]) -> str:
    """The layout of rows that were measured for a scheme, with these readings in their order."""
    return " ".join((scheme, *readings))


def _layout_of(one: CardMeasures) -> str:
    return layout_text(one.scheme, one.values or ())


def _columns(one: CardMeasures) -> Iterator[int | None]:
    """The values, each with what it could become, and nothing in the places that are left."""
    values = (one.values or {}).values()
    yield from (amount for pair in values for amount in pair)
    yield from (None for _ in range(2 * (MOST - len(values))))
