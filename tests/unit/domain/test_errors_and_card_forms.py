"""Errors say what, where and what next; cards become objects, rows and JSON without losing a point."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain import errors
from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import Action, Grade, Purpose, Role
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.domain.rules.more_homework import Take
from lms_scoring.domain.scorecard import Figure, Scorecard
from lms_scoring.domain.scorecard_json import card_fields, card_of
from lms_scoring.exports.card_lines import CardLine, card_columns, card_object, card_row
from tests.given import (
    card,
    decided,
    homework,
    journal,
    main_scheme,
    membership,
    recommendation,
    scheme_with,
    shipped,
    topics,
    tutor,
    unknown,
    watch,
)

JUST_SHORT: list[ev.Record] = [
    membership(),
    watch(minutes=749),
    homework(grade=Grade.PASS),
    journal(),
    *topics(4),
]


# -- errors ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("error", "again"),
    [
        (errors.PlatformUnreachable("moodle", "f", "no answer"), True),
        (errors.PlatformBusy("moodle", "f", "no answer"), True),
        (errors.PlatformRefused("moodle", "f", "no answer"), False),
        (errors.PlatformMisread("moodle", "f", "no answer"), False),
        (errors.RecordRefused("moodle", "f", "no answer", code="userdeleted"), False),
    ],
)
def test_a_platforms_error_says_where_and_whether_to_try_again(
    error: errors.PlatformError, again: bool
) -> None:
    assert str(error) == "moodle: f: no answer"
    assert error.again is again
    assert isinstance(error, errors.LmsScoringError)


def test_what_cannot_be_decided_says_why_for_programs_and_for_people() -> None:
    error = errors.CannotBeDecided(Obstacle.TOO_LONG, "a reason has at most so many characters")
    assert (error.why, str(error)) == (Obstacle.TOO_LONG, "a reason has at most so many characters")
    of_the_reason = {one for one in Obstacle if one.is_of_the_reason}
    assert of_the_reason == {Obstacle.NO_REASON, Obstacle.TOO_LONG, Obstacle.NAMES_PERSON}
    said_wrongly = {one for one in Obstacle if one.is_of_what_was_said and not one.is_of_the_reason}
    assert said_wrongly == {Obstacle.NAMELESS, Obstacle.IMPOSSIBLE, Obstacle.BAD_POINTS}


@pytest.mark.parametrize(("people", "told"), [(1, "1 person"), (7, "7 people")])
def test_of_how_many_no_card_can_be_made_is_said_with_where_and_what_to_do(people: int, told: str) -> None:
    error = errors.CardsNotMade("course", people, "KeyError in a.py, line 7")
    assert str(error).startswith(f"course: the cards of {told} cannot be made: KeyError in a.py, line 7, ")
    assert "jobs list" in str(error)
    assert (error.course, error.people) == ("course", people)


def test_what_looking_for_doubts_fails_at_is_said_with_what_becomes_of_it() -> None:
    error = errors.CannotLookForDoubts("the store is busy")
    assert error.reason == "the store is busy"
    assert str(error).startswith(
        "doubtful texts could not be looked for: the store is busy; scores are whole"
    )


def test_a_fault_of_the_program_is_said_with_where_it_stopped_and_none_of_its_words() -> None:
    error = errors.FaultOfProgram("reading source roster", "KeyError")
    assert (error.what, error.kind) == ("reading source roster", "KeyError")
    assert str(error).startswith("reading source roster stopped by a fault of this program (KeyError)")


def test_what_cannot_be_printed_is_named_by_its_number_alone() -> None:
    error = errors.UnprintableText(["𠮷", "😀"])
    assert error.characters == ("𠮷", "😀")
    assert "no font here has the character U+20BB7, U+1F600" in str(error)
    assert "LMS_SCORING_FONTS" in str(error)
    assert "𠮷" not in str(error), "it is of somebody's name"


def test_a_busy_platform_says_how_long_and_a_refused_record_why() -> None:
    assert errors.PlatformBusy("m", "f", "r", wait=30).wait == 30
    assert errors.PlatformBusy("m", "f", "r").wait is None
    assert errors.RecordRefused("m", "f", "r", code="userdeleted").code == "userdeleted"


@pytest.mark.parametrize(
    ("kind", "what"),
    [
        (errors.SchemeMistakes, "scheme"),
        (errors.CourseFileMistakes, "course file"),
        (errors.SettingsMistakes, "settings"),
    ],
)
def test_mistakes_are_listed_with_their_places(kind: type[errors.Mistakes], what: str) -> None:
    one, two = errors.Mistake(place="a.b", text="is wrong"), errors.Mistake(place="c", text="too")
    assert str(kind("x.toml", (one,))) == f"{what} x.toml: 1 mistake\n  a.b: is wrong"
    assert str(kind("x.toml", (one, two))).startswith(f"{what} x.toml: 2 mistakes\n")


def test_a_mistake_is_told_with_its_file_line_and_what_stands_there() -> None:
    mistake = errors.Mistake(place="a", text="must be 1", found='"2"', line=3)
    assert mistake.told("x.toml") == 'x.toml:3: a = "2": must be 1'
    assert replace(mistake, file="y.toml").told("x.toml") == 'y.toml:3: a = "2": must be 1'
    assert replace(mistake, line=None, file="y.toml").told("x.toml") == 'y.toml: a = "2": must be 1'
    assert replace(mistake, line=None, found=None).told("x.toml") == "a: must be 1"


# -- objects and rows ------------------------------------------------------------------------------


def test_a_card_is_written_with_two_decimals_and_its_exact_verdict() -> None:
    assert card_object(card(JUST_SHORT)) == {
        "person": "li",
        "role": "learner",
        "class": "class 1",
        "score": "79.95",
        "passed": False,
        "state": "fail",
        "band": None,
        "scheme": main_scheme().fingerprint,
        "criteria": {
            "study_time": {"points": "39.95", "max": "40.00", "state": "final"},
            "homework": {"points": "16.00", "max": "20.00", "state": "final"},
            "journal": {"points": "20.00", "max": "20.00", "state": "final"},
            "posts": {"points": "4.00", "max": "20.00", "state": "final"},
        },
    }


def test_a_shown_pass_mark_is_not_a_pass() -> None:
    almost: list[ev.Record] = [
        membership(),
        watch(minutes=750 - Fraction(1, 1000)),
        homework(grade=Grade.PASS),
        journal(),
        *topics(4),
    ]
    shown = card_object(card(almost))
    assert (shown["score"], shown["passed"]) == ("80.00", False)


def test_a_row_has_a_column_for_each_criterion_and_nothing_for_nothing() -> None:
    row = card_row(CardLine(card=card([membership(class_=None), homework()])))
    assert row["class"] == row["band"] == ""
    assert (row["passed"], row["homework"], row["homework_state"]) == ("false", "10.00", "pending")
    assert all(isinstance(value, str) for value in row.values())


def test_what_could_not_be_read_is_counted_where_there_is_any() -> None:
    found = card([membership(), unknown(about=ev.Purpose.HOMEWORK)])
    criteria = card_object(found)["criteria"]
    assert criteria["homework"] == {"points": "0.00", "max": "20.00", "state": "final", "unknown": 1}
    assert criteria["journal"] == {"points": "0.00", "max": "20.00", "state": "final"}
    row = card_row(CardLine(card=found))
    assert (row["homework_unknown"], row["journal_unknown"]) == ("1", "0")


def test_a_column_of_unknowns_is_there_only_where_a_card_has_some() -> None:
    plain = CardLine(card=card([membership()]))
    unread = CardLine(card=card([membership(), unknown(about=ev.Purpose.HOMEWORK)]))
    assert [name for name in card_columns([plain]) if "unknown" in name] == []
    columns = card_columns([plain, unread])
    assert [name for name in columns if "unknown" in name] == ["homework_unknown"]
    assert columns.index("homework_unknown") == columns.index("homework_state") + 1


def test_a_row_names_band_and_pass() -> None:
    found = card([membership(), *JUST_SHORT[1:]], scheme=shipped("prefecture-three-bands").scheme)
    row = card_row(CardLine(card=found))
    assert (row["band"], row["passed"], row["state"]) == ("pass", "true", "pass")


# -- cards as the store keeps them -----------------------------------------------------------------


def stored(found: Scorecard, *, findings: bool = True) -> Scorecard:
    return card_of(json.loads(json.dumps(card_fields(found, findings=findings))))


@pytest.mark.parametrize(
    "found",
    [
        card(JUST_SHORT),
        card([membership(class_=None), unknown(), decided(Action.EXEMPT, "homework")]),
        card([tutor(), membership(), homework(), recommendation()], role=Role.TUTOR),
        card([membership()], scheme=shipped("prefecture-three-bands").scheme),
    ],
)
def test_a_card_survives_being_stored(found: Scorecard) -> None:
    assert stored(found) == found


def test_a_card_can_be_stored_without_its_findings() -> None:
    found = card(JUST_SHORT)
    bare = tuple(replace(one, findings=()) for one in found.criteria)
    assert stored(found, findings=False) == replace(found, criteria=bare)


@pytest.mark.parametrize("findings", [True, False])
def test_how_much_could_not_be_read_is_stored_with_and_without_findings(findings: bool) -> None:
    found = card([membership(), unknown(about=ev.Purpose.HOMEWORK)])
    assert [one.unknowns for one in stored(found, findings=findings).criteria] == [0, 1, 0, 0]


def test_a_card_stored_before_unknowns_were_counted_is_read() -> None:
    unread = unknown(about=ev.Purpose.HOMEWORK)
    for decisions, expected in ([], 1), ([decided(Action.EXEMPT, "homework")], 0):
        fields = card_fields(card([membership(), unread, *decisions]), findings=True)
        for criterion in fields["criteria"]:
            criterion.pop("unknown", None)
        assert card_of(fields).criteria[1].unknowns == expected
        for criterion in fields["criteria"]:
            criterion.pop("findings")
        assert card_of(fields).criteria[1].unknowns == 0


def test_a_card_that_could_be_read_is_stored_as_it_used_to_be() -> None:
    fields = card_fields(card(JUST_SHORT), findings=False)
    assert {name for criterion in fields["criteria"] for name in criterion} == {
        "id",
        "max",
        "points",
        "could_become",
        "state",
        "figures",
    }


def test_a_figure_stored_before_advice_was_told_apart_is_read() -> None:
    fields = card_fields(card([tutor(), membership(), homework()], role=Role.TUTOR), findings=True)
    recommending = fields["criteria"][3]
    assert recommending["figures"] == [
        ["recommended", "0", None, "1"],
        ["works", "1", None],
        ["recommended_share", "0", None, "5"],
    ]
    recommending["figures"] = [["recommended", "0", 1]]
    assert card_of(fields).criteria[3].figures == (Figure(name="recommended", value=Fraction(0), asked=1),)


def test_an_unknown_figure_stays_unknown() -> None:
    found = card([membership()])
    first = replace(found.criteria[0], figures=(Figure(name="study_time", value=None, asked=None),))
    found = replace(found, criteria=(first,))
    assert stored(found) == found
    assert stored(found).criteria[0].figures[0].value is None


def test_a_card_whose_points_may_fall_is_read_again_as_such() -> None:
    """What cannot be read may be a later attempt, and the latest counts."""
    latest = scheme_with("homework", take=Take.LATEST)
    records: list[ev.Record] = [
        membership(),
        homework(grade=Grade.GOOD),
        unknown(activity="homework 1", about=Purpose.HOMEWORK),
    ]
    found = card(records, scheme=latest)
    assert [one.may_fall for one in found.criteria] == [False, True, False, False]
    assert not found.is_at_least
    assert card_of(card_fields(found, findings=True)) == found


def test_a_card_names_its_criteria_and_what_it_judged() -> None:
    found = card([membership(), *topics(1)])
    assert found.names(ev.CriterionTarget(criterion="posts"))
    assert not found.names(ev.CriterionTarget(criterion="marking"))
    assert found.names(ev.RecordTarget(kind="post", id="t0"))
    assert not found.names(ev.RecordTarget(kind="post", id="of somebody else"))
    assert not found.names(ev.RecordTarget(kind="submission", id="t0"))
