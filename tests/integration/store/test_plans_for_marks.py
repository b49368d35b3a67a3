"""Marks that are hardly ever there are found by index, beside the many that are: they are asked for all the
time."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from sqlalchemy import Select, insert

from lms_scoring.store import SqlStore, tables
from lms_scoring.store.databases.dialect import list_parameter
from lms_scoring.store.databases.engine import transaction
from lms_scoring.store.touched.touches import ANY_TAKEN_UP, ANY_UNMADE, MARKED_OF
from lms_scoring.store.touched.voids import UNSETTLED
from tests.fixtures.databases import engine_of
from tests.integration.store.plans import plan_of_built

COURSE, LRS, MANY = "course", "lrs", 5_000
ASKED = {"tenant_": 1, "course_": COURSE}


@pytest.fixture
def marked(store: SqlStore, url: str) -> SqlStore:
    """All are marked by a first sync, of a record store of which much was voided, and settled."""
    with store.writing() as writer:
        writer.begin_run(COURSE, LRS, at=1)
    touched = [{"tenant": 1, "course": COURSE, "account": number} for number in range(MANY)]
    voided = [{"tenant": 1, "source": LRS, "id": f"{n:032}", "settled": True} for n in range(MANY)]
    with transaction(store.engine, writes=True) as connection:
        connection.execute(insert(tables.touched), touched)
        connection.execute(insert(tables.voided_statement), voided)
    if engine_of(url) == "postgres":
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
    return store


@pytest.mark.parametrize("question", [ANY_TAKEN_UP, ANY_UNMADE], ids=["taken up", "unmade"])
def test_among_all_who_are_touched_those_are_found_whom_an_assessment_left(
    marked: SqlStore, question: Select[Any]
) -> None:
    plan = plan_of_built(marked, question, **ASKED)
    assert "ix_touched_taken_up" in plan, plan


def test_what_is_not_settled_is_found_among_all_that_was_ever_voided(marked: SqlStore) -> None:
    plan = plan_of_built(marked, MARKED_OF, **ASKED, persons_=list_parameter(["li"]))
    assert "ix_voided_statement_unsettled" in plan, plan


def test_the_runs_of_a_course_are_not_listed_to_find_that_nothing_is_to_be_settled(marked: SqlStore) -> None:
    plan = plan_of_built(marked, UNSETTLED, **ASKED)
    assert "ix_voided_statement_unsettled" in plan, plan
    assert "LIST SUBQUERY" not in plan, plan
