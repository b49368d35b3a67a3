"""The school, filled once, with a Moodle that launches it."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.integration.launches.door import Door, opened
from tests.integration.launches.school import LaunchSchool, launch_school
from tests.integration.web.school import fill_school


@pytest.fixture(scope="session")
def filled_school(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("launched") / "school.sqlite"
    fill_school(file)
    return file


@pytest.fixture
def school(filled_school: Path, tmp_path: Path) -> Iterator[LaunchSchool]:
    """A school of one's own."""
    file = tmp_path / "school.sqlite"
    shutil.copy(filled_school, file)
    with launch_school(file) as opened:
        yield opened


@pytest.fixture
def door(school: LaunchSchool) -> Iterator[Door]:
    """The same behind a server."""
    with opened(school) as served:
        yield served


@pytest.fixture(scope="module")
def shared_door(filled_school: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    """The school of tests in which nobody gets in; who changes something else brings it back."""
    file = tmp_path_factory.mktemp("shared") / "school.sqlite"
    shutil.copy(filled_school, file)
    with launch_school(file) as school, opened(school) as served:
        yield served
