"""How the work that goes on by itself stands: what waits and since when, what fails, who looks after it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from lms_scoring.domain.losses import LossState
from lms_scoring.ports import (
    Clock,
    HeldGrades,
    HeldLoss,
    Hold,
    QuarantineCount,
    RefusedGrades,
    Run,
    Store,
    SyncRequest,
    Trouble,
    WaitingGrades,
)
from lms_scoring.services.following_up.heartbeats import SCHEDULER, STOPPED, is_seen_lately
from lms_scoring.services.following_up.troubles import platform_itself, said_of, trouble_of
from lms_scoring.services.unattended.waiting_cards import WaitingCards, waiting_cards

REFUSED = "refused"
"""Why a grade is missing that its platform does not take."""
_FOR_PEOPLE = (Hold.TO_CHECK, Hold.DISPUTED)
"""What holds a grade back until somebody decides; the rest is over by itself, or need not go out."""
PDFS_REFUSED = "pdfs refused"
"""The tally of PDFs that were not made because others were asked for at the same time."""


class Backlog(StrEnum):
    """What may wait to be done."""

    SYNC = "sync"
    CARD = "card"
    GRADE = "grade"
    NOTICE = "notice"


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkState:
    """As of `now`. `scheduler_seen`: when somebody last looked around for what is to be done, None: never."""

    now: int
    requests: Sequence[SyncRequest]
    troubles: Sequence[Trouble]
    grades: Sequence[WaitingGrades]
    last_good: Mapping[str, Run]
    scheduler_seen: int | None
    cards: Sequence[WaitingCards] = ()
    """Who is to be scored again, by course."""
    held_grades: Sequence[HeldGrades] = ()
    """Grades that are not sent for now, and why."""
    refused_grades: Sequence[RefusedGrades] = ()
    """Grades that a platform does not take as they are."""
    set_aside: Sequence[QuarantineCount] = ()
    """What no sync could use and waits, by course and source."""
    losses: Sequence[HeldLoss] = ()
    """What vanished all at once and nobody has said of whether it was deleted."""
    pdfs_refused: int = 0
    """How many were ever refused because others were asked for at the same time."""

    @property
    def goes_on(self) -> bool:
        """Whether anybody looks around."""
        return is_seen_lately(self.scheduler_seen, now=self.now)

    @property
    def stands_since(self) -> int | None:
        """Since when nobody looks around, where somebody ever did or a sync waits for longer than that takes.

        None: somebody does, or nobody need, since syncs are begun by hand.
        """
        if self.goes_on:
            return None
        asked = self.oldest().get(Backlog.SYNC)
        late = asked if asked is not None and self.now - asked >= STOPPED else None
        return late if self.scheduler_seen is None else self.scheduler_seen

    @property
    def failing(self) -> Sequence[Trouble]:
        """Those that are not over."""
        return [one for one in self.troubles if one.over_at is None]

    def failing_since(self) -> Mapping[str, int]:
        """Since when each platform fails, and each kind of our own work; by name."""
        since: dict[str, int] = {}
        for trouble in self.failing:
            what = said_of(trouble.concern)
            since[what] = min(trouble.since, since.get(what, trouble.since))
        return dict(sorted(since.items()))

    def missing_grades_since(self) -> Mapping[str, int]:
        """Since when the oldest grade is in no gradebook that somebody must look after (ms): by why."""
        since: dict[str, int] = {}
        for_people = [(one.why.value, one.since) for one in self.held_grades if one.why in _FOR_PEOPLE]
        for why, at in (*for_people, *((REFUSED, one.since) for one in self.refused_grades)):
            since[why] = min(at, since.get(why, at))
        return dict(sorted(since.items()))

    def waiting(self) -> Mapping[Backlog, int]:
        """How many of each kind."""
        return {
            Backlog.SYNC: len(self.requests),
            Backlog.CARD: sum(one.count for one in self.cards),
            Backlog.GRADE: sum(one.count for one in self.grades),
            Backlog.NOTICE: sum(one.told_at is None or one.over_at is not None for one in self.troubles),
        }

    def oldest(self) -> Mapping[Backlog, int]:
        """Since when the oldest of each kind waits (ms); a kind of which nothing waits is left out."""
        since: Mapping[Backlog, Sequence[int | None]] = {
            Backlog.SYNC: [one.asked_at for one in self.requests],
            Backlog.CARD: [one.since for one in self.cards],
            Backlog.GRADE: [one.since for one in self.grades],
            Backlog.NOTICE: [
                one.since if one.told_at is None else one.over_at
                for one in self.troubles
                if one.told_at is None or one.over_at is not None
            ],
        }
        return {kind: min(at for at in found if at is not None) for kind, found in since.items() if found}

    def trouble_with(self, request: SyncRequest) -> Trouble | None:
        """Why a request waits, where something failed."""
        for course in (None, request.course):
            trouble = trouble_of(self.failing, platform_itself(request.source), course)
            if trouble is not None:
                return trouble
        return None


def who_runs(state: WorkState, *, here: bool) -> str:
    """Whether the jobs run in this process (`here`), `elsewhere`, or `nowhere`."""
    return "here" if here else "elsewhere" if state.goes_on else "nowhere"


def work_state(store: Store, *, clock: Clock) -> WorkState:
    """Of the whole installation."""
    now = clock.now()
    with store.reading() as transaction:
        return WorkState(
            now=now,
            requests=transaction.sync_requests(),
            troubles=transaction.troubles(),
            cards=list(waiting_cards(transaction, now=now)),
            grades=transaction.waiting_grades(),
            held_grades=transaction.held_grades(),
            refused_grades=transaction.refused_grades(),
            last_good=transaction.last_good_runs(),
            scheduler_seen=transaction.heartbeat(SCHEDULER),
            set_aside=transaction.quarantine_counts(),
            losses=transaction.held_losses(states=[LossState.WAITING]),
            pdfs_refused=transaction.tally(PDFS_REFUSED),
        )
