"""Loose ends of an evidence file: what changes no result is told with its line, and is no loss."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.instants import HOUR
from lms_scoring.files.evidence_file import evidence_lines, read_evidence
from lms_scoring.files.loose_ends import loose_ends
from tests import given

BANDS = given.shipped("prefecture-three-bands").scheme
PEOPLE: list[ev.Record] = [ev.Person(id=one, name="Li Na") for one in ("li", "wang", "guest")]
SCHOOL: list[ev.Record] = [*PEOPLE, given.membership("li"), given.tutor("wang")]
"""Lines 1 to 5; what a test adds begins at line 6."""


def told(*records: ev.Record, bands: bool = False) -> list[str]:
    file = read_evidence(evidence_lines(records))
    assert file.remarks == ()
    ends = list(loose_ends(file, BANDS if bands else given.main_scheme()))
    assert not any(end.lost for end in ends)
    return [str(end) for end in ends]


def recommendation(submission: str = "h", by: str = "wang") -> ev.Recommendation:
    return ev.Recommendation(id="r", submission=submission, by=by, at=given.START + HOUR)


def decision(target: ev.RecordTarget | ev.CriterionTarget, *, person: str = "li") -> ev.Decision:
    about_record = isinstance(target, ev.RecordTarget)
    return ev.Decision(
        id="d",
        person=person,
        target=target,
        action=ev.Action.VOID if about_record else ev.Action.EXEMPT,
        by="somebody",
        at=given.START + HOUR,
        reason="because",
    )


def about(kind: str, id_: str) -> ev.RecordTarget:
    return ev.RecordTarget(kind=kind, id=id_)


def test_a_file_that_hangs_together_has_no_loose_ends() -> None:
    work = given.homework("h", person="li")
    assert told(*SCHOOL, work, recommendation(), decision(about("submission", "h"))) == []


def test_people_with_neither_membership_nor_evidence_are_no_loose_end() -> None:
    assert told(*SCHOOL) == []


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        ([], "nobody is scored: this file is empty"),
        ([b"\n", b"\xef\xbb\xbf\r\n"], "nobody is scored: this file is empty"),
        ([b"{"], "nobody is scored: not one line of this file can be used"),
        ([b'{"kind":"person","id":"li","name":"n"}'], "nobody is scored: no membership is in this file"),
    ],
)
def test_a_file_that_scores_nobody_says_so(lines: list[bytes], said: str) -> None:
    (end,) = loose_ends(read_evidence(lines), given.main_scheme())
    assert end.line is None
    assert end.text.startswith(said)


def test_without_any_membership_not_every_person_is_told_of_too() -> None:
    assert len(told(*PEOPLE, given.homework("h", person="li"), given.homework("i", person="wang"))) == 1


def test_evidence_of_somebody_without_membership_is_told_once() -> None:
    (said,) = told(*SCHOOL, given.homework("h", person="guest"), given.topic("t", person="guest"))
    assert said.startswith("line 6: its person has no membership in this file, so that 2 lines from here on ")
    (said,) = told(*SCHOOL, decision(ev.CriterionTarget(criterion="homework"), person="guest"))
    assert said.startswith("line 6: its person has no membership in this file, so that this line ")


def test_a_role_that_the_scheme_does_not_score_is_told_once() -> None:
    (said,) = told(*SCHOOL, given.tutor("guest"), bands=True)
    assert said.startswith("line 5: the scheme scores no tutor, so that 2 lines from here on get no result")


def test_a_recommendation_of_a_work_that_is_not_there_is_told() -> None:
    (said,) = told(*SCHOOL, recommendation("nothing"))
    assert said.startswith("line 6: recommends a submission that is not in this file; add ")


@pytest.mark.parametrize("by", ["li", "guest", "nobody"])
def test_a_recommendation_by_no_tutor_is_told(by: str) -> None:
    (said,) = told(*SCHOOL, given.homework("h", person="li"), recommendation(by=by))
    assert said.startswith("line 7: recommended by somebody who is no tutor in this file; add ")


def test_a_decision_about_a_record_that_is_not_there_is_told() -> None:
    (said,) = told(*SCHOOL, given.homework("h", person="li"), decision(about("post", "h")))
    assert said.startswith("line 7: decides about a post that is not in this file; add ")


def test_a_decision_about_a_record_of_somebody_else_is_told() -> None:
    lines: list[ev.Record] = [given.homework("h", person="li"), recommendation()]
    (said,) = told(*SCHOOL, *lines, decision(about("submission", "h"), person="wang"))
    assert said.startswith("line 8: decides about a submission of somebody else")
    (said,) = told(*SCHOOL, *lines, decision(about("recommendation", "r")))
    assert said.startswith("line 8: decides about a recommendation of somebody else")
    assert told(*SCHOOL, *lines, decision(about("recommendation", "r"), person="wang")) == []


@pytest.mark.parametrize(("kind", "id_"), [("person", "li"), ("membership", "m-li"), ("decision", "d")])
def test_a_decision_about_what_nobody_decides_about_is_told(kind: str, id_: str) -> None:
    (said,) = told(*SCHOOL, decision(about(kind, id_)))
    assert said.startswith(f"line 6: decides about a {kind}, which changes nothing")


@pytest.mark.parametrize("criterion", ["marking", "Homework", "nothing"])
def test_a_decision_about_a_criterion_that_the_card_does_not_have_is_told(criterion: str) -> None:
    (said,) = told(*SCHOOL, decision(ev.CriterionTarget(criterion=criterion)))
    assert said.startswith("line 6: decides about a criterion that its person's card does not have")
    assert said.endswith("; there are: study_time, homework, journal, posts")


@pytest.mark.parametrize(("points", "is_told"), [(20, False), (21, True)])
def test_more_points_than_the_criterion_has_are_told(points: int, is_told: bool) -> None:
    over = given.decided(ev.Action.OVERRIDE, "posts", person="li", points=points)
    said = "line 6: gives more points than the criterion has; 20, its maximum, count: correct `points`"
    assert told(*SCHOOL, over) == [said] * is_told


def test_whoever_learns_and_guides_has_the_criteria_of_both() -> None:
    both = [*SCHOOL, given.tutor("li")]
    assert told(*both, decision(ev.CriterionTarget(criterion="marking"))) == []
    assert told(*both, decision(ev.CriterionTarget(criterion="posts"))) == []
    assert len(told(*both, decision(ev.CriterionTarget(criterion="nothing")))) == 1


def test_a_person_with_no_card_is_not_told_of_its_criteria_too() -> None:
    unscored = decision(ev.CriterionTarget(criterion="posts"), person="wang")
    assert [said[:29] for said in told(*SCHOOL, unscored, bands=True)] == ["line 5: the scheme scores no "]


def test_what_is_gone_may_still_be_referred_to_but_refers_to_nothing_itself() -> None:
    gone = given.START + 2 * HOUR
    work = replace(given.homework("h", person="li"), gone_at=gone)
    assert told(*SCHOOL, work, recommendation(), decision(about("submission", "h"))) == []
    assert told(*SCHOOL, replace(recommendation("nothing"), gone_at=gone)) == []
    assert told(*SCHOOL, replace(decision(about("post", "nothing")), gone_at=gone)) == []
    assert told(*SCHOOL, replace(given.topic("t", person="guest"), gone_at=gone)) == []


def test_no_name_is_told() -> None:
    ends = told(*PEOPLE, given.topic("t", person="li"), recommendation("nothing"))
    assert len(ends) == 3
    assert not any("Li Na" in end or "wang" in end for end in ends)
