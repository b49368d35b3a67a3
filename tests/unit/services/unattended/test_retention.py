"""Removing what is too old: a portion at a time, so that others may write meanwhile."""

from __future__ import annotations

from pathlib import Path

from lms_scoring.domain.instants import DAY
from lms_scoring.domain.quarantine import set_aside
from lms_scoring.domain.retention import Ages
from lms_scoring.ports import PastRows
from lms_scoring.services.unattended.retention import retain
from tests.fixtures.courses.scripted import COURSE, new_store


def test_portion_by_portion_all_of_it_goes(tmp_path: Path) -> None:
    store, names = new_store(tmp_path), [str(number) for number in range(700)]
    rows = [set_aside(name.encode(), code="c", reason="r", record=name) for name in names]
    with store.writing() as transaction:
        for source in ("moodle", "moodle-2", "moodle-3"):
            run = transaction.begin_run(COURSE, source, at=1)
            transaction.quarantine(COURSE, source, rows, run=run, at=1)
            transaction.came_well_formed(COURSE, source, names, at=1)
    assert retain(store, Ages(quarantine=90), now=9_999 * DAY) == [PastRows(table="quarantined", rows=2_100)]
    store.close()
