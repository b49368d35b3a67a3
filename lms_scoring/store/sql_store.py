"""The store on an SQL database: transactions in which everything is written and read together."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from sqlalchemy import Engine

from lms_scoring.ports import Bell, Locks, Transaction
from lms_scoring.store.boards.lines import renew_lines
from lms_scoring.store.databases.dialect import kind_of
from lms_scoring.store.databases.engine import in_our_words, open_engine, transaction
from lms_scoring.store.databases.locks import locks_of
from lms_scoring.store.erasing.tombstones import DigestKeys, no_keys
from lms_scoring.store.sql_transaction import SqlTransaction


class SqlStore:
    """The rows of one institution (tenant) in one database.

    Brought to this program's version beforehand: `lms_scoring.store.migrations` has `upgrade` and `check`.
    Its `bell` is rung for jobs that a transaction sets going; without one, they wait until somebody looks.
    `digest_keys` are those by which people who were erased are known again.
    """

    def __init__(self, database: str | Engine, *, tenant: int = 1, digest_keys: DigestKeys = no_keys) -> None:
        self.engine = open_engine(database) if isinstance(database, str) else database
        self.tenant = tenant
        self._digest_keys = digest_keys
        self.bell: Bell | None = None

    def writing(self) -> AbstractContextManager[Transaction]:
        """One transaction that may write; what it writes in is taken at once, so that of those that write one
        comes after the other. Raises StoreError."""
        return self._transaction(writes=True)

    def reading(self) -> AbstractContextManager[Transaction]:
        """One consistent view. Raises StoreError."""
        return self._transaction(writes=False)

    def locks(self, folder: Path) -> Locks:
        """Names that one at a time holds, over all processes that use the database; `folder` has their files
        where the database is none itself, and on no server."""
        return locks_of(self.engine, tenant=self.tenant, folder=folder)

    def others(self) -> int:
        """How many connections of our programs the database has beside one of this store's, as far as it can
        tell. Raises StoreError."""
        with transaction(self.engine, writes=False) as connection:
            return kind_of(connection).others(connection)

    def wiped(self) -> bool:
        """Sees to it that what was removed is in no file of the database any more; false where something of
        it may be for a while yet. Raises StoreError."""
        with in_our_words(self.engine), self.engine.connect() as connection:
            return kind_of(connection).wiped(connection)

    def close(self) -> None:
        """Closes the connections to the database."""
        self.engine.dispose()

    @contextmanager
    def _transaction(self, *, writes: bool) -> Iterator[Transaction]:
        with transaction(self.engine, writes=writes, tenant=self.tenant) as connection:
            made = SqlTransaction(connection, self.tenant, self._digest_keys)
            yield made
            renew_lines(made)
            if made.calls and self.bell is not None:
                self.bell.ring_within(connection.connection.driver_connection, made.calls)
        if made.calls and self.bell is not None:
            self.bell.ring_after(made.calls)
