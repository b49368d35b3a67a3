"""The outline of a course: which course is meant, what it has, what changed; what is missing in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from adapters.moodle import calls
from adapters.moodle.client import MoodleClient, Reply
from adapters.moodle.cursor import Cursor
from adapters.moodle.enrolled import ask_people, told_roster
from adapters.moodle.evidence.entries import BLOG
from adapters.moodle.evidence.hand_ins import general_dates
from adapters.moodle.functions import Function
from adapters.moodle.payloads.courses import CourseRow, Module, Updates
from adapters.moodle.payloads.forums import ForumRow
from adapters.moodle.payloads.hand_ins import AssignmentRow, Assignments
from adapters.moodle.problems import data_loss, lost, notice, refused
from adapters.moodle.pull import Changes
from adapters.moodle.roster import Roster
from lms_scoring.domain.errors import PlatformError, UnknownCourse
from lms_scoring.domain.evidence import Role
from lms_scoring.ports import Activity, Problem, ProblemKind

_ASSIGNMENT = "assign"
_MUTE = ("journal", "diary", "videotime")
"""Kinds that no service account can read: no function gives others' entries, or any watching at all."""
_NO_EVIDENCE = frozenset({"ratings", "packagefiles", "introfiles", "introattachmentfiles", "comments"})
"""Updates that change nothing we read."""
_NOT_WHOLE = frozenset({ProblemKind.LOST, ProblemKind.REFUSED})
"""After these a list of people is not complete: who stood in a row that was set aside has not left."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outline:
    """The course as its lists show it. `roster_whole`: nothing hints at people who were not listed."""

    modules: Sequence[Module]
    assignments: Sequence[AssignmentRow]
    forums: Sequence[ForumRow]
    roster: Roster
    roster_whole: bool
    changes: Changes
    problems: Sequence[Problem]

    def activities(self) -> list[Activity]:
        """Every activity, and the blog."""
        assignments = {each.cmid: each for each in self.assignments}
        listed = [_activity(module, assignments.get(module.id)) for module in self.modules]
        return [*listed, Activity(id=BLOG, name="Blog", kind="blog")]

    def kinds(self) -> dict[str, int]:
        """How many activities there are of each kind."""
        return dict(Counter(module.modname for module in self.modules))


def _activity(module: Module, assignment: AssignmentRow | None) -> Activity:
    """An assignment's dates are those that hold for the service account, and so for who has no others."""
    plain = Activity(id=str(module.id), name=module.name, kind=module.modname, visible=module.visible)
    if assignment is None:
        return replace(plain, dates_told=module.modname != _ASSIGNMENT)
    dates = general_dates(assignment)
    marking = _marking(assignment.grade)
    return replace(plain, marking=marking, opens_at=dates.opens_at, due_at=dates.due_at)


def _marking(grade: int) -> str | None:
    """Minus the id of a scale, or the most points."""
    if grade == 0:
        return None
    return f"scale {-grade}" if grade < 0 else f"points of {grade}"


def find_course(client: MoodleClient, wanted: str) -> CourseRow:
    """The course by id, idnumber or short name, in this order. Raises UnknownCourse, PlatformError."""
    by_number = ["id"] if wanted.isascii() and wanted.isdigit() else []
    fields = [*by_number, "idnumber", "shortname"]
    replies = [client.later(calls.courses(field, wanted)) for field in fields]
    client.send()
    for reply in replies:
        if reply.value.courses:
            return reply.value.courses[0]
    raise UnknownCourse(
        f"{client.platform} shows no course {wanted!r} to the service account: neither an idnumber nor a "
        "short name (nor an id). Check the course file, and that the account may see the course"
    )


