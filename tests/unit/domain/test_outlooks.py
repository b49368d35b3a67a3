"""What is still needed, worked out by hand: learners (domain A1)."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.instants import MINUTE, SECOND
from lms_scoring.domain.outlook import DeedKind, Effort, KnownTask, Outlook, Standing, Why
from lms_scoring.domain.outlook_json import outlook_fields, outlook_of
from lms_scoring.domain.rules.capped_proportion import CappedProportion
from lms_scoring.domain.rules.count import Count
from lms_scoring.domain.rules.grade_map import GradeMap
from lms_scoring.domain.rules.handed_in import Late
from lms_scoring.domain.rules.more_homework import Take
from lms_scoring.domain.rules.presence import Presence, Thing
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.study_time import Counting
from tests.given import (
    AFTER,
    DAY,
    DUE,
    END,
    START,
    decided,
    homework,
    journal,
    main_scheme,
    membership,
    replies,
    scheme_of,
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
    FAIL,
    GOOD,
    MIDDLE,
    PASS,
    ceilings,
    goal,
    outlook,
    totals,
    ways,
)


def test_who_has_everything_needs_nothing() -> None:
    done = [membership(), watch(minutes=750), homework(grade=EXCELLENT), journal(), *topics(10), *replies(10)]
    found = outlook(done, AFTER)
    assert (found.standing, found.goals, found.ceilings) == (Standing.PASSED, (), ())
    assert (*totals(found), found.missing) == (100, 100, 100, 100, 0)


def test_exactly_at_the_mark_needs_nothing() -> None:
    done = [membership(), watch(minutes=900), homework(grade=PASS), journal(), *topics(4)]
    found = outlook(done)
    assert (found.standing, found.goals, found.missing) == (Standing.PASSED, (), 0)


def test_a_minute_short_is_a_minute_or_a_post() -> None:
    done = [membership(), watch(minutes=749), homework(grade=PASS), journal(), *topics(4)]
    found = outlook(done)
    assert ways(found) == [[("study", 1, Fraction(4, 75))], [("replies", 1, 1)]]
    assert (found.standing, found.missing) == (Standing.ONE_ITEM_SHORT, Fraction(4, 75))
    assert [way.reaches for way in goal(found).ways] == [80, Fraction(6071, 75)]
    assert ceilings(found) == {"homework": (Why.DEADLINE_PASSED, 16)}


def test_after_the_window_a_minute_short_is_out_of_reach() -> None:
    done = [membership(), watch(minutes=749), homework(grade=PASS), journal(), *topics(4)]
    found = outlook(done, AFTER)
    assert (found.standing, goal(found).reachable, ways(found)) == (Standing.UNREACHABLE, False, [])
    assert found.at_best == found.so_far == Fraction(5996, 75)
    assert ceilings(found) == {
        "study_time": (Why.WINDOW_CLOSED, Fraction(2996, 75)),
        "homework": (Why.WINDOW_CLOSED, 16),
        "posts": (Why.WINDOW_CLOSED, 4),
    }


def test_unmarked_homework_that_could_lift_to_the_mark_waits_for_its_mark() -> None:
    done = [membership(), watch(minutes=375), homework(), journal(), *topics(12), *replies(15)]
    found = outlook(done, AFTER)
    assert found.standing is Standing.WAITING_FOR_MARKING
    assert totals(found) == (70, 70, 80, 80)
    assert ways(found) == [[("get_marked", 1, 10, EXCELLENT)]]
    assert goal(found).ways[0].steps[0].deadline is None


def test_before_the_window_ways_lead_through_all_of_it() -> None:
    found = outlook([membership()], START - DAY)
    assert (found.standing, totals(found)) == (Standing.NOT_STARTED, (0, 0, 0, 100))
    assert ways(found)[0] == [
        ("study", 450, 24),
        ("homework", 1, 16, PASS),
        ("journal", 1, 20),
        ("topics", 10, 10),
        ("replies", 10, 10),
    ]
    step = goal(found).ways[0].steps[0]
    assert (step.opens_at, step.deadline, found.valid_until) == (START, END - 1, START)


def test_three_ways_at_most_lead_through_different_criteria_the_cheapest_first() -> None:
    found = outlook([membership(), watch(minutes=375), homework(grade=GOOD), journal()])
    assert ways(found) == [[("study", 38, Fraction(152, 75)), ("topics", 10, 10), ("replies", 10, 10)]]
    found = outlook([membership(), watch(minutes=600), homework(grade=GOOD)])
    assert ways(found) == [
        [("journal", 1, 20), ("replies", 10, 10)],
        [("study", 19, Fraction(76, 75)), ("journal", 1, 20), ("replies", 9, 9)],
    ]


def test_the_time_that_is_left_limits_the_minutes() -> None:
    found = outlook([membership(), homework(grade=EXCELLENT), journal(), *topics(10)], END - 300 * MINUTE)
    assert ceilings(found)["study_time"] == (Why.TIME_TOO_SHORT, 16)
    assert found.at_best == 76
    assert found.standing is Standing.UNREACHABLE
    in_time = outlook([membership(), homework(grade=EXCELLENT), journal(), *topics(10)], END - 376 * MINUTE)
    assert ways(in_time) == [[("study", 375, 20), ("replies", 10, 10)]]
    assert in_time.valid_until == END - 375 * MINUTE + 1


def test_minutes_that_no_longer_fit_in_whole_earn_less_with_every_moment() -> None:
    """Nine and a half minutes are needed, and ten are asked for, which earn what the way says as long as all
    of them fit in."""
    scheme = scheme_of((CappedProportion(full=20 * MINUTE), 40), pass_mark=19)
    in_time = outlook([membership()], END - 11 * MINUTE, scheme=scheme)
    assert (ways(in_time), in_time.valid_until) == ([[("study", 10, 20)]], END - 10 * MINUTE + 1)
    begun = outlook([membership()], in_time.valid_until, scheme=scheme)
    assert ways(begun) == [[("study", 10, 20 - Fraction(40, 20 * MINUTE))]]
    assert begun.valid_until == END - 10 * MINUTE + 2
    last = outlook([membership()], END - 19 * MINUTE // 2, scheme=scheme)
    assert (ways(last), last.valid_until) == ([[("study", 10, 19)]], END - 19 * MINUTE // 2 + 1)
    assert not goal(outlook([membership()], last.valid_until, scheme=scheme)).reachable


def test_criteria_that_count_time_in_two_ways_run_short_of_it_one_after_the_other() -> None:
    """Of 50 minutes by the clock, and 60 of content at twice its speed."""
    content = CappedProportion(full=60 * MINUTE, counting=Counting.UNIQUE_CONTENT)
    scheme = scheme_of((CappedProportion(full=50 * MINUTE), 10), (content, 10), pass_mark=20)
    found = outlook([membership()], END - 55 * MINUTE, scheme=scheme)
    assert (ways(found), found.valid_until) == ([[("study", 60, 20)]], END - 50 * MINUTE + 1)
    short = outlook([membership()], found.valid_until, scheme=scheme)
    assert {name: why for name, (why, _) in ceilings(short).items()} == {"c0": Why.TIME_TOO_SHORT}
    watched = [membership(), watch(minutes=50, segments=((0, 2),))]
    full = outlook(watched, END - 55 * MINUTE, scheme=scheme)
    assert (len(ways(full)), full.valid_until) == (1, END - 29 * MINUTE + 1)


def test_a_moment_watched_already_is_no_time_left() -> None:
    """A span reaches on from a clock that runs ahead: its moments are taken."""
    ahead = watch("w", END - 30 * MINUTE, 20)
    scheme = scheme_of((CappedProportion(full=40 * MINUTE), 40), pass_mark=30)
    found = outlook([membership(), ahead], END - 25 * MINUTE, scheme=scheme)
    assert (found.so_far, found.if_nothing_more, found.at_best) == (5, 20, 30)
    assert ways(found) == [[("study", 10, 10)]]
    assert (found.valid_until, found.standing) == (END - 10 * MINUTE, Standing.ONE_ITEM_SHORT)


@pytest.mark.parametrize(("counting", "most"), [(Counting.UNIQUE_CONTENT, 40), (Counting.REPORTED, 20)])
def test_content_can_be_watched_at_double_speed_and_reported_time_cannot(
    counting: Counting, most: int
) -> None:
    scheme = scheme_of((CappedProportion(full=60 * MINUTE, counting=counting), 60), pass_mark=40)
    found = outlook([membership()], END - 20 * MINUTE, scheme=scheme)
    assert found.at_best == most
    assert found.valid_until == (END - 20 * MINUTE + 1 if most == 40 else END)


def test_homework_goes_where_it_is_in_time_and_new() -> None:
    handed_in = homework("a", FAIL, due_at=DUE + 5 * DAY)
    open_ = homework("b", activity="homework 2", state=ev.SubmissionState.DRAFT, at=None, due_at=DUE)
    found = outlook([membership(), handed_in, open_], EARLY, scheme=homework_scheme(mark=16))
    (step,) = goal(found).ways[0].steps
    assert (step.activity, step.again, step.deadline, step.late) == ("homework 2", False, DUE, False)
    later = outlook([membership(), handed_in, open_], DUE + SECOND, scheme=homework_scheme(mark=16))
    (step,) = goal(later).ways[0].steps
    assert (step.activity, step.again, step.deadline) == ("homework 1", True, DUE + 5 * DAY)


def test_what_the_course_has_set_counts_where_the_person_handed_in_nothing() -> None:
    over = KnownTask(task=ev.Task.HOMEWORK, activity="homework 1", due_at=DUE)
    opening = KnownTask(task=ev.Task.HOMEWORK, activity="homework 2", opens_at=MIDDLE + DAY)
    scheme = homework_scheme(mark=16)
    assert ceilings(outlook([membership()], scheme=scheme, tasks=(over,)))["c0"] == (Why.DEADLINE_PASSED, 0)
    found = outlook([membership()], scheme=scheme, tasks=(over, opening))
    (step,) = goal(found).ways[0].steps
    assert (step.activity, step.opens_at, step.grade) == ("homework 2", MIDDLE + DAY, PASS)
    assert found.valid_until == MIDDLE + DAY
    ends = outlook([membership()], END - SECOND, scheme=scheme, tasks=(replace(opening, opens_at=END),))
    assert not goal(ends).reachable


def test_whose_dates_were_counted_on_is_kept_with_steps_and_obstacles() -> None:
    set_ = KnownTask(task=ev.Task.HOMEWORK, activity="homework 1", due_at=DUE, basis=ev.DueBasis.ASSIGNMENT)
    own = homework(state=ev.SubmissionState.DRAFT, at=None, due_at=DUE)
    class_ = replace(own, due_basis=ev.DueBasis.CLASS)
    scheme = homework_scheme(mark=16)
    told = {"assignment": [], "own": [own], "class": [class_]}
    for basis, records in told.items():
        there = [membership(), *records]
        (step,) = goal(outlook(there, EARLY, scheme=scheme, tasks=(set_,))).ways[0].steps
        assert (step.deadline, step.due_basis) == (DUE, basis)
        (late,) = outlook(there, scheme=scheme, tasks=(set_,)).ceilings
        assert (late.why, late.due_basis) == (Why.DEADLINE_PASSED, basis)
    (over,) = outlook([membership()], AFTER, scheme=scheme, tasks=(set_,)).ceilings
    assert (over.why, over.due_basis) == (Why.WINDOW_CLOSED, None)


def test_dates_of_the_window_are_nobodys() -> None:
    undated = KnownTask(task=ev.Task.HOMEWORK, activity="homework 1", basis=ev.DueBasis.ASSIGNMENT)
    beyond = replace(undated, opens_at=START - DAY, due_at=END + DAY)
    for known in (undated, beyond):
        found = outlook([membership()], scheme=homework_scheme(mark=16), tasks=(known,))
        (step,) = goal(found).ways[0].steps
        assert (step.deadline, step.opens_at, step.due_basis) == (END - 1, None, None)


def test_of_several_deadlines_that_passed_the_least_sure_is_told() -> None:
    draft = homework(state=ev.SubmissionState.DRAFT, at=None, due_at=DUE)
    other = KnownTask(task=ev.Task.HOMEWORK, activity="other", due_at=DUE, basis=ev.DueBasis.ASSIGNMENT)
    (ceiling,) = outlook([membership(), draft], scheme=homework_scheme(mark=16), tasks=(other,)).ceilings
    assert ceiling.due_basis is ev.DueBasis.ASSIGNMENT


def test_the_second_of_the_deadline_is_in_time_and_then_the_outlook_expires() -> None:
    draft = homework("d", state=ev.SubmissionState.DRAFT, at=None)
    scheme = homework_scheme(mark=16)
    last = outlook([membership(), draft], DUE + SECOND - 1, scheme=scheme)
    assert (goal(last).reachable, last.valid_until) == (True, DUE + SECOND)
    assert outlook([membership(), draft], DUE + SECOND, scheme=scheme).standing is Standing.UNREACHABLE


def test_late_homework_may_still_earn_its_grade() -> None:
    draft = homework("d", state=ev.SubmissionState.DRAFT, at=None)
    scheme = homework_scheme(mark=8, late=Late.FORFEIT_ON_TIME)
    found = outlook([membership(), draft], scheme=scheme)
    (step,) = goal(found).ways[0].steps
    assert (step.late, step.grade, step.points, step.deadline) == (True, GOOD, 8, END - 1)
    assert ceilings(found) == {"c0": (Why.DEADLINE_PASSED, 10)}
    assert not outlook([membership(), draft], scheme=homework_scheme(mark=8)).goals[0].reachable
    assert (
        outlook([membership(), draft], scheme=homework_scheme(mark=20, late=Late.ACCEPT)).goals[0].reachable
    )


def test_the_latest_attempt_alone_can_be_lifted_by_its_mark() -> None:
    scheme = homework_scheme(mark=16, take=Take.LATEST)
    marked_last = [membership(), homework("a"), homework("b", FAIL, attempt=1)]
    found = outlook(marked_last, EARLY + 9 * DAY, scheme=scheme)
    assert ways(found) == [[("homework", 1, 6, PASS)]]
    waits = [membership(), homework("a", FAIL), homework("b", attempt=1)]
    found = outlook(waits, AFTER, scheme=scheme)
    assert ways(found) == [[("get_marked", 1, 6, PASS)]]


@pytest.mark.parametrize("take", Take)
def test_another_attempt_may_make_up_for_a_failed_one(take: Take) -> None:
    """Of a mean the best is what ever more attempts come close to."""
    found = outlook(
        [membership(), homework("a", FAIL)], EARLY + 9 * DAY, scheme=homework_scheme(mark=15, take=take)
    )
    assert (found.with_marking, found.at_best) == (10, 20)


def test_a_mean_may_need_several_pieces() -> None:
    scheme = homework_scheme(mark=15, take=Take.MEAN)
    found = outlook([membership(), homework("a", FAIL)], EARLY + 9 * DAY, scheme=scheme)
    assert ways(found) == [[("homework", 1, 5, EXCELLENT)]]
    bad = [membership(), homework("a", FAIL), homework("b", FAIL), homework("c")]
    found = outlook(bad, EARLY + 9 * DAY, scheme=homework_scheme(mark=14, take=Take.MEAN))
    assert ways(found) == [
        [("get_marked", 1, Fraction(8, 3), GOOD), ("homework", 1, Fraction(4, 3), GOOD)],
    ]


def test_a_journal_with_a_deadline_closes_with_it() -> None:
    scheme = scheme_of((Presence(of=Thing.JOURNAL, needed=2, late=Late.REJECT), 20), pass_mark=20)
    draft = journal("d", state=ev.SubmissionState.DRAFT, at=None, due_at=DUE)
    assert ways(outlook([membership(), draft], EARLY, scheme=scheme)) == [[("journal", 2, 20)]]
    closed = outlook([membership(), draft], MIDDLE, scheme=scheme)
    assert ceilings(closed) == {"c0": (Why.DEADLINE_PASSED, 0)}
    done = [membership(), journal("a", due_at=DUE), journal("b", due_at=DUE)]
    assert outlook(done, scheme=scheme).ceilings == ()


def test_journals_are_due_each_where_none_is_yet() -> None:
    scheme = scheme_of((Presence(of=Thing.JOURNAL, needed=2, late=Late.REJECT), 20), pass_mark=20)
    first = KnownTask(task=ev.Task.JOURNAL, activity="journal 1", due_at=DUE)
    second = KnownTask(task=ev.Task.JOURNAL, activity="journal 2", due_at=DUE + DAY)
    third = replace(second, activity="journal 3", due_at=DUE + 2 * DAY)
    found = outlook([membership()], EARLY, scheme=scheme, tasks=(first, second, third))
    assert ways(found) == [[("journal", 1, 0), ("journal", 1, 20)]]
    assert places(found) == [("journal 3", DUE + 2 * DAY, False), ("journal 2", DUE + DAY, False)]
    done = [membership(), journal(activity="journal 3", due_at=DUE + 2 * DAY)]
    found = outlook(done, DUE + 30 * MINUTE, scheme=scheme, tasks=(first, second, third))
    assert ways(found) == [[("journal", 1, 20)]]
    assert places(found) == [("journal 2", DUE + DAY, False)]
    found = outlook(done, DUE + DAY + SECOND, scheme=scheme, tasks=(first, second, third))
    assert places(found) == [("journal 3", DUE + 2 * DAY, True)]


def test_journals_without_dates_are_more_than_attempts_at_those_that_count() -> None:
    scheme = scheme_of((Presence(of=Thing.JOURNAL, needed=3), 20), pass_mark=20)
    assert places(outlook([membership()], EARLY, scheme=scheme)) == [(None, END - 1, False)]
    handed_in = [membership(), journal("a"), journal("b", at=DUE, attempt=1)]
    found = outlook(handed_in, scheme=scheme)
    assert ways(found) == [[("journal", 2, 20)]]
    assert places(found) == [(None, END - 1, True)]


def test_activities_of_two_platforms_with_the_same_number_have_dates_of_their_own() -> None:
    over = replace(homework(state=ev.SubmissionState.DRAFT, at=None), source="one")
    set_ = KnownTask(task=ev.Task.HOMEWORK, activity="homework 1", source="other", due_at=END - DAY)
    found = outlook([membership(), over], scheme=homework_scheme(mark=16), tasks=(set_,))
    assert places(found) == [("homework 1", END - DAY, False)]
    same = replace(set_, source="one")
    closed = outlook([membership(), over], scheme=homework_scheme(mark=16), tasks=(same,))
    assert not goal(closed).reachable


def test_posts_that_are_asked_for_go_first_and_caps_end_them() -> None:
    asked = Count(asked_topics=2, asked_replies=1)
    found = outlook([membership(), topic()], scheme=scheme_of((asked, 20), pass_mark=3))
    assert ways(found) == [[("topics", 1, 1), ("replies", 1, 1)]]
    free = outlook([membership(), topic()], scheme=scheme_of((Count(), 20), pass_mark=3))
    assert ways(free) == [[("replies", 2, 2)]]
    capped = Count(reply=Fraction(0), topic_cap=Fraction(2))
    found = outlook([membership(), topic()], scheme=scheme_of((capped, 20), pass_mark=3))
    assert ceilings(found) == {"c0": (Why.NEVER_MORE, 2)}


def test_what_a_person_decided_no_deed_changes() -> None:
    done = [membership(), decided(ev.Action.OVERRIDE, "study_time", points=10, at=EARLY)]
    found = outlook(done)
    assert ceilings(found)["study_time"] == (Why.DECIDED, 10)
    assert (found.standing, found.at_best) == (Standing.UNREACHABLE, 70)
    exempt = outlook([membership(), decided(ev.Action.EXEMPT, "study_time", at=EARLY)])
    assert "study_time" not in ceilings(exempt)
    assert exempt.standing is Standing.NOT_STARTED


def test_who_left_gets_marks_and_nothing_else() -> None:
    left = membership(status=ev.MembershipStatus.WITHDRAWN)
    found = outlook([left, watch(minutes=750), homework(), journal()])
    assert (found.standing, found.at_best) == (Standing.WAITING_FOR_MARKING, 80)
    assert ceilings(found) == {"posts": (Why.WITHDRAWN, 0)}
    assert outlook([left, watch(minutes=750), journal()]).standing is Standing.UNREACHABLE


def test_two_criteria_that_read_the_same_evidence_rise_together() -> None:
    """The same minutes as content, and as time: a way asks for them once."""
    half = CappedProportion(full=100 * MINUTE, counting=Counting.UNIQUE_CONTENT)
    scheme = scheme_of((CappedProportion(full=50 * MINUTE), 10), (half, 10), pass_mark=12)
    assert ways(outlook([membership()], scheme=scheme)) == [[("study", 40, 12)]]


def test_a_bulletin_may_be_a_topic_too() -> None:
    scheme = scheme_of((Count(), 5), (Presence(of=Thing.BULLETIN), 5), role=Role.TUTOR, pass_mark=7)
    found = outlook([tutor()], scheme=scheme, role=Role.TUTOR)
    assert ways(found) == [[("replies", 1, 1), ("bulletins", 1, 6)]]


def test_the_weighing_can_be_set() -> None:
    done = [membership(), watch(minutes=749), homework(grade=PASS), journal(), *topics(4)]
    each = dict.fromkeys(DeedKind, 1) | {DeedKind.STUDY: 50}
    assert ways(outlook(done, effort=Effort(each=each)))[0] == [("replies", 1, 1)]


def test_what_fell_outside_the_window_is_no_start_and_a_draft_is_one() -> None:
    assert outlook([membership(), topic(at=START - DAY)]).standing is Standing.NOT_STARTED
    draft = homework(state=ev.SubmissionState.DRAFT, at=None)
    assert outlook([membership(), draft]).standing is Standing.FAR


def places(found: Outlook) -> list[tuple[str | None, int | None, bool]]:
    """Where, until when, and whether again, by the steps of the first way."""
    return [(step.activity, step.deadline, step.again) for step in goal(found).ways[0].steps]


def homework_scheme(*, mark: int, late: Late = Late.REJECT, take: Take = Take.BEST) -> Scheme:
    grades = {EXCELLENT: Fraction(10), GOOD: Fraction(8), PASS: Fraction(6), FAIL: Fraction(0)}
    rule = GradeMap(grades=grades, on_time=Fraction(10), late=late, take=take)
    return scheme_of((rule, 20), pass_mark=mark)


@pytest.mark.parametrize("as_of", [EARLY, MIDDLE, AFTER])
@pytest.mark.parametrize("scheme", [main_scheme(), shipped("prefecture-three-bands").scheme])
def test_what_is_kept_of_an_outlook_is_all_of_it(as_of: int, scheme: Scheme) -> None:
    begun = [membership(), watch(minutes=Fraction(100, 3)), *topics(3)]
    for records in (begun, [*begun, homework(grade=None), journal()], [*begun, unknown()]):
        told = outlook(records, as_of, scheme=scheme)
        for kept in (told, replace(told, unread=("posts",), voided=("homework", "journal"))):
            assert outlook_of(json.loads(json.dumps(outlook_fields(kept)))) == kept
