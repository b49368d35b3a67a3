"""Row 10: clocks that jump, ours and the platform's, and one that is wrong all the time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from lms_scoring.domain.instants import DAY, HOUR, MINUTE, parse_instant
from tests.faults.invariants import (
    no_evidence_is_lost,
    nothing_counts_twice,
    nothing_seems_gone,
    scores_can_be_had_again,
    the_gradebook_is_right,
    undisturbed,
)
from tests.faults.matrix import row
from tests.faults.passing_back import SetClock, an_hour_later, passing_back, set_platform_clock
from tests.faults.scene import Scene, scene

JUMPS = {
    "an hour on": HOUR,
    "an hour back": -HOUR,
    "a day on": DAY,
    "a day back": -DAY,
    "ten minutes on": 10 * MINUTE,
}
SKEWS = {
    "ten minutes fast": 10 * MINUTE,
    "ten minutes slow": -10 * MINUTE,
    "a day fast": DAY,
    "a day slow": -DAY,
}
SUMMER_ENDS = parse_instant("2024-10-27T02:30:00+02:00")
"""The hour that comes twice in many zones."""


@pytest.fixture
def clock() -> SetClock:
    return SetClock()


@pytest.fixture
def course(tmp_path: Path, clock: SetClock) -> Iterator[Scene]:
    folder = tmp_path / "course"
    folder.mkdir()
    with scene(folder, clock=clock) as ours:
        yield ours


def happens(course: Scene, number: int) -> None:
    """Something at the platform, by its own clock."""
    moodle = course.platform.moodle
    now = int(moodle.server.model.now())
    subject, text = f"第{number}题", "<p>…</p>"
    moodle.change("add_topic", forum=1, user=3 + number % 4, subject=subject, message=text, at=now)
    moodle.change("grade", assignment=1, user=3 + number % 4, grade=1 + number % 4, at=now)


@row(10, "jump", JUMPS)
def test_our_clock_may_jump_and_jump_back(
    course: Scene, clock: SetClock, tmp_path: Path, httpserver: HTTPServer, jump: str
) -> None:
    passing_back(course, httpserver, clock)
    theirs = SetClock()
    set_platform_clock(course, theirs)
    assert course.sync().good
    for number in range(3):
        clock.go_on(JUMPS[jump] * (-1) ** number)
        theirs.go_on(MINUTE)
        happens(course, number)
        course.sync()
        nothing_seems_gone(course)
    clock.at = theirs.at = theirs.at + 2 * DAY
    course.sync()
    an_hour_later(clock)
    an_hour_later(theirs)
    assert course.sync().good
    the_gradebook_is_right(course)
    nothing_counts_twice(course)
    scores_can_be_had_again(course)
    no_evidence_is_lost(course, undisturbed(course, tmp_path / "truth"))


@row(10, "skew", SKEWS)
def test_the_platforms_clock_may_be_wrong(course: Scene, clock: SetClock, tmp_path: Path, skew: str) -> None:
    theirs = SetClock(clock.at + SKEWS[skew])
    set_platform_clock(course, theirs)
    for number in range(3):
        assert course.sync().good
        clock.go_on(MINUTE)
        theirs.go_on(MINUTE)
        happens(course, number)
    assert course.sync().good
    nothing_seems_gone(course)
    nothing_counts_twice(course)
    scores_can_be_had_again(course)
    no_evidence_is_lost(course, undisturbed(course, tmp_path / "truth"))


@row(10, "skew", SKEWS)
def test_the_platforms_clock_may_be_set_right(
    course: Scene, clock: SetClock, tmp_path: Path, skew: str
) -> None:
    """What a cursor of the wrong time leaves out, the next full sync has."""
    theirs = SetClock(clock.at + SKEWS[skew])
    set_platform_clock(course, theirs)
    assert course.sync().good
    theirs.at = clock.at
    happens(course, 1)
    course.sync()
    assert course.sync(full=True).good
    no_evidence_is_lost(course, undisturbed(course, tmp_path / "truth"))


@row(10, "offset", [-HOUR, 0, HOUR])
def test_the_hour_that_comes_twice_changes_nothing(
    course: Scene, clock: SetClock, tmp_path: Path, offset: int
) -> None:
    clock.at = SUMMER_ENDS + offset
    assert course.sync().good
    clock.go_on(HOUR)
    assert course.sync().good
    scores_can_be_had_again(course)
    no_evidence_is_lost(course, undisturbed(course, tmp_path / "truth"))
