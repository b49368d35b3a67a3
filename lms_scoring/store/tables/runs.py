"""Tables of syncs: runs, where the next one may begin, and what could not be read."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKeyConstraint, Index, Integer, Table, Text

from lms_scoring.store.tables.metadata import Instant, key, metadata, needed, tenant_key

run = Table(
    "run",
    metadata,
    tenant_key(),
    key("id", Integer),
    needed("course"),
    needed("source"),
    needed("started_at", Instant),
    Column("ended_at", Instant),
    needed("state"),
    Column("reason", Text),
    needed("new", Integer),
    needed("changed", Integer),
    needed("same", Integer),
    needed("gone", Integer),
    needed("refused", Integer),
    Column("full", Boolean(create_constraint=False), nullable=False),
    Column("calls", Integer),
    Column("remedy", Text),
    Column("instead", Text),
    Column("try_at", Instant),
    Column("done", Integer),
    Column("expected", Integer),
    ForeignKeyConstraint(["tenant", "source"], ["platform.tenant", "platform.name"]),
    Index(None, "tenant", "course", "source", "state", "id"),
)
"""Numbers grow over all courses and sources, so that one number names a state of all evidence. `remedy`,
`instead` and `try_at` are what a failed run failed of, `instead` alone says of one that was done that it
was cut short; `done` and `expected` are how far it got."""

whole_run = Index(
    "ix_run_whole",
    *(run.c[name] for name in ("tenant", "course", "source", "state", "id")),
    sqlite_where=run.c.instead.is_(None),
    postgresql_where=run.c.instead.is_(None),
)
"""For the latest run that was not cut short, of a source whose runs always are."""

cursor = Table("cursor", metadata, tenant_key(), key("course"), key("source"), needed("cursor"))
"""The course is NOTHING where a shared source goes on from one cursor for all."""

problem = Table(
    "problem",
    metadata,
    tenant_key(),
    key("run", Integer),
    key("number", Integer),
    needed("at", Instant),
    needed("kind"),
    needed("code"),
    needed("text"),
    needed("subject"),
    Column("person", Text),
    Column("activity", Text),
    ForeignKeyConstraint(["tenant", "run"], ["run.tenant", "run.id"]),
)
