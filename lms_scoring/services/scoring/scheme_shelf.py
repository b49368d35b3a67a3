"""The schemes that there are to choose from, and where they come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from lms_scoring.domain.scheme import Scheme


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeOffer:
    """A scheme that a course may be scored by; `name` is that of its file."""

    name: str
    scheme: Scheme
    text: str = field(repr=False)

    @property
    def key(self) -> str:
        """What a form calls it."""
        return self.scheme.fingerprint[:16]


@dataclass(frozen=True, slots=True, kw_only=True)
class SchemeShelf:
    """Where schemes come from: those that ship with the program, and whatever somebody wrote.

    `read` makes a scheme of a text; it raises SchemeMistakes with everything that is wrong in it, worked
    examples that do not come out among it.
    """

    shipped: Sequence[SchemeOffer]
    read: Callable[[str], SchemeOffer]
