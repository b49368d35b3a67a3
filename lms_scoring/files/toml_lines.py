"""Where everything of a TOML text stands: lines by places such as `learner.criterion[2].max`.

The standard library reads TOML and keeps no positions, so a syntax tree is asked, and only where there is a
mistake to tell. It reads what is no TOML too, which is how a key is found that is set twice.
"""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tree_sitter import Node

Lines = Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Twice:
    """A key or table that a text sets twice."""

    place: str
    first: int
    line: int


def lines_of(text: str) -> Lines:
    """The line, from 1 on, of each key, table and element of a list."""
    return _read(text).lines


def set_twice(text: str) -> Sequence[Twice]:
    """Keys and tables that stand in it more than once."""
    return _read(text).twice


def line_of(lines: Lines, place: str) -> int | None:
    """The line of a place, or of what is around it where it is missing; None: it is missing in the file."""
    while place:
        if place in lines:
            return lines[place]
        place = place[: max(place.rfind("."), place.rfind("["), 0)]
    return None


def place_in(place: str, key: str | int) -> str:
    """The place of a key of the table, or of an element (from 0 on) of the list, at a place."""
    if isinstance(key, int):
        return f"{place}[{key + 1}]"
    return f"{place}.{key}" if place else key


def _read(text: str) -> _Walk:
    import tree_sitter_toml  # noqa: PLC0415 # 2 MB that every process would carry for a mistake that most never tell
    from tree_sitter import Language, Parser  # noqa: PLC0415

    root = Parser(Language(tree_sitter_toml.language())).parse(text.encode()).root_node
    walk = _Walk()
    try:
        if not root.has_error:
            walk.document(root)
    except (RecursionError, tomllib.TOMLDecodeError):  # nested too deeply to be read, or a key that is none
        return _Walk()
    return walk


@dataclass(slots=True)
class _Walk:
    """Goes through the syntax tree once."""

    lines: dict[str, int] = field(default_factory=dict)
    twice: list[Twice] = field(default_factory=list)
    _written: dict[str, int] = field(default_factory=dict)
    """What is set by its own name, and is no table that others imply."""
    _lengths: Counter[str] = field(default_factory=Counter)
    """How many tables each list of tables has so far."""

    def document(self, node: Node) -> None:
        self._pairs(node, "")
        for table in node.named_children:
            if table.type == "table":
                place = self._place(table)
                self._write(place, _line(table))
                self._pairs(table, place)
            elif table.type == "table_array_element":
                self._pairs(table, self._place(table, is_next=True))

    def _place(self, table: Node, *, is_next: bool = False) -> str:
        """What a header names; `is_next`: one more table of a list."""
        place, keys = "", _keys(table)
        for number, key in enumerate(keys, start=1):
            place = place_in(place, key)
            self.lines.setdefault(place, _line(table))
            self._lengths[place] += is_next and number == len(keys)
            place = self._latest(place)
            self.lines.setdefault(place, _line(table))
        return place

    def _latest(self, place: str) -> str:
        """A list of tables stands for the last of them."""
        length = self._lengths[place]
        return place_in(place, length - 1) if length else place

    def _pairs(self, table: Node, place: str) -> None:
        for pair in table.named_children:
            if pair.type == "pair":
                inner = place
                for key in _keys(pair):
                    inner = place_in(inner, key)
                    self.lines.setdefault(inner, _line(pair))
                self._write(inner, _line(pair))
                self._value(pair.named_children[1], inner)

    def _value(self, value: Node, place: str) -> None:
        if value.type == "inline_table":
            self._pairs(value, place)
        elif value.type == "array":
            elements = [one for one in value.named_children if one.type != "comment"]
            for number, element in enumerate(elements):
                inner = place_in(place, number)
                self.lines[inner] = _line(element)
                self._value(element, inner)

    def _write(self, place: str, line: int) -> None:
        if place in self._written:
            self.twice.append(Twice(place=place, first=self._written[place], line=line))
        self._written.setdefault(place, line)


def _keys(node: Node) -> list[str]:
    """The keys that a header or a pair begins with; what they say with quotes, the standard library knows."""
    return list(_nested(tomllib.loads(f"{_text(node.named_children[0])} = 0")))


def _nested(table: object) -> Iterator[str]:
    while isinstance(table, dict):
        ((key, table),) = table.items()
        yield key


def _text(node: Node) -> str:
    return (node.text or b"").decode()


def _line(node: Node) -> int:
    return node.start_point.row + 1
