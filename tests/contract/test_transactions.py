"""Contract: a transaction is stored whole or not at all, and a reader sees one state."""

from __future__ import annotations

import pytest

from lms_scoring.domain.packed_card import packed
from lms_scoring.ports import Store
from tests.contract.story import (
    COURSE,
    LI,
    LRS,
    MOODLE,
    card,
    class_a,
    event,
    evidence_of,
    known,
    post,
    records_of,
    statement,
    touched,
)


class Interrupted(Exception):
    """What the tests break a transaction off with."""


def test_an_error_undoes_everything_of_its_transaction(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_cursor(COURSE, MOODLE, "before")
    before = evidence_of(store)
    with pytest.raises(Interrupted), store.writing() as transaction:
        transaction.keep_people([known(9, "New"), known(1, "Renamed")])
        transaction.keep_records(COURSE, MOODLE, [post("p1")], run=run)
        transaction.keep_events(LRS, [event("e1")])
        transaction.keep_statements(LRS, [statement("s1")])
        transaction.keep_voided(LRS, ["e1"])
        transaction.keep_scorecard(COURSE, packed(card()), at=1)
        transaction.keep_cursor(COURSE, MOODLE, "after")
        raise Interrupted
    assert evidence_of(store) == before
    assert list(touched(store)) == []
    with store.reading() as transaction:
        assert transaction.cursor(COURSE, MOODLE) == "before"
        assert list(transaction.board(COURSE)) == []
        assert [person.id for person in transaction.people(COURSE)] == ["moodle-1", "moodle-2", "moodle-3"]


def test_a_batch_and_its_cursor_are_stored_together(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
    with store.writing() as transaction:
        transaction.keep_records(COURSE, MOODLE, [post("p1")], run=run)
        transaction.keep_cursor(COURSE, MOODLE, "after p1")
    assert [record.id for record in records_of(store)] == ["p1"]
    with store.reading() as transaction:
        assert transaction.cursor(COURSE, MOODLE) == "after p1"


def test_a_reader_keeps_seeing_what_it_began_with(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
    with store.reading() as reader:
        assert list(reader.counts(COURSE)) == [(MOODLE, "membership", None, 3)]
        with store.writing() as transaction:
            transaction.keep_records(COURSE, MOODLE, [post("p1")], run=run)
        assert list(reader.counts(COURSE)) == [(MOODLE, "membership", None, 3)]
        (found,) = reader.evidence_of(COURSE, [LI.id])
        assert [record.id for record in found.records] == ["learner-1"]
    assert [record.id for record in records_of(store)] == ["p1"]


def test_a_reader_may_stop_in_the_middle(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [post("p1", 1), post("p2", 2)], run=run)
    with store.reading() as transaction:
        evidence = transaction.evidence_of(COURSE, ["moodle-1", "moodle-2"])
        next(evidence)
    with store.writing() as transaction:
        transaction.keep_records(COURSE, MOODLE, [post("p3")], run=run)
    assert [record.id for record in records_of(store)] == ["p1", "p3"]


def test_cards_may_be_kept_while_evidence_is_being_read(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_events(LRS, [event(f"e{n}", 1 + n % 3, stored=n) for n in range(30)])
    with store.writing() as transaction:
        seen = 0
        for evidence in transaction.evidence_of(COURSE, ["moodle-3", "moodle-1", "moodle-2"]):
            seen += len(evidence.events[LRS])
            transaction.keep_scorecard(COURSE, packed(card(evidence.person)), at=1)
        transaction.untouch(COURSE, ["moodle-3", "moodle-1", "moodle-2"])
    assert seen == 30
    assert list(touched(store)) == []
    with store.reading() as transaction:
        assert len(transaction.board(COURSE)) == 3
