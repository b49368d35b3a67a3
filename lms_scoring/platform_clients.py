"""How platforms are asked over HTTP: those of the settings by name, LTI platforms by origin."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from adapters.http import HttpClient
from adapters.turns import SharedTurns
from adapters.xapi.client import credentials
from lms_scoring.domain.addresses import origin_of
from lms_scoring.domain.errors import UnknownPlatform
from lms_scoring.domain.nearest import did_you_mean
from lms_scoring.files.settings import Platform, PlatformKind, Settings
from lms_scoring.ports import Locks

_A_BROWSER_WAITS = 10.0
"""Seconds that one call of an LTI platform may take with all its tries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PlatformClients:
    """Makes clients, whose turns at a platform are shared by all processes that have the same locks."""

    settings: Settings
    locks: Locks
    pause: Callable[[float], None] = time.sleep
    """How they wait, so many seconds, before they ask again."""

    def platform(self, name: str) -> Platform:
        """A platform of the settings. Raises UnknownPlatform, which names those there are."""
        try:
            return self.settings.platforms[name]
        except KeyError as error:
            known = sorted(self.settings.platforms)
            raise UnknownPlatform(
                f"no platform {name!r} in the settings (there are: {', '.join(known) or 'none'}"
                f"{did_you_mean(name, known)}); "
                f"set LMS_SCORING_PLATFORM_{name.upper().replace('-', '_')}_KIND, _URL and its credentials"
            ) from error

    def client(self, platform: Platform) -> HttpClient:
        """The HTTP client of a platform; an LRS's credentials go into every request's header."""
        return HttpClient(
            platform=platform.name,
            base_url=platform.url,
            headers=_headers(platform),
            deadline=platform.deadline,
            lasting=platform.sync_limit,
            attempts=platform.attempts,
            pause=self.pause,
            allowed_private=self.settings.allowed_private_hosts,
            turns=SharedTurns(self.locks, str(origin_of(platform.url))),
        )

    def connect(self, origin: str, *, takes_turns: bool = False) -> HttpClient:
        """The HTTP client of an origin of an LTI platform.

        A browser waits for its answers, and not for a sync's; what nobody waits for takes turns with syncs.
        """
        return HttpClient(
            platform=origin.partition("://")[2],
            base_url=origin,
            deadline=_A_BROWSER_WAITS,
            attempts=2,
            pause=self.pause,
            allowed_private=self.settings.allowed_private_hosts,
            turns=SharedTurns(self.locks, origin) if takes_turns else None,
        )


def _headers(platform: Platform) -> dict[str, str]:
    """What every request to the platform carries; a Moodle's token goes into the body of each call."""
    match platform.kind:
        case PlatformKind.MOODLE:
            return {}
        case PlatformKind.XAPI:
            return credentials(platform.key or "", platform.secret or "")
