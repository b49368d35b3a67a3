"""Cases and disputes in the terminal: explained, listed, shown, answered and decided."""

from __future__ import annotations

import json

import pytest

from lms_scoring.domain.evidence import RecordTarget, Role
from lms_scoring.domain.proceedings.dispute import Contested
from lms_scoring.ports import Visitor
from lms_scoring.services.deciding.case_desk import CaseDesk
from lms_scoring.services.deciding.dispute_desk import DisputeDesk
from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.typed import typed

COURSE, LI, WANG, TUTOR = "lc2024", "moodle-3", "moodle-4", "moodle-63"
WORK = "moodle/assign-1-3-0"
HOMEWORK = Contested(role=Role.LEARNER, class_="一班", criterion="homework")


def desk(here: Site) -> DisputeDesk:
    installation = here.installation
    return DisputeDesk(installation.store, installation.rules(COURSE), clock=installation.clock)


@pytest.fixture
def contested(here: Site) -> Site:
    """Dispute 1 is about a work."""
    about = Contested(
        role=Role.LEARNER,
        class_="一班",
        criterion="homework",
        record=RecordTarget(kind="submission", id=WORK),
    )
    desk(here).raise_(Visitor(person=LI), about, "分数不对。\n请再看。")
    return here


def test_a_card_is_explained_with_what_is_contested_of_it(contested: Site) -> None:
    told = typed("explain", COURSE, LI).stdout
    (row,) = (line for line in told.splitlines() if line.startswith("  + ") and f"hand-in {WORK}" in line)
    assert row.endswith(" · Dispute 1 (? waiting for an answer)")
    assert f"Disputes\n  Dispute 1 · Homework · hand-in · ? waiting for an answer · {WORK}\n" in told
    assert "异议 1 (? 待答复)" in typed("explain", COURSE, LI, "--lang", "zh").stdout
    assert "ispute" not in typed("explain", COURSE, WANG).stdout


SIGNED = ("--by", TUTOR, "--reason", "按分值表计算，没有错。")


def test_a_dispute_is_listed_shown_and_answered(contested: Site) -> None:
    listed = typed("disputes", "list", COURSE).stdout
    assert "Dispute 1 · Homework · hand-in" in listed
    assert "waiting for an answer" in listed
    assert listed.endswith("1 in all\n")
    shown = typed("disputes", "show", COURSE, "1", "--lang", "zh").stdout
    assert "异议 1 · 课程作业 · 提交 · 刘磊 (moodle-3) · ? 待答复" in shown
    assert "    分数不对。\n    请再看。\n" in shown
    asked = typed("disputes", "answer", COURSE, "1", "kept", *SIGNED, given="n\n")
    assert asked.exit_code == 1
    assert "请再看。" in asked.stdout
    before = contested.cards(COURSE)
    done = typed("disputes", "answer", COURSE, "1", "kept", *SIGNED, "--yes")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "answered")
    assert contested.cards(COURSE) == before
    assert "按分值表计算" in typed("disputes", "show", COURSE, "1").stdout
    assert typed("disputes", "list", COURSE).stdout.endswith("0 in all\n")
    (told,) = json.loads(typed("disputes", "list", COURSE, "--all", "--format", "json").stdout)
    assert (told["state"], told["steps"][-1]["by"]) == ("answered", TUTOR)


@pytest.mark.parametrize(
    ("by", "said"), [(LI, "Nobody answers the own dispute"), (TUTOR, "Somebody has done this already")]
)
def test_who_must_not_answer_is_told_why(contested: Site, by: str, said: str) -> None:
    signed = ("--by", by, "--reason", "看过了。")
    if by == TUTOR:
        typed("disputes", "answer", COURSE, "1", "changed", "--by", "operator:office", *signed[2:], "--yes")
    refused = typed("disputes", "answer", COURSE, "1", "kept", *signed, "--yes")
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert typed("disputes", "show", COURSE, "99").exit_code == 1


def test_a_case_is_listed_decided_and_settled_by_another(here: Site) -> None:
    told = json.loads(typed("cases", "list", COURSE, "--family", "likeness", "--format", "json").stdout)
    number, person = str(told[0]["number"]), told[0]["person"]
    assert f"Case {number} · possible copying" in typed("cases", "list", COURSE).stdout
    assert "The doubted text" in typed("cases", "show", COURSE, number).stdout
    done = typed("cases", "decide", COURSE, number, "voided", *SIGNED, "--yes")
    assert (done.exit_code, done.stdout.splitlines()[-1]) == (0, "voided; objection possible")
    assert "voided by a person's decision" in typed("explain", COURSE, person).stdout
    office = ("--by", "operator:office", "--reason", "确系原创。")
    early = typed("cases", "settle", COURSE, number, "dismissed", *office, "--yes")
    assert "it cannot be done now" in early.stderr
    cases = CaseDesk(here.installation.store, here.installation.rules(COURSE), clock=here.installation.clock)
    cases.object(Visitor(person=person), int(number), "是我自己写的。")
    same = typed("cases", "settle", COURSE, number, "dismissed", *SIGNED, "--yes")
    assert "Another person must settle it" in same.stderr
    last = typed("cases", "settle", COURSE, number, "dismissed", *office, "--yes").stdout.splitlines()[-1]
    assert last == "settled: counts again"
    assert "voided by a person's decision" not in typed("explain", COURSE, person).stdout
