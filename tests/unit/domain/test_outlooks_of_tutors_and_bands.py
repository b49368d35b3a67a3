"""What is still needed, worked out by hand: tutors (domain A2) and bands (domain B)."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.outlook import Standing, Why
from tests.given import (
    AFTER,
    WANG,
    decided,
    homework,
    membership,
    recommendation,
    replies,
    shipped,
    topic,
    topics,
    tutor,
    unknown,
    watch,
)
from tests.unit.domain.ahead import (
    EARLY,
    EXCELLENT,
    GOOD,
    MIDDLE,
    PASS,
    ceilings,
    goal,
    outlook,
    totals,
    ways,
)


def in_bands(*records: ev.Record, as_of: int = MIDDLE) -> Any:
    return outlook([membership(), *records], as_of, scheme=shipped("prefecture-three-bands").scheme)


# -- A2, tutors --------------------------------------------------------------------------------------


def test_a_tutor_marks_what_is_left_and_recommends() -> None:
    done = [tutor(), membership(), homework("a", PASS), homework("b", activity="homework 2")]
    found = outlook(done, role=Role.TUTOR)
    assert ways(found)[0] == [("mark", 1, 40), ("recommend", 1, 20)]
    assert [step.deadline for step in goal(found).ways[0].steps] == [None, None]
    assert found.standing is Standing.FAR


def test_a_tutor_with_29_of_30_marked_is_one_mark_short() -> None:
    class_ = [
        one
        for n in range(30)
        for one in (membership(f"l{n}"), homework(f"h{n}", person=f"l{n}", grade=PASS if n else None))
    ]
    posts = [*topics(4, person=WANG), *replies(5, person=WANG), topic("b", person=WANG, bulletin=True)]
    found = outlook([tutor(), *class_, *posts], AFTER, role=Role.TUTOR)
    assert (totals(found), found.standing) == ((29, 29, 69, 89), Standing.ONE_ITEM_SHORT)
    assert ways(found) == [[("mark", 1, 40)]]


def test_a_class_that_handed_in_nothing_leaves_nothing_to_mark_or_recommend() -> None:
    posts = [*topics(10, person=WANG), *replies(10, person=WANG), topic("b", person=WANG, bulletin=True)]
    open_ = outlook([tutor(), membership(), *posts], role=Role.TUTOR)
    assert (open_.standing, open_.at_best, ways(open_)) == (Standing.FAR, 100, [])
    over = outlook([tutor(), membership(), *posts], AFTER, role=Role.TUTOR)
    assert (over.standing, over.at_best) == (Standing.UNREACHABLE, 40)
    assert ceilings(over) == {"marking": (Why.NOTHING_THERE, 0), "recommending": (Why.NOTHING_THERE, 0)}


def test_work_of_the_class_that_could_not_be_read_may_be_marked_and_recommended_once_it_is() -> None:
    unread = unknown(activity="homework 1", about=ev.Purpose.HOMEWORK)
    over = outlook([tutor(), membership(), unread], AFTER, role=Role.TUTOR)
    assert (over.at_best, goal(over).reachable, ways(over)) == (60, True, [])
    assert ceilings(over).keys() == {"discussion", "bulletins"}
    settled = decided(ev.Action.VOID, unread)
    over = outlook([tutor(), membership(), unread, settled], AFTER, role=Role.TUTOR)
    assert ceilings(over)["recommending"] == (Why.NOTHING_THERE, 0)


def test_a_tutor_is_promised_no_points_for_the_own_work() -> None:
    own = [tutor(), membership(WANG), homework("w", PASS, person=WANG)]
    for alone in (own, [*own, recommendation(submission="w", at=EARLY)]):
        found = outlook(alone, role=Role.TUTOR)
        assert ceilings(found)["recommending"] == (Why.NOTHING_THERE, 0)
        assert all(step[0] != "recommend" for way in ways(found) for step in way)
    others = outlook([*own, membership()], role=Role.TUTOR)
    assert "recommending" not in ceilings(others), "Li may still hand something in"
    over = outlook([*own, membership()], AFTER, role=Role.TUTOR)
    assert ceilings(over)["recommending"] == (Why.NOTHING_THERE, 0)
    beside = outlook([*own, membership(), homework("h", PASS)], AFTER, role=Role.TUTOR)
    assert ways(beside)[0][0] == ("recommend", 1, 20)


def test_a_tutor_who_did_nothing_yet_has_not_started_though_work_waits() -> None:
    found = outlook([tutor(), membership(), homework()], role=Role.TUTOR)
    assert found.standing is Standing.NOT_STARTED
    begun = outlook([tutor(), membership(), homework(), recommendation(at=EARLY)], role=Role.TUTOR)
    assert begun.standing is Standing.ONE_ITEM_SHORT


def test_a_tutor_who_left_marks_no_more_though_others_may() -> None:
    left = membership(WANG, Role.TUTOR, status=ev.MembershipStatus.WITHDRAWN)
    found = outlook([left, membership(), homework()], role=Role.TUTOR)
    assert (found.at_best, ways(found)) == (40, [])
    assert ceilings(found)["recommending"] == (Why.WITHDRAWN, 0)


# -- B, bands ----------------------------------------------------------------------------------------


def test_below_the_pass_mark_the_next_band_is_passing() -> None:
    (only,) = in_bands(watch(minutes=300), *topics(3)).goals
    assert (only.mark, only.is_pass, only.band, only.missing) == (60, True, "pass", 32)


def test_a_band_beyond_the_pass_mark_is_a_goal_of_its_own() -> None:
    found = in_bands(watch(minutes=600), homework(grade=GOOD), *topics(3))
    assert (found.standing, found.to_pass) == (Standing.PASSED, None)
    (better,) = found.goals
    assert (better.band, better.missing) == ("good", 3)
    assert ways(better) == [[("replies", 3, 3)]]
    assert in_bands(watch(minutes=600), homework(grade=EXCELLENT), *topics(20)).goals == ()


def test_a_band_between_is_a_goal_before_the_pass_mark() -> None:
    scheme = shipped("prefecture-three-bands").scheme
    learner = replace(scheme.roles[Role.LEARNER], pass_mark=Fraction(70))
    found = outlook([membership()], scheme=replace(scheme, roles={Role.LEARNER: learner}))
    assert [(one.mark, one.is_pass, one.band) for one in found.goals] == [
        (60, False, "pass"),
        (70, True, None),
    ]
