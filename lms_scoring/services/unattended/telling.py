"""Telling whoever looks after the installation what fails, once, and once more when it is over."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lms_scoring.domain.instants import iso
from lms_scoring.ports import Notice, NoticeKind, Trouble, TroubleKind
from lms_scoring.services.following_up.troubles import MISSING, said_of
from lms_scoring.services.unattended.workshop import Workshop

_TITLES = {
    NoticeKind.FAILURE: "lms-scoring: 同步失败 sync fails",
    NoticeKind.WARNING: "lms-scoring: 同步有缺失 sync lost something",
    NoticeKind.SUCCESS: "lms-scoring: 已恢复 recovered",
}
_NOT_THERE = "lms-scoring: 计分活动不存在 scored activities are missing"
"""In place of the warning where what is bound is all that is missing."""


def tell_news(shop: Workshop) -> int:
    """Tells what is news, in one message; how much that was. Raises CannotBeTold: then it stays news.

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
    kind = _kind(begun)
    shop.tell(Notice(kind=kind, title=_title(kind, begun), text=_text(begun, over)))
    now = shop.clock.now()
    with shop.store.writing() as transaction:
        current = {(one.concern, one.course): one for one in transaction.troubles()}
        for trouble in begun:
            kept = current.get((trouble.concern, trouble.course))
            if kept is not None and kept.told_at is None:
                transaction.keep_trouble(replace(kept, told_at=now))
        for trouble in over:
            if current.get((trouble.concern, trouble.course)) == trouble:
                transaction.forget_trouble(trouble.concern, trouble.course)
    return len(begun) + len(over)


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
