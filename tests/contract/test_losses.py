"""Contract: what a source no longer lists and still counts, and what somebody signed of it."""

from __future__ import annotations

import pytest

from lms_scoring.domain.errors import NoSuchLoss
from lms_scoring.domain.losses import LossState
from lms_scoring.ports import HeldLoss, Scope, Store
from tests.contract.story import COURSE, LI, LRS, MOODLE, POSTS, WANG, class_a, post

WAITING, REFUSED = LossState.WAITING, LossState.REFUSED
THREE = ("p1", "p2", "p3")


@pytest.fixture
def forum(store: Store) -> Scope:
    """Three posts of li and one of wang, of which the latest run saw none."""
    with store.writing() as transaction:
        run = class_a(transaction)
        told = [*map(post, THREE), post("p4", 2)]
        transaction.keep_records(COURSE, MOODLE, told, run=run)
        transaction.untouch(COURSE, transaction.touched(COURSE))
    return POSTS


def hold(store: Store, scope: Scope, *seen: str, at: int = 10) -> HeldLoss:
    with store.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=at)
        transaction.keep_records(COURSE, MOODLE, [post(id_) for id_ in seen], run=run)
        return transaction.hold_loss(COURSE, MOODLE, scope, run=run, at=at)


def live(store: Store, scope: Scope) -> int:
    with store.reading() as transaction:
        return transaction.would_be_gone(COURSE, MOODLE, scope, run=99)[1]


def test_a_loss_that_is_held_marks_nothing(store: Store, forum: Scope) -> None:
    held = hold(store, forum, "p1")
    assert (held.number, held.missing, held.live, held.people, held.state) == (1, 3, 4, 2, WAITING)
    with store.reading() as transaction:
        assert list(transaction.held_losses()) == [held] == list(transaction.held_losses(course=COURSE))
        assert transaction.held_loss(1) == held
        assert list(transaction.held_losses(course="another course")) == []
        assert list(transaction.touched(COURSE)) == []
    assert live(store, forum) == 4


def test_held_again_it_is_the_same_with_what_is_missing_now(store: Store, forum: Scope) -> None:
    first = hold(store, forum, "p1")
    again = hold(store, forum, "p1", "p2", at=20)
    assert (again.number, again.missing, again.first_at, again.last_at) == (1, 2, 10, 20)
    assert again.mark != first.mark


def test_confirmed_exactly_what_it_has_is_gone_and_whom_that_touches_is_due(
    store: Store, forum: Scope
) -> None:
    hold(store, forum, "p1")
    with store.writing() as transaction:
        transaction.seen_again(COURSE, MOODLE, [post("p2")])
        transaction.seen_again(COURSE, LRS, [post("p3")])
        assert transaction.mark_held_gone(1, at=30) == 2
        transaction.end_loss(1, LossState.CONFIRMED, act=5)
        assert sorted(transaction.touched(COURSE)) == [LI.id, WANG.id]
        assert transaction.mark_held_gone(1, at=31) == 0
        ended = transaction.held_loss(1)
    assert (ended.state, ended.act) == (LossState.CONFIRMED, 5)
    assert live(store, forum) == 2


def test_what_is_listed_again_is_held_no_more(store: Store, forum: Scope) -> None:
    hold(store, forum)
    with store.writing() as transaction:
        transaction.release_losses(COURSE, MOODLE, [Scope(kind="post", activity="another")])
        assert transaction.held_loss(1).state is WAITING
        transaction.release_losses(COURSE, MOODLE, [forum])
        assert transaction.held_loss(1).state is LossState.OVER
        assert transaction.mark_held_gone(1, at=30) == 0
    assert live(store, forum) == 4


def test_a_refused_loss_stays_refused_until_more_is_missing(store: Store, forum: Scope) -> None:
    hold(store, forum, "p1", "p2")
    with store.writing() as transaction:
        transaction.end_loss(1, REFUSED, act=7)
    same, less = hold(store, forum, "p1", "p2", at=20), hold(store, forum, "p1", "p2", "p3", at=30)
    assert [(one.state, one.act) for one in (same, less)] == [(REFUSED, 7)] * 2
    more = hold(store, forum, at=40)
    assert (more.state, more.act) == (WAITING, None)


def test_a_loss_after_one_that_was_over_begins_anew(store: Store, forum: Scope) -> None:
    hold(store, forum)
    with store.writing() as transaction:
        transaction.release_losses(COURSE, MOODLE, [forum])
    held = hold(store, forum, at=50)
    assert (held.number, held.first_at, held.state) == (1, 50, WAITING)
    with store.reading() as transaction:
        assert list(transaction.held_losses(states=[LossState.OVER])) == []


def test_nothing_was_ever_held_under_another_number(store: Store) -> None:
    with store.reading() as transaction, pytest.raises(NoSuchLoss):
        transaction.held_loss(1)
