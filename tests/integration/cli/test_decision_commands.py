"""`decide`, `recommend` and `decisions` on a synced course."""

from __future__ import annotations

import json
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import Result

from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.typed import surroundings, typed

COURSE, LI, TUTOR, OTHER_TUTOR = "lc2024", "moodle-3", "moodle-63", "moodle-64"
WORK, JOURNAL = "moodle/assign-1-3-0", "moodle/assign-3-3-0"
BY = ("--by", "operator:office", "--reason", "seen in class")
SCHEME = str(files("config.schemes") / "longcheng-2024.toml")


def decide(*words: str, given: str | None = None) -> Result:
    """About Li, by the office."""
    return typed("decide", COURSE, LI, *words, *BY, given=given)


def cards() -> dict[tuple[str, str], dict[str, str]]:
    """The objects of the board by person and role."""
    told = [json.loads(line) for line in typed("board", COURSE, "--format", "json").stdout.splitlines()]
    return {(card["person"], card["role"]): card for card in told}


def score_of(person: str = LI, role: str = "learner") -> str:
    return cards()[person, role]["score"]


def less(points: str) -> str:
    """Li's score without so many points."""
    return str(Decimal(score_of()) - Decimal(points))


def test_a_decision_shows_the_score_before_and_after_and_asks(here: Site) -> None:
    before = cards()
    asked = decide("override", "homework", "12.50", given="n\n")
    assert asked.exit_code == 1
    who, total, homework = asked.stdout.splitlines()[:3]
    assert who == "刘磊 (moodle-3) · learner · 一班"
    assert total.startswith(f"  Total: {score_of()} -> {less('7.50')} / 100 · ")
    assert homework == "  Homework: 20.00 -> 12.50 / 20 · final"
    assert "Keep it? [y/N]: n" in asked.stdout
    assert cards() == before


def test_a_decision_is_kept_and_scored_when_asked_for(here: Site) -> None:
    without = less("20.00")
    done = decide("void", "submission", JOURNAL, given="y\n")
    assert done.exit_code == 0
    assert done.stdout.endswith(
        "kept: here/moodle-3-1\nto undo: lms-scoring decide lc2024 moodle-3 restore submission "
        f"{JOURNAL} --reason TEXT --by WHO\n"
    )
    assert score_of() == without
    explained = typed("explain", COURSE, LI).stdout
    assert f"hand-in {JOURNAL} · 0.00 · voided by a person's decision" in explained


def test_the_printed_command_undoes_it(here: Site) -> None:
    before = score_of()
    done = decide("exempt", "posts", "--yes")
    undo = done.stdout.splitlines()[-1].partition("lms-scoring ")[2].replace("TEXT", "mistaken")
    undone = typed(*undo.replace("WHO", TUTOR).split(), "--yes")
    assert undone.exit_code == 0
    assert score_of() == before
    assert "to undo" not in undone.stdout, "what came before it was another decision"


def test_a_person_and_a_kind_may_be_called_as_explain_calls_them(here: Site) -> None:
    without = less("20.00")
    done = typed("decide", COURSE, "LC240001", "void", "提交", JOURNAL, *BY, "--yes")
    assert done.exit_code == 0
    assert score_of() == without


def test_deciding_twice_changes_nothing(here: Site) -> None:
    assert decide("exempt", "posts", "--yes").exit_code == 0
    again = decide("exempt", "posts", "--yes")
    assert (again.exit_code, again.stdout) == (0, "it is so already; nothing was changed\n")


def test_decisions_speak_chinese(here: Site) -> None:
    before = score_of()
    with surroundings({**here.settings, "LMS_SCORING_LANGUAGE": "zh"}, here.folder):
        done = decide("override", "homework", "12", "--yes")
        listed = typed("decisions", COURSE, LI).stdout
    assert f"  总分: {before} -> {score_of()} / 100 · " in done.stdout
    assert "已保存: here/moodle-3-1" in done.stdout
    assert "评定 criterion" in listed
    assert "有效" in listed


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("override", "homework", "-5"), "'-5' are no points: write a number such as 12 or 12.50"),
        (("override", "homework", "1e1"), "'1e1' are no points"),
        (("override", "homework", "１２"), "are no points"),
        (("override", "homework", "12.555"), "'12.555' are no points"),
        (("override", "homework", "20.01"), "homework can be given 0 to 20 points"),
        (("exempt", "homwork"), "there are: study_time, homework, journal, posts"),
        (("void", "submission", "moodle/assign-1-7-0"), "is not of moodle-3 but of moodle-7"),
        (("void", "submission", "assign-1-3-0"), "shows the ids, with their source in front"),
        (("restore", "criterion", "homework"), "`lms-scoring decisions lc2024 moodle-3` lists what was"),
    ],
)
def test_what_cannot_be_decided_says_why_and_what_next(here: Site, words: tuple[str, ...], said: str) -> None:
    before = cards()
    done = decide(*words, "--yes")
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr
    assert cards() == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("exempt", "homework", "3"), "say: exempt CRITERION; after exempt there was: homework 3"),
        (("void", "homework"), "say: void KIND ID; after void there was: homework"),
        (("override", "homework"), "say: override CRITERION POINTS; after override there was: homework"),
        (
            ("restore",),
            "say: restore KIND ID, or restore criterion CRITERION; after restore there was: nothing",
        ),
    ],
)
def test_words_in_the_wrong_number_are_told_the_right_form(
    here: Site, words: tuple[str, ...], said: str
) -> None:
    done = decide(*words)
    assert done.exit_code == 2
    assert said in done.stderr


