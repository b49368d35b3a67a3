"""Contract: what no database can keep is set aside, and everything beside it is kept."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain.evidence import Record, Role
from lms_scoring.domain.texts import TaskText
from lms_scoring.ports import Activity, Batch, RunState, Store
from lms_scoring.services.collecting.collect import Collected, collect
from tests.contract.six_learners import keep
from tests.contract.story import (
    CHEN,
    COURSE,
    HOMEWORK,
    LI,
    MOODLE,
    WANG,
    card,
    homework,
    member,
    no_name,
    post,
    records_of,
    user,
)
from tests.fixtures.courses.scripted import ScriptedSource, StandingClock

SPOILT = ["a\0b", "a\ud800b"]
UNFINDABLE = [*SPOILT, no_name()]
KINDS_OF_IT = ["NUL", "no Unicode", "too long"]


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


def naming(text: str) -> list[Record]:
    """A record for each field by which it names others."""
    return [
        homework("h1", activity=text),
        homework("h2", graded_by=text),
        post("p1", forum=text),
        post("p2", parent=text),
        member(4, class_=text),
    ]


@pytest.mark.parametrize("text", UNFINDABLE, ids=KINDS_OF_IT)
def test_a_record_that_names_what_cannot_be_found_is_set_aside(store: Store, text: str) -> None:
    people = Batch(people=[LI, WANG, CHEN])
    spoilt = naming(text)
    done = read(store, people, Batch(records=[member(1), *spoilt, homework("h3")]))
    assert (done.kept.new, done.kept.refused) == (2, len(spoilt))
    assert set_aside(store) == [
        "membership learner-4",
        "post p1",
        "post p2",
        "submission h1",
        "submission h2",
    ]
    assert [one.id for one in records_of(store)] == ["h3"]


def test_the_longest_names_of_people_and_classes_are_kept_together(store: Store) -> None:
    """In one key of scoreboards, and of closings beside the longest id of a record."""
    long = no_name()
    someone, class_ = replace(LI, id=f"{long[:498]}-1"), long[-500:]
    assert read(store, Batch(people=[someone]), Batch(records=[member(1, class_=class_)])).kept.new == 1
    with store.writing() as transaction:
        keep(transaction, card(someone, class_=class_))
        assert transaction.board_classes(COURSE, Role.LEARNER) == [class_]


@pytest.mark.parametrize("text", UNFINDABLE, ids=KINDS_OF_IT)
def test_an_activity_of_a_spoilt_name_is_kept_and_one_of_a_spoilt_id_is_none(store: Store, text: str) -> None:
    named = Activity(id=HOMEWORK, name=text, kind="assign")
    nameless = Activity(id=text, name="", kind="assign")
    tasks = [TaskText(activity=HOMEWORK, text="a\0b"), TaskText(activity=text, text="x")]
    read(store, Batch(activities=[named, nameless], tasks=tasks))
    with store.reading() as transaction:
        ((_, kept),) = transaction.activities(COURSE)
    assert (kept.id, kept.name) == (HOMEWORK, text if text == no_name() else "a?b")
