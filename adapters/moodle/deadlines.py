"""Deadlines: each learner's own, which Moodle tells one learner at a time and of some learners not at all."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from adapters.moodle import calls
from adapters.moodle.client import MoodleClient, Reply
from adapters.moodle.evidence.hand_ins import Dates, dates_of
from adapters.moodle.payloads.hand_ins import AssignmentRow, Participant, SubmissionRow, SubmissionStatus
from adapters.moodle.problems import lost, notice, refused
from adapters.moodle.pull import Findings
from adapters.moodle.refusals import concerns_one_person
from adapters.moodle.roster import Roster
from lms_scoring.domain.errors import PlatformError
from lms_scoring.domain.evidence import DueBasis
from lms_scoring.domain.instants import SECOND
from lms_scoring.ports import Guess, Problem


@dataclass(frozen=True, slots=True)
class Window:
    """Opening and deadline in seconds, with overrides and without extensions."""

    opens: int | None
    due: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadlines:
    """The dates of one assignment: `own` as told for a learner, `extended` who has an extension as told
    there, `states` how far the hand-in was, `extensions` until when (in seconds), `unsure` of whom nobody
    says whether there is one."""

    assignment: AssignmentRow
    roster: Roster
    own: Mapping[int, Window]
    extended: frozenset[int]
    states: Mapping[int, str]
    extensions: Mapping[int, int]
    unsure: frozenset[int] = frozenset()

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

    def guess_at(self, user: int) -> Guess:
        """How far a learner's dates are no more than a guess; what is told of them is at least so late."""
        told = self.own.get(user)
        if told is None:
            return Guess(dates=True, due_at_least=_moment(self.extensions.get(user)))
        if user in self.unsure and told.due:
            return Guess(dates=True, due_at_least=_moment(told.due))
        return Guess()

    def told(self) -> dict[int, str]:
        """What Moodle told of everybody's dates and hand-in, as the next pull compares it."""
        return {
            user: text_of_told(
                self.states[user], window, extended=user in self.extended, until=self.extensions.get(user)
            )
            for user, window in self.own.items()
        }

    def _dates(self, user: int, window: Window, *, basis: DueBasis) -> Dates:
        return dates_of(window.opens, window.due, self.extensions.get(user), basis=basis)


def text_of_told(state: str, window: Window, *, extended: bool, until: int | None) -> str:
    """What was told of one learner in one word: how far the hand-in is, opening, deadline, and until when
    there is an extension (`?`: there is one of which nobody says until when)."""
    extension = str(until) if until else "?" * extended
    return f"{state},{window.opens or 0},{window.due or 0},{extension}"


def may_be_extended(told: str) -> bool:
    """Whether the `text_of_told` tells of an extension."""
    return not told.endswith(",")


def window_of(told: Participant) -> Window:
    """The dates that Moodle told of one learner."""
    return Window(told.allowsubmissionsfromdate, told.duedate)


def state_of(told: Participant) -> str:
    """How far the hand-in of one learner is, in Moodle's word."""
    return told.submissionstatus or ""


def extension_of(told: SubmissionStatus) -> int | None:
    """Until when (seconds) one learner has an extension; None: there is none."""
    return None if told.lastattempt is None else told.lastattempt.extensionduedate or None


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
    states: Mapping[int, str],
    extensions: Mapping[int, int],
) -> Deadlines:
    """The dates of those of whom Moodle told. `states` are those of the hand-ins that are kept: what is told
    beside the dates, where it is, was asked for later, when a hand-in may have been removed."""
    told = {user: reply.value for user, reply in replies.items() if reply.error is None}
    return Deadlines(
        assignment=assignment,
        roster=roster,
        own={user: window_of(each) for user, each in told.items()},
        extended=frozenset(user for user, each in told.items() if each.grantedextension),
        states={
            user: state_of(each) if each.submissionstatus is None else states[user]
            for user, each in told.items()
        },
        extensions=extensions,
    )


def with_extensions(findings: Findings, rows: Sequence[SubmissionRow], deadlines: Deadlines) -> Deadlines:
    """With the extensions of those who have one, and of those of whom nobody says whether they have."""
    client, assignment = findings.pull.client, deadlines.assignment
    users = [
        row.userid for row in rows if row.userid not in deadlines.own or row.userid in deadlines.extended
    ]
    replies = {user: client.later(calls.submission_status(assignment.id, user)) for user in users}
    client.send()
    found: dict[int, int] = {}
    unsure: set[int] = set()
    refusals: dict[str, PlatformError] = {}
    for user, reply in replies.items():
        if reply.error is not None:
            refusals.setdefault(str(reply.error), reply.error)
            unsure.add(user)
        elif (until := extension_of(reply.value)) is not None:
            found[user] = until
    for refusal in refusals.values():
        findings.damaged([refused("Extensions of deadlines", refusal, subject=findings.subject)])
    return replace(deadlines, extensions=found, unsure=frozenset(unsure))


def missing_dates(replies: Mapping[int, Reply[Participant]], *, assignment: AssignmentRow) -> list[Problem]:
    """That dates could not be read, unless Moodle says only who these people are, and told the others."""
    errors = [reply.error for reply in replies.values() if reply.error is not None]
    if len(errors) < len(replies):
        errors = [error for error in errors if not concerns_one_person(error)]
    if not errors:
        return []
    text = (
        f"The own deadlines of {len(errors)} people in activity {assignment.cmid} could not be read: "
        f"{errors[0].reason}. What was known of them stays, else that of the class or assignment is taken. "
        "Add mod_assign_get_participant to the service and mod/assign:viewgrades to the role"
    )
    return [lost("dates_unreadable", text, subject=str(assignment.cmid))]


def borrowed(assignment: AssignmentRow, user: int, basis: DueBasis) -> Problem:
    """That somebody's own dates are not told."""
    whose = "that of the same class" if basis is DueBasis.CLASS else "the assignment's"
    text = (
        f"Moodle does not tell the own deadline of somebody who is suspended, or no participant, in activity "
        f"{assignment.cmid}; what was known of it stays, else {whose} is taken, with any extension"
    )
    return notice(f"due_of_{basis}", text, subject=f"{assignment.cmid}-{user}")


def _moment(seconds: int | None) -> int | None:
    return None if seconds is None else seconds * SECOND
