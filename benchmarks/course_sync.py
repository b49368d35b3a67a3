"""A full sync of the recorded Moodle course against its own HTTP requests made bare, and their number; and
those of a sync after a hundredth of the course's records changed, and after none did."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from adapters.answers import Answer
from adapters.http import HttpClient
from adapters.moodle.client import MoodleClient
from adapters.moodle.source import MoodleSource
from benchmarks.measuring import ratio_of, seconds_in_turns, seconds_of
from benchmarks.platform import change, running_platform, settings
from lms_scoring.bootstrap import Installation, installation
from lms_scoring.course_rules import adopt_file
from lms_scoring.files.course_folder import course_files
from lms_scoring.ports import RunState
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.scoring.assess import assess

COURSE = "lc2024-scorm"
LATENCY = 0.5
"""The share of each call's recorded time that the stand-in waits."""
OVER_BARE = 1.15
MOST_REQUESTS = 40
MOST_REQUESTS_CHANGED = 13
SHARE_CHANGED = 3
"""Of the full sync's requests one after a hundredth changed takes at most one in so many."""
CHANGES: tuple[tuple[str, dict[str, Any]], ...] = (
    *(("add_topic", {"user": 3 + n, "forum": 1, "subject": f"{n}", "message": "One."}) for n in range(3)),
    *(("add_post", {"user": 10 + n, "discussion": 7 * n + 1, "message": "Two."}) for n in range(4)),
    *(("add_scorm_time", {"user": 20 + n, "sco": 2 * n + 2, "seconds": 300}) for n in range(4)),
    ("hand_in", {"user": 30, "assignment": 1, "text": "Three."}),
    ("grade", {"user": 31, "assignment": 1, "grade": 3}),
)
"""Of the course's 1,288 records a hundredth, in the shares in which they are of each kind."""
ROUNDS = 3


def main() -> bool:
    """Prints the ratio and the numbers of requests; True if all are within their limits."""
    with running_platform("--latency", str(LATENCY)) as platform:
        url: str = platform["moodle"]["url"]
        with tempfile.TemporaryDirectory(prefix="lms-scoring-bench-") as folder:
            first = _Course.set_up(platform, Path(folder))
            full = first.sync()
            unchanged = first.sync()
            for name, arguments in CHANGES:
                change(platform, name, **arguments)
            changed = first.sync()
        mine, bare = seconds_in_turns(
            [lambda: _sync_on_new_file(platform), lambda: seconds_of(lambda: replay(url, full))],
            rounds=ROUNDS,
        )
    found = ratio_of(mine, bare)
    print(
        f"course sync: {found.ours:.2f} s with storing and scoring, its calls bare {found.theirs:.2f} s: "
        f"{found.ratio:.2f} times (limit {OVER_BARE})"
    )
    print(f"course sync: {len(full)} HTTP requests for the whole course (limit {MOST_REQUESTS})")
    print(
        f"course sync: {len(changed)} after {len(CHANGES)} changes (limit {MOST_REQUESTS_CHANGED}, and a "
        f"third of {len(full)}), {len(unchanged)} after none"
    )
    few = len(changed) <= MOST_REQUESTS_CHANGED and SHARE_CHANGED * len(changed) <= len(full)
    return found.ratio <= OVER_BARE and len(full) <= MOST_REQUESTS and few


@dataclass(frozen=True, slots=True)
class Posted:
    """One HTTP request of a sync."""

    path: str
    form: Mapping[str, str] = field(repr=False)


def replay(url: str, posted: list[Posted]) -> None:
    """The same requests one after the other on one connection; what comes is thrown away."""
    with requests.Session() as session:
        for request in posted:
            session.post(url + request.path, data=request.form, timeout=60).raise_for_status()


class _ListeningClient(HttpClient):
    """Notes what it is asked to post."""

    def __init__(self, posted: list[Posted], **options: Any) -> None:
        super().__init__(**options)
        self._posted = posted

    def post(self, path: str, *, form: Mapping[str, str] | None = None, **options: Any) -> Answer:
        self._posted.append(Posted(path, {} if form is None else dict(form)))
        return super().post(path, form=form, **options)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Course:
    """The course on a database of its own."""

    installation: Installation
    platform: Mapping[str, Any]

    @classmethod
    def set_up(cls, platform: Mapping[str, Any], folder: Path) -> _Course:
        made = installation(settings(platform, folder), working_folder=folder)
        courses = made.settings.courses
        adopt_file(course_files(courses).right[COURSE], made.store, folder=courses, clock=made.clock)
        return cls(installation=made, platform=platform)

    def sync(self) -> list[Posted]:
        """Collects and scores as the command does; the requests that it took."""
        posted: list[Posted] = []
        moodle, here = self.platform["moodle"], self.installation
        http = _ListeningClient(
            posted, platform="moodle", base_url=moodle["url"], allowed_private=("127.0.0.1",)
        )
        client = MoodleClient(http, token=moodle["token"])
        source = MoodleSource(name="moodle", client=client, course="LC2024", clock=here.clock)
        collected = collect(COURSE, source, here.store, clock=here.clock)
        assert collected.state is RunState.DONE, collected.reason
        assess(here.rules(COURSE), here.store, clock=here.clock)
        http.close()
        return posted


def _sync_on_new_file(platform: Mapping[str, Any]) -> float:
    with tempfile.TemporaryDirectory(prefix="lms-scoring-bench-") as folder:
        course = _Course.set_up(platform, Path(folder))
        return seconds_of(course.sync)
