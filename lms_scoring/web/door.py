"""What the pages ask their questions of: a consultant for each course that is set up."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lms_scoring.domain.errors import Mistakes, NotAllowed, UnknownCourse, UnknownScheme
from lms_scoring.ports import Store, Visitor
from lms_scoring.services.access.seeing import View, check_part
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.web.access.sessions import current_visitor

_log = logging.getLogger(__name__)

_UNREADABLE = (Mistakes, UnknownScheme)
"""What a course raises whose kept settings or scheme this program cannot read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """The courses by id, as they are set up when a page is asked for, and the store they live in.

    A course is read when it is asked for, so one that cannot be read closes no other.
    """

    store: Store
    courses: Callable[[], Mapping[str, CourseRules]]

    def rules(self, course: str) -> CourseRules:
        """What the course is scored by. Raises UnknownCourse; and, to who has a part in the course, Mistakes
        or UnknownScheme where it cannot be read."""
        try:
            rules = self.courses().get(course)
        except _UNREADABLE:
            check_part(self.store, course, current_visitor())
            raise
        if rules is None:
            raise UnknownCourse("no course of that id is set up here")
        return rules

    def views(self, visitor: Visitor) -> Iterator[View]:
        """What the visitor may see of each course in which that is anything."""
        courses = self.courses()
        for course in courses:
            try:
                yield Consultant(self.store, courses[course]).view(visitor)
            except (NotAllowed, UnknownCourse):
                continue  # not theirs, or set up and never synced: nothing to list
            except _UNREADABLE as error:
                _log.error("course %s is left out of the list, for it cannot be read: %s", course, error)
