"""Courses, and the schemes they are or were pinned to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import bindparam, select

from lms_scoring.domain.errors import UnknownCourse, UnknownScheme
from lms_scoring.domain.nearest import did_you_mean
from lms_scoring.ports import KeptCourse, KeptScheme
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import rows
from lms_scoring.store.tenant_connection import TenantConnection

_COURSES = (
    select(tables.course.c.id, tables.course.c.title, tables.course.c.scheme, tables.course.c.settings)
    .where(tables.course.c.tenant == bindparam("tenant_"))
    .order_by(tables.course.c.id)
)
_COURSE = _COURSES.where(tables.course.c.id == bindparam("course_"))
_SCHEME = select(tables.scheme.c.fingerprint, tables.scheme.c.name, tables.scheme.c.text).where(
    tables.scheme.c.tenant == bindparam("tenant_"), tables.scheme.c.fingerprint == bindparam("fingerprint_")
)


class Courses(TenantConnection):
    """The part of a transaction about what is set up."""

    def keep_scheme(self, scheme: KeptScheme) -> None:
        """Adds a scheme; the same fingerprint takes the newer name and text, which mean the same rules."""
        row = {"fingerprint": scheme.fingerprint, "name": scheme.name, "text": scheme.text}
        self.put_named(tables.scheme, [row])

    def scheme(self, fingerprint: str) -> KeptScheme:
        """Raises UnknownScheme."""
        for row in rows(self.connection, _SCHEME, tenant_=self.tenant, fingerprint_=fingerprint):
            return KeptScheme(fingerprint=row.fingerprint, name=row.name, text=row.text)
        raise UnknownScheme(f"no scheme with the fingerprint {fingerprint} is kept here")

    def schemes(self) -> Sequence[KeptScheme]:
        """All that are kept, by name and fingerprint."""
        table = tables.scheme
        query = select(table.c.fingerprint, table.c.name, table.c.text).where(table.c.tenant == self.tenant)
        found = self.connection.execute(query.order_by(table.c.name, table.c.fingerprint))
        return [KeptScheme(fingerprint=row.fingerprint, name=row.name, text=row.text) for row in found]

    def keep_course(self, course: KeptCourse) -> None:
        """Adds or changes a course. Raises UnknownScheme unless its scheme is kept already."""
        self.scheme(course.scheme)
        pinned = {"scheme": course.scheme, "settings": course.settings}
        self.put_named(tables.course, [{"id": course.id, "title": course.title, **pinned}])

    def course(self, course: str) -> KeptCourse:
        """Raises UnknownCourse, naming those there are."""
        for row in rows(self.connection, _COURSE, tenant_=self.tenant, course_=course):
            return _kept(row)
        known = [kept.id for kept in self.courses()]
        there_are = ", ".join(known) or "none yet: the first sync of a course sets it up"
        near = did_you_mean(course, known)
        raise UnknownCourse(f"no course {course!r} is set up here; there are: {there_are}{near}")

    def courses(self) -> Sequence[KeptCourse]:
        """All of them, by id."""
        found = rows(self.connection, _COURSES, tenant_=self.tenant)
        return [_kept(row) for row in found]


def _kept(row: Any) -> KeptCourse:
    return KeptCourse(id=row.id, title=row.title, scheme=row.scheme, settings=row.settings)
