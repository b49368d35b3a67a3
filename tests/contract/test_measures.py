"""Contract: measures are kept with cards, and other rules are tried on them without the evidence."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain.binding import Bindings
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.measures import BulkRules, CardMeasures, bulk_rules
from lms_scoring.domain.rules.capped_proportion import CappedProportion
from lms_scoring.domain.study_time import Counting
from lms_scoring.ports import ForeseenCard, Store
from tests.contract.story import COURSE, LI, WANG, class_a
from tests.given import main_scheme

SCHEME = main_scheme()
FULL = 45_000_000


def rules_with(**changes: object) -> BulkRules:
    """The main scheme's for learners, with another rule for study time."""
    rules = SCHEME.roles[Role.LEARNER]
    first, *others = rules.criteria
    time = CappedProportion(**{"full": FULL, **changes})  # type: ignore[arg-type]  # any setting
    criteria = (replace(first, rule=time), *others)
    changed = replace(SCHEME, roles={Role.LEARNER: replace(rules, criteria=criteria)})
    return bulk_rules(changed, Bindings(bindings=()), Role.LEARNER)


BEFORE, HALVED = rules_with(), rules_with(full=FULL // 2)


def measures(
    person: KnownPerson, time: int, granted: int = 0, could: int = 0, *, class_: str | None = "A"
) -> CardMeasures:
    """So many milliseconds, so many points for homework, and so many it could become."""
    (study,), (homework,), (journal,), (topics, replies) = BEFORE.readings
    values = {
        study: (time, time),
        homework: (granted, could),
        **dict.fromkeys((journal, topics, replies), (0, 0)),
    }
    return CardMeasures(
        person=person.id, role=Role.LEARNER, class_=class_, scheme=BEFORE.scheme, values=values
    )


def fill(store: Store, *kept: CardMeasures) -> None:
    """A class with measures."""
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_measures(COURSE, kept)


def foreseen(store: Store, after: BulkRules = HALVED, *, before: BulkRules = BEFORE) -> list[ForeseenCard]:
    with store.reading() as transaction:
        found = transaction.foreseen(COURSE, before, after)
        return sorted(found, key=lambda one: (one.class_ or "", one.person))


def test_other_rules_are_tried_on_every_card(store: Store) -> None:
    fill(store, measures(WANG, FULL, 10, 20), measures(LI, FULL // 4))
    li, wang = foreseen(store)
    unit = HALVED.plan.denominator
    assert (li.person, li.class_, li.role) == (LI.id, "A", Role.LEARNER)
    assert (li.total, li.could_become, li.changed) == (20 * unit, 20 * unit, True)
    assert (wang.total, wang.could_become, wang.changed) == (50 * unit, 60 * unit, False)


def test_what_is_kept_last_holds(store: Store) -> None:
    fill(store, measures(LI, FULL), measures(WANG, FULL))
    with store.writing() as transaction:
        transaction.keep_measures(COURSE, [measures(LI, 0)])
        transaction.keep_measures(COURSE, [])
    li, wang = foreseen(store)
    assert (li.total, wang.total) == (0, 40 * HALVED.plan.denominator)


def test_a_card_that_whole_numbers_do_not_say_is_left_out(store: Store) -> None:
    fill(store, measures(LI, FULL), measures(WANG, FULL))
    with store.writing() as transaction:
        transaction.keep_measures(COURSE, [replace(measures(LI, 0), values=None)])
    assert [one.person for one in foreseen(store)] == [WANG.id]


def test_a_card_of_other_rules_than_those_before_is_left_out(store: Store) -> None:
    fill(store, replace(measures(LI, FULL), scheme="another"), measures(WANG, FULL))
    assert [one.person for one in foreseen(store)] == [WANG.id]


def test_a_person_has_measures_in_each_place(store: Store) -> None:
    fill(store, measures(LI, FULL, class_="B"), measures(LI, 0, class_=None))
    assert [(one.class_, one.total > 0) for one in foreseen(store)] == [(None, False), ("B", True)]


def test_what_was_never_measured_cannot_be_foreseen(store: Store) -> None:
    assert foreseen(store) == []
    fill(store, measures(LI, FULL))
    assert foreseen(store, rules_with(counting=Counting.REPORTED)) == []
    assert foreseen(store, rules_with(full=2**62 - 1)) == []


def test_the_largest_measures_are_counted_exactly(store: Store) -> None:
    fill(store, measures(LI, 2**63 - 1, 2**63 - 1, 2**63 - 1))
    (li,) = foreseen(store)
    assert li.total == 60 * HALVED.plan.denominator


def test_an_error_undoes_measures_too(store: Store) -> None:
    fill(store, measures(LI, FULL))
    with pytest.raises(InterruptedError), store.writing() as transaction:
        transaction.keep_measures(COURSE, [measures(LI, 0)])
        raise InterruptedError
    (li,) = foreseen(store)
    assert li.total == 40 * HALVED.plan.denominator


def test_other_courses_have_cards_of_their_own(store: Store) -> None:
    fill(store, measures(LI, FULL))
    with store.writing() as transaction:
        transaction.keep_measures("another", [measures(LI, 0)])
        assert [one.total for one in transaction.foreseen("another", BEFORE, HALVED)] == [0]
    (li,) = foreseen(store)
    assert li.total == 40 * HALVED.plan.denominator
