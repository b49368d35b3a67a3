"""Secrets of the settings that stand in files of their own: `token_file`, `…_TOKEN_FILE`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from lms_scoring.domain.errors import Mistake

_LISTED = frozenset({"notify"})
"""Secrets that are several texts, with spaces or line ends between them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SecretNames:
    """The secrets that there are: `ours` at the top of the settings, `platforms` in the table of each."""

    ours: tuple[str, ...]
    platforms: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """One secret that may stand in a table, whose places begin so."""

    table: dict[str, Any]
    begins: str
    name: str

    @property
    def file(self) -> str:
        return f"{self.name}_file"


def read_into(tables: dict[str, Any], names: SecretNames, folder: Path) -> Iterator[Mistake]:
    """Reads each file that the settings name into its secret. Yields what cannot be read."""
    for one in _held(tables, names):
        path = one.table.pop(one.file, None)
        if path is None:
            continue
        try:
            text = (folder / str(path)).read_text(encoding="utf-8").strip()
        except (OSError, ValueError) as error:
            reason = error.strerror if isinstance(error, OSError) else "it is no UTF-8 text"
            yield Mistake(place=f"{one.begins}{one.file}", text=f"cannot be read: {reason}")
        else:
            one.table[one.name] = text.split() if one.name in _LISTED else text


def told_twice(tables: dict[str, Any], names: SecretNames) -> Iterator[Mistake]:
    """Secrets that the settings say themselves and by the name of a file: which holds, nobody would see."""
    for one in _held(tables, names):
        if {one.name, one.file} <= one.table.keys():
            yield Mistake(place=f"{one.begins}{one.file}", text=_beside(one.name))


def variables_twice(variables: Iterable[str]) -> Iterator[Mistake]:
    """The same of the variables of secrets."""
    known = list(variables)
    for name in known:
        if (file := f"{name}_FILE") in known:
            yield Mistake(place=file, text=_beside(name))


def _beside(other: str) -> str:
    return f"stands beside {other}, and only one of the two can hold: remove one of them"


def _held(tables: dict[str, Any], names: SecretNames) -> Iterator[_Held]:
    """Where each may stand. What is no table is a mistake that others report."""
    for name in names.ours:
        yield _Held(table=tables, begins="", name=name)
    platforms = tables.get("platform")
    for platform, table in platforms.items() if isinstance(platforms, dict) else ():
        if isinstance(table, dict):
            for name in names.platforms:
                yield _Held(table=table, begins=f"platform.{platform}.", name=name)
