"""The changes of the LTI side by name, for the control door: ``{"change": "register_tool", …}``."""

import secrets
from collections.abc import Callable, Collection, Mapping, Sequence
from typing import Any

from lms_scoring.demonstration.lti import names
from lms_scoring.demonstration.lti.gradebook_page import put_by_hand
from lms_scoring.demonstration.lti.keys import PlatformKeys
from lms_scoring.demonstration.lti.state import Activity, Column, Course, LtiState, Tool
from lms_scoring.demonstration.moodle_model import MoodleModel, Row

LAST_RECORDED_COURSE = 3


class LtiChanges:
    """What tests and the demonstration may do to the platform, besides what its pages offer."""

    def __init__(self, model: MoodleModel, state: LtiState, keys: PlatformKeys) -> None:
        self._model = model
        self._state = state
        self._keys = keys
        self._by_name: dict[str, Callable[..., Any]] = {
            each.__name__: each
            for each in (
                self.register_tool,
                self.activate_tool,
                self.remove_tool,
                self.add_activity,
                self.edit_activity,
                self.copy_course,
                self.override_grade,
                self.rotate_platform_keys,
                self.block_key_fetching,
                self.speak,
            )
        }

    def knows(self, name: object) -> bool:
        """Whether there is a change of that name."""
        return name in self._by_name

    def make(self, told: dict[str, Any]) -> Any:
        """Makes the change that ``told`` names; its other members are the arguments. Raises ValueError."""
        return self._by_name[told["change"]](**{k: v for k, v in told.items() if k != "change"})

    def register_tool(
        self,
        *,
        login_url: str,
        redirect_uris: Sequence[str],
        jwks_url: str,
        target: str,
        name: str = "研修状态",
        custom: Mapping[str, str] | None = None,
        scopes: Sequence[str] = (*names.GRADE_SCOPES, names.MEMBERSHIP),
        shares_name: bool = True,
        shares_email: bool = True,
        active: bool = True,
        client_id: str = "",
    ) -> Row:
        """A tool that the administrator typed in; gives all that the tool has to know of the platform."""
        client = client_id or secrets.token_urlsafe(12)[:15]
        if self._state.tool_of_client(client) is not None:
            raise ValueError(f"there is a tool with client id {client}")
        number = 1 + max(self._state.tools, default=0)
        tool = Tool(
            number,
            client,
            name,
            login_url,
            list(redirect_uris),
            jwks_url,
            target,
            custom=dict(custom or {}),
            scopes=list(scopes),
            shares_name=shares_name,
            shares_email=shares_email,
            active=False,
        )
        self._state.tools[tool.id] = tool
        if active:
            self._state.activate(tool)
        return {**self._addresses(), "client_id": client, "deployment_id": str(tool.id)}

    def activate_tool(self, *, tool: int) -> None:
        """The administrator lets a tool be used that registered itself."""
        self._state.activate(self._tool(tool))

    def remove_tool(self, *, tool: int) -> None:
        """The administrator deletes a tool; its activities stay, without one."""
        del self._state.tools[self._tool(tool).id]

    def add_activity(self, *, title: str, tool: int, course: int | None = None) -> Row:
        """Another external-tool activity."""
        number = self._model.course_id if course is None else course
        if number not in self._state.courses:
            raise ValueError(f"there is no course {number}")
        made = self._state.add_activity(number, title=title, tool=self._tool(tool).id)
        return {"cmid": made.cmid, "resource_link": str(made.instance)}

    def edit_activity(
        self,
        *,
        cmid: int,
        title: str | None = None,
        description: str | None = None,
        leftover_key: str | None = None,
        custom: Mapping[str, str] | None = None,
    ) -> None:
        """Other texts; a leftover key of LTI 1.1 goes out as the audience, as Moodle does it."""
        activity = self._state.activities.get(cmid)
        if activity is None:
            raise ValueError(f"there is no external-tool activity {cmid}")
        told = {"title": title, "description": description, "leftover_key": leftover_key}
        for name, value in told.items():
            if value is not None:
                setattr(activity, name, value)
        if title is not None:
            for column in self._state.columns_of(activity.course):
                if column.own and column.link == activity.instance:
                    column.label = title
        if custom is not None:
            activity.custom = dict(custom)

    def copy_course(
        self, *, label: str, title: str = "", course: int | None = None, members: Collection[int] = ()
    ) -> Row:
        """A course copied with activities and columns, without grades and people (``members`` join it).

        New are the context id, the resource link ids and the columns' addresses; kept are tags and resource
        ids. The web services go on knowing the one course.
        """
        source = self._state.courses.get(self._model.course_id if course is None else course)
        if source is None:
            raise ValueError(f"there is no course {course}")
        number = 1 + max(LAST_RECORDED_COURSE, *self._state.courses)
        ancestors = [source.id, *source.ancestors]
        copy = Course(number, label, title or source.title, "", set(members), ancestors)
        self._state.courses[number] = copy
        activities = [self._copied(each, copy) for each in self._state.activities_of(source.id)]
        for column in self._state.columns_of(source.id):
            if column.link is None:
                self._copy_column(column, copy)
        return {"course": number, "activities": [each.cmid for each in activities]}

    def override_grade(self, *, column: int, user: int, score: float | None, comment: str = "") -> None:
        """A teacher puts another grade in; now, so that it is newer than what was sent."""
        if column not in self._state.columns:
            raise ValueError(f"there is no column {column}")
        now = self._model.now()
        put_by_hand(self._state.columns[column], user, score, comment=comment, at=now)

    def rotate_platform_keys(self, *, keep_former: bool = False) -> str:
        """The platform signs with another key from now on; gives its id."""
        return self._keys.rotate(keep_former=keep_former)

    def block_key_fetching(self, *, blocked: bool = True) -> None:
        """Moodle's default security: no private address is fetched from, so no tool here gets a token."""
        self._state.key_fetching_blocked = blocked

    def speak(self, *, language: str) -> None:
        """The language that launches name."""
        self._state.language = language

    def _copied(self, activity: Activity, course: Course) -> Activity:
        made = self._state.add_activity(
            course.id, title=activity.title, tool=activity.tool, description=activity.description
        )
        made.target, made.custom = activity.target, dict(activity.custom)
        (own,) = [each for each in self._state.columns_of(course.id) if each.link == made.instance]
        del self._state.columns[own.id]
        for column in self._state.columns_of(activity.course):
            if column.link == activity.instance:
                self._copy_column(column, course, link=made.instance)
        return made

    def _copy_column(self, column: Column, course: Course, *, link: int | None = None) -> None:
        self._state.add_column(
            course.id,
            tool=column.tool,
            label=column.label,
            maximum=column.maximum,
            resource_id=column.resource_id,
            tag=column.tag,
            link=link,
            own=column.own,
        )

    def _tool(self, tool: int) -> Tool:
        if tool not in self._state.tools:
            raise ValueError(f"there is no tool {tool}")
        return self._state.tools[tool]

    def _addresses(self) -> Row:
        root = self._model.base_url
        return {
            "issuer": root,
            "auth_url": root + names.AUTH,
            "token_url": root + names.TOKEN,
            "jwks_url": root + names.KEYS,
            "course_page": f"{root}/course/view.php?id={self._model.course_id}",
        }
