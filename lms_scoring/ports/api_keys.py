"""Keys by which other programs read the results of one institution."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key, without its secret. It reads `course` alone, or with None all courses of the institution.

    `name` says who has it. From `expires_at` on (None: never), or once `revoked_at` is told, it opens
    nothing. `used_at` is when a use was last noted.
    """

    id: int
    name: str
    course: str | None
    made_at: int
    expires_at: int | None = None
    used_at: int | None = None
    revoked_at: int | None = None


class ApiKeys(Protocol):
    """Keeps keys, known by digests of their secrets; a revoked one is kept too, and good for nothing."""

    def keep_api_key(
        self, digest: str, *, name: str, course: str | None, at: int, expires_at: int | None = None
    ) -> int:
        """A new key, known by the SHA-256 of its secret; its number."""

    def api_key(self, digest: str, *, at: int) -> ApiKey | None:
        """The key that is good at that instant; None when there is none, or it is too old, or revoked."""

    def api_keys(self) -> Sequence[ApiKey]:
        """All there ever were, by number."""

    def use_api_key(self, id_: int, *, at: int) -> None:
        """Notes that somebody used it."""

    def revoke_api_key(self, id_: int, *, at: int) -> bool:
        """From now on it opens nothing; False where none of that number is in force."""
