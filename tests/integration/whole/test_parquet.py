"""The recorded course as Parquet files: every row that is stored, and nobody's name."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import duckdb
import pytest
from sqlalchemy import update

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.instants import DAY
from lms_scoring.domain.measures import bulk_rules
from lms_scoring.domain.scorecard import CardState
from lms_scoring.store import tables
from lms_scoring.store.databases.engine import transaction as transaction_on
from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.typed import typed

COURSE = "lc2024"


@pytest.fixture(scope="module")
def folder(scored: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where the files are."""
    made = tmp_path_factory.mktemp("parquet") / "of" / "the course"
    with scored.here():
        done = typed("export-parquet", COURSE, str(made))
    assert done.exit_code == 0
    assert done.stdout.count(" rows") == 4
    return made


def read(folder: Path, name: str, columns: str = "*") -> list[tuple[Any, ...]]:
    """The rows of a file."""
    with duckdb.connect() as connection:
        question = f"SELECT {columns} FROM read_parquet(?)"  # noqa: S608 # our own words
        return connection.execute(question, [str(folder / f"{name}.parquet")]).fetchall()


def test_cards_are_exact(scored: Site, folder: Path) -> None:
    rows = read(folder, "cards", "person, role, total, passed")
    found = {(person, Role(role)): told for person, role, *told in rows}
    cards = scored.cards(COURSE)
    assert found == {key: [str(card.total), card.passed] for key, card in cards.items()}


def test_cards_are_provisional_where_others_by_adopted_rules_are_awaited(
    scored: Site, folder: Path, tmp_path: Path
) -> None:
    def provisional(where: Path) -> set[bool]:
        told = read(where, "cards", "role, provisional")
        return {one for role, one in told if role == "learner"}

    rules, store = scored.installation.rules(COURSE), scored.installation.store
    bulk = bulk_rules(rules.scheme, rules.bindings, Role.LEARNER)
    with store.writing() as transaction:
        transaction.foretell(COURSE, [(bulk, bulk)], due=(), is_open=False)
    try:
        with scored.here():
            assert typed("export-parquet", COURSE, str(tmp_path)).exit_code == 0
    finally:
        with store.writing() as transaction:
            transaction.await_no_more(COURSE)
    assert (provisional(folder), provisional(tmp_path)) == ({True, False}, {True})


def test_who_failed_is_provisional_until_what_was_read_to_the_end_is_scored(
    scored: Site, folder: Path, tmp_path: Path
) -> None:
    """And not for what a later sync brings: that is news."""
    copied = scored.copied(tmp_path)
    store = copied.installation.store
    failed = {person for (person, _), card in copied.cards(COURSE).items() if card.state is CardState.FAIL}
    with store.writing() as transaction:
        transaction.touch_persons(COURSE, sorted(failed))
    with copied.here():
        assert typed("export-parquet", COURSE, str(tmp_path / "news")).exit_code == 0
    run = tables.run
    with transaction_on(store.engine, writes=True) as connection:  # as if it had ended after they were scored
        connection.execute(update(run).values(ended_at=run.c.ended_at + DAY))
    with copied.here():
        assert typed("export-parquet", COURSE, str(tmp_path / "uncounted")).exit_code == 0

    def provisional(where: Path) -> set[bool]:
        return {told for state, told in read(where, "cards", "state, provisional") if state == "fail"}

    assert provisional(folder) == provisional(tmp_path / "news") == {False}
    assert provisional(tmp_path / "uncounted") == {True}


def test_all_evidence_of_the_members_is_there(scored: Site, folder: Path) -> None:
    with scored.installation.store.reading() as transaction:
        persons = sorted({one.person for one in transaction.memberships(COURSE)})
        evidence = list(transaction.evidence_of(COURSE, persons))
    counted = {
        "records": sum(len(one.records) for one in evidence),
        "events": sum(len(events) for one in evidence for events in one.events.values()),
        "statements": sum(len(told) for one in evidence for told in one.statements.values()),
    }
    found = {name: len(read(folder, name)) for name in counted}
    assert found == counted
    assert min(found.values()) > 500


def test_nobodys_name_and_account_is_in_cards_and_events(scored: Site, folder: Path) -> None:
    names = {name for name in scored.names(COURSE).values() if name}
    told = {str(value) for name in ("cards", "events") for row in read(folder, name) for value in row}
    assert not names & told
    assert not [one for one in told if one.startswith(("account:", "mbox:"))]
