"""Locks over all processes that use a database.

Of an SQLite database they are files (`file_locks.py`); PostgreSQL has locks of its own, which go with the
connection that holds them. Who holds one there shows every now and then that it lives: a process that is
frozen would keep a platform from being read for as long as it sleeps.
"""

from __future__ import annotations

import hashlib
import math
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, func, select
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from lms_scoring.domain.errors import StoreError
from lms_scoring.ports import Locks
from lms_scoring.store.databases.engine import file_of
from lms_scoring.store.databases.file_locks import FileLocks
from lms_scoring.store.databases.postgres import KEPT_ALIVE, missed_soon

SILENT = 120.0
"""Seconds without a sign of life after which the server takes who holds a name for frozen, and it is free."""
_SIGNS = 4
"""So many of them come in that time."""


def locks_of(engine: Engine, *, tenant: int, folder: Path) -> Locks:
    """Those of a tenant of the database at the engine; `folder` has the files of a database that is none."""
    if engine.dialect.name == "postgresql":
        return _advisory(engine, tenant)
    return FileLocks(file_of(engine.url) or folder / "lms-scoring")


class AdvisoryLocks:
    """Names as numbers on a PostgreSQL server, each held by a connection of its own: two threads of a process
    must not share one, or both would hold the name.

    Who shows no life for `silent` seconds holds it no more, and does not know that: what is done under a name
    must be right though somebody else does it too, and a name only spares that.
    """

    def __init__(self, engine: Engine, *, tenant: int = 1, silent: float = SILENT) -> None:
        self._tenant = tenant
        self._silent = silent
        self._engine = create_engine(
            engine.url,
            isolation_level="AUTOCOMMIT",
            max_overflow=-1,
            pool_pre_ping=True,
            hide_parameters=True,
            connect_args={"connect_timeout": "10", "application_name": "lms-scoring-locks", **KEPT_ALIVE},
        )
        event.listen(self._engine, "connect", missed_soon)

    def held(
        self, name: str, *, wait: bool = False, patience: float = math.inf
    ) -> AbstractContextManager[bool]:
        """Holds the name; false where somebody else does. `wait`: until it is free, one after the other, and
        for so many seconds at most.

        Raises StoreError where the server is not there.
        """
        return self._held(_number(f"{self._tenant} {name}"), patience if wait else 0)

    def close(self) -> None:
        """Lets go of everything."""
        self._engine.dispose()

    @contextmanager
    def _held(self, number: int, patience: float) -> Iterator[bool]:
        try:
            connection = self._engine.connect()
        except (SQLAlchemyError, self._engine.dialect.loaded_dbapi.Error) as error:
            raise StoreError(_GONE) from error
        with connection:
            if not _advised(connection, number, patience):
                yield False
                return
            try:
                with self._alive(connection):
                    yield True
            finally:
                _let_go(connection, number)

    @contextmanager
    def _alive(self, connection: Connection) -> Iterator[None]:
        """Shows that this process lives, as long as it does; not to a server that is too old to miss that."""
        if (connection.dialect.server_version_info or (0,)) < _ENDS_SILENT:
            yield
            return
        driver, over = connection.connection.driver_connection, threading.Event()
        showing = threading.Thread(target=self._show, args=[driver, over], name="sign of life", daemon=True)
        _allow_silence(connection, self._silent)
        showing.start()
        try:
            yield
        finally:
            over.set()
            showing.join()
            _allow_silence(connection, 0)

    def _show(self, driver: Any, over: threading.Event) -> None:
        with suppress(self._engine.dialect.loaded_dbapi.Error):  # the connection is gone, and the name free
            while not over.wait(self._silent / _SIGNS):
                driver.execute("SELECT 1")


@lru_cache(maxsize=8)
def _advisory(engine: Engine, tenant: int) -> AdvisoryLocks:
    """Once a process and database, since they keep connections, until those to the database are closed."""
    made = AdvisoryLocks(engine, tenant=tenant)
    event.listen(engine, "engine_disposed", lambda _: made.close())
    return made


_NOT_IN_TIME = "55P03"
_ENDS_SILENT = (14,)
"""The first version that ends who is silent outside of a transaction."""
_GONE = "the database server does not answer, so nobody can tell who holds a lock; try again"


def _number(name: str) -> int:
    """64 bits, signed, as the server has them."""
    return int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big", signed=True)


def _advised(connection: Connection, number: int, patience: float) -> bool:
    try:
        if patience == 0:
            return bool(connection.execute(select(func.pg_try_advisory_lock(number))).scalar_one())
        if patience == math.inf:
            connection.execute(select(func.pg_advisory_lock(number)))
            return True
        return _advised_in_time(connection, number, patience)
    except SQLAlchemyError as error:
        raise StoreError(_GONE) from error


def _advised_in_time(connection: Connection, number: int, patience: float) -> bool:
    milliseconds = max(1, int(patience * 1000))
    connection.exec_driver_sql(f"SET lock_timeout = {milliseconds}")
    try:
        connection.execute(select(func.pg_advisory_lock(number)))
    except DBAPIError as error:
        if getattr(error.orig, "sqlstate", None) != _NOT_IN_TIME:
            raise
        return False
    finally:
        if not connection.invalidated:
            connection.exec_driver_sql("RESET lock_timeout")
    return True


def _allow_silence(connection: Connection, seconds: float) -> None:
    """The server ends the connection after so many in which nothing is asked by it; 0: never."""
    with suppress(SQLAlchemyError):  # it is gone already, which whoever uses it next is told
        connection.exec_driver_sql(f"SET idle_session_timeout = {int(seconds * 1000)}")


def _let_go(connection: Connection, number: int) -> None:
    try:
        connection.execute(select(func.pg_advisory_unlock(number)))
    except SQLAlchemyError:
        connection.invalidate()  # it is gone, and the lock went with it
