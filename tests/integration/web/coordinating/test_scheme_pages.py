"""The scheme in plain sentences, for everybody who may see the course."""

from __future__ import annotations

import pytest

from lms_scoring.domain.scheme_sentences import role_sentence, window_sentence
from lms_scoring.ports import Visitor
from tests.given import main_scheme
from tests.integration.web.school import ADMINISTRATOR, COORDINATOR, COURSE, TUTORS, School

SCHEME = f"/courses/{COURSE}/scheme"


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("who", ["moodle-3", TUTORS["一班"], COORDINATOR, ADMINISTRATOR])
def test_everybody_in_the_course_reads_every_rule(school: School, who: str | Visitor, language: str) -> None:
    page = school.page(school.signed_in(who), f"{SCHEME}?lang={language}")
    scheme = main_scheme()
    assert window_sentence(scheme, language) in page.text
    for rules in scheme.roles.values():
        assert role_sentence(rules, language) in page.text
        for criterion in rules.criteria:
            assert criterion.rule.sentence(language, criterion.max) in page.text
    assert scheme.fingerprint in page.text


def test_worked_examples_stand_in_a_table(school: School) -> None:
    page = school.page(school.signed_in("moodle-3"), SCHEME)
    learners, tutors = page.all("table", "examples")
    assert "示例 3 749 按时提交，评为合格 1 4 0 39.95 16.00 20.00 4.00 79.95 不合格" in learners.text
    assert "待批改 批改后最高可到 80.00 分" in learners.text
    assert "示例 5 750 逾期一天提交，评为优秀" in learners.text
    assert "示例 5 尚无作业可批改 10 10 1 0" in tutors.text


def test_who_has_no_part_in_the_course_reads_nothing(school: School) -> None:
    assert school.signed_in("stranger").get(SCHEME).status_code == 403
    assert school.signed_in(None).get(SCHEME).status_code == 401


def test_the_scheme_is_one_click_from_the_own_card(school: School) -> None:
    page = school.page(school.signed_in("moodle-3"), f"/courses/{COURSE}/people/moodle-3")
    assert "考核方案" in [e.text for e in page.all("a") if e.attributes["href"] == SCHEME]
