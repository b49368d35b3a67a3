"""Joining accounts by hand: scored at once, as if a roster had named them, and undone without a trace."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from lms_scoring.domain.errors import CannotBeDecided, UnknownPerson
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.hints import HintKind
from lms_scoring.domain.identity import KnownPerson, account_key, mbox, sha1_of
from lms_scoring.domain.instants import HOUR, MINUTE
from lms_scoring.domain.texts import Text
from lms_scoring.ports import ActKind, Batch, Call, Grant, Visitor
from lms_scoring.services.deciding.close import close, reopen
from lms_scoring.services.deciding.identities import join, one_account
from lms_scoring.services.doubting.doubts import look_for_doubts
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.signing import Signature
from lms_scoring.services.unattended.calls import SCORE
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.store import SqlStore
from tests import given
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.joining import KEY, SIGNED, STRAY, House, by_lrs, handed_in, watched, with_account
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    FORUM,
    LI,
    LRS,
    WANG,
    ZHAO,
    account_of,
    adopt_course,
    members,
    new_store,
    pin_course,
    roster,
    told,
)
from tests.fixtures.workshop import Heard

EVERYTHING = Batch(
    events=[*watched(400), *watched(100, day=1), *watched(60, by=account_of(ZHAO), day=2)],
    statements=handed_in(account_of(ZHAO), marked_by=STRAY),
)


def filled(store: SqlStore | MemoryStore, *people: KnownPerson) -> House:
    house = House(store)
    adopt_course(store)
    house.sync(roster(LI, ZHAO, WANG, CHEN), Batch(people=people), told(*members(), given.topic()))
    house.sync(EVERYTHING, name=LRS)
    return house


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    store = new_store(tmp_path)
    yield filled(store)
    store.close()


def kinds(house: House) -> Sequence[ActKind]:
    return [act.kind for act in house.accounts().acts]


def test_it_is_shown_where_the_account_left_what_and_when(house: House) -> None:
    found = house.accounts()
    assert [(one.key, one.left.account, one.left.records) for one in found.strays] == [(KEY, STRAY, 4)]
    left = found.strays[0].left
    assert (left.sources, left.first) == ((LRS,), given.START)
    assert left.last == given.START + given.DAY + 100 * MINUTE
    assert (found.by_hand, found.acts) == ([], [])
    one = one_account(by_lrs(), house.store, KEY)
    assert one is not None
    assert (one.stray, one.joined) == (found.strays[0], None)
    assert one_account(by_lrs(), house.store, "another") is None


def test_the_person_is_scored_at_once_and_the_act_is_signed(house: House) -> None:
    before = house.card()
    assert given.figure(before, "study_time", "study_time") == 0
    assert house.join().changed == 2, "the tutor's too, whose card reads the mark"
    assert given.figure(house.card(), "study_time", "study_time") == 500 * MINUTE
    found = house.accounts()
    assert found.strays == []
    (joined,) = found.by_hand
    assert (joined.key, joined.joined.account, joined.joined.person) == (KEY, STRAY, LI)
    (act,) = found.acts
    one = one_account(by_lrs(), house.store, KEY)
    assert one is not None
    assert (one.stray, one.joined, set(one.names)) == (None, joined, {LI, SIGNED.by} & set(found.names))
    assert (act, act.at, act.course) == (joined.joined.act, house.clock.at, COURSE)
    assert (act.kind, act.by, act.reason, act.person) == (ActKind.JOINED, SIGNED.by, SIGNED.reason, LI)


def test_once_the_course_goes_by_other_rules_whoever_is_joined_is_scored_by_the_job(house: House) -> None:
    before = house.cards()
    former, other = replace(by_lrs(), settings=""), replace(by_lrs(), settings="other sources")
    pin_course(house.store, other)
    assert isinstance(house.store, SqlStore)
    house.store.bell = heard = Heard()
    assert join(former, KEY, LI, SIGNED, house.store, clock=house.clock).scored == 0
    assert (house.cards(), len(house.accounts().by_hand)) == (before, 1)
    assert (SCORE, COURSE) in heard.taken()
    assess(other, house.store, clock=house.clock)
    assert given.figure(house.card(), "study_time", "study_time") == 500 * MINUTE


def test_it_is_as_if_a_roster_had_named_the_account(house: House) -> None:
    twin = filled(MemoryStore(), with_account(LI))
    assert house.cards() != twin.cards()
    house.join()
    assert house.card() == twin.card()
    house.assess()
    assert house.cards() == twin.cards()


def test_undoing_gives_the_former_cards_bit_for_bit(house: House) -> None:
    before = house.cards()
    house.join()
    house.assess()
    assert house.part().changed == 2
    assert house.card() == before[0]
    house.assess()
    assert house.cards() == before
    assert house.versions() == 3
    assert kinds(house) == [ActKind.PARTED, ActKind.JOINED]
    assert [one.key for one in house.accounts().strays] == [KEY]


def test_whoever_else_it_concerns_is_scored_by_the_jobs(house: House) -> None:
    rings = Rings()
    assert isinstance(house.store, SqlStore)
    house.store.bell = rings
    house.join()
    with house.store.reading() as transaction:
        assert list(transaction.touched(COURSE)) == [ZHAO], "whose mark is from the account"
    assert rings.calls == [Call(job="score", arguments={"course": COURSE})]


def test_what_it_wrote_is_looked_at_before_it_is_scored_and_no_longer_once_it_is_undone(house: House) -> None:
    """A post of one letter is nobody's doubt before it is somebody's."""
    post = replace(given.topic("short"), person=STRAY)
    wrote = Text(kind="post", id="short", person=STRAY, activity=FORUM, at=given.START + HOUR, text="好")
    house.sync(Batch(records=[post], texts=[wrote]))
    look_for_doubts(by_lrs(), house.store, clock=house.clock)
    assert doubted(house) == ([], 0)
    house.join()
    assert doubted(house) == ([LI], 1)
    house.part()
    assert doubted(house) == ([], 0)


def doubted(house: House) -> tuple[list[str], int]:
    """Whose cases wait, and of how many records the card says that they are doubted."""
    with house.store.reading() as transaction:
        cases = transaction.cases(COURSE, waiting=True)
        outlook = transaction.outlook(COURSE, LI, role=Role.LEARNER, class_=given.CLASS)
    assert outlook is not None
    return [case.person for case in cases], outlook.doubts


def test_a_full_sync_keeps_what_was_joined(house: House) -> None:
    house.join()
    house.assess()
    cards = house.cards()
    assert house.sync(roster(LI, ZHAO, WANG, CHEN), told(*members())).kept.changed == 0
    house.sync(EVERYTHING, name=LRS)
    assert house.cards() == cards


def test_a_roster_that_names_it_later_for_the_same_person_changes_no_card(house: House) -> None:
    house.join()
    house.assess()
    cards = house.cards()
    house.sync(Batch(people=[with_account(LI)]))
    assert house.cards() == cards
    assert [one.joined.by_roster for one in house.accounts().by_hand] == [LI]
    house.part()
    house.assess()
    assert house.cards() == cards
    assert house.accounts().strays == []


def test_a_roster_that_names_somebody_else_is_told_and_followed_once_it_is_undone(house: House) -> None:
    house.join()
    house.assess()
    cards = house.cards()
    house.sync(Batch(people=[with_account(CHEN)]))
    assert house.cards() == cards
    found = house.accounts()
    assert [(one.joined.person, one.joined.by_roster) for one in found.by_hand] == [(LI, CHEN)]
    assert found.names[CHEN] == "Chen"
    assert house.part().changed == 3
    house.assess()
    assert house.cards() == filled(MemoryStore(), with_account(CHEN)).cards()


def test_of_two_who_fix_the_same_account_the_second_is_refused(house: House) -> None:
    house.join()
    cards = house.cards()
    for person in (LI, CHEN):
        with pytest.raises(CannotBeDecided, match=f"is joined to {LI} already"):
            house.join(person)
    assert house.cards() == cards
    assert kinds(house) == [ActKind.JOINED]


def test_only_what_was_seen_is_undone_and_only_once(house: House) -> None:
    house.join()
    (first,) = house.accounts().acts
    house.part(act=first.number)
    with pytest.raises(CannotBeDecided, match="not joined by hand"):
        house.part(act=first.number)
    house.join(CHEN)
    with pytest.raises(CannotBeDecided, match="not any more as it was"):
        house.part(act=first.number)
    assert [one.joined.person for one in house.accounts().by_hand] == [CHEN]


def test_an_account_that_a_roster_named_meanwhile_is_nobodys_to_join(house: House) -> None:
    house.sync(Batch(people=[with_account(CHEN)]))
    with pytest.raises(CannotBeDecided, match=f"no account {KEY} that is nobody"):
        house.join()
    assert kinds(house) == []


def test_nobody_signs_for_themselves(house: House) -> None:
    own = Signature(by=LI, reason="it is mine")
    with pytest.raises(CannotBeDecided, match="themselves"):
        house.join(signed=own)
    house.join()
    with pytest.raises(CannotBeDecided, match="their own"):
        house.part(signed=own)
    assert kinds(house) == [ActKind.JOINED]


def test_an_account_is_joined_to_people_of_the_course_alone(house: House) -> None:
    with pytest.raises(UnknownPerson, match="nobody-here has no part"):
        house.join("nobody-here")
    assert kinds(house) == []


def test_a_closed_course_refuses_both_and_keeps_its_cards(house: House) -> None:
    house.join()
    house.clock.at += 1_000
    close(by_lrs(), SIGNED, house.store, clock=house.clock)
    for refused in (house.join, house.part):
        with pytest.raises(CannotBeDecided, match="is closed"):
            refused()
    assert kinds(house) == [ActKind.JOINED]


def test_what_another_course_undoes_counts_here_once_it_is_reopened(house: House) -> None:
    before = house.cards()
    house.join()
    close(by_lrs(), SIGNED, house.store, clock=house.clock)
    frozen = house.cards()
    with house.store.writing() as transaction:
        transaction.part_account(STRAY)
    house.assess()
    assert house.cards() == frozen
    reopen(by_lrs(), SIGNED, house.store, clock=house.clock)
    assert house.cards() == before


def test_the_acts_are_told_on_the_cards_that_they_changed(house: House) -> None:
    house.join()
    with house.store.writing() as transaction:
        transaction.keep_grant(Grant(person="nobody", role="coordinator", course=COURSE))
    consultant = Consultant(house.store, by_lrs())
    office = Visitor(person=None, roles=(Grant(person="", role="coordinator", course=COURSE),))
    (mine,), (anothers,) = (consultant.status(office, person) for person in (LI, ZHAO))
    assert [act.reason for act in mine.acts] == [SIGNED.reason]
    assert mine.history[-1].scored_at == mine.acts[0].at
    assert list(anothers.acts) == []


def test_an_address_is_signed_by_its_sum_and_hints_say_what_is_the_same(tmp_path: Path) -> None:
    address = "li.lei@school.example"
    person = KnownPerson(id=LI, name="Li", accounts=(account_of(LI), mbox(address), sha1_of(address)))
    house = filled(new_store(tmp_path), person)
    (stray,) = house.accounts().strays
    assert [(hint.person.id, hint.kind) for hint in stray.hints] == [(LI, HintKind.ADDRESS)]
    other = mbox("someone@else.example")
    house.sync(Batch(events=watched(9, by=other, day=5)), name=LRS)
    house.join(CHEN, key=account_key(other))
    (act,) = house.accounts().acts
    assert act.subject == sha1_of("someone@else.example")


class Rings:
    """A bell that remembers."""

    def __init__(self) -> None:
        self.calls: list[Call] = []

    def ring_within(self, connection: object, calls: Sequence[Call]) -> None:
        self.calls += calls

    def ring_after(self, calls: Sequence[Call]) -> None:
        """Was heard already."""
