"""What is asked all the time of the cards of a course is found by index, however many cards there are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import psycopg
import pytest
from sqlalchemy import event, insert

from lms_scoring.domain.evidence import Role
from lms_scoring.store import SqlStore, tables
from lms_scoring.store.cards.foretelling import COUNTS, COUNTS_IN
from lms_scoring.store.databases.dialect import list_parameter
from lms_scoring.store.databases.engine import transaction
from lms_scoring.store.touched.touches import UNCOUNTED
from tests.fixtures.databases import engine_of
from tests.integration.store.plans import plan_of, plan_of_built

COURSE, SCHEME, CARDS, OF_CLASS = "course", "a scheme", 1_000, 30
OF_LEARNERS = {"tenant_": 1, "course_": COURSE, "role_": Role.LEARNER.value}


@pytest.fixture
def crowded(store: SqlStore, url: str) -> SqlStore:
    """A course of many classes whose cards are of one scheme, beside others; all are awaited."""
    with transaction(store.engine, writes=True) as connection:
        for course in (COURSE, "b", "c", "d", "e", "f", "g", "h"):
            keys = [
                {
                    "tenant": 1,
                    "course": course,
                    "person": f"person {number:05}",
                    "role": Role.LEARNER.value,
                    "class": f"class {number // OF_CLASS:03}",
                }
                for number in range(CARDS)
            ]
            plain = {"version": 1, "digest": b"", "hundredths": 0, "state": "fail", "scheme": SCHEME}
            plain |= {"evidence": "", "as_of": 1, "valid_until": 9, "scored_at": 1, "card": "{}" * 200}
            connection.execute(insert(tables.scorecard), [key | plain for key in keys])
            connection.execute(insert(tables.foretold), [key | {"state": "fail"} for key in keys])
    if engine_of(url) == "postgres":
        with psycopg.connect(url, autocommit=True) as connection:
            connection.execute("VACUUM ANALYZE")
    return store


@contextmanager
def heard(store: SqlStore) -> Iterator[list[tuple[str, Any]]]:
    """What SQLAlchemy says to the driver about cards."""
    said: list[tuple[str, Any]] = []

    def hear(_c: object, _cursor: object, statement: str, parameters: Any, *_: object) -> None:
        if "FROM scorecard" in statement:
            said.append((statement, parameters))

    event.listen(store.engine, "before_cursor_execute", hear)
    yield said
    event.remove(store.engine, "before_cursor_execute", hear)


def is_by(plan: str, index: str) -> bool:
    reads_through = any(word in plan for word in ("Seq Scan", "SCAN scorecard", "SCAN foretold"))
    return index in plan and not reads_through


@pytest.mark.parametrize(
    ("asks", "index"),
    [
        pytest.param(
            lambda t: t.is_behind(COURSE, scheme=SCHEME, roles=[Role.LEARNER]),
            "ix_scorecard_tenant_course_scheme",
            id="whether a card is by other rules",
        ),
        pytest.param(
            lambda t: bool(t.ahead(COURSE, of=5)),
            "ix_scorecard_tenant_course_as_of",
            id="whose card is of a wrong clock",
        ),
        pytest.param(
            lambda t: bool(t.expired(COURSE, at=5)),
            "ix_scorecard_tenant_course_valid_until",
            id="whose time has come",
        ),
    ],
)
def test_whoever_looks_around_reads_no_card(
    crowded: SqlStore, asks: Callable[[Any], bool], index: str
) -> None:
    with heard(crowded) as said, crowded.reading() as view:
        assert not asks(view)
    ((told, values),) = said
    plan = plan_of(crowded, told, values)
    assert is_by(plan, index), plan


def test_awaited_cards_of_a_class_are_counted_by_those_of_the_class(crowded: SqlStore) -> None:
    plan = plan_of_built(crowded, COUNTS_IN, **OF_LEARNERS, classes_=list_parameter(["class 007"]))
    assert is_by(plan, "ix_foretold_tenant_course_role_class_state"), plan


def test_those_of_a_course_are_counted_without_their_figures(crowded: SqlStore, url: str) -> None:
    """On a server as far as nobody else, in whatever database of it, still sees rows of before."""
    plan = plan_of_built(crowded, COUNTS, **OF_LEARNERS)
    assert is_by(plan, "ix_foretold_tenant_course_role_class_state"), plan
    assert engine_of(url) == "postgres" or "COVERING INDEX" in plan, plan


def test_who_is_still_to_be_counted_is_not_looked_for_among_all_who_are_counted(crowded: SqlStore) -> None:
    marked = list_parameter(range(CARDS))
    plan = plan_of_built(crowded, UNCOUNTED, tenant_=1, course_=COURSE, since_=1, accounts_=marked)
    assert "SCAN scorecard" not in plan, plan
    assert "as_of>" not in plan, plan
