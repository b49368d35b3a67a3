"""What the servers weigh over the time: memory and open files of every process, and the database."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from sqlalchemy import text
from sqlalchemy.engine import make_url

from lms_scoring.store import SqlStore
from tests.soak.servers import Server

EVERY = 10.0
MEGABYTE = 1 << 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """One process at one moment, counted from the begin. `server` is what it belongs to."""

    at: float
    server: str
    process: int
    memory: int
    """Bytes that it has for itself alone."""
    files: int
    computed: float
    """Seconds of processor so far."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DatabaseWeighed:
    """The database at one moment; the bytes of its tables and of its write-ahead log."""

    at: float
    size: int
    log: int
    connections: int


@dataclass(slots=True)
class Vitals:
    """All samples."""

    store: SqlStore
    servers: Callable[[], Sequence[Server]]
    processes: list[Weighed]
    databases: list[DatabaseWeighed]
    begun: float

    def sample(self) -> None:
        """One more."""
        at = time.monotonic() - self.begun
        for server in self.servers():
            self.processes += _weighed(server, at)
        self.databases.append(_database(self.store, at))


@contextmanager
def watched(store: SqlStore, servers: Callable[[], Sequence[Server]]) -> Iterator[Vitals]:
    """Samples beside the block."""
    vitals = Vitals(store, servers, [], [], time.monotonic())
    stopped = threading.Event()

    def watch() -> None:
        vitals.sample()
        while not stopped.wait(EVERY):
            vitals.sample()

    thread = threading.Thread(target=watch, name="vitals")
    thread.start()
    try:
        yield vitals
    finally:
        stopped.set()
        thread.join()
    vitals.sample()


def _weighed(server: Server, at: float) -> Iterator[Weighed]:
    try:
        family = psutil.Process(server.process.pid)
        members = [family, *family.children(recursive=True)]
    except psutil.NoSuchProcess:
        return
    for one in members:
        try:
            with one.oneshot():
                times, memory = one.cpu_times(), one.memory_full_info()
                yield Weighed(
                    at=at,
                    server=server.name,
                    process=one.pid,
                    memory=memory.uss,
                    files=one.num_fds(),
                    computed=times.user + times.system,
                )
        except (psutil.NoSuchProcess, psutil.ZombieProcess):
            continue  # a process that made room for a new one


def _database(store: SqlStore, at: float) -> DatabaseWeighed:
    url = make_url(store.engine.url)
    if url.get_backend_name() == "sqlite":
        file = Path(str(url.database))
        log = file.with_name(f"{file.name}-wal")
        return DatabaseWeighed(
            at=at, size=file.stat().st_size, log=log.stat().st_size if log.exists() else 0, connections=0
        )
    with store.engine.connect() as connection:
        row = connection.execute(
            text(
                "SELECT pg_database_size(current_database()),"
                " (SELECT sum(size) FROM pg_ls_waldir()),"
                " (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database())"
            )
        ).one()
    return DatabaseWeighed(at=at, size=int(row[0]), log=int(row[1]), connections=int(row[2]))
