"""What stands in the database and cannot be made out costs whose it is a card, and the tutor of the class."""

from __future__ import annotations

import pytest

from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.scoring.assess import assess
from lms_scoring.store import SqlStore
from tests import given
from tests.contract.story import event
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    LI,
    LRS,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    account_of,
    adopt_course,
    members,
    roster,
    rules,
    told,
)
from tests.fixtures.courses.spoiling import spoil

CLOCK = StandingClock(given.AFTER)


@pytest.fixture
def filled(store: SqlStore) -> SqlStore:
    """Three learners with a topic each, and the tutor of the first two; nobody was scored."""
    adopt_course(store)
    topics = [given.topic(f"by {person}", person=person) for person in (LI, ZHAO, CHEN)]
    batches = [roster(LI, ZHAO, WANG, CHEN), told(*members(), *topics)]
    collect(COURSE, ScriptedSource(batches), store, clock=CLOCK)
    with store.writing() as writer:
        writer.begin_run(COURSE, LRS, at=CLOCK.at)
        writer.keep_events(LRS, [event(f"of {one}", account=account_of(one)) for one in (LI, ZHAO, CHEN)])
    return store


def totals(store: SqlStore) -> dict[str, int]:
    with store.reading() as view:
        return {row.card.person: int(row.card.total) for row in view.board(COURSE)}


def test_of_whom_one_record_cannot_be_read_nobody_else_waits_but_the_tutor(filled: SqlStore) -> None:
    spoil(filled, f"by {LI}")
    done = assess(rules(), filled, clock=CLOCK)
    assert {*done.unmade} == {LI, WANG}, "a tutor's card rests on what all of the class handed in"
    assert totals(filled) == {ZHAO: 1, CHEN: 1}, "each has their own, and nobody what was the next one's"
    with filled.reading() as view:
        assert view.unmade(COURSE) == view.touched(COURSE) == [LI, WANG]


def test_whoever_is_asked_for_next_is_read_whole(filled: SqlStore) -> None:
    spoil(filled, f"by {LI}")
    with filled.reading() as view:
        evidence = view.evidence_of(COURSE, [LI, ZHAO, CHEN])
        with pytest.raises(MalformedEvidence):
            next(evidence)
        for one, person in zip(evidence, (ZHAO, CHEN), strict=True):
            assert one.person.id == person
            assert f"by {person}" in {record.id for record in one.records}
            assert [told_.id for told_ in one.events[LRS]] == [f"of {person}"]
