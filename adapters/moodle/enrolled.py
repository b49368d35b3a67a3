"""Everybody enrolled in a course, as its lists of people tell it; what is missing in silence."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass

import msgspec

from adapters.moodle import calls
from adapters.moodle.client import MoodleClient, Reply
from adapters.moodle.payloads.people import GradableUsers, User
from adapters.moodle.payloads.rows import rows_of
from adapters.moodle.problems import bad_rows, by_id, lost, notice
from adapters.moodle.roster import Roster
from adapters.moodle.suspensions import suspensions
from lms_scoring.domain.evidence import Role
from lms_scoring.ports import Problem

_PAGE = 500
_MOST_PAGES = 400


@dataclass(frozen=True, slots=True)
class PeopleAsked:
    """The lists of a course's people: a first page of everybody, those whose enrolment is suspended, and the
    learners with their accounts."""

    enrolled: Reply[list[msgspec.Raw]]
    suspended: Reply[list[msgspec.Raw]]
    gradable: Reply[GradableUsers]


def ask_people(client: MoodleClient, course: int) -> PeopleAsked:
    """Asks for them in the next `send`."""
    return PeopleAsked(
        enrolled=client.later(calls.enrolled_users(course, start=0, limit=_PAGE)),
        suspended=client.later(calls.suspended_users(course)),
        gradable=client.later(calls.gradable_users(course)),
    )


def told_roster(
    client: MoodleClient, course: int, asked: PeopleAsked, *, roles: Mapping[str, Role]
) -> tuple[Roster, list[Problem]]:
    """Who is in the course, all pages read. Raises PlatformError where nobody can be had at all."""
    problems: list[Problem] = []
    users = _all_users(client, course, asked.enrolled.value, problems)
    told = suspensions(asked.suspended, asked.gradable, problems)
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
    if len(roster.learners) > 1 and roster.withdrawn.issuperset(roster.learners):
        problems.append(_everybody_suspended(len(roster.learners)))
    if roster.without_place:
        problems.append(_without_place(roster))
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


def _everybody_suspended(learners: int) -> Problem:
    text = (
        f"All {learners} learners of the course are suspended. Moodle calls enrolments so that are past "
        "their end date or before their start, too: if these people take part, extend the enrolments there"
    )
    return notice("everybody_suspended", text, subject="people")


def _without_place(roster: Roster) -> Problem:
    """Whose role counts as nothing has no card, and nothing else says so."""
    roles = Counter(role.shortname for user in roster.without_place for role in user.roles)
    told = ", ".join(f"{role} ({count})" for role, count in sorted(roles.items())) or "none at all"
    text = (
        f"{len(roster.without_place)} people are enrolled with no role that counts here as a learner's or a "
        f"tutor's, and are not scored; their roles: {told}. Where one should count, name it under `roles` in "
        "the course file, together with the others that do"
    )
    return notice("roles_uncounted", text, subject="people")


def _no_accounts() -> Problem:
    text = (
        "Moodle shows nobody's username or idnumber, so statements that name people by them find no owner. "
        "Give the service account's role moodle/user:viewalldetails"
    )
    return notice("accounts_hidden", text, subject="people")
