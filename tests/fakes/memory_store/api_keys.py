"""Keys of other programs in the memory store."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lms_scoring.ports import ApiKey
from tests.fakes.memory_store.area import Area


class ApiKeys(Area):
    """Keys, by the digests of their secrets."""

    def keep_api_key(
        self, digest: str, *, name: str, course: str | None, at: int, expires_at: int | None = None
    ) -> int:
        number = len(self.state.api_keys) + 1
        self.state.api_keys[digest] = ApiKey(
            id=number, name=name, course=course, made_at=at, expires_at=expires_at
        )
        return number

    def api_key(self, digest: str, *, at: int) -> ApiKey | None:
        key = self.state.api_keys.get(digest)
        if key is None or key.revoked_at is not None:
            return None
        return key if key.expires_at is None or key.expires_at > at else None

    def api_keys(self) -> Sequence[ApiKey]:
        return sorted(self.state.api_keys.values(), key=lambda key: key.id)

    def use_api_key(self, id_: int, *, at: int) -> None:
        for digest, key in self.state.api_keys.items():
            if key.id == id_:
                used = at if key.used_at is None else max(key.used_at, at)
                self.state.api_keys[digest] = replace(key, used_at=used)

    def revoke_api_key(self, id_: int, *, at: int) -> bool:
        for digest, key in self.state.api_keys.items():
            if key.id == id_ and key.revoked_at is None:
                self.state.api_keys[digest] = replace(key, revoked_at=at)
                return True
        return False
