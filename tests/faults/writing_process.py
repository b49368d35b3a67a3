"""A program of its own that writes to a store: `writing_process.py URL count|batches|hang`."""

from __future__ import annotations

import sys

from lms_scoring.ports import Store
from lms_scoring.store import SqlStore
from tests.contract.story import COURSE, LRS, MOODLE, class_a, event, post


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


if __name__ == "__main__":
    {"count": count, "batches": batches, "hang": hang}[sys.argv[2]](SqlStore(sys.argv[1]))
