"""Contract: what is gone at its source is marked, never deleted, and may come back."""

from __future__ import annotations

import pytest

from lms_scoring.domain.errors import StoreError
from lms_scoring.domain.evidence import MembershipStatus, Record
from lms_scoring.ports import Kept, Scope, Store
from tests.contract.story import (
    CLASS_A,
    COURSE,
    LI,
    LRS,
    MEMBERSHIPS,
    MOODLE,
    POSTS,
    WANG,
    class_a,
    homework,
    member,
    post,
    records_of,
)


def test_what_a_complete_listing_does_not_name_is_marked_with_its_time(store: Store) -> None:
    first, second = _two_runs(store)
    with store.writing() as transaction:
        transaction.keep_records(COURSE, MOODLE, [post("p1")], run=second)
        assert transaction.would_be_gone(COURSE, MOODLE, POSTS, run=second) == (2, 3)
        assert transaction.mark_gone(COURSE, MOODLE, POSTS, run=second, at=4) == 2
        assert transaction.would_be_gone(COURSE, MOODLE, POSTS, run=second) == (0, 1)
    assert _gone(store) == {"p1": None, "p2": 4, "h1": None, "other": None}
    assert {record.gone_at for record in records_of(store, WANG)} == {4}
    assert {record.gone_at for record in records_of(store, at_run=first)} == {None}
    assert {r.id: r.gone_at for r in records_of(store, at_run=second)} == _gone(store)


def test_marking_again_changes_nothing(store: Store) -> None:
    _, second = _two_runs(store)
    with store.writing() as transaction:
        transaction.mark_gone(COURSE, MOODLE, POSTS, run=second, at=4)
        assert transaction.mark_gone(COURSE, MOODLE, POSTS, run=second, at=5) == 0
    assert _gone(store)["p1"] == 4


def test_a_scope_without_an_activity_is_the_kind_wherever_it_is(store: Store) -> None:
    _, second = _two_runs(store)
    with store.writing() as transaction:
        everywhere = Scope(kind="post", activity=None)
        assert transaction.would_be_gone(COURSE, MOODLE, everywhere, run=second) == (4, 4)
        assert transaction.mark_gone(COURSE, MOODLE, everywhere, run=second, at=4) == 4


def test_what_was_new_in_the_run_is_not_missed(store: Store) -> None:
    _, second = _two_runs(store)
    with store.writing() as transaction:
        transaction.keep_records(COURSE, MOODLE, [post("p9"), post("p1", bulletin=True)], run=second)
        assert transaction.would_be_gone(COURSE, MOODLE, POSTS, run=second) == (2, 4)


def test_what_an_earlier_run_had_seen_again_is_missed_by_a_later_one(store: Store) -> None:
    _, second = _two_runs(store)
    with store.writing() as transaction:
        transaction.keep_records(COURSE, MOODLE, [post("p1"), post("p2"), post("p3", 2)], run=second)
        assert transaction.would_be_gone(COURSE, MOODLE, POSTS, run=second) == (0, 3)
        third = transaction.begin_run(COURSE, MOODLE, at=5)
        assert transaction.would_be_gone(COURSE, MOODLE, POSTS, run=third) == (3, 3)


def test_other_sources_and_courses_lose_nothing(store: Store) -> None:
    _, second = _two_runs(store)
    with store.writing() as transaction:
        other = transaction.begin_run(COURSE, LRS, at=2)
        transaction.keep_records(COURSE, LRS, [post("x1")], run=other)
        transaction.mark_gone(COURSE, MOODLE, POSTS, run=second, at=4)
        elsewhere = transaction.begin_run("another course", MOODLE, at=5)
        assert transaction.would_be_gone("another course", MOODLE, POSTS, run=elsewhere) == (0, 0)
    assert _gone(store)["x1"] is None


def test_one_that_was_gone_and_comes_back_lives_again(store: Store) -> None:
    first, second = _two_runs(store)
    with store.writing() as transaction:
        transaction.mark_gone(COURSE, MOODLE, POSTS, run=second, at=4)
        third = transaction.begin_run(COURSE, MOODLE, at=5)
        assert transaction.keep_records(COURSE, MOODLE, [post("p1")], run=third).kept == Kept(changed=1)
    assert _gone(store)["p1"] is None
    assert _gone(store, at_run=second)["p1"] == 4
    assert _gone(store, at_run=first)["p1"] is None
    assert _gone(store, at_run=third)["p1"] is None


