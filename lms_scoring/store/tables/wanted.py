"""The table that a question for many people's evidence writes for itself; temporary, one per connection."""

from __future__ import annotations

from sqlalchemy import Column, Integer, MetaData, Table

wanted = Table(
    "wanted",
    MetaData(),
    Column("question", Integer, primary_key=True, autoincrement=False),
    Column("account", Integer, primary_key=True, autoincrement=False),
    Column("rank", Integer, nullable=False),
    prefixes=["TEMPORARY"],
    sqlite_with_rowid=False,
)
"""Accounts with their person's place in the answer; not of the migrations, for it is never stored."""
