"""Tables of evidence records in all their versions, and of what the running sync has seen of them."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    false,
)

from lms_scoring.store.tables.metadata import Instant, key, metadata, needed, tenant_key

evidence = Table(
    "evidence",
    metadata,
    tenant_key(checked=False),
    key("course"),
    key("source"),
    key("kind"),
    key("record"),
    key("seen_run", Integer),
    needed("account", Integer),
    Column("activity", Text),
    Column("state", Text),
    Column("at", Instant),
    needed("hash", LargeBinary),
    needed("body"),
    Column("gone_run", Integer),
    Column("gone_at", Instant),
    Column("superseded", Boolean(create_constraint=False), nullable=False),
    ForeignKeyConstraint(["tenant", "account"], ["account.tenant", "account.id"]),
)
"""One row per version. A version is in force for runs in [seen_run, gone_run); `gone_at` is when it was
noticed to be missing (NULL where another version took its place); `superseded` says that there is a later
version. The body is the record's fields as JSON, without those that are columns.
"""

latest_by_account = Index(
    "ix_evidence_latest_by_account",
    evidence.c.tenant,
    evidence.c.course,
    evidence.c.account,
    sqlite_where=evidence.c.superseded == false(),
    postgresql_where=evidence.c.superseded == false(),
)

seen_record = Table(
    "seen_record",
    metadata,
    tenant_key(checked=False),
    key("run", Integer),
    key("kind"),
    key("record"),
    sqlite_with_rowid=False,
)
"""Unchanged records that the latest run of a source saw: a narrow row instead of a rewritten wide one."""
