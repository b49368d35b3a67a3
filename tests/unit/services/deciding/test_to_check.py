"""On how much a visitor can act: nobody counts what others must decide."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.proceedings.dispute import Contested, raised
from lms_scoring.ports import Act, ActKind, Grant, Visitor
from lms_scoring.services.access.seeing import view_of
from lms_scoring.services.deciding.to_check import ToCheck, waiting_for
from tests import given
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import (
    COURSE,
    LI,
    PEOPLE,
    WANG,
    ZHAO,
    members,
    open_case,
    roster,
    synced,
    told,
)

CLOSED = Act(kind=ActKind.CLOSED, course=COURSE, by="operator:x", reason="公示", at=1)
ALL = Visitor(person=None, roles=(Grant(person="", role="administrator", course=None),))
TUTOR = Visitor(person=WANG)


@pytest.fixture
def store() -> MemoryStore:
    """A case about Li, and a dispute of Li's; Wang guides the class."""
    store = MemoryStore()
    synced(store, roster(LI, ZHAO, WANG), told(*members(), whole=[PEOPLE]))
    open_case(store, "m/p")
    about = Contested(role=Role.LEARNER, class_=given.CLASS, criterion="posts")
    with store.writing() as transaction:
        transaction.keep_dispute(COURSE, raised(about, person=LI, words="?", at=1, until=2))
    return store


def counted(store: MemoryStore, visitor: Visitor, by: str, **seen: object) -> ToCheck:
    with store.reading() as transaction:
        view = replace(view_of(transaction, COURSE, visitor), **seen)  # type: ignore[arg-type] # tests' words
        waiting = waiting_for(transaction, view, by=by, now=2)
        assert waiting.of_class(given.CLASS) == waiting.total
        assert waiting.of_class("another") == ToCheck()
        return waiting.total


@pytest.mark.parametrize("visitor", [ALL, TUTOR])
def test_who_may_decide_counts_what_waits(store: MemoryStore, visitor: Visitor) -> None:
    assert counted(store, visitor, by="x") == ToCheck(cases=1, disputes=1, overdue=1)


def test_while_a_course_is_closed_only_who_sees_all_has_anything_to_do(store: MemoryStore) -> None:
    assert counted(store, TUTOR, by=WANG, closing=CLOSED) == ToCheck()
    assert counted(store, ALL, by="x", closing=CLOSED) == ToCheck(cases=1, disputes=1, overdue=1)


@pytest.mark.parametrize("visitor", [ALL, TUTOR])
def test_who_has_no_name_has_nothing_to_do(store: MemoryStore, visitor: Visitor) -> None:
    assert counted(store, visitor, by="x", nameless=True) == ToCheck()
