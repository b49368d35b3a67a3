"""Losses that are held, each with its records, so that they are confirmed as they were shown."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0022"
down_revision = "0021"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "held_loss",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), nullable=False) for name in ("course", "source", "kind", "activity")),
        *(sa.Column(name, sa.Integer(), nullable=False) for name in ("missing", "live", "people")),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("run", sa.Integer(), nullable=False),
        sa.Column("first_at", sa.BigInteger(), nullable=False),
        sa.Column("last_at", sa.BigInteger(), nullable=False),
        sa.Column("act", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_held_loss_tenant")),
        sa.PrimaryKeyConstraint("tenant", "number", name=op.f("pk_held_loss")),
        sa.UniqueConstraint("tenant", "course", "source", "kind", "activity", name="uq_held_loss"),
    )
    op.create_table(
        "held_record",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("loss", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("record", sa.Text(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("tenant", "loss", "record", name=op.f("pk_held_record")),
        sqlite_with_rowid=False,
    )


def downgrade() -> None:
    for table in ("held_record", "held_loss"):
        op.drop_table(table)
