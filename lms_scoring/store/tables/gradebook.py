"""Tables of grades on their way to a platform's gradebook, of how they got there, and who sends any."""

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
    Column("line_item", Text),
    Column("found", Text),
    Column("held", Text),
    Index(None, "tenant", "state", "try_at"),
)
"""Grades are rationals as text, exact (`7/3`). `at` is in whole seconds, as platforms compare them."""

grade_step = Table(
    "grade_step",
    metadata,
    tenant_key(),
    key("course"),
    key("person"),
    key("number", Integer),
    needed("at", Instant),
    needed("kind"),
    Column("value", Text),
    Column("by", Text),
)
"""What became of each grade, one row after another; never changed."""

gradebook_reading = Table(
    "gradebook_reading",
    metadata,
    tenant_key(),
    key("registration", Integer),
    key("context"),
    Column("read_at", Instant),
    needed("try_at", Instant),
)
"""When a platform's gradebook was last read, and when it may be asked again."""

sending = Table("sending", metadata, tenant_key(), key("course"), needed("sender"), needed("until", Instant))
"""Who sends a course's grades at this moment."""
