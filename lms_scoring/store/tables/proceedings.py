"""Tables of cases and disputes, and of the texts that lie with a case."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKeyConstraint, Index, Integer, Table, Text

from lms_scoring.store.tables.metadata import Instant, key, metadata, needed, tenant_key


def _of_proceeding() -> ForeignKeyConstraint:
    names = ("tenant", "course", "sort", "number")
    return ForeignKeyConstraint(list(names), [f"proceeding.{name}" for name in names])


proceeding = Table(
    "proceeding",
    metadata,
    tenant_key(),
    key("course"),
    key("sort"),
    key("number", Integer),
    needed("person"),
    Column("waits", Boolean(create_constraint=False), nullable=False),
    Column("family", Text),
    Column("role", Text),
    Column("class", Text),
    Column("criterion", Text),
    Column("kind", Text),
    Column("record", Text),
    Column("due_at", Instant),
    Column("told_at", Instant),
    Index(None, "tenant", "course", "sort", "person"),
    Index(None, "tenant", "course", "sort", "waits"),
)
"""`sort`: case or dispute, each numbered in its course. `waits`: somebody has to act. A case has a family, a
dispute a place and criterion; `kind` and `record` are NULL where a criterion as a whole is contested.
`due_at`: when an answer that is waited for is due; `told_at`: when the last step was taken."""

proceeding_step = Table(
    "proceeding_step",
    metadata,
    tenant_key(checked=False),
    key("course"),
    key("sort"),
    key("number", Integer),
    key("step", Integer),
    needed("kind"),
    needed("at", Instant),
    Column("by", Text),
    needed("body"),
    _of_proceeding(),
)
"""Append-only; the body is what else the step says, as JSON."""

case_text = Table(
    "case_text",
    metadata,
    tenant_key(checked=False),
    key("course"),
    key("number", Integer),
    key("side"),
    needed("of_course"),
    needed("name"),
    Column("person", Text),
    needed("text"),
    Index(None, "tenant", "person"),
)
"""The doubted text (`own`) and the one it is like (`other`), as they were."""

doubt_rules = Table("doubt_rules", metadata, tenant_key(), key("course"), needed("fingerprint"))
"""By what rules the texts of a course were looked at last."""
