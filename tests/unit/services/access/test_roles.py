"""Roles that only we know: signed each time, given to people who are known, and never taken from oneself."""

from __future__ import annotations

import pytest

from lms_scoring.domain.errors import CannotBeDecided, NotAllowed, UnknownCourse, UnknownPerson
from lms_scoring.ports import ActKind, Grant, Launched, Store, Visitor
from lms_scoring.services.access.roles import administers, check_administers, grant_role, granted, revoke_role
from lms_scoring.services.signing import Signature
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import CHEN, COURSE, LI, StandingClock, adopt_course, roster

SIGNED = Signature(by="operator:office", reason="runs the county")
CLOCK = StandingClock()
EVERYWHERE = Grant(person=LI, role="administrator", course=None)
HERE = Grant(person=LI, role="coordinator", course=COURSE)


@pytest.fixture
def store() -> Store:
    store = MemoryStore()
    adopt_course(store)
    with store.writing() as transaction:
        transaction.keep_people(roster(LI, CHEN).people)
    return store


def test_a_role_is_given_once_and_says_by_whom_and_why(store: Store) -> None:
    assert grant_role(HERE, SIGNED, store, clock=CLOCK)
    assert not grant_role(HERE, SIGNED, store, clock=CLOCK)
    (one,) = granted(store)
    assert one.grant == HERE
    assert one.act is not None
    assert (one.act.kind, one.act.by, one.act.reason, one.act.at) == (
        ActKind.GRANTED,
        "operator:office",
        "runs the county",
        CLOCK.now(),
    )
    assert (one.act.course, one.act.person, one.act.subject) == (COURSE, LI, "coordinator")


def test_who_gave_a_role_is_named_where_they_are_known(store: Store) -> None:
    grant_role(HERE, Signature(by=CHEN, reason="helps"), store, clock=CLOCK)
    (one,) = granted(store)
    with store.reading() as transaction:
        assert one.by == transaction.names([CHEN])[CHEN]


def test_a_role_that_nobody_signed_for_is_listed_too(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_grant(HERE)
    (one,) = granted(store)
    assert (one.grant, one.act, one.by) == (HERE, None, None)


def test_taking_a_role_back_is_signed_as_well(store: Store) -> None:
    grant_role(HERE, SIGNED, store, clock=CLOCK)
    assert revoke_role(HERE, SIGNED, store, clock=CLOCK)
    assert not revoke_role(HERE, SIGNED, store, clock=CLOCK)
    assert granted(store) == []
    with store.reading() as transaction:
        assert [act.kind for act in transaction.acts()] == [ActKind.GRANTED, ActKind.REVOKED]


def test_nobody_takes_the_own_role_of_administrator_back(store: Store) -> None:
    grant_role(EVERYWHERE, SIGNED, store, clock=CLOCK)
    with pytest.raises(CannotBeDecided, match="another administrator"):
        revoke_role(EVERYWHERE, Signature(by=LI, reason="slip"), store, clock=CLOCK)
    assert len(granted(store)) == 1


def test_a_role_wants_a_person_and_a_course_that_are_known(store: Store) -> None:
    with pytest.raises(UnknownPerson):
        grant_role(Grant(person="nobody", role="coordinator", course=None), SIGNED, store, clock=CLOCK)
    with pytest.raises(UnknownCourse):
        grant_role(Grant(person=LI, role="coordinator", course="none"), SIGNED, store, clock=CLOCK)
    with store.reading() as transaction:
        assert list(transaction.acts()) == []


def test_administrators_of_everything_administer_unless_they_were_launched(store: Store) -> None:
    grant_role(EVERYWHERE, SIGNED, store, clock=CLOCK)
    launched = Launched(registration=1, context="2", subject="3", course=COURSE, administrator=True)
    visitors = [
        Visitor(person=LI),
        Visitor(person=None, roles=(EVERYWHERE,)),
        Visitor(person=LI, launched=launched),
        Visitor(person=CHEN),
        Visitor(person=None),
        Visitor(person=CHEN, roles=(Grant(person=CHEN, role="administrator", course=COURSE),)),
        Visitor(person=CHEN, roles=(Grant(person=CHEN, role="coordinator", course=None),)),
    ]
    with store.reading() as transaction:
        assert [administers(transaction, one) for one in visitors] == [True, True, *[False] * 5]
    check_administers(store, visitors[0])
    with pytest.raises(NotAllowed):
        check_administers(store, visitors[2])
