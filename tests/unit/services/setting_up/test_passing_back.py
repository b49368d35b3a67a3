"""What goes to the gradebook, chosen on a page: how much would go out is told before it does."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.domain.errors import NotAllowed
from lms_scoring.ports import Grant, Passback, Visitor
from lms_scoring.services.setting_up.passing_back import PassingBack
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    LI,
    WANG,
    ZHAO,
    StandingClock,
    members,
    new_store,
    roster,
    rules,
    scored,
    told,
)

COORDINATOR = Visitor(person="office", roles=(Grant(person="office", role="coordinator", course=COURSE),))


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = new_store(tmp_path)
    scored(store, roster(LI, ZHAO, WANG, CHEN), told(*members(), *given.topics(12)))
    yield store
    store.close()


def passing(store: SqlStore) -> PassingBack:
    return PassingBack(store, rules(), clock=StandingClock())


def waiting(store: SqlStore) -> int:
    with store.reading() as transaction:
        return len(transaction.outgoing(COURSE))


def test_how_many_grades_would_go_out_is_told_and_nothing_is_sent(store: SqlStore) -> None:
    assert passing(store).foresee(COORDINATOR, Passback.SCORE) == 3
    assert passing(store).foresee(COORDINATOR, None) == 0
    assert passing(store).now(COORDINATOR).passback is None
    assert waiting(store) == 0


def test_what_is_chosen_is_sent_from_then_on(store: SqlStore) -> None:
    passing(store).switch(COORDINATOR, Passback.SCORE)
    assert passing(store).now(COORDINATOR).passback is Passback.SCORE
    assert waiting(store) == 3
    passing(store).switch(COORDINATOR, None)
    assert passing(store).now(COORDINATOR).passback is None
    assert waiting(store) == 3, "what was written down stays"


def test_no_platform_has_opened_its_gradebook(store: SqlStore) -> None:
    assert not passing(store).now(COORDINATOR).reachable


@pytest.mark.parametrize("who", [LI, WANG])
def test_it_is_for_who_sees_the_whole_course(store: SqlStore, who: str) -> None:
    one, visitor = passing(store), Visitor(person=who)
    for ask in (
        lambda: one.now(visitor),
        lambda: one.foresee(visitor, Passback.SCORE),
        lambda: one.switch(visitor, Passback.SCORE),
    ):
        with pytest.raises(NotAllowed):
            ask()
    assert waiting(store) == 0
