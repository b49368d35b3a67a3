"""Measures of the memory store."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from lms_scoring.domain.measures import BulkRules, CardMeasures, common_factors
from lms_scoring.ports import ForeseenCard
from tests.fakes.memory_store.area import Area


class Measures(Area):
    """What was measured of cards."""

    def keep_measures(self, course: str, cards: Sequence[CardMeasures]) -> None:
        for one in cards:
            self.state.measures[course, one.person, one.role.value, one.class_] = one

    def foreseen(self, course: str, before: BulkRules, after: BulkRules) -> Iterable[ForeseenCard]:
        factors = common_factors(before.plan, after.plan)
        keys = [key for key in self.state.measures if key[0] == course and key[2] == after.role.value]
        for key in keys:
            kept = self.state.measures[key]
            values = kept.values
            if factors is None or values is None or kept.scheme != before.scheme:
                continue
            if not {*after.wanted} <= values.keys():
                continue
            old, total, could = (
                rules.plan.totals([[[values[name][which]] for name in names] for names in rules.readings])[0]
                for rules, which in ((before, 0), (after, 0), (after, 1))
            )
            yield ForeseenCard(
                person=key[1],
                role=after.role,
                class_=key[3],
                total=int(total),
                could_become=int(could),
                changed=old * factors[0] != total * factors[1],
            )
