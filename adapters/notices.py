"""Telling people by what they read anyway: mail, DingTalk, Feishu, WeCom and a hundred others, by apprise.

An address is a secret: who knows it may write there. So apprise, which logs addresses, is not let to log. And
where to write is the operator's word alone: whom we write to must not lead us into our own network.
"""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence

from apprise import Apprise, AppriseAsset, NotifyType

from lms_scoring.domain.errors import Mistake, SettingsMistakes
from lms_scoring.ports import Notice, NoticeKind

_MUTE = logging.CRITICAL + 1
_KINDS = {
    NoticeKind.FAILURE: NotifyType.FAILURE,
    NoticeKind.WARNING: NotifyType.WARNING,
    NoticeKind.SUCCESS: NotifyType.SUCCESS,
}


class Notices:
    """Tells everybody at the addresses, written as apprise wants them (`mailtos://…`, `dingtalk://…`)."""

    def __init__(self, addresses: Sequence[str]) -> None:
        """Raises SettingsMistakes, which names no address."""
        logging.getLogger("apprise").setLevel(_MUTE)
        asset = AppriseAsset(http_redirects=False)
        self._ways = {number: Apprise(asset=asset) for number, _ in enumerate(addresses, start=1)}
        wrong = [number for number, one in enumerate(addresses, start=1) if not self._ways[number].add(one)]
        if wrong:
            text = "is no address that apprise knows, such as mailtos://…, dingtalk://…, feishu://…, wecombot://…"
            mistakes = tuple(Mistake(place=f"notify[{number}]", text=text) for number in wrong)
            raise SettingsMistakes("of whom to tell", mistakes)

    def __repr__(self) -> str:
        return f"Notices({self.addresses})"

    @property
    def addresses(self) -> int:
        """How many there are."""
        return len(self._ways)

    def __call__(self, notice: Notice, *, to: Collection[int]) -> frozenset[int]:
        """Each by itself, so that it is known which of them could not be told: their numbers."""
        kind = _KINDS[notice.kind]
        return frozenset(
            number
            for number, way in self._ways.items()
            if number in to and not way.notify(title=notice.title, body=notice.text, notify_type=kind)
        )
