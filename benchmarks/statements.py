"""Statements → stored events → minutes, against the least one must do and what one would write first."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from sqlalchemy import Engine, func, select

from adapters.xapi.evidence import StatementReader
from adapters.xapi.pages import read_page
from benchmarks.bare_statements import SOURCE, store_bare, store_slowly
from benchmarks.measuring import Ratio, ratio_of, seconds_in_turns, seconds_of
from benchmarks.recorded import pages, people
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.intervals import length, union
from lms_scoring.domain.watch_time import watch_time
from lms_scoring.store import SqlStore, tables
from lms_scoring.store.migrations import upgrade

COURSE = "recorded"
OF_FLOOR = 0.45
OVER_SLOW = 3.0
MILLISECONDS_OF_A_MINUTE = 60_000


def main() -> bool:
    """Prints the speeds and both ratios; True if they are within their limits."""
    served, known = pages(), people()
    found: list[int] = []

    def ours(store: SqlStore) -> None:
        keep(served, store)
        found.append(watched_by(known, store))

    def bare(store: SqlStore) -> None:
        store_bare(served, store.engine)

    def slow(store: SqlStore) -> None:
        store_slowly(served, store.engine)

    of_floor = _in_turns(bare, ours, known, rounds=9)
    over_slow = _in_turns(slow, ours, known, rounds=3)
    count = sum(len(read_page(page).statements) for page in served)
    print(
        f"statements: {count} read, stored and folded to {min(found) // MILLISECONDS_OF_A_MINUTE} minutes; "
        f"statements a second: ours {count / of_floor.theirs:,.0f}, "
        f"floor {count / of_floor.ours:,.0f}, json + SQLAlchemy {count / over_slow.ours:,.0f}"
    )
    print(f"statements: {of_floor.ratio:.2f} of the floor's speed (at least {OF_FLOOR})")
    print(
        f"statements: {over_slow.ratio:.1f} times the speed of json + SQLAlchemy row by row "
        f"(at least {OVER_SLOW:g})"
    )
    return of_floor.ratio >= OF_FLOOR and over_slow.ratio >= OVER_SLOW


def keep(served: Sequence[bytes], store: SqlStore) -> None:
    """Reads every page and stores what it says, a transaction each, as a sync does."""
    reader = StatementReader()
    for page in served:
        evidence = reader.read(read_page(page))
        with store.writing() as transaction:
            transaction.keep_events(SOURCE, evidence.events)
            transaction.keep_statements(SOURCE, evidence.statements)
            transaction.keep_voided(SOURCE, evidence.voided)


def watched_by(known: Sequence[KnownPerson], store: SqlStore) -> int:
    """Milliseconds that everybody watched on the wall clock, from the stored events."""
    total = 0
    with store.reading() as transaction:
        for evidence in transaction.evidence_of(COURSE, [person.id for person in known]):
            for source, events in evidence.events.items():
                spans = watch_time(evidence.person.id, events, source=source).spans
                total += length(union((span.start, span.end) for span in spans))
    return total


def _in_turns(
    theirs: Callable[[SqlStore], None],
    ours: Callable[[SqlStore], None],
    known: Sequence[KnownPerson],
    *,
    rounds: int,
) -> Ratio:
    """How many times our seconds the other way takes."""
    works = [lambda: _on_new_file(theirs, ()), lambda: _on_new_file(ours, known)]
    other, mine = seconds_in_turns(works, rounds=rounds)
    return ratio_of(other, mine)


def _on_new_file(work: Callable[[SqlStore], object], known: Sequence[KnownPerson]) -> float:
    """The seconds of the work alone, on a database that is ready and knows the people."""
    with tempfile.TemporaryDirectory(prefix="lms-scoring-bench-") as folder:
        url = f"sqlite:///{Path(folder) / 'bench.sqlite'}"
        upgrade(url)
        store = SqlStore(url)
        with store.writing() as transaction:
            transaction.begin_run(COURSE, SOURCE, at=0)
            transaction.keep_people(known)
        seconds = seconds_of(lambda: work(store))
        assert _stored(store.engine) > 30_000, "too few statements were stored"
        store.close()
    return seconds


def _stored(engine: Engine) -> int:
    with engine.connect() as connection:
        return sum(
            connection.execute(select(func.count()).select_from(table)).scalar_one()
            for table in (tables.watch_event, tables.lms_statement)
        )
