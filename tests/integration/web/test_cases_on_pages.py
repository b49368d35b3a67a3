"""Cases on pages: a tutor decides, the learner objects, a second person settles; who sees what of it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.instants import DAY
from lms_scoring.domain.texts import Text
from lms_scoring.services.doubting.doubts import look_for_doubts
from lms_scoring.services.scoring.assess import assess
from tests.fixtures.courses.written import essay, paraphrase
from tests.given import START
from tests.integration.web.doubtful import CLASSMATE, ELSEWHERE, LEARNER, flood_again, make_doubtful
from tests.integration.web.forms import sent
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import (
    COORDINATOR,
    COURSE,
    FIRST,
    RULES,
    SECOND_CLASS,
    SOURCE,
    TUTORS,
    School,
    home,
    mark_the_last,
)

PASSING = "moodle-11"
TUTOR, COLLEAGUE = TUTORS[FIRST], TUTORS[SECOND_CLASS]
LIST, POST, COPY = f"/courses/{COURSE}/cases", f"/courses/{COURSE}/cases/1", f"/courses/{COURSE}/cases/2"


@pytest.fixture
def doubtful(own_school: School) -> School:
    """Case 1 is about a post of the learner, case 2 about homework like one of another class."""
    make_doubtful(own_school)
    return own_school


def total(school: School, person: str) -> object:
    with school.store.reading() as transaction:
        return next(row.card.total for row in transaction.board(COURSE) if row.card.person == person)


def act(school: School, who: str, path: str, do: str, words: str = "看过了。") -> int:
    return sent(school.signed_in(who), path, do=do, words=words).status_code


def buttons(page: HtmlPage) -> Sequence[str]:
    return [one.attributes["value"] for one in page.all("button") if one.attributes.get("name") == "do"]


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


def test_voiding_a_record_changes_the_score_and_settling_brings_it_back(doubtful: School) -> None:
    mark_the_last(doubtful)
    before = total(doubtful, CLASSMATE)
    assert act(doubtful, TUTOR, COPY, "void") == 303
    voided = total(doubtful, CLASSMATE)
    assert voided != before
    assert act(doubtful, CLASSMATE, COPY, "object") == 303
    assert act(doubtful, COORDINATOR, COPY, "reverse") == 303
    assert total(doubtful, CLASSMATE) == before


def effects(page: HtmlPage) -> Sequence[str]:
    return [table.text for table in page.all("table", "effect")]


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


def doubt_the_journal(school: School) -> None:
    """Case 3: the classmate's journal is like what is doubted of the homework elsewhere."""
    texts = [
        Text(kind="submission", id=f"s-{who}-19", person=home(who), activity="19", at=START + at, text=text)
        for who, at, text in ((ELSEWHERE, 0, essay(2)), (CLASSMATE, DAY, paraphrase(essay(2))))
    ]
    with school.store.writing() as transaction:
        transaction.keep_texts(COURSE, SOURCE, texts)
    look_for_doubts(RULES, school.store, clock=school.clock)


def test_all_alike_are_refused_where_the_tutor_has_yet_to_mark_one(doubtful: School) -> None:
    doubt_the_journal(doubtful)
    tutor, journal = doubtful.signed_in(TUTOR), f"{LIST}/3"
    page = doubtful.page(tutor, journal)
    assert "其中有作业您还没有批改" in page.text
    assert page.texts("h3") == ["如果只作废这一项，分数会这样变"]
    assert buttons(page) == ["dismiss", "void"]
    refused = sent(tutor, journal, do="void", words="雷同", alike="2")
    assert refused.status_code == 409
    (said,) = refused_words(refused.text)
    assert said.startswith("其中有作业您还没有批改")
    assert sent(tutor, journal, do="void", words="雷同").status_code == 303


def refused_words(source: str) -> Sequence[str]:
    return HtmlPage(source).texts("p", "wrong")


def test_dismissing_changes_no_score_and_closes_the_case(doubtful: School) -> None:
    before = total(doubtful, LEARNER)
    assert act(doubtful, TUTOR, POST, "dismiss") == 303
    assert total(doubtful, LEARNER) == before
    with doubtful.store.reading() as transaction:
        assert Counter(transaction.waiting_cases(COURSE).values()) == {CLASSMATE: 1}
    page = doubtful.page(doubtful.signed_in(TUTOR), LIST)
    assert "核查 1" not in page.text
    assert "核查 1" in doubtful.page(doubtful.signed_in(TUTOR), f"{LIST}?all=1").text


