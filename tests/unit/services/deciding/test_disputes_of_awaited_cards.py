"""Disputes about cards that are awaited: what the adopted rules changed before is no answer to them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.proceedings.dispute import Contested
from lms_scoring.ports import Visitor
from lms_scoring.services.deciding.dispute_desk import DisputeDesk
from tests import given
from tests.fixtures.courses.awaited import ADMINISTRATOR, OTHER, County, filled_county
from tests.fixtures.courses.scripted import LI, new_store, rules

ABOUT_POSTS = Contested(role=Role.LEARNER, class_=given.CLASS, criterion="posts")


@pytest.fixture
def county(tmp_path: Path) -> Iterator[County]:
    county = filled_county(new_store(tmp_path))
    yield county
    county.store.close()


def contest(county: County) -> None:
    county.clock.at += 1_000
    desk = DisputeDesk(county.store, OTHER, clock=county.clock)
    desk.raise_(Visitor(person=LI), ABOUT_POSTS, "Why?")


def is_changed(county: County) -> bool:
    desk = DisputeDesk(county.store, OTHER, clock=county.clock)
    return desk.opened(ADMINISTRATOR, 1).is_changed


def test_what_was_contested_on_an_awaited_card_is_not_changed_by_making_it(county: County) -> None:
    county.adopt()
    contest(county)
    assert not is_changed(county)
    county.assess()
    assert not is_changed(county)
    county.sync(*(given.topic(f"more{number}") for number in range(3)))
    county.assess()
    assert is_changed(county), "the posts have other points than the card that was contested"


def test_rules_that_are_adopted_after_it_was_asked_change_it(county: County) -> None:
    county.clock.at += 1_000
    desk = DisputeDesk(county.store, rules(), clock=county.clock)
    desk.raise_(Visitor(person=LI), ABOUT_POSTS, "Why?")
    county.adopt()
    assert is_changed(county)
    county.assess()
    assert is_changed(county)
