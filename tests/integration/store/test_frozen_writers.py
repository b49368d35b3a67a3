"""Writers that are frozen within a statement: who is ended, and who never is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import Never

import psycopg
import pytest
from psycopg.pq import ExecStatus
from sqlalchemy import make_url

from lms_scoring.store.databases.frozen_writers import FrozenWriters
from tests.fixtures.postgres import server
from tests.waiting import until

LOCK, TENANT, ALL = 7105907, 1, 0
SILENT = 60
LONG = 10_000
Connection = psycopg.Connection[tuple[object, ...]]


@dataclass
class SetSeconds:
    """A clock that a test sets."""

    at: float = 0.0

    def __call__(self) -> float:
        return self.at


@dataclass
class Onlooker:
    """Who waited in vain, and looks who has the turn."""

    connection: Connection
    clock: SetSeconds
    frozen: FrozenWriters

    def ends_it(self, *, after: float = 0) -> bool:
        """Whether it ends who has the turn, so many seconds after it looked last."""
        self.clock.at += after
        return self.frozen.ended(self.connection, TENANT)

    def waits_for(self, holder: Connection, *, event: str, copied: int | None = None) -> None:
        """Until the server waits so within the holder's statement, of which it has so many bytes."""
        until(lambda: self._seen(holder) == ("active", event, copied))

    def is_gone(self, holder: Connection) -> bool:
        """Whether the server knows nothing of it any more."""
        return self._seen(holder) is None

    def _seen(self, holder: Connection) -> object:
        return self.connection.execute(
            "SELECT state, wait_event, bytes_processed FROM pg_stat_activity AS activity"
            " LEFT JOIN pg_stat_progress_copy AS copying USING (pid) WHERE activity.pid = %s",
            (holder.info.backend_pid,),
        ).fetchone()


@pytest.fixture
def url() -> Iterator[str]:
    """Of a database on the server."""
    address = server().blank_database()
    yield address
    server().drop(address)


@pytest.fixture
def onlooker(url: str) -> Iterator[Onlooker]:
    with looking(url) as made:
        yield made


@contextmanager
def looking(url: str) -> Iterator[Onlooker]:
    clock = SetSeconds()
    with psycopg.connect(url, autocommit=True) as connection:
        yield Onlooker(connection, clock, FrozenWriters(LOCK, silent=SILENT, now=clock))


@contextmanager
def holding(url: str, tenant: int = TENANT) -> Iterator[Connection]:
    """Who has the tenant's turn; it may be ended."""
    with closing(psycopg.connect(url)) as holder:
        holder.execute("SELECT pg_advisory_xact_lock(%s::int, %s::int)", (LOCK, tenant))
        holder.execute("CREATE TEMPORARY TABLE stage (word text)")
        yield holder


def begin_to_copy(holder: Connection) -> None:
    """For the server as for one that is frozen: nothing comes unless it is told below."""
    assert holder.pgconn.exec_(b"COPY stage FROM STDIN").status == ExecStatus.COPY_IN


def copy_a_word(holder: Connection) -> None:
    """Five bytes."""
    holder.pgconn.put_copy_data(b"word\n")
    holder.pgconn.flush()


def end_copying(holder: Connection) -> None:
    """And hear that it is there."""
    holder.pgconn.put_copy_end()
    while holder.pgconn.get_result() is not None:
        pass


def test_who_copies_and_says_nothing_for_a_minute_is_ended(url: str, onlooker: Onlooker) -> None:
    with holding(url) as holder:
        begin_to_copy(holder)
        copy_a_word(holder)
        onlooker.waits_for(holder, event="ClientRead", copied=5)
        assert not onlooker.ends_it()
        assert not onlooker.ends_it(after=SILENT - 1)
        assert onlooker.ends_it(after=1)
        onlooker.connection.execute("SELECT pg_advisory_lock(%s::int, %s::int)", (LOCK, TENANT))


def test_who_takes_no_answer_for_a_minute_is_ended(url: str, onlooker: Onlooker) -> None:
    with holding(url) as holder:
        holder.pgconn.send_query(b"SELECT repeat('x', 1000) FROM generate_series(1, 1000000)")
        onlooker.waits_for(holder, event="ClientWrite")
        assert not onlooker.ends_it()
        assert onlooker.ends_it(after=SILENT)


