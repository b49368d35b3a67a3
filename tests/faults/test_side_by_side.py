"""A platform that trickles, hangs or redirects holds a sync up to its deadline, and delays no other."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.domain.instants import SECOND
from lms_scoring.ports import RunState
from tests.faults import faults
from tests.faults.fault_proxy import Fault
from tests.faults.scene import LRS, MOODLE, Scene, scene

DEADLINE = 10
"""Seconds. A tenth of it is far more than a run takes that waits for nothing."""
SETTINGS = {f"LMS_SCORING_PLATFORM_{name}_DEADLINE": str(DEADLINE) for name in ("MOODLE", "LRS")}
ENDLESS = (faults.black_hole(), faults.trickle(headers=True), faults.trickle(headers=False))


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A platform that nobody changes, and a database into which nothing was synced."""
    with scene(tmp_path_factory.mktemp("course"), changes=SETTINGS) as ours:
        yield ours


@pytest.mark.parametrize("bad", [MOODLE, LRS])
@pytest.mark.parametrize("fault", [*ENDLESS, faults.redirect("/elsewhere")], ids=lambda fault: fault.name)
def test_one_platform_is_held_no_longer_than_its_deadline_and_the_other_not_at_all(
    course: Scene, tmp_path: Path, bad: str, fault: Fault
) -> None:
    good = LRS if bad == MOODLE else MOODLE
    disturbed = course.like_this(tmp_path)
    disturbed.proxy(bad).next(fault, times=99)
    assert not disturbed.sync().good
    runs = disturbed.runs()
    held, read = runs[bad], runs[good]
    assert held.ended_at is not None and read.ended_at is not None
    assert (held.state, read.state) == (RunState.FAILED, RunState.DONE)
    assert held.ended_at - held.started_at <= DEADLINE * SECOND * 11 // 10
    if fault in ENDLESS:
        assert read.ended_at < held.ended_at
    disturbed.calm()
    disturbed.close()
