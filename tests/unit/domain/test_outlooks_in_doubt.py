"""Outlooks that hang on what is doubted or cannot be read, and until when an outlook holds."""

from __future__ import annotations

from typing import Any

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.instants import HOUR, MINUTE
from lms_scoring.domain.outlook import DeedKind, Effort, Standing, Why
from lms_scoring.domain.rules.capped_proportion import CappedProportion
from lms_scoring.domain.rules.count import Count
from lms_scoring.domain.rules.handed_in import Late
from lms_scoring.domain.rules.more_homework import Take
from lms_scoring.domain.rules.presence import Presence, Thing
from tests.given import (
    AFTER,
    DAY,
    DUE,
    END,
    START,
    WANG,
    decided,
    homework,
    journal,
    membership,
    recommendation,
    reported,
    scheme_of,
    scheme_with,
    topic,
    topics,
    tutor,
    unknown,
    watch,
)
from tests.unit.domain.ahead import EARLY, EXCELLENT, FAIL, PASS, ceilings, goal, outlook, ways

LONG = reported(minutes=9 * 60)
SHORT_OF_TIME: list[Any] = [membership(), homework(grade=PASS), journal(), *topics(20)]


def test_passing_that_hangs_on_an_implausible_total_is_to_be_checked() -> None:
    found = outlook([*SHORT_OF_TIME, LONG])
    assert (found.standing, found.doubts) == (Standing.TO_CHECK, 1)
    enough = outlook([*SHORT_OF_TIME, LONG, watch(minutes=600)])
    assert (enough.standing, enough.doubts) == (Standing.PASSED, 1)
    settled = outlook([*SHORT_OF_TIME, LONG, decided(ev.Action.RESTORE, LONG, at=EARLY)])
    assert (settled.standing, settled.doubts) == (Standing.PASSED, 0)


def test_what_cannot_be_read_is_to_be_checked_where_it_could_make_the_difference() -> None:
    unread = unknown(about=ev.Purpose.STUDY_TIME)
    found = outlook([*SHORT_OF_TIME, unread], AFTER)
    assert (found.standing, found.at_best) == (Standing.TO_CHECK, 96)
    assert goal(found).reachable
    assert "study_time" not in ceilings(found)
    assert outlook([membership(), unread], AFTER).standing is Standing.UNREACHABLE
    exempt = outlook([*SHORT_OF_TIME, unread, decided(ev.Action.EXEMPT, "study_time", at=EARLY)])
    assert (exempt.standing, exempt.doubts) == (Standing.PASSED, 0)


def test_an_open_case_is_to_be_checked_where_passing_hangs_on_it() -> None:
    passed = [membership(), watch(minutes=750), homework(grade=PASS), journal(), *topics(4)]
    assert outlook(passed, cases={("post", "t0")}).standing is Standing.TO_CHECK
    spare = outlook([*passed, topic("more")], cases={("post", "t0")})
    assert (spare.standing, spare.doubts) == (Standing.PASSED, 1)
    flooded = [*passed[:-1], topic("f", state=ev.PostState.FLOODING)]
    assert outlook(flooded, cases={("post", "f")}).standing is Standing.TO_CHECK
    assert outlook(flooded).standing is Standing.ONE_ITEM_SHORT


def test_a_case_about_a_post_that_cannot_count_whatever_is_decided_changes_nothing() -> None:
    """A greeting before the window is too short, and outside the window all the same."""
    greeting = topic("hello", at=START - DAY)
    done: list[Any] = [membership(), watch(minutes=750), journal(), *topics(5), greeting]
    for as_of in (EARLY, AFTER):
        doubted, plain = outlook(done, as_of, cases={("post", "hello")}), outlook(done, as_of)
        assert doubted.standing is plain.standing
    assert outlook(done, AFTER, cases={("post", "hello")}).standing is Standing.UNREACHABLE
    voided = topic("voided")
    short: list[Any] = [*done[:3], homework(grade=FAIL), *topics(9), voided]
    short.append(decided(ev.Action.VOID, voided, at=EARLY))
    assert outlook(short, AFTER, cases={("post", "voided")}).standing is Standing.TO_CHECK
    assert outlook(short, AFTER).standing is Standing.UNREACHABLE


