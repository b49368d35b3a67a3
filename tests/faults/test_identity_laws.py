"""Laws of joining by hand, for random evidence: as if a roster had said so, and undone without a trace."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.statements import LmsStatement, WatchEvent
from lms_scoring.ports import Batch
from tests.contract.conftest import NewStore
from tests.fixtures.courses.joining import STRAY, House, handed_in, watched, with_account
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    HOMEWORK,
    LI,
    LRS,
    WANG,
    ZHAO,
    account_of,
    adopt_course,
    members,
    roster,
    told,
)
from tests.given import CLASS, homework, membership, topic

FEW = settings(max_examples=15)
PEOPLE = (LI, ZHAO, WANG, CHEN)

people, accounts = st.sampled_from(PEOPLE), st.sampled_from([STRAY, STRAY, *map(account_of, PEOPLE)])
posts = st.builds(topic, st.sampled_from("abc"), person=accounts)
hand_ins = st.builds(
    lambda marker, **given: replace(homework(activity=HOMEWORK, **given), graded_by=marker),
    st.none() | accounts,
    id_=st.sampled_from("ab"),
    grade=st.none() | st.sampled_from(ev.Grade),
    person=accounts,
)
places = st.builds(
    membership, accounts, st.sampled_from(ev.Role), class_=st.sampled_from((CLASS, "class 2", None))
)


@dataclass(frozen=True)
class Left:
    """What everybody left behind, the account of nobody too."""

    events: Sequence[WatchEvent]
    statements: Sequence[LmsStatement]
    records: Sequence[ev.Record]


def _all(lists: Sequence[Sequence[Any]]) -> list[Any]:
    return [one for some in lists for one in some]


lefts = st.builds(
    Left,
    events=st.lists(
        st.builds(watched, st.integers(1, 400), by=accounts, day=st.integers(0, 3)), max_size=5
    ).map(_all),
    statements=st.lists(st.builds(handed_in, accounts, marked_by=accounts), max_size=4).map(_all),
    records=st.lists(st.one_of(posts, hand_ins, places), max_size=8),
)


def house_of(new_store: NewStore, left: Left, *known: KnownPerson) -> House:
    house = House(new_store())
    adopt_course(house.store)
    house.collect(roster(*PEOPLE), Batch(people=known), told(*members()), Batch(records=left.records))
    house.sync(Batch(events=left.events, statements=left.statements), name=LRS)
    return house


def read(house: House) -> list[object]:
    """All that readers see of the course."""
    with house.store.reading() as transaction:
        evidence = [
            (one.person, list(one.records), dict(one.events), dict(one.statements))
            for one in transaction.evidence_of(COURSE, list(PEOPLE))
        ]
        cards = [
            transaction.scorecard(COURSE, row.card.person, role=row.card.role, class_=row.card.class_)
            for row in transaction.board(COURSE)
            if (row.card.person, row.card.role, row.card.class_) in _places(house)
        ]
        return [
            evidence,
            [replace(card, as_of=0) for card in cards if card is not None],
            list(transaction.memberships(COURSE)),
            list(transaction.touched(COURSE)),
        ]


def _places(house: House) -> set[tuple[str, ev.Role, str | None]]:
    """A card of a former place is history."""
    with house.store.reading() as transaction:
        return {(one.person, one.role, one.class_) for one in transaction.memberships(COURSE)}


@FEW
@given(left=lefts, person=people)
def test_joined_by_hand_is_joined_by_a_roster(new_store: NewStore, left: Left, person: str) -> None:
    by_hand = house_of(new_store, left)
    assume(by_hand.accounts().strays)
    by_hand.join(person)
    by_hand.assess()
    assert read(by_hand) == read(house_of(new_store, left, with_account(person)))


@FEW
@given(left=lefts, person=people)
def test_joined_and_undone_is_never_joined(new_store: NewStore, left: Left, person: str) -> None:
    house = house_of(new_store, left)
    before, strays = read(house), house.accounts().strays
    assume(strays)
    house.join(person)
    house.assess()
    house.part()
    house.assess()
    assert read(house) == before
    assert house.accounts().strays == strays
