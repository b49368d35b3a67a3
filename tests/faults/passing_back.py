"""A course that sends its grades into the Moodle's gradebook, through the same fault proxy."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from pytest_httpserver import HTTPServer

from lms_scoring.domain.instants import HOUR, SECOND, parse_instant
from lms_scoring.ports import Passback
from lms_scoring.services.gradebook.switch_passback import switch_passback
from tests.faults.fault_proxy import Asked, Fault
from tests.faults.scene import COURSE, Scene
from tests.fixtures.courses.scripted import NOTHING_TO_WAIT_FOR
from tests.integration.cli.gradebook import OwnMoodle

NOW = parse_instant("2024-12-20T08:00:00+08:00")


@dataclass
class SetClock:
    """Ours, which a test sets."""

    at: int = NOW

    def now(self) -> int:
        return self.at

    def go_on(self, milliseconds: int) -> None:
        self.at += milliseconds


def passing_back(scene: Scene, keys: HTTPServer, clock: SetClock) -> OwnMoodle:
    """The tool stands in the course, whose points are sent from now on; the Moodle has our time."""
    set_platform_clock(scene, clock)
    moodle = OwnMoodle(scene.platform.moodle, scene.site, keys)
    place = moodle.place()
    through = (place.line_items or "").replace(scene.platform.moodle.url, scene.moodle.url)
    own = (place.own_line_item or "").replace(scene.platform.moodle.url, scene.moodle.url)
    store = scene.site.installation.store
    with store.writing() as transaction:
        transaction.keep_platform_course(replace(place, line_items=through, own_line_item=own))
    switch_passback(COURSE, Passback.SCORE, store, clock=clock, reading=NOTHING_TO_WAIT_FOR)
    scene.moodle.calm()
    return moodle


def set_platform_clock(scene: Scene, clock: SetClock) -> None:
    """From now on the Moodle has the time of that clock."""
    scene.platform.moodle.server.model.now = lambda: clock.now() // SECOND
    scene.moodle.clock = lambda: clock.now() / SECOND


def score_sent(asked: Asked) -> bool:
    """Whether it puts a grade into the gradebook."""
    return asked.method == "POST" and asked.target.partition("?")[0].endswith("/scores")


def column_made(asked: Asked) -> bool:
    """Whether it makes a column there."""
    return asked.method == "POST" and asked.target.partition("?")[0].endswith("/lineitems")


def nth(wanted: Callable[[Asked], bool], number: int, fault: Fault) -> Callable[[Asked], Fault | None]:
    """So is done to the n-th (from 0) of the requests that are wanted, and to no other."""
    seen = iter(range(1_000_000))

    def choose(asked: Asked) -> Fault | None:
        return fault if wanted(asked) and next(seen) == number else None

    return choose


def no_older_grade_came_last(scene: Scene) -> None:
    """I4, by what was sent: of each learner's grades none is older than one before."""
    sent: dict[str, list[str]] = defaultdict(list)
    for asked, _ in scene.moodle.seen:
        if score_sent(asked):
            with suppress(ValueError):
                told = json.loads(asked.body)
                sent[told["userId"]].append(told["timestamp"])
    assert sent
    assert all(times == sorted(times) for times in sent.values())


def columns(scene: Scene) -> list[str]:
    """Those with grades in the Moodle's gradebook, by title."""
    found = scene.platform.moodle.lti.state.columns_of(2)
    return [column.label for column in found if any(g.score is not None for g in column.grades.values())]


def an_hour_later(clock: SetClock) -> None:
    """Whatever waited may be tried again."""
    clock.go_on(HOUR)
