"""Changes that Moodle hides: of those it tells nothing to an account that may not see what learners do.

Nothing is refused by that. So where a capability is taken away and nothing else is asked of an activity,
nobody would notice, and what is done until it is given back would never be read. Of each activity that no
change is told of, a little is asked that such an account is refused. One that is refused counts as changed:
it is read, which tells of the loss, and is read again until it can be. Forums, databases and the blog are
asked for at each pull in any case.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from adapters.moodle import calls
from adapters.moodle.client import Reply
from adapters.moodle.cursor import Cursor
from adapters.moodle.functions import Function
from adapters.moodle.payloads.courses import Module
from adapters.moodle.payloads.hand_ins import AssignmentRow, Grades, Submissions
from adapters.moodle.problems import data_loss
from adapters.moodle.pull import Changes, Pull
from adapters.moodle.web_service import Call
from lms_scoring.domain.errors import PlatformError

_PACKAGE = "scorm"
_NO_PART = 0


def with_hidden_changes(pull: Pull, assignments: Sequence[AssignmentRow]) -> Pull:
    """The pull, to which also those activities have changed whose changes may be hidden."""
    before, told = pull.before, pull.changes.rows
    if before is None or told is None:
        return pull
    news = _ask_news(pull, before, assignments)
    looks = {cmid: pull.client.later(call) for cmid, call in _looks(pull, before)}
    pull.client.send()
    hidden = {cmid for cmid, reply in looks.items() if reply.error is not None}
    hidden |= _unknown_packages(pull, before)
    if news is not None:
        hidden |= news.activities()
    return replace(pull, changes=Changes(rows={**dict.fromkeys(hidden, frozenset[int]()), **told}))


@dataclass(frozen=True, slots=True)
class _News:
    """What changed in assignments of which no change is told: Moodle tells of them by another capability than
    it gives their hand-ins and marks by."""

    quiet: Sequence[AssignmentRow]
    hand_ins: Reply[Submissions]
    marks: Reply[Grades]

    def activities(self) -> set[int]:
        """Those with news; all, where it cannot be had of each."""
        try:
            hand_ins, marks = self.hand_ins.value, self.marks.value
        except PlatformError:
            return {each.cmid for each in self.quiet}
        missing = [
            *data_loss("hand-ins", hand_ins.warnings, subject="assign", function=Function.SUBMISSIONS),
            *data_loss("marks", marks.warnings, subject="assign", function=Function.GRADES),
        ]
        if missing:
            return {each.cmid for each in self.quiet}
        changed = {part.assignmentid for part in hand_ins.assignments if part.submissions}
        changed |= {part.assignmentid for part in marks.assignments if part.grades}
        return {each.cmid for each in self.quiet if each.id in changed}


def _ask_news(pull: Pull, before: Cursor, assignments: Sequence[AssignmentRow]) -> _News | None:
    """In the next `send`; None where all are read anyway."""
    quiet = [each for each in assignments if not (pull.places_changed or pull.must_read(each.cmid))]
    if not quiet:
        return None
    numbers = [each.id for each in quiet]
    return _News(
        quiet=quiet,
        hand_ins=pull.client.later(calls.submissions_since(numbers, before.since)),
        marks=pull.client.later(calls.grades_since(numbers, before.since)),
    )


def _looks(pull: Pull, before: Cursor) -> Iterator[tuple[int, Call[Any]]]:
    """Of each other activity that would be left alone, the least that is given only to who may see it.

    A package is asked for a part: once it is closed, the number of attempts is refused to everybody.
    """
    learner, parts = _learner(pull), before.first_parts()
    for module in _quiet(pull, "h5pactivity"):
        yield module.id, calls.h5p_attempts_of_one(module.instance or 0)
    if learner is None:
        return
    for module in _quiet(pull, "lesson"):
        yield module.id, calls.lesson_timers(module.instance or 0, learner)
    for module in _quiet(pull, _PACKAGE):
        if parts.get(module.id, _NO_PART) != _NO_PART:
            yield module.id, calls.last_attempt(parts[module.id], learner)


def _unknown_packages(pull: Pull, before: Cursor) -> set[int]:
    """Of which no part is known, as after a pull of an earlier version."""
    return {module.id for module in _quiet(pull, _PACKAGE)} - before.first_parts().keys()


def _quiet(pull: Pull, kind: str) -> list[Module]:
    """Those that would be left alone: where somebody came or went, packages only."""
    if pull.places_changed and kind != _PACKAGE:
        return []
    return [module for module in pull.modules_of(kind) if not pull.must_read(module.id)]


def _learner(pull: Pull) -> int | None:
    """Who takes part: of others Moodle may refuse what it gives of everybody else."""
    roster = pull.roster
    return min((user for user in roster.learners if user not in roster.withdrawn), default=None)
