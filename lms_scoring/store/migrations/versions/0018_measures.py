"""Measures of cards, so that other rules can be tried in the database. The next assessment keeps them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reading_key",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_reading_key_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_reading_key")),
        sa.UniqueConstraint("tenant", "text", name=op.f("uq_reading_key_tenant_text")),
    )
    op.create_table(
        "measured",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("course", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("class", sa.Text(), nullable=False),
        sa.Column("person", sa.Text(), nullable=False),
        sa.Column("whole", sa.Boolean(create_constraint=False), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_measured")),
        sa.UniqueConstraint("tenant", "course", "role", "class", "person", name=op.f("uq_measured")),
    )
    op.create_table(
        "measure",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("card", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("reading", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.Column("could", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("tenant", "card", "reading", name=op.f("pk_measure")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in ("measure", "measured", "reading_key"):
        op.drop_table(table)
