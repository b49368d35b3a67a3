"""How a database would answer a question."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Select

from lms_scoring.store import SqlStore
from lms_scoring.store.databases.dialect import kind_of
from lms_scoring.store.databases.engine import transaction


def plan_of(store: SqlStore, told: str, values: Any) -> str:
    """Of a question in the database's own words."""
    with transaction(store.engine, writes=False) as connection:
        explain = "EXPLAIN QUERY PLAN" if connection.dialect.name == "sqlite" else "EXPLAIN"
        given = values if isinstance(values, dict) else tuple(values)
        found = connection.exec_driver_sql(f"{explain} {told}", given)
        return "\n".join(str(row[-1]) for row in found)


def plan_of_built(store: SqlStore, question: Select[Any], **asked: Any) -> str:
    """Of a question built beforehand, with its parameters by name."""
    kind = kind_of(store.engine)
    told, names, constants = kind.words.said(question)
    given = {**constants, **asked}
    return plan_of(store, told, kind.given([given[name] for name in names]))
