"""The number of a board's line says its result as well, and the column that said it goes.

The next thing that an upgrade does is to make all lines anew. Programs of before do not know such numbers.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0032"
down_revision = "0031"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("board_line") as lines:
        lines.drop_column("state")


def downgrade() -> None:
    with op.batch_alter_table("board_line") as lines:
        lines.add_column(sa.Column("state", sa.Text(), nullable=False, server_default=""))
