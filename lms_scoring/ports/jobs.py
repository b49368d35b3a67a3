"""Jobs: what is to be done soon, and who is told of it. What must not be lost stands in tables, not here."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A job with its arguments: a wake-up, no more."""

    job: str
    arguments: Mapping[str, str] = field(default_factory=dict)

    @property
    def id(self) -> str:
        """The same for all calls that ask for the same."""
        return f"{self.job} {json.dumps(self.arguments, ensure_ascii=False, sort_keys=True)}"


class Waking(Protocol):
    """The part of a transaction that sets jobs going."""

    def wake(self, call: Call) -> None:
        """Once this transaction is committed; never, if it is not."""


class Bell(Protocol):
    """Who hears of the calls of a transaction that writes."""

    def ring_within(self, connection: object, calls: Sequence[Call]) -> None:
        """Before the commit, with the driver's connection: what is written on it is a part of it all."""

    def ring_after(self, calls: Sequence[Call]) -> None:
        """After the commit. The process may die before, so whoever counts on it must look for itself too."""


class Locks(Protocol):
    """Names that one at a time holds, over all processes of an installation; who dies lets go."""

    def held(
        self, name: str, *, wait: bool = False, patience: float = math.inf
    ) -> AbstractContextManager[bool]:
        """Holds the name; false where somebody else does. `wait`: until it is free, or for so many seconds:
        whoever has it may be frozen, or on another machine."""
