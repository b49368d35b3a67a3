"""Contract: people, the accounts they are known by, and memberships."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.identity import KnownPerson, account_key, mbox
from lms_scoring.ports import Kept, ProblemKind, Store, Stored, UnjoinedAccount
from tests.contract.conftest import NewStore
from tests.contract.story import (
    CHEN,
    CLASS_A,
    COURSE,
    LI,
    LRS,
    MEMBERSHIPS,
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
    user,
)


def test_the_people_of_a_course_are_its_members_with_their_accounts_in_order(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_people([known(9, "Not of the course")])
    with store.reading() as transaction:
        assert list(transaction.people(COURSE)) == [LI, WANG, CHEN]
        assert list(transaction.people("another course")) == []


def test_names_are_known_of_people_of_any_course(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_people([known(9, "Of no course"), replace(known(8), name="")])
    with store.reading() as transaction:
        wanted = {LI.id, "moodle-9", "moodle-8", "nobody"}
        assert transaction.names(wanted) == {LI.id: "Li", "moodle-9": "Of no course", "moodle-8": ""}
        assert transaction.names([]) == {}


def test_a_person_is_renamed_but_a_name_is_never_taken_away(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_people([replace(LI, name="Li Si"), replace(WANG, name="")])
    with store.reading() as transaction:
        assert [person.name for person in transaction.people(COURSE)] == ["Li Si", "Wang", "Chen"]


def test_people_seen_once_are_remembered_with_all_their_accounts(store: Store) -> None:
    moved = KnownPerson(id=LI.id, name="Li", accounts=(user(1), mbox("new@example.org")))
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_people([moved])
    assert set(evidence_of(store, LI).person.accounts) == {*LI.accounts, mbox("new@example.org")}


def test_an_account_two_people_claim_stays_with_the_first_and_is_reported(store: Store) -> None:
    shared = mbox("shared@example.org")
    with store.writing() as transaction:
        class_a(transaction)
        assert transaction.keep_people([replace(LI, accounts=(*LI.accounts, shared))]) == Stored()
        problems = transaction.keep_people([replace(WANG, accounts=(*WANG.accounts, shared))]).problems
        transaction.keep_events(LRS, [event("e1", account=shared)])
    assert [(problem.kind, problem.code, problem.subject) for problem in problems] == [
        (ProblemKind.NOTICE, "account_claimed_twice", WANG.id)
    ]
    assert "shared" not in problems[0].text
    assert len(evidence_of(store, LI).events[LRS]) == 1
    assert evidence_of(store, WANG).events == {}


CALLED_57 = replace(LI, accounts=(*LI.accounts, user(57)))
"""Li, whose user name is the number of somebody else."""


def test_whose_own_number_it_is_gets_what_came_to_whoever_is_called_so(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_people([CALLED_57])
        transaction.keep_records(COURSE, MOODLE, [member(57), post("p1", 57), homework("h1", 57)], run=run)
        transaction.keep_events(LRS, [event("e1", 57)])
        assert [one.person for one in transaction.memberships(COURSE)].count(LI.id) == 2
        transaction.untouch(COURSE, [LI.id, WANG.id, CHEN.id])
    with store.writing() as transaction:
        (problem,) = transaction.keep_people([known(57)]).problems
    assert (problem.kind, problem.code, problem.subject) == (
        ProblemKind.NOTICE,
        "account_given_back",
        "moodle-57",
    )
    assert touched(store) == [LI.id, CHEN.id, "moodle-57"]
    mine, theirs = evidence_of(store, LI), evidence_of(store, known(57))
    assert (mine.person, mine.events) == (LI, {})
    assert theirs.person == known(57)
    assert [one.id for one in theirs.events[LRS]] == ["e1"]
    assert sorted(one.id for one in theirs.records) == ["h1", "learner-57", "p1"]


def test_it_stays_there_whatever_anybody_is_called(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_people([CALLED_57, known(57)])
        for _ in range(2):
            problems = transaction.keep_people([known(57), CALLED_57]).problems
            assert [(one.code, one.subject) for one in problems] == [("account_claimed_twice", LI.id)]
        assert transaction.account_owner(user(57)) == "moodle-57"


def test_what_came_to_a_name_in_another_course_goes_to_whose_number_it_is(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_people([CALLED_57])
        other = transaction.begin_run("another", MOODLE, at=2)
        transaction.keep_records("another", MOODLE, [member(57), post("p1", 57)], run=other)
        assert [one.person for one in transaction.memberships("another")] == [LI.id]
        transaction.untouch("another", [LI.id])
    with store.writing() as transaction:
        transaction.keep_people([known(57)])
        assert [one.person for one in transaction.memberships("another")] == ["moodle-57"]
        assert list(transaction.touched("another")) == ["moodle-57"]
        assert list(transaction.touched(COURSE)) == [LI.id]


def test_whoever_is_met_first_the_evidence_is_the_same(new_store: NewStore) -> None:
    found = []
    for people in ([[CALLED_57], [known(57)]], [[known(57)], [CALLED_57]], [[CALLED_57, known(57)]]):
        store = new_store()
        with store.writing() as transaction:
            run = class_a(transaction)
            for some in people:
                transaction.keep_people(some)
            transaction.keep_records(COURSE, MOODLE, [member(57), post("p1", 57)], run=run)
        found.append([evidence_of(store, LI), evidence_of(store, known(57))])
    assert found[0] == found[1] == found[2]


def test_who_is_called_so_at_another_platform_keeps_it(store: Store) -> None:
    """A file may say on purpose which user of a Moodle its person is."""
    in_a_file = KnownPerson(id="school-3", name="Li", accounts=("account:urn:roster:school|3", user(57)))
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_people([in_a_file])
        (problem,) = transaction.keep_people([known(57)]).problems
        assert (problem.code, problem.subject) == ("account_claimed_twice", "moodle-57")
        assert transaction.account_owner(user(57)) == "school-3"


@pytest.mark.parametrize(
    "unwritable",
    [
        replace(LI, id="moodle-\0"),
        replace(LI, name="\ud800"),
        replace(LI, accounts=(user(1), "mbox:a\0b")),
        replace(LI, accounts=("mbox:\udfff",)),
        replace(LI, id="m" * 501),
        replace(LI, accounts=(user(1), "mbox:" + "手" * 666)),
    ],
)
def test_who_cannot_be_written_down_is_refused_and_the_others_kept(
    store: Store, unwritable: KnownPerson
) -> None:
    with store.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=1)
        stored = transaction.keep_people([unwritable, WANG])
        transaction.keep_records(COURSE, MOODLE, CLASS_A, run=run)
    assert stored.kept == Kept(refused=1)
    assert [(problem.kind, problem.code) for problem in stored.problems] == [
        (ProblemKind.REFUSED, "malformed")
    ]
    with store.reading() as transaction:
        assert list(transaction.people(COURSE)) == [WANG]


def test_keeping_the_same_roster_again_reports_nothing(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        assert transaction.keep_people([LI, WANG, CHEN, LI]) == Stored()


def test_an_account_joined_later_brings_its_evidence_along(store: Store) -> None:
    address = mbox("late@example.org")
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.begin_run(COURSE, LRS, at=1)
        transaction.keep_events(LRS, [event("e1", account=address), event("e2", account=address)])
        transaction.keep_statements(LRS, [statement("s1", account=address)])
        transaction.keep_records(COURSE, MOODLE, [post("p1", person=address)], run=run)
    with store.reading() as transaction:
        assert list(transaction.unjoined(COURSE)) == [
            UnjoinedAccount(account=address, records=4, sources=(LRS, MOODLE), first=1_000, last=4_500)
        ]
    with store.writing() as transaction:
        transaction.keep_people([replace(LI, accounts=(*LI.accounts, address))])
    with store.reading() as transaction:
        assert list(transaction.unjoined(COURSE)) == []
    found = evidence_of(store, LI)
    assert [e.id for e in found.events[LRS]] == ["e1", "e2"]
    assert [s.id for s in found.statements[LRS]] == ["s1"]
    assert post("p1", person=LI.id, source=MOODLE) in found.records


def test_who_is_nobodys_account_stays_on_the_list_with_the_most_first(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.begin_run(COURSE, LRS, at=1)
        transaction.keep_events(LRS, [event("e1", account="openid:a"), event("e2", account="openid:b")])
        transaction.keep_events(LRS, [event("e3", account="openid:b"), event("e4")])
        transaction.keep_statements(LRS, [statement("s1", by="openid:marker")])
    with store.reading() as transaction:
        assert list(transaction.unjoined(COURSE)) == [
            UnjoinedAccount(account="openid:b", records=2, sources=(LRS,), first=4_000, last=4_000),
            UnjoinedAccount(account="openid:a", records=1, sources=(LRS,), first=4_000, last=4_000),
        ]


def test_nobodys_account_in_another_course_is_not_on_the_list(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        elsewhere = transaction.begin_run("another", "another-moodle", at=1)
        transaction.begin_run("another", "another-lrs", at=1)
        records = [post("p", person=user(98))]
        transaction.keep_records("another", "another-moodle", records, run=elsewhere)
        transaction.keep_events("another-lrs", [event("e1", account="openid:a")])
    with store.reading() as transaction:
        assert list(transaction.unjoined(COURSE)) == []
        assert {one.account for one in transaction.unjoined("another")} == {user(98), "openid:a"}
        assert transaction.unjoined_count("another") == 2
        both = list(transaction.unjoined("another"))
        assert [list(transaction.unjoined("another", first=n, rows=1)) for n in range(3)] == [
            [both[0]],
            [both[1]],
            [],
        ]
        assert list(transaction.unjoined("another", first=1)) == [both[1]]
        assert transaction.unjoined_keyed("another", account_key("openid:a")) in both
        assert transaction.unjoined_keyed("another", "0" * 16) is None
        assert transaction.unjoined_keyed(COURSE, account_key("openid:a")) is None
        assert transaction.unjoined_count(COURSE) == 0


def test_memberships_carry_persons_and_are_the_latest_version(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [member(1, class_="B")], run=run)
    with store.reading() as transaction:
        assert list(transaction.memberships(COURSE)) == [
            member(1, class_="B", person=LI.id, source=MOODLE),
            member(2, person=WANG.id, source=MOODLE),
            member(3, Role.TUTOR, person=CHEN.id, source=MOODLE),
        ]


def test_people_and_memberships_may_be_asked_for_by_name(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
    with store.reading() as transaction:
        some = [WANG.id, "moodle-unheard-of"]
        assert [m.person for m in transaction.memberships(COURSE, persons=some)] == [WANG.id]
        assert [one.id for one in transaction.people(COURSE, persons=some)] == [WANG.id]
        everybody = transaction.memberships(COURSE)
        assert [m for m in everybody if m.person == WANG.id] == list(
            transaction.memberships(COURSE, persons=[WANG.id])
        )
        assert transaction.memberships(COURSE, persons=[]) == []


def test_a_membership_that_is_gone_reads_as_withdrawn(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        run = transaction.begin_run(COURSE, MOODLE, at=5)
        transaction.keep_records(COURSE, MOODLE, CLASS_A[1:], run=run)
        assert transaction.mark_gone(COURSE, MOODLE, MEMBERSHIPS, run=run, at=6) == 1
    with store.reading() as transaction:
        gone, *others = transaction.memberships(COURSE)
        assert list(transaction.people(COURSE)) == [LI, WANG, CHEN]
    assert gone == member(1, person=LI.id, source=MOODLE, status=MembershipStatus.WITHDRAWN, gone_at=6)
    assert {other.status for other in others} == {MembershipStatus.ACTIVE}


def test_that_somebody_left_names_no_place_beside_the_class_that_its_source_told(store: Store) -> None:
    """A platform that no longer lists somebody cannot say of which class."""
    left = member(1, id="learner-1-0", class_=None, status=MembershipStatus.WITHDRAWN)
    withdrawn_of_a = member(1, person=LI.id, source=MOODLE, status=MembershipStatus.WITHDRAWN, gone_at=6)
    with store.writing() as transaction:
        class_a(transaction)
        run = transaction.begin_run(COURSE, MOODLE, at=5)
        transaction.keep_records(COURSE, MOODLE, [left, *CLASS_A[1:]], run=run)
        assert transaction.mark_gone(COURSE, MOODLE, MEMBERSHIPS, run=run, at=6) == 1
        assert list(transaction.memberships(COURSE, persons=[LI.id])) == [withdrawn_of_a]
        assert [one.person for one in transaction.memberships(COURSE)] == [LI.id, WANG.id, CHEN.id]
    with store.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=7)
        transaction.keep_records(COURSE, MOODLE, CLASS_A, run=run)
        assert transaction.mark_gone(COURSE, MOODLE, MEMBERSHIPS, run=run, at=8) == 1
        assert list(transaction.memberships(COURSE, persons=[LI.id])) == [
            member(1, person=LI.id, source=MOODLE)
        ]


def test_a_place_of_no_class_is_one_while_somebody_takes_part_or_nothing_else_was_told(store: Store) -> None:
    active = member(1, id="learner-1-0", class_=None)
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [active], run=run)
        assert len(transaction.memberships(COURSE, persons=[LI.id])) == 2, "in a class, and in none"
        other = transaction.begin_run(COURSE, LRS, at=2)
        left = replace(active, status=MembershipStatus.WITHDRAWN)
        transaction.keep_records(COURSE, LRS, [left], run=other)
        assert len(transaction.memberships(COURSE, persons=[LI.id])) == 3, "another source knows no class"


def test_members_whom_no_roster_names_are_not_listed(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [member(77)], run=run)
    with store.reading() as transaction:
        assert [membership.person for membership in transaction.memberships(COURSE)] == [
            LI.id,
            WANG.id,
            CHEN.id,
        ]
        assert list(transaction.people(COURSE)) == [LI, WANG, CHEN]


def test_a_member_is_listed_as_soon_as_a_roster_names_the_account(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [member(77)], run=run)
        assert len(transaction.memberships(COURSE)) == 3
        transaction.keep_people([known(77)])
        assert member(77, person=known(77).id, source=MOODLE) in transaction.memberships(COURSE)


def test_the_most_stable_account_stays_the_first_whatever_it_is_called(store: Store) -> None:
    ordered = KnownPerson(id="p", name="P", accounts=("openid:z", "mbox:y@example.org", "account:x|1"))
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_people([replace(ordered, accounts=ordered.accounts[::-1])])
        transaction.keep_people([ordered])
    assert evidence_of(store, ordered).person == ordered


def test_nobodys_record_counts_once_in_however_many_versions(store: Store) -> None:
    with store.writing() as transaction:
        first = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [post("p1", 99)], run=first)
        second = transaction.begin_run(COURSE, MOODLE, at=3)
        transaction.keep_records(COURSE, MOODLE, [post("p1", 99, bulletin=True)], run=second)
        assert list(transaction.unjoined(COURSE)) == [
            UnjoinedAccount(account=user(99), records=1, sources=(MOODLE,), first=1_000, last=1_000)
        ]


def test_classes_are_told_by_the_groups_that_active_memberships_end_with(store: Store) -> None:
    members = [
        member(1, id="learner-1-5", class_="A"),
        member(2, id="learner-2-15", class_="B"),
        member(2, id="learner-2-5", class_="gone", status=MembershipStatus.WITHDRAWN),
        member(3, Role.TUTOR, id="tutor-3-x_y", class_="C"),
        member(3, id="learner-3-5", class_=None),
        member(77, id="learner-77-5", class_="nobody's"),
    ]
    with store.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=1)
        transaction.keep_people([LI, WANG, CHEN])
        transaction.keep_records(COURSE, MOODLE, members, run=run)
        transaction.begin_run(COURSE, LRS, at=1)
    with store.reading() as transaction:
        asked: tuple[list[str], ...] = (["5"], ["15", "5"], ["x_y"], ["xzy", "%", "_", "!", ""], [])
        told = [sorted(transaction.classes_of_groups(COURSE, MOODLE, groups)) for groups in asked]
        assert told == [["A"], ["A", "B"], ["C"], [], []]
        assert not transaction.classes_of_groups(COURSE, LRS, ["5"])
        assert not transaction.classes_of_groups("another", MOODLE, ["5"])
