"""What is PostgreSQL's own: one writer of an institution at a time, views, copies, and what goes wrong."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from sqlalchemy import Table, func, insert, inspect, make_url, select

from lms_scoring.domain.errors import StoreError
from lms_scoring.store import SqlStore, tables
from lms_scoring.store.databases.dialect import kind_of
from lms_scoring.store.databases.engine import open_engine, transaction
from lms_scoring.store.databases.postgres import STAGED_FROM
from lms_scoring.store.evidence.queries import deletions, told_of
from tests.contract.story import COURSE, LI, LRS, MOODLE, class_a, event, post, records_of, statement
from tests.fixtures.forgetful_network import forgetful_network
from tests.fixtures.postgres import PostgresServer, server


@pytest.fixture
def url() -> Iterator[str]:
    """Of a database on the server."""
    address = server().empty_database()
    yield address
    server().drop(address)


def test_texts_are_compared_by_their_bytes_whatever_the_database_does(store: SqlStore) -> None:
    with store.engine.connect() as connection:
        found = connection.exec_driver_sql(
            "SELECT DISTINCT collation_name FROM information_schema.columns "
            "WHERE table_schema = 'public' AND data_type = 'text'"
        )
        assert found.scalars().all() == ["C"]


def test_a_reader_has_one_view_and_cannot_write(store: SqlStore) -> None:
    with transaction(store.engine, writes=False) as connection:
        said = [
            connection.exec_driver_sql(f"SHOW {name}").scalar()
            for name in ("transaction_isolation", "transaction_read_only")
        ]
    assert said == ["repeatable read", "on"]
    with pytest.raises(StoreError, match="only be read"), store.reading() as reader:
        reader.keep_cursor(COURSE, LRS, "1")
    with store.writing() as writer:
        writer.keep_cursor(COURSE, LRS, "1")


@pytest.mark.parametrize("table", [tables.watch_event, tables.lms_statement], ids=lambda table: table.name)
def test_whoever_asks_for_one_person_reads_what_was_told_of_that_person(
    store: SqlStore, url: str, table: Table
) -> None:
    with store.writing() as writer:
        class_a(writer)
        writer.keep_events(LRS, [event(f"e{n}", 1 + n % 500) for n in range(5_000)])
        writer.keep_statements(LRS, [statement(f"s{n}", 1 + n % 500) for n in range(5_000)])
    with psycopg.connect(url, autocommit=True) as analyzing:
        analyzing.execute("ANALYZE")
    kind = kind_of(store.engine)
    told, names, _ = kind.words.said(told_of(kind.wanted, table, all_hold=True))
    given = {"tenant_": 1, "source_": LRS}
    deleted, its_names, constants = kind.words.said(deletions(all_hold=True))
    with transaction(store.engine, writes=False) as connection:
        values = tuple(kind.given([(constants | given)[name] for name in its_names]))
        found = connection.exec_driver_sql(f"EXPLAIN {deleted}", values)
        assert "ix_lms_statement_deletions" in "".join(str(row[0]) for row in found)

    def plan(accounts: int) -> str:
        asked = {"accounts_": [*range(1, accounts + 1)], "ranks_": [*range(accounts)]}
        with transaction(store.engine, writes=False) as connection:
            values = kind.given([{**given, **asked}[name] for name in names])
            found = connection.exec_driver_sql(f"EXPLAIN {told}", tuple(values))
            return "\n".join(str(row[0]) for row in found)

    of_one, of_all = plan(1), plan(500)
    assert f"ix_{table.name}_tenant_source_account" in of_one, of_one
    assert f"Seq Scan on {table.name}" not in of_one, of_one
    assert f"Seq Scan on {table.name}" in of_all, "all are passed over once"


def test_who_wants_to_write_waits_and_then_sees_what_the_other_wrote(store: SqlStore) -> None:
    """Counting would lose nothing even if every writer read the number first."""

    def count() -> None:
        for _ in range(10):
            with store.writing() as one:
                reached = int(one.cursor(COURSE, LRS) or 0)
                one.keep_cursor(COURSE, LRS, str(reached + 1))

    threads = [threading.Thread(target=count) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with store.reading() as reader:
        assert reader.cursor(COURSE, LRS) == "80"


def test_institutions_do_not_wait_for_each_other(url: str, store: SqlStore) -> None:
    other = SqlStore(url, tenant=2)
    with other.engine.begin() as connection:
        connection.execute(insert(tables.tenant).values(id=2, name="another"))
    with store.writing() as one, other.writing() as two:
        one.keep_cursor(COURSE, LRS, "1")
        two.keep_cursor(COURSE, LRS, "2")
    with store.reading() as one, other.reading() as two:
        assert (one.cursor(COURSE, LRS), two.cursor(COURSE, LRS)) == ("1", "2")
    other.close()


def test_an_upgrade_would_wait_for_every_institution_that_is_written_to(store: SqlStore) -> None:
    with store.writing() as one, store.engine.connect() as connection:
        one.keep_cursor(COURSE, LRS, "1")
        free = "SELECT pg_try_advisory_lock(7105907, 0), pg_try_advisory_lock(7105907, 2)"
        assert connection.exec_driver_sql(free).one() == (False, True)


@pytest.mark.parametrize("rows", [STAGED_FROM, STAGED_FROM + 1])
def test_many_rows_are_added_and_put_as_few_are(store: SqlStore, rows: int) -> None:
    """A repeat within a batch adds nothing; of a record that changes within one, the last word holds."""
    events = [event(f"e{number}", stored=number) for number in range(rows)]
    with store.writing() as writer:
        run = class_a(writer)
        assert writer.keep_events(LRS, [*events, events[0]]).kept.new == rows
        assert writer.keep_events(LRS, events).kept.new == 0
        writer.keep_records(COURSE, MOODLE, [post(f"p{n}") for n in range(rows)], run=run)
    with store.engine.connect() as connection:
        counts = [
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (tables.watch_event, tables.evidence)
        ]
    assert counts == [rows, rows + 3]
    assert not [name for name in inspect(store.engine).get_table_names() if name.startswith("staged")]


def test_a_writer_who_is_unhurried_may_say_nothing_for_as_long_as_it_takes(store: SqlStore) -> None:
    silent = "SHOW idle_in_transaction_session_timeout"
    with transaction(store.engine, writes=True) as connection:
        assert connection.exec_driver_sql(silent).scalar() == "1min"
        kind_of(connection).unhurried(connection)
        assert connection.exec_driver_sql(silent).scalar() == "0"
    with transaction(store.engine, writes=True) as connection:
        assert connection.exec_driver_sql(silent).scalar() == "1min"


def test_locks_that_keep_connections_are_one_of_each_institution(store: SqlStore, tmp_path: Path) -> None:
    again, neighbour = SqlStore(store.engine), SqlStore(store.engine, tenant=2)
    assert store.locks(tmp_path) is again.locks(tmp_path)
    with store.locks(tmp_path).held("a") as ours, again.locks(tmp_path).held("a") as second:
        assert (ours, second) == (True, False)
        with neighbour.locks(tmp_path).held("a") as theirs:
            assert theirs


def test_our_programs_that_are_connected_are_counted_and_no_others(url: str, store: SqlStore) -> None:
    other = SqlStore(url)
    with psycopg.connect(url):
        assert store.others() == 0
        with other.reading():
            assert store.others() == 1
    other.close()


def test_a_number_that_no_column_holds_is_refused_in_a_large_batch_too(store: SqlStore) -> None:
    events = [event(f"e{n}", position=2**63 if n == 5 else 0) for n in range(STAGED_FROM + 10)]
    with pytest.raises(StoreError, match="64 bits"), store.writing() as writer:
        writer.keep_events(LRS, events)
    with store.writing() as writer:
        assert list(writer.counts(COURSE)) == []


def test_a_writer_that_waits_too_long_says_so(url: str, store: SqlStore) -> None:
    """Another program holds what is ours to take."""
    with psycopg.connect(url) as other:
        other.execute("SELECT pg_advisory_xact_lock(7105907, 1)")
        with (
            pytest.raises(StoreError, match="locked by another program"),
            transaction(store.engine, writes=True) as connection,
        ):
            connection.exec_driver_sql("SET LOCAL lock_timeout = '1ms'")
            connection.exec_driver_sql("SELECT pg_advisory_xact_lock(7105907, 1)")


@pytest.mark.parametrize(
    ("happening", "said"),
    [
        ("SELECT pg_cancel_backend(pg_backend_pid())", "cancelled"),
        ("SELECT pg_terminate_backend(pg_backend_pid())", "connection to the database was lost"),
        ("SET LOCAL statement_timeout = 1; SELECT pg_sleep(5)", "cancelled"),
        ("DO $$ BEGIN RAISE SQLSTATE '40001'; END $$", "at the same time"),
        ("DO $$ BEGIN RAISE SQLSTATE '40P01'; END $$", "at the same time"),
        ("DO $$ BEGIN RAISE SQLSTATE '53100'; END $$", "make room"),
        ("DO $$ BEGIN RAISE SQLSTATE '53300'; END $$", "max_connections"),
        ("DO $$ BEGIN RAISE SQLSTATE 'XX001' USING MESSAGE = '张三'; END $$", "XX001"),
    ],
)
def test_what_goes_wrong_is_said_in_our_words_and_the_next_step_works(
    store: SqlStore, happening: str, said: str
) -> None:
    with (
        pytest.raises(StoreError, match=said) as failed,
        transaction(store.engine, writes=True) as connection,
    ):
        connection.exec_driver_sql(happening)
    assert "张三" not in str(failed.value)
    assert "张三" not in str(failed.value.__cause__)
    with store.writing() as writer:
        writer.keep_cursor(COURSE, LRS, "1")


def test_a_server_that_is_not_there_is_said_to_be_missing(tmp_path: Path) -> None:
    nowhere = SqlStore(f"postgresql://u:p4ssword@/d?host={tmp_path}")
    with pytest.raises(StoreError, match="cannot be reached") as failed, nowhere.reading():
        pass
    assert "p4ssword" not in str(failed.value)


def test_a_database_that_is_not_there_is_said_to_be_missing() -> None:
    nowhere = SqlStore(server().url("nowhere"))
    with pytest.raises(StoreError, match="createdb"), nowhere.reading():
        pass


def test_a_user_who_is_not_known_is_said_to_be_refused() -> None:
    refused = SqlStore(server().url(user="nobody-known"))
    with pytest.raises(StoreError, match="name and the password"), refused.reading():
        pass


def test_a_connection_that_was_cut_between_two_steps_is_made_again(store: SqlStore) -> None:
    with store.writing() as writer:
        run = class_a(writer)
    with psycopg.connect(store.engine.url.render_as_string(False).replace("+lms_scoring", "")) as other:
        other.execute(
            "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity "
            "WHERE datname = current_database() AND pid <> pg_backend_pid()"
        )
    with store.writing() as writer:
        writer.keep_records(COURSE, MOODLE, [post("p1")], run=run)
    assert [record.id for record in records_of(store)] == ["p1"]


def test_after_one_connection_that_a_network_forgot_no_other_of_then_is_used(url: str) -> None:
    with forgetful_network(server().folder / ".s.PGSQL.5432") as network:
        address = make_url(url).set(host="127.0.0.1", port=network.port, query={})
        far = SqlStore(address.render_as_string(hide_password=False))
        with far.reading() as one, far.reading() as other:
            assert [one.courses(), other.courses()] == [[], []]
        network.forget()
        with pytest.raises(StoreError, match="connection to the database was lost"), far.reading():
            pass
        with far.reading() as one:
            assert one.courses() == []
        far.close()


def test_a_connection_that_was_told_something_meanwhile_is_used_on(store: SqlStore) -> None:
    with transaction(store.engine, writes=True) as connection:
        connection.exec_driver_sql("LISTEN anything")
        before = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one()
    with psycopg.connect(store.engine.url.render_as_string(False).replace("+lms_scoring", "")) as other:
        other.execute("NOTIFY anything")
    with transaction(store.engine, writes=False) as connection:
        assert connection.exec_driver_sql("SELECT pg_backend_pid()").scalar_one() == before


def test_who_stops_in_the_middle_of_a_stream_may_go_on_writing(store: SqlStore) -> None:
    with store.writing() as writer:
        class_a(writer)
        writer.keep_events(LRS, [event(f"e{n}", 1 + n % 3, stored=n) for n in range(1_200)])
    with store.writing() as writer:
        for _ in range(3):
            next(iter(writer.evidence_of(COURSE, [LI.id])))
        writer.keep_cursor(COURSE, LRS, "1")
    with store.reading() as reader:
        assert reader.cursor(COURSE, LRS) == "1"


def test_without_its_driver_postgresql_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "psycopg", None)
    with pytest.raises(StoreError, match=r"lms-scoring\[postgres\]"):
        open_engine("postgresql://localhost/d")


def test_the_server_soon_asks_whether_anybody_is_there() -> None:
    """A machine that lost its power says no farewell, and would keep what it held for two hours."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    own = PostgresServer(listen_addresses="127.0.0.1", port=str(port))
    engine = open_engine(f"postgresql://postgres@127.0.0.1:{port}/postgres")
    with engine.connect() as connection:
        told = [
            connection.exec_driver_sql(f"SHOW tcp_keepalives_{name}").scalar_one()
            for name in ("idle", "interval", "count")
        ]
    engine.dispose()
    own.close()
    assert told == ["60", "10", "3"]
