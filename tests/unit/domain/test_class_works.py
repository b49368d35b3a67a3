"""A class's works: what its tutors must mark and what they recommended, as the cards say."""

from fractions import Fraction

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.dossier import Dossier, dossier_of, dossiers
from lms_scoring.domain.evidence import Grade, MembershipStatus, Role, SubmissionState
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.rules.complete_ratio import duty, is_marked
from lms_scoring.domain.rules.handed_in import class_works
from lms_scoring.domain.rules.some_none import recommended
from lms_scoring.domain.scorecard import Scorecard, Verdict
from tests.given import (
    AFTER,
    CHEN,
    DUE,
    END,
    LI,
    START,
    WANG,
    card,
    figure,
    figures,
    homework,
    journal,
    membership,
    recommendation,
    result,
    tutor,
)

WINDOW = Span(start=START, end=END)
ZHAO = "zhao"

RECORDS: tuple[ev.Record, ...] = (
    tutor(),
    membership(),
    membership(ZHAO),
    membership(CHEN, status=MembershipStatus.WITHDRAWN),
    homework("first", Grade.FAIL),
    homework("again", attempt=1, at=DUE + 1),
    homework("of zhao", Grade.GOOD, person=ZHAO),
    homework("draft", person=ZHAO, activity="second", at=None, state=SubmissionState.DRAFT),
    homework("too late", person=ZHAO, activity="third", at=END),
    homework("of chen", person=CHEN),
    journal("journal", person=ZHAO),
    recommendation("r1", "first"),
    recommendation("r2", "again"),
    recommendation("r3", "journal"),
    recommendation("r4", "of chen"),
    recommendation("r5", "draft"),
    recommendation("r6", "absent"),
)


def dossier(*more: ev.Record, as_of: int = AFTER) -> Dossier:
    found = dossiers([*RECORDS, *more], as_of=as_of)
    return next(one for one in found if one.membership.role is Role.TUTOR)


def tutors_card(*more: ev.Record) -> Scorecard:
    return card([*RECORDS, *more], role=Role.TUTOR)


def test_the_works_of_a_class_are_its_latest_hand_ins_whoever_has_left() -> None:
    works = class_works(dossier(), window=WINDOW)
    assert [one.id for one in works.values()] == ["journal", "of chen", "of zhao", "again"]
    assert figure(tutors_card(), "recommending", "works") == len(works)


def test_the_duty_is_the_one_that_the_card_scores() -> None:
    due = duty(dossier(), window=WINDOW)
    judged = result(tutors_card(), "marking").findings
    assert [one.id for one in due] == [one.id for one in judged]
    assert [is_marked(one) for one in due] == [one.verdict is Verdict.COUNTED for one in judged]
    assert {one.id: is_marked(one) for one in due} == {"again": False, "of zhao": True}


def test_the_works_that_count_as_recommended_are_those_of_the_card() -> None:
    found = recommended(dossier(), window=WINDOW)
    counted = [
        one for one in result(tutors_card(), "recommending").findings if one.verdict is Verdict.COUNTED
    ]
    assert [one.id for one in found.values()] == [one.id for one in counted] == ["r1", "r3", "r4"]
    assert [work[0] for work in found] == [LI, ZHAO, CHEN]


def test_the_own_work_is_among_the_duty_and_not_among_what_is_recommended() -> None:
    own = (membership(WANG), homework("own", person=WANG), recommendation("r7", "own"))
    assert "own" in [one.id for one in duty(dossier(*own), window=WINDOW)]
    assert "r7" not in [one.id for one in recommended(dossier(*own), window=WINDOW).values()]


def test_the_own_works_are_none_of_those_of_which_the_share_is_counted() -> None:
    own = (membership(WANG), homework("own", person=WANG), journal("diary", person=WANG))
    assert figures(tutors_card(*own), "recommending") == figures(tutors_card(), "recommending")
    assert figure(tutors_card(*own), "recommending", "works") == 4
    colleague = card([*RECORDS, *own, tutor(CHEN)], role=Role.TUTOR, person=CHEN)
    assert figure(colleague, "recommending", "works") == 5, "the own one is Chen's, and Wang's are another's"


@pytest.mark.parametrize("as_of", [START, DUE, AFTER])
def test_a_place_that_nobody_has_can_be_looked_at_too(as_of: int) -> None:
    nobody = tutor("")
    without = [record for record in RECORDS if record != tutor()]
    made = dossier_of(nobody, without, as_of=as_of)
    assert made.membership == nobody
    assert duty(made, window=WINDOW) == duty(dossier(as_of=as_of), window=WINDOW)


def test_a_dossier_of_a_place_is_the_one_among_all() -> None:
    assert dossier_of(tutor(WANG), RECORDS, as_of=AFTER) == dossier()


def test_a_mark_is_whatever_anybody_gave() -> None:
    marks = [homework(grade=Grade.FAIL), homework(points=Fraction(0)), homework(graded_at=DUE)]
    assert [is_marked(one) for one in (*marks, homework())] == [True, True, True, False]
