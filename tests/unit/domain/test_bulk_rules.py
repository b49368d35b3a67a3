"""Measures apart from points: what is kept of a card, and what other rules can be tried on it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.domain.dossier import dossiers
from lms_scoring.domain.evidence import Purpose, Role
from lms_scoring.domain.measures import (
    MOST,
    WORD,
    CardMeasures,
    bulk_rules,
    card_measures,
    common_factors,
    readings_of,
)
from lms_scoring.domain.plan import compiled
from lms_scoring.domain.rules.capped_proportion import CappedProportion
from lms_scoring.domain.scheme import Band, Scheme
from lms_scoring.domain.scoring import scored
from lms_scoring.domain.study_time import Counting
from tests.given import AFTER, LI, START, main_scheme, membership

NOTHING = Bindings(bindings=())


def test_a_cards_measures_are_whole_numbers_by_their_readings() -> None:
    found = _of_li(_watch(60_000))
    assert found.values is not None
    assert sorted(found.values.values()) == [(0, 0)] * 4 + [(60_000, 60_000)]
    assert (found.person, found.role, found.class_) == (LI, Role.LEARNER, "class 1")


def test_a_fraction_is_not_kept() -> None:
    scheme = _counting(Counting.UNIQUE_CONTENT)
    spread = replace(_watch(3), segments=((0, 1),))
    cut = replace(spread, start=START - 1)
    assert _of_li(spread, scheme=scheme).values is not None
    assert _of_li(cut, scheme=scheme).values is None


def test_what_no_database_holds_is_not_kept() -> None:
    readings = readings_of(main_scheme(), NOTHING, Role.LEARNER)
    (dossier,) = dossiers([membership(LI)], as_of=AFTER)
    made = scored(main_scheme(), dossier)
    first = made.measured[0]
    assert first is not None
    beyond = (replace(first, could_become=(WORD,)), *made.measured[1:])
    assert card_measures(made.card, beyond, readings).values is None


def test_more_measures_than_a_row_takes_are_not_kept() -> None:
    rules = main_scheme().roles[Role.LEARNER]
    for count, kept in ((MOST, True), (MOST + 1, False)):
        criteria = tuple(
            replace(rules.criteria[0], id=f"c{cap}", rule=CappedProportion(full=1, reported_cap=cap))
            for cap in range(count)
        )
        scheme = replace(main_scheme(), roles={Role.LEARNER: replace(rules, criteria=criteria)})
        assert (_of_li(scheme=scheme).values is not None) is kept


def test_what_a_person_decided_is_not_kept() -> None:
    decision = ev.Decision(
        id="d",
        person=LI,
        target=ev.CriterionTarget(criterion="journal"),
        action=ev.Action.EXEMPT,
        by="w",
        at=START,
        reason="ill",
    )
    assert _of_li(decision).values is None


@pytest.mark.parametrize(
    ("change", "same"),
    [({"full": 1}, True), ({"counting": Counting.REPORTED}, False), ({"reported_cap": 5}, False)],
)
def test_a_reading_is_what_the_measure_depends_on(change: dict[str, object], same: bool) -> None:
    changed = _with_time(replace(_time(main_scheme()), **change))  # type: ignore[arg-type]  # any setting
    before, after = (readings_of(one, NOTHING, Role.LEARNER)[0] for one in (main_scheme(), changed))
    assert (before == after) is same


def test_other_bindings_make_other_readings() -> None:
    bound = Bindings(bindings=(Binding(purpose=Purpose.POSTS, source="moodle", activities=("1",)),))
    one, two = (readings_of(main_scheme(), each, Role.LEARNER) for each in (NOTHING, bound))
    assert not {name for names in one for name in names} & {name for names in two for name in names}


def test_rules_in_bulk_name_each_reading_once_and_bands_from_the_lowest() -> None:
    words = main_scheme().title
    rules = main_scheme().roles[Role.LEARNER]
    bands = (
        Band(id="good", from_=Fraction(181, 2), name=words),
        Band(id="fair", from_=Fraction(80), name=words),
    )
    criteria = (*rules.criteria, replace(rules.criteria[0], id="again"))
    scheme = replace(main_scheme(), roles={Role.LEARNER: replace(rules, bands=bands, criteria=criteria)})
    bulk = bulk_rules(scheme, NOTHING, Role.LEARNER)
    unit = bulk.plan.denominator
    assert bulk.scheme == scheme.fingerprint
    assert bulk.bands == (("fair", 80 * unit), ("good", -(-181 * unit // 2)))
    assert len(bulk.readings) == 5
    assert len(bulk.wanted) == 5


def test_totals_are_compared_over_one_denominator_as_long_as_a_database_can() -> None:
    plan = compiled(main_scheme().roles[Role.LEARNER])
    finer = compiled(_with_time(CappedProportion(full=7)).roles[Role.LEARNER])
    factors = common_factors(plan, finer)
    assert factors is not None
    assert plan.denominator * factors[0] == finer.denominator * factors[1]
    assert plan.most == 100 * plan.denominator
    huge = compiled(_with_time(CappedProportion(full=2**62 - 1)).roles[Role.LEARNER])
    assert common_factors(plan, huge) is None


def _of_li(*records: ev.Record, scheme: Scheme | None = None) -> CardMeasures:
    used = main_scheme() if scheme is None else scheme
    (dossier,) = dossiers([membership(LI), *records], as_of=AFTER)
    made = scored(used, dossier)
    return card_measures(made.card, made.measured, readings_of(used, NOTHING, Role.LEARNER))


def _watch(length: int) -> ev.Watch:
    return ev.Watch(id="w", person=LI, activity="v", start=START, end=START + length)


def _time(scheme: Scheme) -> CappedProportion:
    rule = scheme.roles[Role.LEARNER].criteria[0].rule
    assert isinstance(rule, CappedProportion)
    return rule


def _with_time(rule: CappedProportion) -> Scheme:
    rules = main_scheme().roles[Role.LEARNER]
    first, *others = rules.criteria
    changed = replace(rules, criteria=(replace(first, rule=rule), *others))
    return replace(main_scheme(), roles={Role.LEARNER: changed})


def _counting(counting: Counting) -> Scheme:
    return _with_time(replace(_time(main_scheme()), counting=counting))
