"""Recommending: what is refused, what is kept, and that cards follow at once."""

from __future__ import annotations

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import Action
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.deciding.enter import (
    Wish,
    made,
)
from lms_scoring.services.scoring.assess import assess
from tests import given
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.deciding import (
    SUN,
    WORK,
    Office,
    opened,
    recommend,
    take_back,
    wish,
)
from tests.fixtures.courses.scripted import COURSE, LI, WANG, ScriptedSource, members, told


@pytest.fixture
def office() -> Office:
    """In memory; the commands' own tests decide in a database."""
    return opened(MemoryStore())


@pytest.mark.parametrize("work", ["moodle/work", "moodle/journal", "moodle/late", "moodle/of zhao"])
def test_a_tutor_recommends_a_work_of_the_class_whatever_its_mark(office: Office, work: str) -> None:
    assert office.kept(recommend(work)) == ev.Recommendation(
        id=f"here/wang/{work}", submission=work, by=WANG, at=office.clock.at
    )
    assert office.total(WANG, ev.Role.TUTOR) == 20


def test_recommending_again_changes_nothing(office: Office) -> None:
    office.enter(recommend())
    assert office.enter(recommend()).entry is None
    assert len(made(office.rules, office.store)) == 1


def test_what_is_taken_back_no_longer_counts_and_may_be_recommended_again(office: Office) -> None:
    office.enter(recommend())
    office.enter(take_back())
    assert office.total(WANG, ev.Role.TUTOR) == 0
    assert office.enter(take_back()).entry is None
    assert [one.in_force for one in made(office.rules, office.store, person=WANG)] == [False, True]
    assert "say with --reason why it is recommended again" in str(office.refused(recommend()))
    office.enter(recommend(reason="not copied after all"))
    assert office.total(WANG, ev.Role.TUTOR) == 20
    assert [one.in_force for one in made(office.rules, office.store, person=WANG)] == [True, False, True]


NOT_RECOMMENDED: list[tuple[Wish, Obstacle, str]] = [
    (
        recommend("moodle/of chen"),
        Obstacle.OF_ANOTHER,
        "moodle/of chen is a work of chen, who is in no class of wang",
    ),
    (
        recommend("moodle/of zhao", tutor=SUN),
        Obstacle.OF_ANOTHER,
        "is a work of zhao, who is in no class of sun",
    ),
    (recommend("moodle/draft"), Obstacle.COUNTS_FOR_NOTHING, "does not count as handed in (draft)"),
    (
        recommend("moodle/too late"),
        Obstacle.COUNTS_FOR_NOTHING,
        "does not count as handed in (outside window)",
    ),
    (
        recommend("moodle/topic 1"),
        Obstacle.NO_RECORD,
        "no learner in course has a homework or journal 'moodle/topic 1'",
    ),
    (recommend("moodle/unbound"), Obstacle.NO_RECORD, "no learner in course has a homework or journal"),
    (
        recommend(tutor=LI),
        Obstacle.NO_TUTOR,
        "li is no tutor in course, and only tutors recommend; there are: sun, wang",
    ),
    (take_back(), Obstacle.NOTHING_TO_UNDO, "wang never recommended moodle/work"),
    (
        take_back(tutor=LI),
        Obstacle.NO_TUTOR,
        "li is no tutor in course",
    ),
]


@pytest.mark.parametrize(
    ("asked", "why", "said"), NOT_RECOMMENDED, ids=[said for _, _, said in NOT_RECOMMENDED]
)
def test_what_cannot_be_recommended_is_refused_with_a_reason(
    office: Office, asked: Wish, why: Obstacle, said: str
) -> None:
    refusal = office.refused(asked)
    assert (refusal.why, said in str(refusal)) == (why, True)


def test_a_voided_work_cannot_be_recommended(office: Office) -> None:
    office.enter(wish(Action.VOID, WORK))
    assert "does not count as handed in (voided)" in str(office.refused(recommend()))


def test_nobody_recommends_the_own_work(office: Office) -> None:
    """Of who learns and guides in one class."""
    guides = ScriptedSource([told(*members(), given.tutor(LI))])
    collect(COURSE, guides, office.store, clock=office.clock)
    assess(office.rules, office.store, clock=office.clock)
    refusal = office.refused(recommend(tutor=LI))
    assert (refusal.why, "moodle/work is li's own work" in str(refusal)) == (Obstacle.OWN_SCORE, True)
    office.enter(recommend("moodle/of zhao", tutor=LI))
    assert office.total(LI, ev.Role.TUTOR) == 20 + 2
