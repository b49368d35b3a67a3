"""The tutor's desk: what is to be done, and what holds on each of its pages."""

from __future__ import annotations

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.instants import SECOND
from lms_scoring.services.scoring.assess import assess
from tests.integration.web.desk.presses import COLLEAGUE, DESK, PAGES, RECOMMENDING, TUTOR, WORK, recommends
from tests.integration.web.forms import sent
from tests.integration.web.school import (
    ADMINISTRATOR,
    COORDINATOR,
    COURSE,
    FIRST,
    HOSTILE,
    RULES,
    SECOND_CLASS,
    SOURCE,
    School,
    home,
    mark_the_last,
)


@pytest.mark.parametrize("who", [TUTOR, COORDINATOR])
@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_says_as_of_when_it_is_and_leads_to_the_others(
    school: School, who: str, path: str, language: str
) -> None:
    page = school.page(school.signed_in(who), f"{path}?lang={language}")
    assert ("2024年12月16日 23:59" if language == "zh" else "16 Dec 2024 23:59") in page.text
    links = {one.attributes["href"] for one in page.all("a")}
    assert set(PAGES) <= links


@pytest.mark.parametrize("path", PAGES)
def test_a_tutor_sees_nothing_of_another_class(school: School, path: str) -> None:
    client = school.signed_in(TUTOR)
    page = school.page(client, path)
    for strange in (SECOND_CLASS, "Aygül Memet", "赵国强"):
        assert strange not in page.text
    assert client.get(f"{path}?class={SECOND_CLASS}").status_code == 403
    assert client.get(f"{path}?class={FIRST}").status_code == 200


@pytest.mark.parametrize("path", PAGES)
def test_a_coordinator_chooses_a_class(school: School, path: str) -> None:
    client = school.signed_in(COORDINATOR)
    assert "一班" in school.page(client, path).text
    chosen = school.page(client, f"{path}?class={SECOND_CLASS}")
    current = [one.text for one in chosen.all("a") if one.attributes.get("aria-current") == "true"]
    assert current == [SECOND_CLASS]
    assert "黄涛" not in chosen.text
    links = {one.attributes["href"] for one in chosen.all("a")}
    assert {f"{one}?class=%E4%BA%8C%E7%8F%AD" for one in PAGES} <= links


@pytest.mark.parametrize("path", PAGES)
def test_a_hostile_name_is_only_a_name(school: School, path: str) -> None:
    page = school.page(school.signed_in(COLLEAGUE), path)
    assert (HOSTILE in page.text) == (path == RECOMMENDING)


def test_an_administrator_of_no_name_sees_the_desk_and_recommends_nothing(school: School) -> None:
    client = school.signed_in(ADMINISTRATOR)
    for path in PAGES:
        school.page(client, path)
    assert sent(client, RECOMMENDING, submission=WORK, do="recommend").status_code == 403


def test_a_tutor_begins_with_what_is_to_be_done(school: School) -> None:
    client = school.signed_in(TUTOR)
    assert client.get("/").location == DESK
    page = school.page(client, DESK)
    (tasks,) = page.all("ul", "tasks")
    assert "还有 1 份作业没有批改（共 4 份，要求全部批改），最早的已等 44 天。" in tasks.text
    assert "您已推优 0 件。建议约 1 件。" in tasks.text
    assert "班级简报 满分 20.00 / 20 分" in tasks.text
    assert "待批改：目前 32.00 分；尚未批改的作业批改后最高可到 72.00 分，合格线 60 分。" in page.text
    assert "不可达" in page.text


def test_the_own_card_leads_back_to_what_is_to_be_done(school: School) -> None:
    path = f"/courses/{COURSE}/people/{TUTOR}"
    words = "我的工作：去批改、推优、写简报"
    (link,) = (one for one in school.page(school.signed_in(TUTOR), path).all("a") if one.text == words)
    assert link.attributes["href"] == DESK
    assert words not in school.page(school.signed_in(COORDINATOR), path).text


def test_what_the_end_of_the_window_ended_is_not_called_to_do(school: School) -> None:
    (tasks,) = school.page(school.signed_in(TUTOR), DESK).all("ul", "tasks")
    assert tasks.text.count("待完成") == 2  # marking and recommending still count
    assert "参与研讨 已确定 12.00 / 20 分" in tasks.text


def test_what_is_done_is_said_to_be(own_school: School) -> None:
    mark_the_last(own_school)
    client = own_school.signed_in(TUTOR)
    recommends(client)
    (tasks,) = own_school.page(client, DESK).all("ul", "tasks")
    assert "4 份作业已全部批改" in tasks.text
    assert "您已推优 1 件。" in tasks.text
    assert "待完成" not in tasks.text


def test_a_coordinator_sees_what_each_class_waits_for(school: School) -> None:
    page = school.page(school.signed_in(COORDINATOR), DESK)
    assert page.all("ul", "tasks") == []
    facts = list(zip(page.texts("dt"), page.texts("dd"), strict=True))
    assert [fact for name, fact in facts if name == "已批改 / 应批改"] == ["3 / 4", "3 / 3"]
    assert "王敏" in page.text
    assert "赵国强" in page.text


def test_learners_whose_records_a_person_must_look_at_are_named(own_school: School) -> None:
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=own_school.clock.now() + SECOND)
        unread = ev.Unknown(id="u-5", person=home("moodle-6"), activity="video-2", reason="no access")
        transaction.keep_records(COURSE, SOURCE, [unread], run=run)
    assess(RULES, own_school.store, clock=own_school.clock)
    page = own_school.page(own_school.signed_in(TUTOR), DESK)
    assert "待核查：马欣怡" in page.text
