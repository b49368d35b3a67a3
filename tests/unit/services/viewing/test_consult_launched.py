"""Consulting after a launch: one course, and a tutor only where the platform says staff."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import NotAllowed
from lms_scoring.domain.evidence import Role
from lms_scoring.ports import Grant, Launched, Visitor
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.services.viewing.sync_report import sync_report_of
from tests import given
from tests.contract.story import REGISTRATION
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    LI,
    MOODLE,
    PEOPLE,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    adopt_course,
    members,
    roster,
    rules,
    told,
)

CLOCK = StandingClock()
SECOND_CLASS = frozenset({"12"})
"""The group that is chen's class."""


def grouped(records: Sequence[ev.Membership]) -> list[ev.Membership]:
    """Memberships with ids as a Moodle's have them, the group last."""
    groups = {given.CLASS: 5, "class 2": 12, None: 0}
    return [replace(m, id=f"7-{m.role}-{m.person}-{groups[m.class_]}") for m in records]


def launched(person: str | None, *, course: str | None = COURSE, **told_: Any) -> Visitor:
    """Who came by a launch of the course."""
    plain = Launched(registration=1, context="3", subject="63", course=course)
    return Visitor(person=person, launched=replace(plain, **told_))


@pytest.fixture
def store() -> MemoryStore:
    """Two classes, the first with a tutor; launches come from the Moodle that the people are of."""
    store = MemoryStore()
    adopt_course(store)
    sync(store, members())
    with store.writing() as transaction:
        transaction.keep_registration(replace(REGISTRATION, platform=MOODLE), at=1)
        transaction.keep_registration(replace(REGISTRATION, client_id="x", platform="another"), at=1)
        transaction.keep_registration(replace(REGISTRATION, client_id="y"), at=1)
    return store


def sync(store: MemoryStore, memberships: Sequence[ev.Membership]) -> None:
    batches = [roster(LI, ZHAO, WANG, CHEN), told(*grouped(memberships), whole=[PEOPLE])]
    collect(COURSE, ScriptedSource(batches), store, clock=CLOCK)
    assess(rules(), store, clock=CLOCK)


def sees(store: MemoryStore, visitor: Visitor) -> set[str]:
    """Whose cards as learners are on the visitor's board."""
    return {row.card.person for row in Consultant(store, rules()).board(visitor).rows}


def grant(store: MemoryStore, person: str, role: str, course: str | None) -> None:
    with store.writing() as transaction:
        transaction.keep_grant(Grant(person=person, role=role, course=course))


def test_a_launch_of_another_course_shows_nothing_even_to_who_may_see_all(store: MemoryStore) -> None:
    grant(store, LI, "administrator", None)
    desk = Consultant(store, rules())
    assert desk.view(launched(LI)).everything
    for visitor in (launched(LI, course="other"), launched(LI, course=None)):
        for question in (
            desk.view,
            desk.board,
            lambda who: sync_report_of(rules(), store, who),
            lambda who: desk.status(who, LI),
        ):
            with pytest.raises(NotAllowed):
                question(visitor)


def test_a_launched_learner_sees_the_own_card_alone(store: MemoryStore) -> None:
    desk, visitor = Consultant(store, rules()), launched(LI, learner=True)
    (status,) = desk.status(visitor, LI)
    assert status.person.id == LI
    with pytest.raises(NotAllowed):
        desk.status(visitor, ZHAO)
    with pytest.raises(NotAllowed):
        desk.board(visitor)


def test_launched_staff_are_tutors_of_the_classes_they_belong_to(store: MemoryStore) -> None:
    assert sees(store, launched(WANG, staff=True)) == {LI, ZHAO}


def test_a_tutor_whom_the_launch_calls_no_staff_has_no_part_here(store: MemoryStore) -> None:
    desk = Consultant(store, rules())
    for question in (desk.view, desk.board, lambda who: desk.status(who, WANG)):
        with pytest.raises(NotAllowed):
            question(launched(WANG, learner=True))


def test_who_learns_and_guides_has_both_cards_only_as_staff(store: MemoryStore) -> None:
    sync(store, [*members(), given.tutor(LI, class_="class 2")])
    desk = Consultant(store, rules())
    as_staff, as_learner = launched(LI, learner=True, staff=True), launched(LI, learner=True)
    assert {one.membership.role for one in desk.status(as_staff, LI)} == {Role.LEARNER, Role.TUTOR}
    assert {one.membership.role for one in desk.status(as_learner, LI)} == {Role.LEARNER}
    assert desk.view(as_staff).roles == frozenset(Role)
    assert desk.view(as_learner).roles == frozenset({Role.LEARNER})
    assert sees(store, as_staff) == {CHEN}
    with pytest.raises(NotAllowed):
        desk.board(as_learner)


def test_a_learner_whom_the_launch_calls_staff_still_has_the_own_card_and_no_class(
    store: MemoryStore,
) -> None:
    desk, visitor = Consultant(store, rules()), launched(LI, staff=True)
    assert [one.membership.role for one in desk.status(visitor, LI)] == [Role.LEARNER]
    with pytest.raises(NotAllowed):
        desk.board(visitor)


