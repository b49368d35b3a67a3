"""Which assignments of a course are to be read, and what their flags tell: extensions, released marks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from adapters.moodle import calls, hand_ins
from adapters.moodle.capabilities import what_to_do
from adapters.moodle.client import Foreseen
from adapters.moodle.cursor import digest
from adapters.moodle.functions import Function
from adapters.moodle.hand_ins import read_hand_ins
from adapters.moodle.moved_dates import Extensions, with_moved_dates
from adapters.moodle.payloads.hand_ins import AssignmentRow, FlagRow, UserFlags
from adapters.moodle.problems import data_loss, notice
from adapters.moodle.pull import Pull
from adapters.moodle.web_service import Call
from lms_scoring.domain.errors import PlatformError
from lms_scoring.ports import Batch, Problem


def read_assignments(pull: Pull, assignments: Sequence[AssignmentRow]) -> Iterator[Batch]:
    """Every assignment that may have changed. Of the others, flags and own dates are compared with the last
    pull, because Moodle's updates tell of neither."""
    if not assignments:
        return
    extensions = _extensions(pull, assignments)
    if extensions is None:
        yield Batch(problems=(_one_by_one(),))
    again = _to_read(pull, assignments, extensions)
    for assignment in assignments:
        if assignment.cmid in again:
            known = None if extensions is None else extensions.get(assignment.id, {})
            yield read_hand_ins(pull, assignment, known)
        elif pull.before is not None:
            pull.unchanged(assignment.cmid)
            pull.notes.late[assignment.cmid] = pull.before.late.get(assignment.cmid, [])
            pull.notes.dates[assignment.cmid] = pull.before.dates.get(assignment.cmid, {})


def foreseen(pull: Pull, assignments: Sequence[AssignmentRow]) -> Iterator[Foreseen]:
    """What `read_assignments` begins with where activities changed. Where places did, all assignments are
    read: so many lists are asked for one after another."""
    if assignments:
        yield _foreseen_flags(assignments)
        yield from (hand_ins.foreseen(pull, each) for each in assignments if pull.must_read(each.cmid))


def _foreseen_flags(assignments: Sequence[AssignmentRow]) -> Foreseen:
    yield [_flags(assignments)]


def _flags(assignments: Sequence[AssignmentRow]) -> Call[UserFlags]:
    return calls.user_flags([each.id for each in assignments])


def _extensions(pull: Pull, assignments: Sequence[AssignmentRow]) -> Extensions | None:
    """All extensions at once; None where the account may not, for it takes a capability to write. Whether
    identities are hidden is noted in any case: no update tells that they were revealed."""
    _note_flags(pull, assignments, {})
    reply = pull.client.later(_flags(assignments))
    pull.client.send()
    try:
        answer = reply.value
    except PlatformError:
        return None
    if data_loss("extensions", answer.warnings, subject="assign", function=Function.USER_FLAGS):
        return None
    rows = {each.assignmentid: each.userflags for each in answer.assignments}
    _note_flags(pull, assignments, rows)
    return {number: _granted(flags) for number, flags in rows.items()}


def _note_flags(
    pull: Pull, assignments: Sequence[AssignmentRow], rows: Mapping[int, Sequence[FlagRow]]
) -> None:
    for assignment in assignments:
        told = _told(rows.get(assignment.id, []))
        pull.notes.flags[assignment.cmid] = digest(told, assignment.is_blind)


def _told(flags: Sequence[FlagRow]) -> list[tuple[int, int, str]]:
    """What decides about deadlines and marks, in a fixed order."""
    told = ((flag.userid, flag.extensionduedate or 0, flag.workflowstate or "") for flag in flags)
    return sorted(each for each in told if any(each[1:]))


def _granted(flags: Sequence[FlagRow]) -> dict[int, int]:
    return {flag.userid: flag.extensionduedate for flag in flags if flag.extensionduedate}


def _to_read(pull: Pull, assignments: Sequence[AssignmentRow], extensions: Extensions | None) -> set[int]:
    before, flags = pull.before, pull.notes.flags
    if before is None or pull.places_changed:
        return {each.cmid for each in assignments}
    again = {
        each.cmid
        for each in assignments
        if pull.must_read(each.cmid) or before.flags.get(each.cmid) != flags.get(each.cmid)
    }
    quiet = [each for each in assignments if each.cmid not in again]
    return again | with_moved_dates(pull, before, quiet, extensions)


def _one_by_one() -> Problem:
    text = (
        "Extensions of deadlines cannot be read for all at once, so they are asked for one by one. "
        f"For a faster sync: {what_to_do(Function.USER_FLAGS)}"
    )
    return notice("extensions_one_by_one", text, subject="assign")
