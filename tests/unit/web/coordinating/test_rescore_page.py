"""A preview's page: what the rules say otherwise, sentence by sentence, and who flips, by class."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from lms_scoring.domain.binding import Bindings
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.scorecard import CardState
from lms_scoring.services.scoring.foresee import Flip, Foreseen
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.web.coordinating.rescore_page import Difference, RescorePage, differences, rescore_page
from tests.contract.story import LI, card
from tests.given import main_scheme, shipped

ROLES = {"learner": "Learners", "tutor": "Tutors"}
PASSED = card(total=Fraction(80), could_become=Fraction(80), state=CardState.PASS)
FAILED = card()


def page(*flips: Flip) -> RescorePage:
    scheme, bindings = passing_at(10), Bindings(bindings=())
    rules = CourseRules(course="c", scheme=scheme, bindings=bindings, sources=frozenset())
    foreseen = Foreseen(
        pinned=None,
        rules=rules,
        flips=flips,
        compared=9,
        changed=2,
        dropped=0,
        unmade=0,
        before={CardState.PASS: 3, CardState.FAIL: 1},
        states={CardState.PENDING: 1, CardState.PASS: 3},
    )
    return rescore_page(foreseen, main_scheme(), language="en", roles=ROLES)


def passing_at(mark: int) -> Scheme:
    scheme = main_scheme()
    learner = replace(scheme.roles[Role.LEARNER], pass_mark=Fraction(mark))
    return replace(scheme, roles={**scheme.roles, Role.LEARNER: learner})


def flip(name: str, class_: str | None, before: object = FAILED, after: object = PASSED) -> Flip:
    return Flip(
        person=f"{LI.id}-{name}",
        name=name,
        role=Role.LEARNER,
        class_=class_,
        before=before,  # type: ignore[arg-type] # cards
        after=after,  # type: ignore[arg-type] # cards
    )


def test_flips_stand_by_class_those_who_fall_first() -> None:
    found = page(
        flip("Zhou", "A"),
        flip("Fang", "A", PASSED, FAILED),
        flip("An", "A"),
        flip("Bo", None, FAILED, FAILED),
    )
    assert [(one.class_, [f.name for f in one.flips]) for one in found.classes] == [
        (None, ["Bo"]),
        ("A", ["Fang", "An", "Zhou"]),
    ]
    assert (found.passing, found.falling, found.banded) == (2, 1, 1)


def test_states_are_counted_before_and_after_in_the_order_of_states() -> None:
    assert page().states == {
        CardState.PASS: (3, 3),
        CardState.PENDING: (0, 1),
        CardState.FAIL: (1, 0),
    }


def test_only_what_is_said_otherwise_is_a_difference() -> None:
    (one,) = differences(main_scheme(), passing_at(60), language="en", roles=ROLES)
    assert one == Difference(
        about="Learners",
        before="Learners: 100 points, passed from 80 on.",
        after="Learners: 100 points, passed from 60 on.",
    )
    assert list(differences(main_scheme(), main_scheme(), language="zh", roles=ROLES)) == []


def test_what_one_of_two_schemes_does_not_have_is_told() -> None:
    found = list(
        differences(main_scheme(), shipped("prefecture-three-bands").scheme, language="en", roles=ROLES)
    )
    about = {one.about: one for one in found}
    assert about["Tutors"].after is None
    assert about["Learners · Journal"].after is None
    assert about["Learners · Journal"].before is not None
