"""Where the pieces meet: settings become a store, sources, rules and what an application needs."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy.engine import make_url

from lms_scoring.course_rules import AdoptedRules, shipped_schemes, written_scheme
from lms_scoring.course_sources import ACTIVITY_KINDS, CourseSources
from lms_scoring.domain.errors import StoreNotReady
from lms_scoring.files.sealing_file import SealingFile
from lms_scoring.files.settings import PlatformKind, Settings, read_settings
from lms_scoring.key_ring import KeyRing
from lms_scoring.lti_platforms import LtiPlatforms
from lms_scoring.platform_clients import PlatformClients
from lms_scoring.ports import Clock, Locks, Store
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.scoring.scheme_shelf import SchemeShelf
from lms_scoring.services.setting_up.new_course import Supplies
from lms_scoring.services.setting_up.set_up import SetUp
from lms_scoring.store import SqlStore
from lms_scoring.store.databases.engine import file_of
from lms_scoring.store.migrations import check, upgrade
from lms_scoring.web.launch.launching import Launching

_DATA = Path("data")
"""The folder of what lies beside a database that is no file."""


class SystemClock:
    """The machine's time of day."""

    def now(self) -> int:
        """Milliseconds since 1970 UTC."""
        return time.time_ns() // 1_000_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Installation:
    """What one installation consists of, ready to be handed to services."""

    settings: Settings
    store: SqlStore
    clock: Clock
    locks: Locks
    """Names that one at a time holds, over all processes that use the database."""
    clients: PlatformClients
    lti: LtiPlatforms
    sources: CourseSources
    """What the courses that are set up are read from."""

    def close(self) -> None:
        """Lets go of the database's connections; they are made again when they are needed."""
        self.store.close()

    def adopted(self, store: Store | None = None) -> AdoptedRules:
        """The rules of every course, as adopted; each is read when it is asked for, where another store is
        named by way of that."""
        return AdoptedRules(self.store if store is None else store, folder=self.settings.courses)

    def rules(self, course: str) -> CourseRules:
        """The rules of one course, as adopted; its sources with the rosters that were ever asked who learns.

        Raises UnknownCourse; Mistakes and UnknownScheme where what it was pinned to cannot be read.
        """
        return self.adopted().rules(course)

    def launching(self) -> Launching:
        """What the pages need for launches."""
        return self.lti.launching(self.set_up())

    def scheme_shelf(self) -> SchemeShelf:
        """The schemes that a course may be scored by instead."""
        return SchemeShelf(shipped=shipped_schemes(), read=written_scheme)

    def set_up(self) -> SetUp:
        """What courses are set up by in the browser."""
        platforms = self.settings.platforms.values()
        return SetUp(
            store=self.store,
            clock=self.clock,
            supplies=Supplies(
                schemes=shipped_schemes(),
                record_stores=sorted(one.name for one in platforms if one.kind is PlatformKind.XAPI),
                former=self.adopted().former,
                kind_of=self.sources.kind_of,
                activity_kinds=ACTIVITY_KINDS,
            ),
        )


def _check(store: SqlStore) -> None:
    """Raises StoreNotReady unless somebody ran `db upgrade`."""
    try:
        check(store.engine)
    except StoreNotReady:
        store.close()
        raise


def sealing_key_of(settings: Settings) -> Path:
    """The file of the sealing key; usually in the folder of an SQLite database, else in `data`."""
    file = file_of(make_url(settings.database_url))
    usual = (_DATA if file is None else file.parent) / "sealing.key"
    return settings.sealing_key_file or usual


def _sealing(settings: Settings) -> SealingFile:
    return SealingFile(path=sealing_key_of(settings))


def installation(
    environment: Mapping[str, str],
    *,
    working_folder: Path,
    clock: Clock | None = None,
    pause: Callable[[float], None] = time.sleep,
    must_exist: bool = False,
) -> Installation:
    """The installation that the environment describes. Raises SettingsMistakes, StoreNotReady.

    `pause` is how clients of platforms wait, so many seconds, before they ask again.

    An SQLite database is created and brought up to date here; any other is upgraded by `db upgrade`. With
    `must_exist` none is created: who only wants to read would find it empty, and wonder.
    """
    settings = read_settings(environment, working_folder=working_folder)
    url = make_url(settings.database_url)
    if url.get_backend_name() == "sqlite" and url.database:
        if must_exist and not Path(url.database).exists():
            raise StoreNotReady(
                f"there is no database {url.database} here yet, so there is nothing to read: sync a course "
                "with `lms-scoring sync`, or go to the folder of your installation, or name its database in "
                "LMS_SCORING_DATABASE_URL"
            )
        upgrade(settings.database_url)
    store = SqlStore(settings.database_url, digest_keys=_sealing(settings).digest_keys)
    if url.get_backend_name() != "sqlite":
        _check(store)
    return _put_together(settings, store, SystemClock() if clock is None else clock, pause)


def _put_together(
    settings: Settings, store: SqlStore, clock: Clock, pause: Callable[[float], None]
) -> Installation:
    """Each part is handed those that were made before it."""
    locks = store.locks(_DATA)
    clients = PlatformClients(settings=settings, locks=locks, pause=pause)
    key_ring = KeyRing(store=store, clock=clock, sealing=_sealing(settings))
    lti = LtiPlatforms(store, clock, settings, clients=clients, key_ring=key_ring)
    sources = CourseSources(
        store,
        clock,
        folder=settings.courses,
        clients=clients,
        service=lti.service,
        given_numbers=settings.given_numbers,
    )
    return Installation(
        settings=settings,
        store=store,
        clock=clock,
        locks=locks,
        clients=clients,
        lti=lti,
        sources=sources,
    )
