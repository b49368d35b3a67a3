"""The recorded course, synced and scored once for all who only read."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lms_scoring.demonstration.running import Options, RunningPlatform, running_platform
from tests.fixtures.courses.installed import Site, site

COURSES = ("lc2024", "lc2024-scorm")


@pytest.fixture(scope="session")
def scored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """Both course files over the whole recorded course, synced without loss."""
    with running_platform() as platform:
        recorded = site(platform, tmp_path_factory.mktemp("recorded"))
        for course in COURSES:
            recorded.adopt(course)
            assert recorded.sync(course).good
    yield recorded


@pytest.fixture
def platform() -> Iterator[RunningPlatform]:
    """The first ten learners of the course, to be changed or broken."""
    with running_platform(Options(learners=10)) as running:
        yield running
