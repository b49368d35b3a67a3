"""Cards of the memory store that are still to be made by other rules."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace

from lms_scoring.domain.foretold import Foretold, foretold_of
from lms_scoring.domain.measures import BulkRules, CardMeasures
from lms_scoring.domain.scorecard import CardState
from lms_scoring.domain.scoring import state_of
from lms_scoring.ports import BoardPart, Hold
from tests.fakes.memory_store.area import Area


class Foretelling(Area):
    """What measures make of them."""

    def measured_cards(self, course: str) -> int:
        cards = {key for key in self.state.cards if key[0] == course}
        measured = {key for key in self.state.measures if key[0] == course}
        return len(measured) if len(measured) == len(cards) else 0

    def foretell(
        self,
        course: str,
        changes: Sequence[tuple[BulkRules, BulkRules]],
        *,
        due: Collection[str],
        is_open: bool,
    ) -> None:
        self.await_no_more(course)
        for before, after in changes:
            for key, kept in self.state.measures.items():
                if (key[0], key[2]) == (course, after.role.value):
                    told = None if key[1] in due else _foretold(kept, before, after, is_open=is_open)
                    self.state.foretold[key] = told
        awaited = {*self.awaited(course)}
        for whose, grade in self.state.outgoing.items():
            if whose[0] == course and whose[1] in awaited and grade.held is None:
                self.state.outgoing[whose] = replace(grade, held=Hold.NO_VERDICT, forced=False)

    def awaited(self, course: str, *, persons: Collection[str] | None = None) -> Sequence[str]:
        found = {key[1] for key in self.state.foretold if key[0] == course}
        return sorted(found if persons is None else found.intersection(persons))

    def is_awaited(self, course: str, *, but: Collection[str] = ()) -> bool:
        return not {*self.awaited(course)}.issubset(but)

    def await_cards(self, course: str, persons: Collection[str]) -> None:
        theirs = {key: None for key in self.state.cards if key[0] == course and key[1] in persons}
        self.state.foretold.update(theirs)
        for whose, grade in self.state.outgoing.items():
            if whose[0] == course and whose[1] in {key[1] for key in theirs} and grade.held is None:
                self.state.outgoing[whose] = replace(grade, held=Hold.NO_VERDICT, forced=False)

    def foretold(
        self, course: str, rules: BulkRules, *, persons: Collection[str]
    ) -> Mapping[tuple[str, str | None], Foretold | None]:
        return {
            (key[1], key[3]): told
            for key, told in self.state.foretold.items()
            if (key[0], key[2]) == (course, rules.role.value) and key[1] in persons
        }

    def foretold_counts(self, part: BoardPart) -> Mapping[CardState | None, int]:
        return Counter(
            None if told is None else told.state
            for key, told in self.state.foretold.items()
            if (key[0], key[2]) == (part.course, part.role.value)
            and (part.classes is None or key[3] in part.classes)
        )

    def await_no_more(self, course: str, persons: Collection[str] | None = None) -> None:
        self.state.foretold = {
            key: told
            for key, told in self.state.foretold.items()
            if key[0] != course or not (persons is None or key[1] in persons)
        }


def _foretold(kept: CardMeasures, before: BulkRules, after: BulkRules, *, is_open: bool) -> Foretold | None:
    if kept.values is None or (kept.scheme, tuple(kept.values)) != (before.scheme, before.wanted):
        return None
    values, coulds = (
        [[[pair[which]] for pair in (kept.values[name] for name in names)] for names in after.readings]
        for which in (0, 1)
    )
    terms = [term for term, _ in after.plan.terms]
    (total,), (could,) = after.plan.totals(values), after.plan.totals(coulds)
    return foretold_of(
        after,
        [int(term.column(columns)[0]) for term, columns in zip(terms, values, strict=True)],
        total=int(total),
        could_become=int(could),
        state=state_of(
            passed=total >= after.plan.threshold, could_pass=could >= after.plan.threshold, is_open=is_open
        ),
    )
