"""What measures make of cards that are still to be made by other rules. Nothing is foretold as yet."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

_PLACES = 12


def upgrade() -> None:
    op.create_table(
        "foretold",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        *(
            sa.Column(name, sa.Text(), autoincrement=False, nullable=False)
            for name in ("course", "person", "role", "class")
        ),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.Column("could_become", sa.BigInteger(), nullable=True),
        sa.Column("state", sa.Text(), nullable=True),
        *(sa.Column(f"points_{place}", sa.BigInteger(), nullable=True) for place in range(_PLACES)),
        sa.PrimaryKeyConstraint("tenant", "course", "person", "role", "class", name=op.f("pk_foretold")),
    )


def downgrade() -> None:
    op.drop_table("foretold")
