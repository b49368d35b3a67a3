"""Contract: grants, links that work once, and sessions."""

from __future__ import annotations

import threading

from lms_scoring.ports import Grant, Store, Visitor

COORDINATOR = Grant(person="p1", role="coordinator", course="course-1")
ADMINISTRATOR = Grant(person="p1", role="administrator", course=None)
VISITOR = Visitor(person="p1", roles=(COORDINATOR, ADMINISTRATOR))
OPERATOR = Visitor(person=None)


def test_a_grant_is_the_persons_own_and_is_kept_once(store: Store) -> None:
    with store.writing() as transaction:
        for grant in (COORDINATOR, ADMINISTRATOR, COORDINATOR):
            transaction.keep_grant(grant)
        transaction.keep_grant(Grant(person="p2", role="coordinator", course=None))
    with store.reading() as transaction:
        assert list(transaction.grants("p1")) == [ADMINISTRATOR, COORDINATOR]
        assert list(transaction.grants("nobody")) == []


def test_a_link_works_once(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_link("digest", VISITOR, expires_at=100)
    with store.writing() as transaction:
        assert transaction.take_link("digest", at=99) == VISITOR
        assert transaction.take_link("digest", at=99) is None
    with store.writing() as transaction:
        assert transaction.take_link("digest", at=99) is None


def test_a_link_is_too_old_from_its_very_instant_on(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_link("digest", OPERATOR, expires_at=100)
        assert transaction.take_link("digest", at=100) is None
        assert transaction.take_link("another digest", at=1) is None
        assert transaction.take_link("digest", at=99) == OPERATOR


def test_a_used_link_cannot_be_made_good_again(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_link("digest", VISITOR, expires_at=100)
        transaction.take_link("digest", at=1)
        transaction.keep_link("digest", VISITOR, expires_at=200)
        assert transaction.take_link("digest", at=1) is None


def test_of_two_who_race_for_a_link_one_gets_it(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_link("digest", VISITOR, expires_at=100)
    start = threading.Barrier(2)
    taken: list[Visitor | None] = []

    def take() -> None:
        start.wait(timeout=10)
        with store.writing() as transaction:
            taken.append(transaction.take_link("digest", at=1))

    racers = [threading.Thread(target=take) for _ in range(2)]
    for racer in racers:
        racer.start()
    for racer in racers:
        racer.join(timeout=30)
    assert sorted(taken, key=str) == [None, VISITOR]


def test_a_session_lasts_until_it_ends_or_is_too_old(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_session("one", VISITOR, expires_at=100)
        transaction.keep_session("two", OPERATOR, expires_at=100)
    with store.reading() as transaction:
        assert transaction.session("one", at=99) == VISITOR
        assert transaction.session("one", at=100) is None
        assert transaction.session("unheard of", at=1) is None
    with store.writing() as transaction:
        transaction.end_session("one")
        transaction.end_session("unheard of")
    with store.reading() as transaction:
        assert transaction.session("one", at=1) is None
        assert transaction.session("two", at=1) == OPERATOR
