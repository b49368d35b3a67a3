"""A card as a record to print, with its ledger and history."""

from __future__ import annotations

import pytest

from tests.fixtures.texts import printing
from tests.integration.web.doubtful import make_contested, make_doubtful
from tests.integration.web.printed import pdf_text
from tests.integration.web.school import COORDINATOR, COURSE, HOSTILE, School

RECORDS = f"/courses/{COURSE}/records"


@printing
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_record_has_every_criterion_with_its_ledger_and_history(school: School, language: str) -> None:
    text = pdf_text(school.signed_in(COORDINATOR), f"{RECORDS}/moodle-3.pdf?lang={language}")
    for evidence in ("moodle/w-moodle-3-0a", "moodle/moodle-3-t13", "moodle/s-moodle-3-17", "20:55:00"):
        assert evidence in text
    history = {"zh": "成绩变化", "en": "Howthescorechanged"}
    assert history[language] in text


@printing
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_record_tells_what_is_doubted_and_contested_and_what_was_answered(
    own_school: School, language: str
) -> None:
    make_doubtful(own_school)
    make_contested(own_school)
    theirs = pdf_text(own_school.signed_in("moodle-3"), f"{RECORDS}/moodle-3.pdf?lang={language}")
    theirs = theirs.replace("\u200b", "")
    said = {
        "zh": (
            "异议1·研讨发帖·帖子已答复",
            "异议1(已答复)",
            "答复：维持不变",
            "核查1(?待核查)",
            "规则提出核查",
        ),
        "en": ("Dispute1·Posts·postanswered", "Dispute1(answered)", "Answered:nothingischanged", "Case1"),
    }
    for words in (*said[language], "这不是灌水，当时大家都在回应。", "内容与前一条重复。", "王敏", HOSTILE):
        assert words in theirs
    classmate = pdf_text(own_school.signed_in(COORDINATOR), f"{RECORDS}/moodle-4.pdf?lang=zh")
    assert "课程作业?待答复" in classmate
    assert "作业在截止前已提交。" in classmate
    assert "灌水，当时" not in classmate
    assert "应在2024年" in classmate


@printing
def test_one_prints_the_own_record_and_nobody_elses(school: School) -> None:
    learner = school.signed_in("moodle-3")
    assert "刘磊" in pdf_text(learner, f"{RECORDS}/moodle-3.pdf")
    assert learner.get(f"{RECORDS}/moodle-4.pdf").status_code == 403
    assert learner.get(f"/courses/{COURSE}/board.pdf").status_code == 403
