"""Whatever a platform answers instead of the truth, the sync says so and keeps what it had."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.demonstration.running import RunningPlatform, running_platform
from tests.fixtures.courses.installed import Site
from tests.integration.cli.bad_answers import BAD_ANSWERS, Bad, check
from tests.integration.cli.recorded_course import CANARIES, synced_once


@pytest.fixture(scope="module")
def platform() -> Iterator[RunningPlatform]:
    with running_platform(CANARIES) as running:
        yield running


@pytest.fixture(scope="module")
def recorded(platform: RunningPlatform, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Synced once; to be copied and never to be written to."""
    return synced_once(platform, tmp_path_factory.mktemp("recorded"))


@pytest.mark.parametrize("bad", [pytest.param(bad, id=f"{bad.source} {bad.fault}") for bad in BAD_ANSWERS])
def test_a_platform_that_answers_badly_is_named_with_what_to_do(
    platform: RunningPlatform, recorded: Site, tmp_path: Path, bad: Bad
) -> None:
    ours = recorded.copied(tmp_path)
    try:
        with ours.here():
            check(ours, platform, bad)
    finally:
        platform.moodle.faults.clear()
        platform.lrs.faults.clear()
