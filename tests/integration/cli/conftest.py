"""The canaries' platform, and the installation that synced from it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.demonstration.running import RunningPlatform, running_platform
from tests.fixtures.courses.installed import Site
from tests.integration.cli.recorded_course import CANARIES, synced_once


@pytest.fixture(scope="session")
def platform() -> Iterator[RunningPlatform]:
    """Nobody changes it; who makes it fail takes the faults back."""
    with running_platform(CANARIES) as running:
        yield running


@pytest.fixture(scope="session")
def recorded(platform: RunningPlatform, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Synced once; to be copied and never to be written to."""
    return synced_once(platform, tmp_path_factory.mktemp("recorded"))


@pytest.fixture
def here(recorded: Site, tmp_path: Path) -> Iterator[Site]:
    """A copy of the synced installation, in which commands are typed."""
    ours = recorded.copied(tmp_path)
    with ours.here():
        yield ours
