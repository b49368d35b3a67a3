"""All that is told about a person: as of one moment, and to nobody else than a card is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from lms_scoring.domain.errors import NotAllowed, UnknownPerson
from lms_scoring.ports import Transaction, Visitor
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.services.viewing.whole_person import whole_person
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.scripted import (
    LI,
    ZHAO,
    StandingClock,
    members,
    new_store,
    roster,
    rules,
    scored,
    told,
)

CLOCK = StandingClock()


class CountedViews:
    """A store that counts how often it is looked into."""

    def __init__(self, store: SqlStore) -> None:
        self._store = store
        self.views = 0

    def reading(self) -> AbstractContextManager[Transaction]:
        self.views += 1
        return self._store.reading()

    def writing(self) -> AbstractContextManager[Transaction]:
        return self._store.writing()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    """A class with one topic of Li's."""
    store = new_store(tmp_path)
    scored(store, roster(LI, ZHAO), told(*members(), *given.topics(1)))
    yield store
    store.close()


def test_it_is_one_view_of_the_store(store: SqlStore) -> None:
    counted = CountedViews(store)
    whole = whole_person(counted, rules(), Visitor(person=LI), LI, clock=CLOCK)
    assert counted.views == 1
    assert whole.seen == Consultant(store, rules()).seen(Visitor(person=LI), LI)


def test_what_is_no_business_of_a_visitor_is_not_told(store: SqlStore) -> None:
    with pytest.raises(NotAllowed):
        whole_person(store, rules(), Visitor(person=ZHAO), LI, clock=CLOCK)
    with pytest.raises(UnknownPerson):
        whole_person(store, rules(), Visitor(person=ZHAO), "nobody", clock=CLOCK)
