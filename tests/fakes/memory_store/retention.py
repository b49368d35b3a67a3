"""Retention of the memory store."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from lms_scoring.domain.quarantine import QuarantineState
from lms_scoring.domain.retention import Past
from lms_scoring.ports import PastRows, RunState
from tests.fakes.memory_store.area import Area

STAY = 20


@dataclass(frozen=True, slots=True)
class Piece:
    """What goes of one table: its keys, and the times of the rows of each."""

    table: str
    kept: dict[Any, Any]
    keys: list[Any]
    times: Callable[[Any], list[int | None]]
    emptied: bool = False

    def told(self, keys: Sequence[Any]) -> PastRows:
        times = [at for key in keys for at in self.times(key)]
        return PastRows(
            table=self.table,
            rows=len(times),
            oldest=min((at for at in times if at is not None), default=None),
        )

    def remove(self, keys: Sequence[Any]) -> PastRows:
        told = replace(self.told(keys), oldest=None)
        for key in keys:
            if self.emptied:
                self.kept[key] = replace(self.kept[key], aside=replace(self.kept[key].aside, text=b""))
            else:
                self.kept.pop(key, None)
        return told


class Retention(Area):
    """What is kept for a while only."""

    def past_rows(self, past: Past, *, before: int) -> Sequence[PastRows]:
        return [told for one in self._pieces(past, before) if (told := one.told(one.keys)).rows]

    def remove_past(self, past: Past, *, before: int, most: int) -> Sequence[PastRows]:
        pieces = self._pieces(past, before)
        return [told for one in pieces if (told := one.remove(one.keys[:most])).rows]

    def _pieces(self, past: Past, before: int) -> list[Piece]:
        state = self.state
        match past:
            case Past.RUNS:
                runs = self._past_runs(before)
                over = [one.id for one in state.runs.values() if is_before(one.ended_at, before)]
                seen = [run for run in over if state.seen.get(run)]
                return [
                    Piece("problem", state.problems, runs, self._told_at),
                    Piece("run", state.runs, runs, lambda run: [state.runs[run].ended_at]),
                    Piece("seen_record", state.seen, seen, lambda run: [None] * len(state.seen[run])),
                ]
            case Past.QUARANTINE:
                kept = state.quarantined
                over = [number for number, one in kept.items() if is_before(one.over_at, before)]
                dropped = [one for one in over if kept[one].state is QuarantineState.DROPPED]
                goes = [number for number in over if number not in dropped]
                texts = [number for number in dropped if kept[number].aside.text]
                return [
                    Piece("quarantined", kept, goes, lambda number: [kept[number].over_at]),
                    Piece("quarantined.text", kept, texts, lambda number: [kept[number].over_at], True),
                ]
            case Past.SIGN_INS:
                links, sessions, launches = state.links, state.sessions, state.launch_states
                return [
                    _expired("session", sessions, lambda digest: [sessions[digest][1]], before),
                    _expired("sign_in_link", links, lambda digest: [links[digest][1]], before),
                    _expired("launch_state", launches, lambda digest: [launches[digest].expires_at], before),
                ]

    def _told_at(self, run: int) -> list[int | None]:
        return [at for at, _ in self.state.problems.get(run, [])]

    def _past_runs(self, before: int) -> list[int]:
        whole: dict[tuple[str, str], int] = {}
        places: dict[str, int] = {}
        for run in self.state.runs.values():
            if run.full and run.state is RunState.DONE:
                whole[run.course, run.source] = run.id
        found = []
        for run in sorted(self.state.runs.values(), key=lambda run: -run.id):
            places[run.course] = places.get(run.course, 0) + 1
            is_gone_by = run.id < whole.get((run.course, run.source), 0) and places[run.course] > STAY
            if is_gone_by and is_before(run.ended_at, before):
                found.append(run.id)
        return sorted(found)


def is_before(at: int | None, before: int) -> bool:
    return at is not None and at < before


def _expired(
    table: str, kept: dict[Any, Any], times: Callable[[Any], list[int | None]], before: int
) -> Piece:
    return Piece(table, kept, [key for key in kept if is_before(times(key)[0], before)], times)
