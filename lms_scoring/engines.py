"""The engine that runs an installation's jobs; which one it is, the address of its database alone decides."""

from __future__ import annotations

import random
from collections.abc import Sequence
from importlib import import_module

from lms_scoring.bootstrap import Installation
from lms_scoring.jobs.embedded import Embedded
from lms_scoring.services.workshop import Tell, Workshop


def workshop_of(installation: Installation) -> Workshop:
    """What the jobs of an installation work with."""
    return Workshop(
        store=installation.store,
        clock=installation.clock,
        locks=installation.locks(),
        courses=installation.adopted(),
        sources=installation.course_sources(),
        gradebooks=installation.gradebook,
        jitter=random.random,
        tell=_teller(installation.settings.notify),
    )


def _teller(addresses: Sequence[str]) -> Tell | None:
    """Raises SettingsMistakes. What it takes 25 MB to load is loaded by who wants to be told."""
    if not addresses:
        return None
    tell: Tell = import_module("adapters.notices").Notices(addresses)
    return tell


def engine_in(installation: Installation) -> Embedded:
    """The engine for this process, which hears from now on what the installation's transactions set going."""
    engine = Embedded(workshop_of(installation))
    installation.store.bell = engine
    return engine
