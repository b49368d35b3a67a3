"""Who sees what: every route of the application, asked for by everybody there is.

Forms are empty here: 400 is said to whom a right one would be taken from, 403 to whom none would. That it is
taken, and what it changes, is in `tests/integration/launches/test_every_route.py`.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient
from werkzeug.routing import Rule

from lms_scoring.domain.identity import account_key
from lms_scoring.ports import Visitor
from tests.integration.web.forms import token_of
from tests.integration.web.school import (
    ADMINISTRATOR,
    COORDINATOR,
    COURSE,
    FIRST,
    SECOND_CLASS,
    TUTORS,
    School,
    home,
)

LEARNER, CLASSMATE, ELSEWHERE = "moodle-3", "moodle-4", "moodle-8"
TUTOR, COLLEAGUE = TUTORS[FIRST], TUTORS[SECOND_CLASS]
STRANGER = Visitor(person="moodle-999")

VISITORS: dict[str, Visitor | str | None] = {
    "nobody": None,
    "a stranger": STRANGER,
    "a learner": LEARNER,
    "a tutor": TUTOR,
    "a coordinator": COORDINATOR,
    "an administrator": ADMINISTRATOR,
}

STRAY = account_key(home("nobody"))
"""An account of nobody."""
OPEN = {"static", "health.health", "metrics.metrics", "sign_in.offer", "sign_in.use", "api-document.openapi"}
OF_KEYS = {"*": 401}
"""The API knows nobody by a session: keys alone open it."""
MAY_GET = {
    "home.home": {"a stranger": 200, "a learner": 303, "a tutor": 303, "*": 303},
    "home.start": {"a stranger": 403, "*": 303},
    "home.review": {"*": 404},
    "boards.board": {"a stranger": 403, "a learner": 403, "*": 200},
    "downloads.csv": {"a stranger": 403, "a learner": 403, "*": 200},
    "downloads.xlsx": {"a stranger": 403, "a learner": 403, "*": 200},
    "downloads.pdf": {"a stranger": 403, "a learner": 403, "*": 200},
    "downloads.record": {"a stranger": 403, "*": 200},
    "api.courses": OF_KEYS,
    "api.results": OF_KEYS,
    "api.card": OF_KEYS,
    "api.evidence": OF_KEYS,
    "api.cases": OF_KEYS,
    "api.disputes": OF_KEYS,
    "people.person": {"a stranger": 403, "a learner": 200, "*": 200},
    "operations.page": {"an administrator": 200, "*": 403},
    "roles.page": {"an administrator": 200, "*": 403},
    "overviews.overview": {"a stranger": 403, "a learner": 403, "a tutor": 403, "*": 200},
    "closings.offer": {"a stranger": 403, "a learner": 403, "a tutor": 403, "*": 200},
    "rescores.offer": {"a stranger": 403, "a learner": 403, "a tutor": 403, "*": 200},
    "course_settings.offer": {"a stranger": 403, "a learner": 403, "a tutor": 403, "*": 200},
    "schemes.scheme": {"a stranger": 403, "*": 200},
    "desks.overview": {"a stranger": 403, "a learner": 403, "*": 200},
    "desks.marking": {"a stranger": 403, "a learner": 403, "*": 200},
    "desks.recommending": {"a stranger": 403, "a learner": 403, "*": 200},
    "desks.bulletins": {"a stranger": 403, "a learner": 403, "*": 200},
    "decisions.offer": {"a stranger": 403, "a learner": 403, "*": 200},
    "cases.listed": {"a stranger": 403, "a learner": 403, "*": 200},
    "cases.case": {"*": 403},
    "disputes.listed": {"a stranger": 403, "a learner": 403, "*": 200},
    "disputes.offer": {"a stranger": 403, "*": 400},
    "disputes.dispute": {"*": 403},
    "quarantines.offer": {"a stranger": 403, "a learner": 403, "a tutor": 403, "*": 200},
    "quarantines.record": {"*": 403},
    "quarantines.loss": {"*": 403},
    "syncs.report": {"a stranger": 403, "a learner": 403, "a tutor": 403, "*": 200},
    "syncs.progress": {"a stranger": 403, "a learner": 403, "a tutor": 403, "*": 200},
    "identities.listed": {"a stranger": 403, "a learner": 403, "a tutor": 403, "*": 200},
    "identities.account": {"a stranger": 403, "a learner": 403, "a tutor": 403, "*": 200},
}
MAY_POST = {
    "boards.search": {"a stranger": 403, "a learner": 403, "*": 200},
    "downloads.found": {"a stranger": 403, "a learner": 403, "*": 200},
    "grades.again": {"*": 403},
    "cases.act": {"*": 403},
    "disputes.contest": {"a stranger": 403, "*": 400},
    "disputes.act": {"*": 403},
    "desks.recommend": {"*": 403},
    "quarantines.act": {"*": 403},
    "quarantines.say": {"*": 403},
    "syncs.begin": {"a stranger": 403, "a learner": 403, "a tutor": 403, "*": 303},
    "decisions.decide": {"a stranger": 403, "a learner": 403, "*": 400},
    "identities.act": {"a coordinator": 400, "an administrator": 400, "*": 403},
    "closings.act": {"a coordinator": 400, "an administrator": 400, "*": 403},
    "rescores.rescore": {"a coordinator": 400, "an administrator": 400, "*": 403},
    "course_settings.change": {"a stranger": 403, "a learner": 403, "a tutor": 403, "*": 200},
    "course_settings.send": {"a coordinator": 400, "an administrator": 400, "*": 403},
    "operations.retry": {"an administrator": 303, "*": 403},
    "operations.send": {"an administrator": 400, "*": 403},
    "roles.grant": {"an administrator": 400, "*": 403},
    "roles.revoke": {"an administrator": 400, "*": 403},
    "sign_in.leave": {"*": 200},
}


def routes(school: School) -> Iterator[tuple[Rule, str, str]]:
    """(rule, method, path) of every route that is not everybody's."""
    values: dict[str, str | int] = {"course": COURSE, "person": LEARNER, "number": 1, "key": STRAY}
    adapter = school.app.url_map.bind("127.0.0.1")
    for rule in school.app.url_map.iter_rules():
        if rule.endpoint in OPEN:
            continue
        for method in sorted((rule.methods or set()) & {"GET", "POST"}):
            arguments = {name: values[name] for name in rule.arguments}
            yield rule, method, adapter.build(rule.endpoint, arguments, method=method)


