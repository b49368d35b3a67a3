"""The overview: classes side by side, totals with a table beside the drawing, tutors, and how syncs went."""

from __future__ import annotations

import re
from fractions import Fraction

from lms_scoring.domain.instants import SECOND
from lms_scoring.services.scoring.assess import assess
from lms_scoring.web.coordinating.overviews import bins_of
from tests.integration.web.school import COORDINATOR, COURSE, RULES, SOURCE, School, late_mark

PAGE = f"/courses/{COURSE}/overview"


def test_classes_stand_side_by_side_and_lead_to_their_boards(school: School) -> None:
    page = school.page(school.signed_in(COORDINATOR), PAGE)
    classes = page.all("table")[0].text
    assert "一班 5 5 1 20.00% 至少 66.96 课程作业（2 人）" in classes
    assert "二班 3 3 2 66.67%" in classes
    assert "全部 8 8 3 37.50%" in classes
    links = [e.attributes["href"] for e in page.all("a")]
    assert f"/courses/{COURSE}/?class=%E4%B8%80%E7%8F%AD" in links


def test_of_criteria_that_as_many_have_nothing_in_all_are_named(own_school: School) -> None:
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=own_school.clock.now() + SECOND)
        transaction.keep_records(COURSE, SOURCE, [late_mark("moodle-5")], run=run)
    assess(RULES, own_school.store, clock=own_school.clock)
    classes = own_school.page(own_school.signed_in(COORDINATOR), PAGE).all("table")[0].text
    assert "课程作业，研修日志（1 人）" in classes


def test_the_drawing_has_a_table_that_says_the_same(school: School) -> None:
    page = school.page(school.signed_in(COORDINATOR), PAGE)
    (counts,) = page.all("table", "counts")
    assert "70 分起，不到 80 分 1" in counts.text
    assert "90 分至 100 分 2" in counts.text


def test_each_bar_of_the_drawing_has_its_number(school: School) -> None:
    page = school.page(school.signed_in(COORDINATOR), PAGE)
    (counts,) = page.all("table", "counts")
    in_table = re.findall(r"分 (\d+)", counts.text)
    assert len(in_table) == 10
    assert page.texts("text")[:10] == in_table


def test_tutors_and_sources_are_told(school: School) -> None:
    page = school.page(school.signed_in(COORDINATOR), f"{PAGE}?lang=en")
    assert "王敏 一班" in page.text
    assert "lrs: GET /statements: no answer within 120 s" in page.text
    assert "moodle" in page.text


def test_ranges_have_their_lower_ends_and_the_last_both() -> None:
    found = [one.people for one in bins_of([0, 999, 1000, 9999, 10_000], Fraction(100))]
    assert found == [2, 1, 0, 0, 0, 0, 0, 0, 0, 2]
