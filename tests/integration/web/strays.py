"""Accounts of nobody at the school: what they left behind in the record store."""

from __future__ import annotations

from lms_scoring.domain.identity import account, account_key
from lms_scoring.domain.statements import VideoVerb, WatchEvent
from lms_scoring.ports import Transaction
from lms_scoring.services.deciding.identities import join
from lms_scoring.services.signing import Signature
from tests.given import START
from tests.integration.web.school import COORDINATOR, HOSTILE, RULES, School

HINTED, JOINED = account(f"https://lrs.example/{HOSTILE}", "moodle-3"), account("https://lrs.example", "old")
"""One whose user name a person has as well, and one that was joined to somebody."""
OWNER = "moodle-5"


def leave(transaction: Transaction, *accounts: str, at: int) -> None:
    """One event of each."""
    events = [
        WatchEvent(
            stored=at,
            id=f"event of {one}",
            account=one,
            activity="https://video.example/1",
            session=None,
            at=at,
            verb=VideoVerb.PLAYED,
            position=0,
            target=None,
            rate=100,
            length=60_000,
        )
        for one in accounts
    ]
    transaction.keep_events("lrs", events)


def make_strays(school: School) -> None:
    """One that is nobody's and one that was joined."""
    with school.store.writing() as transaction:
        leave(transaction, HINTED, JOINED, at=START)
    signed = Signature(by=COORDINATOR, reason=f"电话核实 {HOSTILE}")
    join(RULES, account_key(JOINED), OWNER, signed, school.store, clock=school.clock)
