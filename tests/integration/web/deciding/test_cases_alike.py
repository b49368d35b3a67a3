"""One decision that is meant for several cases of a person."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pytest

from lms_scoring.domain.instants import DAY
from lms_scoring.domain.texts import Text
from lms_scoring.services.doubting.doubts import look_for_doubts
from tests.fixtures.courses.written import essay, paraphrase
from tests.given import START
from tests.integration.web.cases import COPY, LIST, POST, TUTOR, act, buttons, effects
from tests.integration.web.doubtful import CLASSMATE, ELSEWHERE, LEARNER, flood_again
from tests.integration.web.forms import sent
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COORDINATOR, COURSE, RULES, SOURCE, School, home


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