def read_outline(
    client: MoodleClient, course: int, *, roles: Mapping[str, Role], before: Cursor | None
) -> Outline:
    """The lists of a course, in one request where there are batches.

    Raises PlatformError where the activities or the people cannot be had at all.
    """
    contents = client.later(calls.contents(course))
    people = ask_people(client, course)
    assignments = client.later(calls.assignments(course))
    forums = client.later(calls.forums(course))
    updates = None if before is None else client.later(calls.updates_since(course, before.since))
    client.send()
    modules = [module for section in contents.value for module in section.modules]
    roster, roster_problems = told_roster(client, course, people, roles=roles)
    problems: list[Problem] = []
    outline = Outline(
        modules=modules,
        assignments=_assignments(assignments, modules, problems),
        forums=_forums(forums, modules, problems),
        roster=roster,
        roster_whole=not any(problem.kind in _NOT_WHOLE for problem in roster_problems),
        changes=_changes(updates, problems),
        problems=problems,
    )
    problems += roster_problems
    problems += _vanished(outline, before)
    problems += [_mute(module) for module in modules if module.modname in _MUTE]
    return outline


def _assignments(
    reply: Reply[Assignments], modules: Sequence[Module], problems: list[Problem]
) -> list[AssignmentRow]:
    try:
        answer = reply.value
    except PlatformError as error:
        problems.append(refused("The assignments", error, subject="assign"))
        return []
    rows = [row for course in answer.courses for row in course.assignments]
    problems += data_loss("assignments", answer.warnings, subject="assign", function=Function.ASSIGNMENTS)
    problems += _unlisted(_ASSIGNMENT, modules, {row.cmid for row in rows}, needs="mod/assign:view")
    return rows


def _forums(
    reply: Reply[list[ForumRow]], modules: Sequence[Module], problems: list[Problem]
) -> list[ForumRow]:
    try:
        rows = reply.value
    except PlatformError as error:
        problems.append(refused("The forums", error, subject="forum"))
        return []
    problems += _unlisted("forum", modules, {row.cmid for row in rows}, needs="mod/forum:viewdiscussion")
    return rows


def _unlisted(kind: str, modules: Sequence[Module], listed: set[int], *, needs: str) -> list[Problem]:
    missing = [module.id for module in modules if module.modname == kind and module.id not in listed]
    text = (
        "The activity is in the course and Moodle does not list it among its kind, so it was not read. "
        f"Probably the service account's role lacks {needs} there"
    )
    return [lost("activity_not_listed", text, subject=str(cmid)) for cmid in missing]


def _changes(reply: Reply[Updates] | None, problems: list[Problem]) -> Changes:
    if reply is None:
        return Changes(rows=None)
    try:
        answer = reply.value
    except PlatformError as error:
        text = f"What changed cannot be asked, so everything is read again: {error.reason}"
        problems.append(notice("updates_unavailable", text))
        return Changes(rows=None)
    rows: dict[int, set[int]] = {}
    for instance in answer.instances:
        for update in instance.updates:
            if update.name not in _NO_EVIDENCE:
                rows.setdefault(instance.id, set()).update(update.itemids)
    for warning in answer.warnings:
        if warning.itemid is not None:
            rows.setdefault(warning.itemid, set())  # nothing is said of it, so it may have changed
    return Changes(rows={cmid: frozenset(ids) for cmid, ids in rows.items()})


def _vanished(outline: Outline, before: Cursor | None) -> list[Problem]:
    """Without the capability to view them, all activities of a kind vanish, and nothing says so."""
    now = outline.kinds()
    known = {} if before is None else before.kinds
    text = (
        "All activities of this kind are gone since the last sync. If nobody deleted them, the service "
        "account's role lost the capability to view them (mod/…:view, mod/forum:viewdiscussion)"
    )
    return [lost("kind_vanished", text, subject=kind) for kind in known if kind not in now]


def _mute(module: Module) -> Problem:
    text = (
        f"Moodle gives a service account nothing of a {module.modname} activity, so what was done in it "
        "cannot be read. Use an assignment with online text for journals, and SCORM or xAPI for watching"
    )
    return notice("not_readable", text, subject=str(module.id))
