"""At most two requests at a time to one platform, whoever sends them."""

from __future__ import annotations

import threading
from contextlib import ExitStack

from adapters.turns import AT_A_TIME, SharedTurns
from tests.fakes.locks import MemoryLocks

ORIGIN = "https://moodle.example.edu:443"


def test_so_many_have_a_turn_at_once_and_no_more() -> None:
    locks = MemoryLocks()
    one, other = SharedTurns(locks, ORIGIN), SharedTurns(locks, ORIGIN)
    asked, got = threading.Event(), threading.Event()

    def third() -> None:
        asked.set()
        with other():
            got.set()

    waiting = threading.Thread(target=third)
    with ExitStack() as first:
        first.enter_context(one())
        with other():
            waiting.start()
            assert asked.wait(60)
            for number in range(AT_A_TIME):
                with locks.held(f"{ORIGIN} {number}") as free:
                    assert not free
            assert not got.is_set()
            first.close()
            # The third may wait at the place of either; once both are free it has its turn.
        assert got.wait(60)
    waiting.join(60)


def test_another_platform_has_turns_of_its_own() -> None:
    locks = MemoryLocks()
    with ExitStack() as stack:
        for _ in range(AT_A_TIME):
            stack.enter_context(SharedTurns(locks, ORIGIN)())
        stack.enter_context(SharedTurns(locks, "https://lrs.example.edu:443")())
        with locks.held("https://lrs.example.edu:443 0") as free:
            assert not free


def test_nobody_waits_for_ever_at_the_place_of_one_who_is_frozen() -> None:
    """The place it waits at stays taken; once the other is free, that one is as good."""
    locks, got, chosen = MemoryLocks(), threading.Event(), threading.Event()

    def first(places: range) -> int:
        chosen.set()
        return places[0]

    def third() -> None:
        with SharedTurns(locks, ORIGIN, choose=first, patience=0.01)():
            got.set()

    waiting = threading.Thread(target=third)
    with locks.held(f"{ORIGIN} 0"):
        with locks.held(f"{ORIGIN} 1"):
            waiting.start()
            assert chosen.wait(60)
            assert not got.is_set()
        assert got.wait(60)
    waiting.join(60)
