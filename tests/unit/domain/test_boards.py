"""Lines of a scoreboard: what they show, and by what they are ordered."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

import msgspec
import pytest

from lms_scoring.domain.board import (
    NAME,
    STANDING,
    STATE,
    TAKING_PART,
    TOTAL,
    Chip,
    Line,
    LineBody,
    Shown,
    before_reading,
    by_criterion,
    line_fields,
    line_of,
    median_of,
    place_without,
    places,
    read_line,
)
from lms_scoring.domain.evidence import MembershipStatus
from lms_scoring.domain.figures import looks_like
from lms_scoring.domain.outlook import Standing, ToldState
from lms_scoring.domain.scorecard import CardState, CriterionState, Scorecard
from tests import given

ACTIVE = MembershipStatus.ACTIVE
CARD = given.card([given.membership()])
STUDY = by_criterion("study_time")


def line(card: Scorecard = CARD, **changes: Any) -> Line:
    told = {"status": ACTIVE, "standing": Standing.FAR, "missing": 7_800, "disputed": False, **changes}
    return line_of(card, "Li", **told)


def with_study(points: Fraction | int, **changes: Any) -> Scorecard:
    first, *others = CARD.criteria
    return replace(CARD, criteria=(replace(first, points=Fraction(points), **changes), *others))


def test_points_are_shown_rounded_and_beside_their_mark() -> None:
    shown = line(replace(with_study(Fraction(1199, 30)), total=Fraction(1199, 15)))
    assert shown.criteria["study_time"] == Shown(3_997, 4_000)
    assert shown.total == Shown(7_993, 8_000)
    assert shown.out_of == 10_000


def test_what_looks_like_its_mark_and_is_less_says_so() -> None:
    hair = Fraction(1, 1_000)
    shown = line(replace(with_study(40 - hair), total=80 - hair))
    assert shown.criteria["study_time"] == Shown(4_000, 4_000, under=True)
    assert shown.total == Shown(8_000, 8_000, under=True)
    assert not line(replace(with_study(40), total=Fraction(80))).total.under


def test_a_mark_that_is_rounded_itself_is_looked_like_by_what_is_shown_as_it() -> None:
    assert looks_like(Fraction(3_333, 100), Fraction(100, 3))
    assert not looks_like(Fraction(3_332, 100), Fraction(100, 3))
    assert not looks_like(Fraction(100, 3), Fraction(100, 3))


def test_no_points_are_nothing_unless_something_could_not_be_read() -> None:
    assert line(with_study(0)).criteria["study_time"].is_nothing
    assert not line(with_study(0, unknowns=1)).criteria["study_time"].is_nothing
    assert not line(with_study(1)).criteria["study_time"].is_nothing


def test_what_could_not_be_read_is_told_where_there_may_be_more() -> None:
    assert line(with_study(39, unknowns=2)).criteria["study_time"].unknowns == 2
    assert line(with_study(39, unknowns=2)).total.unknowns == 1
    assert line(with_study(40, unknowns=2)).criteria["study_time"].unknowns == 0
    assert line(with_study(40, unknowns=2)).total.unknowns == 0


def test_unmarked_work_makes_points_pending() -> None:
    assert line(with_study(1, state=CriterionState.PENDING)).criteria["study_time"].pending
    assert not line(with_study(1)).criteria["study_time"].pending


@pytest.mark.parametrize("standing", Standing)
def test_every_standing_is_a_chip_of_who_takes_part(standing: Standing) -> None:
    assert line(standing=standing).chip.value == standing.value
    assert line(standing=standing).chip in TAKING_PART


def test_who_withdrew_has_that_chip_and_keeps_the_standing() -> None:
    left = line(status=MembershipStatus.WITHDRAWN)
    assert (left.chip, left.standing) == (Chip.WITHDRAWN, Standing.FAR)
    assert Chip.WITHDRAWN not in TAKING_PART
    assert line(standing=None, missing=None).chip is Chip.NOT_KNOWN


@pytest.mark.parametrize("standing", [None, Standing.PASSED])
@pytest.mark.parametrize("points", [Fraction(0), Fraction(3_999_999, 100_000), Fraction(40)])
@pytest.mark.parametrize("unknowns", [0, 3])
@pytest.mark.parametrize("state", CriterionState)
def test_a_line_comes_back_from_json(
    standing: Standing | None, points: Fraction, unknowns: int, state: CriterionState
) -> None:
    made = line(with_study(points, unknowns=unknowns, state=state), standing=standing)
    body = msgspec.json.decode(json.dumps(line_fields(made)), type=LineBody, strict=False)
    whose = {"person": made.person, "class_": made.class_, "name": made.name, "chip": made.chip}
    assert read_line(body, **whose) == made  # type: ignore[arg-type] # each is of its own type


@pytest.mark.parametrize("only_begun", [False, True])
def test_what_was_only_begun_comes_back_from_json(only_begun: bool) -> None:
    made = line(standing=Standing.UNREACHABLE)._replace(only_begun=only_begun)
    body = msgspec.json.decode(json.dumps(line_fields(made)), type=LineBody, strict=False)
    whose = {"person": made.person, "class_": made.class_, "name": made.name, "chip": made.chip}
    assert read_line(body, **whose) == made  # type: ignore[arg-type] # each is of its own type


@pytest.mark.parametrize("standing", [None, Standing.TO_CHECK, Standing.UNREACHABLE])
def test_who_has_nothing_under_a_chip_of_anybody_began_where_something_was_only_begun(
    standing: Standing | None,
) -> None:
    nothing = line(standing=standing)
    assert not nothing.shows_begun
    assert not nothing.has_begun
    assert nothing._replace(only_begun=True).has_begun


@pytest.mark.parametrize(
    ("made", "began"),
    [
        (line(with_study(1), standing=Standing.UNREACHABLE), True),
        (line(with_study(0, unknowns=1), standing=Standing.UNREACHABLE), True),
        (line(standing=Standing.FAR), True),
        (line(standing=Standing.NOT_STARTED), False),
    ],
)
def test_points_and_chips_show_who_began(made: Line, began: bool) -> None:
    assert made.shows_begun
    assert made.has_begun is began


def place(card: Scorecard, order: str, *, name: bytes = b"n") -> bytes:
    return places(card, line(card), name=name, class_=b"c")[order]


def test_points_stand_from_the_most_to_the_least_and_equal_ones_by_name() -> None:
    cards = [replace(CARD, total=Fraction(total)) for total in (100, 80, Fraction(79_999, 1_000), 1, 0)]
    assert [place(card, TOTAL) for card in cards] == sorted(place(card, TOTAL) for card in cards)
    assert place(CARD, TOTAL, name=b"a") < place(CARD, TOTAL, name=b"b")
    assert place(with_study(9), STUDY) < place(with_study(8), STUDY) < place_without(b"n")
    assert place(with_study(0), STUDY, name=b"\xff") < place_without(b"")


def test_results_and_standings_stand_in_their_own_order_and_then_by_points() -> None:
    passed = replace(CARD, state=CardState.PASS, total=Fraction(90))
    better, worse = (replace(CARD, state=CardState.FAIL, total=Fraction(total)) for total in (70, 60))
    assert place(passed, STATE) < place(better, STATE) < place(worse, STATE)
    told = [line(standing=standing) for standing in (Standing.PASSED, Standing.FAR, None)]
    in_order = [places(CARD, one, name=b"n", class_=b"c")[STANDING] for one in told]
    assert in_order == sorted(in_order)


def test_rows_of_the_chip_passed_are_those_whose_result_is_passed() -> None:
    passed = replace(CARD, state=CardState.PASS, total=Fraction(90))
    sure = line(passed, standing=Standing.PASSED)
    contested = line(passed, standing=Standing.PASSED, disputed=True)
    doubted = line(passed, standing=Standing.TO_CHECK)
    assert [(one.chip, one.told) for one in (sure, contested, doubted)] == [
        (Chip.PASSED, ToldState.PASS),
        (Chip.TO_CHECK, ToldState.PASS_PROVISIONALLY),
        (Chip.TO_CHECK, ToldState.PASS_PROVISIONALLY),
    ]
    in_progress = replace(CARD, state=CardState.IN_PROGRESS)
    on_the_way = line(in_progress, standing=Standing.ONE_ITEM_SHORT, disputed=True)
    assert (on_the_way.chip, on_the_way.told) == (Chip.ONE_ITEM_SHORT, ToldState.IN_PROGRESS)


def test_before_the_end_was_read_lines_of_who_failed_are_told_otherwise_and_stand_where_they_stood() -> None:
    failed, passed = (line(replace(CARD, state=state)) for state in (CardState.FAIL, CardState.PASS))
    early = before_reading(failed)
    assert (failed.told, early.told) == (ToldState.FAIL, ToldState.TO_BE_READ)
    assert (early.chip, line_fields(early)) == (failed.chip, line_fields(failed))
    assert before_reading(passed) is passed


def test_provisional_results_stand_behind_those_that_are_sure() -> None:
    passed = replace(CARD, state=CardState.PASS, total=Fraction(90))
    better = replace(passed, total=Fraction(95))
    sure = places(passed, line(passed, standing=Standing.PASSED), name=b"n", class_=b"c")
    provisional = places(better, line(better, standing=Standing.TO_CHECK), name=b"n", class_=b"c")
    assert sure[STATE] < provisional[STATE]


def test_there_is_an_order_for_each_criterion_whatever_it_is_called() -> None:
    odd = replace(CARD, criteria=(replace(CARD.criteria[0], id=NAME),))
    assert place(odd, NAME) == b"n"
    assert place(odd, by_criterion(NAME)) != b"n"


def test_a_median_is_the_exact_middle() -> None:
    third, half = (place(with_study(points), STUDY) for points in (Fraction(1, 3), Fraction(1, 2)))
    assert median_of([third], of=7, unread=0).points == Fraction(1, 3)
    both = median_of([half, third], of=8, unread=2)
    assert (both.points, both.of, both.is_at_least) == (Fraction(5, 12), 8, True)
