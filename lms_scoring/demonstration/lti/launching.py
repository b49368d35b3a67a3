"""Launches: the page that begins one, and the login that answers the tool with an id_token."""

import json
import secrets
from collections.abc import Callable
from typing import Any

from lms_scoring.demonstration.lti import names
from lms_scoring.demonstration.lti.accounts import account_of, manages, may_enter, teaches
from lms_scoring.demonstration.lti.claims import id_token
from lms_scoring.demonstration.lti.launch import Launching
from lms_scoring.demonstration.lti.markup import error_page, posted_again, redirect, self_submitting
from lms_scoring.demonstration.lti.state import Intent, LtiState, Tool, Visit
from lms_scoring.demonstration.lti.visits import Asked
from lms_scoring.demonstration.moodle_model import MoodleModel
from lms_scoring.demonstration.wire import Answer

Sign = Callable[[dict[str, Any]], str]


class Launches:
    """Begins launches and answers the tool's question who the visitor is."""

    def __init__(self, model: MoodleModel, state: LtiState, sign: Sign) -> None:
        self._model = model
        self._state = state
        self._sign = sign

    def begin(self, asked: Asked) -> Answer:
        """``launch.php``: sends the browser to the tool's login with what belongs to the activity."""
        activity = self._state.activities.get(asked.number("id") or 0)
        if asked.visit is None:
            return redirect("/login/index.php")
        tool = None if activity is None else self._state.tools.get(activity.tool or 0)
        if activity is None or tool is None or not tool.active:
            return error_page("此活动没有可用的外部工具")
        intent = Intent(activity.course, tool.id, names.RESOURCE_LINK_REQUEST, activity.cmid)
        if asked.parameters.get("action") == "gradeReport":
            if not teaches(self._model, asked.visit.user):
                return error_page("没有权限")
            review, learner = names.SUBMISSION_REVIEW_REQUEST, asked.number("user")
            intent = Intent(activity.course, tool.id, review, activity.cmid, for_user=learner)
        return self._to_tool(asked.visit, tool, intent, activity.target or tool.target)

    def choose(self, asked: Asked) -> Answer:
        """``contentitem.php``: the same for choosing content; who may not is told so only afterwards."""
        tool = self._state.tools.get(asked.number("id") or 0)
        course = asked.number("course") or 0
        if asked.visit is None:
            return redirect("/login/index.php")
        if tool is None or not tool.active or course not in self._state.courses:
            return error_page("没有这个工具或课程")
        title, text = (asked.parameters.get(name, "") for name in ("title", "text"))
        intent = Intent(course, tool.id, names.DEEP_LINKING_REQUEST, title=title, text=text)
        return self._to_tool(asked.visit, tool, intent, tool.target)

    def log_in(self, asked: Asked) -> Answer:
        """``auth.php``: an id_token, an error for the tool, or a page where the tool cannot be trusted."""
        sent = asked.parameters
        if asked.visit is None and "repost" not in sent:
            return posted_again(_address(asked), _form(asked))
        intent = _taken(asked.visit, sent)
        tool = None if intent is None else self._state.tools.get(intent.tool)
        if asked.visit is None or intent is None or tool is None:
            return error_page()
        if sent.get("redirect_uri") not in tool.redirect_uris:
            return error_page()
        problem = _problem(sent, tool, asked.visit.user)
        if problem is not None:
            return _posted(sent, problem)
        return self._answered(asked.visit, intent, tool, sent)

    def _to_tool(self, visit: Visit, tool: Tool, intent: Intent, target: str) -> Answer:
        kind = f"{tool.id}_" if intent.activity is not None else "_ContentItemSelectionRequest"
        name = f"ltilaunch{kind}{secrets.randbelow(2**31)}"
        visit.launches[name] = intent
        activity = {} if intent.activity is None else {"cmid": intent.activity}
        fields = {
            "iss": self._model.base_url,
            "target_link_uri": target,
            "login_hint": str(visit.user),
            "lti_message_hint": json.dumps({**activity, "launchid": name}, separators=(",", ":")),
            "client_id": tool.client_id,
            "lti_deployment_id": str(tool.id),
        }
        return self_submitting(tool.login_url, fields, name="ltiInitiateLoginForm")

    def _answered(self, visit: Visit, intent: Intent, tool: Tool, sent: dict[str, str]) -> Answer:
        course = self._state.courses[intent.course]
        activity = self._state.activities.get(intent.activity or 0)
        account = account_of(self._model, visit.user)
        if account is None or not may_enter(self._model, visit.user, course):
            return redirect(f"{self._model.base_url}/enrol/index.php?id={course.id}")
        if (intent.activity is None and not manages(visit.user)) or (intent.activity and activity is None):
            return error_page("没有权限，或活动已不存在")
        launching = Launching(
            self._model, self._state, intent, tool, course, account, activity, visit.sesskey, sent["nonce"]
        )
        return _posted(sent, {"id_token": self._sign(id_token(launching))})


def _taken(visit: Visit | None, sent: dict[str, str]) -> Intent | None:
    """What the launch was begun for; it is used up by asking, right or wrong (once past the first looks)."""
    needed = ("scope", "response_type", "client_id", "redirect_uri", "login_hint", "nonce")
    if visit is None or not all(sent.get(name) for name in needed):
        return None
    if sent["scope"] != "openid" or sent["response_type"] != "id_token":
        return None
    try:
        hint = json.loads(sent.get("lti_message_hint", ""))
    except ValueError:
        return None
    name = hint.get("launchid") if isinstance(hint, dict) else None
    return visit.launches.pop(name, None) if isinstance(name, str) else None


def _problem(sent: dict[str, str], tool: Tool, user: int) -> dict[str, str] | None:
    if sent["client_id"] != tool.client_id:
        return {"error": "unauthorized_client"}
    if sent["login_hint"] != str(user):
        return {"error": "access_denied"}
    mode = sent.get("response_mode")
    if mode != "form_post":
        told = "Missing response_mode" if mode is None else "Invalid response_mode"
        return {"error": "invalid_request", "error_description": told}
    if sent.get("prompt") not in (None, "", "none"):
        return {"error": "invalid_request", "error_description": "Invalid prompt"}
    return None


def _posted(sent: dict[str, str], told: dict[str, str]) -> Answer:
    state = {"state": sent["state"]} if "state" in sent else {}
    return self_submitting(sent["redirect_uri"], {**told, **state}, name="ltiAuthForm")


def _address(asked: Asked) -> str:
    request = asked.request
    return f"{request.path}?{request.query}" if request.query else request.path


def _form(asked: Asked) -> dict[str, str]:
    query = dict(type(asked.request)("GET", "", asked.request.query, {}, b"").parameters())
    return {name: value for name, value in asked.parameters.items() if query.get(name) != value}
