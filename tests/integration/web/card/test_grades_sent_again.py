"""Sending a grade again, and over what a teacher entered."""

from __future__ import annotations

import pytest

from lms_scoring.ports import SendState
from tests.integration.web.graded import PAGE, PERSON, again, box, joined, row, turned
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COORDINATOR, COURSE, FIRST, SECOND_CLASS, TUTORS, School


def test_a_learner_is_not_offered_to_send_again(graded: School) -> None:
    turned(graded, SendState.REFUSED, "HTTP 400")
    assert "重新发送" not in box(graded.page(graded.signed_in(PERSON), PAGE))
    for who in (COORDINATOR, TUTORS[FIRST]):
        assert "重新发送" in box(graded.page(graded.signed_in(who), PAGE))


@pytest.mark.parametrize("who", [COORDINATOR, TUTORS[FIRST]])
def test_a_refused_grade_is_sent_again_by_those_who_may(graded: School, who: str) -> None:
    turned(graded, SendState.REFUSED, "HTTP 400")
    answer = again(graded, graded.signed_in(who))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}#grade")
    found = row(graded)
    assert (found.state, found.forced) == (SendState.WAITING, False)


def test_another_class_s_tutor_and_the_learner_send_nothing_again(graded: School) -> None:
    turned(graded, SendState.REFUSED, "HTTP 400")
    assert again(graded, graded.signed_in(TUTORS[SECOND_CLASS])).status_code == 403
    learner = graded.signed_in(PERSON)
    page = HtmlPage(learner.get(PAGE).text)
    token = next(one.attributes["value"] for one in page.all("input") if one.attributes["name"] == "token")
    assert learner.post(f"{PAGE}/grade", data={"token": token}).status_code == 403
    assert row(graded).state is SendState.REFUSED


def test_a_form_without_its_token_sends_nothing_again(graded: School) -> None:
    turned(graded, SendState.REFUSED, "HTTP 400")
    assert graded.signed_in(COORDINATOR).post(f"{PAGE}/grade").status_code == 400
    assert row(graded).state is SendState.REFUSED


def test_a_teacher_s_grade_is_overwritten_only_after_a_second_yes(graded: School) -> None:
    turned(graded, SendState.OVERRIDDEN, "the gradebook has 95.00")
    client = graded.signed_in(TUTORS[FIRST])
    asked = again(graded, client)
    page = HtmlPage(asked.text)
    assert (asked.status_code, page.faults) == (200, [])
    assert "79.94" in page.text
    assert "成绩册中现在是 95.00" in page.text
    assert row(graded).state is SendState.OVERRIDDEN
    assert again(graded, client, overwrite="yes").status_code == 303
    found = row(graded)
    assert (found.state, found.forced) == (SendState.WAITING, True)
    told = box(graded.page(client, PAGE))
    assert "已确认覆盖" in told
    assert "the gradebook has" not in told


def test_a_yes_for_what_no_teacher_changed_forces_nothing(graded: School) -> None:
    turned(graded, SendState.SENT)
    assert again(graded, graded.signed_in(COORDINATOR), overwrite="yes").status_code == 303
    assert (row(graded).state, row(graded).forced) == (SendState.SENT, False)


def test_a_tutor_who_learns_in_the_own_class_does_not_overwrite_the_own_grade(graded: School) -> None:
    tutor = TUTORS[FIRST]
    joined(graded, tutor, [FIRST])
    turned(graded, SendState.OVERRIDDEN, "the gradebook has 95.00", person=tutor)
    client = graded.signed_in(tutor)
    path = f"/courses/{COURSE}/people/{tutor}"
    assert "没有覆盖教师的成绩" in box(graded.page(client, path))
    assert again(graded, client, person=tutor, overwrite="yes").status_code == 403
