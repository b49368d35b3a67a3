"""Other rules on their page: chosen or pasted, previewed with names, taken on with a reason cards show."""

from __future__ import annotations

from fractions import Fraction
from io import BytesIO

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_scoring.domain.evidence import Action, CriterionTarget
from lms_scoring.domain.scheme import Scheme
from lms_scoring.services.deciding.close import close
from lms_scoring.services.deciding.decide import Decide
from lms_scoring.services.deciding.enter import enter
from lms_scoring.services.signing import Signature
from tests.fixtures.courses.spoiling import spoil_one_of
from tests.given import main_scheme, shipped
from tests.integration.web.forms import token_of
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COORDINATOR, COURSE, HOSTILE, School, rules_of

PAGE = f"/courses/{COURSE}/rescore"
EASY = shipped("longcheng-2024").text.partition("[[learner.example]]")[0].replace("pass = 80", "pass = 60")
BANDS = shipped("prefecture-three-bands").scheme


def preview(client: FlaskClient) -> dict[str, object]:
    return {"choice": "own", "text": EASY, "do": "preview", "token": token_of(client)}


def posted(client: FlaskClient, **typed: object) -> TestResponse:
    return client.post(PAGE, data={**preview(client), **typed})


def sound(answer: TestResponse, status: int = 200) -> HtmlPage:
    assert answer.status_code == status
    page = HtmlPage(answer.text)
    assert page.faults == []
    return page


def seen(page: HtmlPage) -> str:
    (field,) = (e for e in page.all("input") if e.attributes.get("name") == "seen")
    return field.attributes["value"]


def scheme_of(school: School) -> Scheme:
    return rules_of(school.store).scheme


