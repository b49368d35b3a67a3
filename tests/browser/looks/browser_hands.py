"""Goes from page to page of the complete school in a browser: launched, in the platform's frame."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tests.browser.looks.acts import LAUNCHED
from tests.integration.web.complete import CompleteSchool
from tests.launches.course_page import FRAME

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Frame, Page, Response

SENDS = """([path, fields]) => {
    const form = document.createElement("form"), token = document.querySelector("input[name=token]");
    form.method = "post";
    form.action = path;
    for (const [name, value] of Object.entries({...(token && {token: token.value}), ...fields})) {
        const field = document.createElement("input");
        [field.type, field.name, field.value] = ["hidden", name, value];
        form.append(field);
    }
    document.body.append(form);
    setTimeout(() => form.submit());
}"""
"""Posts fields as a form of the page would."""

CLEARED = "Clear-Site-Data"
"""How a browser begins to say that it did what it was told to when somebody signed out."""


STANDS_OUT = """() => {
    if (document.documentElement.scrollWidth <= innerWidth) return [];
    const right = one => one.getBoundingClientRect().right;
    const found = [...document.querySelectorAll("*")].filter(one => right(one) > innerWidth);
    return ["the page", ...found.map(one => one.outerHTML.slice(0, 200))];
}"""


@dataclass
class BrowserHands:
    """`complaints` is all that the browser had to say against our pages; `status` that of the last page.

    `without` is a file that never arrives."""

    school: CompleteSchool
    language: str
    who: str
    page: Page
    complaints: list[str] = field(default_factory=list)
    status: int | None = None
    without: str | None = None

    def __post_init__(self) -> None:
        self.page.on("console", self._heard)
        self.page.on("pageerror", lambda error: self.complaints.append(str(error)))
        self.page.on("response", self._answered)

    @property
    def shown(self) -> Page | Frame:
        """Where our pages are: in the frame, or alone in the window."""
        frame = self.page.frame(FRAME)
        return self.page if frame is None else frame

    @property
    def text(self) -> str:
        return self.shown.content()

    @property
    def path(self) -> str:
        address = urlsplit(str(self.shown.evaluate("location.href")))
        return f"{address.path}?{address.query}" if address.query else address.path

    def begin(self, *, without: str | None = None) -> None:
        """With nothing left of what was done before; who signed in stays so."""
        self.without = without
        self.page.unroute_all()
        if without is not None:
            self.page.route(f"**/{without}", lambda route: route.abort())
        self.page.goto("about:blank")
        if self.who == LAUNCHED:
            self.page.context.clear_cookies()
        self.complaints.clear()

    def go(self, path: str) -> None:
        if self.shown is self.page and self.who == LAUNCHED:
            self.page.goto(self.school.course_page.around(path))
        else:
            self.shown.goto(self.school.course_page.ours + path)

    def send(self, path: str, fields: Mapping[str, str]) -> None:
        shown = self.shown
        with shown.expect_navigation():
            shown.evaluate(SENDS, [path, dict(fields)])

    def launch(self, login: str, *, forgets: bool = False) -> None:
        self.page.goto(self.school.course_page.around(login))
        shown = self.shown
        if "lti_storage_target" in login and self.without is not None:
            shown.locator("main a").click()
        shown.locator("form button").wait_for()  # of the platform's login
        if forgets:
            self.page.context.clear_cookies()
        with shown.expect_navigation():
            shown.locator("form button").click()

    def whole_height(self) -> int:
        """How high the window must be so that nothing of the page is cut off."""
        height: int = self.shown.evaluate("document.documentElement.scrollHeight")
        return height

    def standing_out(self) -> list[str]:
        """What stands out to the right of the window, or of the frame; nothing if the page does not."""
        found: list[str] = self.shown.evaluate(STANDS_OUT)
        return found

    def _heard(self, message: ConsoleMessage) -> None:
        ours = message.location["url"].startswith(self.school.course_page.ours)
        if ours and not message.text.startswith(CLEARED):
            self.complaints.append(message.text)

    def _answered(self, answer: Response) -> None:
        if answer.request.is_navigation_request() and answer.url.startswith(self.school.course_page.ours):
            self.status = answer.status
