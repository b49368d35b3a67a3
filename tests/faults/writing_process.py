"""A program of its own on a store: `writing_process.py URL count|batches|hang|freeze|hold|turns`."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

from adapters.turns import SharedTurns
from lms_scoring.domain.errors import StoreError
from lms_scoring.ports import Store
from lms_scoring.store import SqlStore, tables
from lms_scoring.store.databases.dialect import kind_of
from lms_scoring.store.databases.engine import transaction
from lms_scoring.store.databases.kind import Row
from lms_scoring.store.databases.locks import AdvisoryLocks
from tests.contract.story import COURSE, LRS, MOODLE, class_a, event, post

FIRST = 1_000
"""The id of the first institution that `freeze` would add."""
NAME, SILENT = "sync moodle", 3.0
"""What `hold` holds, and after how many seconds without a sign of life no more."""

ORIGIN = "https://moodle.example.edu"
"""The platform of which `turns` has both turns."""


def count(store: Store) -> None:
    """Counts to fifty in the cursor, one transaction each; what another counted meanwhile must add up."""
    for _ in range(50):
        with store.writing() as transaction:
            reached = int(transaction.cursor(COURSE, LRS) or 0)
            transaction.keep_cursor(COURSE, LRS, str(reached + 1))


def batches(store: Store) -> None:
    """Stores batch after batch, each with its cursor, and says so after each."""
    for number in range(1_000):
        with store.writing() as transaction:
            events = [event(f"e{number}-{n}", stored=number) for n in range(20)]
            transaction.keep_events(LRS, events)
            transaction.keep_cursor(COURSE, LRS, str(number + 1))
        print(number + 1, flush=True)  # noqa: T201


def hang(store: Store) -> None:
    """Stores much in one transaction, says so, and never ends it."""
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [post(f"p{n}") for n in range(500)], run=run)
        transaction.keep_events(LRS, [event(f"e{n}") for n in range(20_000)])
        print("inside", flush=True)  # noqa: T201
        sys.stdin.read()


class Freezing(list[Row]):
    """Rows of which the process is stopped when all were given."""

    def __iter__(self) -> Iterator[Row]:
        yield from super().__iter__()
        os.kill(os.getpid(), signal.SIGSTOP)


def freeze(store: SqlStore) -> None:
    """Stops itself while it copies rows, and says what came of it when it is awake again."""
    rows = Freezing((number, f"institution {number}") for number in range(FIRST, FIRST + 20_000))
    try:
        with transaction(store.engine, writes=True, tenant=store.tenant) as connection:
            kind_of(connection).fill(connection, tables.tenant, rows)
    except StoreError as error:
        print(error, flush=True)  # noqa: T201


def hold(store: SqlStore) -> None:
    """Holds a name until a line comes, and says when it does and no longer does."""
    locks = AdvisoryLocks(store.engine, silent=SILENT)
    with locks.held(NAME) as held:
        print(held, flush=True)  # noqa: T201
        sys.stdin.readline()
    print("over", flush=True)  # noqa: T201
    locks.close()


def take_turns(store: SqlStore) -> None:
    """Has both turns of a platform until a line comes, and says when it does and no longer does."""
    turns = SharedTurns(store.locks(Path()), ORIGIN)
    with turns(60) as one, turns(60) as other:
        print(one, other, flush=True)  # noqa: T201
        sys.stdin.readline()
    print("over", flush=True)  # noqa: T201


if __name__ == "__main__":
    ways = {
        "count": count,
        "batches": batches,
        "hang": hang,
        "freeze": freeze,
        "hold": hold,
        "turns": take_turns,
    }
    ways[sys.argv[2]](SqlStore(sys.argv[1]))
