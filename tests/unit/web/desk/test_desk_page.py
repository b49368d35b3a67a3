"""What the pages of the desk show: of how many works the number is advised."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.ports import Visitor
from lms_scoring.services.viewing.tutor_desk import TutorDesk
from lms_scoring.web.desk.desk_page import MOST, choices_of, to_do
from tests import given
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import (
    LI,
    WANG,
    ZHAO,
    StandingClock,
    adopt_course,
    members,
    roster,
    rules,
    scored,
    told,
)

HALF = given.scheme_with("recommending", role=ev.Role.TUTOR, advised_percent=Fraction(50))
TUTOR = Visitor(person=WANG)
THEIRS: tuple[ev.Record, ...] = (
    given.homework("of li"),
    given.homework("of zhao", person=ZHAO),
    given.journal("journal"),
)
OWN: tuple[ev.Record, ...] = (given.membership(WANG), given.homework("own", person=WANG))


def desk_beside(*own: ev.Record) -> TutorDesk:
    store = MemoryStore()
    adopt_course(store)
    scored(store, roster(LI, ZHAO, WANG), told(*members(), *THEIRS, *own))
    return TutorDesk(store, rules(), clock=StandingClock(given.AFTER), activity_kinds={})


@pytest.mark.parametrize("own", [(), OWN], ids=["guides alone", "learns too"])
def test_what_is_advised_is_of_the_works_of_others(own: tuple[ev.Record, ...]) -> None:
    """Half of three; half of four would be two."""
    desk, duties = desk_beside(*own).duties(TUTOR)
    (choice,) = choices_of(desk, HALF)
    (task,) = to_do(desk, duties, HALF)
    assert choice.advised == task.advised == 2
    assert len(choice.open) == len(task.open) == 3
    assert len(choice.others) == 3 + len(own) // 2, "the own work is listed all the same"


def test_works_that_there_is_no_room_for_are_counted_with_the_rest() -> None:
    desk = desk_beside().desk(TUTOR)
    (works,) = desk.works
    many = replace(works, works=[*works.works] * (MOST // 3 + 1))
    (choice,) = choices_of(replace(desk, works=[many]), HALF)
    assert (choice.not_recommended, len(choice.others), choice.more) == (MOST + 1, MOST, 1)
