"""`platform check` of a Moodle sees what is missing before any sync."""

from __future__ import annotations

import pytest

from adapters.check import CheckLine
from adapters.http import HttpClient
from adapters.moodle.check import check_moodle
from adapters.moodle.client import MoodleClient
from lms_scoring.demonstration.running import RunningMoodle


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


def test_without_a_course_the_functions_are_compared(recorded: RunningMoodle) -> None:
    told = lines(recorded, course=None)
    assert "core_competency_get_scale_values" in {line.what for line in told if line.ok is None}
    assert told[-1].what == "course"
