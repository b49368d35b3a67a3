"""A big programme on PostgreSQL: results of a million learners by other rules, events by staged COPY, and how
both grow.

The results are narrow, as a preview works them out: who would have which total. To adopt other rules makes
whole cards, with what is still needed and every finding, in Python (docs/decisions/0019).

`python -m benchmarks bulk --full` loads all 28,000,000 events; without it a million.
"""

from __future__ import annotations

import sys
import tracemalloc
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path
from typing import Any

from benchmarks.measuring import Ratio, ratio_of, seconds_in_turns, seconds_of
from lms_scoring.domain.binding import Bindings
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.measures import BulkRules, bulk_rules, common_factors
from lms_scoring.domain.scheme import Scheme
from lms_scoring.files.scheme_file import read_scheme
from lms_scoring.store import SqlStore, tables
from lms_scoring.store.cards.measures import totals
from lms_scoring.store.databases.dialect import add, kind_of
from lms_scoring.store.databases.engine import transaction
from tests.fixtures.postgres import PostgresServer

SIZES = (1_000, 10_000, 100_000, 1_000_000)
LIMIT = 3.0
"""Times of a plain `INSERT … SELECT` that rescoring may take."""
GROWTH = 2.0
"""Times of what a learner of a hundred thousand costs that one of a million may cost."""
MEMORY = 30.0
"""MB that a preview of any size may hold, besides what it yields."""
EVENTS, ALL_EVENTS, BATCH = 1_000_000, 28_000_000, 100_000
SETTINGS = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
}

