"""Failures of runs as values: whether one may pass by itself, what came instead of an answer, and until when
the platform wants to be left alone."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

_COLUMNS = (("remedy", sa.Text), ("instead", sa.Text), ("try_at", sa.BigInteger))


def upgrade() -> None:
    with op.batch_alter_table("run", recreate="always") as run:
        for name, kind in _COLUMNS:
            run.add_column(sa.Column(name, kind(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("run") as run:
        for name, _ in reversed(_COLUMNS):
            run.drop_column(name)
