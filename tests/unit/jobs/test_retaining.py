"""Removing what is too old by the jobs: what fails is told, and tried again; no clock that jumped
removes anything."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.domain.errors import StoreError
from lms_scoring.domain.instants import DAY, MINUTE
from lms_scoring.domain.quarantine import set_aside
from lms_scoring.domain.retention import Ages
from lms_scoring.jobs.work import retain, tell
from lms_scoring.ports import Trouble
from lms_scoring.services.following_up.troubles import RETAINING, try_again
from lms_scoring.services.unattended.sweep import sweep
from lms_scoring.services.unattended.work_state import work_state
from lms_scoring.store import SqlStore
from tests.fixtures.courses.scripted import COURSE, MOODLE, StandingClock, new_store
from tests.fixtures.workshop import Heard, Told, workshop

NOW = 20_000 * DAY


class Site:
    """An installation that keeps texts of what was set aside for 90 days, and one such record."""

    def __init__(self, folder: Path) -> None:
        self.store: SqlStore = new_store(folder)
        self.file = folder / "store.db"
        self.clock = StandingClock(NOW)
        self.told, self.heard = Told(), Heard()
        self.store.bell = self.heard
        self.shop = workshop(
            self.store, courses={}, clock=self.clock, tell=self.told, ages=Ages(quarantine=90)
        )

    def sets_aside(self) -> None:
        """One that came well-formed today."""
        row = set_aside(b"{}", code="c", reason="r", record="1")
        with self.store.writing() as transaction:
            run = transaction.begin_run(COURSE, MOODLE, at=self.clock.at)
            transaction.quarantine(COURSE, MOODLE, [row], run=run, at=self.clock.at)
            transaction.came_well_formed(COURSE, MOODLE, ["1"], at=self.clock.at)

    def set_aside(self) -> int:
        with self.connected() as connection:
            (count,) = connection.execute("SELECT count(*) FROM quarantined").fetchone()
        return int(count)

    def connected(self) -> sqlite3.Connection:
        return sqlite3.connect(self.file)

    def jams(self, *, over: bool = False) -> None:
        """The database lets nothing of what was set aside be removed."""
        jam = "CREATE TRIGGER jam BEFORE DELETE ON quarantined BEGIN SELECT RAISE(ABORT, 'jammed'); END"
        with self.connected() as connection:
            connection.execute("DROP TRIGGER jam" if over else jam)

    def is_woken(self) -> bool:
        self.heard.taken()
        sweep(self.shop)
        return ("retain",) in self.heard.taken()

    def trouble(self) -> Trouble | None:
        failing = work_state(self.store, clock=self.clock).failing
        return next((one for one in failing if one.concern == RETAINING), None)


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path)
    retain(site.shop)
    yield site
    site.store.close()


def grows_too_old(site: Site) -> None:
    site.sets_aside()
    for _ in range(91):
        site.clock.at += DAY
        if site.set_aside():
            retain(site.shop)


def test_what_is_too_old_goes(site: Site) -> None:
    grows_too_old(site)
    assert site.set_aside() == 0


def test_what_cannot_be_removed_is_a_trouble_that_is_told_and_tried_again(site: Site) -> None:
    site.jams()
    with pytest.raises(StoreError):
        grows_too_old(site)
    trouble = site.trouble()
    assert trouble is not None
    tell(site.shop)
    assert [one.text.split(":")[0] for one in site.told.heard] == ["✗ retention"]
    assert not site.is_woken()
    site.clock.at = trouble.try_at
    assert site.is_woken()
    site.jams(over=True)
    retain(site.shop)
    tell(site.shop)
    assert (site.set_aside(), site.trouble(), len(site.told.heard)) == (0, None, 2)
    site.clock.at += MINUTE
    assert not site.is_woken()


def test_where_nothing_is_to_go_any_more_removing_it_does_not_fail(site: Site) -> None:
    site.jams()
    with pytest.raises(StoreError):
        grows_too_old(site)
    sweep(workshop(site.store, courses={}, clock=site.clock))
    assert site.trouble() is None


def test_whoever_wants_it_tried_again_waits_for_no_time(site: Site) -> None:
    site.jams()
    with pytest.raises(StoreError):
        grows_too_old(site)
    with site.store.writing() as transaction:
        try_again(transaction, "retention", now=site.clock.at)
    assert site.is_woken()


def test_a_clock_that_is_years_ahead_removes_nothing(site: Site, caplog: pytest.LogCaptureFixture) -> None:
    """And once it is right again, nothing is removed that is not too old by it."""
    site.sets_aside()
    site.clock.at += 3_650 * DAY
    assert site.is_woken()
    retain(site.shop)
    assert site.set_aside() == 1
    assert "retention: nothing was removed: it was looked at last at 2024-" in caplog.text
    site.clock.at -= 3_650 * DAY
    assert site.is_woken()
    for _ in range(2):
        retain(site.shop)
        site.clock.at += DAY
    assert site.set_aside() == 1


def test_what_was_never_looked_at_goes_no_sooner_than_a_day_later(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Nobody can tell as yet whether the clock is right."""
    site = Site(tmp_path)
    site.sets_aside()
    site.clock.at += 91 * DAY
    retain(site.shop)
    assert site.set_aside() == 1
    assert "it was looked at last never" in caplog.text
    assert not site.is_woken()
    site.clock.at += DAY
    assert site.is_woken()
    retain(site.shop)
    assert site.set_aside() == 0
    site.store.close()


def test_who_was_away_for_longer_removes_what_is_too_old_a_day_later(site: Site) -> None:
    site.sets_aside()
    site.clock.at += 100 * DAY
    retain(site.shop)
    assert site.set_aside() == 1
    site.clock.at += DAY
    retain(site.shop)
    assert site.set_aside() == 0


def test_what_failed_to_go_goes_no_sooner_by_a_clock_that_is_ahead(site: Site) -> None:
    site.jams()
    with pytest.raises(StoreError):
        grows_too_old(site)
    site.jams(over=True)
    site.clock.at += 3_650 * DAY
    assert site.is_woken()
    retain(site.shop)
    site.clock.at += MINUTE
    assert not site.is_woken()
    assert site.set_aside() == 1
    site.clock.at -= 3_650 * DAY
    assert site.is_woken()