_NARROW = """
    CREATE TABLE {} (tenant int, course text, role text, class text, person text, scheme text,
        total bigint, could_become bigint, changed int, PRIMARY KEY (tenant, course, role, class, person))
"""
_MEASURES = (
    "hashint8(g)::bigint & 67108863",  # up to 18 hours of study
    "(hashint8(g * 7)::bigint & 3) * 6",
    "hashint8(g * 11)::bigint & 1",
    "hashint8(g * 13)::bigint & 15",
    "hashint8(g * 17)::bigint & 15",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """One preview of other rules: its seconds, and the most memory (MB) that it held."""

    seconds: float
    peak: float


def main() -> bool:
    """Prints the ratio, the speeds and the table of growth; True if all are within their limits."""
    server = PostgresServer(**SETTINGS)
    try:
        store = SqlStore(server.empty_database())
        return all([_rescoring(store), _growing(store), _loading(store)])
    finally:
        store.close()
        server.close()


def _rescoring(store: SqlStore) -> bool:
    """Narrow results of other rules by the statement of a preview, against a plain insert of the same."""
    _measure(store, SIZES[-1])
    _tell(store, _NARROW.format("rescored"), _NARROW.format("copied"))
    found = _in_turns(store, rounds=3)
    print(
        f"bulk: {SIZES[-1]:,} learners' results by other rules in {found.ours:.1f} s, a plain "
        f"INSERT … SELECT of the same rows {found.theirs:.1f} s: {found.ratio:.2f} times (limit {LIMIT:g})"
    )
    return found.ratio <= LIMIT


def _in_turns(store: SqlStore, *, rounds: int) -> Ratio:
    before, after = _rules()
    said = kind_of(store.engine).words.said(totals(before, after, _factors()))
    given = said.constants | {"tenant_": 1, "course_": _course(SIZES[-1]), "layout_": 1}
    rescore = (
        f"INSERT INTO rescored SELECT 1, 'big', 'learner', class, person, '{after.scheme}', a, b, c "  # noqa: S608
        f"FROM ({said.text}) told (person, class, a, b, c)"
    )

    def ours() -> float:
        _tell(store, "TRUNCATE rescored")
        return seconds_of(lambda: _tell(store, rescore, [given[name] for name in said.names]))

    def plain() -> float:
        _tell(store, "TRUNCATE copied")
        return seconds_of(lambda: _tell(store, "INSERT INTO copied SELECT * FROM rescored"))

    mine, theirs = seconds_in_turns([ours, plain], rounds=rounds)
    return ratio_of(mine, theirs)


def _growing(store: SqlStore) -> bool:
    """The preview as the program asks for it, row by row, for ever larger courses."""
    print("bulk: learners    seconds   µs a learner   peak MB")
    found = {}
    for size in SIZES:
        if size != SIZES[-1]:
            _measure(store, size)
        found[size] = _previewed(store, size)
        each = found[size].seconds / size * 1_000_000
        print(f"bulk: {size:9,} {found[size].seconds:9.3f} {each:12.2f} {found[size].peak:11.1f}")
    growth = (found[SIZES[-1]].seconds / SIZES[-1]) / (found[SIZES[-2]].seconds / SIZES[-2])
    most = max(one.peak for one in found.values())
    print(f"bulk: a learner costs {growth:.2f} times as much among ten times as many (limit {GROWTH:g})")
    return growth <= GROWTH and most <= MEMORY


def _previewed(store: SqlStore, size: int) -> Preview:
    before, after = _rules()

    def preview() -> None:
        with store.reading() as reading:
            assert sum(1 for _ in reading.foreseen(_course(size), before, after)) == size

    preview()
    seconds = seconds_of(preview)
    tracemalloc.start()
    preview()
    peak = tracemalloc.get_traced_memory()[1] / 1_000_000
    tracemalloc.stop()
    return Preview(seconds=seconds, peak=peak)


def _loading(store: SqlStore) -> bool:
    """Events in batches of a sync's, as `keep_events` writes them."""
    count = ALL_EVENTS if "--full" in sys.argv else EVENTS
    seconds = [seconds_of(lambda rows=rows: _load(store, rows)) for rows in _batches(count)]  # type: ignore[misc]
    tenth = max(1, len(seconds) // 10)
    first, last = sum(seconds[:tenth]), sum(seconds[-tenth:])
    print(
        f"bulk: {count:,} events by staged COPY in {sum(seconds):.0f} s, {count / sum(seconds):,.0f} a "
        f"second; the last tenth took {last / first:.2f} times the first (limit {LIMIT:g})"
    )
    return last / first <= LIMIT


def _load(store: SqlStore, rows: list[tuple[Any, ...]]) -> None:
    with transaction(store.engine, writes=True, tenant=1) as connection:
        assert add(connection, tables.watch_event, rows) == len(rows)


def _batches(count: int) -> Iterator[list[tuple[Any, ...]]]:
    for begin in range(0, count, BATCH):
        yield [
            (
                *(1, "lrs", n // 10, f"{n:032x}", n % 1_000_003, n % 50, "s", n, 1),
                *(n % 900_000, None, 100, 900_000),
            )
            for n in range(begin, begin + BATCH)
        ]


def _measure(store: SqlStore, learners: int) -> None:
    """Measures of a course with so many learners."""
    before, _ = _rules()
    names = ", ".join(f"value_{place}, could_{place}" for place in range(len(_MEASURES)))
    values = ", ".join(f"{one}, {one}" for one in _MEASURES)
    _tell(store, "INSERT INTO measure_layout VALUES (1, 1, %s) ON CONFLICT DO NOTHING", [_layout(before)])
    _tell(
        store,
        f"INSERT INTO measured (tenant, course, role, class, person, layout, {names}) "  # noqa: S608 # our words
        f"SELECT 1, '{_course(learners)}', 'learner', 'class ' || g / 50, 'moodle-' || g, 1, {values} "
        f"FROM generate_series(1, {learners}) g",
    )
    _tell(store, "ANALYZE measured")


def _tell(store: SqlStore, *said: Any) -> None:
    """Statements, the last one perhaps with its parameters."""
    values = said[-1] if isinstance(said[-1], list) else None
    with store.engine.begin() as connection:
        for statement in said if values is None else said[:-1]:
            connection.exec_driver_sql(statement, tuple(values or ()) or None)


def _rules() -> tuple[BulkRules, BulkRules]:
    """The main scheme's, and the same with another pass mark."""
    scheme = _scheme()
    learners = replace(scheme.roles[Role.LEARNER], pass_mark=Fraction(75))
    other = replace(scheme, roles={**scheme.roles, Role.LEARNER: learners})
    before, after = (bulk_rules(each, Bindings(bindings=()), Role.LEARNER) for each in (scheme, other))
    return before, after


def _factors() -> tuple[int, int]:
    before, after = _rules()
    factors = common_factors(before.plan, after.plan)
    assert factors is not None
    return factors


def _scheme() -> Scheme:
    return read_scheme(Path("config/schemes/longcheng-2024.toml")).scheme


def _layout(rules: BulkRules) -> str:
    return " ".join((rules.scheme, *rules.wanted))


def _course(learners: int) -> str:
    return f"of {learners}"
