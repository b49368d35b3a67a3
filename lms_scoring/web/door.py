"""What the pages ask their questions of: a consultant for each course that is set up."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from lms_scoring.domain.errors import NotAllowed, UnknownCourse
from lms_scoring.ports import Store, Visitor
from lms_scoring.services.consult import Consultant, View
from lms_scoring.services.rules import CourseRules


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """The courses by id, as they are set up when a page is asked for, and the store they live in."""

    store: Store
    courses: Callable[[], Mapping[str, CourseRules]]

    def rules(self, course: str) -> CourseRules:
        """What the course is scored by. Raises UnknownCourse."""
        rules = self.courses().get(course)
        if rules is None:
            raise UnknownCourse("no course of that id is set up here")
        return rules

    def views(self, visitor: Visitor) -> Iterator[View]:
        """What the visitor may see of each course in which that is anything."""
        for rules in self.courses().values():
            try:
                yield Consultant(self.store, rules).view(visitor)
            except (NotAllowed, UnknownCourse):
                continue  # not theirs, or set up and never synced: nothing to list
