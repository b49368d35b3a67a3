"""The scoreboard as a sheet to print, one class after another."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient

from lms_scoring.domain.evidence import Unknown
from lms_scoring.domain.instants import SECOND
from lms_scoring.services.scoring.assess import assess
from tests.fixtures.texts import printing
from tests.integration.web.printed import pdf_text, rename
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
)


@pytest.fixture
def coordinator(school: School) -> FlaskClient:
    return school.signed_in(COORDINATOR)


@printing
def test_the_result_sheet_has_the_people_of_the_filter_by_class_and_no_ids(
    school: School, coordinator: FlaskClient
) -> None:
    text = pdf_text(coordinator, f"/courses/{COURSE}/board.pdf?class={FIRST}")
    assert "刘磊" in text
    assert "欧阳修远" not in text
    assert "moodle-" not in text, "a name stands alone where nobody else has it"
    assert "79.95" in text
    both = pdf_text(coordinator, f"/courses/{COURSE}/board.pdf")
    assert both.index(FIRST) < both.index("刘磊") < both.index(SECOND_CLASS) < both.index("欧阳修远")
    assert "制表：" in both
    assert "并非" not in both
    failed = pdf_text(coordinator, f"/courses/{COURSE}/board.pdf?state=fail")
    assert "非完整名单，仅含符合筛选条件的人员（结果：不合格）" in failed
    assert "刘磊" not in failed
    assert "马欣怡" in failed


@printing
@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("zh", "“暂定”：有核查、记录或异议等人处理，结果可能改变。"),
        ("en", "“Provisionally”:acase,arecordoradispute"),
    ],
)
def test_what_is_provisional_for_a_record_that_nobody_could_read_is_said_to_be(
    own_school: School, language: str, said: str
) -> None:
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=own_school.clock.now() + SECOND)
        unread = Unknown(id="u-5", person=home("moodle-6"), activity="video-2", reason="no access")
        transaction.keep_records(COURSE, SOURCE, [unread], run=run)
    assess(RULES, own_school.store, clock=own_school.clock)
    client = own_school.signed_in(COORDINATOR)
    client.set_cookie("language", language)
    text = pdf_text(client, f"/courses/{COURSE}/board.pdf")
    assert {"zh": "暂定不合格", "en": "notpassed,provisionally"}[language] in text
    assert said in text


@printing
def test_a_tutor_prints_the_own_class_alone(school: School) -> None:
    text = pdf_text(school.signed_in(TUTORS[FIRST]), f"/courses/{COURSE}/board.pdf")
    assert "刘磊" in text
    assert "欧阳修远" not in text


@printing
def test_namesakes_of_one_class_are_told_apart(own_school: School) -> None:
    rename(own_school, "moodle-4", "刘磊")
    text = pdf_text(own_school.signed_in(COORDINATOR), f"/courses/{COURSE}/board.pdf?class={FIRST}")
    assert "刘磊moodle-3" in text
    assert "刘磊moodle-4" in text
    assert "moodle-5" not in text
