"""How far a run is read, so that whoever shows it need not be the one who reads."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

_COLUMNS = ("done", "expected")


def upgrade() -> None:
    with op.batch_alter_table("run", recreate="always") as run:
        for name in _COLUMNS:
            run.add_column(sa.Column(name, sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("run") as run:
        for name in reversed(_COLUMNS):
            run.drop_column(name)
