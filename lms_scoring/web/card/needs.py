"""What is still needed, as a page tells it: the goals with their ways, and the dates that lie ahead.

Nothing here is worked out anew: all of it stands in the outlook that was kept with the card.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms_scoring.domain.outlook import Ceiling, DeedKind, Goal, Outlook, Standing, Step
from lms_scoring.domain.scheme import Band
from lms_scoring.domain.scorecard import Figure, Reason
from lms_scoring.services.viewing.consult import Status
from lms_scoring.web.card.ledger import SHORT

_ASKED = frozenset({"topics", "replies"})
"""Figures of what the programme asks for and does not score apart."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Date:
    """An instant ahead and what it ends, or what begins at it; `step` None: the window itself."""

    at: int
    begins: bool
    step: Step | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What a card's page says about what is still needed; `outlook` is what it says it of."""

    outlook: Outlook
    is_over: bool
    """Whether the window is: nothing new of the person's own can count."""
    dates: Sequence[Date]
    asked: Sequence[Figure]
    """What the programme asks for and does not score apart, as far as it is still missing."""
    drafts: Sequence[str]
    """The activities in which something was begun and not handed in."""
    bands: Sequence[Band]

    @property
    def is_doubtful(self) -> bool:
        """Whether passing hangs on records that a person must look at."""
        return self.outlook.standing is Standing.TO_CHECK

    @property
    def has_ways(self) -> bool:
        """Whether there is any way to any goal."""
        return any(goal.ways for goal in self.outlook.goals)

    @property
    def may_rise(self) -> bool:
        """Whether marks alone could make more of it."""
        return self.outlook.with_marking > self.outlook.if_nothing_more

    def says_why(self, goal: Goal) -> Sequence[Ceiling]:
        """What stands in the way of a goal that is out of reach; once for both goals."""
        first = next((one for one in self.outlook.goals if not one.reachable), None)
        return self.outlook.ceilings if goal is first else ()

    def band_of(self, goal: Goal) -> Band | None:
        """The band that begins at the goal's mark."""
        return next((band for band in self.bands if band.id == goal.band), None)


def needs_of(status: Status) -> Needs | None:
    """What the status still needs; None where its card was kept before outlooks were."""
    outlook = status.outlook
    if outlook is None:
        return None
    window, as_of = status.scheme.window, status.card.as_of
    is_over = as_of >= window.end
    return Needs(
        outlook=outlook,
        is_over=is_over,
        dates=() if is_over else sorted(_dates(outlook, window.start, window.end, as_of), key=_order),
        asked=() if is_over else list(_asked(status)),
        drafts=() if is_over else list(dict.fromkeys(_drafts(status))),
        bands=status.rules.bands,
    )


def _dates(outlook: Outlook, start: int, end: int, as_of: int) -> Iterator[Date]:
    """The window's, and those of whatever can be done apart from it; each thing once."""
    if as_of < start:
        yield Date(at=start, begins=True, step=None)
    yield Date(at=end - 1, begins=False, step=None)
    told = set()
    for step in _steps(outlook):
        thing = (step.kind, step.activity)
        if thing in told or step.kind is DeedKind.GET_MARKED:
            continue
        told.add(thing)
        if step.opens_at is not None and step.opens_at > start:
            yield Date(at=step.opens_at, begins=True, step=step)
        if step.deadline is not None and step.deadline < end - 1:
            yield Date(at=step.deadline, begins=False, step=step)


def _steps(outlook: Outlook) -> Iterator[Step]:
    return (step for goal in outlook.goals for way in goal.ways for step in way.steps)


def _order(date: Date) -> tuple[int, bool]:
    return (date.at, date.step is None)


def _asked(status: Status) -> Iterator[Figure]:
    for result in status.card.criteria:
        for figure in result.figures:
            if figure.name in _ASKED and figure.asked is not None and _is_short(figure.value, figure.asked):
                yield figure


def _drafts(status: Status) -> Iterator[str]:
    """Of criteria whose ledgers stand open anyway; nobody's hand-ins are many."""
    for result in status.card.criteria:
        if len(result.findings) <= SHORT and result.points < result.max:
            for finding in result.findings:
                if finding.reason is Reason.DRAFT and finding.activity is not None:
                    yield finding.activity


def _is_short(value: Fraction | None, asked: int) -> bool:
    return value is not None and value < asked
