"""Strangers: people in no list whose evidence is in the course. Platforms forget who leaves; we do not."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from adapters.moodle import calls
from adapters.moodle.evidence.people import known_person, person_id, withdrawn_learner
from adapters.moodle.evidence.site import Site, unreadable
from adapters.moodle.payloads.hand_ins import AssignmentRow
from adapters.moodle.payloads.people import User
from adapters.moodle.payloads.rows import rows_of
from adapters.moodle.problems import notice, refused
from adapters.moodle.pull import Pull
from adapters.moodle.roster import name_from_full, name_of
from lms_scoring.domain.errors import PlatformError
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.unread import Unread
from lms_scoring.ports import Batch, Problem

_AT_ONCE = 100


def introduce(pull: Pull) -> Batch:
    """Asks who the new strangers are. Who cannot be named by the platform gets the name that posts show;
    who was deleted has none."""
    old = set() if pull.before is None else set(pull.before.strangers)
    new = sorted(pull.notes.strangers - old)
    found, problems = _asked_for(pull, new)
    people: list[KnownPerson] = []
    order = pull.roster.name_order()
    for user in new:
        profile = found.get(user, User(id=user))
        name = name_of(profile) if user in found else name_from_full(pull.notes.names.get(user, ""), order)
        people.append(known_person(pull.site, profile, name=name, other_ids=pull.roster.users))
        if not name:
            problems.append(_nameless(pull.site, user))
    return Batch(people=people, problems=problems)


def withdrawn_records(pull: Pull, assignments: Sequence[AssignmentRow]) -> Batch:
    """The places of strangers who learnt here, and that their hand-ins are not to be had.

    They are taken for withdrawn only where the roster is sure to be complete.
    """
    if pull.notes.roster_incomplete:
        return Batch()
    users = sorted(withdrawn(pull))
    return Batch(
        records=[
            *(withdrawn_learner(pull.site, pull.course, user) for user in users),
            *(
                unreadable(pull.site, user, activity=str(each.cmid), why=Unread.HAND_INS_OF_LEAVER)
                for each in assignments
                for user in users
            ),
        ]
    )


def withdrawn(pull: Pull) -> set[int]:
    """Strangers who learnt here, now or in an earlier pull."""
    before: Collection[int] = () if pull.before is None else pull.before.withdrawn
    return {user for user in {*pull.notes.learnt, *before} if user not in pull.roster.users}


def _asked_for(pull: Pull, users: Sequence[int]) -> tuple[dict[int, User], list[Problem]]:
    replies = [
        pull.client.later(calls.users_by_id(users[start : start + _AT_ONCE]))
        for start in range(0, len(users), _AT_ONCE)
    ]
    pull.client.send()
    found: dict[int, User] = {}
    problems: list[Problem] = []
    for reply in replies:
        try:
            found |= {user.id: user for user in rows_of(reply.value, User).good}
        except PlatformError as error:
            problems.append(refused("The names of people in no list", error, subject="users"))
    return found, problems


def _nameless(site: Site, user: int) -> Problem:
    text = (
        "Somebody in no list left evidence here, and Moodle gives no name (the account was deleted, or "
        "shares no course with the service account any more). The evidence is kept under the user id"
    )
    told = notice("nameless", text, subject=f"user {user}")
    return replace(told, person=person_id(site, user))
