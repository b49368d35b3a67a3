"""Cases and disputes in the terminal: explained, listed, shown, answered and decided."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from lms_scoring.domain.doubts import Family
from lms_scoring.domain.evidence import RecordTarget, Role, Submission
from lms_scoring.domain.proceedings.case import Case
from lms_scoring.domain.proceedings.dispute import Contested
from lms_scoring.domain.proceedings.step import Outcome
from lms_scoring.domain.texts import letters
from lms_scoring.ports import Visitor
from lms_scoring.services.deciding.case_desk import CaseDesk
from lms_scoring.services.deciding.dispute_desk import DisputeDesk
from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.typed import typed

COURSE, LI, WANG, SUN, TUTOR = "lc2024", "moodle-3", "moodle-4", "moodle-6", "moodle-63"
POSTS = re.compile(r"Posts: ([\d.]+) -> ([\d.]+) / 20")
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
    assert f"Disputes\n  Dispute 1 · Homework · hand-in · ? waiting for an answer · 课程作业 {WORK}\n" in told
    assert "异议 1 (? 待答复)" in typed("explain", COURSE, LI, "--lang", "zh").stdout
    assert "ispute" not in typed("explain", COURSE, WANG).stdout


def test_a_dispute_about_watching_names_what_was_watched(here: Site) -> None:
    with here.installation.store.reading() as transaction:
        card = transaction.scorecard(COURSE, LI, role=Role.LEARNER, class_="一班")
    assert card is not None
    watched = next(one for one in card.criteria[0].findings if (one.activity or "").endswith("/1001"))
    about = replace(HOMEWORK, criterion="study_time", record=RecordTarget(kind=watched.kind, id=watched.id))
    desk(here).raise_(Visitor(person=LI), about, "时间不对。")
    assert f"  Lecture 2 {watched.id}" in typed("disputes", "show", COURSE, "1").stdout


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
    assert typed("disputes", "list", COURSE).stdout == "No dispute waits for an answer.\n"
    (told,) = json.loads(typed("disputes", "list", COURSE, "--all", "--format", "json").stdout)
    assert (told["state"], told["steps"][-1]["by"]) == ("answered", TUTOR)


def test_where_there_is_nothing_a_sentence_says_so(here: Site) -> None:
    assert typed("disputes", "list", COURSE, "--all", "--lang", "zh").stdout == "还没有人提出过异议。\n"
    with here.installation.store.writing() as transaction:
        for case in cases_of(here, Family.FLOODING):
            done = case.decided(Outcome.DISMISSED, by="operator:office", words="好", at=1, until=2)
            transaction.keep_case(COURSE, done)
    listed = ("cases", "list", COURSE, "--family", "flooding")
    assert typed(*listed).stdout == "Nothing is to be checked.\n"


@pytest.mark.parametrize(
    ("by", "said"), [(LI, "Nobody answers the own dispute"), (TUTOR, "Somebody has done this already")]
)
def test_who_must_not_answer_is_told_why(contested: Site, by: str, said: str) -> None:
    signed = ("--by", by, "--reason", "看过了。")
    if by == TUTOR:
        typed("disputes", "answer", COURSE, "1", "kept", "--by", "operator:office", *signed[2:], "--yes")
    refused = typed("disputes", "answer", COURSE, "1", "kept", *signed, "--yes")
    assert refused.exit_code == 1
    assert said in refused.stderr
    assert typed("disputes", "show", COURSE, "99").exit_code == 1


def test_that_something_was_changed_is_answered_once_it_is(contested: Site) -> None:
    answer = ("disputes", "answer", COURSE, "1", "changed", *SIGNED, "--yes")
    refused = typed(*answer)
    assert refused.exit_code == 1
    assert "Nothing was changed yet: decide first" in refused.stderr
    assert "Dispute 1" in typed("disputes", "list", COURSE).stdout
    signed = ("--by", "operator:office", "--reason", "应为满分。")
    assert typed("decide", COURSE, LI, "exempt", "homework", *signed, "--yes").exit_code == 0
    assert typed(*answer).stdout.splitlines()[-1] == "answered"


@pytest.mark.parametrize("by", [WANG, "nobody"])
def test_nobody_signs_who_may_not_decide_about_that_person(contested: Site, by: str) -> None:
    """As a classmate, for instance, who guides nobody."""
    number = next(str(one.number) for one in cases_of(contested, Family.LIKENESS) if one.person == LI)
    signed, before = ("--by", by, "--reason", "看过了。", "--yes"), contested.cards(COURSE)
    for asked in (
        ("disputes", "answer", COURSE, "1", "kept"),
        ("cases", "decide", COURSE, number, "voided"),
        ("cases", "decide", COURSE, number, "dismissed"),
    ):
        refused = typed(*asked, *signed)
        assert refused.exit_code == 1
        assert f"{by!r} neither guides a class of {COURSE} in which {LI} is now" in refused.stderr
    assert contested.cards(COURSE) == before
    assert typed("cases", "decide", COURSE, number, "voided", *SIGNED, "--yes").exit_code == 0
    installation = contested.installation
    desk = CaseDesk(installation.store, installation.rules(COURSE), clock=installation.clock)
    desk.object(Visitor(person=LI), int(number), "是我自己写的。")
    settled = typed("cases", "settle", COURSE, number, "dismissed", *signed)
    assert f"{by!r} neither guides a class" in settled.stderr
    with installation.store.reading() as transaction:
        (dispute,) = transaction.disputes(COURSE)
        (case,) = transaction.cases(COURSE, numbers=[int(number)])
    assert by not in {step.by for one in (dispute, case) for step in one.steps}


def cases_of(here: Site, family: Family) -> list[Case]:
    """As they are kept."""
    with here.installation.store.reading() as transaction:
        return [case for case in transaction.cases(COURSE) if case.family is family]


def test_a_case_is_decided_only_after_its_effect_was_shown(here: Site) -> None:
    case = cases_of(here, Family.LIKENESS)[0]
    before = here.cards(COURSE)
    decide = ("cases", "decide", COURSE, str(case.number), "voided", *SIGNED)
    asked = typed(*decide, given="n\n")
    assert asked.exit_code == 1
    assert (here.cards(COURSE), cases_of(here, Family.LIKENESS)[0]) == (before, case)
    shown = asked.stdout
    assert re.search(r"Total: [\d.]+ -> [\d.]+ / 100", shown)
    assert "voided; objection possible" not in shown
    assert typed(*decide, "--yes").stdout.startswith(shown[: shown.index("Keep it?")])
    dismissed = typed(
        "cases",
        "decide",
        COURSE,
        str(cases_of(here, Family.LIKENESS)[1].number),
        "dismissed",
        *SIGNED,
        "--yes",
    )
    assert "no score changes" in dismissed.stdout


def test_one_decision_is_meant_for_all_alike_and_shown_with_all_of_them(here: Site) -> None:
    numbers = [case.number for case in cases_of(here, Family.FLOODING) if case.person == SUN]
    decide = ("cases", "decide", COURSE, str(numbers[0]), "voided", *SIGNED)
    assert len(numbers) == 3
    assert POSTS.findall(typed(*decide, given="n\n").stdout) == [("14.00", "13.00")]
    asked = typed(*decide, "--alike", given="n\n").stdout
    assert POSTS.findall(asked) == [("14.00", "11.00")]
    assert all(f"Case {number} · possible flooding" in asked for number in numbers)
    done = typed(*decide, "--alike", "--yes").stdout
    assert POSTS.findall(done) == [("14.00", "11.00")]
    assert done.splitlines()[-3:] == [
        f"Case {number} · possible flooding: voided; objection possible" for number in numbers
    ]
    assert POSTS.findall(typed(*decide, "--alike", "--yes").stdout) == []
    entered = [
        json.loads(line) for line in typed("decisions", COURSE, SUN, "--format", "json").stdout.splitlines()
    ]
    assert [(one["id"], one["reason"]) for one in entered] == [
        (f"here/{SUN}-{n}", SIGNED[-1]) for n in (1, 2, 3)
    ]
    assert "Posts: 11.00 / 20" in typed("explain", COURSE, SUN).stdout


def test_who_must_mark_a_copy_is_told_to_before_voiding_it(here: Site) -> None:
    case = next(one for one in cases_of(here, Family.LIKENESS) if one.name == WORK)
    with here.installation.store.writing() as transaction:
        works = transaction.records_of(COURSE, [LI], kinds=("submission",))
        work = next(one for one in works if isinstance(one, Submission) and f"moodle/{one.id}" == WORK)
        (person,) = (one for one in transaction.people(COURSE) if one.id == LI)
        waiting = replace(work, person=person.accounts[0], grade=None, graded_at=None, graded_by=None)
        run = transaction.begin_run(COURSE, "moodle", at=here.installation.clock.now())
        transaction.keep_records(COURSE, "moodle", [waiting], run=run)
    decide = ("cases", "decide", COURSE, str(case.number), "voided")
    refused = typed(*decide, *SIGNED, "--yes")
    assert refused.exit_code == 1
    assert f"{TUTOR} must mark {WORK} and has not" in refused.stderr
    assert "mark it on the platform first" in refused.stderr
    done = typed(*decide, "--by", "operator:office", "--reason", "雷同。", "--yes")
    assert done.stdout.splitlines()[-1] == "voided; objection possible"


def test_two_works_are_shown_with_what_both_have(here: Site) -> None:
    number = str(cases_of(here, Family.LIKENESS)[0].number)
    shown = typed("cases", "show", COURSE, number).stdout
    assert "One below the other" in shown
    own, other = shown.split("The doubted text\n")[1].split("The earlier work")
    for text in (own, other):
        assert "[1]»" in text
    assert letters(re.findall(r"\[1\]»(.*?)«", own)[0]) == letters(re.findall(r"\[1\]»(.*?)«", other)[0])
    assert "依次列出" in typed("cases", "show", COURSE, number, "--lang", "zh").stdout


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
    asked = typed("cases", "settle", COURSE, number, "dismissed", *office, given="n\n").stdout
    assert "not passed, provisionally -> passed" in asked
    last = typed("cases", "settle", COURSE, number, "dismissed", *office, "--yes").stdout.splitlines()[-1]
    assert last == "settled: counts again"
    assert "voided by a person's decision" not in typed("explain", COURSE, person).stdout


def test_a_case_of_which_the_voiding_was_undone_is_told_so(here: Site) -> None:
    case = next(one for one in cases_of(here, Family.FLOODING) if one.person == SUN)
    number, office = str(case.number), ("--by", "operator:office", "--reason", "是回应。", "--yes")
    assert typed("cases", "decide", COURSE, number, "voided", *SIGNED, "--yes").exit_code == 0
    assert f"Case {number} (voided; objection possible)" in typed("explain", COURSE, SUN).stdout
    assert typed("decide", COURSE, SUN, "restore", case.kind, case.name, *office).exit_code == 0
    explained = typed("explain", COURSE, SUN).stdout
    assert f"Case {number} (was voided, counts again)" in explained
    assert "voided; objection possible" not in explained
    assert re.search(
        rf"  Case {number} · .* · was voided, counts again · .*office.* decided on .*: 是回应。", explained
    )
    shown = typed("cases", "show", COURSE, number).stdout
    assert "was voided, counts again\n" in shown
    assert "decided on" in shown
    assert "按分值表计算" in shown, "what happened stays"
    assert "曾作废，现照常计分" in typed("cases", "list", COURSE, "--all", "--lang", "zh").stdout
    listed = json.loads(typed("cases", "list", COURSE, "--all", "--format", "json").stdout)
    (told,) = (one for one in listed if one["number"] == case.number)
    assert (told["state"], told["voided"], told["overruled"]) == ("voided", False, True)