def test_who_goes_on_copying_is_never_ended(url: str, onlooker: Onlooker) -> None:
    with holding(url) as holder:
        begin_to_copy(holder)
        for number in range(1, 5):
            copy_a_word(holder)
            onlooker.waits_for(holder, event="ClientRead", copied=5 * number)
            assert not onlooker.ends_it(after=LONG)


def test_who_tells_the_same_in_another_statement_has_gone_on(url: str, onlooker: Onlooker) -> None:
    with holding(url) as holder:
        for _ in range(2):
            begin_to_copy(holder)
            copy_a_word(holder)
            onlooker.waits_for(holder, event="ClientRead", copied=5)
            assert not onlooker.ends_it(after=LONG)
            end_copying(holder)


def test_a_statement_that_takes_long_is_never_ended(url: str, onlooker: Onlooker) -> None:
    with holding(url) as holder:
        holder.pgconn.send_query(b"SELECT pg_sleep(600)")
        onlooker.waits_for(holder, event="PgSleep")
        assert not onlooker.ends_it()
        assert not onlooker.ends_it(after=LONG)


def test_who_is_silent_between_two_statements_is_left_to_the_server(url: str, onlooker: Onlooker) -> None:
    with holding(url):
        assert not onlooker.ends_it()
        assert not onlooker.ends_it(after=LONG)


@pytest.mark.parametrize("tenant", [ALL, TENANT + 1])
def test_upgrades_and_other_institutions_are_left_alone(url: str, onlooker: Onlooker, tenant: int) -> None:
    with holding(url, tenant) as holder:
        begin_to_copy(holder)
        copy_a_word(holder)
        onlooker.waits_for(holder, event="ClientRead", copied=5)
        assert not onlooker.ends_it()
        assert not onlooker.ends_it(after=LONG)


@pytest.mark.parametrize("stranger", ["", "IN ROLE pg_read_all_stats"], indirect=True)
def test_who_may_not_see_or_not_end_others_waits_on(url: str, onlooker: Onlooker, stranger: str) -> None:
    with looking(stranger) as other, holding(url) as holder:
        begin_to_copy(holder)
        copy_a_word(holder)
        onlooker.waits_for(holder, event="ClientRead", copied=5)
        assert not other.ends_it()
        assert not other.ends_it(after=LONG)


@dataclass
class OlderServer:
    """As a driver tells of one that has no list of the copies under way."""

    info: OlderServer | None = None
    server_version: int = 130_023

    def __post_init__(self) -> None:
        self.info = self

    def execute(self, *_: object) -> Never:
        raise psycopg.errors.UndefinedTable('relation "pg_stat_progress_copy" does not exist')


def test_a_server_that_does_not_tell_of_copies_ends_nobody() -> None:
    """And whoever waited is told that another one writes."""
    assert not FrozenWriters(LOCK, silent=SILENT).ended(OlderServer(), TENANT)


@pytest.fixture
def stranger(url: str, request: pytest.FixtureRequest) -> Iterator[str]:
    """The address of the database for another user of the server, with these rights."""
    server().execute(f"CREATE ROLE stranger LOGIN {request.param}")
    yield make_url(url).set(username="stranger").render_as_string(hide_password=False)
    server().execute("DROP ROLE stranger")


def test_no_timeout_of_the_servers_ends_who_is_frozen_within_a_statement(
    url: str, onlooker: Onlooker
) -> None:
    """Why it is done here. Somebody else, whom the same timeouts end, shows that they are over."""
    hurried = "SET statement_timeout = 1500; SET transaction_timeout = 2000"
    with (
        closing(psycopg.connect(url, autocommit=True)) as holder,
        closing(psycopg.connect(url, autocommit=True)) as beside,
    ):
        holder.execute("CREATE TEMPORARY TABLE stage (word text)")
        holder.execute(hurried)
        begin_to_copy(holder)
        copy_a_word(holder)
        onlooker.waits_for(holder, event="ClientRead", copied=5)
        beside.execute(hurried)
        with pytest.raises(psycopg.errors.QueryCanceled):
            beside.execute("SELECT pg_sleep(600)")
        beside.execute("SET statement_timeout = 0")
        with pytest.raises(psycopg.errors.TransactionTimeout):
            beside.execute("SELECT pg_sleep(600)")
        onlooker.waits_for(holder, event="ClientRead", copied=5)
        onlooker.connection.execute("SELECT pg_terminate_backend(%s)", (holder.info.backend_pid,))
        until(lambda: onlooker.is_gone(holder))
