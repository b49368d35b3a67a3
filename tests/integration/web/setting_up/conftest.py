"""The school with a Moodle that launches it, and whoever sets another course up there."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.launches.school import LaunchSchool, launch_school
from tests.integration.web.setting_up.claiming import TYPED, Browser, Claiming


@pytest.fixture
def school(filled: Path, tmp_path: Path) -> Iterator[LaunchSchool]:
    """A school of one's own."""
    file = tmp_path / "school.sqlite"
    shutil.copy(filled, file)
    with launch_school(file) as opened:
        yield opened


@pytest.fixture
def claiming(school: LaunchSchool) -> Claiming:
    return Claiming(school)


@pytest.fixture
def bound(claiming: Claiming) -> Browser:
    """An administrator who chose a scheme, and sees the activities."""
    browser = claiming.browser()
    assert browser.post(TYPED).status_code == 200
    return browser