def test_where_passing_hangs_on_a_doubted_record_the_card_says_so_and_leads_to_its_cases(
    doubtful: School,
) -> None:
    card = f"/courses/{COURSE}/people/{PASSING}"
    said = "有 1 条记录要由人工核查；核查之前，是否合格还不能最后确定。"
    assert said not in doubtful.page(doubtful.signed_in(PASSING), card).text
    copied = Text(
        kind="submission",
        id=f"s-{PASSING}-17",
        person=home(PASSING),
        activity="17",
        at=START + DAY,
        text=paraphrase(essay(1)),
    )
    with doubtful.store.writing() as transaction:
        transaction.keep_texts(COURSE, SOURCE, [copied])
    look_for_doubts(RULES, doubtful.store, clock=doubtful.clock)
    assess(RULES, doubtful.store, clock=doubtful.clock)
    for who in (PASSING, TUTORS[SECOND_CLASS]):
        page = doubtful.page(doubtful.signed_in(who), card)
        sentence, reached = page.all("p", "goal-sentence")
        assert sentence.text.startswith(said)
        assert reached.text == "这些记录都有效时，已经达到合格线。", "not that no more is needed"
        (link,) = (e for e in page.all("a") if e.attributes.get("href") == f"{card}#cases")
        assert link.text == "看这些核查"
        (section,) = (e for e in page.elements if e.attributes.get("id") == "cases")
        assert "核查 3" in section.text


def test_a_case_names_the_activity_that_its_record_is_of(doubtful: School) -> None:
    coordinator, card = doubtful.signed_in(COORDINATOR), f"/courses/{COURSE}/people/{CLASSMATE}"
    for path, words in (
        (POST, "帖子：研讨交流 moodle/moodle-3-t0"),
        (COPY, "提交：课程作业 moodle/s-moodle-4-17"),
        (LIST, "帖子：研讨交流 moodle/moodle-3-t0"),
        (card, "提交：课程作业 moodle/s-moodle-4-17"),
    ):
        assert words in doubtful.page(coordinator, path).text


def test_one_decision_is_meant_for_all_alike_where_it_says_so(doubtful: School) -> None:
    flood_again(doubtful, "t1", "t2")
    tutor = doubtful.signed_in(TUTOR)
    (tick,) = (e for e in doubtful.page(tutor, POST).all("input") if e.attributes.get("name") == "alike")
    assert tick.attributes["value"] == "3,4"
    assert sent(tutor, POST, do="void", words="都没有内容", alike=tick.attributes["value"]).status_code == 303
    for number in (1, 3, 4):
        page = doubtful.page(doubtful.signed_in(LEARNER), f"{LIST}/{number}")
        assert "都没有内容" in page.text
        assert buttons(page) == ["object"]
    assert act(doubtful, LEARNER, f"{LIST}/3", "object", "这一条有内容") == 303
    assert buttons(doubtful.page(doubtful.signed_in(LEARNER), POST)) == ["object"]


def test_what_all_alike_would_change_is_shown_before_they_are_decided(doubtful: School) -> None:
    flood_again(doubtful, "t0", "t1", "t2", who=CLASSMATE)
    tutor, path = doubtful.signed_in(TUTOR), f"{LIST}/3"
    page = doubtful.page(tutor, path)
    assert page.texts("h3") == ["如果只作废这一项，分数会这样变", "如果这 3 项一并作废，分数会这样变"]
    alone, all_of_them = effects(page)
    assert "研讨发帖" not in alone, "there is one more than count"
    assert "研讨发帖 满分 20 20.00 18.00 总分 满分 100 66.96 64.96" in all_of_them
    assert "What would change if all 3 are voided" in doubtful.page(tutor, f"{path}?lang=en").texts("h3")
    assert sent(tutor, path, do="void", words="都没有内容", alike="4,5").status_code == 303
    assert "64.96" in doubtful.page(tutor, f"/courses/{COURSE}/people/{CLASSMATE}").text


def test_where_none_is_alike_only_the_one_is_foreseen(doubtful: School) -> None:
    page = doubtful.page(doubtful.signed_in(COORDINATOR), COPY)
    assert page.texts("h3") == ["如果作废，分数会这样变"]


