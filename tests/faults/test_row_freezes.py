"""Row 15: a worker freezes in the middle of its work, others take over, and it wakes: nothing is done twice.

An embedded engine has nobody who could take over while its process lives.
"""

from __future__ import annotations

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.jobs.registry import SWEEP
from tests.faults.attended import LONG, SOURCES, Attended, attended, is_stopped
from tests.faults.course_process import BEGUN, DONE, FAILED
from tests.faults.killing import Killed, Whole, killed
from tests.faults.matrix import row
from tests.waiting import until

pytestmark = pytest.mark.slow(reason="workers are frozen in the middle of their work, for up to 40 seconds")

FREEZE = 40
"""Seconds: a worker that shows no life for 30 is taken for dead, a writer silent for 60 is cut off."""
JOBS = {"sync": "pull", "score": "score"}


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    with killed("postgres", tmp_path_factory.mktemp("killed")) as made:
        yield made


@pytest.fixture(scope="module")
def first(course: Killed) -> Whole:
    """A first sync that somebody typed."""
    return course.whole(course.begun, "first")


@pytest.fixture
def ours(course: Killed, tmp_path: Path) -> Iterator[Attended]:
    with attended(course, tmp_path) as made:
        yield made


@row(
    15,
    "freezes",
    [f"{phase}/begin/{at}" for phase, points in {"sync": (1, 5), "score": (1, 3)}.items() for at in points],
)
def test_a_worker_that_is_taken_for_dead_and_wakes_does_nothing_twice(
    ours: Attended, first: Whole, freezes: str
) -> None:
    phase = freezes.partition("/")[0]
    with ours.process(freezes) as frozen:
        until(lambda: is_stopped(frozen), within=LONG)
        with ours.process() as other:
            until(lambda: not ours.fails() and ours.noted(DONE, JOBS[phase], by=other) > 0, within=LONG)
            ended = ours.noted(DONE, JOBS[phase], by=frozen)
            assert ours.noted(BEGUN, JOBS[phase], by=frozen) > ended
            frozen.send_signal(signal.SIGCONT)
            until(lambda: ours.noted(DONE, JOBS[phase], by=frozen) > ended, within=LONG)
            ours.is_right(first)


def test_who_looks_around_and_freezes_asks_for_nothing_twice(ours: Attended, first: Whole) -> None:
    """It saw what is due and was about to ask for it, which others did meanwhile, and read it all."""
    with ours.process("look around/begin/1") as frozen:
        until(lambda: is_stopped(frozen), within=LONG)
        with ours.process():
            until(ours.settled, within=LONG)
            ended = ours.noted(DONE, SWEEP, by=frozen)
            assert ours.noted(BEGUN, SWEEP, by=frozen) > ended
            frozen.send_signal(signal.SIGCONT)
            until(lambda: ours.noted(DONE, SWEEP, by=frozen) > ended, within=LONG)
            ours.is_right(first)
            assert sorted(source for source, _ in ours.runs().elements()) == sorted(SOURCES)


@row(15, "freezes", ["pass back/commit/2"])
def test_who_waited_in_vain_for_a_frozen_worker_loses_nothing(
    ours: Attended, first: Whole, freezes: str
) -> None:
    with ours.process(freezes) as frozen:
        until(lambda: is_stopped(frozen), within=LONG)
        with ours.process() as other:
            until(lambda: any(line[0] == FAILED and line[-1] == str(other.pid) for line in ours.lines()))
            frozen.send_signal(signal.SIGCONT)
            ours.is_right(first)


@row(15, "freezes", ["sync/commit/2"])
def test_a_worker_may_freeze_for_forty_seconds_while_all_others_wait_for_it(
    ours: Attended, first: Whole, freezes: str
) -> None:
    """The worst moment: it is about to commit, and until then nobody else writes."""
    with ours.process(freezes) as frozen:
        until(lambda: is_stopped(frozen), within=LONG)
        with ours.process():
            wakes = time.monotonic() + FREEZE
            until(lambda: time.monotonic() >= wakes, within=2 * FREEZE)
            frozen.send_signal(signal.SIGCONT)
            ours.is_right(first)
