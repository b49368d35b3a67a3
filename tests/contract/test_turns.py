"""At most two requests at a time to one platform, whoever sends them."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import ExitStack

import pytest

from adapters.turns import AT_A_TIME, OwnTurns, SharedTurns, Turns
from tests.contract.conftest import TwoSides

ORIGIN = "https://moodle.example.edu:443"


def test_so_many_have_a_turn_at_once_and_no_more(sides: TwoSides) -> None:
    ours, theirs = sides
    one, other = SharedTurns(ours, ORIGIN), SharedTurns(theirs, ORIGIN)
    asked, got = threading.Event(), threading.Event()

    def third() -> None:
        asked.set()
        with other(60) as turn:
            assert turn
            got.set()

    waiting = threading.Thread(target=third)
    with ExitStack() as first:
        assert first.enter_context(one(60))
        with other(60) as second:
            assert second
            waiting.start()
            assert asked.wait(60)
            for number in range(AT_A_TIME):
                with ours.held(f"{ORIGIN} {number}") as free:
                    assert not free
            assert not got.is_set()
            first.close()
            # The third may wait at the place of either; once both are free it has its turn.
        assert got.wait(60)
    waiting.join(60)


def test_another_platform_has_turns_of_its_own(sides: TwoSides) -> None:
    ours, theirs = sides
    with ExitStack() as stack:
        for _ in range(AT_A_TIME):
            stack.enter_context(SharedTurns(ours, ORIGIN)(60))
        assert stack.enter_context(SharedTurns(theirs, "https://lrs.example.edu:443")(60))
        with ours.held("https://lrs.example.edu:443 0") as free:
            assert not free


def test_nobody_waits_for_ever_at_the_place_of_one_who_is_frozen(sides: TwoSides) -> None:
    """The place it waits at stays taken; once the other is free, that one is as good."""
    ours, theirs = sides
    got, chosen = threading.Event(), threading.Event()

    def first(places: range) -> int:
        chosen.set()
        return places[0]

    def third() -> None:
        with SharedTurns(theirs, ORIGIN, choose=first, patience=0.01)(60) as turn:
            assert turn
            got.set()

    waiting = threading.Thread(target=third)
    with ours.held(f"{ORIGIN} 0"):
        with ours.held(f"{ORIGIN} 1"):
            waiting.start()
            assert chosen.wait(60)
            assert not got.is_set()
        assert got.wait(60)
    waiting.join(60)


@pytest.mark.parametrize("patience", [0.01, 60.0], ids=["again and again", "once"])
def test_who_has_no_turn_in_time_is_told_so(sides: TwoSides, patience: float) -> None:
    ours, theirs = sides
    turns = SharedTurns(theirs, ORIGIN, patience=patience)
    with ours.held(f"{ORIGIN} 0"), ours.held(f"{ORIGIN} 1"), turns(0.05) as turn:
        assert not turn
    with turns(60) as turn:
        assert turn


def shared(sides: TwoSides) -> Turns:
    return SharedTurns(sides[0], ORIGIN)


def own(sides: TwoSides) -> Turns:
    return OwnTurns()


@pytest.mark.parametrize("kind", [shared, own])
def test_for_who_has_no_time_left_there_is_a_turn_that_is_free_and_no_other(
    sides: TwoSides, kind: Callable[[TwoSides], Turns]
) -> None:
    turns = kind(sides)
    with turns(-1) as one, turns(0) as other, turns(-1) as third:
        assert (one, other, third) == (True, True, False)
    with turns(-1) as again:
        assert again
