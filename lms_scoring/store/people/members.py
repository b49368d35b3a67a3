"""People and memberships, as they are asked for."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Text, bindparam

from lms_scoring.domain.evidence import Membership, MembershipStatus
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.store import tables
from lms_scoring.store.closing.frozen import closing_of, frozen_memberships
from lms_scoring.store.databases.dialect import ask
from lms_scoring.store.roll import (
    known_people,
    latest_memberships,
    members_asked,
    memberships_of,
    names_of,
)
from lms_scoring.store.tenant_connection import TenantConnection

_OF_GROUP = latest_memberships(tables.evidence.c.record, tables.evidence.c.body).where(
    tables.evidence.c.source == bindparam("source_"),
    tables.evidence.c.record.like(bindparam("ending_", type_=Text), escape="!"),
    tables.evidence.c.state == MembershipStatus.ACTIVE.value,
    tables.evidence.c.gone_run.is_(None),
    tables.account.c.person.is_not(None),
)


class Members(TenantConnection):
    """The part of a transaction about people and memberships."""

    def people(self, course: str, *, persons: Collection[str] | None = None) -> Sequence[KnownPerson]:
        """Everyone who is or was a member, by id; or those of them that are named."""
        members = members_asked(self, course, persons)
        named = {member.person for member in members if member.person is not None}
        return list(known_people(self, sorted(named)).values())

    def names(self, persons: Collection[str]) -> Mapping[str, str]:
        """The names of those that are known here, whatever course they are of, by id."""
        return names_of(self, persons)

    def memberships(
        self, course: str, *, persons: Collection[str] | None = None, today: bool = False
    ) -> Sequence[Membership]:
        """The latest version of each, gone ones as withdrawn, by person and id."""
        return memberships_of(self, course, persons=persons, today=today)

    def classes_of_groups(self, course: str, source: str, groups: Collection[str]) -> Collection[str]:
        """The classes of the active memberships whose ids end with one of the groups (`learner-7-3`: 3).

        A tutor's every page asks this, so the members of all other groups are not looked at.
        """
        closing = closing_of(self, course)
        if closing is not None:
            places = [one for one in frozen_memberships(self, closing) if one.source == source]
            active = [one for one in places if one.is_active]
            return {one.class_ for one in active if one.class_ and one.id.rpartition("-")[2] in groups}
        bodies: set[str] = set()
        for group in groups:
            asked = {"tenant_": self.tenant, "course_": course, "source_": source}
            found = ask(self.connection, _OF_GROUP, **asked, ending_=f"%-{_plain(group)}")
            bodies |= {body for record, body in found if record.rpartition("-")[2] == group}
        classes = {json.loads(body)["class"] for body in bodies}
        return {class_ for class_ in classes if class_}


def _plain(text: str) -> str:
    """The text as a pattern that only it fits, with ! as the escape."""
    return re.sub("([!%_])", r"!\1", text)
