"""A platform of ten learners whose every secret is a canary, and an installation that synced from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.demonstration.running import Options, RunningPlatform, running_platform
from tests.fixtures.courses.installed import Site, site

COURSE = "lc2024"


@pytest.fixture(scope="session")
def platform() -> Iterator[RunningPlatform]:
    """Nobody changes it; who makes it fail takes the faults back."""
    canaries = Options(learners=10, token="canary-token", key="canary-key", secret="canary-secret")
    with running_platform(canaries) as running:
        yield running


@pytest.fixture(scope="session")
def recorded(platform: RunningPlatform, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Synced once; to be copied and never to be written to."""
    ours = site(platform, tmp_path_factory.mktemp("recorded"), changes=QUICK)
    ours.adopt(COURSE)
    assert ours.sync(COURSE).good
    return ours


@pytest.fixture
def here(recorded: Site, tmp_path: Path) -> Iterator[Site]:
    """A copy of the synced installation, in which commands are typed."""
    ours = recorded.copied(tmp_path)
    with ours.here():
        yield ours


QUICK = {
    "LMS_SCORING_PLATFORM_MOODLE_ATTEMPTS": "1",
    "LMS_SCORING_PLATFORM_LRS_ATTEMPTS": "1",
    "LMS_SCORING_LANGUAGE": "en",
}
"""Nothing is tried again, so that failures come at once."""
