"""Launches under way, the courses of platforms that they come from, and who is whom there."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any

from sqlalchemy import bindparam, delete, select

from lms_scoring.domain.instants import HOUR
from lms_scoring.domain.registration import LaunchState
from lms_scoring.ports import MOST_UNDER_WAY, PlatformCourse
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import ask, list_parameter, listed_later, rows
from lms_scoring.store.tenant_connection import TENANT, TenantConnection

LONGEST_LAUNCH = HOUR
"""No state may live longer; so whatever ends that much earlier than a new one is over."""


_TAKE_STATE = (
    delete(tables.launch_state)
    .where(tables.launch_state.c.tenant == TENANT, tables.launch_state.c.digest == bindparam("digest_"))
    .returning(tables.launch_state.c.body)
)
_PLATFORM_COURSE = select(tables.platform_course).where(
    tables.platform_course.c.tenant == TENANT,
    tables.platform_course.c.registration == bindparam("registration_"),
    tables.platform_course.c.context == bindparam("context_"),
)
_PLATFORM_COURSES = (
    select(tables.platform_course)
    .where(
        tables.platform_course.c.tenant == TENANT,
        tables.platform_course.c.course.is_not_distinct_from(bindparam("course_")),
    )
    .order_by(tables.platform_course.c.registration, tables.platform_course.c.context)
)
_SUBJECTS = (
    select(tables.platform_subject.c.person, tables.platform_subject.c.subject)
    .where(
        tables.platform_subject.c.tenant == TENANT,
        tables.platform_subject.c.registration == bindparam("registration_"),
        tables.platform_subject.c.person.in_(listed_later("persons_")),
    )
    .order_by(tables.platform_subject.c.seen_at, tables.platform_subject.c.subject)
)


class Launches(TenantConnection):
    """The part of a transaction about launches and where they come from."""

    def keep_state(self, digest: str, state: LaunchState) -> None:
        """A launch under way; forgets those that were over an hour before this one will be, and the oldest
        of its registration where there are too many."""
        table = tables.launch_state
        over = table.c.expires_at < state.expires_at - LONGEST_LAUNCH
        self.connection.execute(delete(table).where(table.c.tenant == self.tenant, over))
        self.add(table, [(digest, state.expires_at, json.dumps(asdict(state)), state.registration)])
        theirs = (table.c.tenant == self.tenant, table.c.registration == state.registration)
        newest_first = select(table.c.expires_at).where(*theirs).order_by(table.c.expires_at.desc())
        oldest_to_stay = newest_first.offset(MOST_UNDER_WAY - 1).limit(1).scalar_subquery()
        self.connection.execute(delete(table).where(*theirs, table.c.expires_at < oldest_to_stay))

    def take_state(self, digest: str) -> LaunchState | None:
        """Uses the state up; one statement decides, so that of many who race one gets it."""
        taken = ask(self.connection, _TAKE_STATE, tenant_=self.tenant, digest_=digest)
        return LaunchState(**json.loads(taken[0][0])) if taken else None

    def keep_platform_course(self, course: PlatformCourse) -> None:
        """As the latest launch says; what it does not tell stays."""
        former = self.platform_course(course.registration, course.context)
        kept = course if former is None else _merged(former, course)
        scopes, history = json.dumps(sorted(kept.scopes)), json.dumps(kept.history)
        row = (
            *(kept.registration, kept.context, kept.title, kept.course, kept.deployment),
            *(kept.line_items, kept.line_item, kept.roster_url, scopes, history, kept.seen_at),
            kept.own_line_item,
        )
        self.put(tables.platform_course, [row])

    def platform_course(self, registration: int, context: str) -> PlatformCourse | None:
        """None where nobody was launched from it yet."""
        asked = {"tenant_": self.tenant, "registration_": registration, "context_": context}
        return next(map(_platform_course, rows(self.connection, _PLATFORM_COURSE, **asked)), None)

    def platform_courses(self, course: str | None = None) -> Sequence[PlatformCourse]:
        """Those of one of our courses, or all that nobody has set up; by registration and context."""
        found = rows(self.connection, _PLATFORM_COURSES, tenant_=self.tenant, course_=course)
        return [_platform_course(row) for row in found]

    def keep_subject(self, registration: int, subject: str, person: str, *, at: int) -> None:
        """Who is whom; a later word takes the place of an earlier one."""
        self.put(tables.platform_subject, [(registration, subject, person, at)])

    def forget_subjects(self, registration: int) -> None:
        """Nobody is anybody by it any more, until they launch again."""
        table = tables.platform_subject
        self.connection.execute(
            delete(table).where(table.c.tenant == self.tenant, table.c.registration == registration)
        )

    def person_of(self, registration: int, subject: str) -> str | None:
        """Our person behind a platform's subject."""
        table = tables.platform_subject
        query = select(table.c.person).where(
            table.c.tenant == self.tenant, table.c.registration == registration, table.c.subject == subject
        )
        return self.connection.execute(query).scalar_one_or_none()

    def subjects_of(self, registration: int, persons: Sequence[str]) -> Mapping[str, str]:
        """Person to subject, for those who have one; of several the one seen last."""
        asked = {"tenant_": self.tenant, "registration_": registration}
        return dict(ask(self.connection, _SUBJECTS, **asked, persons_=list_parameter(persons)))


def _merged(former: PlatformCourse, later: PlatformCourse) -> PlatformCourse:
    """Scopes and the address of the line items come together, or not at all. An activity that has no line
    item of its own says nothing of those of others."""
    grades = later if later.line_items is not None or later.scopes else former
    own = former.own_line_item if later.own_line_item is None else later.own_line_item
    return replace(
        later,
        title=former.title if later.title is None else later.title,
        course=former.course if later.course is None else later.course,
        line_items=grades.line_items,
        line_item=former.line_item if later.line_item is None else later.line_item,
        own_line_item=own,
        roster_url=former.roster_url if later.roster_url is None else later.roster_url,
        scopes=grades.scopes,
        history=later.history or former.history,
        seen_at=max(former.seen_at, later.seen_at),
    )


def _platform_course(row: Any) -> PlatformCourse:
    return PlatformCourse(
        registration=row.registration,
        context=row.context,
        title=row.title,
        course=row.course,
        deployment=row.deployment,
        line_items=row.line_items,
        line_item=row.line_item,
        own_line_item=row.own_line_item,
        roster_url=row.roster_url,
        scopes=frozenset(json.loads(row.scopes)),
        history=tuple(json.loads(row.history)),
        seen_at=row.seen_at,
    )
