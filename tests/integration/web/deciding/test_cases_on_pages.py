"""Cases on pages: a tutor decides, the learner objects, a second person settles; who sees what of it."""

from __future__ import annotations

import re
from collections import Counter

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.instants import DAY
from tests.integration.web.cases import COLLEAGUE, COPY, LIST, POST, TUTOR, act, buttons, effects, total
from tests.integration.web.doubtful import CLASSMATE, LEARNER, flood_again
from tests.integration.web.forms import sent
from tests.integration.web.school import COORDINATOR, COURSE, School, mark_the_last


def test_a_tutor_decides_the_learner_objects_and_a_second_person_settles(doubtful: School) -> None:
    before = total(doubtful, LEARNER)
    tutor = doubtful.signed_in(TUTOR)
    assert buttons(doubtful.page(tutor, POST)) == ["dismiss", "void"]
    assert act(doubtful, TUTOR, POST, "void", "没有内容") == 303
    assert total(doubtful, LEARNER) == before  # 28 posts: one fewer is still over the cap
    page = doubtful.page(doubtful.signed_in(LEARNER), POST)
    assert "没有内容" in page.text
    assert "王敏" in page.text
    assert buttons(page) == ["object"]
    assert act(doubtful, LEARNER, POST, "object", "当时大家都在回应") == 303
    assert act(doubtful, LEARNER, POST, "object", "再一次") == 409
    assert act(doubtful, TUTOR, POST, "confirm") == 409
    assert "须由另一人复核" in sent(doubtful.signed_in(TUTOR), POST, do="confirm", words="我").text
    assert buttons(doubtful.page(doubtful.signed_in(COORDINATOR), POST)) == ["reverse", "confirm"]
    assert act(doubtful, COORDINATOR, POST, "reverse", "可以理解") == 303
    page = doubtful.page(doubtful.signed_in(LEARNER), POST)
    assert "复核：恢复计分" in page.text
    assert buttons(page) == []
    for said in ("没有内容", "当时大家都在回应", "可以理解"):
        assert said in page.text


def test_from_an_own_case_a_way_leads_back_to_the_own_score(doubtful: School) -> None:
    def back(who: str) -> list[str]:
        page = doubtful.page(doubtful.signed_in(who), POST)
        return [
            e.attributes["href"] or "" for e in page.all("a") if e.text in ("返回我的成绩", "返回核查列表")
        ]

    assert back(LEARNER) == [f"/courses/{COURSE}/people/{LEARNER}#cases"]
    assert back(TUTOR) == [LIST]


def test_voiding_a_record_changes_the_score_and_settling_brings_it_back(doubtful: School) -> None:
    mark_the_last(doubtful)
    before = total(doubtful, CLASSMATE)
    assert act(doubtful, TUTOR, COPY, "void") == 303
    voided = total(doubtful, CLASSMATE)
    assert voided != before
    assert act(doubtful, CLASSMATE, COPY, "object") == 303
    assert act(doubtful, COORDINATOR, COPY, "reverse") == 303
    assert total(doubtful, CLASSMATE) == before


def test_who_decides_sees_what_would_change_before_and_again_before_settling(doubtful: School) -> None:
    mark_the_last(doubtful)
    page = doubtful.page(doubtful.signed_in(TUTOR), COPY)
    assert "如果作废，分数会这样变" in page.text
    (effect, *_) = effects(page)
    assert re.search(r"课程作业 满分 20 \d+\.00 0\.00", effect)
    assert effects(doubtful.page(doubtful.signed_in(CLASSMATE), COPY)) == []
    assert act(doubtful, TUTOR, COPY, "void") == 303
    assert effects(doubtful.page(doubtful.signed_in(TUTOR), COPY)) == []
    assert act(doubtful, CLASSMATE, COPY, "object") == 303
    assert effects(doubtful.page(doubtful.signed_in(TUTOR), COPY)) == []
    page = doubtful.page(doubtful.signed_in(COORDINATOR), COPY)
    assert "如果恢复计分，分数会这样变" in page.text
    (again, *_) = effects(page)
    assert re.search(r"课程作业 满分 20 0\.00 \d+\.00", again)


NOT_MARKED = "这份作业您还没有批改"


def test_a_tutor_voids_no_copy_that_the_tutor_has_yet_to_mark(doubtful: School) -> None:
    tutor = doubtful.signed_in(TUTOR)
    page = doubtful.page(tutor, COPY)
    assert NOT_MARKED in page.text
    assert buttons(page) == ["dismiss"]
    assert effects(page) == []
    refused = sent(tutor, COPY, do="void", words="雷同")
    assert (refused.status_code, NOT_MARKED in refused.text) == (409, True)
    assert "You have not marked this homework" in doubtful.page(tutor, f"{COPY}?lang=en").text
    mark_the_last(doubtful)
    assert buttons(doubtful.page(tutor, COPY)) == ["dismiss", "void"]
    assert act(doubtful, TUTOR, COPY, "void", "雷同") == 303


def test_a_coordinator_voids_a_copy_that_nobody_marked(doubtful: School) -> None:
    page = doubtful.page(doubtful.signed_in(COORDINATOR), COPY)
    assert NOT_MARKED not in page.text
    assert buttons(page) == ["dismiss", "void"]
    assert act(doubtful, COORDINATOR, COPY, "void", "雷同") == 303


def test_a_tutor_dismisses_a_doubt_about_what_the_tutor_has_yet_to_mark(doubtful: School) -> None:
    assert act(doubtful, TUTOR, COPY, "dismiss") == 303


