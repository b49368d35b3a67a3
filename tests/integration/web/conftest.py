"""The school, filled once and copied for whoever changes it."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.integration.web.contested import FLOOD, LEARNER, NEW, ONE
from tests.integration.web.doubtful import make_doubtful
from tests.integration.web.forms import sent
from tests.integration.web.graded import make_graded
from tests.integration.web.registering import Office, office_over
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

    def open_one(**settings: Any) -> School:
        file = tmp_path / f"{len(schools)}.sqlite"
        shutil.copy(filled, file)
        schools.append(open_school(file, **settings))
        return schools[-1]

    yield open_one
    for school in schools:
        school.close()


@pytest.fixture
def own_school(opened: Callable[..., School]) -> School:
    """A school for a test that lets time pass or changes what is stored."""
    return opened()


@pytest.fixture
def contested(own_school: School) -> School:
    """The learner contests the post that the platform calls flooding."""
    answer = sent(own_school.signed_in(LEARNER), NEW, **FLOOD, words="这不是灌水。")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(ONE)
    return own_school


@pytest.fixture(scope="session")
def school(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[School]:
    """The school that all other tests share; they only sign in and out."""
    file = tmp_path_factory.mktemp("shared") / "school.sqlite"
    shutil.copy(filled, file)
    school = open_school(file)
    yield school
    school.close()


@pytest.fixture
def office(filled: Path, tmp_path: Path) -> Iterator[Office]:
    file = tmp_path / "office.sqlite"
    shutil.copy(filled, file)
    with office_over(file) as opened:
        yield opened


@pytest.fixture
def doubtful(own_school: School) -> School:
    """Case 1 is about a post of the learner, case 2 about homework like one of another class."""
    make_doubtful(own_school)
    return own_school


@pytest.fixture
def graded(own_school: School) -> School:
    """A school that sends points, to a Moodle that knows everybody."""
    make_graded(own_school)
    return own_school
