"""A course's settings on their page: changed once it was seen whose result that changes, and signed."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_scoring.course_rules import AdoptedRules
from lms_scoring.course_sources import ACTIVITY_KINDS
from lms_scoring.domain.binding import Bindings
from lms_scoring.domain.evidence import Purpose
from lms_scoring.ports import Activity, Passback
from lms_scoring.services.deciding.close import close
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.setting_up.edited_text import with_bindings
from lms_scoring.services.signing import Signature
from tests.fixtures.pages import pages
from tests.integration.web.forms import sent
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import (
    ACTIVITIES,
    BINDINGS,
    COORDINATOR,
    COURSE,
    HOSTILE,
    PUBLIC,
    SHELF,
    SOURCE,
    School,
)

PAGE = f"/courses/{COURSE}/settings"
GRADEBOOK = f"{PAGE}/gradebook"
TEXT = with_bindings(
    f'# 本课程的设置\nformat = 1\nid = "{COURSE}"\ntitle = "培训"\nscheme = "longcheng-2024"\n\n'
    f'[[source]]\nname = "{SOURCE}"\nkind = "moodle"\ncourse = "LC2024"\n\n[schedule]\n',
    BINDINGS,
)
SECOND = Activity(id="31", name="课程作业（补充）", kind="assign")


@pytest.fixture
def settled(own_school: School) -> School:
    """The school with a text of settings, and an assignment that was added after it was set up."""
    store = own_school.store
    with store.writing() as transaction:
        transaction.keep_course(replace(transaction.course(COURSE), settings=TEXT))
        transaction.keep_activities(COURSE, SOURCE, [*ACTIVITIES, SECOND])
    app = pages(
        store=store,
        courses=lambda: AdoptedRules(store, folder=Path()),
        clock=own_school.clock,
        public_url=PUBLIC,
        shelf=SHELF,
        activity_kinds=ACTIVITY_KINDS,
    )
    return replace(own_school, app=app)


def rules_of(school: School) -> CourseRules:
    return AdoptedRules(school.store, folder=Path()).rules(COURSE)


def bindings_of(school: School) -> Bindings:
    return rules_of(school).bindings


def chosen(**activities: str) -> dict[str, str]:
    """The fields of a form in which these activities (`n17`) count as something else."""
    return {f"{SOURCE} {name.removeprefix('n')}": purpose for name, purpose in activities.items()}


def sound(answer: TestResponse, status: int = 200) -> HtmlPage:
    assert answer.status_code == status
    page = HtmlPage(answer.text)
    assert page.faults == []
    return page


def previewed(client: FlaskClient, fields: dict[str, str]) -> HtmlPage:
    return sound(sent(client, PAGE, do="preview", **fields))


def seen(page: HtmlPage) -> str:
    (field,) = (one for one in page.all("input") if one.attributes.get("name") == "seen")
    return field.attributes["value"]


def test_each_activity_says_what_it_counts_as_and_a_new_one_what_it_probably_does(settled: School) -> None:
    page = settled.page(settled.signed_in(COORDINATOR), PAGE)
    rows = {row.split()[0]: row for row in page.texts("tr")}
    assert "从名称和类型看，可能是：课程作业" in rows["课程作业（补充）"]
    assert "可能是" not in rows["研讨交流"]
    assert {one.attributes["name"] for one in page.all("select")} >= {
        f"{SOURCE} {activity}" for activity in ("17", "19", "25", "26", "27", "31", "video-1", "video*")
    }
    assert [one for one in page.all("button") if one.attributes.get("value") == "adopt"] == []


def test_a_preview_names_who_would_flip_and_changes_nothing(settled: School) -> None:
    page = previewed(settled.signed_in(COORDINATOR), chosen(n17=""))
    assert "人的结果会改变" in page.text
    assert "不再合格" in page.text
    assert any("课程作业 moodle 17 课程作业 不计分" in row for row in page.texts("tr"))
    assert "学员 · 课程作业: 没有活动计入这一项" in page.text
    assert bindings_of(settled) == BINDINGS


def test_what_was_shown_is_applied_with_its_reason_and_the_file_keeps_its_words(settled: School) -> None:
    client, fields = settled.signed_in(COORDINATOR), chosen(n26="posts", n31="homework")
    mark = seen(previewed(client, fields))
    settled.clock.go_on(1000)
    answer = sent(client, PAGE, do="adopt", seen=mark, reason=f"{HOSTILE} 新增了作业", **fields)
    assert (answer.status_code, answer.location) == (303, PAGE)
    found = bindings_of(settled)
    assert (found.purpose_of(SOURCE, "26"), found.purpose_of(SOURCE, "31")) == (
        Purpose.POSTS,
        Purpose.HOMEWORK,
    )
    with settled.store.reading() as transaction:
        text, (act,) = transaction.course(COURSE).settings, transaction.acts()
    assert text.startswith("# 本课程的设置\n")
    assert "[schedule]" in text
    assert (act.by, act.reason) == (COORDINATOR, f"{HOSTILE} 新增了作业")
    again = settled.page(settled.signed_in("moodle-5"), f"/courses/{COURSE}/people/moodle-5")
    (history,) = again.all("table", "history")
    assert f"{HOSTILE} 新增了作业" in history.text, "moodle-5 had one topic, and has two"


def test_choices_other_than_those_shown_are_shown_first(settled: School) -> None:
    client = settled.signed_in(COORDINATOR)
    mark = seen(previewed(client, chosen(n26="posts")))
    page = sound(sent(client, PAGE, do="adopt", seen=mark, reason="because", **chosen(n26="bulletins")), 409)
    assert "情况有变化，什么都没有做" in page.text
    assert bindings_of(settled) == BINDINGS
    assert seen(page) != mark


def test_nothing_is_applied_without_a_reason(settled: School) -> None:
    client, fields = settled.signed_in(COORDINATOR), chosen(n26="posts")
    mark = seen(previewed(client, fields))
    page = sound(sent(client, PAGE, do="adopt", seen=mark, reason=" ", **fields), 400)
    assert any(text.startswith("请写明理由") for text in page.texts("span", "wrong"))
    assert bindings_of(settled) == BINDINGS
    assert seen(page) == mark


def test_a_preview_of_no_change_offers_nothing_to_confirm(settled: School) -> None:
    page = previewed(settled.signed_in(COORDINATOR), {})
    assert "没有任何更改。" in page.text
    assert [one for one in page.all("button") if one.attributes.get("value") == "adopt"] == []


def test_a_closed_course_says_so_and_where_to_reopen_it(settled: School) -> None:
    client, fields = settled.signed_in(COORDINATOR), chosen(n26="posts")
    mark = seen(previewed(client, fields))
    close(
        rules_of(settled), Signature(by="operator:office", reason="over"), settled.store, clock=settled.clock
    )
    page = settled.page(client, PAGE)
    assert "各个活动计入什么不能再改" in page.text
    assert page.all("select") == []
    for do in ("preview", "adopt"):
        page = sound(sent(client, PAGE, do=do, seen=mark, reason="because", **fields), 409)
        assert "本培训项目已经结项，成绩已锁定，所以没有保存" in page.text
    assert bindings_of(settled) == BINDINGS


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({f"{SOURCE} video-1": ""}, "这里有一行（以 * 结尾）包含这个活动"),
        ({f"{SOURCE} 25": "homework"}, "这个活动不能计入该项"),
        ({f"{SOURCE} 25": "nonsense"}, "这个活动不能计入该项"),
    ],
)
def test_a_choice_that_cannot_be_is_answered_beside_its_line(
    settled: School, fields: dict[str, str], said: str
) -> None:
    page = sound(sent(settled.signed_in(COORDINATOR), PAGE, do="preview", **fields), 400)
    (wrong,) = page.texts("span", "wrong")
    assert said in wrong
    assert bindings_of(settled) == BINDINGS


def test_what_goes_to_the_gradebook_is_told_before_it_is_switched(settled: School) -> None:
    client = settled.signed_in(COORDINATOR)
    page = sound(sent(client, GRADEBOOK, do="preview", passback="score"))
    assert "确认后，8 项成绩会自动发送，最迟在下次同步时。" in page.text
    with settled.store.reading() as transaction:
        assert transaction.passback(COURSE) is None
    answer = sent(client, GRADEBOOK, do="switch", passback="score")
    assert (answer.status_code, answer.location) == (303, f"{PAGE}#gradebook")
    with settled.store.reading() as transaction:
        assert transaction.passback(COURSE) is Passback.SCORE
    checked = [one for one in settled.page(client, PAGE).all("input") if "checked" in one.attributes]
    assert [one.attributes["value"] for one in checked] == ["score"]
    assert sent(client, GRADEBOOK, do="switch", passback="off").status_code == 303
    with settled.store.reading() as transaction:
        assert transaction.passback(COURSE) is None
    assert sent(client, GRADEBOOK, do="switch", passback="all").status_code == 400


@pytest.mark.parametrize("who", ["moodle-31", "moodle-3"])
def test_nobody_else_changes_anything(settled: School, who: str) -> None:
    client = settled.signed_in(who)
    assert sent(client, PAGE, do="preview", **chosen(n26="posts")).status_code == 403
    assert sent(client, GRADEBOOK, do="switch", passback="score").status_code == 403
    with settled.store.reading() as transaction:
        assert transaction.passback(COURSE) is None


@pytest.mark.parametrize("page", ["overview", "sync"])
def test_the_page_is_one_click_from_where_one_misses_something(settled: School, page: str) -> None:
    shown = settled.page(settled.signed_in(COORDINATOR), f"/courses/{COURSE}/{page}")
    assert PAGE in [one.attributes["href"] for one in shown.all("a")]


def test_the_page_is_complete_in_english(settled: School) -> None:
    client = settled.signed_in(COORDINATOR)
    page = settled.page(client, f"{PAGE}?lang=en")
    assert page.texts("h1") == ["Course settings"]
    page = previewed(client, chosen(n17=""))
    assert "would have another result" in page.text
