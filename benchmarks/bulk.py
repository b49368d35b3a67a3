"""A big programme on PostgreSQL: results of a million learners by other rules, events by staged COPY, and how
both grow.

What is measured is what an adoption of other rules tells the database (docs/decisions/0045): every result,
with the points of each criterion, and every grade held back. The whole cards, with what is still needed and
every finding, are made afterwards, in Python; a row says how long both take of a thousand learners.

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

from benchmarks.assess import PLAYS, Afterwards, course_of
from benchmarks.measuring import Ratio, ratio_of, seconds_in_turns, seconds_of
from lms_scoring.domain.binding import Bindings
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.measures import BulkRules, bulk_rules
from lms_scoring.domain.scheme import Scheme
from lms_scoring.files.scheme_file import read_scheme
from lms_scoring.ports import KeptCourse, KeptScheme
from lms_scoring.services.scoring.adopt import adopt
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.store import SqlStore, tables
from lms_scoring.store.databases.dialect import add
from lms_scoring.store.databases.engine import transaction
from tests.fixtures.postgres import PostgresServer

SIZES = (1_000, 10_000, 100_000, 1_000_000)
LIMIT = 3.0
"""Times of plain statements that write the same rows that an adoption may take."""
GROWTH = 2.0
"""Times of what a learner of a hundred thousand costs that one of a million may cost."""
MEMORY = 30.0
"""MB that a preview of any size may hold, besides what it yields."""
WHOLE = 1_000
"""Learners whose adoption is measured to the last card."""
EVENTS, ALL_EVENTS, BATCH = 1_000_000, 28_000_000, 100_000
SETTINGS = {
    "fsync": "on",
    "full_page_writes": "on",
    "synchronous_commit": "on",
    "shared_buffers": "256MB",
    "max_wal_size": "4GB",
}

_GRADES = """
    INSERT INTO outgoing_grade (tenant, course, person, given, comment, at, state, tries, try_at, forced)
    SELECT 1, '{course}', 'moodle-' || g, '100', '合格 · passed', g, 'waiting', 0, 0, false
    FROM generate_series(1, {grades}) g
"""
_HELD = """
    UPDATE outgoing_grade SET held = 'no_verdict', forced = false
    WHERE tenant = 1 AND course = '{course}' AND held IS NULL
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
        _whole(server.empty_database())
        return all([_adopting(store), _growing(store), _loading(store)])
    finally:
        store.close()
        server.close()


def _whole(url: str) -> None:
    """Adoptions from the first statement to the last card, by an assessment's events; no limit."""
    store, rules = course_of(url, WHOLE)
    other = replace(rules, scheme=_passing_from(rules.scheme, 75))
    _adopted(store, rules)
    at_once = seconds_of(lambda: _adopted(store, other, before=rules, at_once=WHOLE))
    by_sets = seconds_of(lambda: _adopted(store, rules, before=other, at_once=0))
    cards = seconds_of(lambda: assess(rules, store, clock=Afterwards()))
    store.close()
    print(
        f"bulk: {WHOLE:,} learners with {2 * PLAYS} events each: adopted at once in {at_once:.1f} s, which "
        f"others who write await; by sets in {by_sets:.2f} s, and their cards afterwards in {cards:.1f} s",
        flush=True,
    )


def _adopted(
    store: SqlStore, rules: CourseRules, *, before: CourseRules | None = None, at_once: int = WHOLE
) -> None:
    fingerprint = rules.scheme.fingerprint
    course = KeptCourse(id=rules.course, title="", scheme=fingerprint, settings="")
    scheme = KeptScheme(fingerprint=fingerprint, name="", text="")
    done = adopt(course, scheme, rules, store, clock=Afterwards(), before=before, at_once=at_once)
    assert done is not None and (done.scored, done.awaited) in ((WHOLE, 0), (0, WHOLE)), done


def _adopting(store: SqlStore) -> bool:
    """An adoption's statements, against plain ones that write the same rows of the same tables."""
    _measure(store, SIZES[-1])
    ratios = []
    for what, grades in (("results", False), ("results and as many grades held back", True)):
        found = _in_turns(store, grades=SIZES[-1] if grades else 0, rounds=3)
        ratios.append(found.ratio)
        print(
            f"bulk: {SIZES[-1]:,} learners' {what} by adopted rules in {found.ours:.1f} s, plain statements "
            f"that write the same rows {found.theirs:.1f} s: {found.ratio:.2f} times (limit {LIMIT:g})",
            flush=True,
        )
    return max(ratios) <= LIMIT


def _in_turns(store: SqlStore, *, grades: int, rounds: int) -> Ratio:
    """Before each turn the tables are as they were before the other's."""
    course, before_after = _course(SIZES[-1]), _rules()
    again = ("TRUNCATE foretold", "TRUNCATE outgoing_grade", _GRADES.format(course=course, grades=grades))
    plain_ones = ("INSERT INTO foretold SELECT * FROM written", _HELD.format(course=course))

    def adopted() -> None:
        with store.writing() as transaction:
            transaction.foretell(course, [before_after], due=[], is_open=False)

    def ours() -> float:
        _tell(store, *again)
        return seconds_of(adopted)

    def plain() -> float:
        _tell(store, *again)
        return seconds_of(lambda: _tell(store, *plain_ones))

    adopted()
    _tell(store, "DROP TABLE IF EXISTS written", "CREATE TABLE written AS SELECT * FROM foretold")
    _tell(store, "ANALYZE written")
    mine, theirs = seconds_in_turns([ours, plain], rounds=rounds)
    with store.reading() as transaction:
        assert len(transaction.awaited(course)) == SIZES[-1]
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
    other = _passing_from(scheme, 75)
    before, after = (bulk_rules(each, Bindings(bindings=()), Role.LEARNER) for each in (scheme, other))
    return before, after


def _passing_from(scheme: Scheme, mark: int) -> Scheme:
    learners = replace(scheme.roles[Role.LEARNER], pass_mark=Fraction(mark))
    return replace(scheme, roles={**scheme.roles, Role.LEARNER: learners})


def _scheme() -> Scheme:
    return read_scheme(Path("config/schemes/longcheng-2024.toml")).scheme


def _layout(rules: BulkRules) -> str:
    return " ".join((rules.scheme, *rules.wanted))


def _course(learners: int) -> str:
    return f"of {learners}"
