"""What the platform keeps beside the course: tools, activities, gradebook columns, visits, tokens."""

import secrets
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from lms_scoring.demonstration.lti.names import GRADE_SCOPES, MEMBERSHIP
from lms_scoring.demonstration.moodle_model import MoodleModel

ACTIVITY_TITLE = "研修状态"
FIRST_ACTIVITY = 28
"""The course module id that the recorded activity had."""
FIRST_COLUMN = 14
"""The id that the column of the recorded activity had."""


@dataclass
class Tool:
    """An external tool of the site; its id is also the id of its one deployment."""

    id: int
    client_id: str
    name: str
    login_url: str
    redirect_uris: list[str]
    jwks_url: str
    target: str
    custom: dict[str, str] = field(default_factory=dict)
    scopes: list[str] = field(default_factory=lambda: [*GRADE_SCOPES, MEMBERSHIP])
    shares_name: bool = True
    shares_email: bool = True
    active: bool = True


@dataclass
class Course:
    """A course; ``members`` None: those of the web services. ``ancestors``: what it was copied from."""

    id: int
    label: str
    title: str
    idnumber: str
    members: set[int] | None = None
    ancestors: list[int] = field(default_factory=list)


@dataclass
class Activity:
    """An external-tool activity. ``leftover_key`` is a key of LTI 1.1 that nobody removed."""

    cmid: int
    instance: int
    course: int
    title: str
    tool: int | None = None
    description: str = ""
    target: str | None = None
    custom: dict[str, str] = field(default_factory=dict)
    leftover_key: str = ""


@dataclass
class Grade:
    """What one person has in one column; ``at`` in whole seconds. No ``score``: cleared, or never given."""

    score: float | None
    at: int
    comment: str = ""
    by_hand: bool = False


@dataclass
class Column:
    """A column of a gradebook. ``link``: the activity instance it belongs to; ``own``: as that one's own."""

    id: int
    course: int
    tool: int | None
    label: str
    maximum: float
    resource_id: str = ""
    tag: str = ""
    link: int | None = None
    own: bool = False
    grades: dict[int, Grade] = field(default_factory=dict)


@dataclass(frozen=True)
class Intent:
    """What a launch was begun for; ``activity`` None: to choose content for a course."""

    course: int
    tool: int
    message: str
    activity: int | None = None
    for_user: int | None = None
    title: str = ""
    text: str = ""


@dataclass
class Visit:
    """A signed-in browser."""

    user: int
    sesskey: str = field(default_factory=lambda: secrets.token_urlsafe(7)[:10], repr=False)
    launches: dict[str, Intent] = field(default_factory=dict)


@dataclass(frozen=True)
class AccessToken:
    """What a tool may do, until when."""

    tool: int
    scopes: frozenset[str]
    ends_at: int


@dataclass
class LtiState:
    """Everything the LTI side knows."""

    courses: dict[int, Course]
    tools: dict[int, Tool] = field(default_factory=dict)
    activities: dict[int, Activity] = field(default_factory=dict)
    columns: dict[int, Column] = field(default_factory=dict)
    visits: dict[str, Visit] = field(default_factory=dict, repr=False)
    tokens: dict[str, AccessToken] = field(default_factory=dict, repr=False)
    used_registrations: set[str] = field(default_factory=set, repr=False)
    language: str = "zh_cn"
    key_fetching_blocked: bool = False
    secret: str = field(default_factory=lambda: secrets.token_hex(16), repr=False)
    _cmids: Iterator[int] = field(default_factory=lambda: count(FIRST_ACTIVITY), repr=False)
    _instances: Iterator[int] = field(default_factory=lambda: count(1), repr=False)
    _columns: Iterator[int] = field(default_factory=lambda: count(FIRST_COLUMN), repr=False)

    def add_activity(
        self,
        course: int,
        *,
        title: str,
        tool: int | None,
        description: str = "",
        label: str = "",
        maximum: float = 100,
        resource_id: str = "",
        tag: str = "",
    ) -> Activity:
        """A new activity with a column of its own; ``label`` and what follows are the column's."""
        made = Activity(next(self._cmids), next(self._instances), course, title, tool, description)
        self.activities[made.cmid] = made
        self.add_column(
            course,
            tool=tool,
            label=label or title,
            maximum=maximum,
            resource_id=resource_id,
            tag=tag,
            link=made.instance,
            own=True,
        )
        return made

    def add_column(
        self,
        course: int,
        *,
        tool: int | None,
        label: str,
        maximum: float,
        resource_id: str = "",
        tag: str = "",
        link: int | None = None,
        own: bool = False,
    ) -> Column:
        """A new, empty column."""
        made = Column(next(self._columns), course, tool, label, maximum, resource_id, tag, link, own)
        self.columns[made.id] = made
        return made

    def columns_of(self, course: int, tool: int | None = None) -> list[Column]:
        """The columns of a course, or those of one tool in it, oldest first."""
        every = (each for each in self.columns.values() if each.course == course)
        return [each for each in every if tool is None or each.tool == tool]

    def column_of(self, activity: Activity) -> Column | None:
        """The one column of an activity; None when there are several or none."""
        linked = [each for each in self.columns_of(activity.course) if each.link == activity.instance]
        return linked[0] if len(linked) == 1 else None

    def activities_of(self, course: int) -> list[Activity]:
        """The activities of a course, oldest first."""
        return [each for each in self.activities.values() if each.course == course]

    def tool_of_client(self, client_id: str) -> Tool | None:
        """The tool of that client id."""
        return next((each for each in self.tools.values() if each.client_id == client_id), None)

    def activate(self, tool: Tool) -> None:
        """The tool may be used; an activity that waits for one takes it."""
        tool.active = True
        for activity in self.activities.values():
            if activity.tool is None:
                activity.tool = tool.id
                for column in self.columns_of(activity.course):
                    if column.link == activity.instance:
                        column.tool = tool.id


def first_state(model: MoodleModel) -> LtiState:
    """The course with one activity that waits for its tool."""
    course = Course(
        model.course_id, model.course["shortname"], model.course["fullname"], model.course_idnumber
    )
    state = LtiState({course.id: course})
    state.add_activity(course.id, title=ACTIVITY_TITLE, tool=None)
    return state
