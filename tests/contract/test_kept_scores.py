"""Contract: when what is too old goes, cards, ledgers and evidence stay, and no later sync changes them."""

from __future__ import annotations

import pytest

from lms_scoring.domain.evidence import Record
from lms_scoring.domain.instants import DAY
from lms_scoring.domain.retention import Ages
from lms_scoring.ports import Batch, Kept, Problem, ProblemKind, RunState, Store, Visitor
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.unattended.retention import due, retain
from tests.contract.conftest import NewStore
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    LI,
    MOODLE,
    PEOPLE,
    POSTS,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    members,
    roster,
    rules,
    told,
)
from tests.given import homework, replies, topics

RULES = rules()
AGES = Ages(runs=400, quarantine=90, sign_ins=1)
EVERYBODY = (LI, ZHAO, WANG, CHEN)


def read_whole(posts: int) -> tuple[Batch, Batch]:
    """All there is, with so many topics."""
    records: list[Record] = [*members(), homework(), *topics(posts), *replies(3)]
    return roster(*EVERYBODY), told(*records, cursor="c", whole=[PEOPLE, POSTS])


UNREADABLE = Problem(kind=ProblemKind.REFUSED, code="row_unreadable", text="a row", raw=b"[]", record="7")


def synced(store: Store, clock: StandingClock, *batches: Batch, full: bool = False) -> tuple[int, int, int]:
    """How much was new, changed and gone."""
    kept = collect(COURSE, ScriptedSource(batches), store, clock=clock, full=full).kept
    assess(RULES, store, clock=clock)
    return kept.new, kept.changed, kept.gone


def shown(store: Store) -> list[object]:
    """Cards in all their versions, ledgers and evidence, as everybody may see them."""
    with store.reading() as transaction:
        places = [(row.card.person, row.card.role, row.card.class_) for row in transaction.board(COURSE)]
        return [
            transaction.board(COURSE),
            *(transaction.scorecard(COURSE, who, role=role, class_=place) for who, role, place in places),
            *(transaction.history(COURSE, who, role=role, class_=place) for who, role, place in places),
            *(transaction.outlook(COURSE, who, role=role, class_=place) for who, role, place in places),
            [*transaction.evidence_of(COURSE, EVERYBODY)],
            transaction.memberships(COURSE),
            transaction.touched(COURSE),
            transaction.met_problems(COURSE),
        ]


@pytest.fixture
def lived(new_store: NewStore) -> tuple[Store, StandingClock]:
    """Read whole, a while of nothing new but a malformed row, something deleted, and read whole once more."""
    store, clock = new_store(), StandingClock()
    synced(store, clock, *read_whole(12))
    synced(store, clock, Batch(problems=(UNREADABLE,)))
    with store.writing() as transaction:
        for _ in range(25):
            run = transaction.begin_run(COURSE, MOODLE, at=clock.at)
            transaction.end_run(run, at=clock.at, state=RunState.DONE, kept=Kept())
    clock.at += DAY
    assert synced(store, clock, *read_whole(11), full=True) == (0, 0, 1)
    return store, clock


def test_no_card_and_no_ledger_changes_when_what_is_too_old_goes(lived: tuple[Store, StandingClock]) -> None:
    store, clock = lived
    before = shown(store)
    now = clock.at + 500 * DAY
    announced = {one.table: one.rows for told_ in due(store, AGES, now=now) for one in told_.rows}
    removed = {one.table: one.rows for one in retain(store, AGES, now=now)}
    assert removed == announced
    assert removed.keys() == {"problem", "run", "seen_record", "quarantined"}
    assert removed["run"] == 8
    assert shown(store) == before
    assert [one.rows for one in due(store, AGES, now=now)] == [[], [], []]
    assert retain(store, AGES, now=now) == []


def test_a_later_sync_brings_nothing_back_and_changes_nothing(lived: tuple[Store, StandingClock]) -> None:
    store, clock = lived
    retain(store, AGES, now=clock.at + 500 * DAY)
    before = shown(store)
    assert synced(store, clock, *read_whole(11), full=True) == (0, 0, 0)
    assert shown(store) == before
    with store.reading() as transaction:
        assert transaction.runs(COURSE, limit=1)[0].id == 29
        assert list(transaction.quarantined()) == []


def test_of_what_has_no_age_nothing_goes(new_store: NewStore) -> None:
    store = new_store()
    with store.writing() as transaction:
        transaction.keep_link("link", Visitor(person=LI), expires_at=1)
    assert due(store, Ages(), now=9_999 * DAY) == [] == retain(store, Ages(), now=9_999 * DAY)
    assert [one.table for one in retain(store, AGES, now=9_999 * DAY)] == ["sign_in_link"]
