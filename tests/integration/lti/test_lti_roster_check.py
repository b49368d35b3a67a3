"""A roster held against what a Moodle's own source says: recorded from one, and differing in every way."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from pytest_httpserver import HTTPServer

from adapters.lti.roster_check import RosterCheck
from lms_scoring.domain.errors import PlatformMisread, PlatformRefused
from lms_scoring.ports import Batch, ProblemKind
from tests.integration.lti import recorded
from tests.integration.lti.asking import gives_tokens, registration, root, roster_of, service

MOODLE = "/mod/lti/services.php/CourseSection/2/bindings/1/memberships"
ERASED = {"moodle-1017", "moodle-1018"}
"""People whom nobody here knows any more."""
LI, WANG = {"user_id": "3", "roles": ["Learner"]}, {"user_id": "63", "roles": ["Learner"]}


def check(server: HTTPServer, places: Mapping[str, bool], *, path: str | None = "/members") -> RosterCheck:
    ours = replace(registration(root(server)), platform="moodle")
    url = None if path is None else server.url_for(path)
    return RosterCheck(
        roster_of(service()),
        ours,
        url=url,
        platform="moodle",
        places=lambda: places,
        erased=lambda people: ERASED & set(people),
    )


def pulled(server: HTTPServer, places: Mapping[str, bool], *members: dict[str, Any]) -> Batch:
    gives_tokens(server)
    server.expect_request("/members").respond_with_json({"members": list(members)})
    (batch,) = check(server, places).pull(None, full=False)
    return batch


def told(batch: Batch) -> dict[str, str]:
    assert {one.kind for one in batch.problems} <= {ProblemKind.NOTICE}
    return {one.code: one.text.partition(": ")[2].partition(". ")[0] for one in batch.problems}


def test_a_recorded_roster_makes_nobody_anything(httpserver: HTTPServer) -> None:
    gives_tokens(httpserver)
    recorded.serve(httpserver, "roster")
    found = check(httpserver, {"moodle-3": True, "moodle-999": True}, path=MOODLE)
    (batch,) = found.pull(None, full=False)
    assert (found.name, found.shared) == ("lti-1", False)
    assert (batch.people, batch.records, batch.whole, batch.cursor) == ((), (), (), None)
    assert (batch.done, batch.expected) == (59, 59)
    assert told(batch) == {
        "roster_names_more": "58 (moodle-4, moodle-5, moodle-6, moodle-7, moodle-8 …)",
        "roster_names_fewer": "1 (moodle-999)",
    }


def test_tutors_whom_it_calls_learners_stay_what_the_source_says(httpserver: HTTPServer) -> None:
    assert pulled(httpserver, {"moodle-3": True, "moodle-63": True}, LI, WANG).problems == []


def test_whom_the_source_has_withdrawn_is_withdrawn_whatever_the_roster_says(httpserver: HTTPServer) -> None:
    assert pulled(httpserver, {"moodle-3": True, "moodle-63": False}, LI, WANG).problems == []
    httpserver.clear()
    assert pulled(httpserver, {"moodle-3": True, "moodle-57": False}, LI).problems == []


def test_staff_and_the_inactive_without_a_place_are_not_missed(httpserver: HTTPServer) -> None:
    others = [
        {"user_id": "2", "roles": ["Instructor"]},
        {"user_id": "60", "roles": ["Learner", "Instructor"]},
        {"user_id": "8", "roles": ["Learner"], "status": "Inactive"},
        {"user_id": "9", "roles": []},
    ]
    assert pulled(httpserver, {"moodle-3": True}, LI, *others).problems == []


def test_whom_it_names_as_inactive_is_as_good_as_absent(httpserver: HTTPServer) -> None:
    inactive = {**WANG, "status": "Inactive"}
    batch = pulled(httpserver, {"moodle-3": True, "moodle-63": True}, LI, inactive)
    assert told(batch) == {"roster_names_fewer": "1 (moodle-63)"}


def test_who_was_erased_here_is_named_in_no_words(httpserver: HTTPServer) -> None:
    again = {"user_id": "1017", "roles": ["Learner"]}
    assert pulled(httpserver, {"moodle-3": True, "moodle-1018": True}, LI, again).problems == []
    httpserver.clear()
    batch = pulled(httpserver, {"moodle-3": True, "moodle-1018": True, "moodle-9": True}, LI, again, WANG)
    assert told(batch) == {"roster_names_more": "1 (moodle-63)", "roster_names_fewer": "1 (moodle-9)"}


def test_nothing_is_compared_with_a_source_that_told_nothing_yet(httpserver: HTTPServer) -> None:
    assert pulled(httpserver, {}, LI, WANG).problems == []


def test_a_roster_of_nobody_is_not_believed(httpserver: HTTPServer) -> None:
    with pytest.raises(PlatformMisread, match="names nobody"):
        pulled(httpserver, {"moodle-3": True})


def test_a_roster_that_we_may_not_read_any_more_is_said_with_the_remedy(httpserver: HTTPServer) -> None:
    with pytest.raises(PlatformRefused, match="names and roles"):
        list(check(httpserver, {}, path=None).pull(None, full=False))
