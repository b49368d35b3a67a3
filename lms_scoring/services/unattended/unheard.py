"""Addresses of notices at which nobody could be told: which they are, and since when."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from lms_scoring.ports import Schedules, Store, Tell
from lms_scoring.services.following_up.heartbeats import unheard


def unheard_since(transaction: Schedules, tell: Tell) -> Mapping[int, int]:
    """By the number of each such address, in ms."""
    seen = {number: transaction.heartbeat(unheard(number)) for number in range(1, tell.addresses + 1)}
    return {number: at for number, at in seen.items() if at}


def who_hears(store: Store, tell: Tell) -> Collection[int]:
    """The numbers of those that news goes to: of all addresses where none can be told."""
    everybody = range(1, tell.addresses + 1)
    with store.reading() as transaction:
        deaf = unheard_since(transaction, tell)
    return [number for number in everybody if number not in deaf] or everybody


def note_heard(
    transaction: Schedules, tell: Tell, asked: Collection[int], unreached: Collection[int], *, now: int
) -> None:
    """How it went with those that were asked."""
    before = unheard_since(transaction, tell)
    for number in asked:
        if number in unreached and number not in before:
            transaction.keep_heartbeat(unheard(number), at=now)
        elif number in before and number not in unreached:
            transaction.keep_heartbeat(unheard(number), at=0)


def said_unreached(unreached: Collection[int], tell: Tell) -> str:
    """For whoever looks after the installation; an address itself is a secret."""
    which = ", ".join(str(number) for number in sorted(unreached))
    return (
        f"a notice could not be delivered to LMS_SCORING_NOTIFY, address {which} of {tell.addresses}: "
        "correct or remove it; it is tried again"
    )
