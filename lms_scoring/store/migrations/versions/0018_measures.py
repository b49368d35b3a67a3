"""Measures of cards, a row each: other rules are tried by one scan. The next assessment keeps them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

_PLACES = 12


def upgrade() -> None:
    op.create_table(
        "measure_layout",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_measure_layout_tenant")),
        sa.PrimaryKeyConstraint("tenant", "id", name=op.f("pk_measure_layout")),
        sa.UniqueConstraint("tenant", "text", name=op.f("uq_measure_layout_tenant_text")),
    )
    op.create_table(
        "measured",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.Text(), autoincrement=False, nullable=False)
            for name in ("course", "role", "class", "person")
        ),
        sa.Column("layout", sa.Integer(), nullable=True),
        *(
            sa.Column(f"{what}_{place}", sa.BigInteger(), nullable=True)
            for place in range(_PLACES)
            for what in ("value", "could")
        ),
        sa.PrimaryKeyConstraint("tenant", "course", "role", "class", "person", name=op.f("pk_measured")),
    )


def downgrade() -> None:
    for table in ("measured", "measure_layout"):
        op.drop_table(table)