def test_a_preview_names_who_would_flip_class_by_class_and_changes_nothing(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    page = sound(posted(client))
    assert "3 人的结果会改变" in page.text
    assert "这里的结果只看证据" in page.text
    assert "转为合格：3 人" in page.text
    tables = [table.text for table in page.all("table")]
    assert any("马欣怡 学员 不合格 79.95 合格 79.95" in text for text in tables)
    said = (f"学员：满分 100 分，{mark} 分及以上合格。" for mark in (80, 60))
    wanted = " ".join(said)
    assert any(wanted in text for text in tables)
    assert scheme_of(own_school) == main_scheme()


def test_what_was_shown_is_taken_on_and_every_card_that_changed_says_why(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    mark = seen(sound(posted(client)))
    own_school.clock.go_on(1000)
    answer = posted(client, do="adopt", seen=mark, reason=f"{HOSTILE} 县里的新方案")
    assert (answer.status_code, answer.location) == (303, f"/courses/{COURSE}/scheme")
    assert scheme_of(own_school).fingerprint != main_scheme().fingerprint
    page = own_school.page(own_school.signed_in("moodle-6"), f"/courses/{COURSE}/people/moodle-6")
    (history,) = page.all("table", "history")
    assert f"{HOSTILE} 县里的新方案" in history.text
    assert page.texts("p", "verdict-sentence")[0].startswith("合格：")


def test_a_preview_that_is_no_longer_true_is_shown_again(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    page = sound(posted(client, do="adopt", seen="something else", reason="because"), 409)
    assert "情况有变化，什么都没有做" in page.text
    assert scheme_of(own_school) == main_scheme()


def test_a_decision_since_the_preview_has_it_shown_again(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    mark = seen(sound(posted(client)))
    own_school.clock.go_on(1000)
    wish = Decide(
        person="moodle-6",
        target=CriterionTarget(criterion="study_time"),
        action=Action.OVERRIDE,
        points=Fraction(0),
        signed=Signature(by="operator:office", reason="copied"),
    )
    enter(wish, rules_of(own_school.store), own_school.store, clock=own_school.clock)
    again = sound(posted(client, do="adopt", seen=mark, reason="because"), 409)
    assert "2 人的结果会改变" in again.text
    assert scheme_of(own_school) == main_scheme()
    assert posted(client, do="adopt", seen=seen(again), reason="because").status_code == 303


def test_nothing_is_taken_on_without_a_reason(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    mark = seen(sound(posted(client)))
    page = sound(posted(client, do="adopt", seen=mark, reason=" "), 400)
    assert any(text.startswith("请写明理由") for text in page.texts("span", "wrong"))
    assert scheme_of(own_school) == main_scheme()


def test_nobody_is_asked_for_a_reason_they_gave_because_the_course_is_closed(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    mark = seen(sound(posted(client)))
    signed = Signature(by="operator:office", reason="over")
    close(rules_of(own_school.store), signed, own_school.store, clock=own_school.clock)
    page = sound(posted(client, do="adopt", seen=mark, reason="县里的新方案"), 409)
    assert "本培训项目已经结项，成绩已锁定，所以没有保存" in page.text
    assert "请写明理由" not in page.text


def test_of_a_closed_course_other_rules_are_previewed_and_nobody_writes_a_reason_in_vain(
    own_school: School,
) -> None:
    signed = Signature(by="operator:office", reason="over")
    close(rules_of(own_school.store), signed, own_school.store, clock=own_school.clock)
    page = sound(posted(own_school.signed_in(COORDINATOR)))
    (remark,) = [e for e in page.texts("p", "remark") if "不能换用" in e]
    assert remark.endswith("结项")
    assert [e for e in page.all("button") if e.attributes.get("value") == "adopt"] == []


def test_all_mistakes_of_a_pasted_scheme_are_shown_at_once(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    page = sound(posted(client, text='format = 9\nid = "<b>"\n'), 400)
    places = page.texts("code")
    assert {"format", "id", "title", "window"} <= set(places)
    assert "第 1 行 format = 9 must be 1" in [" ".join(one.split()) for one in page.texts("li")]
    assert "<b>" in page.all("textarea")[0].text


def test_a_scheme_may_be_uploaded(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    file = (BytesIO(b"\xef\xbb\xbf" + EASY.encode()), "easy.toml")
    assert "3 人的结果会改变" in sound(posted(client, text="", file=file)).text
    nonsense = (BytesIO(b"\xff\xfe\x00"), "easy.toml")
    assert sound(posted(client, text="", file=nonsense), 400).texts("code")


def test_a_shipped_scheme_may_be_chosen_and_says_whom_it_does_not_score(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    page = sound(posted(client, choice=BANDS.fingerprint[:16]))
    assert "这个方案不再给他们计分：2 人" in page.text
    assert posted(client, choice="nonsense").status_code == 400


def test_a_preview_says_of_whom_it_knows_nothing_and_leaves_them_out(own_school: School) -> None:
    spoil_one_of(own_school.store, COURSE, "moodle-6", kind="submission")
    client = own_school.signed_in(COORDINATOR)
    page = sound(posted(client))
    assert "2 人的结果会改变" in page.text
    assert "成绩单算不出来，暂时保持原样，不计入以上数字：1 人" in page.text
    english = sound(client.post(f"{PAGE}?lang=en", data=preview(client)))
    assert "have no card that can be made, keep theirs for now, and are in no figure here: 1" in english.text


def test_what_is_in_force_already_cannot_be_taken_on_again(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    page = sound(posted(client, choice=main_scheme().fingerprint[:16]))
    assert "规则相同。" in page.text
    assert [e for e in page.all("button") if e.attributes.get("value") == "adopt"] == []


def test_the_page_is_one_click_from_the_scheme_for_coordinators_alone(school: School) -> None:
    def links(who: str) -> list[str]:
        page = school.page(school.signed_in(who), f"/courses/{COURSE}/scheme")
        return [e.attributes["href"] for e in page.all("a")]

    assert PAGE in links(COORDINATOR)
    assert PAGE not in links("moodle-31")
