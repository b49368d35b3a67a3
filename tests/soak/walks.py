"""What learners and tutors do in one visit, click by click. Each kind of click has a name of its own.

What is done now and then (a download, a dispute, a decision) is done with a set share of the visits; who
walks alone, to measure, does everything at every visit.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from html import unescape
from urllib.parse import parse_qsl, quote, urlsplit

from lms_scoring.domain.board import Chip
from lms_scoring.web.access.credentials import form_token
from tests.soak.browser import GOOD, Browser, Page
from tests.soak.school import Seat

_REDIRECT = frozenset({303})
_KEPT, _STILL_HOLDS = frozenset({200, 304}), frozenset({304})
_SHOWN_OR_DONE = frozenset({200, 303})
_OVERTAKEN = frozenset({303, 409})
"""Somebody else has answered while one was writing."""
_MADE_OR_BUSY = frozenset({200, 503})
_PATIENT = 5
_ASSET = re.compile(r'(?:href|src)="(/static/[^"]+\.(?:css|js|svg))"')
_DISPUTABLE = re.compile(r'href="([^"]+/disputes/new\?[^"]+)"')
_DISPUTE = re.compile(r'href="([^"]+/disputes/\d+)"')
_DECIDABLE = re.compile(r'href="([^"]+/decisions\?[^"]*criterion=[^"]+)"')
_PERSON = re.compile(r'href="([^"]+)" data-person')
_SEEN = re.compile(r'name="seen" value="([^"]+)"')
_SORTS = ("name", "-study_time", "posts", "-total", "state")
_STANDINGS = (Chip.PASSED, Chip.ONE_ITEM_SHORT, Chip.FAR, Chip.NOT_STARTED)
_WORDS = "请再看一下这一条：我在规定的时间里交了，也按要求写了。"


@dataclass(slots=True)
class Visit:
    """Somebody's visit. `think` waits as people do between two clicks; who does everything `always` measures.
    At the `first` one the browser has nothing yet."""

    browser: Browser
    seat: Seat
    chance: random.Random
    think: Callable[[], None]
    always: bool = False
    first: bool = True

    def go(self) -> None:
        """From the launch to the last page. Raises Lost."""
        try:
            self._arrive()
            (self._guides if self.seat.role == "tutor" else self._learns)()
        finally:
            self.first = False
            self.browser.close()

    def _arrive(self) -> None:
        """As a launch leads in; who is here for the first time gets styles and scripts too."""
        page = self.browser.get("start", f"{self._course}/start", good=_SHOWN_OR_DONE)
        if page.place is not None:
            page = self.browser.get("desk" if self.seat.role == "tutor" else "card", page.place)
        if self.first:
            for asset in dict.fromkeys(_ASSET.findall(page.text)):
                self.browser.get("asset", asset)

    def _learns(self) -> None:
        card = f"{self._course}/people/{quote(self.seat.person)}"
        self._click("ledger", f"{card}?open=all")
        if self._now_and_then(0.5):
            self._click("scheme", f"{self._course}/scheme")
        page = self._click("card", card)
        if self._now_and_then(0.05):
            self._download("own record (PDF)", f"{self._course}/records/{quote(self.seat.person)}.pdf")
        if self._now_and_then(0.02):
            self._contests(page)
        self._click("card", card)

    def _contests(self, page: Page) -> None:
        """One of the points, unless there is a dispute about it already."""
        about = self._one(_DISPUTABLE, page)
        if about is None:
            return
        offered = self._click("dispute: form", about)
        if 'name="words"' not in offered.text:
            return
        fields = dict(parse_qsl(urlsplit(about).query))
        sent = self._post(
            "dispute: raise", f"{self._course}/disputes/new", {**fields, "words": _WORDS}, _REDIRECT
        )
        self._follow("dispute", sent)

    def _guides(self) -> None:
        board = f"{self._course}/"
        first = self._click("board", board)
        self._click("board: sorted", f"{board}?sort={self.chance.choice(_SORTS)}")
        self._click("board: filtered", f"{board}?standing={self.chance.choice(_STANDINGS)}")
        self._post("board: searched", board, {"search": self.chance.choice(("学", "tea", "0", "Student"))})
        self._again(first)
        person = self._one(_PERSON, first)
        if person is not None:
            self._click("drawer", f"{person}?glance=1")
            learner = self._click("card of a learner", person)
            if self._now_and_then(0.15):
                self._decides(learner)
        self._click("marking", f"{self._course}/desk/marking")
        if self._now_and_then(0.5):
            self._click("recommending", f"{self._course}/desk/recommending")
        if self._now_and_then(0.5):
            self._answers()
        for kind, end, share in (("CSV", "csv", 0.1), ("Excel", "xlsx", 0.1), ("sheet (PDF)", "pdf", 0.03)):
            if self._now_and_then(share):
                self._download(f"board: {kind}", f"{board}board.{end}")
        self._click("desk", f"{self._course}/desk")

    def _again(self, page: Page) -> None:
        """The board as it was, which the browser has; alone, where nothing happens, it still holds."""
        self.think()
        good = _STILL_HOLDS if self.always else _KEPT
        self.browser.get("board: again", f"{self._course}/", mark=page.mark, good=good)

    def _decides(self, learner: Page) -> None:
        """Other points for a criterion: shown first, then kept."""
        about = self._one(_DECIDABLE, learner)
        if about is None:
            return
        self._click("decision: form", about)
        path, fields = urlsplit(about).path, dict(parse_qsl(urlsplit(about).query))
        points = str(self.chance.randint(0, 20))
        fields |= {"action": "override", "points": points, "reason": "复核以后改的分。"}
        shown = self._post("decision: shown", path, fields, _SHOWN_OR_DONE)
        mark = _SEEN.search(shown.text)
        if mark is not None:
            self._post("decision: kept", path, {**fields, "seen": mark[1]}, _SHOWN_OR_DONE)

    def _answers(self) -> None:
        """The most urgent dispute."""
        listed = self._click("disputes", f"{self._course}/disputes")
        found = _DISPUTE.findall(listed.text)
        if not found:
            return
        opened = self._click("dispute", unescape(found[0]))
        if 'value="keep"' in opened.text:
            fields = {"do": "keep", "words": "按培训方案，这一条只能这样算。"}
            self._follow("dispute", self._post("dispute: answer", unescape(found[0]), fields, _OVERTAKEN))

    def _download(self, kind: str, path: str) -> None:
        """Where too many PDFs are asked for at once one comes again, as the page says."""
        for _ in range(_PATIENT):
            if self._click(kind, path, good=_MADE_OR_BUSY).status == 200:
                return
        self._click(kind, path)

    def _click(self, kind: str, path: str, good: frozenset[int] = GOOD) -> Page:
        self.think()
        return self.browser.get(kind, path, good=good)

    def _post(
        self, kind: str, path: str, fields: Mapping[str, str], good: frozenset[int] = frozenset({200})
    ) -> Page:
        self.think()
        return self.browser.post(kind, path, {"token": form_token(self.seat.secret), **fields}, good=good)

    def _follow(self, kind: str, sent: Page) -> None:
        if sent.place is not None:
            self.browser.get(kind, sent.place)

    def _one(self, links: re.Pattern[str], page: Page) -> str | None:
        found = links.findall(page.text)
        return unescape(self.chance.choice(found)) if found else None

    def _now_and_then(self, share: float) -> bool:
        return self.always or self.chance.random() < share

    @property
    def _course(self) -> str:
        return f"/courses/{self.seat.course}"
