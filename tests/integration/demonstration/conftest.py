"""Stand-in platforms for the tests: one that nobody changes, and fresh ones."""

from collections.abc import Iterator

import pytest
import requests

from lms_scoring.demonstration.running import (
    Options,
    RunningMoodle,
    RunningPlatform,
    running_moodle,
    running_platform,
)

from .caller import Caller


@pytest.fixture(scope="session")
def platform() -> Iterator[RunningPlatform]:
    """The course as recorded; nobody changes it."""
    with running_platform() as running:
        yield running


@pytest.fixture(scope="session")
def ask(platform: RunningPlatform) -> Iterator[Caller]:
    """A client of the unchanged Moodle."""
    with requests.Session() as session:
        yield Caller(platform.moodle.url, platform.moodle.token, session)


@pytest.fixture
def moodle() -> Iterator[RunningMoodle]:
    """A Moodle of one's own."""
    with running_moodle(Options()) as running:
        yield running


@pytest.fixture
def ask_mine(moodle: RunningMoodle) -> Iterator[Caller]:
    """A client of one's own Moodle."""
    with requests.Session() as session:
        yield Caller(moodle.url, moodle.token, session)
