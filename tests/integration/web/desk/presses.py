"""A tutor at the desk of the school: its pages, and what is pressed there."""

from __future__ import annotations

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.integration.web.forms import pressed, sent
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COURSE, FIRST, SECOND_CLASS, TUTORS

TUTOR, COLLEAGUE = TUTORS[FIRST], TUTORS[SECOND_CLASS]
DESK = f"/courses/{COURSE}/desk"
MARKING, RECOMMENDING, BULLETINS = f"{DESK}/marking", f"{DESK}/recommending", f"{DESK}/bulletins"
WORK = "moodle/s-moodle-3-17"
PAGES = (DESK, MARKING, RECOMMENDING, BULLETINS)


def confirmed(client: FlaskClient, **fields: str) -> TestResponse:
    """Shown the effect, the tutor goes on."""
    shown = sent(client, RECOMMENDING, **fields)
    assert shown.status_code == 200
    page = HtmlPage(shown.text)
    assert page.faults == []
    return sent(client, RECOMMENDING, **fields, seen=pressed(page, "seen"))


def recommends(client: FlaskClient, submission: str = WORK) -> None:
    assert confirmed(client, submission=submission, do="recommend").status_code == 303
