"""Contract: what no database can keep is set aside, and everything beside it is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.ports import Batch, RunState, Store
from lms_scoring.services.collecting.collect import Collected, collect
from tests.contract.story import COURSE, MOODLE, WANG, member, user
from tests.fixtures.courses.scripted import ScriptedSource, StandingClock

SPOILT = ["a\0b", "a\ud800b"]


def read(store: Store, *batches: Batch, source: str = MOODLE) -> Collected:
    """One sync; the cursor has moved, so that no later one meets the same again."""
    given = [*batches, Batch(cursor="after")]
    done = collect(COURSE, ScriptedSource(given, name=source), store, clock=StandingClock())
    with store.reading() as transaction:
        assert transaction.cursor(COURSE, source) == "after"
    assert done.state is RunState.DONE
    return done


def set_aside(store: Store) -> list[str]:
    with store.reading() as transaction:
        return sorted(one.aside.subject for one in transaction.quarantined(course=COURSE))


@pytest.mark.parametrize("id_", SPOILT)
def test_a_person_of_a_spoilt_id_is_set_aside_with_the_membership(store: Store, id_: str) -> None:
    nobody = replace(WANG, id=id_, accounts=(user(7), f"openid:{id_}"))
    lost = member(7, id=id_, person=f"openid:{id_}")
    done = read(store, Batch(people=[nobody, WANG]), Batch(records=[lost, member(2)]))
    assert (done.kept.new, done.kept.refused) == (1, 2)
    assert set_aside(store) == ["a?b", "membership a?b"]
    with store.reading() as transaction:
        assert [one.id for one in transaction.people(COURSE)] == [WANG.id]
