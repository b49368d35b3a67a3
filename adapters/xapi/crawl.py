"""Following an LRS from page to page: one page is fetched ahead, two are held, and it always ends."""

from __future__ import annotations

from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor

from adapters.xapi.answers import Served
from adapters.xapi.client import XapiClient
from lms_scoring.ports import Problem, ProblemKind

MOST_PAGES = 100_000


class Crawl:
    """All pages from the first one on. After the last, `loss` tells why there was no proper end, if so.

    The end is a page without a link, or an empty one: some LRSs offer a next page that holds nothing.
    """

    def __init__(self, client: XapiClient, first: Served, *, most_pages: int = MOST_PAGES) -> None:
        self._client = client
        self._first = first
        self._most_pages = most_pages
        self.loss: Problem | None = None

    def pages(self) -> Generator[Served, None, None]:
        """The pages, in whatever order the LRS has. Raises PlatformError."""
        followed: set[str] = set()
        page = self._first
        with ThreadPoolExecutor(max_workers=1, thread_name_prefix="next-page") as ahead:
            while not page.empty:
                more = page.page.more
                self.loss = self._loss(more, followed)
                if more == "" or self.loss is not None:
                    yield page
                    return
                followed.add(more)
                following = ahead.submit(self._client.follow, more)
                yield page
                page = self._client.page(following.result())

    def _loss(self, more: str, followed: set[str]) -> Problem | None:
        if more in followed:
            return _loss("more_repeats", "the LRS gave the same link to the next page twice")
        if len(followed) >= self._most_pages:
            return _loss("too_many_pages", f"there are more than {self._most_pages} pages")
        return None


def _loss(code: str, what: str) -> Problem:
    return Problem(
        kind=ProblemKind.LOST,
        code=code,
        text=f"Reading statements was stopped: {what}. What was read is kept; what may come after it is not "
        "known. Report it to whoever runs the LRS.",
        subject="/statements",
    )
