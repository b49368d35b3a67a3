"""Losses that are held, in the memory store."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from lms_scoring.domain.errors import NoSuchLoss
from lms_scoring.domain.evidence import KIND_OF, Record
from lms_scoring.domain.losses import LossState
from lms_scoring.ports import HeldLoss, Scope
from tests.fakes.memory_store.area import Area
from tests.fakes.memory_store.gone import live_keys, unseen_keys
from tests.fakes.memory_store.met import latest_run
from tests.fakes.memory_store.state import RecordKey
from tests.fakes.memory_store.touching import touch_after

HELD = (LossState.WAITING, LossState.REFUSED)


class Losses(Area):
    """What a source no longer lists and still counts."""

    def hold_loss(self, course: str, source: str, scope: Scope, *, run: int, at: int) -> HeldLoss:
        place = (course, source, scope)
        of_all = self.state.losses.values()
        former = next((one for one in of_all if (one.course, one.source, one.scope) == place), None)
        number = len(self.state.losses) + 1 if former is None else former.number
        live = live_keys(self.state, course, source, scope)
        missing = set(unseen_keys(self.state, live, run))
        stays = former is not None and former.state is LossState.REFUSED and missing <= self._keys(number)
        begun = former is not None and former.state in HELD
        held = HeldLoss(
            number=number,
            course=course,
            source=source,
            scope=scope,
            missing=len(missing),
            live=len(live),
            people=len({self.state.records[key][-1].owner for key in missing}),
            state=LossState.REFUSED if stays else LossState.WAITING,
            run=run,
            first_at=former.first_at if former is not None and begun else at,
            last_at=at,
            act=former.act if former is not None and stays else None,
        )
        self.state.losses[number], self.state.lost[number] = held, missing
        return held

    def release_losses(self, course: str, source: str, scopes: Collection[Scope]) -> None:
        for one in self._held(course, source):
            if one.scope in scopes:
                self.state.losses[one.number] = replace(one, state=LossState.OVER)
                self.state.lost[one.number] = set()

    def seen_again(self, course: str, source: str, records: Sequence[Record]) -> None:
        seen = {(course, source, KIND_OF[type(record)], record.id) for record in records}
        for one in self._held(course, source):
            self.state.lost[one.number] = self._keys(one.number) - seen

    def held_losses(
        self, *, course: str | None = None, states: Collection[LossState] = ()
    ) -> Sequence[HeldLoss]:
        return [
            one
            for one in self.state.losses.values()
            if course in (None, one.course) and (not states or one.state in states)
        ]

    def held_loss(self, number: int) -> HeldLoss:
        if number not in self.state.losses:
            raise NoSuchLoss(str(number))
        return self.state.losses[number]

    def end_loss(self, number: int, state: LossState, *, act: int) -> None:
        self.state.losses[number] = replace(self.held_loss(number), state=state, act=act)

    def mark_lost(self, number: int, *, at: int) -> int:
        held = self.held_loss(number)
        live = live_keys(self.state, held.course, held.source, held.scope)
        missing = [key for key in live if key in self._keys(number)]
        for key in missing:
            version = self.state.records[key][-1]
            version.gone_run, version.gone_at = (
                latest_run(
                    self.state,
                ),
                at,
            )
            touch_after(self.state, key, {version.owner})
        self.state.lost[number] = set()
        return len(missing)

    def _keys(self, number: int) -> set[RecordKey]:
        return self.state.lost.get(number, set())

    def _held(self, course: str, source: str) -> list[HeldLoss]:
        of_all = list(self.state.losses.values())
        return [one for one in of_all if (one.course, one.source) == (course, source) and one.state in HELD]
