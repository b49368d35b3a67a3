"""Telling whoever looks after the installation what fails, once, and once more when it is over."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from lms_scoring.domain.errors import CannotBeTold
from lms_scoring.domain.instants import iso
from lms_scoring.ports import Notice, NoticeKind, Tell, Trouble, TroubleKind
from lms_scoring.services.following_up.troubles import (
    MISSING,
    TELLING,
    is_left_alone,
    said_of,
    trouble_of,
)
from lms_scoring.services.unattended.unheard import (
    note_heard,
    said_unreached,
    unheard_since,
    who_hears,
)
from lms_scoring.services.unattended.workshop import Workshop

_TITLES = {
    NoticeKind.FAILURE: "lms-scoring: 同步失败 sync fails",
    NoticeKind.WARNING: "lms-scoring: 同步有缺失 sync lost something",
    NoticeKind.SUCCESS: "lms-scoring: 已恢复 recovered",
}
_NOT_THERE = "lms-scoring: 计分活动不存在 scored activities are missing"
"""In place of the warning where what is bound is all that is missing."""


def tell_news(shop: Workshop) -> int:
    """Tells what is news, in one message; how much that was. Raises CannotBeTold where somebody could not be
    told: it stays news if nobody could, and who alone could not is told by `tell_missed` from then on.

    It is noted only once it is told, so whoever dies in between lets it be told twice and never not at all.
    """
    if shop.tell is None:
        return 0
    with shop.store.reading() as transaction:
        troubles = transaction.troubles()
    begun = [one for one in troubles if one.told_at is None and one.over_at is None]
    over = [one for one in troubles if one.told_at is not None and one.over_at is not None]
    if not (begun or over):
        return 0
    to = who_hears(shop.store, shop.tell)
    unreached = _deliver(shop, shop.tell, begun, over, to=to)
    if len(unreached) < len(to):
        _keep_told(shop, begun, over)
    if unreached:
        raise CannotBeTold(said_unreached(unreached, shop.tell))
    return len(begun) + len(over)


def tell_missed(shop: Workshop) -> bool:
    """Tells those who could not be told what fails that they do not know of, once it is time to try again;
    whether everybody hears now. Raises CannotBeTold."""
    if shop.tell is None:
        return True
    now = shop.clock.now()
    with shop.store.reading() as transaction:
        troubles = transaction.troubles()
        since = unheard_since(transaction, shop.tell)
    telling = trouble_of(troubles, TELLING, None)
    if telling is None or not since:
        return True
    if is_left_alone(troubles, TELLING, "", now=now):
        return False
    told = (one for one in troubles if one.told_at is not None and one.told_at >= min(since.values()))
    begun = [one for one in told if one.over_at is None and one.concern != TELLING]
    unreached = _deliver(shop, shop.tell, begun, [replace(telling, over_at=now)], to=since)
    if unreached:
        raise CannotBeTold(said_unreached(unreached, shop.tell))
    return True


def _deliver(
    shop: Workshop, tell: Tell, begun: Sequence[Trouble], over: Sequence[Trouble], *, to: Collection[int]
) -> frozenset[int]:
    """The numbers of those of these addresses at which nobody could be told."""
    kind = _kind(begun)
    unreached = tell(Notice(kind=kind, title=_title(kind, begun), text=_text(begun, over)), to=to)
    with shop.store.writing() as transaction:
        note_heard(transaction, tell, to, unreached, now=shop.clock.now())
    return unreached


def _keep_told(shop: Workshop, begun: Sequence[Trouble], over: Sequence[Trouble]) -> None:
    now = shop.clock.now()
    with shop.store.writing() as transaction:
        current = {(one.concern, one.course): one for one in transaction.troubles()}
        for trouble in begun:
            kept = current.get((trouble.concern, trouble.course))
            if kept is None:  # it was over before it was noted that anybody knew of it
                transaction.keep_trouble(replace(trouble, told_at=now, over_at=now))
            elif kept.told_at is None:
                transaction.keep_trouble(replace(kept, told_at=now))
        for trouble in over:
            if current.get((trouble.concern, trouble.course)) == trouble:
                transaction.forget_trouble(trouble.concern, trouble.course)


def _kind(begun: Sequence[Trouble]) -> NoticeKind:
    if any(one.concern.kind not in MISSING for one in begun):
        return NoticeKind.FAILURE
    return NoticeKind.WARNING if begun else NoticeKind.SUCCESS


def _title(kind: NoticeKind, begun: Sequence[Trouble]) -> str:
    not_there = begun and all(one.concern.kind is TroubleKind.BINDINGS for one in begun)
    return _NOT_THERE if not_there else _TITLES[kind]


def _text(begun: Sequence[Trouble], over: Sequence[Trouble]) -> str:
    lines = [f"✗ {name_of(one)}: {iso(one.since)}: {_why(one)}" for one in begun]
    lines += [f"✓ {name_of(one)}: {iso(one.since)} – {iso(one.over_at or one.since)}" for one in over]
    return "\n".join(lines)


def _why(trouble: Trouble) -> str:
    """In both languages where whoever wrote the course file is to mend it, who need not be a technician."""
    if trouble.concern.kind is not TroubleKind.BINDINGS:
        return trouble.reason
    source = trouble.concern.name
    return (
        f"课程 {trouble.course} 中有 {trouble.failures} 个计分活动在 {source} 中不存在，学员在其中得不到分。"
        f"请在 {source} 中显示这些活动，或在“课程设置”页面中更改各个活动计入什么，或改正课程文件后运行 "
        f"`lms-scoring course apply {trouble.course}`。"
        f" {trouble.reason}"
    )


def name_of(trouble: Trouble) -> str:
    """What fails, in a few characters."""
    what = said_of(trouble.concern)
    return what if trouble.course is None else f"{what} ({trouble.course})"
