"""Our own keys: turned without a gap, published without a secret, kept sealed."""

from __future__ import annotations

import json

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from lms_scoring.domain.errors import SealBroken
from lms_scoring.lti.keys import Turn, new_key, public_key_set, rotated, signed
from lms_scoring.lti.sealing import Seal, new_sealing_key


def test_a_first_ring_has_a_key_to_sign_with_and_the_next_one() -> None:
    ring = rotated([], at=1)
    assert {key.turn for key in ring} == {Turn.CURRENT, Turn.NEXT}


def test_a_key_is_published_before_it_signs_and_after() -> None:
    first = rotated([], at=1)
    second = rotated(first, at=2)
    third = rotated(second, at=3)
    by_turn = [{key.turn: key.id for key in ring} for ring in (first, second, third)]
    assert by_turn[1][Turn.CURRENT] == by_turn[0][Turn.NEXT]
    assert by_turn[1][Turn.PREVIOUS] == by_turn[0][Turn.CURRENT]
    assert by_turn[2][Turn.PREVIOUS] == by_turn[1][Turn.CURRENT]
    assert len(third) == 3
    assert len({key.id for ring in (first, second, third) for key in ring}) == 4


def test_whoever_kept_yesterdays_key_set_can_check_what_is_signed_today() -> None:
    before = rotated([], at=1)
    after = {key.turn: key for key in rotated(before, at=2)}
    token = signed({"sub": "us"}, after[Turn.CURRENT])
    known = KeySet.import_key_set(public_key_set(before))  # type: ignore[arg-type]
    assert jwt.decode(token, known, algorithms=["RS256"]).claims == {"sub": "us"}


def test_what_is_published_holds_no_private_half() -> None:
    ring = rotated([], at=1)
    published = public_key_set(ring)
    assert {key["kid"] for key in published["keys"]} == {key.id for key in ring}
    assert all(not {"d", "p", "q", "dp", "dq", "qi"} & key.keys() for key in published["keys"])
    assert "PRIVATE" not in json.dumps(published)
    assert b"PRIVATE" in ring[0].private
    assert "PRIVATE" not in repr(ring)


def test_what_is_sealed_is_unreadable_and_comes_out_again() -> None:
    seal = Seal([new_sealing_key()])
    sealed = seal.sealed(b"-----BEGIN PRIVATE KEY-----")
    assert b"PRIVATE" not in sealed
    assert seal.opened(sealed) == b"-----BEGIN PRIVATE KEY-----"


def test_a_sealing_key_may_be_changed_while_the_old_one_still_opens() -> None:
    old, new = new_sealing_key(), new_sealing_key()
    sealed = Seal([old]).sealed(b"secret")
    assert Seal([new, old]).opened(sealed) == b"secret"
    with pytest.raises(SealBroken, match="keys rotate"):
        Seal([new]).opened(sealed)


@pytest.mark.parametrize("text", ["", "short", "no base64 at all !!!", "A" * 43])
def test_what_is_no_sealing_key_is_refused(text: str) -> None:
    with pytest.raises(SealBroken):
        Seal([text])


def test_no_two_keys_have_the_same_id() -> None:
    assert new_key(Turn.NEXT, at=1).id != new_key(Turn.NEXT, at=1).id
