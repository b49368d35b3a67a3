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
from .lti_peer import Browser, PeerTool, Services, running_tool


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


@pytest.fixture
def tool() -> Iterator[PeerTool]:
    """A tool that publishes its keys."""
    with running_tool() as running:
        yield running


@pytest.fixture
def school(moodle: RunningMoodle, tool: PeerTool) -> RunningMoodle:
    """A Moodle of one's own, in whose course the tool stands."""
    tool.registered(moodle)
    return moodle


@pytest.fixture
def browser(school: RunningMoodle) -> Iterator[Browser]:
    """A browser at that Moodle, signed in by nobody."""
    with requests.Session() as session:
        yield Browser(school.url, session)


@pytest.fixture
def services(school: RunningMoodle, tool: PeerTool) -> Services:
    """The services of that Moodle with a token for everything."""
    return Services(school.url, tool.token(school))
