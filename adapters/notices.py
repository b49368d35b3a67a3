"""Telling people by what they read anyway: mail, DingTalk, Feishu, WeCom and a hundred others, by apprise.

An address is a secret: who knows it may write there. So apprise, which logs addresses, is not let to log. And
where to write is the operator's word alone: whom we write to must not lead us into our own network.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence

from apprise import Apprise, AppriseAsset, NotifyType

from lms_scoring.domain.errors import CannotBeTold, Mistake, SettingsMistakes
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
        self._apprise = Apprise(asset=AppriseAsset(http_redirects=False))
        wrong = [number for number, one in enumerate(addresses, start=1) if not self._apprise.add(one)]
        if wrong:
            text = "is no address that apprise knows, such as mailtos://…, dingtalk://…, feishu://…, wecombot://…"
            mistakes = tuple(Mistake(place=f"notify[{number}]", text=text) for number in wrong)
            raise SettingsMistakes("of whom to tell", mistakes)

    def __repr__(self) -> str:
        return f"Notices({len(self._apprise)})"

    def __call__(self, notice: Notice) -> None:
        """Raises CannotBeTold where one of them could not be reached; the others were told."""
        kind = _KINDS[notice.kind]
        if not self._apprise.notify(title=notice.title, body=notice.text, notify_type=kind):
            raise CannotBeTold(
                "a notice could not be delivered to all addresses in LMS_SCORING_NOTIFY; it is tried again"
            )
