"""How the latest syncs of a course ended is found by index: pages ask it, and runs grow by the hour."""

from __future__ import annotations

import psycopg
import pytest
from sqlalchemy import insert

from lms_scoring.domain.failure import Instead
from lms_scoring.ports import Kept, LastEnds, RunState
from lms_scoring.store import SqlStore, tables
from lms_scoring.store.databases.engine import transaction
from lms_scoring.store.syncing.runs import FIRST_WHOLE_ENDS, LAST_ENDS
from tests.fixtures.databases import engine_of
from tests.integration.store.plans import plan_of_built

COURSE, LRS, MANY = "course", "lrs", 2_000


@pytest.fixture
def cut_short(store: SqlStore, url: str) -> SqlStore:
    """Of its source one run was whole, and none since."""
    with store.writing() as writer:
        first = writer.begin_run(COURSE, LRS, at=1)
        writer.end_run(first, at=2, state=RunState.DONE, kept=Kept())
    run = {"tenant": 1, "course": COURSE, "source": LRS, "state": RunState.DONE.value, "full": False}
    run |= {"instead": Instead.HALF.value, **dict.fromkeys(("new", "changed", "same", "gone", "refused"), 0)}
    numbers = [{"id": first + n, "started_at": 2 * n, "ended_at": 2 * n + 1} for n in range(1, MANY)]
    with transaction(store.engine, writes=True) as connection:
        connection.execute(insert(tables.run), [run | one for one in numbers])
    if engine_of(url) == "postgres":
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
    return store


def test_the_last_whole_run_is_found_however_many_were_cut_short_since(cut_short: SqlStore) -> None:
    plan = plan_of_built(cut_short, LAST_ENDS, of_tenant=1, of_course=COURSE)
    assert "ix_run_whole" in plan, plan
    with cut_short.reading() as view:
        ends = view.last_ends(COURSE)
    assert ends == {LRS: LastEnds(run=MANY, good_at=2 * MANY - 1, whole_began_at=1, cut_short=True)}


def test_the_first_whole_run_since_is_found_by_the_same_index(cut_short: SqlStore) -> None:
    plan = plan_of_built(cut_short, FIRST_WHOLE_ENDS, of_tenant=1, of_course=COURSE, since=1)
    assert plan.count("ix_run_whole") == 2, plan
    with cut_short.reading() as view:
        assert view.first_whole_ends(COURSE, since=1) == {LRS: 2}
        assert view.first_whole_ends(COURSE, since=2) == {}
