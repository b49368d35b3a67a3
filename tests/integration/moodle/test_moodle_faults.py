"""A Moodle that fails: each fault ends in an error that says what, where and what to do, without secrets."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lms_scoring.demonstration.running import RunningMoodle
from lms_scoring.domain.errors import (
    PlatformBusy,
    PlatformError,
    PlatformMisread,
    PlatformRefused,
    PlatformUnreachable,
    UnknownCourse,
)

from .pulled import Pulled, pulled, source_of


@pytest.fixture
def failing(recorded: RunningMoodle) -> Iterator[RunningMoodle]:
    """The course as recorded; its faults end with the test."""
    yield recorded
    recorded.faults.clear()


FAULTS = [
    pytest.param("html", PlatformMisread, "web page came instead", id="html"),
    pytest.param("login_page", PlatformMisread, "login page", id="login page"),
    pytest.param("redirect_to_login", PlatformRefused, "redirects", id="redirect"),
    pytest.param("maintenance_cli", PlatformBusy, "maintenance", id="maintenance (CLI)"),
    pytest.param("maintenance_db", PlatformBusy, "maintenance mode", id="maintenance (DB)"),
    pytest.param("token_expired", PlatformRefused, "token is past its end", id="token past its end"),
    pytest.param("token_unknown", PlatformRefused, "Manage tokens", id="token unknown"),
    pytest.param("disabled", PlatformRefused, "web services or the REST protocol", id="switched off"),
    pytest.param("server_error", PlatformBusy, "HTTP 500", id="500"),
    pytest.param("bad_gateway", PlatformBusy, "HTTP 502", id="502"),
    pytest.param("too_many", PlatformBusy, "HTTP 429", id="429"),
    pytest.param("half_body", PlatformUnreachable, "broke off", id="half a body"),
    pytest.param("half_body_without_length", PlatformUnreachable, "broke off", id="half a body, no length"),
    pytest.param("no_answer", PlatformUnreachable, "connection broke", id="no answer"),
    pytest.param("trickle", PlatformUnreachable, "no whole answer within", id="trickle"),
]


@pytest.mark.parametrize(("fault", "error", "message"), FAULTS)
@pytest.mark.parametrize("good_answers", [0, 2], ids=["at once", "in the middle"])
def test_a_failing_moodle_is_told_in_words(
    failing: RunningMoodle, fault: str, error: type[PlatformError], message: str, good_answers: int
) -> None:
    failing.faults.add(fault, times=40, after=good_answers)
    deadline = 0.3 if fault == "trickle" else 30.0
    with pytest.raises(error, match=message) as caught:
        pulled(source_of(failing, deadline=deadline), failing)
    assert caught.value.platform == "campus"
    assert failing.token not in str(caught.value)


@pytest.mark.parametrize("fault", ["server_error", "bad_gateway", "too_many", "no_answer", "half_body"])
def test_what_passes_quickly_is_not_even_noticed(failing: RunningMoodle, course: Pulled, fault: str) -> None:
    failing.faults.add(fault, times=2, after=5)
    again = pulled(source_of(failing), failing)
    assert again.problems == course.problems
    assert len(again.records) == len(course.records)


def test_an_expired_token_is_told_also_where_there_are_no_batches(failing: RunningMoodle) -> None:
    failing.faults.add("token_expired", times=400, after=30)
    with pytest.raises(PlatformRefused, match="token"):
        pulled(source_of(failing, token=failing.plain_token), failing)


def test_what_came_before_a_failure_stays_good(failing: RunningMoodle) -> None:
    failing.faults.add("maintenance_db", times=9, after=8)
    batches = []
    with pytest.raises(PlatformBusy):
        for batch in source_of(failing).pull(None, full=False):
            batches.append(batch)  # noqa: PERF402 -- what came before the error is what is looked at
    assert len(batches[0].people) == 60
    assert sum(len(batch.records) for batch in batches) > 100
    assert all(batch.cursor is None and not batch.whole for batch in batches)


def test_a_wrong_token_is_told(failing: RunningMoodle) -> None:
    with pytest.raises(PlatformRefused, match="the token is unknown"):
        pulled(source_of(failing, token="0" * 32), failing)


def test_an_unknown_course_is_told(failing: RunningMoodle) -> None:
    with pytest.raises(UnknownCourse, match="shows no course 'LC2099'"):
        pulled(source_of(failing, course="LC2099"), failing)
