"""The LTI side behind the HTTP door: which address is for what."""

from collections.abc import Callable
from threading import RLock
from typing import Any

from lms_scoring.demonstration.lti import names
from lms_scoring.demonstration.lti.accounts import may_sign_in
from lms_scoring.demonstration.lti.changes import LtiChanges
from lms_scoring.demonstration.lti.choosing import Choices
from lms_scoring.demonstration.lti.gradebook_page import GradebookPage
from lms_scoring.demonstration.lti.keys import PlatformKeys
from lms_scoring.demonstration.lti.launching import Launches
from lms_scoring.demonstration.lti.markup import error_page, redirect
from lms_scoring.demonstration.lti.registration import JSON, Registrations
from lms_scoring.demonstration.lti.services import Services
from lms_scoring.demonstration.lti.site_pages import SitePages
from lms_scoring.demonstration.lti.state import first_state
from lms_scoring.demonstration.lti.tokens import TokenEndpoint
from lms_scoring.demonstration.lti.tool_keys import ToolKeys
from lms_scoring.demonstration.lti.tool_pages import ToolPages
from lms_scoring.demonstration.lti.visits import Asked, asked_by, signed_in
from lms_scoring.demonstration.moodle_model import MoodleModel
from lms_scoring.demonstration.wire import Answer, Handler, Request, json_answer

Show = Callable[[Asked], Answer]
GRADEBOOK = "/grade/report/grader/index.php"


class LtiServer:
    """Answers everything but the web services; ``lock`` is held while the state is read or changed."""

    def __init__(self, model: MoodleModel, lock: RLock) -> None:
        self.model = model
        self.state = first_state(model)
        self.keys = PlatformKeys()
        self.tool_keys = ToolKeys(model, agent=f"MoodleBot/4.5 (+{model.base_url})")
        self.changes = LtiChanges(model, self.state, self.keys)
        self._lock = lock
        self._services = Services(model, self.state)
        self._registrations = Registrations(model, self.state, self.keys)
        self._choices = Choices(model.base_url, self.state, self.tool_keys, lock)
        self._pages = self._all_pages()
        self._open: dict[tuple[str, str], Handler] = {
            ("GET", names.KEYS): lambda _: json_answer(self.keys.published(), headers={"Content-Type": JSON}),
            ("POST", names.TOKEN): TokenEndpoint(model, self.state, self.tool_keys, lock).answer,
            ("POST", names.CONTENT_ITEM_RETURN): lambda it: self._choices.take(asked_by(self.state, it)),
        }
        """What must not hold the lock: it takes its time, or asks the tool."""

    def knows(self, path: str) -> bool:
        """Whether the address is one of the LTI side's."""
        if path.startswith(names.SERVICES + "/") or path in (names.CONFIGURATION, names.REGISTRATION):
            return True
        return any(known == path for _, known in (*self._open, *self._pages))

    def answer(self, request: Request) -> Answer:
        """The answer to one HTTP request."""
        kept_open = self._open.get((request.method, request.path))
        if kept_open is not None:
            return kept_open(request)
        with self._lock:
            return self._answer(request)

    def change(self, told: dict[str, Any]) -> Any:
        """Makes the change that ``told`` names. Raises ``ValueError``."""
        with self._lock:
            return self.changes.make(told)

    def _answer(self, request: Request) -> Answer:
        if request.path.startswith(names.SERVICES + "/"):
            return self._services.answer(request)
        if request.path == names.CONFIGURATION:
            return json_answer(self._registrations.configuration(), headers={"Content-Type": JSON})
        if (request.method, request.path) == ("POST", names.REGISTRATION):
            return self._registrations.take(request)
        show = self._pages.get((request.method, request.path))
        return error_page() if show is None else show(asked_by(self.state, request))

    def _all_pages(self) -> dict[tuple[str, str], Show]:
        site = SitePages(self.model, self.state)
        launches = Launches(self.model, self.state, self.keys.signed)
        gradebook = GradebookPage(self.model, self.state)
        tools = ToolPages(self.model, self.state, self._registrations)
        return {
            ("GET", "/"): lambda _: redirect(f"/course/view.php?id={self.model.course_id}"),
            ("GET", "/course/view.php"): site.course,
            ("GET", "/enrol/index.php"): site.enrol,
            ("GET", "/login/index.php"): site.sign_in,
            ("GET", "/mod/assign/view.php"): site.grader,
            ("POST", "/login/switch"): self._switch,
            ("GET", GRADEBOOK): gradebook.show,
            ("POST", GRADEBOOK): gradebook.override,
            ("GET", names.MODULE + "view.php"): site.activity,
            ("GET", names.MODULE + "launch.php"): launches.begin,
            ("GET", names.MODULE + "contentitem.php"): launches.choose,
            ("GET", names.AUTH): launches.log_in,
            ("POST", names.AUTH): launches.log_in,
            ("GET", names.MODULE + "return.php"): _back,
            ("GET", names.MODULE + "toolconfigure.php"): tools.show,
            ("GET", names.MODULE + "startltiadvregistration.php"): tools.start,
            ("GET", names.MODULE + "typessettings.php"): tools.settle,
            ("POST", names.MODULE + "typessettings.php"): tools.settle,
            ("GET", names.CONTENT_ITEM_RETURN): lambda _: error_page(),
            ("GET", names.TOKEN): lambda _: error_page(),
        }

    def _switch(self, asked: Asked) -> Answer:
        """``login/switch``, which no Moodle has: a visit as whomever one likes."""
        user = asked.number("user") or 0
        if not may_sign_in(self.model, user):
            return error_page("没有这个帐号，或已停用", status=403)
        _, cookie = signed_in(self.state, user)
        course = asked.number("course") or self.model.course_id
        return redirect(f"/course/view.php?id={course}", cookie=cookie)


def _back(asked: Asked) -> Answer:
    return redirect(f"/course/view.php?id={asked.number('course') or 0}")
