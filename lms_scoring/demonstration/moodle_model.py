"""The changeable state of the stand-in Moodle, kept near the shape in which Moodle tells it."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

Row = dict[str, Any]
"""A row as Moodle's JSON has it."""


@dataclass
class Person:
    """Somebody the course knows. The rows are ``None`` where that list does not have the person."""

    id: int
    enrolled: Row | None = None
    gradable: Row | None = None
    participant: Row | None = None
    enrolment_suspended: bool = False
    account_suspended: bool = False
    deleted: bool = False

    @property
    def groups(self) -> list[int]:
        """The groups of an enrolled person."""
        return [] if self.enrolled is None else [group["id"] for group in self.enrolled["groups"]]


@dataclass
class HandIn:
    """One person's dealings with one assignment: the latest attempt, earlier ones, grades by attempt."""

    submission: Row | None = None
    previous: list[Row] = field(default_factory=list)
    grades: dict[int, Row] = field(default_factory=dict)
    feedback: Row | None = None
    dates: Row | None = None

    @property
    def attempt(self) -> int:
        """The number of the latest attempt, from 0 on."""
        if self.submission is not None:
            return int(self.submission["attemptnumber"])
        return max(self.grades, default=0)

    @property
    def grade(self) -> Row | None:
        """The grade of the latest attempt."""
        return self.grades.get(self.attempt)

    @property
    def status(self) -> str:
        """The status of the latest attempt; empty when there is none."""
        return "" if self.submission is None else str(self.submission["status"])


@dataclass
class Assignment:
    """An assignment: its own row, hand-ins and flags by person."""

    row: Row
    hand_ins: dict[int, HandIn] = field(default_factory=dict)
    flags: dict[int, Row] = field(default_factory=dict)

    def extension(self, user: int) -> int | None:
        """Until when the person's time is extended; ``None`` without a flags row, 0 without an extension."""
        return self.flags[user]["extensionduedate"] if user in self.flags else None


@dataclass
class Discussion:
    """A topic: the row of the forum's list, all its posts, and the ratings that come with them."""

    row: Row
    posts: list[Row]
    ratinginfo: Row


@dataclass
class Forum:
    """A forum and its discussions by id."""

    row: Row
    discussions: dict[int, Discussion] = field(default_factory=dict)


@dataclass
class Scorm:
    """A SCORM package: its SCOs, the last attempt by number per person and those that were deleted before it,
    tracks per (SCO, person) and attempt."""

    row: Row
    scoes: list[Row]
    attempts: dict[int, int] = field(default_factory=dict)
    deleted: dict[int, set[int]] = field(default_factory=dict)
    tracks: dict[tuple[int, int], dict[int, list[Row]]] = field(default_factory=dict)

    def counted(self, user: int) -> int:
        """How many attempts of a person there are."""
        return self.attempts.get(user, 0) - len(self.deleted.get(user, ()))


@dataclass
class MoodleModel:
    """Everything the stand-in knows. ``now`` gives the platform's clock in whole seconds."""

    base_url: str
    site_info: Row
    course: Row
    course_idnumber: str
    sections: list[Row]
    people: dict[int, Person] = field(default_factory=dict)
    participant_order: list[int] = field(default_factory=list)
    grading_order: list[int] = field(default_factory=list)
    groups: list[Row] = field(default_factory=list)
    group_members: dict[int, list[int]] = field(default_factory=dict)
    assignment_course: Row = field(default_factory=dict)
    assignments: dict[int, Assignment] = field(default_factory=dict)
    forums: dict[int, Forum] = field(default_factory=dict)
    scorms: dict[int, Scorm] = field(default_factory=dict)
    scorm_options: list[Row] = field(default_factory=list)
    lessons: list[Row] = field(default_factory=list)
    lesson_overviews: dict[int, Row] = field(default_factory=dict)
    lesson_timers: dict[tuple[int, int], list[Row]] = field(default_factory=dict)
    databases: list[Row] = field(default_factory=list)
    entries: dict[int, Row] = field(default_factory=dict)
    blog_entries: list[Row] = field(default_factory=list)
    course_blog_ids: set[int] = field(default_factory=set)
    h5p: Row = field(default_factory=dict)
    h5p_attempts: dict[int, Row] = field(default_factory=dict)
    completion: dict[int, list[Row]] = field(default_factory=dict)
    grade_items: dict[int, Row] = field(default_factory=dict)
    scales: dict[int, list[Row]] = field(default_factory=dict)
    configured: dict[int, int] = field(default_factory=dict)
    touched: dict[tuple[int, str], dict[int, int]] = field(default_factory=dict)
    unsupported: list[Row] = field(default_factory=list)
    denied: set[str] = field(default_factory=set)
    now: Callable[[], int] = lambda: int(time.time())

    @property
    def course_id(self) -> int:
        """The one course."""
        return int(self.course["id"])

    def modules(self) -> Iterator[Row]:
        """All activities in the order of the course page."""
        for section in self.sections:
            yield from section["modules"]

    def enrolled(self) -> list[Person]:
        """The enrolled, suspended ones included, by id."""
        return [person for _, person in sorted(self.people.items()) if person.enrolled is not None]

    def participants(self) -> list[Person]:
        """The active learners, in the order of Moodle's own lists."""
        people = (self.people[user] for user in self.participant_order if user in self.people)
        return [person for person in people if self.takes_part(person)]

    @staticmethod
    def takes_part(person: Person) -> bool:
        """Whether the person is an active learner."""
        return person.participant is not None and not (
            person.enrolment_suspended or person.account_suspended or person.deleted
        )

    def discussion(self, discussion_id: int) -> Discussion | None:
        """The discussion of that id, in whichever forum."""
        for forum in self.forums.values():
            if discussion_id in forum.discussions:
                return forum.discussions[discussion_id]
        return None
