"""The store's own ways of saying things to SQLite."""

from __future__ import annotations

import pytest
from sqlalchemy import Connection, bindparam, select

from lms_scoring.domain.errors import StoreError
from lms_scoring.store.databases.dialect import add, ask, list_parameter, listed, listed_later, put
from lms_scoring.store.databases.engine import open_engine
from lms_scoring.store.tables import activity_key, text_touched
from lms_scoring.store.tables.metadata import metadata


@pytest.fixture
def connection() -> Connection:
    """An empty database in memory, gone with the test."""
    engine = open_engine("sqlite://", check_keys=False)
    metadata.create_all(engine)
    return engine.connect()


def test_adding_leaves_what_is_there_and_counts_what_is_new(connection: Connection) -> None:
    with connection:
        assert add(connection, activity_key, [(1, 1, "a", None), (1, 2, "b", None), (1, 1, "c", None)]) == 2
        assert add(connection, activity_key, [(1, 2, "d", None), (1, 3, "e", None)]) == 1
        assert add(connection, activity_key, []) == 0
        rows = connection.execute(select(activity_key.c.text).order_by(activity_key.c.id)).scalars()
        assert list(rows) == ["a", "b", "e"]


def test_putting_changes_what_is_there(connection: Connection) -> None:
    with connection:
        put(connection, activity_key, [(1, 1, "a", None), (1, 2, "b", None)])
        put(connection, activity_key, [(1, 2, "c", None), (1, 3, "d", None)])
        put(connection, activity_key, [])
        rows = connection.execute(select(activity_key.c.text).order_by(activity_key.c.id)).scalars()
        assert list(rows) == ["a", "c", "d"]


def test_putting_into_a_table_of_nothing_but_keys_adds(connection: Connection) -> None:
    with connection:
        put(connection, text_touched, [(1, "c", 1)])
        put(connection, text_touched, [(1, "c", 1), (1, "c", 2)])
        assert len(connection.execute(select(text_touched)).all()) == 2


def test_a_list_may_be_longer_than_a_statement_may_have_parameters(connection: Connection) -> None:
    with connection:
        add(connection, activity_key, [(1, 7, "a", None), (1, 300_001, "b", None)])
        query = select(activity_key.c.text).where(activity_key.c.id.in_(listed(range(300_000))))
        assert list(connection.execute(query).scalars()) == ["a"]


def test_a_list_of_nothing_matches_nothing(connection: Connection) -> None:
    with connection:
        add(connection, activity_key, [(1, 7, "a", None)])
        query = select(activity_key.c.text).where(activity_key.c.text.in_(listed([])))
        assert connection.execute(query).all() == []


@pytest.mark.parametrize("text", ["'; DROP TABLE touched; --", '"', "\\", "名字", "🎓"])
def test_any_text_is_found_again_as_it_is(connection: Connection, text: str) -> None:
    question = select(activity_key.c.id).where(
        activity_key.c.tenant == bindparam("of_tenant"), activity_key.c.text.in_(listed_later("texts"))
    )
    with connection:
        add(connection, activity_key, [(1, 7, text, None), (1, 8, "another", None), (2, 7, text, None)])
        assert ask(connection, question, of_tenant=1, texts=list_parameter([text])) == [(7,)]


@pytest.mark.parametrize("row", [(1, 2**63, "a", None), (1, 1, "\ud800", None)])
def test_what_sqlite_cannot_hold_is_refused_in_words(
    connection: Connection, row: tuple[int, int, str, None]
) -> None:
    with connection, pytest.raises(StoreError, match="cannot be stored"):
        add(connection, activity_key, [row])


def test_a_text_that_sqlite_would_cut_short_is_refused_in_words() -> None:
    with pytest.raises(StoreError, match="NUL"):
        list_parameter(["a", "b\0c"])
