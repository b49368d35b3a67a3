"""Our own keys between process and store: sealed there, made when needed, turned, and begun anew."""

from __future__ import annotations

import stat
import threading
from pathlib import Path

import pytest

from lms_scoring.domain.errors import SealBroken
from lms_scoring.files.sealing_file import SealingFile
from lms_scoring.key_ring import KeyRing
from lms_scoring.lti.keys import OwnKey, Turn
from lms_scoring.lti.sealing import new_sealing_key
from lms_scoring.ports import Store
from tests.fakes.memory_store import MemoryStore
from tests.integration.web.school import StoppedClock


def ring_over(store: Store, folder: Path, *, now: int = 1_000) -> KeyRing:
    return KeyRing(
        store=store, clock=StoppedClock(now), sealing=SealingFile(path=folder / "keys" / "sealing.key")
    )


def by_turn(ring: object) -> dict[Turn, str]:
    assert isinstance(ring, list)
    return {key.turn: key.id for key in ring}


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def test_the_first_ring_is_made_when_it_is_needed_and_stays(store: MemoryStore, tmp_path: Path) -> None:
    ring = ring_over(store, tmp_path)
    first = ring.own_keys()
    assert {key.turn for key in first} == {Turn.CURRENT, Turn.NEXT}
    assert ring.own_keys() == first
    assert ring_over(store, tmp_path, now=2_000).own_keys() == first
    assert ring.current().turn is Turn.CURRENT


def test_what_is_stored_cannot_be_read_without_the_file(store: MemoryStore, tmp_path: Path) -> None:
    (key, *_) = ring_over(store, tmp_path).own_keys()
    assert b"PRIVATE KEY" in key.private
    with store.reading() as transaction:
        kept = transaction.own_keys()
    assert all(b"PRIVATE KEY" not in one.sealed for one in kept)
    secret = (tmp_path / "keys" / "sealing.key").read_text(encoding="ascii").strip()
    assert all(secret not in repr(one) and repr(one.sealed) not in repr(one) for one in kept)


def test_the_file_is_readable_for_us_alone(store: MemoryStore, tmp_path: Path) -> None:
    ring_over(store, tmp_path).own_keys()
    file = tmp_path / "keys" / "sealing.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [path.name for path in file.parent.iterdir()] == ["sealing.key"], "nothing unfinished is left"


def test_turning_makes_the_next_key_the_one_that_signs(store: MemoryStore, tmp_path: Path) -> None:
    ring = ring_over(store, tmp_path)
    before, after = by_turn(list(ring.own_keys())), by_turn(list(ring.rotate()))
    assert after[Turn.CURRENT] == before[Turn.NEXT]
    assert after[Turn.PREVIOUS] == before[Turn.CURRENT]
    assert after[Turn.NEXT] not in before.values()
    assert by_turn(list(ring.own_keys())) == after


def test_turning_without_a_ring_makes_the_first_one(store: MemoryStore, tmp_path: Path) -> None:
    assert set(by_turn(list(ring_over(store, tmp_path).rotate()))) == {Turn.CURRENT, Turn.NEXT}


def test_without_the_file_nothing_is_opened_and_no_other_file_takes_its_place(
    store: MemoryStore, tmp_path: Path
) -> None:
    ring = ring_over(store, tmp_path)
    ring.own_keys()
    file = tmp_path / "keys" / "sealing.key"
    file.rename(tmp_path / "elsewhere")
    for use in (ring.own_keys, ring.rotate):
        with pytest.raises(SealBroken, match="keys rotate --lost"):
            use()
    assert not file.exists()
    (tmp_path / "elsewhere").rename(file)
    assert len(ring.own_keys()) == 2


def test_a_lost_sealing_key_is_survived_by_beginning_anew(store: MemoryStore, tmp_path: Path) -> None:
    ring = ring_over(store, tmp_path)
    before = by_turn(list(ring.own_keys()))
    (tmp_path / "keys" / "sealing.key").write_text(new_sealing_key(), encoding="ascii")
    with pytest.raises(SealBroken, match="sealed by another key"):
        ring.own_keys()
    after = by_turn(list(ring.begin_anew()))
    assert set(after) == {Turn.CURRENT, Turn.NEXT}
    assert not set(after.values()) & set(before.values())
    assert by_turn(list(ring.own_keys())) == after


@pytest.mark.parametrize("content", [b"", b"no key", b"\xff\xfe", "龙城".encode()])
def test_a_file_without_a_key_is_named_and_left_as_it_is(
    store: MemoryStore, tmp_path: Path, content: bytes
) -> None:
    file = tmp_path / "keys" / "sealing.key"
    file.parent.mkdir()
    file.write_bytes(content)
    for use in (ring_over(store, tmp_path).own_keys, ring_over(store, tmp_path).begin_anew):
        with pytest.raises(SealBroken, match=r"sealing\.key holds no sealing key"):
            use()
    assert file.read_bytes() == content


def test_turning_seals_with_the_first_key_of_the_file(store: MemoryStore, tmp_path: Path) -> None:
    ring = ring_over(store, tmp_path)
    ring.own_keys()
    file = tmp_path / "keys" / "sealing.key"
    old, new = file.read_text(encoding="ascii").strip(), new_sealing_key()
    file.write_text(f"{new}\n\n{old}\n", encoding="ascii")
    turned = by_turn(list(ring.rotate()))
    file.write_text(new, encoding="ascii")
    assert by_turn(list(ring.own_keys())) == turned


def test_many_who_need_the_first_ring_at_once_get_the_same(store: MemoryStore, tmp_path: Path) -> None:
    rings: list[list[OwnKey]] = []
    start = threading.Barrier(4)

    def need() -> None:
        start.wait()
        rings.append(list(ring_over(store, tmp_path).own_keys()))

    threads = [threading.Thread(target=need) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(rings) == 4
    assert all(one == rings[0] for one in rings)


def test_keys_of_digests_are_made_of_the_keys_that_seal_and_stay_when_more_are_added(tmp_path: Path) -> None:
    file = SealingFile(path=tmp_path / "sealing.key")
    assert file.digest_keys(False) == []
    (first,) = file.digest_keys(True)
    assert file.digest_keys(False) == [first]
    former = file.path.read_text(encoding="ascii")
    assert first not in former.encode()
    file.path.write_text(f"{new_sealing_key()}\n{former}", encoding="ascii")
    assert file.digest_keys(False)[1:] == [first]
    file.path.write_bytes(b"\xff\xff")
    with pytest.raises(SealBroken, match="holds no sealing key"):
        file.digest_keys(False)
