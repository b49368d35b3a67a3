"""Keys of other programs: good until they are too old or revoked, and never forgotten."""

from __future__ import annotations

import pytest

from lms_scoring.ports import ApiKey, Store
from tests.contract.conftest import NewStore


def test_a_key_is_found_by_its_digest_and_says_what_it_opens(store: Store) -> None:
    with store.writing() as transaction:
        assert transaction.keep_api_key("one", name="county", course=None, at=5) == 1
        assert transaction.keep_api_key("two", name="school", course="c1", at=6, expires_at=100) == 2
    with store.reading() as transaction:
        one = ApiKey(id=1, name="county", course=None, made_at=5)
        two = ApiKey(id=2, name="school", course="c1", made_at=6, expires_at=100)
        assert transaction.api_key("one", at=7) == one
        assert transaction.api_key("two", at=7) == two
        assert transaction.api_key("three", at=7) is None
        assert list(transaction.api_keys()) == [one, two]


def test_a_key_is_too_old_from_its_very_instant_on(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_api_key("one", name="n", course=None, at=5, expires_at=100)
    with store.reading() as transaction:
        assert transaction.api_key("one", at=99) is not None
        assert transaction.api_key("one", at=100) is None


def test_a_revoked_key_opens_nothing_and_stays_in_the_list(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_api_key("one", name="n", course=None, at=5)
        transaction.keep_api_key("two", name="m", course=None, at=5)
        assert transaction.revoke_api_key(1, at=9)
        assert not transaction.revoke_api_key(1, at=10), "it was revoked before"
        assert not transaction.revoke_api_key(3, at=10)
    with store.reading() as transaction:
        assert transaction.api_key("one", at=9) is None
        assert transaction.api_key("two", at=9) is not None
        assert [key.revoked_at for key in transaction.api_keys()] == [9, None]


@pytest.mark.parametrize("order", [(20, 30), (30, 20)])
def test_the_latest_use_is_remembered(store: Store, order: tuple[int, int]) -> None:
    with store.writing() as transaction:
        transaction.keep_api_key("one", name="n", course=None, at=5)
        transaction.keep_api_key("two", name="n", course=None, at=5)
        for at in order:
            transaction.use_api_key(1, at=at)
        transaction.use_api_key(9, at=1)
    with store.reading() as transaction:
        assert [key.used_at for key in transaction.api_keys()] == [30, None]


def test_a_key_of_one_institution_opens_nothing_at_another(new_store: NewStore) -> None:
    ours, theirs = new_store(), new_store()
    with ours.writing() as transaction:
        transaction.keep_api_key("one", name="n", course=None, at=5)
    with theirs.writing() as transaction:
        assert transaction.api_key("one", at=6) is None
        assert list(transaction.api_keys()) == []
        assert not transaction.revoke_api_key(1, at=6)
        transaction.use_api_key(1, at=6)
    with ours.reading() as transaction:
        assert [(key.used_at, key.revoked_at) for key in transaction.api_keys()] == [(None, None)]
