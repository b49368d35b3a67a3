"""Quarantine of the memory store."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace

from lms_scoring.domain.errors import NotInQuarantine
from lms_scoring.domain.findable import made_writable
from lms_scoring.domain.quarantine import MOST_SET_ASIDE, QuarantineState, SetAside
from lms_scoring.ports import QuarantineCount, Quarantined
from tests.fakes.memory_store.area import Area
from tests.fakes.memory_store.met import sources_of

WAITING = QuarantineState.WAITING
OVER_BY_ITSELF = (QuarantineState.RESOLVED, QuarantineState.GONE)


class Quarantine(Area):
    """Records that no sync could use."""

    def quarantine(
        self, course: str | None, source: str, records: Iterable[SetAside], *, run: int, at: int
    ) -> int:
        too_many = 0
        first = max(self.state.quarantined, default=0) + 1
        for said in records:
            one = replace(
                said,
                reason=made_writable(said.reason),
                subject=made_writable(said.subject),
                place=made_writable(said.place),
                record=said.record if made_writable(said.record) == said.record else "",
            )
            kept = next((k for k in self._of(course, source) if k.aside.digest == one.digest), None)
            if kept is None:
                if not self._has_room(course, source):
                    too_many += 1
                    continue
                first += 1
                self._keep(
                    Quarantined(
                        number=first - 1,
                        course=course,
                        source=source,
                        aside=one,
                        state=WAITING,
                        first_run=run,
                        last_run=run,
                        first_at=at,
                        last_at=at,
                    )
                )
                continue
            aside = replace(kept.aside, code=one.code, reason=one.reason, subject=one.subject)
            again = replace(kept, aside=aside, last_run=run, last_at=at)
            dropped = kept.state is QuarantineState.DROPPED
            self._keep(again if dropped else replace(again, state=WAITING, over_at=None))
        return too_many

    def names_in_quarantine(self, course: str | None, source: str) -> frozenset[str]:
        waiting = (one for one in self._of(course, source) if one.state is WAITING)
        return frozenset(one.aside.record for one in waiting if one.aside.record)

    def came_well_formed(self, course: str | None, source: str, names: Collection[str], *, at: int) -> None:
        for one in self._of(course, source):
            if one.state is WAITING and one.aside.record in names:
                self._keep(replace(one, state=QuarantineState.RESOLVED, over_at=at))

    def not_met_again(
        self, course: str | None, source: str, *, run: int, at: int, places: Collection[str] | None = None
    ) -> None:
        for one in self._of(course, source):
            there = places is None or one.aside.place in places
            if one.state is WAITING and one.last_run < run and there:
                self._keep(replace(one, state=QuarantineState.GONE, over_at=at))

    def quarantined(
        self, *, course: str | None = None, states: Collection[QuarantineState] = (), limit: int = 1000
    ) -> Sequence[Quarantined]:
        found = [
            one
            for one in self.state.quarantined.values()
            if (not states or one.state in states)
            and (
                course is None
                or one.course == course
                or (one.course is None and one.source in sources_of(self.state, course))
            )
        ]
        return sorted(found, key=lambda one: (-one.last_at, -one.number))[:limit]

    def in_quarantine(self, number: int) -> Quarantined:
        if number not in self.state.quarantined:
            raise NotInQuarantine(str(number))
        return self.state.quarantined[number]

    def end_quarantine(self, number: int, state: QuarantineState, *, at: int, act: int | None = None) -> None:
        self._keep(replace(self.in_quarantine(number), state=state, over_at=at, act=act))

    def quarantine_counts(self) -> Sequence[QuarantineCount]:
        found: dict[tuple[str, str], list[int]] = {}
        for one in self.state.quarantined.values():
            if one.state is WAITING:
                found.setdefault((one.course or "", one.source), []).append(one.first_at)
        return [
            QuarantineCount(course=course or None, source=source, waiting=len(times), since=min(times))
            for (course, source), times in sorted(found.items())
        ]

    def _of(self, course: str | None, source: str) -> list[Quarantined]:
        return [o for o in self.state.quarantined.values() if (o.course, o.source) == (course, source)]

    def _has_room(self, course: str | None, source: str) -> bool:
        theirs = self._of(course, source)
        over = [(one.over_at, one.number) for one in theirs if one.state in OVER_BY_ITSELF]
        if len(theirs) >= MOST_SET_ASIDE and over:
            del self.state.quarantined[min(over)[1]]
        return len(self._of(course, source)) < MOST_SET_ASIDE

    def _keep(self, one: Quarantined) -> None:
        self.state.quarantined[one.number] = one
