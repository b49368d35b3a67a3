"""Telling at several addresses of which one is dead: the others hear, once, and it is seen which does not."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lms_scoring.domain.instants import HOUR, MINUTE
from lms_scoring.jobs.work import tell
from lms_scoring.ports import Notice, NoticeKind, Trouble
from lms_scoring.services.following_up.troubles import (
    LONGEST_PAUSE,
    TELLING,
    failed,
    platform_itself,
    trouble_of,
    went_well,
)
from lms_scoring.services.unattended.sweep import sweep
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import StandingClock
from tests.fixtures.workshop import AtOnce, Told, workshop


class Watch:
    """An installation whose notices go to two addresses, of which the second is dead."""

    def __init__(self) -> None:
        self.told = Told(addresses=2, dead=frozenset({2}))
        self.clock = StandingClock()
        self.store = MemoryStore()
        self.shop = workshop(self.store, courses={}, tell=self.told, clock=self.clock)
        self.store.bell = AtOnce(self.shop)

    def fails(self, name: str) -> None:
        with self.store.writing() as transaction:
            now = self.clock.now()
            failed(transaction, platform_itself(name), "course", "HTTP 503", now=now, jitter=0.5)

    def recovers(self, name: str) -> None:
        with self.store.writing() as transaction:
            went_well(transaction, platform_itself(name), "course", now=self.clock.now())

    def passes(self, time: int) -> None:
        """Somebody looks around every ten minutes."""
        for _ in range(time // (10 * MINUTE)):
            sweep(self.shop)
            self.clock.at += 10 * MINUTE

    def heard(self, number: int) -> list[Sequence[str]]:
        """What was told at an address: the first words of each line, by notice."""
        notices: list[Notice] = self.told.heard_at.get(number, [])
        return [[line.split(":")[0] for line in one.text.splitlines()] for one in notices]

    def telling(self) -> Trouble | None:
        with self.store.reading() as transaction:
            return trouble_of(transaction.troubles(), TELLING, None)


@pytest.fixture
def watch() -> Watch:
    return Watch()


def test_where_one_address_is_dead_the_other_hears_once_and_at_once(watch: Watch) -> None:
    watch.fails("moodle-a")
    watch.passes(20 * HOUR)
    watch.fails("moodle-b")
    watch.passes(10 * MINUTE)
    watch.passes(10 * HOUR)
    assert watch.heard(1) == [["✗ moodle-a (course)"], ["✗ moodle-b (course)"]]
    telling = watch.telling()
    assert telling is not None
    assert " be delivered to LMS_SCORING_NOTIFY, address 2 of 2: " in telling.reason
    assert 3 < telling.failures < 15, "it is tried more and more seldom"


def test_news_waits_for_no_dead_address(watch: Watch) -> None:
    watch.fails("moodle-a")
    watch.passes(20 * HOUR)
    assert watch.telling() is not None
    watch.fails("moodle-b")
    sweep(watch.shop)
    assert watch.heard(1)[-1] == ["✗ moodle-b (course)"]
    watch.recovers("moodle-b")
    sweep(watch.shop)
    assert watch.heard(1)[-1] == ["✓ moodle-b (course)"]


def test_an_address_that_hears_again_is_told_what_still_fails(watch: Watch) -> None:
    for name in ("moodle-a", "moodle-b"):
        watch.fails(name)
        watch.passes(HOUR)
    watch.recovers("moodle-b")
    watch.passes(HOUR)
    watch.told.dead = frozenset()
    watch.passes(LONGEST_PAUSE)
    assert watch.heard(2) == [["✗ moodle-a (course)", "✓ notices"]]
    assert len(watch.heard(1)) == 3
    assert watch.telling() is None
    watch.fails("moodle-c")
    sweep(watch.shop)
    assert watch.heard(1)[-1] == watch.heard(2)[-1] == ["✗ moodle-c (course)"]


def test_an_address_that_missed_nothing_that_lasts_hears_that_it_hears(watch: Watch) -> None:
    watch.fails("moodle-a")
    watch.passes(MINUTE * 10)
    watch.recovers("moodle-a")
    watch.passes(MINUTE * 10)
    watch.told.dead = frozenset()
    watch.passes(HOUR)
    assert [(one.kind, one.text.split(":")[0]) for one in watch.told.heard_at[2]] == [
        (NoticeKind.SUCCESS, "✓ notices")
    ]


def test_where_all_are_dead_nothing_is_told_and_all_are_left_alone(watch: Watch) -> None:
    watch.told.dead = frozenset({1, 2})
    watch.fails("moodle-a")
    watch.passes(30 * HOUR)
    telling = watch.telling()
    assert telling is not None
    assert "address 1, 2 of 2" in telling.reason
    assert telling.failures < 20
    watch.told.dead = frozenset()
    watch.passes(LONGEST_PAUSE)
    assert watch.heard(1) == watch.heard(2) == [["✗ moodle-a (course)"]]
    assert watch.telling() is None


def test_whoever_is_called_before_its_time_asks_no_dead_address(watch: Watch) -> None:
    """Two calls for one piece of news: the second finds none."""
    watch.fails("moodle-a")
    sweep(watch.shop)
    tell(watch.shop)
    assert watch.telling() is not None
    watch.told.dead = frozenset()
    tell(watch.shop)
    assert watch.heard(2) == []


def test_what_is_new_meanwhile_is_told_at_a_dead_address_with_all_that_it_missed(watch: Watch) -> None:
    watch.fails("moodle-a")
    watch.passes(20 * HOUR)
    watch.told.dead = frozenset()
    watch.fails("moodle-b")
    sweep(watch.shop)
    assert watch.heard(2) == []
    watch.passes(LONGEST_PAUSE)
    assert watch.heard(2) == [["✗ moodle-a (course)", "✗ moodle-b (course)", "✓ notices"]]
