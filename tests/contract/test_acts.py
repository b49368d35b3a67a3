"""Contract: signed acts are kept in order, with the state of the evidence, and nothing takes one away."""

from __future__ import annotations

from dataclasses import replace

from lms_scoring.ports import Act, ActKind, Store
from tests.contract.story import CHEN, COURSE, LI, class_a

GRANTED = Act(
    at=5, kind=ActKind.GRANTED, by=CHEN.id, reason="runs the county", person=LI.id, subject="coordinator"
)
OF_COURSE = replace(GRANTED, course=COURSE, at=6, kind=ActKind.REVOKED, by="operator:office", person=None)


def test_an_act_comes_back_with_its_number_and_the_latest_run(store: Store) -> None:
    with store.writing() as transaction:
        first = transaction.keep_act(GRANTED)
        class_a(transaction)
        second = transaction.keep_act(OF_COURSE)
    assert first == replace(GRANTED, number=1, run=0)
    assert second == replace(OF_COURSE, number=2, run=2)
    with store.reading() as transaction:
        assert list(transaction.acts()) == [first, second]


def test_acts_are_asked_for_by_course_and_by_kind(store: Store) -> None:
    with store.writing() as transaction:
        first, second = transaction.keep_act(GRANTED), transaction.keep_act(OF_COURSE)
        assert list(transaction.acts(course=COURSE)) == [second]
        assert list(transaction.acts(course="another course")) == []
        assert list(transaction.acts(kinds=[ActKind.GRANTED])) == [first]
        assert list(transaction.acts(kinds=[ActKind.GRANTED, ActKind.REVOKED])) == [first, second]
        assert list(transaction.acts(course=COURSE, kinds=[ActKind.GRANTED])) == []


def test_the_same_done_twice_is_two_acts(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_act(GRANTED)
        transaction.keep_act(GRANTED)
        assert [act.number for act in transaction.acts()] == [1, 2]