def test_one_that_is_named_after_all_within_the_same_run_lives_again(store: Store) -> None:
    _, second = _two_runs(store)
    with store.writing() as transaction:
        transaction.mark_gone(COURSE, MOODLE, POSTS, run=second, at=4)
        transaction.keep_records(COURSE, MOODLE, [post("p1")], run=second)
        assert transaction.mark_gone(COURSE, MOODLE, POSTS, run=second, at=6) == 0
    assert _gone(store)["p1"] is None


def test_records_of_the_withdrawn_vanish_from_lists_without_being_gone(store: Store) -> None:
    _, second = _two_runs(store)
    withdrawn = member(2, status=MembershipStatus.WITHDRAWN)
    with store.writing() as transaction:
        transaction.keep_records(COURSE, MOODLE, [withdrawn], run=second)
        assert transaction.would_be_gone(COURSE, MOODLE, POSTS, run=second) == (2, 2)
        assert transaction.mark_gone(COURSE, MOODLE, POSTS, run=second, at=4) == 2
    assert {record.gone_at for record in records_of(store, WANG)} == {None}


def test_records_of_those_whose_membership_is_gone_are_out_of_reach_too(store: Store) -> None:
    _, second = _two_runs(store)
    with store.writing() as transaction:
        transaction.keep_records(COURSE, MOODLE, CLASS_A[:1], run=second)
        assert transaction.would_be_gone(COURSE, MOODLE, MEMBERSHIPS, run=second) == (2, 3)
        assert transaction.mark_gone(COURSE, MOODLE, MEMBERSHIPS, run=second, at=3) == 2
        assert transaction.mark_gone(COURSE, MOODLE, POSTS, run=second, at=4) == 2
    assert {record.gone_at for record in records_of(store, WANG)} == {None}


def test_a_membership_by_another_account_of_the_person_keeps_the_records_within_reach(store: Store) -> None:
    _, second = _two_runs(store)
    by_mail = post("p8", person=LI.accounts[1])
    with store.writing() as transaction:
        transaction.keep_records(COURSE, MOODLE, [by_mail], run=second)
        third = transaction.begin_run(COURSE, MOODLE, at=5)
        transaction.mark_gone(COURSE, MOODLE, POSTS, run=third, at=6)
    assert _gone(store)["p8"] == 6


def test_records_of_nobody_are_out_of_reach(store: Store) -> None:
    _, second = _two_runs(store)
    with store.writing() as transaction:
        transaction.keep_records(COURSE, MOODLE, [post("p8", 99)], run=second)
        third = transaction.begin_run(COURSE, MOODLE, at=5)
        assert transaction.would_be_gone(COURSE, MOODLE, POSTS, run=third) == (3, 3)


def test_a_refused_record_is_at_its_source_and_not_gone(store: Store) -> None:
    _, second = _two_runs(store)
    with store.writing() as transaction:
        transaction.keep_records(COURSE, MOODLE, [post("p1", created_at=None)], run=second)
        assert transaction.would_be_gone(COURSE, MOODLE, POSTS, run=second) == (2, 3)


def test_a_run_that_was_overtaken_marks_nothing(store: Store) -> None:
    first, _ = _two_runs(store)
    with pytest.raises(StoreError), store.writing() as transaction:
        transaction.mark_gone(COURSE, MOODLE, POSTS, run=first, at=4)


def test_what_is_gone_is_not_counted_as_live(store: Store) -> None:
    _, second = _two_runs(store)
    with store.writing() as transaction:
        transaction.mark_gone(COURSE, MOODLE, POSTS, run=second, at=4)
        posts = {count[2]: count[3] for count in transaction.counts(COURSE) if count[1] == "post"}
    assert posts == {"26": 1}


def _two_runs(store: Store) -> tuple[int, int]:
    """Three posts in the forum, one in another, one homework; then a run that has seen nothing yet."""
    with store.writing() as transaction:
        first = class_a(transaction)
        records: list[Record] = [
            post("p1"),
            post("p2"),
            post("p3", 2),
            post("other", forum="26"),
            homework("h1"),
        ]
        transaction.keep_records(COURSE, MOODLE, records, run=first)
        return first, transaction.begin_run(COURSE, MOODLE, at=3)


def _gone(store: Store, *, at_run: int | None = None) -> dict[str, int | None]:
    return {record.id: record.gone_at for record in records_of(store, at_run=at_run)}
