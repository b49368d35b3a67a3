"""Malformed statements, as lax record stores really keep and give them."""

from collections.abc import Callable, Iterable, Iterator
from itertools import cycle
from typing import Any

import msgspec


def interleave(statements: Iterable[bytes], *, every: int) -> Iterator[bytes]:
    """The statements, and after every ``every``-th one a malformed variant of it with an id of its own."""
    breaks = cycle(BREAKS)
    for count, line in enumerate(statements, start=1):
        yield line
        if count % every == 0:
            statement = msgspec.json.decode(line)
            statement["id"] = "bad00000" + statement["id"][8:]
            yield msgspec.json.encode(next(breaks)(statement))


def _garbage_timestamp(statement: dict[str, Any]) -> dict[str, Any]:
    return {**statement, "timestamp": "yesterday, around noon"}


def _naive_timestamp(statement: dict[str, Any]) -> dict[str, Any]:
    return {**statement, "timestamp": "2024-11-01T10:00:00"}


def _no_actor(statement: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in statement.items() if name != "actor"}


def _no_id(statement: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in statement.items() if name != "id"}


BREAKS: list[Callable[[dict[str, Any]], dict[str, Any]]] = [
    _garbage_timestamp,
    _naive_timestamp,
    _no_actor,
    _no_id,
]
