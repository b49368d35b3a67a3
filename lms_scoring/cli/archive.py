"""`export-parquet`: a course's evidence and cards as files for programs that analyse millions of rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Set
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import click

from lms_scoring.cli.here import here
from lms_scoring.domain.evidence import KIND_OF, Role
from lms_scoring.domain.evidence_json import to_fields
from lms_scoring.domain.measures import bulk_rules
from lms_scoring.exports.parquet_file import ParquetFile
from lms_scoring.ports import CardRow, PersonEvidence, Transaction
from lms_scoring.services.scoring.how_far_known import as_read, known_of
from lms_scoring.services.scoring.rules import CourseRules

_TEXT, _NUMBER = "VARCHAR", "BIGINT"

TABLES: Mapping[str, Mapping[str, str]] = {
    "cards": {
        **dict.fromkeys(("person", "role", "class", "status", "state", "band", "scheme"), _TEXT),
        "total": _TEXT,
        "hundredths": _NUMBER,
        **dict.fromkeys(("passed", "provisional"), "BOOLEAN"),
        **dict.fromkeys(("as_of", "scored_at"), _NUMBER),
    },
    "records": {
        **dict.fromkeys(("person", "source", "kind", "id"), _TEXT),
        "gone_at": _NUMBER,
        "body": _TEXT,
    },
    "events": {
        **dict.fromkeys(("person", "source", "id", "activity", "session"), _TEXT),
        **dict.fromkeys(("stored", "at", "verb", "position", "target", "rate", "length"), _NUMBER),
    },
    "statements": {
        **dict.fromkeys(("person", "source", "id", "verb", "object", "activity", "raw", "maximum"), _TEXT),
        **dict.fromkeys(("stored", "at", "characters"), _NUMBER),
    },
}
"""Each file's columns. Instants and lengths of time are in ms, points and marks exact rationals as text."""

Rows = Iterator[tuple[Any, ...]]


@click.command("export-parquet")
@click.argument("course")
@click.argument("folder", type=click.Path(path_type=Path, file_okay=False))
def export_parquet(course: str, folder: Path) -> None:
    """Writes what is stored for COURSE into FOLDER as Parquet files: cards, records, events, statements.

    People are told by their ids alone. Needs `lms-scoring[parquet]`.
    """
    installation = here(must_exist=True)
    rules = installation.rules(course)
    folder.mkdir(parents=True, exist_ok=True)
    with ExitStack() as stack, installation.store.reading() as transaction:
        files = {
            name: stack.enter_context(ParquetFile(folder / f"{name}.parquet", columns))
            for name, columns in TABLES.items()
        }
        rows = as_read(transaction.board(course), known_of(transaction, rules))
        files["cards"].add(_cards(rows, _awaited(transaction, rules)))
        persons = sorted({one.person for one in transaction.memberships(rules.course)})
        for evidence in transaction.evidence_of(course, persons):
            files["records"].add(_records(evidence))
            files["events"].add(_events(evidence))
            files["statements"].add(_statements(evidence))
    for name, file in files.items():
        click.echo(f"{folder / name}.parquet: {file.rows:,} rows")


def _awaited(transaction: Transaction, rules: CourseRules) -> Set[tuple[str, Role, str | None]]:
    """Whose cards are still to be made by rules adopted since: those before are told as provisional."""
    persons = transaction.awaited(rules.course)
    found: set[tuple[str, Role, str | None]] = set()
    for role in rules.scheme.roles if persons else ():
        bulk = bulk_rules(rules.scheme, rules.bindings, role)
        told = transaction.foretold(rules.course, bulk, persons=persons)
        found.update((person, role, class_) for person, class_ in told)
    return found


def _cards(rows: Iterable[CardRow], awaited: Set[tuple[str, Role, str | None]]) -> Rows:
    for row in rows:
        card = row.card
        is_provisional = row.told.is_provisional or (card.person, card.role, card.class_) in awaited
        yield (
            *(
                card.person,
                card.role.value,
                card.class_,
                row.status,
                card.state.value,
                card.band,
                card.scheme,
            ),
            *(str(card.total), int(card.total * 100 // 1), card.passed, is_provisional),
            *(card.as_of, row.scored_at),
        )


def _records(evidence: PersonEvidence) -> Rows:
    for record in evidence.records:
        body = json.dumps(to_fields(record), ensure_ascii=False, sort_keys=True)
        kind = KIND_OF[type(record)]
        yield evidence.person.id, record.source, kind, record.id, record.gone_at, body


def _events(evidence: PersonEvidence) -> Rows:
    for source, events in evidence.events.items():
        for one in events:
            yield (
                *(evidence.person.id, source, one.id, one.activity, one.session, one.stored, one.at),
                *(one.verb, one.position, one.target, one.rate, one.length),
            )


def _statements(evidence: PersonEvidence) -> Rows:
    for source, statements in evidence.statements.items():
        for one in statements:
            raw, maximum = (None if number is None else str(number) for number in (one.raw, one.maximum))
            yield (
                *(evidence.person.id, source, one.id, one.verb.value, one.object, one.activity),
                *(raw, maximum, one.stored, one.at, one.characters),
            )