def asked(client: FlaskClient, method: str, path: str) -> int:
    if method == "GET":
        return client.get(path).status_code
    return client.post(path, data={"token": token_of(client), "search": "刘"}).status_code


@pytest.mark.parametrize("who", VISITORS)
def test_every_route_answers_each_visitor_as_it_should(school: School, who: str) -> None:
    for rule, method, path in routes(school):
        expected = (MAY_GET if method == "GET" else MAY_POST)[rule.endpoint]
        status = 401 if who == "nobody" else expected.get(who, expected["*"])
        assert asked(school.signed_in(VISITORS[who]), method, path) == status, f"{method} {path}"


@pytest.mark.parametrize(
    ("who", "seen"),
    [
        (LEARNER, {LEARNER}),
        (TUTOR, {TUTOR, LEARNER, CLASSMATE}),
        (COLLEAGUE, {COLLEAGUE, ELSEWHERE}),
        (COORDINATOR, {TUTOR, COLLEAGUE, LEARNER, CLASSMATE, ELSEWHERE}),
    ],
)
def test_a_card_opens_for_its_person_the_tutor_of_the_class_and_coordinators(
    school: School, who: str, seen: set[str]
) -> None:
    client = school.signed_in(who)
    everybody = {TUTOR, COLLEAGUE, LEARNER, CLASSMATE, ELSEWHERE}
    opened = {
        person for person in everybody if client.get(f"/courses/{COURSE}/people/{person}").status_code == 200
    }
    assert opened == seen


def test_what_one_may_not_see_looks_like_what_does_not_exist(school: School) -> None:
    client = school.signed_in(TUTOR)
    forbidden = client.get(f"/courses/{COURSE}/people/{ELSEWHERE}")
    absent = client.get(f"/courses/{COURSE}/people/moodle-777")
    no_course = client.get("/courses/another/")
    assert forbidden.status_code == absent.status_code == no_course.status_code == 403
    assert forbidden.text == absent.text == no_course.text


def test_a_tutors_board_has_the_learners_of_the_own_class_alone(school: School) -> None:
    page = school.page(school.signed_in(TUTOR), f"/courses/{COURSE}/?withdrawn=1")
    classes = page.texts("td", "class")
    assert classes
    assert set(classes) == {FIRST}


def test_a_tutor_cannot_choose_a_class_of_somebody_elses(school: School) -> None:
    client = school.signed_in(TUTOR)
    assert client.get(f"/courses/{COURSE}/?class={FIRST}").status_code == 200
    assert client.get(f"/courses/{COURSE}/?class={SECOND_CLASS}").status_code == 403


def test_the_tutors_board_is_for_coordinators_and_a_tutor_has_the_own_card(school: School) -> None:
    client = school.signed_in(TUTOR)
    assert client.get(f"/courses/{COURSE}/?role=tutor").status_code == 403
    page = school.page(client, f"/courses/{COURSE}/people/{TUTOR}")
    assert "王敏" in page.text
    assert "赵国强" not in page.text


def test_the_start_leads_straight_to_the_only_thing_there_is(school: School) -> None:
    assert school.signed_in(LEARNER).get("/").location == f"/courses/{COURSE}/people/{LEARNER}"
    assert school.signed_in(TUTOR).get("/").location == f"/courses/{COURSE}/desk"
    assert school.signed_in(ADMINISTRATOR).get("/").location == f"/courses/{COURSE}/overview"


def test_a_stranger_is_told_that_there_is_nothing_to_see(school: School) -> None:
    page = school.page(school.signed_in(STRANGER), "/")
    assert "联系培训管理员" in page.text
    assert "龙城区" not in page.text


def test_a_visitor_without_a_session_is_told_how_to_get_in(school: School) -> None:
    answer = school.signed_in(None).get(f"/courses/{COURSE}/")
    assert answer.status_code == 401
    assert "一次性登录链接" in answer.text
    assert "龙城区" not in answer.text
