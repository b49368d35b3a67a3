"""Meanings by spelling: what was written in the same way before means the same again."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Spelling = TypeVar("Spelling")
Meaning = TypeVar("Meaning")

_MOST = 8_192
"""Spellings kept; then all are forgotten, so that an LRS full of distinct ones costs no memory."""


class Spellings(dict[Spelling, Meaning]):
    """Looks a meaning up and asks `understand` only for what is new; what it raises is not kept."""

    def __init__(self, understand: Callable[[Spelling], Meaning]) -> None:
        super().__init__()
        self._understand = understand

    def __missing__(self, spelling: Spelling) -> Meaning:
        meaning = self._understand(spelling)
        if len(self) >= _MOST:
            self.clear()
        self[spelling] = meaning
        return meaning
