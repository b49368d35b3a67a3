"""Making the next one while the last one is used: a platform answers while what it said is stored."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

T = TypeVar("T")


def ahead(items: Iterator[T]) -> Iterator[T]:
    """The same items in the same order, each made by one other thread, never more than one too early.

    What making one raises is raised in its place, after all those before it.
    """
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="ahead") as other:
        following = other.submit(_next, items)
        while made := following.result():
            following = other.submit(_next, items)
            yield from made


def _next(items: Iterator[T]) -> list[T]:
    """The next one, or nothing at the end: StopIteration does not pass through a future."""
    return list(islice(items, 1))
