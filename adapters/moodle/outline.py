"""The outline of a course: which course is meant, its activities, its people; what is missing in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import msgspec

from adapters.moodle import calls
from adapters.moodle.client import MoodleClient, Reply
from adapters.moodle.cursor import Cursor
from adapters.moodle.evidence.entries import BLOG
from adapters.moodle.functions import Function
from adapters.moodle.payloads.courses import CourseRow, Module, Updates
from adapters.moodle.payloads.forums import ForumRow
from adapters.moodle.payloads.hand_ins import AssignmentRow, Assignments
from adapters.moodle.payloads.people import GradableUsers, User
from adapters.moodle.payloads.rows import rows_of
from adapters.moodle.problems import bad_rows, by_id, data_loss, lost, notice, refused
from adapters.moodle.pull import Changes
from adapters.moodle.roster import Roster
from adapters.moodle.suspensions import suspensions
from lms_scoring.domain.errors import PlatformError, UnknownCourse
from lms_scoring.domain.evidence import Role
from lms_scoring.ports import Activity, Problem, ProblemKind

_PAGE = 500
_MOST_PAGES = 400
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
        grades = {each.cmid: each.grade for each in self.assignments}
        listed = [
            Activity(
                id=str(module.id),
                name=module.name,
                kind=module.modname,
                visible=module.visible,
                marking=_marking(grades.get(module.id, 0)),
            )
            for module in self.modules
        ]
        return [*listed, Activity(id=BLOG, name="Blog", kind="blog")]

    def kinds(self) -> dict[str, int]:
        """How many activities there are of each kind."""
        return dict(Counter(module.modname for module in self.modules))


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
    enrolled = client.later(calls.enrolled_users(course, start=0, limit=_PAGE))
    suspended = client.later(calls.suspended_users(course))
    gradable = client.later(calls.gradable_users(course))
    assignments = client.later(calls.assignments(course))
    forums = client.later(calls.forums(course))
    updates = None if before is None else client.later(calls.updates_since(course, before.since))
    client.send()
    modules = [module for section in contents.value for module in section.modules]
    roster, roster_problems = _roster(client, course, roles, enrolled, suspended, gradable)
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


def _roster(
    client: MoodleClient,
    course: int,
    roles: Mapping[str, Role],
    enrolled: Reply[list[msgspec.Raw]],
    suspended: Reply[list[msgspec.Raw]],
    gradable: Reply[GradableUsers],
) -> tuple[Roster, list[Problem]]:
    problems: list[Problem] = []
    users = _all_users(client, course, enrolled.value, problems)
    told = suspensions(suspended, gradable, problems)
    roster = Roster(
        users=users,
        withdrawn=frozenset(told.suspended),
        roles=roles,
        withdrawn_known=told.all_known,
        unsure=frozenset(told.unsure),
    )
    if users and not any(user.username for user in users.values()):
        problems.append(_no_accounts())
    if not users:
        problems.append(_nobody())
    elif told.gradable is not None:
        problems += _thin(roster, told.gradable)
    return roster, problems


def _all_users(
    client: MoodleClient, course: int, first: list[msgspec.Raw], problems: list[Problem]
) -> dict[int, User]:
    """The whole roster, page by page; there is no total, so a short page is the last.

    A platform that gives the same page again and again would never end, so one without anybody new is the
    last too, and said to be one.
    """
    users: dict[int, User] = {}
    page = first
    for number in range(1, _MOST_PAGES + 1):
        rows = rows_of(page, User)
        news = [user for user in rows.good if user.id not in users]
        users |= {user.id: user for user in rows.good}
        people = by_id(client.platform)
        problems += bad_rows("the enrolled people", rows.bad, subject="people", named=people)
        if len(page) < _PAGE:
            return users
        if not news:
            break
        page = client.ask(calls.enrolled_users(course, start=number * _PAGE, limit=_PAGE))
    problems.append(_no_end(len(users)))
    return users


def _thin(roster: Roster, gradable: frozenset[int]) -> list[Problem]:
    """What two lists of the same people tell about each other."""
    problems = []
    unlisted = sum(user not in roster.users for user in gradable)
    if unlisted:
        text = (
            f"{unlisted} learners can be graded and are not in the list of enrolled people, so that list is "
            "not complete. Give the service account's role moodle/site:accessallgroups and "
            "moodle/user:viewdetails"
        )
        problems.append(lost("roster_incomplete", text, subject="people"))
    if any(user in roster.withdrawn and user not in gradable for user in roster.learners):
        text = (
            "Suspended learners are hidden, so their work is missing. Give the service account's role "
            "moodle/course:viewsuspendedusers in the course"
        )
        problems.append(lost("suspended_hidden", text, subject="people"))
    return problems


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
    problems += _unlisted("assign", modules, {row.cmid for row in rows}, needs="mod/assign:view")
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


def _no_end(read: int) -> Problem:
    text = (
        f"Moodle's list of enrolled people does not end: after {read} of them its pages bring nobody new, or "
        "there are too many. Who may come after them is not known, so nobody is taken to have left"
    )
    return lost("roster_endless", text, subject="people")


def _nobody() -> Problem:
    text = (
        "Moodle lists nobody in the course, so nothing of it was read and what is known stays. If people are "
        "enrolled, the service account's role lacks moodle/user:viewdetails or moodle/site:accessallgroups"
    )
    return lost("no_participants", text, subject="people")


def _no_accounts() -> Problem:
    text = (
        "Moodle shows nobody's username or idnumber, so statements that name people by them find no owner. "
        "Give the service account's role moodle/user:viewalldetails"
    )
    return notice("accounts_hidden", text, subject="people")
