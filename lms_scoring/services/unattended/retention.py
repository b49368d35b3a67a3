"""What is older than the installation keeps it: counted beforehand, and removed a portion at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lms_scoring.domain.instants import DAY
from lms_scoring.domain.retention import Ages, Past
from lms_scoring.ports import PastRows, Store

_PORTION = 2_000
"""Rows, or what belongs to so many, that one transaction removes: others want to write meanwhile."""


_STEADY = 2 * DAY
"""It is looked at once a day: who finds it longer ago was away, or has a clock that is ahead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is to go of one kind: all that is older than an instant, by table."""

    past: Past
    before: int
    rows: Sequence[PastRows]


def due(store: Store, ages: Ages, *, now: int) -> Sequence[Due]:
    """Of each kind that has an age, whether or not anything is that old."""
    with store.reading() as transaction:
        return [
            Due(past=past, before=before, rows=transaction.past_rows(past, before=before))
            for past, before in ages.before(now).items()
        ]


def is_clock_steady(last: int | None, *, now: int) -> bool:
    """Whether a clock went on as clocks do since it was looked at last what is too old; None: it never was.

    One that is years ahead would end all sessions and remove texts years early.
    """
    return last is not None and 0 <= now - last <= _STEADY


def retain(store: Store, ages: Ages, *, now: int) -> Sequence[PastRows]:
    """Removes it; how many rows of each table. Whoever is interrupted leaves the rest to the next."""
    removed = Counter[str]()
    for past, before in ages.before(now).items():
        for rows in _portions(store, past, before):
            removed.update({one.table: one.rows for one in rows})
    return [PastRows(table=table, rows=rows) for table, rows in removed.items()]


def _portions(store: Store, past: Past, before: int) -> Iterator[Sequence[PastRows]]:
    while True:
        with store.writing() as transaction:
            rows = transaction.remove_past(past, before=before, most=_PORTION)
        if not rows:
            return
        yield rows
