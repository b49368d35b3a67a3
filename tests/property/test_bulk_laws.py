"""Laws of scoring in bulk: SQL says what the plan says, to the last bit, on each kind of database."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import count
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from sqlalchemy import Engine, select

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.binding import Bindings
from lms_scoring.domain.dossier import dossiers
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.foretold import Foretold, may_be_foretold
from lms_scoring.domain.measures import WORD, CardMeasures, bulk_rules, card_measures, readings_of
from lms_scoring.domain.plan import compiled
from lms_scoring.domain.rules.rule import points_of
from lms_scoring.domain.rules.terms import Counted
from lms_scoring.domain.scheme import RoleScheme, Scheme
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.domain.scoring import scored
from lms_scoring.store import SqlStore
from lms_scoring.store.cards.plan_sql import number, numerator, points
from lms_scoring.store.databases.engine import open_engine
from tests.fixtures.databases import ENGINES, empty_database, forget
from tests.fixtures.postgres import server
from tests.given import AFTER
from tests.property import drawn

EXTREMES = (0, 1, 2, 3, 39, 40, 41, 10**6, 2**31 - 1, 2**31, 2**53 + 1, 2**62, WORD - 1)
MEASURES = st.sampled_from(EXTREMES) | st.integers(0, 60) | st.integers(0, WORD - 1)
CARDS = 4


COURSES = count(1)


@pytest.fixture(scope="module", params=ENGINES)
def store(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[SqlStore]:
    """Each example has a course of its own in it."""
    url = empty_database(tmp_path_factory.mktemp("laws") / "store.db", on=request.param)
    opened = SqlStore(url)
    yield opened
    opened.close()
    forget(url)


@pytest.fixture(scope="module", params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[Engine]:
    """A database that only calculates."""
    opened = open_engine("sqlite://" if request.param == "sqlite" else server().url())
    yield opened
    opened.dispose()


@given(scheme=drawn.schemes(), data=st.data())
def test_the_database_gives_the_totals_of_the_plan(
    engine: Engine, scheme: Scheme, data: st.DataObject
) -> None:
    for rules in scheme.roles.values():
        plan = compiled(rules)
        assert plan.most < WORD
        cards = st.lists(MEASURES, min_size=CARDS, max_size=CARDS)
        columns = [[data.draw(cards) for _ in one.rule.measures] for one in rules.criteria]
        totals = [
            numerator(plan, [[number(column[card]) for column in of_one] for of_one in columns])
            for card in range(CARDS)
        ]
        with engine.connect() as connection:
            found = list(connection.execute(select(*totals)).one())
        assert found == plan.totals(columns)
        assert {type(total) for total in found} == {int}
        assert all(0 <= total <= plan.most for total in found)


@given(values=st.lists(MEASURES, min_size=2, max_size=2))
def test_points_too_large_for_a_word_are_worth_their_cap(engine: Engine, values: list[int]) -> None:
    """A topic of 10^15 points beside a reply of a ten-thousandth is 10^19 units, which no word holds."""
    term = Counted(values=(Fraction(10**15), Fraction(1, 10**4)), caps=(None, None), most=Fraction(20))
    measures = [number(value) for value in values]
    with engine.connect() as connection:
        found = connection.execute(select(points(term, measures))).scalar_one()
    assert Fraction(found, term.denominator) == points_of(term, values)


@given(scheme=drawn.schemes(), other=drawn.schemes(), records=drawn.evidence())
def test_rules_that_share_readings_share_measures(
    scheme: Scheme, other: Scheme, records: list[ev.Record]
) -> None:
    """What only makes points of measures may differ; a card that a person decided has none to share."""
    mixed = replace(scheme, roles={role: _measured_alike(scheme, other, role) for role in scheme.roles})
    for dossier in dossiers(records, as_of=AFTER):
        role = dossier.membership.role
        if role not in scheme.roles:
            continue
        readings = readings_of(scheme, Bindings(bindings=()), role)
        assert readings == readings_of(mixed, Bindings(bindings=()), role)
        one, two = scored(scheme, dossier), scored(mixed, dossier)
        kept = card_measures(one.card, one.measured, readings)
        assert kept.values == card_measures(two.card, two.measured, readings).values
        if kept.values is not None:
            plan = compiled(mixed.roles[role])
            measures = [[[kept.values[name][0]] for name in names] for names in readings]
            assert Fraction(plan.totals(measures)[0], plan.denominator) == two.card.total


@given(scheme=drawn.schemes(), other=drawn.schemes(), records=drawn.evidence())
def test_what_is_foretold_is_what_the_whole_card_will_say(
    store: SqlStore, scheme: Scheme, other: Scheme, records: list[ev.Record]
) -> None:
    """Points, total, what marking could make of it, and how the card stands; of cards with no whole measures,
    nothing."""
    mixed = replace(scheme, roles={role: _measured_alike(scheme, other, role) for role in scheme.roles})
    course, nothing = f"course {next(COURSES)}", Bindings(bindings=())
    whole: dict[tuple[str, Role, str | None], Scorecard] = {}
    kept: dict[tuple[str, Role, str | None], CardMeasures] = {}
    for dossier in dossiers(records, as_of=AFTER):
        place = (dossier.membership.person, dossier.membership.role, dossier.membership.class_)
        if place[1] in scheme.roles:
            made = scored(scheme, dossier)
            kept[place] = card_measures(made.card, made.measured, readings_of(scheme, nothing, place[1]))
            whole[place] = scored(mixed, dossier).card
    changes = [(bulk_rules(scheme, nothing, role), bulk_rules(mixed, nothing, role)) for role in scheme.roles]
    assume(all(may_be_foretold(before, after) for before, after in changes))
    with store.writing() as transaction:
        transaction.keep_measures(course, [*kept.values()])
        transaction.foretell(course, changes, due=[], is_open=scheme.window.end > AFTER)
    with store.reading() as transaction:
        persons = {person for person, _, _ in whole}
        found = {
            (person, after.role, class_): told
            for _, after in changes
            for (person, class_), told in transaction.foretold(course, after, persons=persons).items()
        }
    assert found == {
        place: None
        if kept[place].values is None
        else Foretold(
            points=tuple(result.points for result in card.criteria),
            total=card.total,
            could_become=card.could_become,
            state=card.state,
        )
        for place, card in whole.items()
    }


def _measured_alike(scheme: Scheme, other: Scheme, role: Role) -> RoleScheme:
    """The other scheme's points, maxima and marks, with all that measures depend on as it was."""
    pairs = zip(scheme.roles[role].criteria, other.roles[role].criteria, strict=True)
    criteria = []
    for mine, theirs in pairs:
        rule: Any = theirs.rule
        alike = replace(rule, **{name: getattr(mine.rule, name) for name in mine.rule.measured_by})
        criteria.append(replace(theirs, rule=alike))
    return replace(other.roles[role], criteria=tuple(criteria))
