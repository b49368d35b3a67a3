"""How pages are looked at: with axe, in windows of several widths, and in pictures where these are wanted."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.browser.conftest import PATIENCE, Visit, listening
from tests.browser.looks.acts import LAUNCHED, NOBODY
from tests.browser.looks.browser_hands import BrowserHands
from tests.browser.test_launches_in_chromium import classroom, desk, seat
from tests.integration.web.complete import CompleteSchool, fill_complete_school, open_complete_school
from tests.integration.web.doubtful import make_contested, make_doubtful
from tests.integration.web.incomplete import make_incomplete
from tests.integration.web.school import School, fill_school, open_school, visitor_of
from tests.integration.web.strays import make_strays
from tests.serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Frame, Page

__all__ = ["classroom", "desk", "seat"]

RULES = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice")
"""WCAG 2.2 at AA, and what axe's authors advise beyond it."""
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")


def faults(page: Page | Frame) -> list[str]:
    """What axe finds against the page, or the page in a frame, a line each: the rule, and where."""
    if page.evaluate("typeof window.axe") == "undefined":
        page.evaluate(f"() => {{ {AXE} }}")
    options = json.dumps({"runOnly": {"type": "tag", "values": RULES}, "resultTypes": ["violations"]})
    found: dict[str, Any] = page.evaluate(f"axe.run(document, {options})")
    return [
        f"{fault['id']}: {node['target']} {node.get('failureSummary', '')}"
        for fault in found["violations"]
        for node in fault["nodes"]
    ]


@pytest.fixture
def picture(request: pytest.FixtureRequest) -> Callable[[Page, str], None]:
    """Keeps a picture of a whole page under a name, where `--pictures` names a folder."""
    folder: str | None = request.config.getoption("--pictures")

    def keep(page: Page, name: str) -> None:
        if folder is not None:
            Path(folder).mkdir(parents=True, exist_ok=True)
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return keep


@pytest.fixture(scope="session")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[School, str]]:
    """A school with doubtful works behind a server, and the server's address."""
    file = tmp_path_factory.mktemp("looked-at") / "school.sqlite"
    fill_school(file)
    school = open_school(file)
    make_doubtful(school)
    make_strays(school)
    make_contested(school)
    make_incomplete(school)
    door, port = listening()
    with serving(school.app, door):
        yield school, f"http://127.0.0.1:{port}"
    school.close()


@pytest.fixture(scope="module")
def windows() -> Iterator[dict[tuple[str, str], Visit]]:
    """The window of each person and language; tests make it wider and narrower."""
    kept: dict[tuple[str, str], Visit] = {}
    yield kept


@pytest.fixture
def look(visit: Callable[..., Visit], windows: dict[tuple[str, str], Visit]) -> Callable[..., Visit]:
    """Opens a page as somebody sees it in a language."""

    def open_page(who: str, path: str, language: str) -> Visit:
        key = (who, language)
        if key not in windows:
            windows[key] = visit(who, language=language)
        windows[key].complaints.clear()
        windows[key].go(path)
        return windows[key]

    return open_page


@pytest.fixture(scope="session")
def complete(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CompleteSchool]:
    """The complete school behind a server, and the platform that launches it: two sites to a browser."""
    file = tmp_path_factory.mktemp("complete") / "school.sqlite"
    fill_complete_school(file)
    door, port = listening()
    gate, around = listening()
    school = open_complete_school(
        file, ours=f"http://localhost:{port}", platform=f"http://127.0.0.1:{around}"
    )
    with serving(school.app, door), serving(school.course_page, gate):
        yield school
    school.close()


@pytest.fixture(scope="module")
def hands(chromium: Browser, complete: CompleteSchool) -> Iterator[Callable[..., BrowserHands]]:
    """Whoever it is, in a language; signed in once, unless nobody is."""
    kept: dict[tuple[str, str], BrowserHands] = {}

    def hands_of(who: str, language: str, *, without: str | None = None) -> BrowserHands:
        found = kept.get((who, language))
        if found is None:
            context = chromium.new_context(locale="zh-CN" if language == "zh" else "en-GB")
            context.set_default_timeout(PATIENCE)
            found = kept[who, language] = BrowserHands(complete, language, who, context.new_page())
            if who not in (NOBODY, LAUNCHED):
                found.go(complete.link(visitor_of(who)))
                with found.page.expect_navigation():
                    found.page.locator("main button").click()
        found.begin(without=without)
        return found

    yield hands_of
    for one in kept.values():
        one.page.context.close()


def but(complaints: Sequence[str], *, status: int) -> list[str]:
    """What the browser complained of, but for the very answer that was wanted."""
    return [one for one in complaints if f"status of {status}" not in one]