def test_an_unknown_course_and_an_unknown_person_are_told(here: Site) -> None:
    nowhere = typed("decide", "lc2023", LI, "exempt", "posts", *BY)
    assert "no course 'lc2023' is set up here; there are: lc2024" in nowhere.stderr
    nobody = typed("decide", COURSE, "moodle-999", "exempt", "posts", *BY)
    assert "nobody in lc2024 has that id, username, number or address" in nobody.stderr


def test_who_decides_and_why_must_be_said(here: Site) -> None:
    assert typed("decide", COURSE, LI, "exempt", "posts", "--reason", "ill").exit_code == 2
    assert typed("decide", COURSE, LI, "exempt", "posts", "--by", TUTOR).exit_code == 2


@pytest.mark.parametrize(
    ("reason", "said"), [(" ", "needs a reason"), ("x" * 2_001, "at most 2000 characters")]
)
def test_a_command_keeps_no_other_reasons_than_a_page(here: Site, reason: str, said: str) -> None:
    signed = ("--by", "operator:office", "--reason", reason, "--yes")
    done = typed("decide", COURSE, LI, "exempt", "posts", *signed)
    assert (done.exit_code, said in done.stderr) == (1, True)
    back = typed("recommend", COURSE, TUTOR, WORK, "--take-back", *signed)
    assert (back.exit_code, said in back.stderr) == (1, True)
    with here.installation.store.reading() as transaction:
        assert list(transaction.records_of(COURSE, [LI, TUTOR], kinds=["decision"])) == []


def test_a_tutor_recommends_and_takes_back(here: Site) -> None:
    done = typed("recommend", COURSE, TUTOR, WORK, "--yes")
    assert done.exit_code == 0
    assert "  Recommending: 0.00 -> 20.00 / 20 · final" in done.stdout
    assert (
        typed("recommend", COURSE, TUTOR, WORK, "--yes").stdout == "it is so already; nothing was changed\n"
    )
    assert cards()[TUTOR, "tutor"]["criteria"]["recommending"]["points"] == "20.00"  # type: ignore[index]
    undo = done.stdout.splitlines()[-1].partition("lms-scoring ")[2].replace("TEXT", "mistaken")
    assert typed(*undo.split(), "--yes").exit_code == 0
    assert cards()[TUTOR, "tutor"]["criteria"]["recommending"]["points"] == "0.00"  # type: ignore[index]


def test_only_a_tutor_of_the_class_recommends(here: Site) -> None:
    other = typed("recommend", COURSE, OTHER_TUTOR, WORK, "--yes")
    assert (other.exit_code, other.stdout) == (1, "")
    assert f"{WORK} is a work of {LI}, who is in no class of {OTHER_TUTOR}" in other.stderr
    learner = typed("recommend", COURSE, LI, WORK, "--yes")
    assert "moodle-3 is no tutor in lc2024" in learner.stderr


def test_the_list_tells_who_when_what_and_why(here: Site) -> None:
    assert typed("decisions", COURSE).stdout == "Nothing was decided or recommended.\n"
    decide("override", "homework", "12.50", "--yes")
    decide("restore", "criterion", "homework", "--yes")
    typed("recommend", COURSE, TUTOR, WORK, "--yes")
    lines = [line.split() for line in typed("decisions", COURSE).stdout.splitlines() if line.strip()]
    assert lines[0] == ["When", "About", "What", "By", "Why", "Holds"]
    told = typed("decisions", COURSE).stdout
    for said in ("刘磊 (moodle-3)", "override criterion", "operator:office", "seen in class"):
        assert said in told
    assert "recommend" not in typed("decisions", COURSE, LI).stdout
    told_json = [
        json.loads(line) for line in typed("decisions", COURSE, "--format", "json").stdout.splitlines()
    ]
    assert [(one["kind"], one["id"]) for one in told_json] == [
        ("decision", "here/moodle-3-1"),
        ("decision", "here/moodle-3-2"),
        ("recommendation", f"here/{TUTOR}/{WORK}"),
    ]


def test_an_export_after_decisions_scores_as_the_board_does(here: Site, tmp_path: Path) -> None:
    decide("override", "homework", "12.50", "--yes")
    decide("void", "submission", JOURNAL, "--yes")
    typed("recommend", COURSE, TUTOR, WORK, "--yes")
    evidence = tmp_path / "evidence.jsonl"
    typed("export-evidence", COURSE, "--output", str(evidence))
    scored = typed("score", str(evidence), "--scheme", SCHEME)
    assert (scored.exit_code, scored.stderr) == (0, "")
    assert scored.stdout == typed("board", COURSE, "--format", "json").stdout


def test_a_sync_forgets_no_decision(here: Site) -> None:
    decide("void", "submission", JOURNAL, "--yes")
    typed("recommend", COURSE, TUTOR, WORK, "--yes")
    before = cards()
    assert typed("sync", COURSE, "--full").exit_code == 0
    assert cards() == before
