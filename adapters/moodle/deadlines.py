"""Deadlines: each learner's own, which Moodle tells one learner at a time and of some learners not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from adapters.moodle import calls
from adapters.moodle.client import MoodleClient, Reply
from adapters.moodle.cursor import digest
from adapters.moodle.evidence import Dates, dates_of
from adapters.moodle.payloads import AssignmentRow, Participant
from adapters.moodle.roster import Roster
from lms_scoring.domain.evidence import DueBasis


@dataclass(frozen=True, slots=True)
class Window:
    """Opening and deadline in seconds, with overrides and without extensions."""

    opens: int | None
    due: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """The dates of one assignment: `own` as told for a learner, `extended` who has an extension as told
    there, `extensions` until when (in seconds)."""

    assignment: AssignmentRow
    roster: Roster
    own: Mapping[int, Window]
    extended: frozenset[int]
    extensions: Mapping[int, int]

    def of(self, user: int) -> Dates:
        """A learner's own dates; where Moodle does not tell, those of the same class if all whom it told
        of agree, else the assignment's."""
        if user in self.own:
            return self._dates(user, self.own[user], basis=DueBasis.OWN)
        classes = self.roster.classes
        classmates = {window for each, window in self.own.items() if classes(each) & classes(user)}
        if len(classmates) == 1:
            return self._dates(user, classmates.pop(), basis=DueBasis.CLASS)
        general = Window(self.assignment.allowsubmissionsfromdate, self.assignment.duedate)
        return self._dates(user, general, basis=DueBasis.ASSIGNMENT)

    def digest_of(self, users: Iterable[int]) -> str:
        """What the dates of these learners look like, extensions aside."""
        told = [(user, self.own.get(user)) for user in sorted(users)]
        return digest(told, sorted(self.extended & {user for user, _ in told}))

    def _dates(self, user: int, window: Window, *, basis: DueBasis) -> Dates:
        return dates_of(window.opens, window.due, self.extensions.get(user), basis=basis)


def ask_dates(
    client: MoodleClient, assignment: AssignmentRow, users: Iterable[int]
) -> dict[int, Reply[Participant]]:
    """Asks for the dates of these learners in the next `send`."""
    return {user: client.later(calls.participant(assignment.id, user)) for user in users}


def told_dates(
    replies: Mapping[int, Reply[Participant]],
    *,
    assignment: AssignmentRow,
    roster: Roster,
    extensions: Mapping[int, int] = MappingProxyType({}),
) -> Deadlines:
    """The dates of those of whom Moodle told."""
    told = {user: reply.value for user, reply in replies.items() if reply.error is None}
    return Deadlines(
        assignment=assignment,
        roster=roster,
        own={user: Window(each.allowsubmissionsfromdate, each.duedate) for user, each in told.items()},
        extended=frozenset(user for user, each in told.items() if each.grantedextension),
        extensions=extensions,
    )
