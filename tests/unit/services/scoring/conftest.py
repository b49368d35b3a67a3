"""A course that is scored, for tests of what changes its cards."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.services.scoring.assess import Assessed
from tests import given
from tests.fixtures.courses.scored import EVERYBODY, LEARNERS, PERSONS, Office
from tests.fixtures.courses.scripted import StandingClock, adopt_course, members, new_store, told


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    """Three learners with a topic each, and the tutor of two of them; all scored once."""
    office = Office(new_store(tmp_path), StandingClock(given.END + given.DAY))
    adopt_course(office.store)
    first = [given.topic(f"by {person}", person=person) for person in sorted(LEARNERS)]
    office.sync(EVERYBODY, told(*members(), *first))
    assert office.assess() == PERSONS
    assert office.done == Assessed(scored=4, changed=4)
    yield office
    office.store.close()
