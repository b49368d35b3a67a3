"""Recommending works, with what it does to the own score."""

from __future__ import annotations

import pytest

from lms_scoring.domain.instants import HOUR, SECOND
from lms_scoring.services.access.erase import erase
from lms_scoring.services.signing import Signature
from lms_scoring.store import SqlStore
from tests.fixtures.courses.spoiling import spoil_one_of
from tests.given import DAY, DUE, START
from tests.integration.web.desk.presses import (
    COLLEAGUE,
    DESK,
    MARKING,
    RECOMMENDING,
    TUTOR,
    WORK,
    confirmed,
    recommends,
)
from tests.integration.web.forms import sent
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COORDINATOR, COURSE, FIRST, School, learns_too


def test_works_stand_with_their_marks_the_best_first(school: School) -> None:
    page = school.page(school.signed_in(TUTOR), RECOMMENDING)
    (table,) = page.all("table", "works")
    rows = [one.text for one in page.all("tr")]
    assert "刘磊 课程作业 2024年11月3日 00:00 评为优秀" in rows[1]
    assert table.text.index("评为良好") < table.text.index("评为合格") < table.text.index("没有评分")


def test_each_work_is_one_journal_or_one_piece_of_homework(school: School) -> None:
    page = school.page(school.signed_in(TUTOR), f"{RECOMMENDING}?lang=en")
    assert {"homework", "journal"} >= set(page.texts("span", "what"))
    assert "刘磊 journal" in page.text


def test_a_work_is_recommended_once_its_effect_on_the_own_score_was_seen(own_school: School) -> None:
    client = own_school.signed_in(TUTOR)
    shown = HtmlPage(sent(client, RECOMMENDING, submission=WORK, do="recommend").text)
    (effect,) = shown.all("table", "effect")
    assert "作业推优 满分 20 0.00 20.00" in effect.text
    assert "总分 满分 100 32.00 52.00" in effect.text
    assert "您已推优 0 件" in own_school.page(client, RECOMMENDING).text
    recommends(client)
    page = own_school.page(client, RECOMMENDING)
    assert "您已推优 1 件。建议约 1 件。" in page.text
    chosen, others = page.all("table", "works")
    assert "刘磊" in chosen.text
    assert "已推优 王敏 · 2024年12月17日" in chosen.text
    assert "评为优秀" not in others.text


def test_a_tutor_whose_own_card_cannot_be_made_recommends_all_the_same(own_school: School) -> None:
    spoil_one_of(own_school.store, COURSE, "moodle-4", kind="submission")
    client = own_school.signed_in(TUTOR)
    assert "1 条记录" in own_school.page(client, MARKING).text
    assert own_school.page(client, DESK).texts("h1")
    shown = HtmlPage(sent(client, RECOMMENDING, submission=WORK, do="recommend").text)
    assert shown.all("table", "effect") == []
    assert "现在没有可以对比的成绩单" in shown.text
    recommends(client)
    assert "您已推优 1 件" in own_school.page(client, RECOMMENDING).text


def test_taking_back_needs_a_reason_and_is_shown_first(own_school: School) -> None:
    client = own_school.signed_in(TUTOR)
    recommends(client)
    fields = {"submission": WORK, "do": "take_back"}
    asking = HtmlPage(sent(client, RECOMMENDING, **fields).text)
    assert [one.attributes["id"] for one in asking.all("textarea")] == ["reason"]
    assert asking.all("table", "effect") == []
    assert "请写明理由" not in asking.text
    assert "请写明理由" in sent(client, RECOMMENDING, **fields, reason=" ").text
    assert "最多 2000 字" in sent(client, RECOMMENDING, **fields, reason="字" * 2_001).text
    assert confirmed(client, **fields, reason="内容雷同").status_code == 303
    assert "您已推优 0 件" in own_school.page(client, RECOMMENDING).text


def test_recommending_again_says_why(own_school: School) -> None:
    client = own_school.signed_in(TUTOR)
    recommends(client)
    confirmed(client, submission=WORK, do="take_back", reason="内容雷同")
    own_school.clock.go_on(HOUR)
    again = HtmlPage(sent(client, RECOMMENDING, submission=WORK, do="recommend").text)
    assert len(again.all("textarea")) == 1
    assert confirmed(client, submission=WORK, do="recommend", reason="核对后并不雷同").status_code == 303
    assert "您已推优 1 件" in own_school.page(client, RECOMMENDING).text


def test_what_was_never_shown_is_not_recommended(own_school: School) -> None:
    client = own_school.signed_in(TUTOR)
    answer = sent(client, RECOMMENDING, submission=WORK, do="recommend", seen="made-up")
    assert answer.status_code == 200
    assert "您已推优 0 件" in own_school.page(client, RECOMMENDING).text


def test_recommending_twice_leads_back(own_school: School) -> None:
    client = own_school.signed_in(TUTOR)
    recommends(client)
    assert sent(client, RECOMMENDING, submission=WORK, do="recommend").status_code == 303


