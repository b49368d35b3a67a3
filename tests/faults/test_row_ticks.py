"""Row 15: several processes run the jobs of one course, and some are killed, or frozen and woken: whatever is
due is done once each time, and in the end all is as if one process had done it."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from lms_scoring.domain.instants import HOUR
from tests.faults.attended import LONG, SOURCES, Attended, Process, attended
from tests.faults.course_process import DONE
from tests.faults.killing import Killed, Whole, killed
from tests.faults.matrix import row
from tests.fixtures.databases import ENGINES, engine_of
from tests.waiting import until

pytestmark = pytest.mark.slow(reason="processes are killed and frozen in the midst of their work")

TICKS = 5
"""Hours, each of which the course is due once."""


@pytest.fixture(scope="module", params=ENGINES)
def course(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Killed]:
    with killed(request.param, tmp_path_factory.mktemp("killed")) as made:
        yield made


@pytest.fixture(scope="module")
def first(course: Killed) -> Whole:
    """A first sync that somebody typed."""
    return course.whole(course.begun, "first")


@pytest.fixture
def ours(course: Killed, tmp_path: Path) -> Iterator[Attended]:
    with attended(course, tmp_path) as made:
        yield made


def tick(ours: Attended) -> int:
    """It is due now: that is done, and who looks around again finds nothing more to do."""
    at = ours.clock.now()
    until(lambda: all(ours.runs()[source, at] for source in SOURCES), within=LONG)
    ours.come_to_rest()
    return at


@row(15, "processes", [2, 3])
def test_whatever_is_due_is_done_once_by_whichever_process(
    ours: Attended, first: Whole, processes: int
) -> None:
    with ExitStack() as stack:
        running = [stack.enter_context(ours.process()) for _ in range(processes)]
        ticks = [tick(ours)]
        for number in range(1, TICKS):
            disturb(ours, running, number)
            ours.set_clock(ours.clock.now() + HOUR)
            ticks.append(tick(ours))
        assert ours.runs() == Counter({(source, at): 1 for source in SOURCES for at in ticks})
        ours.is_right(first)


def disturb(ours: Attended, running: list[Process], number: int) -> None:
    """Of workers one is frozen for two ticks. Where one process has it all, that one is killed."""
    if engine_of(ours.database) == "postgres" and number in (1, 3):
        running[0].send_signal(signal.SIGSTOP if number == 1 else signal.SIGCONT)
    elif engine_of(ours.database) == "sqlite" and number == 2:
        (holder,) = {line[-1] for line in ours.lines() if line[:2] == [DONE, "sweep"]}
        (found,) = (one for one in running if str(one.pid) == holder)
        found.kill()
        found.wait()
