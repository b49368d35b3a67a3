"""Losses that are held: they change no score until somebody signs what is true."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest

from lms_scoring.domain.errors import CannotBeDecided, NoSuchLoss, NotAllowed, PlatformBusy
from lms_scoring.domain.evidence import Membership
from lms_scoring.domain.losses import LossRules, LossState
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import ActKind, Batch, Concern, Grant, HeldLoss, ProblemKind, Scope, Visitor
from lms_scoring.services.collecting.collect import Collected, collect
from lms_scoring.services.following_up.troubles import losses_of
from lms_scoring.services.signing import Signature
from lms_scoring.services.syncing.losses_desk import LossesDesk
from lms_scoring.services.syncing.sync import Synced
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.scripted import (
    COURSE,
    FORUM,
    LI,
    MOODLE,
    NEWS,
    PEOPLE,
    POSTS,
    ZHAO,
    ScriptedSource,
    StandingClock,
    adopt_course,
    members,
    new_store,
    roster,
    rules,
    told,
)
from tests.fixtures.courses.syncing import Watch, sync
from tests.fixtures.courses.written import posted

CLOCK = StandingClock()
EVERYBODY = roster("li", "zhao", "wang", "chen")
COORDINATOR = Visitor(person=None, roles=(Grant(person="", role="coordinator", course=COURSE),))
SIGNED = Signature(by="operator:office", reason="the forum was cleared")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    made = new_store(tmp_path)
    adopt_course(made)
    yield made
    made.close()


def synced(store: SqlStore, *batches: Batch, losses: LossRules | None = None, full: bool = False) -> Synced:
    ours = rules() if losses is None else rules(losses=losses)
    source = ScriptedSource((EVERYBODY, *batches))
    return sync(ours, [source], store, clock=CLOCK, watching=Watch(), full=full)


def posts_of_li(store: SqlStore, count: int = 12) -> Scorecard:
    """Li wrote so many topics, and was scored."""
    synced(store, told(*members(), *given.topics(count)))
    return card(store)


def card(store: SqlStore) -> Scorecard:
    with store.reading() as transaction:
        return next(row.card for row in transaction.board(COURSE) if row.card.person == LI)


def desk(store: SqlStore) -> LossesDesk:
    return LossesDesk(store, rules(), clock=CLOCK)


def troubles(store: SqlStore) -> list[Concern]:
    with store.reading() as transaction:
        return [one.concern for one in transaction.troubles()]


def only(store: SqlStore) -> HeldLoss:
    (held,) = desk(store).held(COORDINATOR)
    return held


def kinds(done: Synced) -> dict[ProblemKind, int]:
    return dict(done.collected[0].problems)


def test_a_held_loss_changes_no_card_and_is_told(store: SqlStore) -> None:
    before = posts_of_li(store)
    done = synced(store, told(*members(), whole=[POSTS]))
    assert done.lost_something
    assert card(store) == before
    held = only(store)
    assert (held.missing, held.live, held.people, held.state) == (12, 12, 1, LossState.WAITING)
    assert (held.source, held.scope) == (MOODLE, POSTS)


def test_confirmed_it_is_gone_and_scored_and_signed(store: SqlStore) -> None:
    before = posts_of_li(store)
    synced(store, told(*members(), whole=[POSTS]))
    done = desk(store).confirm(COORDINATOR, 1, SIGNED, seen=only(store).mark)
    assert (done.gone, done.assessed.changed) == (12, 1)
    assert before.total - card(store).total == 12
    assert desk(store).held(COORDINATOR) == []
    with store.reading() as transaction:
        (act,) = transaction.acts(kinds=[ActKind.LOSS_CONFIRMED])
        assert (act.by, act.reason, act.course, act.subject) == (
            *("operator:office", "the forum was cleared"),
            *(COURSE, "1"),
        )
        assert transaction.held_loss(1).act == act.number
    assert not synced(store, told(*members(), whole=[POSTS])).lost_something


def test_refused_it_counts_on_and_is_no_loss_of_every_night(store: SqlStore) -> None:
    before = posts_of_li(store)
    synced(store, told(*members(), whole=[POSTS]))
    desk(store).refuse(COORDINATOR, 1, SIGNED, seen=only(store).mark)
    done = synced(store, told(*members(), whole=[POSTS]))
    assert not done.lost_something
    assert kinds(done) == {ProblemKind.NOTICE: 1}
    assert (card(store).total, only(store).state) == (before.total, LossState.REFUSED)
    assert not synced(store, told(*members(), *given.topics(12), whole=[POSTS])).lost_something
    assert desk(store).held(COORDINATOR) == []


def test_a_refused_loss_that_grows_is_asked_again(store: SqlStore) -> None:
    posts_of_li(store, 20)
    synced(store, told(*members(), *given.topics(5), whole=[POSTS]))
    desk(store).refuse(COORDINATOR, 1, SIGNED, seen=only(store).mark)
    assert synced(store, told(*members(), *given.topics(4), whole=[POSTS])).lost_something
    assert (only(store).state, only(store).missing) == (LossState.WAITING, 16)


def test_a_refused_loss_may_be_confirmed_after_all(store: SqlStore) -> None:
    posts_of_li(store)
    synced(store, told(*members(), whole=[POSTS]))
    desk(store).refuse(COORDINATOR, 1, SIGNED, seen=only(store).mark)
    assert desk(store).confirm(COORDINATOR, 1, SIGNED, seen=only(store).mark).gone == 12


def test_what_comes_again_before_it_is_confirmed_does_not_go(store: SqlStore) -> None:
    posts_of_li(store)
    synced(store, told(*members(), whole=[POSTS]))
    synced(store, told(*given.topics(2)))
    assert desk(store).confirm(COORDINATOR, 1, SIGNED, seen=only(store).mark).gone == 10


def test_nobody_signs_what_was_never_shown_or_is_over(store: SqlStore) -> None:
    posts_of_li(store, 20)
    synced(store, told(*members(), *given.topics(5), whole=[POSTS]))
    seen = only(store).mark
    synced(store, told(*members(), whole=[POSTS]))
    for sign in (desk(store).confirm, desk(store).refuse):
        with pytest.raises(CannotBeDecided):
            sign(COORDINATOR, 1, SIGNED, seen=seen)
    synced(store, told(*members(), *given.topics(20), whole=[POSTS]))
    with pytest.raises(NoSuchLoss):
        desk(store).confirm(COORDINATOR, 1, SIGNED, seen=seen)


@pytest.mark.parametrize("sign", [LossesDesk.confirm, LossesDesk.refuse])
def test_once_it_is_signed_it_is_no_trouble(store: SqlStore, sign: Callable[..., object]) -> None:
    posts_of_li(store)
    synced(store, told(*members(), whole=[POSTS]))
    failing = ScriptedSource(failure=PlatformBusy(MOODLE, "core_course_get_contents", "HTTP 503"))
    sync(rules(), [failing], store, clock=CLOCK, watching=Watch())
    assert troubles(store) == [losses_of("moodle")]
    sign(desk(store), COORDINATOR, 1, SIGNED, seen=only(store).mark)
    assert troubles(store) == []


def test_nobody_else_sees_or_signs_it(store: SqlStore) -> None:
    posts_of_li(store)
    synced(store, told(*members(), whole=[POSTS]))
    seen = only(store).mark
    for person in (LI, "wang"):
        with pytest.raises(NotAllowed):
            desk(store).held(Visitor(person=person))
        with pytest.raises(NotAllowed):
            desk(store).confirm(Visitor(person=person), 1, SIGNED, seen=seen)
    other = LossesDesk(store, rules(course="course-2"), clock=CLOCK)
    with store.writing() as transaction:
        transaction.keep_course(replace(transaction.course(COURSE), id="course-2"))
    administrator = Visitor(person=None, roles=(Grant(person="", role="administrator", course=None),))
    with pytest.raises(NoSuchLoss):
        other.confirm(administrator, 1, SIGNED, seen=seen)


# -- how much is too much --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("share", "at_least", "left", "held"),
    [
        ("1/5", 10, 15, False),
        ("1/10", 10, 15, False),
        ("1/10", 2, 15, True),
        ("1/2", 2, 11, False),
        ("1/2", 2, 9, True),
    ],
)
def test_the_course_file_says_how_much(
    store: SqlStore, share: str, at_least: int, left: int, held: bool
) -> None:
    posts_of_li(store, 20)
    losses = LossRules(share=Fraction(share), at_least=at_least)
    done = synced(store, told(*members(), *given.topics(left), whole=[POSTS]), losses=losses)
    assert done.lost_something is held


def test_a_little_of_every_activity_can_be_too_much_of_the_course(store: SqlStore) -> None:
    """Eight of twenty here and there: of each too few to be held, of the course two fifths."""
    other = [replace(given.topic(f"n{number}"), forum=NEWS) for number in range(20)]
    synced(store, told(*members(), *given.topics(20), *other))
    scopes = [POSTS, Scope(kind="post", activity=NEWS)]
    done = synced(store, told(*members(), *given.topics(12), *other[:12], whole=scopes))
    assert done.lost_something
    assert [held.missing for held in desk(store).held(COORDINATOR)] == [8, 8]
    few = synced(store, told(*members(), *given.topics(16), *other[:17], whole=scopes))
    assert (few.lost_something, few.collected[0].kept.gone) == (False, 7)


def test_batch_after_batch_cannot_take_what_one_may_not(store: SqlStore) -> None:
    other = [replace(given.topic(f"n{number}"), forum=NEWS) for number in range(20)]
    synced(store, told(*members(), *given.topics(20), *other))
    done = synced(
        store,
        told(*members(), *given.topics(12), whole=[POSTS]),
        told(*other[:12], whole=[Scope(kind="post", activity=NEWS)]),
    )
    assert done.lost_something
    assert [(held.scope.activity, held.missing) for held in desk(store).held(COORDINATOR)] == [(NEWS, 8)]


def test_where_people_are_held_nothing_that_may_be_theirs_goes(store: SqlStore) -> None:
    crowd = [f"l{number}" for number in range(40)]
    many = [given.membership(one) for one in crowd]
    few = [given.topic(f"t {one}", person=one) for one in crowd[:6]]

    def pull(people: list[str], kept: list[Membership], *posts: int) -> Collected:
        batches = [roster(*people), told(*kept, *(few[post] for post in posts), whole=[PEOPLE, POSTS])]
        return collect(COURSE, ScriptedSource(batches), store, clock=CLOCK)

    pull(crowd, many, *range(6))
    done = pull(crowd[12:], many[12:])
    assert (done.kept.gone, done.lost_something) == (0, True)
    assert [(held.scope.kind, held.missing) for held in desk(store).held(COORDINATOR)] == [
        ("membership", 12),
        ("post", 6),
    ]
    assert pull(crowd, many, *range(6)).lost_something is False


def test_a_clock_that_jumps_holds_and_lets_go_nothing(store: SqlStore) -> None:
    before = posts_of_li(store)
    synced(store, told(*members(), whole=[POSTS]))
    year = 365 * 24 * 3_600_000
    for at in (CLOCK.at - year, CLOCK.at + year):
        source = ScriptedSource((EVERYBODY, told(*members(), whole=[POSTS])))
        done = collect(COURSE, source, store, clock=StandingClock(at))
        assert (done.kept.gone, done.lost_something) == (0, True)
    assert card(store).total == before.total
    assert (only(store).missing, only(store).scope.activity) == (12, FORUM)


def test_doubts_are_looked_for_before_whom_a_confirmed_loss_touches_is_scored(store: SqlStore) -> None:
    posts_of_li(store)
    synced(store, told(*members(), whole=[POSTS]))
    short = Batch(
        records=told(given.topic("short", person=ZHAO)).records, texts=[posted("short", ZHAO, "好")]
    )
    collect(COURSE, ScriptedSource([EVERYBODY, short]), store, clock=CLOCK)
    desk(store).confirm(COORDINATOR, 1, SIGNED, seen=only(store).mark)
    with store.reading() as transaction:
        assert list(transaction.waiting_cases(COURSE).values()) == [ZHAO]
