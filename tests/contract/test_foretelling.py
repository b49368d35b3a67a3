"""Contract: adopted rules are foretold of every card by its measures, until the card is made."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain.binding import Bindings
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.foretold import Foretold
from lms_scoring.domain.measures import BulkRules, bulk_rules
from lms_scoring.domain.packed_card import packed
from lms_scoring.domain.scorecard import CardState
from lms_scoring.domain.study_time import Counting
from lms_scoring.ports import BoardPart, Hold, OutgoingGrade, Store
from tests.contract.story import CHEN, COURSE, LI, WANG, card
from tests.contract.test_measures import BEFORE, FULL, HALVED, fill, measures, rules_with
from tests.given import main_scheme

LEARNERS = BoardPart(course=COURSE, role=Role.LEARNER)
NOTHING = Foretold(
    points=(Fraction(0),) * 4, total=Fraction(0), could_become=Fraction(0), state=CardState.FAIL
)


def foretell(
    store: Store,
    after: BulkRules = HALVED,
    *,
    before: BulkRules = BEFORE,
    due: Sequence[str] = (),
    is_open: bool = False,
) -> None:
    with store.writing() as transaction:
        transaction.foretell(COURSE, [(before, after)], due=due, is_open=is_open)


def told(store: Store, after: BulkRules = HALVED) -> Mapping[tuple[str, str | None], Foretold | None]:
    with store.reading() as transaction:
        return transaction.foretold(COURSE, after, persons=[LI.id, WANG.id, CHEN.id])


def awaited(store: Store) -> Sequence[str]:
    with store.reading() as transaction:
        found = transaction.awaited(COURSE)
        assert transaction.is_awaited(COURSE) is bool(found)
        return found


def test_every_cards_points_are_foretold(store: Store) -> None:
    fill(store, measures(WANG, FULL, 10, 50), measures(LI, FULL // 4, 3, 3, class_=None))
    foretell(store)
    assert told(store) == {
        (LI.id, None): Foretold(
            points=(Fraction(20), Fraction(3), Fraction(0), Fraction(0)),
            total=Fraction(23),
            could_become=Fraction(23),
            state=CardState.FAIL,
        ),
        (WANG.id, "A"): Foretold(
            points=(Fraction(40), Fraction(10), Fraction(0), Fraction(0)),
            total=Fraction(50),
            could_become=Fraction(60),
            state=CardState.FAIL,
        ),
    }
    assert awaited(store) == [LI.id, WANG.id]


@pytest.mark.parametrize(
    ("granted", "could", "is_open", "state"),
    [
        (40, 40, False, CardState.PASS),
        (39, 40, False, CardState.PENDING),
        (39, 39, False, CardState.FAIL),
        (40, 40, True, CardState.PASS),
        (39, 40, True, CardState.IN_PROGRESS),
    ],
)
def test_how_a_card_will_stand_is_foretold(
    store: Store, granted: int, could: int, *, is_open: bool, state: CardState
) -> None:
    """Time gives 40, and homework of at most 40 whatever is granted."""
    rules = _homework_of(40)
    fill(store, measures(LI, FULL, granted, could))
    foretell(store, rules, is_open=is_open)
    (found,) = told(store, rules).values()
    assert found is not None and found.state is state
    with store.reading() as transaction:
        assert transaction.foretold_counts(LEARNERS) == {state: 1}


def test_of_who_is_due_nothing_is_foretold(store: Store) -> None:
    fill(store, measures(LI, FULL), measures(WANG, 0))
    foretell(store, due=[LI.id])
    assert told(store) == {(LI.id, "A"): None, (WANG.id, "A"): NOTHING}
    assert awaited(store) == [LI.id, WANG.id]


def test_of_cards_whose_measures_do_not_say_it_nothing_is_foretold(store: Store) -> None:
    fill(
        store,
        replace(measures(LI, FULL), values=None),
        replace(measures(WANG, FULL), scheme="another"),
        measures(CHEN, 0),
    )
    foretell(store)
    assert told(store) == {(LI.id, "A"): None, (WANG.id, "A"): None, (CHEN.id, "A"): NOTHING}


def test_nothing_is_foretold_by_rules_that_nothing_was_measured_for(store: Store) -> None:
    fill(store, measures(LI, FULL))
    other = rules_with(counting=Counting.REPORTED)
    foretell(store, other, before=other)
    assert told(store, other) == {(LI.id, "A"): None}


def test_what_was_foretold_before_is_forgotten(store: Store) -> None:
    fill(store, measures(LI, FULL), measures(WANG, 0))
    foretell(store)
    with store.writing() as transaction:
        transaction.keep_measures(COURSE, [replace(measures(LI, 0), scheme=HALVED.scheme)])
    foretell(store, BEFORE, before=HALVED)
    assert told(store, BEFORE) == {(LI.id, "A"): NOTHING, (WANG.id, "A"): None}


def test_a_card_that_is_made_is_awaited_no_more(store: Store) -> None:
    fill(store, measures(LI, FULL), measures(LI, FULL, class_="B"), measures(WANG, 0))
    foretell(store)
    with store.writing() as transaction:
        transaction.await_no_more(COURSE, [])
        transaction.await_no_more("another course", [WANG.id])
        transaction.await_no_more(COURSE, [LI.id])
        assert transaction.awaited(COURSE, persons=[LI.id, WANG.id]) == [WANG.id]
        assert transaction.awaited(COURSE, persons=[LI.id]) == []
    assert awaited(store) == [WANG.id]
    with store.writing() as transaction:
        transaction.await_no_more(COURSE)
    assert awaited(store) == []


def test_awaited_cards_are_counted_by_role_and_class(store: Store) -> None:
    of_tutor = replace(measures(CHEN, 0), role=Role.TUTOR)
    fill(store, measures(LI, FULL), measures(WANG, 0, class_=None), of_tutor)
    foretell(store, due=[LI.id])
    with store.reading() as transaction:
        assert transaction.foretold_counts(LEARNERS) == {None: 1, CardState.FAIL: 1}
        of_none, of_a = (replace(LEARNERS, classes=frozenset(classes)) for classes in ({None, "B"}, {"A"}))
        assert transaction.foretold_counts(of_none) == {CardState.FAIL: 1}
        assert transaction.foretold_counts(of_a) == {None: 1}
        assert transaction.foretold_counts(replace(LEARNERS, role=Role.TUTOR)) == {}
        assert transaction.foretold_counts(replace(LEARNERS, course="another")) == {}


def test_grades_of_whom_a_card_is_awaited_are_held_back(store: Store) -> None:
    fill(store, measures(LI, FULL), measures(WANG, FULL))
    plain = OutgoingGrade(course=COURSE, person=LI.id, given=Fraction(100), comment="", at=1, forced=True)
    disputed = replace(plain, person=WANG.id, held=Hold.DISPUTED, forced=False)
    others = [replace(plain, person=CHEN.id), replace(plain, course="another")]
    with store.writing() as transaction:
        for grade in (plain, disputed, *others):
            transaction.keep_outgoing(grade)
    foretell(store, due=[LI.id])
    with store.reading() as transaction:
        assert transaction.outgoing(COURSE) == [
            replace(plain, held=Hold.NO_VERDICT, forced=False),
            disputed,
            others[0],
        ]
        assert transaction.outgoing("another") == [others[1]]
        assert {grade.person for grade in transaction.outgoing_due(at=10**13)} == {CHEN.id, LI.id}


def test_an_error_undoes_it(store: Store) -> None:
    fill(store, measures(LI, FULL))
    with pytest.raises(InterruptedError), store.writing() as transaction:
        transaction.foretell(COURSE, [(BEFORE, HALVED)], due=[], is_open=False)
        raise InterruptedError
    assert awaited(store) == []


def test_cards_are_measured_where_all_are(store: Store) -> None:
    fill(store, measures(LI, FULL))
    with store.writing() as transaction:
        assert transaction.measured_cards(COURSE) == 0
        transaction.keep_scorecard(COURSE, packed(card(LI)), at=1)
        assert transaction.measured_cards(COURSE) == 1
        transaction.keep_scorecard(COURSE, packed(card(WANG)), at=1)
        assert transaction.measured_cards(COURSE) == 0


def test_who_is_erased_is_awaited_no_more(store: Store) -> None:
    fill(store, measures(LI, FULL), measures(WANG, FULL))
    foretell(store)
    with store.writing() as transaction:
        transaction.erase(LI.id, act=1, names={}, stand_ins={})
    assert awaited(store) == [WANG.id]


def _homework_of(most: int) -> BulkRules:
    """The main scheme for learners with so many points for homework."""
    scheme = main_scheme()
    rules = scheme.roles[Role.LEARNER]
    criteria = tuple(
        replace(one, max=Fraction(most)) if one.id == "homework" else one for one in rules.criteria
    )
    changed = replace(scheme, roles={Role.LEARNER: replace(rules, criteria=criteria, scaled_to=None)})
    return bulk_rules(changed, Bindings(bindings=()), Role.LEARNER)
