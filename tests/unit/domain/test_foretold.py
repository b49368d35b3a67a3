"""What measures alone make of cards by other rules: whether they do, what, and the line that tells it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from lms_scoring.domain.binding import Bindings
from lms_scoring.domain.board import Chip, Line, Shown, line_of
from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.foretold import Foretold, foretold_line, foretold_of, may_be_foretold
from lms_scoring.domain.measures import MOST, BulkRules, bulk_rules
from lms_scoring.domain.outlook import Standing, ToldState
from lms_scoring.domain.rules.capped_proportion import CappedProportion
from lms_scoring.domain.scheme import Band, RoleScheme
from lms_scoring.domain.scorecard import CardState
from lms_scoring.domain.study_time import Counting
from tests import given

RULES = given.main_scheme().roles[Role.LEARNER]
CARD = given.card([given.membership()])
TOLD = Foretold(
    points=(Fraction(1199, 30), Fraction(20), Fraction(20), Fraction(0)),
    total=Fraction(1199, 30) + 40,
    could_become=Fraction(90),
    state=CardState.FAIL,
)


def bulk(**changes: Any) -> BulkRules:
    """The main scheme's for learners, with other rules of theirs."""
    scheme = replace(given.main_scheme(), roles={Role.LEARNER: replace(RULES, **changes)})
    return bulk_rules(scheme, Bindings(bindings=()), Role.LEARNER)


def with_time(**changes: Any) -> BulkRules:
    first, *others = RULES.criteria
    time = CappedProportion(**{"full": 45_000_000, **changes})
    return bulk(criteria=(replace(first, rule=time), *others))


def line(status: MembershipStatus = MembershipStatus.ACTIVE, **changes: Any) -> Line:
    plain = line_of(
        replace(CARD, **changes), "Li", status, standing=Standing.PASSED, missing=1, disputed=False
    )
    unread = plain.criteria["study_time"]._replace(unknowns=2)
    return plain._replace(criteria={**plain.criteria, "study_time": unread})


def test_other_points_of_the_same_measures_can_be_foretold() -> None:
    assert may_be_foretold(bulk(), bulk(pass_mark=Fraction(1)))
    assert may_be_foretold(bulk(), bulk(criteria=RULES.criteria[:1]))
    assert may_be_foretold(bulk(), with_time(full=7))


@pytest.mark.parametrize(
    "other",
    [
        with_time(counting=Counting.REPORTED),
        with_time(full=2**62 - 1),
        bulk(criteria=tuple(replace(RULES.criteria[0], id=f"c{number}") for number in range(MOST + 1))),
    ],
)
def test_other_measures_or_more_than_a_row_takes_cannot(other: BulkRules) -> None:
    assert not may_be_foretold(bulk(), other)


def test_numerators_are_points_of_each_criterion_and_totals_of_the_plan() -> None:
    rules = bulk()
    units = [term.denominator for term, _ in rules.plan.terms]
    unit = rules.plan.denominator
    told = foretold_of(
        rules,
        [units[0] // 3, units[1], 0, 2 * units[3]],
        total=5 * unit,
        could_become=6 * unit,
        state=CardState.PENDING,
    )
    assert told == Foretold(
        points=(Fraction(units[0] // 3, units[0]), Fraction(1), Fraction(0), Fraction(2)),
        total=Fraction(5),
        could_become=Fraction(6),
        state=CardState.PENDING,
    )


def test_a_line_shows_the_points_that_are_foretold_and_settles_nothing() -> None:
    shown = foretold_line(line(state=CardState.PASS), RULES, TOLD)
    assert (shown.state, shown.told) == (CardState.FAIL, ToldState.FAIL_PROVISIONALLY)
    assert (shown.chip, shown.standing, shown.missing) == (Chip.TO_CHECK, Standing.TO_CHECK, None)
    assert shown.total == Shown(7_997, 8_000, unknowns=1)
    assert shown.criteria == {
        "study_time": Shown(3_997, 4_000, unknowns=2),
        "homework": Shown(2_000, 2_000),
        "journal": Shown(2_000, 2_000),
        "posts": Shown(0, 2_000),
    }
    assert (shown.person, shown.name, shown.out_of) == ("li", "Li", 10_000)


def test_what_could_not_be_read_is_not_told_of_full_points() -> None:
    full = replace(TOLD, points=(Fraction(40), *TOLD.points[1:]), total=Fraction(80), state=CardState.PASS)
    shown = foretold_line(line(), RULES, full)
    assert shown.criteria["study_time"] == Shown(4_000, 4_000)
    assert shown.total == Shown(8_000, 8_000)
    assert shown.told is ToldState.PASS_PROVISIONALLY


def test_a_line_shows_the_band_of_the_new_rules() -> None:
    words = given.main_scheme().title
    banded: RoleScheme = replace(RULES, bands=(Band(id="fair", from_=Fraction(79), name=words),))
    assert foretold_line(line(), banded, TOLD).band == "fair"
    assert foretold_line(line(), banded, replace(TOLD, total=Fraction(78))).band is None


def test_who_is_on_the_way_has_no_progress_until_the_card_is_made() -> None:
    shown = foretold_line(line(), RULES, replace(TOLD, state=CardState.IN_PROGRESS))
    assert (shown.told, shown.chip, shown.standing) == (ToldState.IN_PROGRESS, Chip.NOT_KNOWN, None)


def test_where_nothing_is_foretold_the_points_before_stay_and_are_not_settled() -> None:
    before = line(state=CardState.PASS)
    shown = foretold_line(before, RULES, None)
    assert (shown.total, shown.criteria, shown.band) == (before.total, before.criteria, before.band)
    assert (shown.told, shown.chip) == (ToldState.PASS_PROVISIONALLY, Chip.TO_CHECK)


def test_who_withdrew_stays_so() -> None:
    gone = line(MembershipStatus.WITHDRAWN)
    assert [foretold_line(gone, RULES, told).chip for told in (TOLD, None)] == [Chip.WITHDRAWN] * 2
