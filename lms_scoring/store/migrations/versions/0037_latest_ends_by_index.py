"""How the latest sync of each source ended is found by index: pages ask it, and runs grow by the hour."""

from __future__ import annotations

from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

_FORMER, _INDEX = ("tenant", "course", "source"), ("tenant", "course", "source", "state", "id")


def upgrade() -> None:
    _in_place_of(_FORMER, _INDEX)


def downgrade() -> None:
    _in_place_of(_INDEX, _FORMER)


def _in_place_of(former: tuple[str, ...], index: tuple[str, ...]) -> None:
    op.drop_index(_named(former), "run")
    op.create_index(_named(index), "run", list(index))


def _named(columns: tuple[str, ...]) -> str:
    return str(op.f(f"ix_run_{'_'.join(columns)}"))
