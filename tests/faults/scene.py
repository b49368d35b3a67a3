"""A course whose Moodle and record store stand behind fault proxies, and who syncs from it."""

from __future__ import annotations

import io
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from pathlib import Path

from lms_scoring.bootstrap import installation
from lms_scoring.cli.syncing import sync_course
from lms_scoring.demonstration.running import Options, RunningPlatform, running_platform
from lms_scoring.ports import Clock, LastEnds, Run
from tests.faults.fault_proxy import FaultProxy, fault_proxy
from tests.fixtures.courses.installed import DATABASE, Site, Synced, environment
from tests.fixtures.databases import empty_database

COURSE, MOODLE, LRS = "lc2024", "moodle", "lrs"
FEW = Options(learners=4, statements=20_000)
"""Four learners: a first sync of theirs asks the Moodle 24 times, and the record store for 3 pages."""
SECONDS = 1
"""The deadline of a call: as short as settings let it be, for what never ends."""


class Pauses:
    """Remembers how long clients wanted to wait, and waits not at all."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    def __call__(self, seconds: float) -> None:
        self.seconds.append(seconds)


@dataclass(frozen=True)
class Scene:
    """One database of the installation; the platform may be used by others after it."""

    platform: RunningPlatform
    moodle: FaultProxy
    lrs: FaultProxy
    site: Site
    pauses: Pauses = field(default_factory=Pauses)

    @property
    def database(self) -> Path:
        """The file."""
        return self.site.folder / DATABASE

    def proxy(self, source: str) -> FaultProxy:
        """What stands before a platform."""
        return self.moodle if source == MOODLE else self.lrs

    def calm(self) -> None:
        """From now on nothing is done to anybody's requests."""
        self.moodle.calm()
        self.lrs.calm()

    def sync(self, *, full: bool = False) -> Synced:
        """As the command does it, grades included."""
        said, complained = io.StringIO(), io.StringIO()
        with redirect_stdout(said), redirect_stderr(complained):
            good = sync_course(self.site.installation, COURSE, full=full)
        return Synced(good, said.getvalue(), complained.getvalue())

    def ends(self) -> Mapping[str, LastEnds]:
        """How the latest run of each source ended."""
        with self.site.installation.store.reading() as transaction:
            return transaction.last_ends(COURSE)

    def runs(self) -> Mapping[str, Run]:
        """The latest run of each source."""
        with self.site.installation.store.reading() as transaction:
            return {run.source: run for run in reversed(transaction.runs(COURSE))}

    def cursor(self, source: str) -> str | None:
        """Where the next pull of a source begins."""
        with self.site.installation.store.reading() as transaction:
            return transaction.cursor(None if source == LRS else COURSE, source)

    def ask(self, query: str) -> list[tuple[object, ...]]:
        """Straight from the database."""
        with closing(sqlite3.connect(self.database)) as connection:
            return connection.execute(query).fetchall()

    def like_this(self, folder: Path, *, empty: bool = False, clock: Clock | None = None) -> Scene:
        """The same with a copy of the database, or one into which nothing was synced."""
        folder.mkdir(parents=True, exist_ok=True)
        pauses = Pauses()
        return Scene(
            platform=self.platform,
            moodle=self.moodle,
            lrs=self.lrs,
            site=_installed(
                self.site.settings,
                self.database,
                folder,
                pauses,
                empty=empty,
                clock=clock or self.site.installation.clock,
            ),
            pauses=pauses,
        )

    def beside(self) -> Scene:
        """Another process on the same database."""
        ours = self.site
        made = installation(
            ours.settings, working_folder=ours.folder, clock=ours.installation.clock, pause=self.pauses
        )
        return replace(self, site=replace(ours, installation=made))

    def close(self) -> None:
        """Ends the connections to the database."""
        self.site.installation.close()


@contextmanager
def scene(
    folder: Path,
    *,
    options: Options = FEW,
    changes: Mapping[str, str] | None = None,
    clock: Clock | None = None,
) -> Iterator[Scene]:
    """A platform of its own; the course is adopted and nothing is synced. `changes` are to the settings."""
    with (
        running_platform(options) as platform,
        fault_proxy(platform.moodle.url) as moodle,
        fault_proxy(_origin(platform.lrs.url), rewrites={platform.moodle.url: moodle.url}) as lrs,
    ):
        settings = {
            **environment(platform, folder),
            "LMS_SCORING_PLATFORM_MOODLE_URL": moodle.url,
            "LMS_SCORING_PLATFORM_LRS_URL": platform.lrs.url.replace(_origin(platform.lrs.url), lrs.url),
            **(changes or {}),
        }
        pauses = Pauses()
        site = _installed(settings, None, folder, pauses, empty=True, clock=clock)
        ours = Scene(platform=platform, moodle=moodle, lrs=lrs, site=site, pauses=pauses)
        try:
            yield ours
        finally:
            ours.close()


def _installed(
    settings: Mapping[str, str],
    database: Path | None,
    folder: Path,
    pauses: Pauses,
    *,
    empty: bool,
    clock: Clock | None,
) -> Site:
    file = folder / DATABASE
    if empty or database is None:
        empty_database(file)
    else:
        copy(database, file)
    ours = {**settings, "LMS_SCORING_DATABASE_URL": f"sqlite:///{file}"}
    made = Site(installation(ours, working_folder=folder, clock=clock, pause=pauses), ours, folder)
    if empty:
        made.adopt(COURSE)
    return made


def copy(database: Path, to: Path) -> Path:
    """A copy of a database that may be in use."""
    with closing(sqlite3.connect(database)) as theirs, closing(sqlite3.connect(to)) as ours:
        theirs.backup(ours)
    return to


def _origin(url: str) -> str:
    return "/".join(url.split("/", 3)[:3])
