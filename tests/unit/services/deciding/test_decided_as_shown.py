"""What was entered is as it was shown, and is listed in the order of time."""

from __future__ import annotations

import pytest

from lms_scoring.domain.evidence import Action
from lms_scoring.services.deciding.enter import (
    Entered,
    Wish,
    enter_as_shown,
    made,
)
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.deciding import (
    OFFICE,
    POST,
    WORKS,
    Office,
    opened,
    recommend,
    wish,
)
from tests.fixtures.courses.scripted import (
    LI,
    WANG,
)


@pytest.fixture
def office() -> Office:
    """In memory; the commands' own tests decide in a database."""
    return opened(MemoryStore())


def as_shown(office: Office, asked: Wish, mark: str | None) -> Entered:
    return enter_as_shown(asked, office.rules, office.store, clock=office.clock, mark=mark)


def test_a_wish_is_kept_only_as_it_was_shown(office: Office) -> None:
    asked = wish(Action.VOID, POST)
    shown = as_shown(office, asked, None)
    assert not shown.kept
    assert not as_shown(office, asked, "made up").kept
    assert made(office.rules, office.store) == []
    kept = as_shown(office, asked, shown.effect.mark)
    assert kept.kept
    assert kept.effect == shown.effect
    assert office.total() == 39


def test_what_would_change_otherwise_meanwhile_is_not_kept(office: Office) -> None:
    asked = wish(Action.VOID, POST)
    shown = as_shown(office, asked, None).effect
    office.enter(wish(Action.EXEMPT, WORKS))
    later = as_shown(office, asked, shown.mark)
    assert not later.kept
    assert not later.effect.looks_like(shown)
    assert as_shown(office, asked, later.effect.mark).kept


def test_what_is_so_already_is_kept_by_no_mark(office: Office) -> None:
    asked = wish(Action.VOID, POST)
    office.enter(asked)
    again = as_shown(office, asked, None).effect
    assert again.entry is None
    assert not as_shown(office, asked, again.mark).kept
    assert len(made(office.rules, office.store)) == 1


def test_everything_entered_is_listed_in_the_order_of_time(office: Office) -> None:
    office.enter(wish(Action.VOID, POST))
    office.enter(recommend())
    office.enter(wish(Action.RESTORE, POST, by=WANG))
    listed = [(one.entry.id, one.entry.by, one.in_force) for one in made(office.rules, office.store)]
    assert listed == [
        ("here/li-1", OFFICE, False),
        ("here/wang/moodle/work", WANG, True),
        ("here/li-2", WANG, True),
    ]
    assert [one.entry.id for one in made(office.rules, office.store, person=LI)] == ["here/li-1", "here/li-2"]
