"""Cards as a whole: passed, failed, pending or in progress, in bands, one for each place."""

from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.dossier import dossiers
from lms_scoring.domain.evidence import Grade, MembershipStatus, Role
from lms_scoring.domain.instants import MINUTE
from lms_scoring.domain.scorecard import CardState
from lms_scoring.domain.scoring import score, scorecards
from tests.given import (
    AFTER,
    DAY,
    DUE,
    END,
    LI,
    START,
    card,
    homework,
    journal,
    main_scheme,
    membership,
    result,
    shipped,
    standing,
    topic,
    topics,
    tutor,
    watch,
)

SEVENTY: list[ev.Record] = [membership(), watch(minutes=375), homework(), journal(), *topics(20)]


def test_exactly_at_the_pass_mark_is_passed() -> None:
    records: list[ev.Record] = [
        membership(),
        watch(minutes=900),
        homework(grade=Grade.PASS),
        journal(),
        *topics(4),
    ]
    found = card(records)
    assert standing(found) == (80, 80, CardState.PASS)
    assert found.passed


def test_a_millisecond_under_the_pass_mark_is_failed_though_it_reads_as_the_mark() -> None:
    short = watch(minutes=750 - Fraction(1, MINUTE))
    found = card([membership(), short, homework(grade=Grade.PASS), journal(), *topics(4)])
    assert found.state is CardState.FAIL
    assert not found.passed
    assert found.total == 80 - Fraction(40, 750 * MINUTE)


def test_before_the_window_closes_nobody_has_failed() -> None:
    assert card([membership()], as_of=END - 1).state is CardState.IN_PROGRESS
    assert card([membership()], as_of=END).state is CardState.FAIL
    assert card([membership()], as_of=START - DAY).state is CardState.IN_PROGRESS


def test_who_reached_the_mark_has_passed_while_the_window_is_open() -> None:
    records: list[ev.Record] = [membership(), watch(minutes=750), homework(grade=Grade.EXCELLENT), journal()]
    assert card(records, as_of=DUE).state is CardState.PASS


def test_in_progress_comes_before_pending() -> None:
    assert card(SEVENTY, as_of=END - 1).state is CardState.IN_PROGRESS


def test_who_marking_could_still_lift_to_the_mark_is_pending() -> None:
    assert standing(card(SEVENTY)) == (70, 80, CardState.PENDING)


def test_who_no_marking_can_lift_to_the_mark_has_failed() -> None:
    records: list[ev.Record] = [membership(), watch(minutes=374), homework(), journal(), *topics(20)]
    assert card(records).state is CardState.FAIL


def test_withdrawn_learners_keep_record_and_score() -> None:
    withdrawn = membership(status=MembershipStatus.WITHDRAWN)
    assert card([withdrawn, *SEVENTY[1:]]).total == 70


def test_cards_are_ordered_by_role_class_and_person() -> None:
    records: list[ev.Record] = [
        tutor("a"),
        membership("z"),
        membership("b", class_="class 0"),
        membership("c"),
        membership("n", class_=None),
    ]
    cards = scorecards(main_scheme(), records, as_of=AFTER)
    assert [one.person for one in cards] == ["n", "b", "c", "z", "a"]


def test_a_role_that_the_scheme_does_not_score_has_no_card() -> None:
    scheme = shipped("prefecture-three-bands").scheme
    assert [one.role for one in scorecards(scheme, [tutor(), membership()], as_of=AFTER)] == [Role.LEARNER]
    (dossier,) = dossiers([tutor()], as_of=AFTER)
    with pytest.raises(KeyError):
        score(scheme, dossier)


def test_a_persons_record_alone_is_no_card() -> None:
    people = [ev.Person(id=LI, name="Li", gone_at=AFTER + 1)]
    assert scorecards(main_scheme(), people, as_of=AFTER) == []
    assert card([*people, membership()]) == card([membership()])