def test_any_choice_of_doubted_works_is_looked_at() -> None:
    """Where the latest attempt counts. Without the worse one of two there are more points, and without a post
    alone too few; of three, the one in the middle counts where the last alone is voided."""
    scheme = scheme_with("homework", take=Take.LATEST)
    first = homework("first", at=DUE - 2 * DAY, grade=EXCELLENT)
    latest = homework("latest", at=DUE - DAY, grade=FAIL)
    done: list[Any] = [membership(), watch(minutes=750), journal(), first, latest, *topics(10)]
    both = {("submission", "latest"), ("post", "t0")}
    assert outlook(done, cases=both, scheme=scheme).standing is Standing.TO_CHECK
    assert outlook(done, cases={("submission", "latest")}, scheme=scheme).standing is Standing.PASSED
    assert outlook(done, cases={("submission", "first")}, scheme=scheme).standing is Standing.PASSED
    lacking = done[:-1]
    late = outlook(lacking, AFTER, cases={("submission", "latest")}, scheme=scheme)
    assert late.standing is Standing.TO_CHECK, "without it the first one counts, and that is enough"
    last = homework("last", at=DUE - HOUR, grade=EXCELLENT)
    three = outlook([*done, last], cases={("submission", "latest"), ("submission", "last")}, scheme=scheme)
    assert three.standing is Standing.PASSED
    fewer = [*(one for one in done if one.id != "t0"), last]
    three = outlook(fewer, cases={("submission", "latest"), ("submission", "last")}, scheme=scheme)
    assert three.standing is Standing.TO_CHECK


def test_a_voided_work_about_which_somebody_objects_may_count_again() -> None:
    """It is the latest attempt and the worse one, so the learner passes only while it is voided."""
    scheme = scheme_with("homework", take=Take.LATEST)
    first = homework("first", at=DUE - 2 * DAY, grade=EXCELLENT)
    latest = homework("latest", at=DUE - DAY, grade=FAIL)
    voided = decided(ev.Action.VOID, latest, at=EARLY)
    done: list[Any] = [membership(), watch(minutes=750), journal(), first, latest, voided]
    objected = {("submission", "latest")}
    assert outlook(done, cases=objected, scheme=scheme).standing is Standing.TO_CHECK
    assert outlook(done, scheme=scheme).standing is Standing.PASSED
    assert outlook([*done, *topics(10)], cases=objected, scheme=scheme).standing is Standing.PASSED


@pytest.mark.parametrize(
    ("others", "grade", "criteria"),
    [
        ([homework("a", PASS)], None, ("marking",)),
        ([homework("a", PASS)], PASS, ()),
        ([], None, ("marking",)),
        ([], PASS, ("marking",)),
    ],
)
def test_an_objection_may_bring_a_work_back_to_a_tutors_marking(
    others: list[Any], grade: ev.Grade | None, criteria: tuple[str, ...]
) -> None:
    """Where that makes a difference."""
    work = homework("b", grade, person="zhao")
    voided = decided(ev.Action.VOID, work, person="zhao", at=EARLY)
    theirs: list[Any] = [tutor(), membership(), membership("zhao"), *others, work, voided]
    objected = {("submission", "b")}
    assert outlook(theirs, AFTER, role=Role.TUTOR, cases=objected).voided == criteria
    assert outlook(theirs, AFTER, role=Role.TUTOR).voided == ()
    set_by_hand = decided(ev.Action.OVERRIDE, "marking", person=WANG, at=EARLY, points=40, id_="e")
    assert outlook([*theirs, set_by_hand], AFTER, role=Role.TUTOR, cases=objected).voided == ()


def test_of_many_doubted_works_anything_may_come() -> None:
    many = [homework(f"h{number}", at=DUE - DAY + number, grade=PASS) for number in range(5)]
    cases = {("submission", one.id) for one in many}
    rest: list[Any] = [membership(), watch(minutes=750), journal()]
    passed = outlook([*rest, *many, *topics(4)], cases=cases)
    assert passed.standing is Standing.TO_CHECK
    another = homework("another", at=DUE - DAY, grade=PASS)
    assert outlook([*rest, *many, another, *topics(4)], cases=cases).standing is Standing.TO_CHECK
    few = {("submission", one.id) for one in many[:4]}
    assert outlook([*rest, *many, *topics(4)], cases=few).standing is Standing.PASSED
    assert outlook([*rest, *many, *topics(20)], AFTER, cases=cases).standing is Standing.PASSED
    failed = outlook([*rest, *many, *topics(3)], AFTER, cases=cases)
    assert failed.standing is Standing.TO_CHECK
    settled = [*rest, *many, *topics(3), decided(ev.Action.OVERRIDE, "homework", at=EARLY, points=16)]
    assert outlook(settled, AFTER, cases=cases).standing is Standing.UNREACHABLE


def test_an_outlook_expires_when_the_minutes_of_a_way_no_longer_fit_in() -> None:
    scheme = scheme_of(
        (CappedProportion(full=100 * MINUTE), 100), (Presence(of=Thing.JOURNAL), 50), pass_mark=60
    )
    found = outlook([membership()], END - 3 * HOUR, scheme=scheme)
    assert ways(found) == [[("study", 60, 60)], [("study", 10, 10), ("journal", 1, 50)]]
    assert found.valid_until == END - 100 * MINUTE + 1
    then = outlook([membership()], END - 100 * MINUTE + 1, scheme=scheme)
    assert ceilings(then)["c0"][0] is Why.TIME_TOO_SHORT
    assert then.valid_until == END - 60 * MINUTE + 1
    assert outlook([membership()], END - 60 * MINUTE + 1, scheme=scheme).valid_until == END - 10 * MINUTE + 1
    over = outlook([membership()], END - 10 * MINUTE + 1, scheme=scheme)
    assert (over.standing, over.valid_until) == (Standing.UNREACHABLE, END)


