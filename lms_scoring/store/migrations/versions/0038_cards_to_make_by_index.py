"""Cards that are to be made are found and counted by index: whoever looks around asks for them all the time,
and pages while any is awaited. On PostgreSQL what was told of one person is found by index too."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0038"
down_revision = "0037"
branch_labels = None
depends_on = None

_INDEXES = (
    ("scorecard", ("tenant", "course", "scheme")),
    ("scorecard", ("tenant", "course", "as_of")),
    ("foretold", ("tenant", "course", "role", "class", "state")),
)
_ON_SERVERS = tuple((table, ("tenant", "source", "account")) for table in ("watch_event", "lms_statement"))
_DELETIONS = "ix_lms_statement_deletions"


def upgrade() -> None:
    for table, columns in _here():
        op.create_index(_named(table, columns), table, list(columns))
    if _is_server():
        deleted = sa.text("verb = 'post_deleted'")
        op.create_index(_DELETIONS, "lms_statement", ["tenant", "source"], postgresql_where=deleted)


def downgrade() -> None:
    for table, columns in _here():
        op.drop_index(_named(table, columns), table)
    if _is_server():
        op.drop_index(_DELETIONS, "lms_statement")


def _here() -> tuple[tuple[str, tuple[str, ...]], ...]:
    return (*_INDEXES, *_ON_SERVERS) if _is_server() else _INDEXES


def _is_server() -> bool:
    return op.get_context().dialect.name == "postgresql"


def _named(table: str, columns: tuple[str, ...]) -> str:
    return str(op.f(f"ix_{table}_{'_'.join(columns)}"))
