"""Cases on pages: a tutor decides, the learner objects, a second person settles; who sees what of it."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.instants import DAY
from lms_scoring.services.doubts import open_cases
from tests.integration.web.doubtful import CLASSMATE, ELSEWHERE, LEARNER, make_doubtful
from tests.integration.web.forms import sent
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import (
    COORDINATOR,
    COURSE,
    FIRST,
    SECOND_CLASS,
    TUTORS,
    School,
)

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
    before = total(doubtful, CLASSMATE)
    assert act(doubtful, TUTOR, COPY, "void") == 303
    voided = total(doubtful, CLASSMATE)
    assert voided != before
    assert act(doubtful, CLASSMATE, COPY, "object") == 303
    assert act(doubtful, COORDINATOR, COPY, "reverse") == 303
    assert total(doubtful, CLASSMATE) == before


def test_dismissing_changes_no_score_and_closes_the_case(doubtful: School) -> None:
    before = total(doubtful, LEARNER)
    assert act(doubtful, TUTOR, POST, "dismiss") == 303
    assert total(doubtful, LEARNER) == before
    with doubtful.store.reading() as transaction:
        assert open_cases(transaction, COURSE) == {CLASSMATE: 1}
    page = doubtful.page(doubtful.signed_in(TUTOR), LIST)
    assert "核查 1" not in page.text
    assert "核查 1" in doubtful.page(doubtful.signed_in(TUTOR), f"{LIST}?all=1").text


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
        assert open_cases(transaction, COURSE) == {LEARNER: 1, CLASSMATE: 1}


@pytest.mark.parametrize(("do", "status"), [("object", 409), ("confirm", 409), ("nothing", 400), ("", 400)])
def test_steps_out_of_turn_are_refused(doubtful: School, do: str, status: int) -> None:
    assert act(doubtful, TUTOR, POST, do) == status


@pytest.mark.parametrize("words", ["", " ", "字" * 2_001])
def test_a_decision_wants_words_and_not_too_many(doubtful: School, words: str) -> None:
    assert act(doubtful, TUTOR, POST, "void", words) == 409


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


def test_the_own_page_tells_of_cases_and_leads_to_them(doubtful: School) -> None:
    page = doubtful.page(doubtful.signed_in(LEARNER), f"/courses/{COURSE}/people/{LEARNER}")
    assert "疑似灌水" in page.text
    assert POST in {one.attributes["href"] for one in page.all("a") if "href" in one.attributes}
    assert "核查 2" not in page.text


@pytest.mark.parametrize("who", [LEARNER, CLASSMATE, ELSEWHERE])
def test_the_list_is_for_who_decides(doubtful: School, who: str) -> None:
    assert doubtful.signed_in(who).get(LIST).status_code == 403


def test_a_tutor_s_list_has_the_own_class_alone(doubtful: School) -> None:
    assert len(doubtful.page(doubtful.signed_in(TUTOR), LIST).all("li", "entry")) == 2
    assert doubtful.page(doubtful.signed_in(COLLEAGUE), LIST).all("li", "entry") == []
    assert doubtful.signed_in(COLLEAGUE).get(COPY).status_code == 403


def test_the_pages_speak_english_too(doubtful: School) -> None:
    tutor = doubtful.signed_in(TUTOR)
    assert "possible copying" in doubtful.page(tutor, f"{LIST}?lang=en").text
    assert "Side by side" in doubtful.page(tutor, f"{COPY}?lang=en").text


def test_a_voided_record_says_so_in_the_ledger(doubtful: School) -> None:
    act(doubtful, TUTOR, COPY, "void", "抄自他人")
    with doubtful.store.reading() as transaction:
        records = transaction.records_of(COURSE, [CLASSMATE], kinds=("decision",))
    (decision,) = records
    assert isinstance(decision, ev.Decision)
    assert (decision.action, decision.by, decision.reason) == (ev.Action.VOID, TUTOR, "抄自他人")
