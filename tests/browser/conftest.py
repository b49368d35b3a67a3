"""The pages in a real browser: Debian's Chromium driven by Playwright, against a server on loopback.

Skipped where either is missing; `make test-browser` installs them.
"""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.integration.web.school import School, fill_school, open_school, visitor_of
from tests.serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page, Playwright

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    # Playwright loses a frame that changes its process thrice within moments, as at every launch, and waits
    # for ever while Chromium shows its page. In one process the same rules for cookies hold, and faster.
    "--disable-site-isolation-trials",
)
PATIENCE = 60_000.0
"""Milliseconds until whatever a test waits for counts as lost: no machine is that slow."""
DESKTOP, PHONE = (1280, 800), (360, 740)
again = pytest.mark.variation
LANGUAGES = ["zh", pytest.param("en", marks=again)]
WINDOWS = [pytest.param(DESKTOP, id="desktop"), pytest.param(PHONE, id="phone", marks=again)]
Who = tuple[str, tuple[int, int], str]
"""Person, window, language."""


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "browser: needs Chromium and Playwright")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)


@dataclass(slots=True)
class Visit:
    """Somebody at a browser. `complaints` is all that the browser had to say against the pages."""

    page: Page
    base: str
    complaints: list[str] = field(default_factory=list)

    def go(self, path: str) -> int:
        """Opens a page of ours; the status of the answer."""
        answer = self.page.goto(self.base + path)
        assert answer is not None
        return answer.status

    def press(self, what: Locator) -> None:
        """Presses what leads to another page, and waits for that page."""
        with self.page.expect_navigation():
            what.click()

    def heading(self) -> str:
        return self.page.locator("h1").inner_text()

    def overflow(self) -> int:
        """How many pixels of the page stand out to the right of the window."""
        width: int = self.page.evaluate("document.documentElement.scrollWidth - window.innerWidth")
        return width


@pytest.fixture(scope="session")
def driver() -> Iterator[Playwright]:
    """What starts browsers."""
    playwright = pytest.importorskip("playwright.sync_api", reason="Playwright is not installed")
    if not CHROMIUM.exists():
        pytest.skip("Chromium is not installed (apt-get install chromium)")
    playwright.expect.set_options(timeout=PATIENCE)
    with playwright.sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(driver: Playwright) -> Iterator[Browser]:
    """One browser for all tests; it keeps no third-party cookies."""
    flags = [*FLAGS, "--test-third-party-cookie-phaseout"]
    browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=flags)
    yield browser
    browser.close()


def listening() -> tuple[socket.socket, int]:
    """A socket on a free port, and the port."""
    made = socket.create_server(("127.0.0.1", 0))
    return made, made.getsockname()[1]


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[School, str]]:
    """The school behind a server, and the server's address."""
    file = tmp_path_factory.mktemp("school") / "school.sqlite"
    fill_school(file)
    school = open_school(file)
    door, port = listening()
    with serving(school.app, door):
        yield school, f"http://127.0.0.1:{port}"
    school.close()


@pytest.fixture(scope="module")
def signed_in(chromium: Browser) -> Iterator[dict[Who, Page]]:
    """The windows of those who signed in: later visits go on there, as a new one takes four times longer."""
    windows: dict[Who, Page] = {}
    yield windows
    for page in windows.values():
        page.context.close()


@pytest.fixture
def visit(chromium: Browser, served: tuple[School, str], signed_in: dict[Who, Page]) -> Callable[..., Visit]:
    """Begins a visit at a page, in such a window: the first of somebody signs in by a one-time link."""
    school, base = served

    def begin(
        person: str, at: str | None = None, *, window: tuple[int, int] = DESKTOP, language: str = "zh"
    ) -> Visit:
        who = (person, window, language)
        first = who not in signed_in
        if first:
            context = chromium.new_context(locale="zh-CN", viewport={"width": window[0], "height": window[1]})
            context.set_default_timeout(PATIENCE)
            signed_in[who] = context.new_page()
        visit = Visit(signed_in[who], base)
        visit.page.on("console", lambda message: visit.complaints.append(message.text))
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        visit.page.emulate_media(media="null")
        if first:
            visit.go(f"{school.link(visitor_of(person))}?lang={language}")
            visit.press(visit.page.locator("main button"))
        if at is not None or not first:
            visit.go(at or "/")
        return visit

    return begin
