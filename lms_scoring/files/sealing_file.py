"""The file of the sealing key: what our own keys are sealed by lies beside the database, never in it."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from lms_scoring.domain.errors import SealBroken
from lms_scoring.lti.sealing import Seal, new_sealing_key
from lms_scoring.private_file import begun

_OF_DIGESTS = b"lms-scoring: who was erased"


@dataclass(frozen=True, slots=True, kw_only=True)
class SealingFile:
    """A file of one key a line; the first seals, any of them opens."""

    path: Path

    def seal(self) -> Seal:
        """The seal of the file that is there. Raises SealBroken where there is none, or no key in it."""
        try:
            return Seal(self._lines())
        except FileNotFoundError as error:
            raise SealBroken(
                f"{self.path} is missing: the key by which our own keys are sealed. Bring it back, name "
                "its place in LMS_SCORING_SEALING_KEY_FILE, or begin with new keys by "
                "`lms-scoring keys rotate --lost`"
            ) from error
        except UnicodeDecodeError as error:
            raise self._no_key() from error
        except SealBroken as error:
            raise self._no_key() from error

    def seal_made(self) -> Seal:
        """The same; the file is made first where there is none. Raises SealBroken."""
        if not self.path.exists():
            self._make()
        return self.seal()

    def digest_keys(self, make: bool) -> Sequence[bytes]:
        """The keys by which people who were erased are known again: one of each key of the file, none where
        there is no file, unless one is to be made. Raises SealBroken."""
        if make:
            self.seal_made()
        try:
            lines = self._lines()
        except FileNotFoundError:
            return []
        except UnicodeDecodeError as error:
            raise self._no_key() from error
        return [hmac.digest(line.encode(), _OF_DIGESTS, hashlib.sha256) for line in lines]

    def _lines(self) -> list[str]:
        text = self.path.read_text(encoding="ascii")
        return [line.strip() for line in text.splitlines() if line.strip()]

    def _make(self) -> None:
        """Of several who make it at once one wins; nobody ever reads half a file, or one of others' mode."""
        self.path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = self.path.with_name(f"{self.path.name}.{secrets.token_hex(4)}")
        handle = begun(unfinished)
        try:
            with os.fdopen(handle, "w", encoding="ascii") as file:
                file.write(new_sealing_key() + "\n")
                file.flush()
                os.fsync(file.fileno())
            with suppress(FileExistsError):  # somebody else was first: theirs is the key
                self.path.hardlink_to(unfinished)
        finally:
            unfinished.unlink()

    def _no_key(self) -> SealBroken:
        return SealBroken(
            f"{self.path} holds no sealing key; bring the right file back, or remove it and begin with new "
            "keys by `lms-scoring keys rotate --lost`"
        )
