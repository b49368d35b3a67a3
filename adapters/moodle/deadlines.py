"""Deadlines: each learner's own, which Moodle tells one learner at a time and of some learners not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from adapters.moodle import calls
from adapters.moodle.client import MoodleClient, Reply
from adapters.moodle.cursor import digest
from adapters.moodle.evidence import Dates, dates_of
from adapters.moodle.payloads import AssignmentRow, Participant
from adapters.moodle.roster import Roster
from lms_scoring.domain.evidence import DueBasis

Window = tuple[int | None, int | None]
"""Opening and deadline in seconds, with overrides and without extensions."""


@dataclass(frozen=True, slots=True)
class Deadlines:
    """The dates of one assignment: `own` as told for a learner, `extensions` granted beyond that."""

    assignment: AssignmentRow
    own: Mapping[int, Window]
    extensions: Mapping[int, int]
    roster: Roster

    def of(self, user: int) -> Dates:
        """A learner's own dates; where Moodle does not tell, those of the same class if all whom it told
        of agree, else the assignment's."""
        extension = self.extensions.get(user)
        if user in self.own:
            return dates_of(*self.own[user], extension, basis=DueBasis.OWN)
        classmates = {
            window
            for each, window in self.own.items()
            if self.roster.classes(each) & self.roster.classes(user)
        }
        if len(classmates) == 1:
            return dates_of(*classmates.pop(), extension, basis=DueBasis.CLASS)
        opens, due = self.assignment.allowsubmissionsfromdate, self.assignment.duedate
        return dates_of(opens, due, extension, basis=DueBasis.ASSIGNMENT)

    def digest_of(self, users: Iterable[int]) -> str:
        """What the dates of these learners look like."""
        return digest([(user, self.own.get(user)) for user in sorted(users)])


def ask_dates(
    client: MoodleClient, assignment: AssignmentRow, users: Iterable[int]
) -> dict[int, Reply[Participant]]:
    """Asks for the dates of these learners in the next `send`."""
    return {user: client.later(calls.participant(assignment.id, user)) for user in users}


def told_dates(replies: Mapping[int, Reply[Participant]]) -> dict[int, Window]:
    """The dates of those of whom Moodle told."""
    return {
        user: (reply.value.allowsubmissionsfromdate, reply.value.duedate)
        for user, reply in replies.items()
        if reply.error is None
    }
