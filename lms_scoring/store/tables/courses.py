"""Tables of what is set up: the institution, its platforms, schemes, courses and their activities."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, ForeignKeyConstraint, Integer, Table, Text

from lms_scoring.store.tables.metadata import key, metadata, needed, tenant_key

tenant = Table(
    "tenant",
    metadata,
    Column("id", Integer, primary_key=True, autoincrement=False),
    needed("name"),
)

platform = Table(
    "platform",
    metadata,
    tenant_key(),
    key("name"),
    Column("shared", Boolean(create_constraint=False), nullable=False),
)
"""A place evidence comes from, known since its first run. Shared: it tells every course the same."""

scheme = Table("scheme", metadata, tenant_key(), key("fingerprint"), needed("name"), needed("text"))
"""Every scheme that a course was ever pinned to; never changed, never removed."""

course = Table(
    "course",
    metadata,
    tenant_key(),
    key("id"),
    needed("title"),
    needed("scheme"),
    needed("settings"),
    ForeignKeyConstraint(["tenant", "scheme"], ["scheme.tenant", "scheme.fingerprint"]),
)

activity = Table(
    "activity",
    metadata,
    tenant_key(),
    key("course"),
    key("source"),
    key("id"),
    needed("name"),
    needed("kind"),
    Column("visible", Boolean(create_constraint=False), nullable=False),
    Column("marking", Text),
    Column("opens_at", BigInteger),
    Column("due_at", BigInteger),
)
"""The catalogue of a course as its platforms name things; what bindings refer to. The dates are those of
everybody to whom the platform gave no others."""
