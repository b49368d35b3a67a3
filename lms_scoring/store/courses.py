"""Courses, and the schemes they are or were pinned to."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from lms_scoring.domain.errors import UnknownCourse, UnknownScheme
from lms_scoring.ports import KeptCourse, KeptScheme
from lms_scoring.store import tables
from lms_scoring.store.tenant_connection import TenantConnection


class Courses(TenantConnection):
    """The part of a transaction about what is set up."""

    def keep_scheme(self, scheme: KeptScheme) -> None:
        """Adds a scheme; the same fingerprint takes the newer name and text, which mean the same rules."""
        row = {"fingerprint": scheme.fingerprint, "name": scheme.name, "text": scheme.text}
        self.put_named(tables.scheme, [row])

    def scheme(self, fingerprint: str) -> KeptScheme:
        """Raises UnknownScheme."""
        table = tables.scheme
        query = select(table.c.fingerprint, table.c.name, table.c.text).where(
            table.c.tenant == self.tenant, table.c.fingerprint == fingerprint
        )
        row = self.connection.execute(query).one_or_none()
        if row is None:
            raise UnknownScheme(f"no scheme with the fingerprint {fingerprint} is kept here")
        return KeptScheme(fingerprint=row.fingerprint, name=row.name, text=row.text)

    def keep_course(self, course: KeptCourse) -> None:
        """Adds or changes a course. Raises UnknownScheme unless its scheme is kept already."""
        self.scheme(course.scheme)
        pinned = {"scheme": course.scheme, "settings": course.settings}
        self.put_named(tables.course, [{"id": course.id, "title": course.title, **pinned}])

    def course(self, course: str) -> KeptCourse:
        """Raises UnknownCourse, naming those there are."""
        courses = {kept.id: kept for kept in self.courses()}
        if course not in courses:
            there_are = ", ".join(courses) or "none yet"
            raise UnknownCourse(f"no course {course!r} is set up here; there are: {there_are}")
        return courses[course]

    def courses(self) -> Sequence[KeptCourse]:
        """All of them, by id."""
        table = tables.course
        query = (
            select(table.c.id, table.c.title, table.c.scheme, table.c.settings)
            .where(table.c.tenant == self.tenant)
            .order_by(table.c.id)
        )
        return [
            KeptCourse(id=row.id, title=row.title, scheme=row.scheme, settings=row.settings)
            for row in self.connection.execute(query)
        ]
