"""Results where something could not be read: provisional just where reading it could change them."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import Purpose, Role
from lms_scoring.domain.outlook import (
    NO_QUESTIONS,
    Outlook,
    Questions,
    Stand,
    Standing,
    ToldState,
    stand_of,
    told_state,
)
from lms_scoring.domain.rules.count import Count
from lms_scoring.domain.rules.handed_in import Late
from lms_scoring.domain.rules.more_homework import Take
from lms_scoring.domain.rules.presence import Presence, Thing
from lms_scoring.domain.scheme import Scheme
from tests.given import (
    AFTER,
    DAY,
    START,
    WANG,
    card,
    decided,
    homework,
    journal,
    main_scheme,
    membership,
    reported,
    scheme_of,
    scheme_with,
    topic,
    topics,
    tutor,
    unknown,
    watch,
)
from tests.unit.domain.ahead import EXCELLENT, PASS, ceilings, outlook

HOMEWORK = unknown(activity="homework 1", about=Purpose.HOMEWORK)
WITHOUT: list[Any] = [membership(), watch(minutes=750), journal()]
"""60 points, of 80 that are needed."""
DONE: list[Any] = [*WITHOUT, homework(grade=PASS), *topics(4)]
"""Just at the pass mark, with 16 points of homework."""


def told(records: list[Any], scheme: Scheme | None = None, *, role: Role = Role.LEARNER) -> ToldState:
    ahead: Outlook = outlook(records, AFTER, scheme=scheme, role=role)
    return told_state(card(records, scheme=scheme, role=role).state, ahead.standing)


def with_posts(count: int, take: Take, **settings: Any) -> tuple[list[Any], Scheme]:
    """16 points of homework, so many posts, and a hand-in that could not be read."""
    scheme = main_scheme() if take is Take.BEST else scheme_with("homework", take=take, **settings)
    return [*WITHOUT, homework(grade=PASS), *topics(count), HOMEWORK], scheme


@pytest.mark.parametrize(
    ("take", "posts", "result"),
    [
        (Take.BEST, 4, ToldState.PASS),
        (Take.LATEST, 4, ToldState.PASS_PROVISIONALLY),
        (Take.LATEST, 9, ToldState.PASS_PROVISIONALLY),
        (Take.LATEST, 10, ToldState.PASS),
        (Take.MEAN, 4, ToldState.PASS_PROVISIONALLY),
        (Take.MEAN, 9, ToldState.PASS_PROVISIONALLY),
        (Take.MEAN, 10, ToldState.PASS),
    ],
)
def test_a_pass_that_an_unread_hand_in_could_take_away_is_provisional(
    take: Take, posts: int, result: ToldState
) -> None:
    """A worthless one in time still has 10 points; of a mean, many of them come close to that."""
    records, scheme = with_posts(posts, take)
    assert told(records, scheme) is result


def test_an_unread_hand_in_may_be_late_where_that_costs_the_points_for_being_in_time() -> None:
    records, scheme = with_posts(19, Take.LATEST, late=Late.FORFEIT_ON_TIME)
    assert told(records, scheme) is ToldState.PASS_PROVISIONALLY
    records, scheme = with_posts(20, Take.LATEST, late=Late.FORFEIT_ON_TIME)
    assert told(records, scheme) is ToldState.PASS


@pytest.mark.parametrize(
    ("take", "posts", "result"),
    [
        (Take.BEST, 0, ToldState.FAIL_PROVISIONALLY),
        (Take.LATEST, 0, ToldState.FAIL_PROVISIONALLY),
        (Take.MEAN, 0, ToldState.FAIL),
        (Take.MEAN, 1, ToldState.FAIL_PROVISIONALLY),
    ],
)
def test_a_fail_that_an_unread_hand_in_could_lift_is_provisional(
    take: Take, posts: int, result: ToldState
) -> None:
    """With 16 points so far a mean never quite reaches the 20 that are lacking."""
    records, scheme = with_posts(posts, take)
    assert told(records, scheme) is result


def test_a_mean_that_may_be_more_than_there_are_points_reaches_all_of_them() -> None:
    grades = {**dict.fromkeys(ev.Grade, Fraction(6)), EXCELLENT: Fraction(11)}
    records, scheme = with_posts(0, Take.MEAN, grades=grades)
    assert told(records, scheme) is ToldState.FAIL_PROVISIONALLY


def test_nothing_unread_makes_more_than_its_rule_gives() -> None:
    """The best grade is worth 8, so that two points are lacking whatever was handed in."""
    scheme = scheme_with("homework", grades=dict.fromkeys(ev.Grade, Fraction(8)))
    records = [*WITHOUT, HOMEWORK]
    assert told(records, scheme) is ToldState.FAIL
    ahead = outlook(records, AFTER, scheme=scheme)
    assert (ahead.standing, ahead.at_best) == (Standing.UNREACHABLE, 78)
    assert ceilings(ahead)["homework"][1] == 18
    assert told([*records, *topics(2)], scheme) is ToldState.FAIL_PROVISIONALLY


def test_what_could_not_be_read_before_the_window_begins_changes_nothing() -> None:
    found = outlook([membership(), HOMEWORK], START - DAY)
    assert found.unread == ()
    assert outlook([membership(), HOMEWORK], START).unread == ("homework",)


def test_a_fail_is_provisional_where_reading_and_marking_together_could_lift_it() -> None:
    """55 points: marking makes 65 of them at most, a journal 75, and both 85."""
    unmarked: list[Any] = [membership(), watch(minutes=750), homework(), *topics(5)]
    lacking = unknown(about=Purpose.JOURNAL)
    assert told([*unmarked, lacking]) is ToldState.FAIL_PROVISIONALLY
    assert told(unmarked) is ToldState.FAIL
    assert told([membership(), watch(minutes=749), homework(), lacking]) is ToldState.FAIL
    closed = outlook([*unmarked, lacking], AFTER, marks_come=False)
    assert closed.standing is not Standing.TO_CHECK


def test_a_tutor_is_not_done_with_marking_while_work_of_the_class_cannot_be_read() -> None:
    theirs: list[Any] = [tutor(), membership(), homework(grade=PASS), *_discussion(20)]
    assert told(theirs, role=Role.TUTOR) is ToldState.PASS
    assert told([*theirs, HOMEWORK], role=Role.TUTOR) is ToldState.PASS_PROVISIONALLY
    without_marks: list[Any] = [tutor(), membership(), *_discussion(20)]
    assert told(without_marks, role=Role.TUTOR) is ToldState.FAIL
    assert told([*without_marks, HOMEWORK], role=Role.TUTOR) is ToldState.FAIL_PROVISIONALLY


def test_what_is_unsettled_on_a_tutors_card_is_what_it_reads_and_not_cases_about_works_of_the_class() -> None:
    theirs: list[Any] = [tutor(), membership(), homework("a", PASS), *_discussion(20)]
    of_class = frozenset({("submission", "a")})

    def counted(records: list[Any]) -> tuple[int, int]:
        found = outlook(records, AFTER, role=Role.TUTOR, cases=of_class)
        return found.doubts, Questions(cases=frozenset()).unsettled_on(card(records, role=Role.TUTOR))

    assert counted(theirs) == (1, 0)
    assert counted([*theirs, HOMEWORK]) == (2, 1)
    own = frozenset({("post", "w1")})
    assert Questions(cases=own).unsettled_on(card(theirs, role=Role.TUTOR)) == 1


def test_marking_hangs_on_reading_where_the_unmarked_may_be_what_cannot_be_read() -> None:
    theirs: list[Any] = [tutor(), membership(), homework("a", PASS), homework("b", activity="homework 2")]
    assert outlook([*theirs, HOMEWORK], AFTER, role=Role.TUTOR).unread == ()
    other = replace(HOMEWORK, activity="homework 2")
    assert outlook([*theirs, other], AFTER, role=Role.TUTOR).unread == ("marking",)
    own = unknown(person=WANG, about=Purpose.HOMEWORK)
    assert outlook([*theirs, own], AFTER, role=Role.TUTOR).unread == ()


def test_unread_bulletins_that_count_elsewhere_are_no_topics() -> None:
    scheme = scheme_of((Count(topic=Fraction(1), reply=Fraction(0), without_bulletins=True), 20))
    about = unknown(about=Purpose.BULLETINS)
    assert outlook([membership(), about], AFTER, scheme=scheme).unread == ()
    posts = unknown(about=Purpose.POSTS)
    assert outlook([membership(), posts], AFTER, scheme=scheme).unread == ("c0",)
    again = scheme_of((Count(topic=Fraction(1), reply=Fraction(0)), 20))
    assert outlook([membership(), about], AFTER, scheme=again).unread == ("c0",)


def test_time_that_cannot_be_read_beside_totals_takes_none_of_them_away() -> None:
    time = unknown(about=Purpose.STUDY_TIME)
    totals = [reported(f"r{day}", START + day * DAY, minutes=375) for day in range(2)]
    assert told([membership(), *totals, journal(), homework(grade=PASS), *topics(4), time]) is ToldState.PASS


def test_points_that_a_person_set_hang_on_nothing_unread() -> None:
    records, scheme = with_posts(4, Take.LATEST)
    settled = [*records, decided(ev.Action.OVERRIDE, "homework", points=16)]
    assert told(settled, scheme) is ToldState.PASS
    assert outlook(settled, AFTER, scheme=scheme).unread == ()


def test_a_criterion_is_neither_full_nor_final_while_reading_could_change_it() -> None:
    full: list[Any] = [*WITHOUT, homework(grade=EXCELLENT), HOMEWORK]
    latest = scheme_with("homework", take=Take.LATEST)
    assert _stand(full, latest) is Stand.TO_CHECK
    assert _stand(full, main_scheme()) is Stand.FULL


def test_an_unread_hand_in_beside_a_doubted_one_counts_whatever_is_decided() -> None:
    """Without the doubted one 16 points are left and with it 18, but the unread one may take all but 10."""
    scheme = scheme_with("homework", take=Take.LATEST)
    doubted = homework("doubted", ev.Grade.GOOD, attempt=1)
    records = [*WITHOUT, homework(grade=PASS), doubted, HOMEWORK]
    cases = {("submission", "doubted")}
    assert outlook([*records, *topics(10)], AFTER, scheme=scheme, cases=cases).standing is Standing.PASSED
    assert outlook([*records, *topics(9)], AFTER, scheme=scheme, cases=cases).standing is Standing.TO_CHECK


def test_one_more_journal_takes_nothing_away() -> None:
    needed = scheme_of((Presence(of=Thing.JOURNAL, needed=2), 20), pass_mark=20)
    lacking = unknown(about=Purpose.JOURNAL)
    assert told([membership(), journal("a"), lacking], needed) is ToldState.FAIL_PROVISIONALLY
    assert told([membership(), journal("a"), journal("b"), lacking], needed) is ToldState.PASS


def _stand(records: list[Any], scheme: Scheme) -> Stand:
    (of_homework,) = (one for one in card(records, scheme=scheme).criteria if one.id == "homework")
    return stand_of(of_homework, outlook(records, AFTER, scheme=scheme), NO_QUESTIONS)


def _discussion(count: int) -> list[ev.Record]:
    """A tutor's own topics, of which the first is a bulletin."""
    return [topic(f"w{n}", person=WANG, bulletin=n == 0) for n in range(count + 1)]


@pytest.mark.parametrize(("source", "criteria"), [("a", ("marking",)), ("b", ())])
def test_what_could_not_be_read_on_one_platform_marks_nothing_of_another(
    source: str, criteria: tuple[str, ...]
) -> None:
    unmarked = replace(homework(), source="a")
    records = [tutor(), membership(), unmarked, replace(HOMEWORK, source=source)]
    assert outlook(records, AFTER, role=Role.TUTOR).unread == criteria
