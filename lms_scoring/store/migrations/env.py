"""What Alembic runs to apply migrations, on the connection that it is given."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from typing import Any

from alembic import context
from alembic.operations import BatchOperations, Operations
from alembic.runtime.migration import MigrationContext

from lms_scoring.store.tables import metadata


def run(migrations: MigrationContext) -> None:
    """SQLite rebuilds a table to change it. PostgreSQL changes it where it stands, whatever a migration asks
    for: a table that others refer to cannot be dropped there."""
    with Operations.context(migrations) as operations:
        if migrations.dialect.name != "sqlite":
            vars(operations)["batch_alter_table"] = partial(_in_place, operations)
        migrations.run_migrations()


@contextmanager
def _in_place(operations: Operations, table: str, **asked: Any) -> Iterator[BatchOperations]:
    with Operations.batch_alter_table(operations, table, **{**asked, "recreate": "never"}) as changed:
        yield changed


context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,
)
with context.begin_transaction():
    run(context.get_context())
