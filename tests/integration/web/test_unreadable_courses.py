"""A course whose kept rules cannot be read any more: it says so, and spoils no other course."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from lms_scoring.bootstrap import Installation, installation
from lms_scoring.course_rules import adopt_file
from lms_scoring.files.course_file import parse_course
from lms_scoring.ports import Grant, Transaction, Visitor
from lms_scoring.web.access.credentials import digest_of
from tests.fixtures.databases import empty_database
from tests.fixtures.pages import pages
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import PUBLIC

COURSE_FILE = """format = 1
id = "{id}"
title = "Course {id}"
scheme = "{scheme}"
[[source]]
name = "m"
kind = "moodle"
course = "2"
"""
ANY = ("good", "bad")


def other_settings(transaction: Transaction) -> None:
    """Settings that no version of the program wrote."""
    transaction.keep_course(replace(transaction.course("bad"), settings="no [settings"))


def other_rules(transaction: Transaction) -> None:
    """A scheme that this program reads as other rules than those adopted."""
    kept = transaction.scheme(transaction.course("bad").scheme)
    transaction.keep_scheme(replace(kept, text=kept.text.replace("600", "601")))


@pytest.fixture(params=[other_settings, other_rules])
def spoilt(request: pytest.FixtureRequest, tmp_path: Path) -> Installation:
    """Two courses, the rules of one of which cannot be read."""
    spoil: Callable[[Transaction], None] = request.param
    settings = {"LMS_SCORING_DATABASE_URL": empty_database(tmp_path / "courses.sqlite")}
    made = installation(settings, working_folder=tmp_path)
    for id_, scheme in (("good", "longcheng-2024"), ("bad", "prefecture-three-bands")):
        text = COURSE_FILE.format(id=id_, scheme=scheme)
        file = parse_course(text, name=id_, folder=tmp_path)
        adopt_file(file, made.store, folder=tmp_path, clock=made.clock)
    with made.store.writing() as transaction:
        spoil(transaction)
    return made


def signed_in(spoilt: Installation, *courses: str) -> FlaskClient:
    """The browser of a coordinator of these courses."""
    grants = tuple(Grant(person="", role="coordinator", course=course) for course in courses)
    with spoilt.store.writing() as transaction:
        now = spoilt.clock.now()
        visitor = Visitor(person=None, roles=grants)
        transaction.keep_session(digest_of("secret"), visitor, at=now, expires_at=now + 1_000_000)
    app = pages(store=spoilt.store, courses=spoilt.adopted, clock=spoilt.clock, public_url=PUBLIC)
    client = app.test_client()
    client.set_cookie("session", "secret")
    return client


def test_the_list_of_courses_leaves_it_out_and_the_log_says_why(
    spoilt: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    answer = signed_in(spoilt, *ANY).get("/")
    assert (answer.status_code, answer.location) == (303, "/courses/good/overview")
    (said,) = [one for one in caplog.records if one.levelno == logging.ERROR]
    assert "course bad is left out of the list" in said.getMessage()
    assert said.exc_info is None


def test_another_course_is_read_as_ever(spoilt: Installation, caplog: pytest.LogCaptureFixture) -> None:
    assert signed_in(spoilt, *ANY).get("/courses/good/").status_code == 200
    assert caplog.records == []


@pytest.mark.parametrize("page", ["", "sync", "start"])
def test_its_own_pages_tell_an_incident_that_the_log_explains(
    spoilt: Installation, caplog: pytest.LogCaptureFixture, page: str
) -> None:
    answer = signed_in(spoilt, *ANY).get(f"/courses/bad/{page}")
    assert answer.status_code == 503
    (incident,) = (text for text in HtmlPage(answer.text).texts("p", "faint") if "编号" in text)
    assert incident.removeprefix("编号：") in caplog.text
    assert any(sentence in caplog.text for sentence in ("as other rules", "course file bad: 1 mistake"))


def test_who_has_no_part_in_it_is_not_told_that_it_is_there(
    spoilt: Installation, caplog: pytest.LogCaptureFixture
) -> None:
    client = signed_in(spoilt, "good")
    assert [client.get(f"/courses/{one}/").status_code for one in ("bad", "none")] == [403, 403]
    assert caplog.records == []


def test_the_rules_of_each_course_are_looked_up_by_its_id(spoilt: Installation) -> None:
    courses = spoilt.adopted()
    assert (list(courses), len(courses)) == (["bad", "good"], 2)
    assert courses["good"].course == "good"
    assert courses.get("none") is None
