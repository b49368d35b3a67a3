"""An open board: whatever is asked of it, it tells of no more people than the visitor may see."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import pytest

from lms_scoring.domain.board import CLASS, NAME, TOTAL, Chip
from lms_scoring.domain.errors import NotAllowed
from lms_scoring.domain.evidence import Membership, Role
from lms_scoring.ports import BoardAsk, Grant, Visitor
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.services.viewing.open_board import OpenBoard
from tests import given
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    LI,
    PEOPLE,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    adopt_course,
    members,
    roster,
    rules,
    scored,
    told,
)

SUN = "sun"
FIRST, SECOND, THIRD = given.CLASS, "class 2", "class 3"
ADMINISTRATOR = Visitor(person=None, roles=(Grant(person="", role="administrator", course=None),))
TUTOR = Visitor(person=WANG)
CLOCK = StandingClock()


def school() -> list[Membership]:
    """Three classes, of which Wang guides two."""
    guiding = replace(given.tutor(WANG, class_=SECOND), id="second class")
    return [*members(withdrawn=[ZHAO]), guiding, given.membership(SUN, class_=THIRD)]


@pytest.fixture
def store() -> Iterator[MemoryStore]:
    store = MemoryStore()
    people = roster(LI, ZHAO, WANG, CHEN, SUN)
    scored(store, people, told(*school(), *given.topics(2), whole=[PEOPLE]))
    yield store


def seen(
    store: MemoryStore, visitor: Visitor, question: Callable[[OpenBoard], object], **opened: object
) -> object:
    with Consultant(store, rules()).open_board(visitor, **opened) as board:  # type: ignore[arg-type] # tests' words
        return question(board)


def people(board: OpenBoard, **asked: object) -> list[str]:
    asking = BoardAsk(**{"order": NAME, **asked})  # type: ignore[arg-type] # the tests' own words
    lines = [line.person for line in board.lines(asking).lines]
    assert [row.card.person for row in board.cards(asking).rows] == lines
    return lines


def test_who_sees_all_has_all_classes_and_can_choose_one(store: MemoryStore) -> None:
    assert seen(store, ADMINISTRATOR, people) == [CHEN, LI, SUN]
    assert seen(store, ADMINISTRATOR, people, class_=THIRD) == [SUN]
    assert seen(store, ADMINISTRATOR, lambda board: board.classes) == [FIRST, SECOND, THIRD]


def test_a_tutor_of_two_classes_has_both_and_can_choose_one(store: MemoryStore) -> None:
    assert seen(store, TUTOR, people) == [CHEN, LI]
    assert seen(store, TUTOR, people, class_=SECOND) == [CHEN]
    assert seen(store, TUTOR, lambda board: board.classes) == [FIRST, SECOND]
    assert seen(store, TUTOR, lambda board: dict(board.counts)) == {
        Chip.UNREACHABLE: 2,
        Chip.WITHDRAWN: 1,
    }
    medians = seen(store, TUTOR, OpenBoard.medians)
    assert isinstance(medians, dict)
    assert medians[TOTAL].of == 2


@pytest.mark.parametrize(
    "asked",
    [
        {"search": SUN},
        {"search": "s"},
        {"chip": Chip.UNREACHABLE},
        {"withdrawn": True},
        {"order": CLASS, "backwards": True},
        {"first": 0, "rows": 99},
    ],
)
def test_whatever_a_tutor_asks_nobody_of_another_class_is_told(
    store: MemoryStore, asked: dict[str, object]
) -> None:
    found = seen(store, TUTOR, lambda board: people(board, **asked))
    assert isinstance(found, list)
    assert SUN not in found
    assert SUN in str(seen(store, ADMINISTRATOR, lambda board: people(board, **asked)))


@pytest.mark.parametrize("opened", [{"class_": THIRD}, {"class_": "no such class"}, {"role": Role.TUTOR}])
def test_other_classes_and_tutors_are_not_a_tutors_to_see(
    store: MemoryStore, opened: dict[str, object]
) -> None:
    with pytest.raises(NotAllowed):
        seen(store, TUTOR, people, **opened)


@pytest.mark.parametrize("visitor", [TUTOR, ADMINISTRATOR])
def test_a_class_of_which_nobody_is_scored_yet_is_an_empty_board(visitor: Visitor) -> None:
    store = MemoryStore()
    adopt_course(store)
    joining = given.membership("new", class_="class 9")
    guiding = replace(given.tutor(WANG, class_="class 9"), id="ninth class")
    collect(
        COURSE,
        ScriptedSource([roster(LI, ZHAO, WANG, CHEN, "new"), told(*school(), joining, guiding)]),
        store,
        clock=CLOCK,
    )
    assert seen(store, visitor, people, class_="class 9") == []
    assert seen(store, visitor, lambda board: board.classes, class_="class 9") == ["class 9"]
    with pytest.raises(NotAllowed):
        seen(store, visitor, people, class_="no such class")


def test_tutors_have_a_board_for_who_sees_all(store: MemoryStore) -> None:
    assert seen(store, ADMINISTRATOR, people, role=Role.TUTOR) == [WANG, WANG]


def test_a_learner_opens_no_board(store: MemoryStore) -> None:
    with pytest.raises(NotAllowed):
        seen(store, Visitor(person=LI), people)


def test_the_version_is_that_of_the_own_classes(store: MemoryStore) -> None:
    def version(visitor: Visitor) -> object:
        return seen(store, visitor, lambda board: board.version)

    before = version(TUTOR), version(ADMINISTRATOR)
    collect(COURSE, ScriptedSource([told(given.topic("new", person=SUN))]), store, clock=CLOCK)
    assess(rules(), store, clock=CLOCK)
    assert version(TUTOR) == before[0]
    assert version(ADMINISTRATOR) != before[1]
