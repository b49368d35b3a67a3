"""The lists of cases, for who decides and on a person's own page, and what leads from one to the next."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from tests.integration.web.cases import COLLEAGUE, COPY, LIST, POST, TUTOR, act
from tests.integration.web.doubtful import CLASSMATE, ELSEWHERE, LEARNER, flood_again
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COURSE, School


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


@pytest.mark.parametrize("who", [LEARNER, CLASSMATE, ELSEWHERE])
def test_the_list_is_for_who_decides(doubtful: School, who: str) -> None:
    assert doubtful.signed_in(who).get(LIST).status_code == 403


def test_a_tutor_s_list_has_the_own_class_alone(doubtful: School) -> None:
    assert len(doubtful.page(doubtful.signed_in(TUTOR), LIST).all("section")) == 2
    assert doubtful.page(doubtful.signed_in(COLLEAGUE), LIST).all("section") == []
    assert doubtful.signed_in(COLLEAGUE).get(COPY).status_code == 403
