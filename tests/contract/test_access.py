"""Contract: grants, links that work once, and sessions."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest

from lms_scoring.ports import Grant, Launched, Session, Store, Visitor

COORDINATOR = Grant(person="p1", role="coordinator", course="course-1")
ADMINISTRATOR = Grant(person="p1", role="administrator", course=None)
VISITOR = Visitor(person="p1", roles=(COORDINATOR, ADMINISTRATOR))
OPERATOR = Visitor(person=None)
LAUNCHED = Launched(
    registration=7,
    context="3",
    subject="63",
    course="course-1",
    learner=True,
    staff=True,
    administrator=True,
    groups=frozenset({"5", "12"}),
    for_subject="64",
    frames=("https://moodle.example",),
    deployment="1",
    launch="a launch",
    ends_at=90,
)
BARELY = Launched(registration=7, context="", subject="63", course=None)


def test_a_grant_is_the_persons_own_and_is_kept_once(store: Store) -> None:
    with store.writing() as transaction:
        for grant in (COORDINATOR, ADMINISTRATOR, COORDINATOR):
            transaction.keep_grant(grant)
        transaction.keep_grant(Grant(person="p2", role="coordinator", course=None))
    with store.reading() as transaction:
        assert list(transaction.grants("p1")) == [ADMINISTRATOR, COORDINATOR]
        assert list(transaction.grants("nobody")) == []


def test_a_grant_that_is_taken_back_is_gone_and_no_other_is(store: Store) -> None:
    elsewhere = Grant(person="p2", role="coordinator", course=None)
    with store.writing() as transaction:
        for grant in (COORDINATOR, ADMINISTRATOR, elsewhere):
            transaction.keep_grant(grant)
        assert transaction.take_grant(COORDINATOR)
        assert not transaction.take_grant(COORDINATOR)
        assert not transaction.take_grant(Grant(person="p2", role="administrator", course=None))
    with store.reading() as transaction:
        assert list(transaction.all_grants()) == [ADMINISTRATOR, elsewhere]


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
        transaction.keep_session("one", VISITOR, at=1, expires_at=100)
        transaction.keep_session("two", OPERATOR, at=2, expires_at=100)
    with store.reading() as transaction:
        assert transaction.session("one", at=99) == Session(visitor=VISITOR, used_at=1, idle=None)
        assert transaction.session("one", at=100) is None
        assert transaction.session("unheard of", at=1) is None
    with store.writing() as transaction:
        transaction.end_session("one")
        transaction.end_session("unheard of")
    with store.reading() as transaction:
        assert transaction.session("one", at=3) is None
        assert transaction.session("two", at=3) == Session(visitor=OPERATOR, used_at=2, idle=None)


def test_a_session_ends_when_nobody_uses_it(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_session("one", VISITOR, at=10, expires_at=100, idle=20)
    with store.writing() as transaction:
        assert transaction.session("one", at=29) == Session(visitor=VISITOR, used_at=10, idle=20)
        assert transaction.session("one", at=30) is None
        transaction.use_session("one", at=29)
    with store.writing() as transaction:
        assert transaction.session("one", at=48) == Session(visitor=VISITOR, used_at=29, idle=20)
        transaction.use_session("one", at=49)
        assert transaction.session("one", at=49) is None, "what is over cannot be used again"
        transaction.use_session("unheard of", at=49)


def test_using_a_session_does_not_prolong_it_beyond_its_end(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_session("one", VISITOR, at=1, expires_at=100, idle=50)
        for at in (40, 80, 99):
            transaction.use_session("one", at=at)
        assert transaction.session("one", at=99) is not None
        assert transaction.session("one", at=100) is None


def test_a_use_that_is_noted_late_takes_nothing_away(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_session("one", VISITOR, at=1, expires_at=100, idle=50)
        transaction.use_session("one", at=40)
        transaction.use_session("one", at=30)
        assert transaction.session("one", at=89) is not None


def test_sessions_that_are_too_old_make_room_for_new_ones(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_session("old", VISITOR, at=1, expires_at=100)
        transaction.keep_session("young", VISITOR, at=1, expires_at=300)
        transaction.keep_session("new", VISITOR, at=200, expires_at=400)
    with store.reading() as transaction:
        assert transaction.session("young", at=200) is not None
        assert transaction.session("new", at=200) is not None


@pytest.mark.parametrize("launched", [LAUNCHED, BARELY], ids=["everything told", "nothing told"])
def test_a_launched_visitor_is_remembered_whole(store: Store, launched: Launched) -> None:
    visitor = Visitor(person="p1", launched=launched)
    with store.writing() as transaction:
        transaction.keep_link("code", visitor, expires_at=100)
        transaction.keep_session("one", visitor, at=1, expires_at=100, idle=50)
    with store.writing() as transaction:
        assert transaction.take_link("code", at=1) == visitor
        session = transaction.session("one", at=1)
    assert session is not None
    assert session.visitor == visitor


def test_ending_a_launch_ends_what_came_of_it_and_nothing_else(store: Store) -> None:
    theirs = Visitor(person="p1", launched=LAUNCHED)
    another = Visitor(person="p1", launched=replace(LAUNCHED, launch="another launch"))
    nameless = Visitor(person="p1", launched=BARELY)
    with store.writing() as transaction:
        for digest, visitor in (
            ("a", theirs),
            ("b", theirs),
            ("c", another),
            ("d", VISITOR),
            ("e", nameless),
        ):
            transaction.keep_session(digest, visitor, at=1, expires_at=100)
            transaction.keep_link(digest, visitor, expires_at=100)
    with store.writing() as transaction:
        transaction.end_launch("a launch")
        left = [digest for digest in "abcde" if transaction.session(digest, at=1) is not None]
        links = [digest for digest in "abcde" if transaction.take_link(digest, at=1) is not None]
    assert left == links == ["c", "d", "e"]


def test_revoking_a_deployment_ends_its_sessions_and_those_of_no_other(store: Store) -> None:
    theirs = Visitor(person="p1", launched=LAUNCHED)
    others = Visitor(person="p1", launched=replace(LAUNCHED, deployment="2"))
    elsewhere = Visitor(person="p1", launched=replace(LAUNCHED, registration=8))
    with store.writing() as transaction:
        for digest, visitor in (("a", theirs), ("b", others), ("c", elsewhere)):
            transaction.keep_session(digest, visitor, at=1, expires_at=100)
            transaction.keep_link(digest, visitor, expires_at=100)
        assert transaction.end_sessions(registration=7, deployment="1") == 1
    with store.writing() as transaction:
        assert [digest for digest in "abc" if transaction.session(digest, at=1) is not None] == ["b", "c"]
        assert [digest for digest in "abc" if transaction.take_link(digest, at=1) is not None] == ["b", "c"]


def test_revoking_a_registration_ends_its_sessions_and_links_and_no_others(store: Store) -> None:
    theirs = Visitor(person="p1", launched=LAUNCHED)
    others = Visitor(person="p1", launched=replace(LAUNCHED, registration=8))
    with store.writing() as transaction:
        for digest, visitor in (("a", theirs), ("b", theirs), ("c", others), ("d", VISITOR)):
            transaction.keep_session(digest, visitor, at=1, expires_at=100)
            transaction.keep_link(digest, visitor, expires_at=100)
    with store.writing() as transaction:
        assert transaction.end_sessions(registration=7) == 2
        assert transaction.end_sessions(registration=7) == 0
        left = {digest for digest in "abcd" if transaction.session(digest, at=2) is not None}
        assert left == {"c", "d"}
        assert {digest for digest in "abcd" if transaction.take_link(digest, at=2) is not None} == left
