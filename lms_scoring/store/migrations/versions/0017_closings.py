"""Closed programmes: what the cards of each closing were made of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "frozen_evidence",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_frozen_evidence_tenant")),
        sa.PrimaryKeyConstraint("tenant", "act", "person", name=op.f("pk_frozen_evidence")),
    )
    op.create_table(
        "frozen_membership",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("act", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("person", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("source", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("record", sa.Text(), autoincrement=False, nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("class", sa.Text(), nullable=True),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("gone_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_frozen_membership_tenant")),
        sa.PrimaryKeyConstraint(
            "tenant", "act", "person", "source", "record", name=op.f("pk_frozen_membership")
        ),
    )


def downgrade() -> None:
    for table in ("frozen_membership", "frozen_evidence"):
        op.drop_table(table)
