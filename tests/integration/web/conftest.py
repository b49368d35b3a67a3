"""A school for each test that asks for one; it is filled once and copied."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.integration.web.school import School, fill_school, open_school


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a school that is filled and scored."""
    file = tmp_path_factory.mktemp("school") / "school.sqlite"
    fill_school(file)
    return file


@pytest.fixture
def opened(filled: Path, tmp_path: Path) -> Iterator[Callable[..., School]]:
    """Opens a school of one's own, with settings of one's own."""
    schools: list[School] = []

    def open_one(**settings: str) -> School:
        file = tmp_path / f"{len(schools)}.sqlite"
        shutil.copy(filled, file)
        schools.append(open_school(file, **settings))
        return schools[-1]

    yield open_one
    for school in schools:
        school.close()


@pytest.fixture
def school(opened: Callable[..., School]) -> School:
    """The school as most tests want it."""
    return opened()
