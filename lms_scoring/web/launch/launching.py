"""What launches need from the outside, as the application factory takes it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from lms_scoring.domain.registration import Registration
from lms_scoring.lti.key_sets import KeySets
from lms_scoring.lti.keys import OwnKey
from lms_scoring.services.access.registrations import Registrar
from lms_scoring.services.setting_up.set_up import SetUp


class Register(Protocol):
    """Registers us with a platform; the token is good once."""

    def __call__(self, configuration_url: str, *, token: str | None) -> Registration:
        """What the platform made of us, not yet kept. Raises LaunchRefused, PlatformError."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Launching:
    """What launches need from the outside: the platforms' keys, and our own.

    `registrar` and `register` are what platforms are registered by; without them nobody registers one here.
    Without `set_up` no course is set up here.
    """

    key_sets: KeySets
    own_keys: Callable[[], Sequence[OwnKey]]
    registrar: Registrar | None = None
    register: Register | None = None
    set_up: SetUp | None = None
