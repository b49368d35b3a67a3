"""A kind of database: what each must be able to do in its own way."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any, NamedTuple, Protocol

from sqlalchemy import (
    URL,
    ColumnElement,
    Connection,
    Engine,
    FromClause,
    PoolProxiedConnection,
    Table,
    and_,
)

from lms_scoring.store.databases.saying import Words

Row = tuple[Any, ...]

WAITING = 10
"""Seconds a writer waits for another writer."""

_AIM = "lms_scoring_aim"


class Aim(NamedTuple):
    """What a transaction is for. One that writes has the rows of the tenant (None: all rows) to itself."""

    writes: bool
    tenant: int | None


def aimed(connection: Connection, aim: Aim) -> Connection:
    """The connection, whose next transaction is for that."""
    connection.info[_AIM] = aim
    return connection


def aim_of(connection: Connection | PoolProxiedConnection) -> Aim | None:
    """What the transaction that begins is for; None: whoever begins it did not say."""
    aim: Aim | None = connection.info.pop(_AIM, None)
    return aim


class Wanted(NamedTuple):
    """Accounts and their person's place in an answer, as `want` gives them: columns `account` and `rank`, and
    what else must hold where they are joined."""

    accounts: FromClause
    condition: ColumnElement[bool]

    def of(self, account: ColumnElement[int]) -> ColumnElement[bool]:
        """Whether it is one of them."""
        return and_(self.condition, self.accounts.c.account == account)


class Kind(Protocol):
    """One kind of database."""

    words: Words
    wanted: Wanted
    merges_whole_lists: bool
    """Whether lists that are merged in order are read to their ends, whatever is wanted of them, unless each
    has a limit of its own."""

    def open(self, url: URL, *, check_keys: bool) -> Engine:
        """An engine that begins each transaction as it is aimed; nothing is read or written yet. Raises
        ModuleNotFoundError without the driver."""

    def ended(self, connection: Connection) -> None:
        """Lets go of what a transaction left half read."""

    def given(self, values: list[Any]) -> list[Any]:
        """Parameters as the driver takes them."""

    def add(self, connection: Connection, table: Table, rows: Sequence[Row]) -> int:
        """Inserts rows but those whose key is there; how many were new."""

    def put(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        """Inserts rows; one whose key is there takes the new values, of several the last one's."""

    def fill(self, connection: Connection, table: Table, rows: Sequence[Row]) -> None:
        """Inserts rows as they are, the fastest way there is; none of their keys may be there."""

    def stream(self, connection: Connection, text: str, values: list[Any]) -> Iterable[Row]:
        """Rows as they are asked for, so that memory never holds all of them."""

    def want(self, connection: Connection, question: int, rows: Sequence[tuple[int, int]]) -> dict[str, Any]:
        """Accounts with their ranks for `wanted`: its parameters. `question` tells those of one transaction
        apart, from 1 on."""

    def unhurried(self, connection: Connection) -> None:
        """Lets the transaction say nothing for as long as it takes, though others wait for it."""

    def others(self, connection: Connection) -> int:
        """How many other connections our programs have to the database, as far as it can tell."""

    def wiped(self, connection: Connection) -> bool:
        """Outside of a transaction: empties what else than its tables may hold what was removed. False where
        something may be left."""

    def broken_keys(self, connection: Connection) -> tuple[str, str] | None:
        """A table with rows that lack what they refer to, in a table, where nothing checked that before."""

    def sentence(self, error: Exception, database: str | None) -> str | None:
        """What happened to that database and what to do, where the driver's error is known."""

    def reason(self, error: Exception) -> str:
        """The driver's error in words that hold nobody's data."""

    def cause(self, error: Exception, driven: Exception) -> Exception:
        """What may be shown, and logged, as the cause: SQLAlchemy's error, or another for the driver's."""
