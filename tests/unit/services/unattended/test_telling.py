"""Who looks after it all is told once of what fails, and once when it is over."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace

import pytest

from lms_scoring.domain.errors import CannotBeTold
from lms_scoring.domain.instants import HOUR, parse_instant
from lms_scoring.ports import Notice, NoticeKind, Trouble
from lms_scoring.services.following_up.troubles import (
    SCORING,
    bindings_of,
    losses_of,
    platform_itself,
    went_well,
)
from lms_scoring.services.unattended.telling import tell_news
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import StandingClock
from tests.fixtures.workshop import Told, workshop

SINCE = parse_instant("2024-11-01T03:00:00+00:00")
TROUBLE = Trouble(
    concern=platform_itself("moodle"),
    course=None,
    since=SINCE,
    failures=1,
    try_at=0,
    reason="moodle: HTTP 503",
)
OF_COURSE = replace(TROUBLE, concern=SCORING, course="lc2024", reason="a fault of this program")

LOST = replace(TROUBLE, concern=losses_of("lrs"), course="lc2024", reason="a file could not be read")
STRANGE = replace(LOST, concern=bindings_of("moodle"), reason="moodle lists no activity 71")
OVER = replace(TROUBLE, told_at=SINCE, over_at=SINCE + HOUR)


@pytest.fixture
def store() -> MemoryStore:
    return MemoryStore()


def keep(store: MemoryStore, *troubles: Trouble) -> None:
    with store.writing() as transaction:
        for trouble in troubles:
            transaction.keep_trouble(trouble)


def kept(store: MemoryStore) -> list[Trouble]:
    with store.reading() as transaction:
        return list(transaction.troubles())


def test_what_fails_is_told_once_in_one_message(store: MemoryStore) -> None:
    told = Told()
    shop = workshop(store, tell=told, clock=StandingClock(SINCE + HOUR))
    keep(store, TROUBLE, OF_COURSE)
    assert (tell_news(shop), tell_news(shop)) == (2, 0)
    (notice,) = told.heard
    assert (notice.kind, notice.title) == (NoticeKind.FAILURE, "lms-scoring: 同步失败 sync fails")
    assert notice.text.splitlines() == [
        "✗ moodle: 2024-11-01T03:00:00+00:00: moodle: HTTP 503",
        "✗ scoring (lc2024): 2024-11-01T03:00:00+00:00: a fault of this program",
    ]
    assert {one.told_at for one in kept(store)} == {SINCE + HOUR}


def test_that_it_is_over_is_told_once_and_then_forgotten(store: MemoryStore) -> None:
    told = Told()
    keep(store, replace(TROUBLE, told_at=SINCE, over_at=SINCE + HOUR))
    shop = workshop(store, tell=told)
    assert (tell_news(shop), tell_news(shop)) == (1, 0)
    assert told.heard == [
        Notice(
            kind=NoticeKind.SUCCESS,
            title="lms-scoring: 已恢复 recovered",
            text="✓ moodle: 2024-11-01T03:00:00+00:00 – 2024-11-01T04:00:00+00:00",
        )
    ]
    assert kept(store) == []


@pytest.mark.parametrize(
    ("troubles", "kind"),
    [
        ([LOST], NoticeKind.WARNING),
        ([LOST, TROUBLE], NoticeKind.FAILURE),
        ([STRANGE], NoticeKind.WARNING),
        ([STRANGE, TROUBLE], NoticeKind.FAILURE),
        ([LOST, OVER], NoticeKind.WARNING),
        ([TROUBLE, replace(OVER, concern=platform_itself("lrs"))], NoticeKind.FAILURE),
        ([OVER], NoticeKind.SUCCESS),
    ],
)
def test_a_notice_is_as_bad_as_the_worst_that_is_new(
    store: MemoryStore, troubles: list[Trouble], kind: NoticeKind
) -> None:
    told = Told()
    keep(store, *troubles)
    tell_news(workshop(store, tell=told))
    assert [notice.kind for notice in told.heard] == [kind]


def test_who_wrote_the_course_file_is_told_in_both_languages_what_to_do(store: MemoryStore) -> None:
    told = Told()
    keep(store, replace(STRANGE, failures=2))
    tell_news(workshop(store, tell=told))
    (notice,) = told.heard
    assert notice.title == "lms-scoring: 计分活动不存在 scored activities are missing"
    assert notice.text == (
        "✗ bindings of moodle (lc2024): 2024-11-01T03:00:00+00:00: 课程 lc2024 中有 2 个计分活动在 moodle 中"
        "不存在，学员在其中得不到分。请在 moodle 中显示这些活动，或在“课程设置”页面中更改"
        "各个活动计入什么，或改正课程文件后运行 "
        "`lms-scoring course apply lc2024`。 moodle lists no activity 71"
    )


def test_what_was_lost_is_the_title_where_more_is_missing_than_activities(store: MemoryStore) -> None:
    told = Told()
    keep(store, STRANGE, LOST)
    tell_news(workshop(store, tell=told))
    assert [notice.title for notice in told.heard] == ["lms-scoring: 同步有缺失 sync lost something"]


def test_what_could_not_be_told_stays_news(store: MemoryStore) -> None:
    told = Told(broken=True)
    shop = workshop(store, tell=told)
    keep(store, TROUBLE)
    with pytest.raises(CannotBeTold):
        tell_news(shop)
    assert kept(store) == [TROUBLE]
    told.broken = False
    assert tell_news(shop) == 1


def test_what_fails_again_while_it_is_told_that_it_was_over_stays(store: MemoryStore) -> None:
    over = replace(TROUBLE, told_at=SINCE, over_at=SINCE + HOUR)
    again = replace(TROUBLE, told_at=SINCE, since=SINCE + 2 * HOUR)

    class Meanwhile(Told):
        def __call__(self, notice: Notice, *, to: Collection[int]) -> frozenset[int]:
            keep(store, again)
            return super().__call__(notice, to=to)

    keep(store, over)
    tell_news(workshop(store, tell=Meanwhile()))
    assert kept(store) == [again]


def test_nobody_is_told_where_nobody_wants_to_know(store: MemoryStore) -> None:
    keep(store, TROUBLE)
    assert tell_news(workshop(store)) == 0
    assert kept(store) == [TROUBLE]


def test_what_is_over_while_it_is_told_is_told_to_be_over_as_well(store: MemoryStore) -> None:
    """Nobody was noted to have been told, so it was simply forgotten."""

    class Meanwhile(Told):
        def __call__(self, notice: Notice, *, to: Collection[int]) -> frozenset[int]:
            with store.writing() as transaction:
                went_well(transaction, TROUBLE.concern, None, now=SINCE + HOUR)
            return super().__call__(notice, to=to)

    told, clock = Meanwhile(), StandingClock(SINCE + HOUR)
    keep(store, TROUBLE)
    shop = workshop(store, tell=told, clock=clock)
    assert tell_news(shop) == 1
    assert kept(store) == [replace(TROUBLE, told_at=SINCE + HOUR, over_at=SINCE + HOUR)]
    assert (tell_news(shop), tell_news(shop)) == (1, 0)
    assert [one.kind for one in told.heard] == [NoticeKind.FAILURE, NoticeKind.SUCCESS]
