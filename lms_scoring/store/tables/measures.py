"""Tables of what was measured of each card, in whole numbers, and of what rules adopted later make of it."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, Index, Integer, Table, Text, UniqueConstraint

from lms_scoring.domain.measures import MOST
from lms_scoring.store.tables.metadata import key, metadata, needed, tenant_key

measure_layout = Table(
    "measure_layout",
    metadata,
    tenant_key(),
    key("id", Integer),
    needed("text"),
    UniqueConstraint("tenant", "text", name="uq_measure_layout_tenant_text"),
)
"""Short numbers for what a row's measures are: the scheme that it was measured for, and its readings in their
order."""

measured = Table(
    "measured",
    metadata,
    tenant_key(checked=False),
    key("course"),
    key("role"),
    key("class"),
    key("person"),
    Column("layout", Integer),
    *(Column(f"{what}_{place}", BigInteger) for place in range(MOST) for what in ("value", "could")),
)
"""One row a card: how much there is of each measure, and how much there could be by marking alone. Without a
layout where whole numbers do not say it all."""

foretold = Table(
    "foretold",
    metadata,
    tenant_key(checked=False),
    key("course"),
    key("person"),
    key("role"),
    key("class"),
    Column("total", BigInteger),
    Column("could_become", BigInteger),
    Column("state", Text),
    *(Column(f"points_{place}", BigInteger) for place in range(MOST)),
    Index(None, "tenant", "course", "role", "class", "state"),
)
"""A row for each card that is still to be made by the rules adopted last, and what its measures say of it by
them: numerators of the total over their plan's denominator, of the points of each criterion over its term's.
NULL where measures do not say it. Rows go person by person; boards and desks count them by class."""
