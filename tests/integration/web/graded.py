"""Grades of the school in the gradebook of its Moodle: how far they got, and what became of them there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.instants import SECOND
from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.ports import GradebookReading, Hold, OutgoingGrade, Passback, PlatformCourse, SendState
from lms_scoring.services.gradebook.switch_passback import switch_passback
from lms_scoring.services.scoring.assess import assess
from tests.fixtures.courses.scripted import NOTHING_TO_WAIT_FOR
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COORDINATOR, COURSE, FIRST, RULES, SOURCE, TUTORS, School, home

PERSON, CLASSMATE = "moodle-6", "moodle-4"
PAGE = f"/courses/{COURSE}/people/{PERSON}"
SECRET = Fraction("91.23")
ALL = (COORDINATOR, TUTORS[FIRST], PERSON)


def make_graded(school: School) -> None:
    """The school sends points, to a Moodle that knows everybody."""
    with school.store.writing() as transaction:
        number = transaction.keep_registration(
            Registration(
                issuer="https://moodle.example",
                client_id="c",
                auth_url="https://moodle.example/auth",
                token_url="https://moodle.example/token",
                jwks_url="https://moodle.example/keys",
                standing=Approval.ACTIVE,
                platform=SOURCE,
                deployments={"1": Approval.ACTIVE},
            ),
            at=1,
        )
        transaction.keep_platform_course(
            PlatformCourse(
                registration=number,
                context="2",
                title=None,
                course=COURSE,
                deployment="1",
                line_items="https://moodle.example/items",
                seen_at=1,
            )
        )
    switch_passback(COURSE, Passback.SCORE, school.store, clock=school.clock, reading=NOTHING_TO_WAIT_FOR)


def row(school: School, person: str = PERSON) -> OutgoingGrade:
    with school.store.reading() as transaction:
        (found,) = transaction.outgoing(COURSE, persons=[person])
    return found


def turned(school: School, state: SendState, reason: str | None = None, person: str = PERSON) -> None:
    """How the sending ended; a teacher entered 95 where one did."""
    found = Fraction(95) if state is SendState.OVERRIDDEN else None
    with school.store.writing() as transaction:
        grade = replace(
            row(school, person), state=state, reason=reason, sent_at=school.clock.now(), found=found
        )
        transaction.keep_outgoing(grade)


def box(page: HtmlPage) -> str:
    """What the page says of the grade; empty if nothing."""
    found = [one.text for one in page.all("section", "entry") if one.attributes.get("id") == "grade"]
    return "".join(found)


def again(school: School, client: FlaskClient, *, person: str = PERSON, **fields: str) -> TestResponse:
    """Posts the form of the page."""
    page = HtmlPage(client.get(f"/courses/{COURSE}/").text)
    (token,) = {one.attributes["value"] for one in page.all("input") if one.attributes.get("name") == "token"}
    path = f"/courses/{COURSE}/people/{person}/grade"
    return client.post(path, data={"token": token, **fields})


def held(school: School, hold: Hold, state: SendState = SendState.WAITING) -> None:
    with school.store.writing() as transaction:
        transaction.keep_outgoing(replace(row(school), held=hold, state=state))


def joined(school: School, person: str, classes: Sequence[str]) -> None:
    """The person learns in these classes from now on."""
    with school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=school.clock.now() + SECOND)
        transaction.keep_people([KnownPerson(id=person, name="两班", accounts=(home(person),))])
        members = [
            ev.Membership(
                id=f"m-{person}-{class_}",
                person=home(person),
                role=ev.Role.LEARNER,
                class_=class_,
                status=ev.MembershipStatus.ACTIVE,
            )
            for class_ in classes
        ]
        transaction.keep_records(COURSE, SOURCE, members, run=run)
    assess(RULES, school.store, clock=school.clock, everyone=True)


def read(school: School, *, later: int) -> None:
    """The gradebook was read so much later than the grade was sent."""
    with school.store.writing() as transaction:
        (place,) = transaction.platform_courses(COURSE)
        transaction.keep_platform_course(replace(place, line_item="https://moodle.example/items/1"))
        transaction.keep_outgoing(replace(row(school), line_item="https://moodle.example/items/1"))
        transaction.keep_gradebook_reading(
            GradebookReading(
                registration=place.registration, context=place.context, read_at=school.clock.now() + later
            )
        )
