"""An adoption by sets that dies anywhere, and is then done to its end, leaves what one at once leaves."""

from __future__ import annotations

from pathlib import Path

import pytest

from lms_scoring.ports import Passback
from lms_scoring.services.gradebook.switch_passback import switch_passback
from tests.faults.contents import contents, difference, grades
from tests.faults.mortal_database import Fuse, mortal_store
from tests.fixtures.courses.awaited import OTHER, County, filled_county
from tests.fixtures.courses.scripted import COURSE, NOTHING_TO_WAIT_FOR

STEPS = range(1, 200, 3)
"""Writes after which the process dies; the last ones are after the end."""


def begun(folder: Path, fuse: Fuse) -> County:
    """A course that is scored, and sends verdicts."""
    folder.mkdir()
    county = filled_county(mortal_store(folder, fuse))
    switch_passback(COURSE, Passback.VERDICT, county.store, clock=county.clock, reading=NOTHING_TO_WAIT_FOR)
    return county


def to_its_end(county: County) -> None:
    """Whoever wants the rules adopts them where they are not; then cards are made."""
    with county.store.reading() as transaction:
        is_adopted = transaction.course(COURSE).scheme == OTHER.scheme.fingerprint
    if not is_adopted:
        county.adopt()
    county.assess()


@pytest.fixture(scope="module")
def wanted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The database of who adopted at once, undisturbed."""
    folder = tmp_path_factory.mktemp("wanted") / "course"
    county = begun(folder, Fuse())
    county.adopt(at_once=1_000)
    county.store.close()
    return folder / "store.db"


def test_an_adoption_by_sets_may_die_anywhere(wanted: Path, tmp_path: Path) -> None:
    died = 0
    for step in STEPS:
        fuse, folder = Fuse(), tmp_path / str(step)
        county = begun(folder, fuse)
        done = False
        with fuse.lit(step):
            to_its_end(county)
            done = True
        died += not done
        to_its_end(county)
        county.store.close()
        database = folder / "store.db"
        assert difference(contents(wanted), contents(database)) == {}, step
        assert difference(grades(wanted), grades(database)) == {}, step
        if done:
            break
    assert done and died > 10, "it died at every third write, until it came to its end"
