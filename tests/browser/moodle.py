"""A course page of a Moodle on 127.0.0.1 with our pages of localhost in its frame: two sites to a browser."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urljoin

from tests.browser.conftest import PATIENCE

if TYPE_CHECKING:
    from playwright.sync_api import BrowserContext, ConsoleMessage, Frame, FrameLocator, Page

FRAME = "contentframe"
HEADING = "main h1:not(#waiting h1)"
"""Of a page, and not of one that goes on at once."""
ARRIVED = f"body:not([data-before]):not(:has([data-job=keep])) {HEADING}"
"""The heading of another page than the one that was marked, and not of that which only asks the platform."""


class Desk:
    """A browser at which people sit down one after the other, in one window: a new one takes seconds.

    Nobody finds what the last one left. `ours` is our address.
    """

    def __init__(self, context: BrowserContext, ours: str) -> None:
        self.context, self.ours = context, ours
        context.set_default_timeout(PATIENCE)
        self._page = context.new_page()

    def seat(self, window: tuple[int, int]) -> Seat:
        """A seat before the window, made that large."""
        self._page.set_viewport_size({"width": window[0], "height": window[1]})
        return Seat(self._page, self.ours)

    def tab(self) -> Seat:
        """Another tab of the same browser."""
        return Seat(self.context.new_page(), self.ours)

    def clear(self) -> None:
        """Everybody leaves."""
        for page in self.context.pages:
            if page != self._page:
                page.close()
        self._page.goto("about:blank")
        self.context.clear_cookies()


@dataclass
class Seat:
    """Somebody before a page that has ours in a frame; `ours` is our address.

    `complaints` is all that the browser had to say against our pages.
    """

    page: Page
    ours: str
    complaints: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.listen(self.page)

    def listen(self, page: Page) -> None:
        page.on("console", self._heard)
        page.on("pageerror", lambda error: self.complaints.append(str(error)))

    def _heard(self, message: ConsoleMessage) -> None:
        if message.location["url"].startswith(self.ours):
            self.complaints.append(message.text)

    @property
    def inside(self) -> FrameLocator:
        return self.page.frame_locator(f"iframe[name={FRAME}]")

    @property
    def frame(self) -> Frame:
        found = self.page.frame(FRAME)
        assert found is not None
        return found

    @property
    def url(self) -> str:
        """Of the page in the frame, as that page itself knows it."""
        return str(self.frame.evaluate("location.href"))

    @property
    def path(self) -> str:
        return str(self.frame.evaluate("location.pathname"))

    def sit_down(self, part: str, course_page: str) -> None:
        """Opens the course page as somebody else."""
        self.page.goto(urljoin(course_page, "/login/index.php"))
        with self.page.expect_navigation():
            self.page.get_by_role("button", name=part, exact=True).click()
        self.arrives()

    def arrives(self) -> None:
        """Waits until another page of ours stands in the frame."""
        self.wait_for(ARRIVED)
        self.frame.wait_for_load_state()

    def wait_for(self, selector: str) -> None:
        """Waits until that is seen in the frame; if it never is, the failure tells what is there."""
        try:
            self.inside.locator(selector).locator("visible=true").first.wait_for()
        except Exception as error:
            error.add_note(f"In {self.page.url} stands {self.frame.url}; the browser said {self.complaints}")
            raise

    def heading(self) -> str:
        return self.inside.locator("h1").locator("visible=true").inner_text()

    def goes(self, selector: str) -> None:
        """Follows a link in the frame and waits for its page."""
        self.frame.evaluate("document.body.dataset.before = 'here'")
        self.inside.locator(selector).first.click()
        self.arrives()

    def goes_to(self, address: str) -> None:
        """Opens a page in the frame."""
        self.frame.goto(address)
        self.arrives()

    def reload(self) -> None:
        """Reloads the frame alone."""
        self.page.bring_to_front()
        self.frame.evaluate("document.body.dataset.before = 'here'; setTimeout(() => location.reload())")
        self.arrives()

    @contextmanager
    def new_window(self) -> Iterator[Page]:
        """What “open in a new window” opens; closed afterwards, for what lies behind a window hardly runs."""
        with self.page.expect_popup() as opened:
            self.inside.locator("a[data-window]").click()
        self.listen(opened.value)
        assert self.page.viewport_size is not None
        opened.value.set_viewport_size(self.page.viewport_size)
        opened.value.locator(HEADING).locator("visible=true").wait_for()
        opened.value.wait_for_load_state()
        yield opened.value
        opened.value.close()

    def downloaded(self, folder: Path) -> list[dict[str, str]]:
        """The rows of the CSV that the board offers, by a link or, below a search, by a button."""
        with self.page.expect_download() as begun:
            self.inside.get_by_text("CSV", exact=True).click()
        file = folder / begun.value.suggested_filename
        begun.value.save_as(file)
        with file.open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream))

    def overflow(self) -> int:
        """How many pixels of either page stand out to the right."""
        width = "document.documentElement.scrollWidth - window.innerWidth"
        return max(int(self.page.evaluate(width)), int(self.frame.evaluate(width)))
