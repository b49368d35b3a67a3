"""The administrator's pages: the tools of the site, registering one, activating it."""

from html import escape
from urllib.parse import urlencode, urlsplit

from lms_scoring.demonstration.lti.accounts import ADMINISTRATOR
from lms_scoring.demonstration.lti.markup import error_page, page, redirect
from lms_scoring.demonstration.lti.registration import Registrations
from lms_scoring.demonstration.lti.site_pages import heading
from lms_scoring.demonstration.lti.state import LtiState, Tool, Visit
from lms_scoring.demonstration.lti.visits import Asked
from lms_scoring.demonstration.moodle_model import MoodleModel
from lms_scoring.demonstration.wire import Answer

TOOLS = "/mod/lti/toolconfigure.php"
_CLOSED = """<script>addEventListener("message", function (event) {
  var told = event.data;
  if (told && told.subject === "org.imsglobal.lti.close") { location.reload(); }
});</script>"""


class ToolPages:
    """``toolconfigure.php`` and what it leads to."""

    def __init__(self, model: MoodleModel, state: LtiState, registrations: Registrations) -> None:
        self._model = model
        self._state = state
        self._registrations = registrations

    def show(self, asked: Asked) -> Answer:
        """All tools, and the form that lets one register itself."""
        visit = asked.visit
        if visit is None or visit.user != ADMINISTRATOR.id:
            return redirect("/login/index.php")
        rows = "".join(_row(tool, visit) for tool in self._state.tools.values())
        none = '<p class="quiet">还没有外部工具。</p>'
        top = heading(self._model, self._state.courses[self._model.course_id], visit)
        register = (
            '<section><h2>注册外部工具</h2><form method="get" target="registration"'
            ' action="/mod/lti/startltiadvregistration.php">'
            f'<input type="hidden" name="sesskey" value="{visit.sesskey}">'
            '<label>工具的注册网址（LTI Advantage）<input name="url" type="url" required></label>'
            '<button class="main">注册</button></form>'
            '<iframe name="registration" title="注册"></iframe></section>'
        )
        tools = f"<section><h2>已有的工具</h2>{rows or none}</section>"
        return page("外部工具", f"{top}<main><h1>外部工具</h1>{tools}{register}</main>{_CLOSED}")

    def start(self, asked: Asked) -> Answer:
        """``startltiadvregistration.php``: on to the tool, which asks back with a token that is good once."""
        if asked.visit is None or asked.visit.user != ADMINISTRATOR.id or not asked.confirmed:
            return error_page("没有权限")
        url = asked.parameters.get("url", "")
        if urlsplit(url).scheme not in ("http", "https"):
            return error_page("网址无效")
        if "type" not in asked.parameters and self._knows(urlsplit(url).netloc):
            again = escape(f"{asked.request.path}?{urlencode({**asked.parameters, 'type': '0'})}")
            text = f'<p>此网站已有一个工具。</p><p><a href="{again}">注册为新的工具</a></p>'
            return page("注册", f'<main class="sheet"><h1>注册外部工具</h1>{text}</main>')
        return redirect(self._registrations.start_address(url), status=302)

    def settle(self, asked: Asked) -> Answer:
        """``typessettings.php``: activates a tool that waits, or deletes it."""
        tool = self._state.tools.get(asked.number("id") or 0)
        if asked.visit is None or asked.visit.user != ADMINISTRATOR.id or not asked.confirmed:
            return error_page("没有权限")
        if tool is None:
            return error_page("没有这个工具")
        match asked.parameters.get("action"):
            case "accept":
                self._state.activate(tool)
            case "reject" | "delete":
                del self._state.tools[tool.id]
            case _:
                return error_page()
        return redirect(TOOLS)

    def _knows(self, host: str) -> bool:
        return any(urlsplit(tool.target).netloc == host for tool in self._state.tools.values())


def _row(tool: Tool, visit: Visit) -> str:
    told = (
        f"<p><strong>{escape(tool.name)}</strong> {'已启用' if tool.active else '等待启用'}<br>"
        f'<span class="quiet">client id {escape(tool.client_id)} · deployment id {tool.id}</span></p>'
    )
    if tool.active:
        return told
    return told + (
        '<form class="people" method="post" action="/mod/lti/typessettings.php">'
        f'<input type="hidden" name="sesskey" value="{visit.sesskey}">'
        f'<input type="hidden" name="id" value="{tool.id}">'
        '<button class="main" name="action" value="accept">启用</button>'
        '<button name="action" value="reject">拒绝</button></form>'
    )
