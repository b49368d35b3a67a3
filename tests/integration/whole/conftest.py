"""The recorded course, synced and scored once for all who only read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pytest

from lms_scoring.demonstration.running import RunningPlatform, running_platform
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.scorecard import Scorecard
from tests.fixtures.courses.installed import Site, site

COURSES = ("lc2024", "lc2024-scorm")

Cards = Mapping[tuple[str, Role], Scorecard]


@pytest.fixture(scope="session")
def whole_platform() -> Iterator[RunningPlatform]:
    """The whole recorded course; whoever changes it does so after it was synced."""
    with running_platform() as running:
        yield running


@pytest.fixture(scope="session")
def scored(whole_platform: RunningPlatform, tmp_path_factory: pytest.TempPathFactory) -> Site:
    """Both course files over the whole recorded course, synced without loss; not to be written to."""
    recorded = site(whole_platform, tmp_path_factory.mktemp("recorded"))
    for course in COURSES:
        recorded.adopt(course)
        assert recorded.sync(course).good
    return recorded


@pytest.fixture(scope="session")
def stored(scored: Site) -> Mapping[str, Cards]:
    """The cards of both courses, whole, by course."""
    return {course: scored.cards(course) for course in COURSES}