@pytest.mark.parametrize("groups", [frozenset(), frozenset({"5"})])
def test_launched_tutors_of_a_class_see_nothing_of_each_other(
    store: MemoryStore, groups: frozenset[str]
) -> None:
    sync(store, [*members(), given.tutor(CHEN)])
    desk = Consultant(store, rules())
    for one, another in ((WANG, CHEN), (CHEN, WANG)):
        visitor = launched(one, staff=True, groups=groups)
        with pytest.raises(NotAllowed):
            desk.board(visitor, role=Role.TUTOR)
        assert Role.TUTOR in {card.membership.role for card in desk.status(visitor, one)}
        with pytest.raises(NotAllowed):
            desk.status(visitor, another)


def test_staff_are_tutors_of_their_platforms_groups(store: MemoryStore) -> None:
    assert sees(store, launched("moodle-99", staff=True, groups=SECOND_CLASS)) == {CHEN}
    assert sees(store, launched(None, staff=True, groups=SECOND_CLASS)) == {CHEN}
    assert sees(store, launched(WANG, staff=True, groups=SECOND_CLASS)) == {LI, ZHAO, CHEN}


def test_staff_decide_about_learners_of_their_platforms_groups(store: MemoryStore) -> None:
    desk, visitor = Consultant(store, rules()), launched("moodle-99", staff=True, groups=SECOND_CLASS)
    assert [one.person.id for one in desk.to_decide_about(visitor, CHEN).statuses] == [CHEN]
    with pytest.raises(NotAllowed):
        desk.to_decide_about(visitor, LI)


def test_a_platforms_test_user_decides_nothing_for_nobody_could_say_later_who_it_was(
    store: MemoryStore,
) -> None:
    desk, visitor = Consultant(store, rules()), launched(None, staff=True, groups=SECOND_CLASS)
    assert [one.may_decide for one in desk.status(visitor, CHEN)] == [False]
    with pytest.raises(NotAllowed):
        desk.to_decide_about(visitor, CHEN)


def test_a_platforms_test_user_never_sees_the_whole_course(store: MemoryStore) -> None:
    role = Grant(person="", role="coordinator", course=COURSE)
    visitor = replace(launched(None, staff=True, groups=SECOND_CLASS), roles=(role,))
    desk = Consultant(store, rules())
    assert not desk.view(visitor).everything
    assert sees(store, visitor) == {CHEN}
    with pytest.raises(NotAllowed, match="coordinators and administrators"):
        sync_report_of(rules(), store, visitor)


def test_groups_of_who_is_no_staff_give_nothing(store: MemoryStore) -> None:
    desk = Consultant(store, rules())
    with pytest.raises(NotAllowed):
        desk.view(launched("moodle-99", learner=True, groups=SECOND_CLASS))
    assert desk.view(launched(LI, learner=True, groups=SECOND_CLASS)).classes == frozenset()


@pytest.mark.parametrize(
    "told_",
    [
        pytest.param({"groups": frozenset({"2", "1"})}, id="a part of a group's id"),
        pytest.param({"groups": frozenset({"99"})}, id="a group that nobody is in"),
        pytest.param({"groups": frozenset({"0"})}, id="no group"),
        pytest.param({"groups": frozenset({"class 2", ""})}, id="a class's name"),
        pytest.param({"groups": frozenset()}, id="in no group"),
        pytest.param({"groups": None}, id="not told"),
        pytest.param({"groups": SECOND_CLASS, "registration": 2}, id="another platform's group"),
        pytest.param({"groups": SECOND_CLASS, "registration": 3}, id="a platform that nothing is read from"),
    ],
)
def test_staff_without_any_class_are_told_so(store: MemoryStore, told_: dict[str, Any]) -> None:
    sync(store, [*members(without=[ZHAO]), given.membership(ZHAO, class_=None)])
    with pytest.raises(NotAllowed, match="no class of yours is known"):
        Consultant(store, rules()).view(launched("moodle-99", staff=True, **told_))


def test_a_group_has_the_name_of_today(store: MemoryStore) -> None:
    """Group 12 was renamed, and a new group bears its former name."""
    moved = replace(given.membership(ZHAO, class_="class 2"), id=f"7-learner-{ZHAO}-30")
    left = replace(given.membership(LI, class_="class 2"), status=ev.MembershipStatus.WITHDRAWN)
    today = [
        *grouped([given.tutor(), left]),
        replace(given.membership(CHEN, class_="former 2"), id="7-learner-chen-12"),
        moved,
    ]
    collect(COURSE, ScriptedSource([told(*today, whole=[PEOPLE])]), store, clock=CLOCK)
    assess(rules(), store, clock=CLOCK)
    assert sees(store, launched("moodle-99", staff=True, groups=SECOND_CLASS)) == {CHEN}


@pytest.mark.parametrize("course", [COURSE, None])
def test_a_grant_counts_after_a_launch_of_its_course(store: MemoryStore, course: str | None) -> None:
    grant(store, "moodle-99", "coordinator", course)
    for learner, staff in ((True, False), (False, True), (False, False)):
        visitor = launched("moodle-99", learner=learner, staff=staff)
        assert sees(store, visitor) == {LI, ZHAO, CHEN}


def test_a_grant_of_another_course_gives_nothing_here(store: MemoryStore) -> None:
    grant(store, "moodle-99", "coordinator", "other")
    with pytest.raises(NotAllowed):
        Consultant(store, rules()).view(launched("moodle-99", staff=True))


def test_an_administrator_of_the_platform_is_nothing_here(store: MemoryStore) -> None:
    with pytest.raises(NotAllowed):
        Consultant(store, rules()).view(launched("moodle-99", staff=True, administrator=True))
    with pytest.raises(NotAllowed):
        Consultant(store, rules()).view(launched(None, administrator=True))