@pytest.mark.parametrize(
    ("who", "fields", "status"),
    [
        (TUTOR, {"submission": WORK}, 400),
        (TUTOR, {"submission": WORK, "do": "burn"}, 400),
        (TUTOR, {"submission": "absent", "do": "recommend"}, 403),
        (COLLEAGUE, {"submission": WORK, "do": "recommend"}, 403),
        (COORDINATOR, {"submission": WORK, "do": "recommend"}, 403),
        ("moodle-3", {"submission": WORK, "do": "recommend"}, 403),
    ],
)
def test_whoever_or_whatever_is_not_of_the_class_is_refused(
    school: School, who: str, fields: dict[str, str], status: int
) -> None:
    assert sent(school.signed_in(who), RECOMMENDING, **fields).status_code == status


def test_a_clock_that_was_set_back_keeps_nobody_from_recommending_again(own_school: School) -> None:
    client = own_school.signed_in(TUTOR)
    recommends(client)
    confirmed(client, submission=WORK, do="take_back", reason="x")
    own_school.clock.go_on(-SECOND)
    confirmed(client, submission=WORK, do="recommend", reason="y")
    own_school.clock.go_on(2 * SECOND)
    assert "您已推优 1 件" in own_school.page(client, RECOMMENDING).text


def test_a_coordinator_reads_who_recommended_what_and_presses_nothing(own_school: School) -> None:
    recommends(own_school.signed_in(TUTOR))
    client = own_school.signed_in(COORDINATOR)
    page = own_school.page(client, RECOMMENDING)
    (chosen,) = page.all("table", "works")
    assert "已推优 王敏" in chosen.text
    assert "还没有推优。" in page.text, "of the other class"
    chosen, others = own_school.page(client, f"{RECOMMENDING}?class={FIRST}").all("table", "works")
    assert "马欣怡" in others.text
    buttons = [one for one in page.all("button") if one.attributes.get("name") == "do"]
    assert buttons == []


def test_a_recommended_work_of_who_was_erased_counts_and_is_not_listed(own_school: School) -> None:
    recommends(own_school.signed_in(TUTOR))
    signed = Signature(by="operator:office", reason="asked for")
    with_key = SqlStore(own_school.store.engine, digest_keys=lambda _make: [b"of digests"])
    assert erase("moodle-3", signed, with_key, clock=own_school.clock) is not None
    page = own_school.page(own_school.signed_in(TUTOR), RECOMMENDING)
    assert "您已推优 1 件" in page.text
    assert [one.text.count("已推优的作品") for one in page.all("table", "works")] == [0]
    for told in ("已推优的作品（1 件）", "还没有推优的作品（7 件）"):
        assert page.text.count(told) == 1
    assert page.text.count("其中 1 件出自已删除的人员，不列出。") == 2, "the other is a journal"
    whole = own_school.page(own_school.signed_in(COORDINATOR), RECOMMENDING)
    assert whole.text.count("还没有推优。") == 1, "of the other class alone"


OWN = f"moodle/s-{TUTOR}-17"
OWN_WORK = {"zh": "您本人的作品，不能推优", "en": "your own: not to recommend"}
BESIDE = {
    "zh": "本班其他人共提交作业和日志 8 件，您本人的不计在内。",
    "en": "The class has handed in 8 works besides yours, homework and journals.",
}
ON_THE_CARD = {"zh": "提交作品 8", "en": "works handed in 8"}


@pytest.mark.parametrize("language", ["zh", "en"])
def test_who_learns_in_the_class_too_is_offered_no_recommending_of_the_own_work(
    own_school: School, language: str
) -> None:
    learns_too(own_school, TUTOR, FIRST)
    client = own_school.signed_in(TUTOR)
    page = own_school.page(client, f"{RECOMMENDING}?lang={language}")
    (own,) = [one.text for one in page.all("tr") if OWN_WORK[language] in one.text]
    assert "王敏" in own
    assert OWN not in [one.attributes.get("value") for one in page.all("input")]
    assert BESIDE[language] in page.text
    card = own_school.page(client, f"/courses/{COURSE}/people/{TUTOR}?lang={language}")
    assert ON_THE_CARD[language] in card.text
    assert sent(client, RECOMMENDING, submission=OWN, do="recommend").status_code == 409


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "还没有其他人提交作业或日志"), ("en", "Nobody else has handed in homework")]
)
def test_where_the_own_work_is_the_only_one_there_is_nothing_to_recommend(
    own_school: School, language: str, said: str
) -> None:
    learns_too(own_school, TUTOR, FIRST)
    own_school.go_back(START + DAY)
    client = own_school.signed_in(TUTOR)
    for path in (DESK, RECOMMENDING):
        assert said in own_school.page(client, f"{path}?lang={language}").text
    assert OWN_WORK[language] in own_school.page(client, f"{RECOMMENDING}?lang={language}").text


def test_a_coordinator_reads_of_how_many_works_others_can_recommend(own_school: School) -> None:
    learns_too(own_school, TUTOR, FIRST)
    page = own_school.page(own_school.signed_in(COORDINATOR), DESK)
    facts = list(zip(page.texts("dt"), page.texts("dd"), strict=True))
    assert [fact for name, fact in facts if name == "已推优 / 作品"] == ["0 / 8", "0 / 8"]


def test_before_anybody_handed_in_there_is_nothing_to_recommend(own_school: School) -> None:
    own_school.go_back(DUE - 40 * DAY)
    page = own_school.page(own_school.signed_in(TUTOR), RECOMMENDING)
    assert "暂时没有可推优的作品" in page.text
