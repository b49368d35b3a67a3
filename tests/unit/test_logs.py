"""Logs: lines for people and for machines, each with the work it belongs to."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator

import pytest

from lms_scoring.logs import JsonLines, Lines, without_address, working_on


@pytest.fixture
def record() -> logging.LogRecord:
    return logging.LogRecord("lms_scoring.jobs.work", logging.INFO, "x.py", 1, "source %s", ("moodle",), None)


@pytest.fixture
def failed() -> Iterator[logging.LogRecord]:
    try:
        _ = 1 // 0
    except ZeroDivisionError as error:
        told = (type(error), error, error.__traceback__)
        yield logging.LogRecord("lms_scoring", logging.ERROR, "x.py", 1, "the job failed", None, told)


def test_a_json_line_has_the_work_and_when_and_how_bad_it_is(record: logging.LogRecord) -> None:
    with working_on("pull", {"source": "moodle"}):
        told = json.loads(JsonLines().format(record))
    assert told.pop("at").endswith("+00:00")
    assert len(told.pop("work")) == 8
    assert told == {
        "level": "info",
        "logger": "lms_scoring.jobs.work",
        "message": "source moodle",
        "job": "pull",
        "source": "moodle",
    }


def test_a_json_line_of_a_sync_has_its_run_as_a_number(record: logging.LogRecord) -> None:
    assert "run" not in json.loads(JsonLines().format(record))
    record.run = 7
    assert json.loads(JsonLines().format(record))["run"] == 7


def test_outside_of_any_work_there_is_none_of_it(record: logging.LogRecord) -> None:
    assert "job" not in json.loads(JsonLines().format(record))
    assert Lines().format(record).endswith("INFO source moodle")


def test_a_line_for_people_has_the_work_in_brackets(record: logging.LogRecord) -> None:
    with working_on("score", {"course": "lc2024"}):
        line = Lines().format(record)
    assert " INFO source moodle [work=" in line
    assert line.endswith("job=score course=lc2024]")


def test_work_inside_work_is_the_inner_one(record: logging.LogRecord) -> None:
    with working_on("sweep", {}):
        with working_on("pull", {"source": "lrs"}):
            assert json.loads(JsonLines().format(record))["job"] == "pull"
        assert json.loads(JsonLines().format(record))["job"] == "sweep"


def test_what_went_wrong_is_one_field_of_the_line(failed: logging.LogRecord) -> None:
    told = JsonLines().format(failed)
    assert "\n" not in told
    assert "ZeroDivisionError" in json.loads(told)["error"]
    assert "ZeroDivisionError" in Lines().format(failed)


@pytest.mark.parametrize(
    ("message", "arguments", "told"),
    [
        ("Client disconnected while serving /sign-in/c0de", None, "Client disconnected while serving a page"),
        ("Exception while serving %s", ("/courses/c/people/li",), "Exception while serving a page"),
        ("Task queue depth is %d", (3,), "Task queue depth is 3"),
    ],
)
def test_a_server_tells_no_address(message: str, arguments: tuple[object, ...] | None, told: str) -> None:
    record = logging.LogRecord("waitress", logging.INFO, "x.py", 1, message, arguments, None)
    assert without_address(record)
    assert record.getMessage() == told
