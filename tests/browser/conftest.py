"""The pages in a real browser: Debian's Chromium driven by Playwright, against a server on loopback.

Skipped where either is missing; `make test-browser` installs them.
"""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from waitress.server import create_server

from lms_scoring.ports import Visitor
from tests.integration.web.school import School, fill_school, open_school

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page, Playwright

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP, PHONE = (1280, 800), (360, 740)


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

    def go(self, path: str) -> None:
        """Opens a page of ours."""
        self.page.goto(self.base + path)

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
    with playwright.sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def chromium(driver: Playwright) -> Iterator[Browser]:
    """One browser for all tests; each visit has a profile of its own."""
    browser = driver.chromium.launch(executable_path=str(CHROMIUM), args=list(FLAGS))
    yield browser
    browser.close()


@contextmanager
def serving(app: Callable[..., Any], listening: socket.socket) -> Iterator[None]:
    """Serves an application at a socket that listens."""
    server = create_server(app, sockets=[listening], threads=4)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield
    server.close()
    thread.join(timeout=10)


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


@pytest.fixture
def visit(chromium: Browser, served: tuple[School, str]) -> Iterator[Callable[..., Visit]]:
    """Begins a visit: signs the person in by a one-time link, in a window of that size."""
    school, base = served
    contexts = []

    def begin(person: str | None, *, window: tuple[int, int] = DESKTOP, language: str = "zh") -> Visit:
        context = chromium.new_context(viewport={"width": window[0], "height": window[1]})
        contexts.append(context)
        visit = Visit(context.new_page(), base)
        visit.page.on("console", lambda message: visit.complaints.append(message.text))
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        if person is not None:
            visit.go(f"{school.link(Visitor(person=person))}?lang={language}")
            with visit.page.expect_navigation():
                visit.page.click("main button")
        return visit

    yield begin
    for context in contexts:
        context.close()
