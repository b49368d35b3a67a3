"""Other rules for a course: which there are, what one would change, and taking on what was shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lms_scoring.course_rules import shipped_schemes, written_scheme
from lms_scoring.domain.errors import CannotBeDecided, NotAllowed, SchemeMistakes
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.ports import Grant, KeptScheme, Visitor
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.deciding.rescore import Rescoring
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.scoring.scheme_shelf import SchemeOffer, SchemeShelf
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    LI,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    members,
    new_store,
    roster,
    rules,
    scored,
    told,
)

CLOCK = StandingClock()
SHELF = SchemeShelf(shipped=shipped_schemes(), read=written_scheme)
COORDINATOR = Visitor(person="office", roles=(Grant(person="office", role="coordinator", course=COURSE),))
EASY = given.shipped("longcheng-2024").text.replace("pass = 80", "pass = 10", 1)
"""Its worked examples no longer come out."""


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = new_store(tmp_path)
    scored(store, roster(LI, ZHAO, WANG, CHEN), told(*members(), *given.topics(12)))
    yield store
    store.close()


def easy() -> SchemeOffer:
    """The same scheme, passed from 10 points on, without its worked examples."""
    return written_scheme(given.passing_from(10))


def rescoring(store: SqlStore) -> Rescoring:
    return Rescoring(store, rules(), SHELF, clock=CLOCK)


def test_what_ships_is_offered_and_what_was_used_here_each_once(store: SqlStore) -> None:
    used, spoilt = easy(), KeptScheme(fingerprint="f" * 64, name="spoilt", text="not a scheme")
    with store.writing() as transaction:
        kept = KeptScheme(fingerprint=used.scheme.fingerprint, name=used.name, text=used.text)
        for scheme in (kept, spoilt, KeptScheme(fingerprint="e" * 64, name="other", text=used.text)):
            transaction.keep_scheme(scheme)
    offered = [one.key for one in rescoring(store).offered(COORDINATOR)]
    assert offered == [*(one.key for one in shipped_schemes()), used.key]


def test_a_written_scheme_is_refused_with_every_mistake(store: SqlStore) -> None:
    with pytest.raises(SchemeMistakes) as refused:
        rescoring(store).written(COORDINATOR, 'format = 2\nid = "A"\n')
    assert {mistake.place for mistake in refused.value.mistakes} >= {"format", "id", "title", "window"}


def test_worked_examples_that_do_not_come_out_are_mistakes(store: SqlStore) -> None:
    with pytest.raises(SchemeMistakes) as refused:
        rescoring(store).written(COORDINATOR, EASY)
    assert all("example" in mistake.place for mistake in refused.value.mistakes)


def test_what_was_shown_is_taken_on_with_its_reason(store: SqlStore) -> None:
    one, offer = rescoring(store), easy()
    foreseen = one.foresee(COORDINATOR, offer)
    assert [flip.person for flip in foreseen.flips] == [LI]
    assert one.take_on(COORDINATOR, offer, reason="as the county says", seen=foreseen.mark)
    with store.reading() as transaction:
        course, (act,) = transaction.course(COURSE), transaction.acts()
        assert transaction.scheme(course.scheme).text == offer.text
        assert {row.card.scheme for row in transaction.board(COURSE)} == {offer.scheme.fingerprint}
    assert (act.by, act.reason) == ("office", "as the county says")


def test_what_was_never_shown_is_not_taken_on(store: SqlStore) -> None:
    assert not rescoring(store).take_on(COORDINATOR, easy(), reason="because", seen="something else")
    with store.reading() as transaction:
        assert transaction.course(COURSE).scheme == given.main_scheme().fingerprint


def test_what_a_sync_has_changed_since_it_was_shown_is_not_taken_on(store: SqlStore) -> None:
    one, offer = rescoring(store), easy()
    mark = one.foresee(COORDINATOR, offer).mark
    of_zhao = [given.topic(f"z{number}", person=ZHAO) for number in range(11)]
    collect(COURSE, ScriptedSource([told(*of_zhao)]), store, clock=CLOCK)
    assess(rules(), store, clock=CLOCK)
    assert not one.take_on(COORDINATOR, offer, reason="because", seen=mark)
    foreseen = one.foresee(COORDINATOR, offer)
    assert {flip.person for flip in foreseen.flips} == {LI, ZHAO}
    assert one.take_on(COORDINATOR, offer, reason="because", seen=foreseen.mark)


def test_rules_are_not_taken_on_from_others_than_those_shown(store: SqlStore) -> None:
    """Somebody else adopted a course file meanwhile: its bindings are not put back unseen."""
    one, offer = rescoring(store), easy()
    mark = one.foresee(COORDINATOR, offer).mark
    with store.writing() as transaction:
        transaction.keep_course(replace(transaction.course(COURSE), settings="edited"))
    assert not one.take_on(COORDINATOR, offer, reason="because", seen=mark)
    with store.reading() as transaction:
        assert transaction.course(COURSE).settings == "edited"


def test_nothing_is_taken_on_without_a_reason(store: SqlStore) -> None:
    one, offer = rescoring(store), easy()
    mark = one.foresee(COORDINATOR, offer).mark
    with pytest.raises(CannotBeDecided, check=lambda error: error.why is Obstacle.NO_REASON):
        one.take_on(COORDINATOR, offer, reason=" ", seen=mark)


@pytest.mark.parametrize("who", [LI, WANG])
def test_other_rules_are_for_who_sees_the_whole_course(store: SqlStore, who: str) -> None:
    one, visitor = rescoring(store), Visitor(person=who)
    for ask in (
        lambda: one.offered(visitor),
        lambda: one.written(visitor, EASY),
        lambda: one.foresee(visitor, easy()),
        lambda: one.take_on(visitor, easy(), reason="mine", seen=""),
    ):
        with pytest.raises(NotAllowed):
            ask()