def test_dismissing_changes_no_score_and_closes_the_case(doubtful: School) -> None:
    before = total(doubtful, LEARNER)
    assert act(doubtful, TUTOR, POST, "dismiss") == 303
    assert total(doubtful, LEARNER) == before
    with doubtful.store.reading() as transaction:
        assert Counter(transaction.waiting_cases(COURSE).values()) == {CLASSMATE: 1}
    page = doubtful.page(doubtful.signed_in(TUTOR), LIST)
    assert "核查 1" not in page.text
    assert "核查 1" in doubtful.page(doubtful.signed_in(TUTOR), f"{LIST}?all=1").text


def test_a_case_names_the_activity_that_its_record_is_of(doubtful: School) -> None:
    coordinator, card = doubtful.signed_in(COORDINATOR), f"/courses/{COURSE}/people/{CLASSMATE}"
    for path, words in (
        (POST, "帖子：研讨交流 moodle/moodle-3-t0"),
        (COPY, "提交：课程作业 moodle/s-moodle-4-17"),
        (LIST, "帖子：研讨交流 moodle/moodle-3-t0"),
        (card, "提交：课程作业 moodle/s-moodle-4-17"),
    ):
        assert words in doubtful.page(coordinator, path).text


def test_one_may_object_for_a_week_and_not_longer(doubtful: School) -> None:
    assert act(doubtful, TUTOR, POST, "void") == 303
    doubtful.clock.go_on(9 * DAY)
    assert act(doubtful, LEARNER, POST, "object") in (401, 409)
    page = doubtful.page(doubtful.signed_in(LEARNER), POST)
    assert buttons(page) == []
    assert "申诉期限已过" in page.text


@pytest.mark.parametrize(
    ("who", "do"),
    [
        (LEARNER, "dismiss"),
        (LEARNER, "void"),
        (LEARNER, "reverse"),
        (CLASSMATE, "object"),
        (COLLEAGUE, "void"),
        (COLLEAGUE, "confirm"),
    ],
)
def test_who_must_not_decide_is_refused(doubtful: School, who: str, do: str) -> None:
    assert act(doubtful, who, POST, do) == 403
    with doubtful.store.reading() as transaction:
        assert Counter(transaction.waiting_cases(COURSE).values()) == {LEARNER: 1, CLASSMATE: 1}


@pytest.mark.parametrize(("do", "status"), [("object", 409), ("confirm", 409), ("nothing", 400), ("", 400)])
def test_steps_out_of_turn_are_refused(doubtful: School, do: str, status: int) -> None:
    assert act(doubtful, TUTOR, POST, do) == status


@pytest.mark.parametrize("words", ["", " ", "字" * 2_001])
def test_a_decision_wants_words_and_not_too_many(doubtful: School, words: str) -> None:
    assert act(doubtful, TUTOR, POST, "void", words) == 409


def test_who_says_too_much_reads_by_how_much(doubtful: School) -> None:
    answer = sent(doubtful.signed_in(TUTOR), POST, do="void", words="𠮷\r\n" * 1_000 + "字字")
    assert "现有 2002 字，最多 2000 字，请删去 2 字。" in answer.text


def test_two_works_lie_side_by_side_for_who_decides(doubtful: School) -> None:
    page = doubtful.page(doubtful.signed_in(TUTOR), COPY)
    marks = page.texts("mark")
    assert marks
    assert all(one.startswith("[") for one in marks)
    assert "script" in page.text
    assert "其他班级或课程的学员" in page.text
    assert "Aygül" not in page.text
    assert "Aygül Memet" in doubtful.page(doubtful.signed_in(COORDINATOR), COPY).text


def test_a_learner_reads_of_nobody_else(doubtful: School) -> None:
    page = doubtful.page(doubtful.signed_in(CLASSMATE), COPY)
    assert page.all("mark") == []
    assert "Aygül" not in page.text
    assert "s-moodle-8-17" not in page.text
    assert "我认为" in page.text


def test_a_case_of_a_tutor_promises_no_look_of_a_tutor(doubtful: School) -> None:
    """Coordinators alone decide about those."""
    flood_again(doubtful, "t0", who=TUTOR, says="好")
    own = doubtful.page(doubtful.signed_in(TUTOR), f"{LIST}/3")
    assert "等待负责人查看" in own.text
    assert "辅导教师" not in own.text
    decides = doubtful.page(doubtful.signed_in(COORDINATOR), f"{LIST}/3")
    assert "本人和其他负责人都会看到" in decides.text
    assert "当事学员" not in decides.text


def test_the_pages_speak_english_too(doubtful: School) -> None:
    tutor = doubtful.signed_in(TUTOR)
    listed = doubtful.page(tutor, f"{LIST}?lang=en").text
    assert "possible copying" in listed
    assert "only 1 letter or digit (fewer than 10)" in listed
    assert "% of the passages of this work and of one handed in before stand in both" in listed
    assert "Side by side" in doubtful.page(tutor, f"{COPY}?lang=en").text


def test_a_voided_record_says_so_in_the_ledger(doubtful: School) -> None:
    mark_the_last(doubtful)
    act(doubtful, TUTOR, COPY, "void", "抄自他人")
    with doubtful.store.reading() as transaction:
        records = transaction.records_of(COURSE, [CLASSMATE], kinds=("decision",))
    (decision,) = records
    assert isinstance(decision, ev.Decision)
    assert (decision.action, decision.by, decision.reason) == (ev.Action.VOID, TUTOR, "抄自他人")
