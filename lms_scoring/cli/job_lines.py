"""What waits, fails and went on by itself, for people: line by line, as wide as the terminal."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lms_scoring.domain.instants import iso
from lms_scoring.ports import (
    HeldGrades,
    RefusedGrades,
    Run,
    SyncRequest,
    Trouble,
    WaitingGrades,
)
from lms_scoring.services.following_up.troubles import MISSING
from lms_scoring.services.unattended.telling import name_of
from lms_scoring.services.unattended.waiting_cards import WaitingCards
from lms_scoring.services.unattended.work_state import WorkState

_NAMED = 20
"""So many people are named of whom no card can be made."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NextSync:
    """When a course is synced next by itself; None: `why` it is not."""

    course: str
    at: int | None
    why: str | None


def state_lines(state: WorkState, coming: Sequence[NextSync], *, width: int | None) -> Iterator[str]:
    """All that there is to say of a moment; `width` is the terminal's, None: it is none."""
    requests = [line for one in state.requests for line in _request(state, one, width)]
    cards = [_cards(one, width) for one in state.cards]
    yield from _part("waiting", [*requests, *cards, *(_grades(one, width) for one in state.grades)])
    if state.held_grades:
        yield from _part("held back", [_held(one, width) for one in state.held_grades])
    if state.refused_grades:
        yield from _part("refused", [_refused(one, width) for one in state.refused_grades])
    yield from _part("failing", [line for one in state.failing for line in _trouble(one, width)])
    yield from _part("next", [_next(one, width) for one in coming])


def run_lines(run: Run, *, width: int | None) -> Iterator[str]:
    """How a sync went; below it why it failed."""
    kept, lasted = run.kept, seconds(run)
    how = [run.state.value, "everything" if run.full else "what changed"]
    how += [] if lasted is None else [f"{lasted} s"]
    how += [] if run.calls is None else [f"{run.calls} requests"]
    yield (
        f"{run.id}  {iso(run.started_at)}  {run.course} {run.source}: {', '.join(how)}; {kept.new} new, "
        f"{kept.changed} changed, {kept.same} as before, {kept.gone} gone, {kept.refused} refused"
    )
    if run.reason is not None:
        yield _below(run.reason, width, indent=2)


def seconds(run: Run) -> str | None:
    """How long it took; None: it goes on."""
    lasted = None if run.ended_at is None else run.ended_at - run.started_at
    return None if lasted is None else f"{lasted // 1000}.{lasted % 1000 // 100}"


def _part(title: str, lines: Sequence[str]) -> Iterator[str]:
    if not lines:
        yield f"{title}: nothing"
        return
    yield f"{title}:"
    yield from lines


def _request(state: WorkState, request: SyncRequest, width: int | None) -> Iterator[str]:
    urgent = ", before all others" if request.urgent else ""
    what = f"sync of {request.course} from {request.source}: since {iso(request.asked_at)}{urgent}"
    yield _head(what, width)
    trouble = state.trouble_with(request)
    if trouble is not None:
        yield _below(trouble.reason, width, indent=4)


def _cards(waiting: WaitingCards, width: int | None) -> str:
    told = f"to be scored in {waiting.course}: {waiting.count}, since {iso(waiting.since)}"
    left = unmade_of(waiting)
    return _head(told if left is None else f"{told}; {left}", width)


def unmade_of(waiting: WaitingCards) -> str | None:
    """Whose cards cannot be made; None: nobody's."""
    if not waiting.unmade:
        return None
    more = len(waiting.unmade) - _NAMED
    return f"cannot be made: {', '.join(waiting.unmade[:_NAMED])}" + (f" and {more} more" if more > 0 else "")


def _grades(waiting: WaitingGrades, width: int | None) -> str:
    return _head(f"grades of {waiting.course}: {waiting.count}, since {iso(waiting.since)}", width)


def _held(held: HeldGrades, width: int | None) -> str:
    return _head(f"grades of {held.course}: {held.count} ({held.why.value}), since {iso(held.since)}", width)


def _refused(refused: RefusedGrades, width: int | None) -> str:
    return _head(f"grades of {refused.course}: {refused.count}, since {iso(refused.since)}", width)


def _trouble(trouble: Trouble, width: int | None) -> Iterator[str]:
    yield _head(f"{name_of(trouble)}: since {iso(trouble.since)}", width)
    if trouble.concern.kind in MISSING:
        yield f"    missing: {trouble.failures}; every sync looks again"
    else:
        times = "once" if trouble.failures == 1 else f"{trouble.failures} times in a row"
        yield f"    failed {times}; tried again at {iso(trouble.try_at)}"
    yield _below(trouble.reason, width, indent=4)


def _next(coming: NextSync, width: int | None) -> str:
    return _head(f"{coming.course}: {coming.why if coming.at is None else iso(coming.at)}", width)


def _head(text: str, width: int | None) -> str:
    return _fitted(text, width, indent=2, then=4)


def _below(text: str, width: int | None, *, indent: int) -> str:
    return _fitted(text, width, indent=indent, then=indent)


def _fitted(text: str, width: int | None, *, indent: int, then: int) -> str:
    """In lines that fit; no word is split, for somebody may copy it."""
    if width is None:
        return " " * indent + text
    return textwrap.fill(
        text,
        width,
        initial_indent=" " * indent,
        subsequent_indent=" " * then,
        break_long_words=False,
        break_on_hyphens=False,
    )
