"""Telling whoever looks after an installation what fails, and what is over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol


class NoticeKind(StrEnum):
    """How bad it is; who is told sees a colour or sign of it before any word."""

    FAILURE = "failure"
    """Something does not go on."""
    WARNING = "warning"
    """It goes on, and somebody must look."""
    SUCCESS = "success"
    """All that it tells of is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What somebody is told, in one message."""

    kind: NoticeKind
    title: str
    text: str


class Tell(Protocol):
    """A way to those who are to be told, at addresses that are counted from 1."""

    @property
    def addresses(self) -> int:
        """How many there are."""

    def __call__(self, notice: Notice, *, to: Collection[int]) -> frozenset[int]:
        """Tells whoever is at these addresses; those at which nobody could be told."""
