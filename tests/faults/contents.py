"""What a database holds, as far as two syncs of the same course must agree on it."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

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
    "sources with a cursor": "SELECT course, source FROM cursor",
}


def contents(database: Path) -> dict[str, Rows]:
    """Each part as sorted rows; numbers that only mean something inside this database are looked up."""
    with closing(sqlite3.connect(database)) as connection:
        found = {part: _sorted(connection.execute(query)) for part, query in CONTENTS.items()}
        found["cards"] = _sorted(
            (*key, json.dumps(_without_as_of(json.loads(card)), sort_keys=True))
            for *key, card in connection.execute("SELECT course, person, role, class, card FROM scorecard")
        )
    return found


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


def _sorted(rows: Iterable[tuple[Any, ...]]) -> Rows:
    return sorted(rows, key=repr)


def _without_as_of(card: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in card.items() if name != "as_of"}