def test_two_classes_of_one_learner_are_two_cards() -> None:
    records: list[ev.Record] = [membership(), membership(class_="class 2"), topic()]
    cards = scorecards(main_scheme(), records, as_of=AFTER)
    assert [(one.class_, one.total == 1) for one in cards] == [("class 1", True), ("class 2", True)]


@pytest.mark.parametrize("former", ["a", "z"])
def test_a_group_made_again_under_its_name_is_one_place_with_one_card(former: str) -> None:
    left = replace(membership(status=MembershipStatus.WITHDRAWN), id=former)
    again = replace(membership(), id="m")
    for records in ([left, again], [again, left]):
        (dossier,) = dossiers(records, as_of=AFTER)
        assert (dossier.membership, dossier.also) == (again, (left,))
    (both,) = scorecards(main_scheme(), [left, again, topic()], as_of=AFTER)
    assert both.total == 1
    assert both.evidence != card([again, topic()]).evidence


def test_a_membership_that_is_gone_speaks_for_nobody_who_has_another() -> None:
    gone, here = replace(membership(gone_at=END), id="z"), replace(membership(), id="a")
    (dossier,) = dossiers([gone, here], as_of=AFTER)
    assert dossier.membership == here


def test_of_several_memberships_alike_the_last_speaks_for_the_place() -> None:
    (dossier,) = dossiers([replace(membership(), id=id_) for id_ in "bca"], as_of=AFTER)
    assert (dossier.membership.id, [one.id for one in dossier.also]) == ("c", ["b", "a"])


def test_no_class_and_a_class_without_a_name_are_two_places() -> None:
    cards = scorecards(main_scheme(), [membership(class_=""), membership(class_=None)], as_of=AFTER)
    assert [one.class_ for one in cards] == [None, ""]


def test_a_course_without_classes_is_one_class() -> None:
    records: list[ev.Record] = [tutor(class_=None), membership(class_=None), homework(grade=Grade.PASS)]
    assert result(card(records, role=Role.TUTOR), "marking").points == 40


@pytest.mark.parametrize(
    ("seconds", "posts", "band", "state"),
    [
        (36_000, 20, "pass", CardState.PASS),
        (36_000, 10, "pass", CardState.PASS),
        (35_999, 10, "fail", CardState.FAIL),
        (0, 0, "fail", CardState.FAIL),
    ],
)
def test_bands_begin_exactly_at_their_mark(seconds: int, posts: int, band: str, state: CardState) -> None:
    records: list[ev.Record] = [membership(), watch(minutes=Fraction(seconds, 60)), *topics(posts)]
    found = card(records, scheme=shipped("prefecture-three-bands").scheme)
    assert (found.band, found.state) == (band, state)


@pytest.mark.parametrize(
    ("total", "band"), [(100, "excellent"), (90, "excellent"), (Fraction(8999, 100), "good"), (80, "good")]
)
def test_the_highest_band_that_is_reached_holds_whatever_their_order(
    total: Fraction | int, band: str
) -> None:
    rules = shipped("prefecture-three-bands").scheme.roles[Role.LEARNER]
    assert rules.band_of(Fraction(total)) == band
    assert replace(rules, bands=rules.bands[::-1]).band_of(Fraction(total)) == band


def test_below_the_lowest_band_there_is_none() -> None:
    rules = shipped("prefecture-three-bands").scheme.roles[Role.LEARNER]
    assert replace(rules, bands=rules.bands[1:]).band_of(Fraction(59)) is None
    assert card([membership()]).band is None


def test_the_sum_is_converted_to_the_total_the_scheme_names() -> None:
    scheme = shipped("prefecture-three-bands").scheme
    rules = replace(scheme.roles[Role.LEARNER], scaled_to=Fraction(10))
    found = card([membership(), *topics(7)], scheme=replace(scheme, roles={Role.LEARNER: rules}))
    assert (found.total, found.out_of) == (Fraction(7, 10), Fraction(10))
    assert result(found, "posts").points == 7
