"""Tables of what was measured of each card, in whole numbers, to try other rules on all at once."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Integer, Table, UniqueConstraint

from lms_scoring.store.tables.metadata import key, metadata, needed, tenant_key

reading_key = Table(
    "reading_key",
    metadata,
    tenant_key(),
    key("id", Integer),
    needed("text"),
    UniqueConstraint("tenant", "text", name="uq_reading_key_tenant_text"),
)
"""Short numbers for the fingerprints of readings: what a measure is a measure of."""

measured = Table(
    "measured",
    metadata,
    tenant_key(checked=False),
    key("id", Integer),
    needed("course"),
    needed("role"),
    needed("class"),
    needed("person"),
    Column("whole", Boolean(create_constraint=False), nullable=False),
    UniqueConstraint("tenant", "course", "role", "class", "person", name="uq_measured"),
)
"""Cards by a short number. Those that whole numbers cannot say (`whole` is false) have no measures."""

measure = Table(
    "measure",
    metadata,
    tenant_key(checked=False),
    key("card", Integer),
    key("reading", Integer),
    needed("value", BigInteger),
    needed("could", BigInteger),
    sqlite_with_rowid=False,
)
"""How much there is, and how much there could be by marking alone."""
