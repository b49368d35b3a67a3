"""The engine that runs an installation's jobs; which one it is, the address of its database alone decides."""

from __future__ import annotations

import random
from collections.abc import Sequence
from importlib import import_module
from typing import TYPE_CHECKING

from sqlalchemy.engine import make_url

from lms_scoring.bootstrap import Installation
from lms_scoring.domain.errors import StoreError
from lms_scoring.jobs.embedded import Embedded
from lms_scoring.ports import Tell
from lms_scoring.services.unattended.workshop import Workshop

if TYPE_CHECKING:
    from lms_scoring.jobs.distributed import Distributed


def workshop_of(installation: Installation) -> Workshop:
    """What the jobs of an installation work with."""
    return Workshop(
        store=installation.store,
        clock=installation.clock,
        locks=installation.locks,
        courses=installation.adopted(),
        sources=installation.sources,
        gradebooks=installation.lti.gradebook,
        jitter=random.random,
        tell=_teller(installation.settings.notify),
        ages=installation.settings.retention,
    )


def _teller(addresses: Sequence[str]) -> Tell | None:
    """Raises SettingsMistakes. What it takes 25 MB to load is loaded by who wants to be told."""
    if not addresses:
        return None
    tell: Tell = import_module("adapters.notices").Notices(addresses)
    return tell


def engine_in(installation: Installation) -> Embedded | None:
    """The engine of a process that serves pages, which hears from now on what its transactions set going.

    None: the database is a server's, so workers run the jobs, and here they are only called.
    """
    if not on_server(installation):
        engine = Embedded(workshop_of(installation))
        installation.store.bell = engine
        return engine
    worker_of(installation)
    return None


def worker_of(installation: Installation) -> Distributed:
    """The engine of a worker, its queue ready; it hears what this process's transactions set going.

    Raises StoreError where the database is no server's.
    """
    if not on_server(installation):
        raise StoreError(
            "workers are for PostgreSQL; with SQLite, `lms-scoring serve` runs the jobs in one process"
        )
    made: Distributed = import_module("lms_scoring.jobs.distributed").Distributed(
        workshop_of(installation), installation.settings.database_url
    )
    made.prepare()
    installation.store.bell = made
    return made


def on_server(installation: Installation) -> bool:
    """Whether many machines may share the database."""
    return make_url(installation.settings.database_url).get_backend_name() == "postgresql"
