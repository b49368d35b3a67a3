"""Tables of grades on their way to a platform's gradebook, and of which courses send any."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Index, Integer, Table, Text

from lms_scoring.store.tables.metadata import Instant, key, metadata, needed, tenant_key

passback = Table("passback", metadata, tenant_key(), key("course"), needed("passback"))
"""Courses that send grades, and what they send."""

outgoing_grade = Table(
    "outgoing_grade",
    metadata,
    tenant_key(),
    key("course"),
    key("person"),
    needed("given"),
    needed("comment"),
    needed("at", BigInteger),
    needed("state"),
    needed("tries", Integer),
    needed("try_at", Instant),
    Column("tried", Text),
    Column("sent", Text),
    Column("sent_at", Instant),
    Column("reason", Text),
    Column("forced", Boolean(create_constraint=False), nullable=False),
    Index(None, "tenant", "state", "try_at"),
)
"""Grades are rationals as text, exact (`7/3`). `at` is in whole seconds, as platforms compare them."""
