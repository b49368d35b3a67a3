"""A Moodle whose administrator chose "grade sync only": grades go into the activity's own column."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest
from pytest_httpserver import HTTPServer

from lms_scoring.demonstration.running import Options, running_moodle
from lms_scoring.lti.claims import Scope
from lms_scoring.ports import SendState
from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.typed import typed

from .gradebook import AN_HOUR, COURSE, OwnMoodle

SYNC_ONLY = (Scope.LINE_ITEM_READ, Scope.RESULT_READ, Scope.SCORE, Scope.MEMBERSHIP)
"""What a Moodle grants then (`gradebookservices::get_permitted_scopes`): no column may be made."""
ACTIVITY = "研修状态"


@pytest.fixture
def moodle(here: Site, httpserver: HTTPServer) -> Iterator[OwnMoodle]:
    with running_moodle(Options(learners=10)) as running:
        yield OwnMoodle(running, here, httpserver, services=SYNC_ONLY)


@pytest.fixture
def sending(moodle: OwnMoodle) -> OwnMoodle:
    assert typed("course", "passback", COURSE, "score", "--yes").exit_code == 0
    moodle.date_back(seconds=2 * AN_HOUR)
    assert typed("sync", COURSE).exit_code == 0
    return moodle


def numbers(moodle: OwnMoodle) -> dict[int, Fraction]:
    """What was sent, by user id."""
    return {int(person.removeprefix("moodle-")): row.given for person, row in moodle.rows().items()}


def test_every_grade_goes_into_the_activitys_own_column_and_none_is_made(sending: OwnMoodle) -> None:
    assert sending.columns() == {ACTIVITY: True}
    assert {one.state for one in sending.rows().values()} == {SendState.SENT}
    sent = numbers(sending)
    assert len(sent) == 10
    assert {user: sending.there(user) for user in sent} == sent
    place = sending.place()
    assert place.line_item == place.own_line_item is not None


def test_an_activity_that_is_opened_later_does_not_take_the_grades_over(sending: OwnMoodle) -> None:
    first = sending.place().own_line_item
    tool = int(sending.place().deployment)
    second = sending.moodle.change("add_activity", title="第二个入口", tool=tool)
    sending.open(second["cmid"])
    assert sending.place().own_line_item != first
    done = typed("grades", "send", COURSE, "--force")
    assert (done.exit_code, "10 sent" in done.stdout) == (0, True)
    assert sending.place().line_item == first
    assert sending.columns() == {ACTIVITY: True, "第二个入口": False}


def test_what_a_teacher_entered_in_the_own_column_stays_though_we_insist(
    sending: OwnMoodle,
) -> None:
    """A Moodle takes the score, and shows the override: that is said, and nobody calls ours sent."""
    user = min(numbers(sending))
    sending.override(user, 12)
    done = typed("grades", "send", COURSE, "--force")
    assert (done.exit_code, "9 sent" in done.stdout) == (0, True)
    assert f"kept back: moodle-{user}: the gradebook has 12.00" in done.stdout
    assert sending.there(user) == 12
    assert sending.rows()[f"moodle-{user}"].state is SendState.OVERRIDDEN


def test_where_the_activity_was_deleted_all_grades_go_into_the_next_ones_column(sending: OwnMoodle) -> None:
    sent = numbers(sending)
    state = sending.moodle.lti.state
    tool = int(sending.place().deployment)
    second = sending.moodle.change("add_activity", title="第二个入口", tool=tool)
    (own,) = [one for one in state.columns_of(2) if one.label == ACTIVITY]
    del state.columns[own.id]
    sending.open(second["cmid"])
    assert typed("grades", "send", COURSE, "--force").exit_code == 0
    assert sending.columns() == {"第二个入口": True}
    assert {user: sending.there(user) for user in sent} == sent


def test_once_columns_may_be_made_the_grades_get_one_of_their_own(sending: OwnMoodle) -> None:
    sending.moodle.lti.state.tools[int(sending.place().deployment)].scopes[:] = [one.value for one in Scope]
    sending.open()
    assert typed("grades", "send", COURSE, "--force").exit_code == 0
    assert [title for title, filled in sending.columns().items() if filled] == [
        ACTIVITY,
        *[title for title in sending.columns() if title.endswith("研修成绩")],
    ]
    assert len(sending.columns()) == 2


def test_without_the_grade_service_no_platform_is_reachable_and_that_is_said(
    here: Site, httpserver: HTTPServer
) -> None:
    with running_moodle(Options(learners=10)) as running:
        moodle = OwnMoodle(running, here, httpserver, services=(Scope.MEMBERSHIP,))
        typed("course", "passback", COURSE, "score", "--yes")
        done = typed("grades", "send", COURSE)
        assert "no platform has opened its gradebook for this course yet" in done.stdout
        assert moodle.columns() == {ACTIVITY: False}
