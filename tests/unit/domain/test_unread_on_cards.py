"""Cards of which something could not be read: it is shown where it would count, and is not 0."""

from dataclasses import replace

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import Grade, Purpose, Role
from lms_scoring.domain.rules.more_homework import Take
from lms_scoring.domain.scorecard import Reason, Verdict
from lms_scoring.domain.unread import Unread
from tests.given import (
    END,
    LI,
    WANG,
    card,
    decided,
    finding,
    homework,
    journal,
    main_scheme,
    membership,
    result,
    scheme_of,
    scheme_with,
    topic,
    tutor,
    unknown,
)


@pytest.mark.parametrize(
    ("about", "criterion"),
    [
        (Purpose.STUDY_TIME, "study_time"),
        (Purpose.HOMEWORK, "homework"),
        (Purpose.JOURNAL, "journal"),
        (Purpose.POSTS, "posts"),
    ],
)
def test_what_could_not_be_read_is_shown_where_it_would_count(about: Purpose, criterion: str) -> None:
    found = card([membership(), unknown(about=about)])
    judged = finding(found, criterion, "u")
    assert (judged.kind, judged.verdict, judged.reason) == ("unknown", Verdict.UNKNOWN, Reason.UNREADABLE)
    assert (judged.note, judged.activity) == ("no access", "scorm 1")
    assert sum(len(one.findings) for one in found.criteria) == 1


def test_why_it_could_not_be_read_is_told_and_changes_nothing_else() -> None:
    coded = replace(unknown(about=Purpose.HOMEWORK), reason=Unread.HAND_INS_OF_LEAVER.value)
    old, new = (card([membership(), one]) for one in (unknown(about=Purpose.HOMEWORK), coded))
    assert finding(new, "homework", "u").note == "hand_ins_of_leaver"
    (before,) = result(old, "homework").findings
    told = replace(result(new, "homework"), findings=(replace(before, note="no access"),))
    assert told == result(old, "homework")
    assert (new.state, new.total, new.is_at_least) == (old.state, old.total, old.is_at_least)


@pytest.mark.parametrize(
    ("about", "criteria"),
    [
        (Purpose.BULLETINS, ["discussion", "bulletins"]),
        (Purpose.POSTS, ["discussion"]),
        (Purpose.HOMEWORK, ["marking"]),
    ],
)
def test_a_tutors_unreadable_things_are_shown_where_they_would_count(
    about: Purpose, criteria: list[str]
) -> None:
    found = card([tutor(), unknown(person=WANG, about=about)], role=Role.TUTOR)
    assert [one.id for one in found.criteria if one.findings] == criteria


def test_an_unknown_of_no_stated_purpose_is_shown_by_its_activity_and_at_study_time() -> None:
    found = card([membership(), topic(), unknown(activity="forum")])
    assert [one.id for one in found.criteria if any(f.id == "u" for f in one.findings)] == [
        "study_time",
        "posts",
    ]


def test_an_unknown_of_no_stated_purpose_is_shown_everywhere_where_no_time_is_scored() -> None:
    found = card([tutor(), unknown(person=WANG)], role=Role.TUTOR)
    assert [one.id for one in found.criteria if one.findings] == ["marking", "discussion", "bulletins"]


def test_an_unknown_of_a_purpose_that_is_not_scored_is_not_shown() -> None:
    rules = main_scheme().roles[Role.LEARNER].criteria[3]
    found = card([membership(), unknown(about=Purpose.STUDY_TIME)], scheme=scheme_of((rules.rule, 20)))
    assert result(found, "c0").findings == ()


@pytest.mark.parametrize("settled", [True, False])
def test_an_unknown_that_is_gone_or_settled_is_not_shown(settled: bool) -> None:
    thing = unknown(about=Purpose.HOMEWORK)
    records: list[ev.Record] = (
        [thing, decided(ev.Action.VOID, thing)] if settled else [replace(thing, gone_at=END)]
    )
    assert result(card([membership(), *records]), "homework").findings == ()


def test_somebody_elses_unknown_is_not_shown() -> None:
    records: list[ev.Record] = [
        membership(),
        membership("zhao"),
        unknown(person="zhao", about=Purpose.JOURNAL),
    ]
    assert result(card(records, person=LI), "journal").findings == ()


def test_points_are_at_least_so_much_where_something_could_not_be_read() -> None:
    records: list[ev.Record] = [
        membership(),
        topic(),
        unknown("u1", about=Purpose.HOMEWORK),
        unknown("u2", about=Purpose.HOMEWORK),
        unknown("u3", about=Purpose.JOURNAL),
    ]
    found = card(records)
    assert [one.unknowns for one in found.criteria] == [0, 2, 1, 0]
    assert [one.is_at_least for one in found.criteria] == [False, True, True, False]
    assert found.is_at_least
    assert not card(records[:2]).is_at_least


def test_points_that_reading_could_take_away_are_not_at_least_so_much() -> None:
    """Nor is the total then, though another criterion may have more."""
    records: list[ev.Record] = [
        membership(),
        homework(grade=Grade.PASS),
        unknown("u1", about=Purpose.HOMEWORK),
        unknown("u2", about=Purpose.JOURNAL),
    ]
    found = card(records, scheme=scheme_with("homework", take=Take.LATEST))
    assert [one.may_fall for one in found.criteria] == [False, True, False, False]
    assert [one.is_at_least for one in found.criteria] == [False, False, True, False]
    assert not found.is_at_least
    assert not result(card(records), "homework").may_fall, "the best counts"
    settled = [*records, decided(ev.Action.OVERRIDE, "homework", points=3)]
    assert not any(
        one.may_fall for one in card(settled, scheme=scheme_with("homework", take=Take.LATEST)).criteria
    )


def test_all_the_points_of_a_criterion_are_not_at_least_so_much() -> None:
    found = card([membership(), journal(), unknown(about=Purpose.JOURNAL)])
    assert (result(found, "journal").unknowns, result(found, "journal").is_at_least) == (1, False)
    assert not found.is_at_least


@pytest.mark.parametrize(
    "decision",
    [
        decided(ev.Action.VOID, unknown()),
        decided(ev.Action.EXEMPT, "homework"),
        decided(ev.Action.OVERRIDE, "homework", points=3),
    ],
)
def test_a_decision_settles_what_could_not_be_read(decision: ev.Decision) -> None:
    found = card([membership(), unknown(about=Purpose.HOMEWORK), decision])
    assert result(found, "homework").unknowns == 0
    assert not found.is_at_least


def test_a_decision_about_another_criterion_settles_nothing() -> None:
    exempt = decided(ev.Action.EXEMPT, "journal")
    assert result(card([membership(), unknown(about=Purpose.HOMEWORK), exempt]), "homework").unknowns == 1
