"""What comes back from choosing content: a signed list of links, which become activities of the course."""

from threading import RLock
from typing import Any

from lms_scoring.demonstration.lti import names
from lms_scoring.demonstration.lti.accounts import manages
from lms_scoring.demonstration.lti.markup import error_page, page, posted_again
from lms_scoring.demonstration.lti.state import Activity, LtiState, Tool
from lms_scoring.demonstration.lti.tool_keys import KeysUnreachable, NotSigned, ToolKeys
from lms_scoring.demonstration.lti.visits import Asked
from lms_scoring.demonstration.wire import Answer

LARGEST_TEXT = 255


class Choices:
    """Takes the answers to deep linking requests.

    A Moodle hands the links to the form of a new activity and makes nothing before that is saved; here they
    are made at once.
    """

    def __init__(self, issuer: str, state: LtiState, keys: ToolKeys, lock: RLock) -> None:
        self._issuer = issuer
        self._state = state
        self._keys = keys
        self._lock = lock

    def take(self, asked: Asked) -> Answer:
        """``contentitem_return.php``: asks the browser to post again when it came without its cookie."""
        if asked.visit is None and "repost" not in asked.parameters:
            return posted_again(f"{asked.request.path}?{asked.request.query}", _sent(asked))
        tool = self._state.tools.get(asked.number("id") or 0)
        course = asked.number("course") or 0
        if not asked.confirmed or tool is None or course not in self._state.courses:
            return error_page()
        if asked.visit is None or not manages(asked.visit.user):
            return error_page("没有权限")
        try:
            claims = self._keys.claims(tool, asked.parameters.get("JWT", ""))
        except (NotSigned, KeysUnreachable) as error:
            return error_page(str(error) or "The tool's keys cannot be had")
        problem = self._problem(claims, tool)
        if problem is not None:
            return error_page(problem)
        with self._lock:
            made = [self._added(course, tool, item) for item in claims.get(_ITEMS, ()) if _is_link(item)]
        return _done(course, made)

    def _problem(self, claims: dict[str, Any], tool: Tool) -> str | None:
        if claims.get("iss") != tool.client_id:
            return "Consumer key is incorrect"
        audience = claims.get("aud")
        if self._issuer not in (audience if isinstance(audience, list) else [audience]):
            return "The answer is not for this site"
        if claims.get(names.LTI + "message_type") != "LtiDeepLinkingResponse":
            return "Invalid message type"
        if str(claims.get(names.LTI + "deployment_id")) != str(tool.id):
            return "Invalid deployment"
        return None

    def _added(self, course: int, tool: Tool, item: dict[str, Any]) -> Activity:
        column = item.get("lineItem") or {}
        made = self._state.add_activity(
            course,
            title=str(item.get("title") or tool.name)[:LARGEST_TEXT],
            tool=tool.id,
            maximum=float(column.get("scoreMaximum", 100)),
            description=str(item.get("text", "")),
            label=str(column.get("label", "")),
            resource_id=str(column.get("resourceId", "")),
            tag=str(column.get("tag", "")),
        )
        made.target = item.get("url") or None
        made.custom = {str(name): str(value) for name, value in (item.get("custom") or {}).items()}
        return made


_ITEMS = names.DEEP_LINKING + "content_items"


def _is_link(item: object) -> bool:
    return isinstance(item, dict) and item.get("type") == "ltiResourceLink"


def _sent(asked: Asked) -> dict[str, str]:
    return {"JWT": asked.parameters.get("JWT", "")}


def _done(course: int, made: list[Activity]) -> Answer:
    return page(
        "已添加",
        f'<main class="sheet"><h1>已添加 {len(made)} 个活动</h1>'
        f'<p><a href="/course/view.php?id={course}" target="_top">返回课程</a></p></main>',
    )
