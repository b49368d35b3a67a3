"""Reading ahead: order, errors, and how far ahead."""

from __future__ import annotations

from collections.abc import Iterator
from threading import Event

import pytest

from adapters.ahead import ahead


def test_the_same_items_come_in_the_same_order() -> None:
    assert list(ahead(iter(["people", "records", None, ()]))) == ["people", "records", None, ()]


def test_nothing_is_made_before_the_first_is_asked_for() -> None:
    begun = Event()

    def items() -> Iterator[int]:
        begun.set()
        yield 1

    waiting = ahead(items())
    assert not begun.is_set()
    assert list(waiting) == [1]


def test_one_item_is_made_while_the_one_before_is_used_and_no_more() -> None:
    second, third = Event(), Event()

    def items() -> Iterator[int]:
        yield 1
        second.set()
        yield 2
        third.set()
        yield 3

    taken = ahead(items())
    assert next(taken) == 1
    assert second.wait(10)
    assert not third.is_set()
    assert list(taken) == [2, 3]


def test_what_making_an_item_raises_comes_after_the_items_before_it() -> None:
    def items() -> Iterator[int]:
        yield 1
        yield 2
        raise LookupError("no third one")

    taken = ahead(items())
    assert [next(taken), next(taken)] == [1, 2]
    with pytest.raises(LookupError, match="no third one"):
        next(taken)
