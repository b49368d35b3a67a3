"""The page of roles: administrators give and take back, nobody else sees it, and a name is not enough."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_scoring.ports import Grant
from tests.integration.web.forms import token_of
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import ADMINISTRATOR, COORDINATOR, COURSE, HOSTILE, School

PAGE = "/administration/roles"
TYPED = {"person": "moodle-3", "role": "coordinator", "course": "", "reason": "协助管理"}


def posted(client: FlaskClient, path: str = PAGE, **typed: str) -> TestResponse:
    token = token_of(client)
    return client.post(path, data={**TYPED, **typed, "token": token})


def grants(school: School, person: str = "moodle-3") -> list[Grant]:
    with school.store.reading() as transaction:
        return list(transaction.grants(person))


def test_an_administrator_gives_a_role_and_it_holds_at_once(own_school: School) -> None:
    client = own_school.signed_in(ADMINISTRATOR)
    learner = own_school.signed_in("moodle-3")
    assert learner.get(f"/courses/{COURSE}/sync").status_code == 403
    answer = posted(client, course=COURSE)
    assert (answer.status_code, answer.location) == (303, f"{PAGE}#granted")
    assert grants(own_school) == [Grant(person="moodle-3", role="coordinator", course=COURSE)]
    assert learner.get(f"/courses/{COURSE}/sync").status_code == 200
    page = own_school.page(client, PAGE)
    (table,) = page.all("table")
    assert "刘磊 moodle-3 培训管理员 龙城区2024年骨干教师远程培训 系统管理（administrator）" in table.text
    assert "协助管理" in table.text
    assert "没有签名记录：建立课程时自动获得，或早于签名制度" in table.text, "as of who was there before"


def test_a_role_is_taken_back_with_a_reason(own_school: School) -> None:
    client = own_school.signed_in(ADMINISTRATOR)
    posted(client)
    refused = posted(client, f"{PAGE}/revoke", reason=" ")
    assert refused.status_code == 400
    (asked,) = (e for e in HtmlPage(refused.text).all("details") if "open" in e.attributes)
    assert "请写明理由" in asked.text
    assert len(grants(own_school)) == 1
    assert posted(client, f"{PAGE}/revoke").status_code == 303
    assert grants(own_school) == []


def test_a_name_is_not_enough_and_the_address_never_tells_it(own_school: School) -> None:
    client = own_school.signed_in(ADMINISTRATOR)
    answer = posted(client, person="刘")
    assert answer.status_code == 400
    page = HtmlPage(answer.text)
    assert page.faults == []
    choices = [e.attributes["value"] for e in page.all("input") if e.attributes["type"] == "radio"]
    assert choices == ["moodle-3"]
    assert any("什么都没有做" in text for text in page.texts("p", "wrong"))
    (again,) = (e for e in page.all("a") if e.text == "换一个人")
    assert again.attributes["href"] == PAGE, (
        "with what the form has behind it, browsers would ask for nothing"
    )
    assert grants(own_school) == []
    assert posted(client, person=choices[0]).status_code == 303


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"person": "nobody at all"}, "没有人有这个编号、用户名、邮箱或姓名。"),
        ({"person": ""}, "没有人有这个编号、用户名、邮箱或姓名。"),
        ({"reason": ""}, "请写明理由"),
        ({"reason": "x" * 2001}, "理由最多 2000 字"),
        ({"person": COORDINATOR, "course": COURSE}, "没有人有这个编号"),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(
    own_school: School, typed: dict[str, str], said: str
) -> None:
    answer = posted(own_school.signed_in(ADMINISTRATOR), **typed)
    assert answer.status_code == 400
    page = HtmlPage(answer.text)
    assert page.faults == []
    assert any(text.startswith(said) for text in page.texts("span", "wrong"))
    assert grants(own_school) == []


def test_what_is_wrong_is_answered_at_the_form_below_the_list(own_school: School) -> None:
    page = own_school.page(own_school.signed_in(ADMINISTRATOR), PAGE)
    (form,) = (e for e in page.all("form") if "#" in e.attributes.get("action", ""))
    part = form.attributes["action"].removeprefix(f"{PAGE}#")
    assert part in [e.attributes.get("id") for e in page.all("h2")]


def test_a_role_that_somebody_has_is_not_given_again(own_school: School) -> None:
    client = own_school.signed_in(ADMINISTRATOR)
    posted(client)
    assert "此人已经有这个角色。" in posted(client).text


def test_an_administrator_cannot_lock_themselves_out(own_school: School) -> None:
    with own_school.store.writing() as transaction:
        transaction.keep_grant(Grant(person="moodle-3", role="administrator", course=None))
    client = own_school.signed_in("moodle-3")
    page = own_school.page(client, PAGE)
    assert "自己的系统管理员角色只能由其他系统管理员收回。" in page.text
    answer = posted(client, f"{PAGE}/revoke", role="administrator")
    assert answer.status_code == 409
    assert any("只能由其他系统管理员收回" in text for text in HtmlPage(answer.text).texts("p", "wrong"))
    assert len(grants(own_school)) == 1


def test_a_role_that_there_is_not_is_a_bad_request(own_school: School) -> None:
    assert posted(own_school.signed_in(ADMINISTRATOR), role="king").status_code == 400


def test_the_way_to_the_page_is_shown_to_administrators_alone(school: School) -> None:
    def links(page: HtmlPage) -> list[str]:
        return [e.attributes["href"] for e in page.all("a")]

    board = f"/courses/{COURSE}/"
    assert PAGE in links(school.page(school.signed_in(ADMINISTRATOR), board))
    assert PAGE not in links(school.page(school.signed_in(COORDINATOR), board))


def test_scripts_in_names_are_text(own_school: School) -> None:
    client = own_school.signed_in(ADMINISTRATOR)
    posted(client, person="moodle-11")
    assert HOSTILE in own_school.page(client, f"{PAGE}?lang=en").text
