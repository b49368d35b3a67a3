"""A record store that is a list in memory, read by the real adapter: what it stored is told newest first."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, cast
from urllib.parse import parse_qs, urlsplit

from adapters.answers import Answer
from adapters.http import HttpClient
from adapters.xapi.client import XapiClient
from adapters.xapi.source import XapiSource
from lms_scoring.domain.instants import DAY, HOUR, iso, parse_instant
from lms_scoring.ports import Clock
from tests import given
from tests.faults.platform_model import Crash
from tests.fixtures.courses.scripted import LRS
from tests.fixtures.xapi.statements import numbered, page

VIDEO = "https://video.example/1"
MINUTES, POINTS = 75, 4
"""Of one viewing, and what they are worth of 40 points for 750 minutes."""
PAGE = 4
_POSITION = "https://w3id.org/xapi/video/extensions/time"
_THROUGH = "x-experience-api-consistent-through"


class RecordStore:
    """Viewings are told by two statements each. It goes by its own clock, which is right."""

    def __init__(self, clock: Clock) -> None:
        self.viewings: set[tuple[str, int]] = set()
        """Who watched, on which day."""
        self.breaks_after: int | None = None
        """The reader's process dies when it has asked so often."""
        self.platform, self.base_url = LRS, "https://lrs.example/xapi"
        self._clock = clock
        self._statements: list[dict[str, Any]] = []
        client = XapiClient(cast(HttpClient, self))
        self.source = XapiSource(name=LRS, client=client, page_size=PAGE)

    def told(self, person: str, day: int) -> None:
        """Somebody watched on that day of the programme; it may be told again, or years later."""
        self.viewings.add((person, day))
        begun = given.START + day * DAY
        for verb, at, position in (
            ("played", begun, 0),
            ("paused", begun + MINUTES * HOUR // 60, MINUTES * 60),
        ):
            self._statements.append(
                numbered(
                    int(person.removeprefix("moodle-")) * 1_000 + day * 2 + (verb == "paused"),
                    actor={"account": {"homePage": "https://moodle.example.edu", "name": person}},
                    verb={"id": f"https://w3id.org/xapi/video/verbs/{verb}"},
                    object={"id": VIDEO},
                    result={"extensions": {_POSITION: position}},
                    timestamp=iso(at),
                    stored=iso(self._clock.now()),
                )
            )

    def get(self, resource: str, *, params: Mapping[str, str], **_: object) -> Answer:
        """The first page; `since` leaves out its own instant."""
        return self._answer(int(params["limit"]), params.get("since"), begin=0)

    def follow(self, url: str, **_: object) -> Answer:
        """The next page."""
        asked = {name: value[0] for name, value in parse_qs(urlsplit(url).query).items()}
        return self._answer(int(asked["limit"]), asked.get("since"), begin=int(asked["begin"]))

    def _answer(self, limit: int, since: str | None, *, begin: int) -> Answer:
        if self.breaks_after is not None:
            self.breaks_after -= 1
            if self.breaks_after < 0:
                raise Crash
        begins = -1 if since is None else parse_instant(since)
        found = [one for one in reversed(self._statements) if parse_instant(one["stored"]) > begins]
        end = begin + limit
        more = "" if end >= len(found) else f"/xapi/statements?limit={limit}&begin={end}"
        more += "" if since is None or not more else f"&since={since}"
        headers = {"content-type": "application/json", _THROUGH: iso(self._clock.now())}
        return Answer(200, headers, page(*found[begin:end], more=more))
