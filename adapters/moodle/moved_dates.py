"""Own dates that were moved, and hand-ins that were removed: no update of Moodle's tells of either.

Of who was late all are asked about at every pull, for with a later deadline their work would count. Of who
was in time as many are asked about as one request takes along, a hundred at most, and the next ones the next
time, until it is their turn again: so an earlier deadline is noticed too, and no pull makes more requests
for it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from adapters.moodle import calls
from adapters.moodle.client import Reply
from adapters.moodle.cursor import Cursor
from adapters.moodle.deadlines import extension_of, may_be_extended, state_of, text_of_told, window_of
from adapters.moodle.payloads.hand_ins import AssignmentRow, Participant, SubmissionStatus
from adapters.moodle.pull import Pull

Extensions = Mapping[int, Mapping[int, int]]
"""Until when, in seconds, by assignment and person."""

_MOST = 100
"""Calls about them in a pull: each takes a Moodle some 15 ms, however little has changed."""

_Turn = tuple[int, int]
"""An activity and a learner in it."""


@dataclass(frozen=True, slots=True)
class _Question:
    """What is asked about one learner in one activity. `was` is what the last pull was told, `until` the
    extension as far as it is known; `status` asks for it where only that tells."""

    was: str
    until: int | None
    dates: Reply[Participant]
    status: Reply[SubmissionStatus] | None

    @property
    def is_moved(self) -> bool:
        """Whether the dates or the hand-in's state are others now, or are not told any more."""
        if self.dates.error is not None:
            return True
        told, until = self.dates.value, self.until
        if self.status is not None and self.status.error is None:
            until = extension_of(self.status.value)
        now = text_of_told(state_of(told), window_of(told), extended=told.grantedextension, until=until)
        return now != self.was


def with_moved_dates(
    pull: Pull, before: Cursor, quiet: Sequence[AssignmentRow], extensions: Extensions | None
) -> set[int]:
    """Of these activities, of which nothing else tells that they changed, those where a learner's dates did.

    `extensions` None: they are to be asked for one by one.
    """
    rows = {each.cmid: each for each in quiet}
    told = {(each.cmid, user): was for each in quiet for user, was in before.told_dates(each.cmid).items()}
    late = {(each.cmid, user) for each in quiet for user in before.late.get(each.cmid, ())}
    asked: dict[_Turn, _Question] = {}
    for turn in sorted(told.keys() & late):
        asked[turn] = _question(pull, rows[turn[0]], turn[1], told[turn], extensions)
    pull.notes.turn = before.turn
    for turn in _from(before.turn, sorted(told.keys() - late)):
        room = min(pull.client.free, _MOST - pull.client.waiting)
        if room < 1 + _asks_status(told[turn], extensions):
            break
        asked[turn] = _question(pull, rows[turn[0]], turn[1], told[turn], extensions)
        pull.notes.turn = turn
    pull.client.send()
    return {cmid for (cmid, _), question in asked.items() if question.is_moved}


def _from(last: _Turn, turns: Sequence[_Turn]) -> Iterator[_Turn]:
    """Those after the last one first."""
    yield from (turn for turn in turns if turn > last)
    yield from (turn for turn in turns if turn <= last)


def _asks_status(was: str, extensions: Extensions | None) -> bool:
    return extensions is None and may_be_extended(was)


def _question(
    pull: Pull, assignment: AssignmentRow, user: int, was: str, extensions: Extensions | None
) -> _Question:
    """Asked in the next `send`."""
    client, status = pull.client, None
    dates = client.later(calls.participant(assignment.id, user))
    if _asks_status(was, extensions):
        status = client.later(calls.submission_status(assignment.id, user))
    until = None if extensions is None else extensions.get(assignment.id, {}).get(user)
    return _Question(was, until, dates, status)
