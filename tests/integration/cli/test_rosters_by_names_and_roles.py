"""A course whose people only an LTI platform knows: its roster is a source like any other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pytest_httpserver import HTTPServer

from lms_scoring.demonstration.running import Options, RunningMoodle, running_moodle
from lms_scoring.domain.evidence import Membership, MembershipStatus, Role
from lms_scoring.domain.registration import Approval
from lms_scoring.files.course_file import parse_course
from lms_scoring.ports import SendState
from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.typed import typed

from .gradebook import OwnMoodle

PLAIN = "plain"
TEXT = """
format = 1
id = "plain"
title = "只有学习记录库的课程"
scheme = "longcheng-2024"

[[source]]
name = "lrs"
kind = "xapi"

[[bind]]
as = "study_time"
source = "lrs"
activities = ["https://video.example.edu/v/*"]
"""


@pytest.fixture
def elsewhere() -> Iterator[RunningMoodle]:
    """A platform of which the settings know nothing."""
    with running_moodle(Options(learners=10)) as running:
        yield running


@pytest.fixture
def plain(here: Site, elsewhere: RunningMoodle, httpserver: HTTPServer) -> OwnMoodle:
    """A course without a Moodle, launched from there."""
    folder = here.installation.settings.courses
    here.adopt_file(parse_course(TEXT, name=PLAIN, folder=folder))
    return OwnMoodle(elsewhere, here, httpserver, platform=None, course=PLAIN)


def members(plain: OwnMoodle) -> dict[str, Membership]:
    with plain.site.installation.store.reading() as transaction:
        return {one.person: one for one in transaction.memberships(PLAIN)}


def active(plain: OwnMoodle) -> set[str]:
    return {one.person for one in members(plain).values() if one.status is MembershipStatus.ACTIVE}


def called_learners(plain: OwnMoodle) -> set[str]:
    """The tutors of the two classes, whom a Moodle's roster calls learners."""
    return {f"{prefix(plain)}{user}" for user in (63, 64)}


def prefix(plain: OwnMoodle) -> str:
    return f"lti{plain.registration}-"


def test_everybody_whom_the_platform_calls_a_learner_is_one(plain: OwnMoodle) -> None:
    done = typed("sync", PLAIN)
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"plain lti-{plain.registration}: done; " in done.stdout
    sources = frozenset({"lrs", f"lti-{plain.registration}"})
    assert plain.site.installation.rules(PLAIN).sources == sources
    found = members(plain)
    assert len(found) >= 10
    assert {one.role for one in found.values()} == {Role.LEARNER}
    assert all(person.startswith(prefix(plain)) for person in found)
    assert {one.source for one in found.values()} == {f"lti-{plain.registration}"}
    with plain.site.installation.store.reading() as transaction:
        assert all(one.name for one in transaction.people(PLAIN) if one.id in found)


def test_who_is_no_longer_named_is_withdrawn_and_comes_back(plain: OwnMoodle) -> None:
    typed("sync", PLAIN)
    before = active(plain)
    gone = min(before)
    user = int(gone.removeprefix(prefix(plain)))
    plain.moodle.change("unenrol", user=user)
    assert typed("sync", PLAIN).exit_code == 0
    assert before - active(plain) == {gone}


def test_most_of_the_course_missing_at_once_is_held_back(plain: OwnMoodle) -> None:
    typed("sync", PLAIN)
    before = active(plain)
    for person in before - called_learners(plain):
        plain.moodle.change("unenrol", user=int(person.removeprefix(prefix(plain))))
    done = typed("sync", PLAIN)
    assert (done.exit_code, active(plain)) == (1, before)
    assert "mass_disappearance" in done.stderr


def test_a_roster_that_cannot_be_had_withdraws_nobody(plain: OwnMoodle) -> None:
    typed("sync", PLAIN)
    before = active(plain)
    plain.moodle.place_faults.add("unavailable", place="roster", times=2)
    assert typed("sync", PLAIN).exit_code == 1
    assert active(plain) == before


def test_those_who_never_opened_the_tool_get_their_grades_too(plain: OwnMoodle) -> None:
    typed("sync", PLAIN)
    typed("course", "passback", PLAIN, "score", "--yes")
    typed("grades", "send", PLAIN)
    rows = plain.rows()
    assert set(rows) == active(plain)
    sent = {person for person, one in rows.items() if one.state is SendState.SENT}
    assert sent == active(plain) - called_learners(plain)


def test_a_tutor_whom_the_platform_calls_a_learner_is_given_no_grade_there(plain: OwnMoodle) -> None:
    typed("sync", PLAIN)
    typed("course", "passback", PLAIN, "score", "--yes")
    assert typed("grades", "send", PLAIN).exit_code == 1
    for tutor in called_learners(plain):
        assert plain.rows()[tutor].state is SendState.REFUSED
        assert plain.there(int(tutor.removeprefix(prefix(plain)))) is None


def test_a_registration_that_was_revoked_tells_nothing(plain: OwnMoodle) -> None:
    with plain.site.installation.store.writing() as transaction:
        found = transaction.registration(plain.registration)
        transaction.keep_registration(replace(found, standing=Approval.DISABLED), at=2)
    assert [one.name for one in plain.site.installation.sources.of(PLAIN)] == ["lrs"]
