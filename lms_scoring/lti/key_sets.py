"""Where a launch gets its platform's keys from, as the validation sees it."""

from __future__ import annotations

from typing import Protocol

from lms_scoring.domain.registration import Registration
from lms_scoring.lti.id_token import Key


class KeySets(Protocol):
    """The key sets of platforms."""

    def key(self, registration: Registration, kid: str) -> Key:
        """The key of that id. Raises LaunchRefused (KEY_UNKNOWN, KEYS_UNREACHABLE, KEYS_MALFORMED)."""
