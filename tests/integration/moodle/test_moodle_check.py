"""`platform check` of a Moodle sees what is missing before any sync."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from adapters.check import CheckLine
from adapters.http import HttpClient
from adapters.moodle.check import check_moodle
from adapters.moodle.client import MoodleClient
from adapters.moodle.functions import Function
from lms_scoring.demonstration.running import RunningMoodle

from .pulled import Edited


def lines(
    moodle: RunningMoodle, *, course: str | None = "LC2024", token: str | None = None
) -> list[CheckLine]:
    http = HttpClient(
        platform="campus", base_url=moodle.url, allowed_private=["127.0.0.1"], pause=lambda _: None
    )
    client = MoodleClient(http, token=moodle.token if token is None else token)
    return check_moodle(client, course=course)


def missing(moodle: RunningMoodle) -> dict[str, str]:
    return {line.what: line.text + line.do for line in lines(moodle) if line.ok is False}


def test_nothing_is_missing_of_the_recorded_course(recorded: RunningMoodle) -> None:
    told = lines(recorded)
    assert [line for line in told if line.ok is False] == []
    assert {line.what for line in told if line.ok} >= {
        *("access", "batches", "people", "activities", "hand-ins", "marks", "extensions of deadlines"),
        *("each learner's own deadline", "earlier attempts", "words of the scale", "SCORM attempts"),
        *(
            "sessions in lessons",
            "lessons of who is suspended",
            "H5P attempts",
            "database entries",
            "the blog",
            "what changed",
        ),
        *("forum 25", "forum 26", "forum 27"),
    }
    assert (
        next(line.text for line in told if line.what == "people")
        == "60 people, 58 of them learners, 2 suspended"
    )


def test_a_check_is_cheap(moodle: RunningMoodle) -> None:
    lines(moodle)
    assert moodle.control.calls()["http"] <= 10


@pytest.mark.parametrize(
    ("capability", "what"),
    [
        ("moodle/course:view", "course"),
        ("moodle/user:viewdetails", "people"),
        ("moodle/site:accessallgroups", "people"),
        ("moodle/course:viewsuspendedusers", "people"),
        ("moodle/course:viewparticipants", "people"),
        ("mod/assign:view", "assign"),
        ("mod/forum:viewdiscussion", "25"),
        ("mod/forum:viewqandawithoutposting", "forum 26"),
        ("mod/scorm:viewreport", "SCORM attempts"),
        ("mod/lesson:viewreports", "sessions in lessons"),
        ("mod/h5pactivity:reviewattempts", "H5P attempts"),
    ],
)
def test_a_missing_capability_is_named(moodle: RunningMoodle, capability: str, what: str) -> None:
    moodle.change("deny", capability=capability)
    assert capability in missing(moodle)[what]


def test_the_capability_to_write_that_extensions_take_is_only_noted(moodle: RunningMoodle) -> None:
    moodle.change("deny", capability="mod/assign:grade")
    [line] = [line for line in lines(moodle) if line.what == "extensions of deadlines"]
    assert line.ok is None
    assert "mod/assign:grade" in line.text


def test_a_closed_package_is_nothing_that_is_missing(moodle: RunningMoodle) -> None:
    moodle.change("close_activity", cmid=13, closes=1_734_278_400)
    [line] = [line for line in lines(moodle) if line.what == "SCORM attempts"]
    assert line.ok
    assert "the package is closed" in line.text


def test_for_a_closed_database_the_capability_to_manage_it_is_named(moodle: RunningMoodle) -> None:
    moodle.change("close_activity", cmid=22, closes=1_734_278_400)
    told = missing(moodle)["database entries"]
    assert "past its closing date" in told
    assert "mod/data:manageentries" in told


def test_a_token_without_batches_is_noted(recorded: RunningMoodle) -> None:
    [line] = [line for line in lines(recorded, token=recorded.plain_token) if line.what == "batches"]
    assert line.ok is None
    assert "tool_mobile_call_external_functions" in line.do


def test_a_wrong_token_ends_the_check(recorded: RunningMoodle) -> None:
    [line] = lines(recorded, token="0" * 32)
    assert (line.ok, line.what) == (False, "access")
    assert "the token is unknown" in line.text


def test_an_unknown_course_ends_the_check(recorded: RunningMoodle) -> None:
    line = lines(recorded, course="LC2099")[-1]
    assert (line.ok, line.what) == (False, "course")


def without(*functions: str) -> Callable[[Any], Any]:
    """What the token may call, but for these."""

    def edit(info: Any) -> Any:
        return {**info, "functions": [one for one in info["functions"] if one["name"] not in functions]}

    return edit


def test_where_all_may_be_called_nothing_is_to_be_added(recorded: RunningMoodle) -> None:
    told = lines(recorded, course=None)
    assert [(line.what, line.ok) for line in told] == [("access", True), ("batches", True), ("course", None)]


def test_without_a_course_the_functions_are_compared(recorded: RunningMoodle) -> None:
    http = Edited(recorded, {Function.SITE_INFO: without(Function.SCALE_VALUES, Function.SCOES)})
    told = check_moodle(MoodleClient(http, token=recorded.token), course=None)
    noted = [line.what for line in told if line.ok is None]
    assert noted == [Function.SCALE_VALUES, Function.SCOES, "course"]
    assert "Add core_competency_get_scale_values to the external service" in {line.do for line in told}


def test_in_a_course_what_was_not_tried_is_compared_too(recorded: RunningMoodle) -> None:
    """Of what was called the answer tells: that of the words of scales, though no list names them."""
    edits = {Function.SITE_INFO: without(Function.SCALE_VALUES, Function.SCO_TRACKS)}
    told = check_moodle(MoodleClient(Edited(recorded, edits), token=recorded.token), course="LC2024")
    assert [line.what for line in told if "not in the list" in line.text] == [Function.SCO_TRACKS]
    assert {line.ok for line in told if line.what == "words of the scale"} == {True}
