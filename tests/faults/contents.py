"""What a database holds, as far as two syncs of the same course must agree on it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from lms_scoring.store.databases.engine import open_engine, transaction

Rows = list[tuple[Any, ...]]

CONTENTS = {
    "people": "SELECT id, name FROM person",
    "accounts": "SELECT text, person, rank FROM account",
    "records in force": (
        "SELECT e.course, e.source, e.kind, e.record, a.text, e.activity, e.state, e.at, e.hash, e.body,"
        " e.gone_run IS NOT NULL FROM evidence e JOIN account a ON a.id = e.account WHERE NOT e.superseded"
    ),
    "events": (
        "SELECT e.source, e.stored, e.id, a.text, k.text, e.session, e.at, e.verb, e.position, e.target,"
        " e.rate, e.length FROM watch_event e JOIN account a ON a.id = e.account"
        " JOIN activity_key k ON k.id = e.activity"
    ),
    "statements": (
        "SELECT s.source, s.stored, s.id, a.text, s.verb, s.object, k.text, s.at, s.raw, s.maximum, b.text,"
        " s.characters FROM lms_statement s JOIN account a ON a.id = s.account"
        " JOIN activity_key k ON k.id = s.activity LEFT JOIN account b ON b.id = s.by"
    ),
    "voided": "SELECT source, id, settled FROM voided_statement",
    "activities": "SELECT course, source, id, name, kind, visible FROM activity",
    "waiting to be scored": "SELECT t.course, a.text FROM touched t JOIN account a ON a.id = t.account",
    "scorecards": (
        "SELECT course, person, role, class, digest, hundredths, state, band, scheme, evidence, valid_until"
        " FROM scorecard"
    ),
    "awaited cards": "SELECT course, person, role, class, total FROM foretold",
    "lines of boards": (
        "SELECT course, role, class, person, name, name_key, chip, ordered, body FROM board_line"
    ),
    "places on boards": (
        "SELECT s.course, s.role, s.whole, s.class, l.sorting, p.chip, p.place, n.person, n.class, p.unread"
        " FROM board_place p JOIN board_list l ON l.id = p.list JOIN board_scope s ON s.id = l.scope"
        " JOIN board_line n ON n.id = p.line"
    ),
    "terms of boards": "SELECT s.course, s.role, t.term, n.person FROM board_term t"
    " JOIN board_scope s ON s.id = t.scope JOIN board_line n ON n.id = t.line",
    "counts of boards": (
        "SELECT s.course, s.role, s.whole, s.class, c.chip, c.n FROM board_count c"
        " JOIN board_scope s ON s.id = c.scope WHERE c.n > 0"
    ),
    "medians of boards": (
        "SELECT s.course, s.role, s.whole, s.class, l.sorting, l.median, l.of, l.unread FROM board_list l"
        " JOIN board_scope s ON s.id = l.scope WHERE s.settled"
    ),
    "sources with a cursor": "SELECT course, source FROM cursor",
}


Asking = Callable[[str], Iterable[tuple[Any, ...]]]


def contents(database: Path | str) -> dict[str, Rows]:
    """Each part of a file, or of the database at an address, as sorted rows; numbers that only mean something
    inside this database are looked up."""
    with _asking(database) as ask:
        found = {part: _sorted(ask(query)) for part, query in CONTENTS.items()}
        found["cards"] = _sorted(
            (*key, json.dumps(_without_as_of(json.loads(card)), sort_keys=True))
            for *key, card in ask("SELECT course, person, role, class, card FROM scorecard")
        )
    return found


GRADES = {
    "grades": (
        "SELECT course, person, given, comment, state, tried, sent, tries, forced, held FROM outgoing_grade"
    ),
    "steps of grades": "SELECT course, person, number, kind, value FROM grade_step",
}


def grades(database: Path | str) -> dict[str, Rows]:
    """What is passed back, and what happened to each grade so far."""
    with _asking(database) as ask:
        return {part: _sorted(ask(query)) for part, query in GRADES.items()}


LIVING = {
    "records": (
        "SELECT e.course, e.source, e.kind, e.record, a.text, e.activity, e.state, e.at, e.hash, e.body"
        " FROM evidence e JOIN account a ON a.id = e.account WHERE NOT e.superseded AND e.gone_run IS NULL"
    ),
    "people": "SELECT id, name FROM person",
    "events": CONTENTS["events"],
    "scores": (
        "SELECT s.course, s.person, s.role, s.class, s.hundredths, s.state FROM scorecard s"
        " JOIN account a ON a.person = s.person JOIN evidence e ON e.account = a.id AND e.kind = 'membership'"
        " WHERE NOT e.superseded AND e.gone_run IS NULL"
    ),
}


def living(database: Path) -> dict[str, Rows]:
    """What lives: without what is gone at its source, and without what cards say of that."""
    with _asking(database) as ask:
        return {part: _sorted(set(ask(query))) for part, query in LIVING.items()}


def difference(one: dict[str, Rows], other: dict[str, Rows]) -> dict[str, tuple[Rows, Rows]]:
    """The parts in which they differ, with what only one of them has."""
    return {
        part: (
            [row for row in one[part] if row not in other[part]],
            [r for r in other[part] if r not in one[part]],
        )
        for part in one
        if one[part] != other[part]
    }


@contextmanager
def _asking(database: Path | str) -> Iterator[Asking]:
    engine = open_engine(f"sqlite:///{database}" if isinstance(database, Path) else database)
    try:
        with transaction(engine, writes=False) as connection:
            yield lambda query: [tuple(row) for row in connection.exec_driver_sql(query)]
    finally:
        engine.dispose()


def _sorted(rows: Iterable[tuple[Any, ...]]) -> Rows:
    return sorted(rows, key=repr)


def _without_as_of(card: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in card.items() if name != "as_of"}
