"""Stand-in Moodles and pulls of the recorded course."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lms_scoring.demonstration.running import RunningMoodle, running_moodle

from .pulled import Pulled, pulled, source_of


@pytest.fixture(scope="session")
def recorded() -> Iterator[RunningMoodle]:
    """The course as recorded; nobody changes it."""
    with running_moodle() as moodle:
        yield moodle


@pytest.fixture(scope="session")
def course(recorded: RunningMoodle) -> Pulled:
    """A first pull of the recorded course."""
    return pulled(source_of(recorded), recorded)


@pytest.fixture
def moodle() -> Iterator[RunningMoodle]:
    """A course of one's own, to be changed or broken."""
    with running_moodle() as running:
        yield running
