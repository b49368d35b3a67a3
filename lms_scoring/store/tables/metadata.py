"""What all tables share: the metadata, names of constraints, and the tenant every key begins with."""

from __future__ import annotations

from typing import Any

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, MetaData, Text
from sqlalchemy.types import TypeEngine

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

Instant = BigInteger
"""Milliseconds since 1970 UTC; a length of time in milliseconds has the same type."""

NOTHING = ""
"""What stands for None inside a key, where a database allows no NULL: no class, no course, no source."""


def tenant_key(*, checked: bool = True) -> Column[int]:
    """The first column of every key; unchecked where rows come by the hundred thousand."""
    if checked:
        return Column("tenant", ForeignKey("tenant.id"), primary_key=True, autoincrement=False)
    return Column("tenant", Integer, primary_key=True, autoincrement=False)


def key(name: str, kind: type[TypeEngine[Any]] = Text) -> Column[Any]:
    """A further column of the key; its values are given, never counted by the database."""
    return Column(name, kind, primary_key=True, autoincrement=False)


def needed(name: str, kind: type[TypeEngine[Any]] = Text) -> Column[Any]:
    """A column that is always known."""
    return Column(name, kind, nullable=False)
