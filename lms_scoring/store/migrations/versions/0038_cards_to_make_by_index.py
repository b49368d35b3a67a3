"""Cards that are to be made are found and counted by index: whoever looks around asks for them all the time,
and pages while any is awaited."""

from __future__ import annotations

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


def upgrade() -> None:
    for table, columns in _INDEXES:
        op.create_index(_named(table, columns), table, list(columns))


def downgrade() -> None:
    for table, columns in _INDEXES:
        op.drop_index(_named(table, columns), table)


def _named(table: str, columns: tuple[str, ...]) -> str:
    return str(op.f(f"ix_{table}_{'_'.join(columns)}"))
