"""Sealing: what must not lie readable in a database is encrypted by a key that is not in it."""

from __future__ import annotations

from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet

from lms_scoring.domain.errors import SealBroken


class Seal:
    """Encrypts by the first of its keys and opens by any of them, so that they can be changed."""

    def __init__(self, keys: Sequence[str]) -> None:
        """Raises SealBroken where a key is none (32 bytes in URL-safe Base64)."""
        try:
            self._keys = MultiFernet([Fernet(key) for key in keys])
        except ValueError as error:
            raise SealBroken("the file of the sealing key holds no key") from error

    def sealed(self, secret: bytes) -> bytes:
        """The secret, unreadable."""
        return self._keys.encrypt(secret)

    def opened(self, sealed: bytes) -> bytes:
        """The secret again. Raises SealBroken where it was sealed by another key."""
        try:
            return self._keys.decrypt(sealed)
        except InvalidToken as error:
            raise SealBroken(
                "what is sealed in the database was sealed by another key; name the file of that key in "
                "LMS_SCORING_SEALING_KEY_FILE, or begin with new keys by `lms-scoring keys rotate --lost`"
            ) from error


def new_sealing_key() -> str:
    """A key for a new file."""
    return Fernet.generate_key().decode()
