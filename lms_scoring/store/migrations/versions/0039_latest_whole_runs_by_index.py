"""The latest sync of each source that was not cut short is found by index, however many were since."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0039"
down_revision = "0038"
branch_labels = None
depends_on = None

_INDEX = "ix_run_whole"
_WHOLE = sa.text("instead IS NULL")


def upgrade() -> None:
    columns = ["tenant", "course", "source", "state", "id"]
    op.create_index(_INDEX, "run", columns, sqlite_where=_WHOLE, postgresql_where=_WHOLE)


def downgrade() -> None:
    op.drop_index(_INDEX, "run")