@pytest.mark.parametrize(("alike", "status"), [("2", 403), ("3,99", 403), ("3,x", 400)])
def test_a_decision_is_meant_for_nothing_else(doubtful: School, alike: str, status: int) -> None:
    flood_again(doubtful, "t1")
    answer = sent(doubtful.signed_in(TUTOR), POST, do="void", words="没有内容", alike=alike)
    assert answer.status_code == status
    with doubtful.store.reading() as transaction:
        assert Counter(transaction.waiting_cases(COURSE).values()) == {LEARNER: 2, CLASSMATE: 1}


def test_a_decision_about_a_copy_is_never_meant_for_the_same_persons_posts(doubtful: School) -> None:
    flood_again(doubtful, "t0", who=CLASSMATE)
    tutor = doubtful.signed_in(TUTOR)
    assert "核查 3" in doubtful.page(tutor, LIST).text
    assert [e for e in doubtful.page(tutor, COPY).all("input") if e.attributes.get("name") == "alike"] == []
    assert sent(tutor, COPY, do="void", words="雷同", alike="3").status_code == 403


def test_without_the_tick_one_case_is_decided(doubtful: School) -> None:
    flood_again(doubtful, "t1")
    assert act(doubtful, TUTOR, POST, "dismiss") == 303
    with doubtful.store.reading() as transaction:
        assert Counter(transaction.waiting_cases(COURSE).values()) == {LEARNER: 1, CLASSMATE: 1}


def test_a_case_leads_to_the_next_that_waits_and_the_last_to_the_first(doubtful: School) -> None:
    tutor, words = doubtful.signed_in(TUTOR), "下一项待处理的核查"
    for here, there in ((POST, COPY), (COPY, POST)):
        (following,) = (one for one in doubtful.page(tutor, here).all("a") if one.text == words)
        assert following.attributes["href"] == there
    assert act(doubtful, TUTOR, COPY, "dismiss") == 303
    assert words not in doubtful.page(tutor, POST).text
    assert words not in doubtful.page(doubtful.signed_in(LEARNER), POST).text


def test_the_list_is_by_person_and_of_one_family_where_asked(doubtful: School) -> None:
    tutor = doubtful.signed_in(TUTOR)
    page = doubtful.page(tutor, LIST)
    assert len(page.all("section")) == 2
    assert "全部 2" in page.text
    assert "疑似雷同 1" in page.text
    likeness = doubtful.page(tutor, f"{LIST}?family=likeness").text
    assert "核查 2" in likeness
    assert "核查 1" not in likeness


def folds(page: HtmlPage) -> Sequence[bool]:
    """Whether each person's cases are folded."""
    return ["open" not in one.attributes for one in page.all("details", "fold")]


def test_a_long_list_is_folded_by_person_and_says_what_is_inside(doubtful: School) -> None:
    tutor = doubtful.signed_in(TUTOR)
    flood_again(doubtful, *(f"t{number}" for number in range(1, 11)))
    assert folds(doubtful.page(tutor, LIST)) == [False, False]
    flood_again(doubtful, "t11", "t12")
    page = doubtful.page(tutor, LIST)
    assert folds(page) == [True, True]
    assert sorted(page.texts("summary")) == ["刘磊 疑似灌水 13 项", "黄涛 疑似雷同 1 项"]
    assert "刘磊的成绩单" in page.texts("a")
    assert folds(doubtful.page(tutor, f"{LIST}?family=likeness")) == [False]


def test_a_long_list_is_folded_on_the_persons_own_page_too(doubtful: School) -> None:
    mine, learner = f"/courses/{COURSE}/people/{LEARNER}", doubtful.signed_in(LEARNER)
    flood_again(doubtful, *(f"t{number}" for number in range(1, 12)))
    assert folds(doubtful.page(learner, mine)) == []
    flood_again(doubtful, "t12")
    page = doubtful.page(learner, mine)
    assert folds(page) == [True]
    assert "疑似灌水 13 项" in page.texts("summary")
    assert f"/courses/{COURSE}/cases/13" in {one.attributes.get("href") for one in page.all("a")}
    assert folds(doubtful.page(learner, f"{mine}?open=all")) == [False]


