"""Watch time: a learner's video events, folded to the spans they prove.

Events of one viewing session are read in order; a play is proven only by the event that closes it
(paused, seeked, completed, terminated). A play without one is a tail: possible, not proven. The
interval credited is `min(elapsed, moved / rate)`, except that a position which moved at 0.95 times the
clock or faster proves the whole elapsed time, because players change speed without saying so.
Rules: xAPI facts, section 2.2; verbs: xAPI Video Profile 1.0.3.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from operator import attrgetter

from lms_scoring.domain.evidence import Watch
from lms_scoring.domain.instants import MINUTE
from lms_scoring.domain.statements import VideoVerb, WatchEvent

NORMAL_RATE = 100
FASTEST_RATE = 200
"""The fastest speed players offer: content that moved faster was skipped, not watched."""
POSITION_SLACK = 500
"""Milliseconds by which a position may run ahead of the clock: players report it rounded."""
TAIL_CAP = 30 * MINUTE
"""The most that a play nobody closed may have lasted; never scored."""

_IN_ORDER = attrgetter("at", "verb", "id")
_PLAYED, _SEEKED, _COMPLETED = int(VideoVerb.PLAYED), int(VideoVerb.SEEKED), int(VideoVerb.COMPLETED)
"""Looked up once: a member of an enumeration takes longer than all that is done with it here."""
_OPENING = frozenset(map(int, (VideoVerb.INITIALIZED, VideoVerb.PLAYED)))
_CLOSING = frozenset(
    map(int, (VideoVerb.PAUSED, VideoVerb.SEEKED, VideoVerb.COMPLETED, VideoVerb.TERMINATED))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tail:
    """A play that no event closed: it may have lasted through [start, end)."""

    activity: str
    start: int
    end: int


@dataclass(frozen=True, slots=True, kw_only=True)
class WatchTime:
    """What one person's events prove, and what they merely allow."""

    spans: tuple[Watch, ...]
    tails: tuple[Tail, ...]
    """Never scored: with the spans, all that can have been watched."""


_Mark = tuple[str, int, int, int]
"""A moment of a play: the event, its clock, its position and the rate. No class: every event has one."""


def watch_time(person: str, events: Iterable[WatchEvent], *, source: str | None = None) -> WatchTime:
    """Folds all events of one person, from whatever accounts; repeated ids and any order are fine."""
    spans: list[Watch] = []
    tails: list[Tail] = []
    for session in _sessions(events):
        for play in _plays(session):
            if isinstance(play, Tail):
                tails.append(play)
            else:
                opened, closed = play
                span = _span(person, session[0].activity, opened, closed, source)
                if span is not None:
                    spans.append(span)
    return WatchTime(spans=tuple(spans), tails=tuple(tails))


def _sessions(events: Iterable[WatchEvent]) -> Iterator[list[WatchEvent]]:
    """Events of one session each, in the total order (clock, verb, id).

    Without a session id the events of an activity are one session: each `initialized` in it ends the
    play before it, and the position bounds what an idle gap can be credited with.
    """
    distinct = {event.id: event for event in events}.values()
    sessions: dict[tuple[str, str], list[WatchEvent]] = defaultdict(list)
    for event in distinct:
        sessions[event.activity, event.session or ""].append(event)
    for key in sorted(sessions):
        yield sorted(sessions[key], key=_IN_ORDER)


def _plays(session: list[WatchEvent]) -> Iterator[tuple[_Mark, _Mark] | Tail]:
    """Each stretch between two marks of a closed play, and each play left open.

    A play that another one interrupts is closed by what closes a play in the very same instant: clocks of
    whole seconds tell a pause and the next play at once, and the total order begins with the play.
    """
    play: list[_Mark] = []
    interrupted: list[_Mark] = []
    since: int | None = None
    rate = NORMAL_RATE
    for _, id_, _, _, _, at, verb, position, target, told, _ in session:
        if told is not None and told > 0:
            rate = told
        if verb in _OPENING:
            if at != since:
                if interrupted:
                    yield _tail(interrupted[0], session, since)
                interrupted, since = play, at if play else None
            play = [(id_, at, position, rate)] if position is not None and verb == _PLAYED else []
        elif position is None:
            continue
        elif at == since and verb in _CLOSING:
            if interrupted:
                yield from pairwise([*interrupted, (id_, at, position, rate)])
                interrupted = []
        elif play:
            play.append((id_, at, position, rate))
            if verb in _CLOSING:
                yield from pairwise(play)
                play = _reopened(verb, target, play[-1])
    for one, until in ((interrupted, since), (play, None)):
        if one:
            yield _tail(one[0], session, until)


def _reopened(verb: int, target: int | None, mark: _Mark) -> list[_Mark]:
    """What goes on playing after a closing event: a jump at its target, a completed video where it is."""
    if verb == _SEEKED and target is not None:
        id_, at, _, rate = mark
        return [(id_, at, target, rate)]
    if verb == _COMPLETED:
        return [mark]
    return []


def _span(person: str, activity: str, opened: _Mark, closed: _Mark, source: str | None) -> Watch | None:
    id_, start, begun, rate = opened
    _, end, position, _ = closed
    elapsed, moved = end - start, position - begun
    credited = _credited(elapsed, moved, rate)
    if credited <= 0:
        return None
    watched = moved * NORMAL_RATE <= FASTEST_RATE * elapsed + POSITION_SLACK * NORMAL_RATE
    return Watch(
        id=id_,
        person=person,
        activity=activity,
        start=start,
        end=start + credited,
        segments=((begun, position),) if watched else (),
        source=source,
    )


def _credited(elapsed: int, moved: int, rate: int) -> int:
    if elapsed <= 0 or moved <= 0:
        return 0
    if moved * 100 >= elapsed * 95:
        return elapsed
    return min(elapsed, moved * NORMAL_RATE // rate)


def _tail(opened: _Mark, session: list[WatchEvent], until: int | None) -> Tail:
    _, start, begun, rate = opened
    end = start + TAIL_CAP
    if until is not None:
        end = min(end, until)
    lengths = [event.length for event in session if event.length is not None]
    if lengths:
        left = max(0, max(lengths) - begun)
        end = min(end, start + left * NORMAL_RATE // rate)
    return Tail(activity=session[0].activity, start=start, end=max(start, end))
