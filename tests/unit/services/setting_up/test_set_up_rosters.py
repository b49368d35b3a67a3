"""Setting up a course of a platform that is no Moodle of the settings: its roster tells who learns."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from lms_scoring.domain.evidence import Purpose
from lms_scoring.domain.registration import Approval
from lms_scoring.files.course_file import CourseFile, parse_course
from lms_scoring.ports import Launched, PlatformCourse, Visitor
from lms_scoring.services.setting_up.new_course import Choice, GoesOn, ListedRoster
from lms_scoring.services.setting_up.set_up import SetUp
from tests.contract.story import REGISTRATION
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.claimed import Supplying, offer, rostered
from tests.fixtures.courses.scripted import LRS, MOODLE, StandingClock

CLOCK = StandingClock()
CHOICE = Choice(scheme=offer(), title="新课程", record_store=LRS)
PLACE = PlatformCourse(
    registration=1, context="42", title="研修课程", course=None, deployment="1", roster_url="r", seen_at=1
)
CLAIMER = Visitor(
    person="lti1-2",
    launched=Launched(registration=1, context="42", subject="2", course=None, staff=True, administrator=True),
)
SESSION = GoesOn(digest="digest", lasts=1_000, idle=100)


def store_of(platform: str | None = None, *, standing: Approval = Approval.ACTIVE) -> MemoryStore:
    store = MemoryStore()
    ours = replace(REGISTRATION, platform=platform, standing=standing, deployments={"1": Approval.ACTIVE})
    with store.writing() as transaction:
        transaction.keep_registration(ours, at=1)
        transaction.keep_platform_course(PLACE)
    return store


@pytest.fixture
def supplying() -> Supplying:
    return Supplying(roster=rostered(1))


def read(store: MemoryStore, supplying: Supplying) -> SetUp:
    set_up = supplying.set_up(store, CLOCK)
    set_up.read(CLAIMER, CHOICE)
    return set_up


def file_of(text: str) -> CourseFile:
    return parse_course(text, name="a new course", folder=Path())


def kinds(supplying: Supplying) -> list[tuple[str, str]]:
    return [(one.name, one.kind) for one in supplying.made]


def test_the_platforms_roster_is_read(supplying: Supplying) -> None:
    set_up = read(store_of(), supplying)
    assert set_up.offered(CLAIMER).roster
    assert kinds(supplying) == [("lti-1", "lti"), (LRS, "xapi")]
    assert supplying.made[0].course == "42"
    assert len(supplying.roster.asked) == 1


def test_a_platforms_moodle_is_read_instead_of_its_roster(supplying: Supplying) -> None:
    set_up = read(store_of(MOODLE), supplying)
    assert not set_up.offered(CLAIMER).roster
    assert kinds(supplying) == [(MOODLE, "moodle"), (LRS, "xapi")]
    assert set_up.listed(CLAIMER, CHOICE).roster is None


def test_a_platform_that_grants_no_roster_offers_none(supplying: Supplying) -> None:
    store = store_of(standing=Approval.DISABLED)
    set_up = read(store, supplying)
    assert not set_up.offered(CLAIMER).roster
    assert kinds(supplying) == [(LRS, "xapi")]


def test_what_was_read_says_how_many_learn_and_as_of_when(supplying: Supplying) -> None:
    listed = read(store_of(), supplying).listed(CLAIMER, CHOICE)
    assert listed.roster == ListedRoster(source="lti-1", learners=2, inactive=1, as_of=CLOCK.now())
    assert [(one.source, one.is_roster) for one in listed.sources] == [("lti-1", True), (LRS, False)]


def test_everybody_who_learns_has_a_first_score(supplying: Supplying) -> None:
    preview = read(store_of(), supplying).preview(CLAIMER, CHOICE, {})
    assert sorted((one.name, one.active) for one in preview.cards) == [
        ("Chen", False),
        ("Li", True),
        ("Zhao", True),
    ]


def test_what_is_adopted_goes_on_naming_it(supplying: Supplying) -> None:
    store = store_of()
    set_up = read(store, supplying)
    set_up.adopt(CLAIMER, CHOICE, {(LRS, "https://video.example/*"): Purpose.STUDY_TIME}, session=SESSION)
    with store.reading() as transaction:
        kept = transaction.course("lti1-42")
    file = file_of(kept.settings)
    assert [(one.name, one.kind.value) for one in file.sources] == [("lti-1", "lti"), (LRS, "xapi")]