def test_the_way_through_the_list_keeps_the_family_and_what_is_done(doubtful: School) -> None:
    page = doubtful.page(doubtful.signed_in(TUTOR), f"/courses/{COURSE}/cases?family=flooding&all=1")
    links = {one.attributes["href"] for one in page.all("a") if "href" in one.attributes}
    assert f"/courses/{COURSE}/cases?family=flooding" in links
    assert f"/courses/{COURSE}/cases?all=1&family=likeness" in links


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


@pytest.mark.parametrize("who", [TUTOR, LEARNER])
def test_a_repeated_post_leads_to_the_row_of_the_first_of_them(doubtful: School, who: str) -> None:
    flood_again(doubtful, "t1", says="好")
    client = doubtful.signed_in(who)
    page = doubtful.page(client, f"{LIST}/3")
    assert "同一作者此前已发过相同内容 1 次" in page.text
    (link,) = (one for one in page.all("a") if one.text == "看最早的那一条")
    path, _, anchor = link.attributes["href"].partition("#")
    assert path.startswith(f"/courses/{COURSE}/people/{LEARNER}?")
    card = doubtful.page(client, path)
    (row,) = (one for one in card.all("tr") if one.attributes.get("id") == anchor)
    assert f"moodle/{LEARNER}-t0" in row.text
    assert ["open" in one.attributes for one in card.all("details", "day")].count(True) == 1
    assert doubtful.signed_in(CLASSMATE).get(path).status_code == 403


def test_a_row_that_is_nowhere_marks_none(doubtful: School) -> None:
    card = f"/courses/{COURSE}/people/{LEARNER}"
    client = doubtful.signed_in(TUTOR)
    assert doubtful.page(client, f"{card}?record=none").text == doubtful.page(client, card).text


def test_the_own_page_tells_of_cases_and_leads_to_them(doubtful: School) -> None:
    page = doubtful.page(doubtful.signed_in(LEARNER), f"/courses/{COURSE}/people/{LEARNER}")
    assert "疑似灌水" in page.text
    assert POST in {one.attributes["href"] for one in page.all("a") if "href" in one.attributes}
    assert "核查 2 ·" not in page.text


def test_what_an_open_case_can_change_is_not_told_as_final(doubtful: School) -> None:
    """On the own page, whoever reads it, until somebody has decided."""
    page = doubtful.page(doubtful.signed_in(LEARNER), f"/courses/{COURSE}/people/{LEARNER}")
    (posts,) = (one.text for one in page.all("li") if one.text.startswith("研讨发帖"))
    assert "待核查" in posts
    assert "已确定" not in posts
    assert "满分" not in posts
    act(doubtful, TUTOR, POST, "dismiss", "看过")
    page = doubtful.page(doubtful.signed_in(LEARNER), f"/courses/{COURSE}/people/{LEARNER}")
    (posts,) = (one.text for one in page.all("li") if one.text.startswith("研讨发帖"))
    assert "待核查" not in posts


@pytest.mark.parametrize("who", [LEARNER, CLASSMATE, ELSEWHERE])
def test_the_list_is_for_who_decides(doubtful: School, who: str) -> None:
    assert doubtful.signed_in(who).get(LIST).status_code == 403


def test_a_tutor_s_list_has_the_own_class_alone(doubtful: School) -> None:
    assert len(doubtful.page(doubtful.signed_in(TUTOR), LIST).all("section")) == 2
    assert doubtful.page(doubtful.signed_in(COLLEAGUE), LIST).all("section") == []
    assert doubtful.signed_in(COLLEAGUE).get(COPY).status_code == 403


def test_the_pages_speak_english_too(doubtful: School) -> None:
    tutor = doubtful.signed_in(TUTOR)
    listed = doubtful.page(tutor, f"{LIST}?lang=en").text
    assert "possible copying" in listed
    assert "only 1 letter (fewer than 10)" in listed
    assert "Side by side" in doubtful.page(tutor, f"{COPY}?lang=en").text


def test_a_voided_record_says_so_in_the_ledger(doubtful: School) -> None:
    mark_the_last(doubtful)
    act(doubtful, TUTOR, COPY, "void", "抄自他人")
    with doubtful.store.reading() as transaction:
        records = transaction.records_of(COURSE, [CLASSMATE], kinds=("decision",))
    (decision,) = records
    assert isinstance(decision, ev.Decision)
    assert (decision.action, decision.by, decision.reason) == (ev.Action.VOID, TUTOR, "抄自他人")
