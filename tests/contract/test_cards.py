"""Contract: scorecards with their history; a card that says the same is no new version."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import partial

from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.outlook import Standing
from lms_scoring.domain.packed_card import packed
from lms_scoring.domain.scorecard import CardState, Scorecard
from lms_scoring.ports import CardRow, Store
from tests.contract.story import CHEN, COURSE, LI, MOODLE, WANG, card, class_a, member, outlook


def test_a_card_comes_back_exact_with_its_findings(store: Store) -> None:
    kept = card(total=Fraction(10**30 + 1, 3 * 10**28), band="good", valid_until=None)
    with store.writing() as transaction:
        assert transaction.keep_scorecard(COURSE, packed(kept), at=11_000)
    with store.reading() as transaction:
        assert transaction.scorecard(COURSE, LI.id, role=Role.LEARNER, class_="A") == kept


def test_a_card_that_says_the_same_later_is_no_new_version(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_scorecard(COURSE, packed(card(as_of=10_000)), at=11_000)
        assert not transaction.keep_scorecard(COURSE, packed(card(as_of=15_000)), at=16_000)
        assert not transaction.keep_scorecard(COURSE, packed(card(as_of=12_000)), at=17_000)
    with store.reading() as transaction:
        (row,) = transaction.board(COURSE)
        latest = transaction.scorecard(COURSE, LI.id, role=Role.LEARNER, class_="A")
        (version,) = _history(store)
    assert (row.version, row.scored_at, row.card.as_of) == (1, 11_000, 15_000)
    assert latest == card(as_of=15_000)
    assert version.card.as_of == 10_000


def test_any_difference_is_a_new_version_and_the_former_ones_stay(store: Store) -> None:
    plain = card()
    cards = [
        plain,
        replace(plain, evidence="0" * 64),
        replace(plain, criteria=(replace(plain.criteria[0], findings=()),)),
        replace(plain, valid_until=30_000),
        plain,
    ]
    with store.writing() as transaction:
        class_a(transaction)
        for at, kept in enumerate(cards):
            assert transaction.keep_scorecard(COURSE, packed(kept), at=at)
    rows = _history(store)
    assert [row.version for row in rows] == [1, 2, 3, 4, 5]
    assert [row.scored_at for row in rows] == [0, 1, 2, 3, 4]
    assert [row.card for row in rows] == [_without_findings(kept) for kept in cards]
    with store.reading() as transaction:
        assert transaction.scorecard(COURSE, LI.id, role=Role.LEARNER, class_="A") == plain
        assert [row.version for row in transaction.board(COURSE)] == [5]


def test_the_board_is_ordered_by_role_class_and_person_and_carries_no_findings(store: Store) -> None:
    cards = [
        card(CHEN, role=Role.TUTOR),
        card(WANG, class_="B"),
        card(WANG),
        card(LI),
        card(LI, class_=None),
    ]
    with store.writing() as transaction:
        class_a(transaction)
        for kept in cards:
            transaction.keep_scorecard(COURSE, packed(kept), at=1)
        transaction.keep_scorecard("another course", packed(card()), at=1)
    with store.reading() as transaction:
        rows = transaction.board(COURSE)
        in_class = transaction.board(COURSE, class_="A")
        tutors = transaction.board(COURSE, role=Role.TUTOR)
    assert [row.card for row in rows] == [_without_findings(cards[n]) for n in (4, 3, 2, 1, 0)]
    assert [row.name for row in rows] == ["Li", "Li", "Wang", "Wang", "Chen"]
    assert [row.card.person for row in in_class] == [LI.id, WANG.id, CHEN.id]
    assert [row.card.person for row in tutors] == [CHEN.id]


def test_a_row_says_whether_that_membership_is_active(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        left = member(2, status=MembershipStatus.WITHDRAWN)
        transaction.keep_records(COURSE, MOODLE, [left], run=run)
        for kept in (card(LI), card(WANG), card(LI, class_="former class")):
            transaction.keep_scorecard(COURSE, packed(kept), at=1)
    with store.reading() as transaction:
        statuses = {(row.card.person, row.card.class_): row.status for row in transaction.board(COURSE)}
    assert statuses == {
        (LI.id, "A"): "active",
        (WANG.id, "A"): "withdrawn",
        (LI.id, "former class"): "withdrawn",
    }


def test_one_person_has_a_card_for_each_role_and_class(store: Store) -> None:
    both = [card(LI), card(LI, role=Role.TUTOR, state=CardState.PASS), card(LI, class_=None)]
    with store.writing() as transaction:
        for kept in both:
            assert transaction.keep_scorecard(COURSE, packed(kept), at=1)
    with store.reading() as transaction:
        for kept in both:
            assert transaction.scorecard(COURSE, LI.id, role=kept.role, class_=kept.class_) == kept
        assert transaction.scorecard(COURSE, LI.id, role=Role.TUTOR, class_=None) is None
        assert transaction.scorecard(COURSE, WANG.id, role=Role.LEARNER, class_="A") is None


def test_a_card_is_expired_from_its_very_instant_on(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_scorecard(COURSE, packed(card(LI, valid_until=20_000)), at=1)
        transaction.keep_scorecard(COURSE, packed(card(WANG, valid_until=20_001)), at=1)
        transaction.keep_scorecard(COURSE, packed(card(CHEN, role=Role.TUTOR, valid_until=None)), at=1)
        assert list(transaction.expired(COURSE, at=20_000)) == [LI.id]
        assert list(transaction.expired(COURSE, at=20_001)) == [LI.id, WANG.id]
        assert list(transaction.expired(COURSE, at=19_999)) == []
        assert list(transaction.expired("another course", at=99_999)) == []
        assert [transaction.oldest_expiry(COURSE, at=at) for at in (19_999, 20_001)] == [None, 20_000]
        assert transaction.oldest_expiry("another course", at=99_999) is None


def test_a_card_is_ahead_of_every_instant_before_its_own(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_scorecard(COURSE, packed(card(LI, as_of=20_000)), at=1)
        transaction.keep_scorecard(COURSE, packed(card(WANG, as_of=20_001)), at=1)
        transaction.keep_scorecard(COURSE, packed(card(CHEN, as_of=90_000)), at=1)
        assert list(transaction.ahead(COURSE, of=20_001)) == []
        assert list(transaction.ahead(COURSE, of=20_000)) == [WANG.id]
        assert list(transaction.ahead(COURSE, of=19_999)) == [LI.id, WANG.id]
        assert list(transaction.ahead("another course", of=1)) == []


def test_who_failed_and_is_touched_is_uncounted_and_so_is_a_tutor_of_the_class(store: Store) -> None:
    cards = [
        card(LI, as_of=20_000, state=CardState.FAIL),
        card(WANG, as_of=20_000, state=CardState.FAIL),
        card(CHEN, role=Role.TUTOR, as_of=20_000, state=CardState.FAIL),
    ]
    everybody = [LI.id, WANG.id, CHEN.id]
    with store.writing() as transaction:
        class_a(transaction)
        for one in cards:
            transaction.keep_scorecard(COURSE, packed(one), at=1)
        transaction.untouch(COURSE, everybody)
        assert list(transaction.uncounted(COURSE, since=20_001)) == []
        transaction.touch_persons(COURSE, [LI.id])
        assert list(transaction.uncounted(COURSE, since=20_001)) == sorted([LI.id, CHEN.id])
        assert list(transaction.uncounted(COURSE, since=20_000)) == [], "their cards have it already"
        assert list(transaction.uncounted("another course", since=20_001)) == []
        transaction.keep_scorecard(COURSE, packed(card(LI, as_of=20_000, state=CardState.PASS)), at=2)
        assert list(transaction.uncounted(COURSE, since=20_001)) == [CHEN.id]
        transaction.leave_unmade(COURSE, [WANG.id])
        assert list(transaction.uncounted(COURSE, since=20_001)) == sorted([WANG.id, CHEN.id])


def test_of_some_who_are_uncounted_the_same_is_known(store: Store) -> None:
    everybody = [LI.id, WANG.id, CHEN.id]
    with store.writing() as transaction:
        class_a(transaction)
        for person in (LI, WANG):
            transaction.keep_scorecard(COURSE, packed(card(person, as_of=20_000, state=CardState.FAIL)), at=1)
        tutor = card(CHEN, role=Role.TUTOR, as_of=20_000, state=CardState.FAIL)
        transaction.keep_scorecard(COURSE, packed(tutor), at=1)
        assert transaction.uncounted(COURSE, since=20_001, persons=everybody) == []
        transaction.touch_persons(COURSE, [LI.id])
        whole = transaction.uncounted(COURSE, since=20_001)
        assert set(whole) == {LI.id, CHEN.id}
        for persons in ([], [LI.id], [WANG.id], [CHEN.id], [LI.id, CHEN.id], ["nobody"]):
            theirs = [person for person in whole if person in persons]
            assert transaction.uncounted(COURSE, since=20_001, persons=persons) == theirs
        assert transaction.uncounted(COURSE, since=20_000, persons=everybody) == []


def test_whether_anybody_is_touched_is_known_of_whom_no_card_can_be_made_too(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        assert not transaction.is_anybody_touched(COURSE)
        transaction.leave_unmade(COURSE, [WANG.id])
        assert (transaction.is_touched(COURSE), transaction.is_anybody_touched(COURSE)) == (False, True)
        assert not transaction.is_anybody_touched("another course")


def test_a_card_of_a_clock_that_was_wrong_holds_at_the_right_time(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_scorecard(COURSE, packed(card(as_of=90_000)), at=90_000)
        assert not transaction.keep_scorecard(COURSE, packed(card(as_of=15_000)), at=15_000)
        assert [row.card.as_of for row in transaction.board(COURSE)] == [15_000]


def test_cards_of_former_places_do_not_expire(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_scorecard(COURSE, packed(card(LI, valid_until=20_000)), at=1)
        transaction.keep_scorecard(COURSE, packed(card(LI, valid_until=20_000, role=Role.TUTOR)), at=1)
        transaction.keep_scorecard(COURSE, packed(card(LI, valid_until=20_000, class_=None)), at=1)
        assert list(transaction.expired(COURSE, at=99_999)) == [LI.id]
        transaction.keep_records(COURSE, MOODLE, [member(1, class_="B")], run=run)
        assert list(transaction.expired(COURSE, at=99_999)) == []
        assert transaction.oldest_expiry(COURSE, at=99_999) is None
        transaction.keep_scorecard(COURSE, packed(card(LI, valid_until=20_000, class_="B")), at=1)
        assert list(transaction.expired(COURSE, at=99_999)) == [LI.id]


def test_a_card_of_a_place_of_today_that_another_scheme_made_is_behind(store: Store) -> None:
    both, learners = {Role.LEARNER, Role.TUTOR}, {Role.LEARNER}
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_scorecard(COURSE, packed(card(LI)), at=1)
        made_by = card(LI).scheme
        assert not transaction.is_behind(COURSE, scheme=made_by, roles=both)
        assert transaction.is_behind(COURSE, scheme="other", roles=both)
        assert not transaction.is_behind(COURSE, scheme="other", roles={Role.TUTOR})
        assert not transaction.is_behind("another course", scheme="other", roles=both)
        transaction.keep_scorecard(COURSE, packed(card(LI, class_="former")), at=2)
        transaction.keep_scorecard(COURSE, packed(replace(card(LI), scheme="other")), at=2)
        assert not transaction.is_behind(COURSE, scheme="other", roles=learners)
        assert transaction.is_behind(COURSE, scheme=made_by, roles=learners)


def test_a_new_version_replaces_the_former_ones_expiry(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_scorecard(COURSE, packed(card(valid_until=20_000)), at=1)
        transaction.keep_scorecard(COURSE, packed(card(valid_until=None)), at=2)
        assert list(transaction.expired(COURSE, at=99_999)) == []


def test_of_many_versions_the_latest_are_read(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        for version in range(1, 5):
            transaction.keep_scorecard(COURSE, packed(card(valid_until=20_000 + version)), at=version)
    with store.reading() as transaction:
        asked = partial(transaction.history, COURSE, LI.id, role=Role.LEARNER, class_="A")
        assert [row.version for row in asked(latest=2)] == [3, 4]
        assert list(asked(latest=9)) == list(asked())
        assert [row.card.valid_until for row in asked(latest=1)] == [20_004]


def _history(store: Store) -> list[CardRow]:
    with store.reading() as transaction:
        return list(transaction.history(COURSE, LI.id, role=Role.LEARNER, class_="A"))


def _without_findings(kept: Scorecard) -> Scorecard:
    criteria = tuple(replace(criterion, findings=()) for criterion in kept.criteria)
    return replace(kept, criteria=criteria)


def test_what_is_still_needed_is_kept_beside_the_card_and_is_no_new_version(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_scorecard(COURSE, packed(card()), at=1)
        assert transaction.outlook(COURSE, LI.id, role=Role.LEARNER, class_="A") is None
        transaction.keep_outlook(COURSE, card(), outlook())
        transaction.keep_outlook(COURSE, card(), outlook())
    with store.reading() as transaction:
        assert transaction.outlook(COURSE, LI.id, role=Role.LEARNER, class_="A") == outlook()
        (row,) = transaction.board(COURSE)
        assert transaction.scorecard(COURSE, LI.id, role=Role.LEARNER, class_="A") == card()
    assert (row.standing, row.missing, row.version, row.card) == (
        Standing.ONE_ITEM_SHORT,
        5,
        1,
        _without_findings(card()),
    )
    (version,) = _history(store)
    assert (version.standing, version.missing) == (None, None)


def test_a_new_version_of_a_card_waits_for_its_own_outlook(store: Store) -> None:
    later = replace(card(), evidence="0" * 64)
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_scorecard(COURSE, packed(card()), at=1)
        transaction.keep_outlook(COURSE, card(), outlook())
        transaction.keep_scorecard(COURSE, packed(later), at=2)
        assert transaction.outlook(COURSE, LI.id, role=Role.LEARNER, class_="A") is None
        transaction.keep_outlook(COURSE, later, outlook(Standing.PASSED))
        kept = transaction.outlook(COURSE, LI.id, role=Role.LEARNER, class_="A")
    assert kept == outlook(Standing.PASSED)


def test_no_outlook_is_kept_without_a_card(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_outlook(COURSE, card(), outlook())
        assert transaction.outlook(COURSE, LI.id, role=Role.LEARNER, class_="A") is None


def test_a_card_expires_with_its_outlook_if_that_is_earlier(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_scorecard(COURSE, packed(card(valid_until=20_000)), at=1)
        transaction.keep_outlook(COURSE, card(valid_until=20_000), outlook(valid_until=15_000))
        assert transaction.expired(COURSE, at=14_999) == []
        assert list(transaction.expired(COURSE, at=15_000)) == [LI.id]
        transaction.keep_outlook(COURSE, card(valid_until=20_000), outlook(valid_until=None))
        assert transaction.expired(COURSE, at=19_999) == []
        assert list(transaction.expired(COURSE, at=20_000)) == [LI.id]
