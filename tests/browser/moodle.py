"""A course page of a Moodle on 127.0.0.1 with our pages of localhost in its frame: two sites to a browser."""

from __future__ import annotations

import csv
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Frame, FrameLocator, Page

FRAME = "contentframe"


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
    def path(self) -> str:
        """Of the page in the frame."""
        return urlsplit(self.frame.url).path

    def sit_down(self, part: str, course_page: str) -> None:
        """Opens the course page as somebody else."""
        self.page.goto(course_page)
        self.page.get_by_role("button", name=part, exact=True).click()
        self.wait_for("main h1")

    def wait_for(self, selector: str) -> None:
        self.inside.locator(selector).first.wait_for()

    def heading(self) -> str:
        return self.inside.locator("h1").inner_text()

    def goes(self, selector: str) -> None:
        """Follows a link in the frame and waits for its page."""
        before = self.frame.evaluate("document.body.dataset.before = 'here'")
        self.inside.locator(selector).first.click()
        self.wait_for("body:not([data-before]) main h1")
        assert before == "here"

    def reload(self) -> None:
        """Reloads the frame alone."""
        self.frame.evaluate("document.body.dataset.before = 'here'; location.reload()")
        self.wait_for("body:not([data-before]) main h1")

    def new_window(self) -> Page:
        """What “open in a new window” opens."""
        with self.page.expect_popup() as opened:
            self.inside.locator("a[data-window]").click()
        self.listen(opened.value)
        opened.value.locator("main h1").wait_for()
        return opened.value

    def downloaded(self, folder: Path) -> list[dict[str, str]]:
        """The rows of the CSV that the board offers."""
        with self.page.expect_download() as begun:
            self.inside.get_by_role("link", name="CSV").click()
        file = folder / begun.value.suggested_filename
        begun.value.save_as(file)
        with file.open(encoding="utf-8-sig", newline="") as stream:
            return list(csv.DictReader(stream))

    def overflow(self) -> int:
        """How many pixels of either page stand out to the right."""
        width = "document.documentElement.scrollWidth - window.innerWidth"
        return max(int(self.page.evaluate(width)), int(self.frame.evaluate(width)))
