"""What a trouble is about has a kind and a name; until now the kind was a prefix of a platform's name."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

_PREFIXES = (("losses", "*losses of "), ("bindings", "*bindings of "), ("work", "*"), ("platform", ""))
"""The first that fits says the kind; what follows it is the name."""


def upgrade() -> None:
    rows = _taken_out()
    for row in rows:
        former = row.pop("platform")
        kind, prefix = next(pair for pair in _PREFIXES if former.startswith(pair[1]))
        row.update(kind=kind, name=former.removeprefix(prefix))
    _made_anew(("kind", "name", "course"), rows)


def downgrade() -> None:
    rows, prefixes = _taken_out(), dict(_PREFIXES)
    for row in rows:
        row["platform"] = prefixes[row.pop("kind")] + row.pop("name")
    _made_anew(("platform", "course"), rows)


def _taken_out() -> list[dict[str, Any]]:
    """All rows there are, a few dozen at the most; the table is gone."""
    rows = [dict(row) for row in op.get_bind().execute(sa.text("SELECT * FROM trouble")).mappings()]
    op.drop_table("trouble")
    return rows


def _made_anew(keys: Sequence[str], rows: list[dict[str, Any]]) -> None:
    table = op.create_table(
        "trouble",
        sa.Column("tenant", sa.Integer(), autoincrement=False, nullable=False),
        *(sa.Column(name, sa.Text(), autoincrement=False, nullable=False) for name in keys),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("try_at", sa.BigInteger(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("told_at", sa.BigInteger(), nullable=True),
        sa.Column("over_at", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(["tenant"], ["tenant.id"], name=op.f("fk_trouble_tenant")),
        sa.PrimaryKeyConstraint("tenant", *keys, name=op.f("pk_trouble")),
    )
    op.bulk_insert(table, rows)
