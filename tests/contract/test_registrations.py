"""Contract: which platforms may launch us, their deployments, and our own keys."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain.errors import StoreError, UnknownRegistration
from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.ports import PlatformCourse, SealedKey, Store
from tests.contract.story import REGISTRATION

FULL = replace(
    REGISTRATION,
    client_id="another client",
    standing=Approval.DISABLED,
    token_audience="https://moodle.example/audience",
    platform="moodle",
    algorithms=("RS512", "ES256"),
    trusted_audiences=frozenset({"a", "课程"}),
    deployments={"1": Approval.ACTIVE, "2": Approval.DISABLED},
)


def test_a_registration_is_kept_whole_and_gets_a_number(store: Store) -> None:
    with store.writing() as transaction:
        first = transaction.keep_registration(REGISTRATION, at=1)
        second = transaction.keep_registration(FULL, at=2)
    assert 0 < first < second
    with store.reading() as transaction:
        kept = [replace(REGISTRATION, id=first), replace(FULL, id=second)]
        assert list(transaction.registrations()) == kept
        assert transaction.registration(second) == kept[1]


def test_a_registration_changes_with_its_deployments(store: Store) -> None:
    with store.writing() as transaction:
        number = transaction.keep_registration(FULL, at=1)
    changed = replace(
        FULL, id=number, deployments={"2": Approval.ACTIVE, "3": Approval.PENDING}, jwks_url="elsewhere"
    )
    with store.writing() as transaction:
        assert transaction.keep_registration(changed, at=2) == number
    with store.reading() as transaction:
        assert list(transaction.registrations()) == [changed]


def test_several_clients_share_an_issuer_and_several_issuers_a_client(store: Store) -> None:
    others = (replace(REGISTRATION, client_id="x"), replace(REGISTRATION, issuer="https://x.example"))
    with store.writing() as transaction:
        numbers = {transaction.keep_registration(one, at=1) for one in (REGISTRATION, *others)}
    assert len(numbers) == 3


@pytest.mark.parametrize("existing", [False, True])
def test_the_same_client_of_the_same_issuer_is_refused(store: Store, existing: bool) -> None:
    """A new registration, or another that is changed to it."""
    with store.writing() as transaction:
        transaction.keep_registration(REGISTRATION, at=1)
        other = transaction.keep_registration(replace(REGISTRATION, client_id="x"), at=1) if existing else 0
    with pytest.raises(StoreError), store.writing() as transaction:
        transaction.keep_registration(replace(REGISTRATION, id=other, auth_url="changed"), at=2)
    with store.reading() as transaction:
        assert {one.auth_url for one in transaction.registrations()} == {REGISTRATION.auth_url}


def test_an_unknown_registration_is_neither_found_nor_changed(store: Store) -> None:
    with store.writing() as transaction, pytest.raises(UnknownRegistration):
        transaction.registration(99)
    with pytest.raises(UnknownRegistration), store.writing() as transaction:
        transaction.keep_registration(replace(REGISTRATION, id=99), at=1)
    with pytest.raises(UnknownRegistration), store.writing() as transaction:
        transaction.meet_deployment(99, "1", at=1)
    with store.reading() as transaction:
        assert list(transaction.registrations()) == []


def test_an_unknown_deployment_is_pending_and_a_known_one_stays_as_it_is(store: Store) -> None:
    with store.writing() as transaction:
        number = transaction.keep_registration(FULL, at=1)
        for deployment in ("1", "2", "9", "9"):
            transaction.meet_deployment(number, deployment, at=2)
    with store.reading() as transaction:
        found: Registration = transaction.registration(number)
    assert found.deployments == {"1": Approval.ACTIVE, "2": Approval.DISABLED, "9": Approval.PENDING}


def test_a_registration_that_nobody_came_by_is_forgotten_whole(store: Store) -> None:
    with store.writing() as transaction:
        first, second = (transaction.keep_registration(one, at=1) for one in (FULL, REGISTRATION))
        assert transaction.forget_registration(first)
    with store.writing() as transaction:
        assert [one.id for one in transaction.registrations()] == [second]
        with pytest.raises(UnknownRegistration):
            transaction.forget_registration(first)
        again = transaction.keep_registration(replace(FULL, deployments={"9": Approval.ACTIVE}), at=2)
    with store.reading() as transaction:
        assert transaction.registration(again).deployments == {"9": Approval.ACTIVE}


def test_a_registration_that_somebody_came_by_stays(store: Store) -> None:
    with store.writing() as transaction:
        course, person = (transaction.keep_registration(one, at=1) for one in (FULL, REGISTRATION))
        place = PlatformCourse(
            registration=course, context="2", title=None, course=None, deployment="1", seen_at=1
        )
        transaction.keep_platform_course(place)
        transaction.keep_subject(person, "3", "moodle-3", at=1)
        assert not transaction.forget_registration(course)
        assert not transaction.forget_registration(person)
    with store.reading() as transaction:
        kept = [replace(FULL, id=course), replace(REGISTRATION, id=person)]
        assert list(transaction.registrations()) == kept


def test_own_keys_are_the_latest_ring_the_oldest_first(store: Store) -> None:
    keys = [SealedKey(id=f"k{n}", turn=f"turn {n}", made_at=n, sealed=bytes([n, 0, 255])) for n in range(4)]
    with store.writing() as transaction:
        assert list(transaction.own_keys()) == []
        transaction.keep_own_keys(keys[2::-1])
    with store.writing() as transaction:
        assert list(transaction.own_keys()) == keys[:3]
        transaction.keep_own_keys([replace(keys[1], turn="turn 0"), keys[3]])
    with store.reading() as transaction:
        assert list(transaction.own_keys()) == [replace(keys[1], turn="turn 0"), keys[3]]
    assert "sealed" not in repr(keys[0])


def test_what_waited_for_too_long_is_disabled_and_nothing_else_is(store: Store) -> None:
    with store.writing() as transaction:
        numbers = [
            transaction.keep_registration(
                replace(FULL, client_id=f"{at}{standing}", standing=standing), at=at
            )
            for at in (1, 2)
            for standing in (Approval.PENDING, Approval.ACTIVE)
        ]
        transaction.disable_waiting(before=2)
    with store.reading() as transaction:
        standings = [transaction.registration(number).standing for number in numbers]
    assert standings == [Approval.DISABLED, Approval.ACTIVE, Approval.PENDING, Approval.ACTIVE]
