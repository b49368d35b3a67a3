"""Contract: accounts that people join by hand. It is as if a roster had named them, until it is undone."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain.errors import StoreError
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.identity import mbox
from lms_scoring.domain.texts import Text
from lms_scoring.ports import (
    Act,
    ActKind,
    JoinedAccount,
    PersonEvidence,
    ProblemKind,
    Store,
    Stored,
    Transaction,
)
from tests.contract.conftest import NewStore
from tests.contract.story import (
    CHEN,
    COURSE,
    LI,
    LRS,
    MOODLE,
    WANG,
    class_a,
    event,
    evidence_of,
    homework,
    known,
    member,
    post,
    statement,
    touched,
)

ADDRESS = mbox("late@example.org")
ALL = [LI.id, WANG.id, CHEN.id]
JOINED = Act(at=5, kind=ActKind.JOINED, by="operator:office", reason="asked her", course=COURSE, person=LI.id)


def left_behind(transaction: Transaction) -> None:
    """A class, nothing of which is to be scored, and what an account of nobody left behind in it."""
    run = class_a(transaction)
    transaction.keep_events(LRS, [event("e1", account=ADDRESS), event("e2", account=ADDRESS)])
    transaction.keep_statements(LRS, [statement("s1", account=ADDRESS), statement("s2", by=ADDRESS)])
    transaction.keep_records(COURSE, MOODLE, [post("p1", person=ADDRESS)], run=run)
    transaction.keep_records(COURSE, MOODLE, [homework("h1", 2, graded_by=ADDRESS)], run=run)
    transaction.untouch(COURSE, ALL)


def join(transaction: Transaction, person: str = LI.id, account: str = ADDRESS) -> Act:
    act = transaction.keep_act(replace(JOINED, person=person))
    transaction.join_account(account, person, act)
    return act


def everything(store: Store) -> list[object]:
    """What readers see."""
    evidence: list[PersonEvidence] = [evidence_of(store, person) for person in (LI, WANG, CHEN)]
    with store.reading() as transaction:
        return [
            evidence,
            list(transaction.people(COURSE)),
            list(transaction.memberships(COURSE)),
            list(transaction.unjoined(COURSE)),
            list(transaction.counts(COURSE)),
            transaction.account_owner(ADDRESS),
            list(transaction.joined_accounts(ALL)),
            list(transaction.to_look_at(COURSE)),
        ]


def test_what_the_account_left_behind_is_the_persons(store: Store) -> None:
    with store.writing() as transaction:
        left_behind(transaction)
        act = join(transaction)
    found = evidence_of(store, LI)
    assert found.person == replace(LI, accounts=(*LI.accounts, ADDRESS))
    assert [one.id for one in found.events[LRS]] == ["e1", "e2"]
    assert post("p1", person=LI.id, source=MOODLE) in found.records
    assert homework("h1", person=WANG.id, graded_by=LI.id, source=MOODLE) in evidence_of(store, WANG).records
    with store.reading() as transaction:
        assert list(transaction.unjoined(COURSE)) == []
        assert transaction.account_owner(ADDRESS) == LI.id
        joined = JoinedAccount(account=ADDRESS, person=LI.id, act=act)
        assert list(transaction.joined_accounts(ALL)) == [joined]
        assert list(transaction.joined_accounts([WANG.id])) == []


def test_what_is_read_in_the_same_transaction_is_joined_too(store: Store) -> None:
    with store.writing() as transaction:
        left_behind(transaction)
        (before,) = transaction.evidence_of(COURSE, [WANG.id])
        assert homework("h1", person=WANG.id, graded_by=ADDRESS, source=MOODLE) in before.records
        join(transaction)
        (after,) = transaction.evidence_of(COURSE, [WANG.id])
        assert homework("h1", person=WANG.id, graded_by=LI.id, source=MOODLE) in after.records


def test_it_touches_whom_a_roster_would_have_touched(new_store: NewStore) -> None:
    by_hand, by_roster = new_store(), new_store()
    with by_hand.writing() as transaction:
        left_behind(transaction)
        join(transaction)
    with by_roster.writing() as transaction:
        left_behind(transaction)
        transaction.keep_people([replace(LI, accounts=(*LI.accounts, ADDRESS))])
    assert touched(by_hand) == touched(by_roster) == [LI.id, WANG.id, CHEN.id]
    for person in (LI, WANG, CHEN):
        assert evidence_of(by_hand, person) == evidence_of(by_roster, person)


def test_whom_it_marked_is_touched_with_the_tutors_of_their_class(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_people([known(4), known(5)])
        others = [member(4, class_="B"), member(5, Role.TUTOR, class_="B"), member(5, Role.TUTOR, id="x")]
        transaction.keep_records(COURSE, MOODLE, [*others, homework("h", 4, graded_by=ADDRESS)], run=run)
        transaction.keep_events(LRS, [event("e1", account=ADDRESS)])
        transaction.untouch(COURSE, [*ALL, known(4).id, known(5).id])
        join(transaction)
    assert touched(store) == [LI.id, known(4).id, known(5).id]


def test_undoing_makes_everything_as_it_was_and_touches_who_had_it(store: Store) -> None:
    with store.writing() as transaction:
        left_behind(transaction)
    before = everything(store)
    with store.writing() as transaction:
        join(transaction)
        transaction.untouch(COURSE, ALL)
    assert everything(store) != before
    with store.writing() as transaction:
        transaction.part_account(ADDRESS)
    assert everything(store) == before
    assert touched(store) == [LI.id, WANG.id, CHEN.id]


def test_a_membership_comes_and_goes_with_its_account(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [member(9, Role.TUTOR, person=ADDRESS)], run=run)
        before = list(transaction.memberships(COURSE))
        join(transaction)
        assert [one.person for one in transaction.memberships(COURSE)].count(LI.id) == 2
        transaction.part_account(ADDRESS)
        assert list(transaction.memberships(COURSE)) == before


def test_a_roster_that_names_somebody_else_is_noted_and_reported_and_changes_nothing(store: Store) -> None:
    with store.writing() as transaction:
        left_behind(transaction)
        act = join(transaction)
        transaction.untouch(COURSE, ALL)
        theirs = replace(WANG, accounts=(*WANG.accounts, ADDRESS))
        for _ in range(2):
            (problem,) = transaction.keep_people([theirs, LI]).problems
            assert (problem.kind, problem.code) == (ProblemKind.NOTICE, "account_joined_otherwise")
            assert problem.subject == WANG.id
            assert "late" not in problem.text
    assert touched(store) == []
    with store.reading() as transaction:
        joined = JoinedAccount(account=ADDRESS, person=LI.id, act=act, by_roster=WANG.id)
        assert list(transaction.joined_accounts(ALL)) == [joined]
    assert evidence_of(store, WANG).events == {}


def test_undoing_then_gives_it_to_whom_the_roster_named(store: Store) -> None:
    theirs = replace(WANG, accounts=(*WANG.accounts, ADDRESS))
    with store.writing() as transaction:
        left_behind(transaction)
        join(transaction)
        transaction.keep_people([theirs])
        transaction.untouch(COURSE, ALL)
        transaction.part_account(ADDRESS)
        assert transaction.account_owner(ADDRESS) == WANG.id
    assert evidence_of(store, WANG).person == theirs
    assert [one.id for one in evidence_of(store, WANG).events[LRS]] == ["e1", "e2"]
    assert evidence_of(store, LI).events == {}
    assert touched(store) == [LI.id, WANG.id, CHEN.id]


def test_a_roster_that_names_the_same_person_makes_the_undoing_change_nothing(store: Store) -> None:
    named = replace(LI, accounts=(ADDRESS, *LI.accounts))
    with store.writing() as transaction:
        left_behind(transaction)
        act = join(transaction)
        assert transaction.keep_people([named]) == Stored()
        joined = JoinedAccount(account=ADDRESS, person=LI.id, act=act, by_roster=LI.id)
        assert list(transaction.joined_accounts(ALL)) == [joined]
        transaction.untouch(COURSE, ALL)
        transaction.part_account(ADDRESS)
        assert transaction.account_owner(ADDRESS) == LI.id
        assert list(transaction.joined_accounts(ALL)) == []
    assert evidence_of(store, LI).person == named
    assert touched(store) == []


def test_two_rosters_that_claim_it_are_reported_as_ever(store: Store) -> None:
    with store.writing() as transaction:
        left_behind(transaction)
        join(transaction)
        transaction.keep_people([replace(WANG, accounts=(*WANG.accounts, ADDRESS))])
        (problem,) = transaction.keep_people([replace(LI, accounts=(*LI.accounts, ADDRESS))]).problems
        assert problem.code == "account_claimed_twice"
        assert [one.by_roster for one in transaction.joined_accounts(ALL)] == [WANG.id]


def test_what_was_joined_by_hand_stays_even_from_whose_own_number_it_is(store: Store) -> None:
    number = known(57).accounts[0]
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_events(LRS, [event("e1", 57)])
        join(transaction, account=number)
        transaction.keep_people([replace(WANG, accounts=(*WANG.accounts, number))])
        transaction.untouch(COURSE, ALL)
        (problem,) = transaction.keep_people([known(57)]).problems
        assert (problem.code, problem.subject) == ("account_joined_otherwise", "moodle-57")
        assert transaction.account_owner(number) == LI.id
        assert [one.by_roster for one in transaction.joined_accounts(ALL)] == ["moodle-57"]
        assert list(transaction.touched(COURSE)) == []
        transaction.part_account(number)
        assert transaction.account_owner(number) == "moodle-57"


@pytest.mark.parametrize("account", [LI.accounts[0], "openid:unheard-of", "mbox:with\0nul"])
def test_what_is_somebodys_or_was_never_met_cannot_be_joined_or_parted(store: Store, account: str) -> None:
    with store.writing() as transaction:
        left_behind(transaction)
        with pytest.raises(StoreError):
            join(transaction, WANG.id, account)
        with pytest.raises(StoreError):
            transaction.part_account(account)
        assert transaction.account_owner(account) == (LI.id if account == LI.accounts[0] else None)


def test_what_is_joined_is_not_joined_again(store: Store) -> None:
    with store.writing() as transaction:
        left_behind(transaction)
        join(transaction)
        for person in (LI.id, WANG.id):
            with pytest.raises(StoreError):
                join(transaction, person)


def test_texts_are_looked_at_again_with_who_had_their_account_by_a_name(store: Store) -> None:
    theirs = Text(kind="post", id="p1", person=known(57).accounts[0], activity="25", text="words", at=1_000)
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_people([replace(LI, accounts=(*LI.accounts, theirs.person))])
        transaction.keep_records(COURSE, MOODLE, [member(57)], run=run)
        transaction.keep_texts(COURSE, MOODLE, [theirs])
        transaction.looked_at(COURSE, ALL)
        transaction.keep_people([known(57)])
        assert list(transaction.to_look_at(COURSE)) == [LI.id, "moodle-57"]


def test_texts_are_looked_at_again_once_their_author_is_another(store: Store) -> None:
    mine = Text(kind="post", id="p1", person=ADDRESS, activity="25", text="words", at=1_000)
    shared = replace(mine, id="p2", told_at=5_000)
    with store.writing() as transaction:
        left_behind(transaction)
        transaction.keep_texts(COURSE, MOODLE, [mine])
        transaction.keep_texts(None, LRS, [shared])
        assert list(transaction.to_look_at(COURSE)) == []
        join(transaction)
        assert list(transaction.to_look_at(COURSE)) == [LI.id]
        transaction.looked_at(COURSE, [LI.id])
        transaction.part_account(ADDRESS)
        assert list(transaction.to_look_at(COURSE)) == [LI.id], "whose doubts went with it"
        transaction.looked_at(COURSE, [LI.id])
        join(transaction, WANG.id)
        assert list(transaction.to_look_at(COURSE)) == [WANG.id]
