"""Whoever sets a course up in tests of the pages: a browser in a frame, and the forms that it sends."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlsplit

from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from lms_scoring.lti.claims import Claim
from lms_scoring.ports import PlatformCourse
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.unattended.pulling import pull_next
from lms_scoring.web.access.launch_cookies import session_cookie
from lms_scoring.web.launch.launching import Launching
from tests.fixtures.courses.claimed import CHOSEN, Supplying, offer
from tests.fixtures.courses.scripted import LRS, MOODLE, bindings
from tests.fixtures.pages import pages
from tests.integration.launches.school import OWN_KEYS, PUBLIC, LaunchSchool
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COURSE, RULES
from tests.launches.platform import INSTRUCTOR, claims, token

ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"
STAFF = (INSTRUCTOR, ADMINISTRATOR)
NEW = "lti1-42"
MAIN = offer().key
TYPED = {"title": "新课程", "scheme": MAIN, "record_store": ""}
BOUND = {f"{source} {activity}": purpose.value for (source, activity), purpose in CHOSEN.items()}


@dataclass
class Claiming:
    """The pages, and platforms' courses that nobody set up."""

    school: LaunchSchool
    supplying: Supplying = field(default_factory=Supplying)
    at_once: bool = True
    """What is asked for is read at once; else nobody reads until `read` is called."""

    def browser(self, *, sub: str = "2", roles: tuple[str, ...] = STAFF, context: str = "42") -> Browser:
        """Somebody after a launch from a course."""
        app = pages(
            store=self.school.store,
            courses=lambda: {COURSE: RULES, NEW: RULES_OF_NEW},
            clock=self.school.clock,
            public_url=PUBLIC,
            launching=Launching(
                key_sets=self.school.keys,
                own_keys=lambda: OWN_KEYS,
                set_up=self.supplying.set_up(self.school.store, self.school.clock, at_once=self.at_once),
            ),
        )
        browser = Browser(self.school, app.test_client())
        browser.launch(sub=sub, roles=roles, context=context)
        return browser

    def read(self) -> None:
        """Reads all that is asked for."""
        shop = self.supplying.shop(self.school.store, self.school.clock)
        for source in (MOODLE, LRS):
            pull_next(shop, source)

    def place(self, context: str = "42") -> PlatformCourse | None:
        with self.school.store.reading() as transaction:
            return transaction.platform_course(self.school.registration, context)


RULES_OF_NEW = CourseRules(
    course=NEW,
    scheme=offer().scheme,
    bindings=bindings(study_time=(), journal=()),
    sources=frozenset({MOODLE, LRS}),
)


@dataclass
class Browser:
    """A browser in a frame, with what it was shown last."""

    school: LaunchSchool
    client: FlaskClient
    answer: TestResponse | None = None

    def launch(self, *, sub: str = "2", roles: tuple[str, ...] = STAFF, context: str = "42") -> None:
        told = claims(sub=sub, ROLES=list(roles))
        told[Claim.CONTEXT] = {"id": context, "title": "研修课程"}
        self.answer = self._followed(self.school.post(self.client, token(told)))

    def get(self, path: str) -> TestResponse:
        self.answer = self._followed(self.client.get(path, base_url=PUBLIC))
        return self.answer

    def post(self, fields: dict[str, str], *, path: str | None = None, forged: bool = False) -> TestResponse:
        """Posts the page's own form with some fields filled in."""
        form = Form(self.text)
        address = path or form.action
        sent = form.fields | fields | ({"token": "forged"} if forged else {})
        self.answer = self._followed(self.client.post(address, base_url=PUBLIC, data=sent))
        return self.answer

    @property
    def text(self) -> str:
        assert self.answer is not None
        return self.answer.text

    @property
    def headers(self) -> Headers:
        assert self.answer is not None
        return self.answer.headers

    @property
    def cookies(self) -> dict[str, str]:
        """Those of sessions."""
        names = [session_cookie(place) for place in ("1 42", NEW)]
        found = {name: self.client.get_cookie(name, domain="tool.example") for name in names}
        return {name: cookie.value for name, cookie in found.items() if cookie is not None}

    @property
    def status(self) -> int:
        assert self.answer is not None
        return self.answer.status_code

    @property
    def path(self) -> str:
        assert self.answer is not None
        return self.answer.request.path

    def _followed(self, answer: TestResponse) -> TestResponse:
        while answer.status_code == 303:
            address = urlsplit(answer.headers["Location"])
            answer = self.client.get(f"{address.path}?{address.query}", base_url=PUBLIC)
        return answer


class Form(HTMLParser):
    """The form of a page's main part, as a browser would send it untouched."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.options: dict[str, list[str]] = {}
        self._select = ""
        self.feed(text.partition("<main")[2])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = told["action"]
        elif tag == "input" and (told.get("type") != "radio" or "checked" in told):
            self.fields[told["name"]] = told.get("value", "")
        elif tag == "select":
            self._select = told["name"]
            self.options[self._select] = []
        elif tag == "option":
            self.options[self._select].append(told["value"])
            if "selected" in told or self._select not in self.fields:
                self.fields[self._select] = told["value"]


def adopted(browser: Browser) -> Browser:
    browser.post({"do": "preview"})
    browser.post({"do": "adopt"})
    return browser


def token_of(browser: Browser) -> str:
    text = browser.get("/lti/no-course").text
    return text.partition('name="token" value="')[2].partition('"')[0]


def main_of(text: str) -> HtmlPage:
    """The page without the script of launched pages, which is not for it to judge."""
    return HtmlPage(text.partition("  <script")[0] + "</body></html>")