def test_an_outlook_expires_when_only_what_is_unread_could_still_do_with_the_minutes_left() -> None:
    """The journal's deadline is over, and one could not be read: with it 70 minutes would do."""
    journals = Presence(of=Thing.JOURNAL, late=Late.REJECT)
    scheme = scheme_of((CappedProportion(full=100 * MINUTE), 100), (journals, 50), pass_mark=120)
    draft = journal("d", state=ev.SubmissionState.DRAFT, at=None, due_at=DUE)
    done = [membership(), draft, unknown(about=ev.Purpose.JOURNAL, activity="journal 1")]
    found = outlook(done, END - 90 * MINUTE, scheme=scheme)
    assert (goal(found).reachable, ways(found)) == (True, [])
    assert found.valid_until == END - 70 * MINUTE + 1
    assert not goal(outlook(done, END - 70 * MINUTE + 1, scheme=scheme)).reachable


def test_an_outlook_expires_when_one_item_no_longer_does_though_no_way_listed_is_that_item() -> None:
    scheme = scheme_of(
        (CappedProportion(full=100 * MINUTE), 100),
        (Presence(of=Thing.JOURNAL), 30),
        (Count(), 40),
        pass_mark=60,
    )
    dear = Effort(each={**Effort().each, DeedKind.STUDY: 50})
    found = outlook([membership(), topic()], END - 90 * MINUTE, scheme=scheme, effort=dear)
    assert not any([step[0] for step in way] == ["study"] for way in ways(found))
    assert (found.standing, found.valid_until) == (Standing.ONE_ITEM_SHORT, END - 59 * MINUTE + 1)
    then = outlook([membership(), topic()], END - 59 * MINUTE + 1, scheme=scheme, effort=dear)
    assert then.standing is Standing.FAR


TUTORED: list[Any] = [tutor(), membership(), homework(grade=PASS), recommendation(at=EARLY)]
"""A tutor at just the pass mark, by the one homework of the class, which is marked and recommended."""
ANOTHER: list[Any] = [homework("b", PASS, activity="homework 2"), recommendation("rec b", "b", at=EARLY)]


def hanging(*more: Any, on: Any) -> tuple[Standing, int]:
    """The tutor's chip and doubts while a case about the record is open."""
    about = frozenset({(ev.KIND_OF[type(on)], on.id)})
    found = outlook([*TUTORED, *more], AFTER, role=Role.TUTOR, cases=about)
    return found.standing, found.doubts


def test_a_tutors_result_that_hangs_on_a_case_about_a_work_of_the_class_is_to_be_checked() -> None:
    assert hanging(on=homework()) == (Standing.TO_CHECK, 1)
    assert hanging(*ANOTHER, on=homework()) == (Standing.PASSED, 1)
    assert hanging(on=topic()) == (Standing.PASSED, 0)


def test_a_tutors_result_may_hang_on_a_journal_that_is_recommended_and_on_no_other() -> None:
    once = recommendation("rec", "j", at=EARLY)
    found = outlook(
        [*TUTORED[:3], journal(), once],
        AFTER,
        role=Role.TUTOR,
        cases=frozenset({("submission", "j")}),
    )
    assert (found.standing, found.doubts) == (Standing.TO_CHECK, 1)
    assert hanging(journal(), on=journal()) == (Standing.PASSED, 0)


def test_no_tutors_result_hangs_on_an_own_journal_that_is_recommended() -> None:
    own = [membership(WANG), journal("w", person=WANG), recommendation("rec w", "w", at=EARLY)]
    assert hanging(*own, on=own[1]) == (Standing.PASSED, 0)


def test_a_tutors_result_may_hang_on_an_unmarked_work_that_was_voided() -> None:
    copied = homework("copy", activity="homework 2")
    assert hanging(copied, decided(ev.Action.VOID, copied), on=copied) == (Standing.TO_CHECK, 1)


def test_a_tutors_result_does_not_hang_on_works_of_who_left() -> None:
    left = membership("zhao", status=ev.MembershipStatus.WITHDRAWN)
    theirs = homework("b", PASS, person="zhao")
    assert hanging(left, theirs, on=theirs) == (Standing.PASSED, 0)
    assert hanging(left, theirs, recommendation("rec b", "b", at=EARLY), on=theirs)[1] == 1
