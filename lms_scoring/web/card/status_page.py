"""One card as its page shows it: each criterion with its rule and ledger, and how the score came to be."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from zoneinfo import ZoneInfo

from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.outlook import Stand, Standing, ToldState, repeats, stand_of
from lms_scoring.domain.scheme import Band, Criterion
from lms_scoring.domain.scorecard import CriterionResult, Finding, Scorecard
from lms_scoring.ports import Act, ActKind, CardRow
from lms_scoring.services.access.seeing import View
from lms_scoring.services.viewing.consult import Status
from lms_scoring.web.card import ledger
from lms_scoring.web.card.contested import BesideRows
from lms_scoring.web.card.decided import Decided, asked_of, decidable, owner_of_finding
from lms_scoring.web.card.minutes import Minutes, minutes_of
from lms_scoring.web.card.needs import Needs, needs_of

_NONE_DECIDED = Decided()
_NONE_BESIDE = BesideRows()
ALL, HISTORY = "all", "history"
"""Ask for all that is folded, to print it for instance, and for every version of the cards."""
LATEST = 12
"""Versions that stand on the page; who learns for months has hundreds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One criterion. `criterion` is None where the card is of an older scheme that had another one."""

    result: CriterionResult
    criterion: Criterion | None
    zone: ZoneInfo
    counting: Span
    time: ledger.Time | None
    minutes: Minutes | None = None
    """Day by day; only of study time."""

    @property
    def findings(self) -> Sequence[Finding]:
        """All of them, whole, in the order of time."""
        return ledger.in_order(self.result.findings)

    @property
    def days(self) -> Sequence[ledger.Day]:
        """The same by days: of a span over midnight each has its part. Made when they are shown."""
        return ledger.days(self.result.findings, self.zone, counting=self.counting)

    @property
    def is_long(self) -> bool:
        """Whether its evidence is folded by days."""
        return len(self.result.findings) > ledger.SHORT

    @property
    def sum(self) -> Fraction:
        """The parts added up: whatever is found, they are the criterion's points."""
        return self.result.points


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """A criterion's points before and after; None where the card did not have it."""

    criterion: str
    before: Fraction | None
    after: Fraction | None


class Cause(StrEnum):
    """Why a card was scored anew, as far as its two versions tell.

    Bindings leave no mark of their own: where they changed, other evidence counted.
    """

    RULES = "rules"
    EVIDENCE = "evidence"
    TIME = "time"
    CLOSED = "closed"
    REOPENED = "reopened"
    CORRECTED = "corrected"
    """Somebody who sees the whole course decided after it had been closed."""
    JOINED = "joined"
    """Somebody joined an account to the person, or to somebody whose evidence this card reads."""
    PARTED = "parted"
    NEITHER = "neither"
    """The program itself changed: a card says more than it used to, or says it otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One version of the card, what differs from the one before, and why; the first one has no cause."""

    row: CardRow
    changes: Sequence[Change]
    causes: Sequence[Cause]
    act: Act | None = None
    """What somebody signed that made this version: an act and its cards are of one instant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubts:
    """How much a provisional result hangs on: open cases, other records that want a person, and disputes."""

    cases: int = 0
    records: int = 0
    disputes: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusPage:
    """What the page shows of one card."""

    status: Status
    parts: Sequence[Part]
    steps: Sequence[Step]
    band: Band | None
    needs: Needs | None = None
    decided: Decided = _NONE_DECIDED
    beside: BesideRows = _NONE_BESIDE

    def to_decide_about(self, finding: Finding, criterion: str) -> dict[str, str] | None:
        """Where the reader decides about a finding's record, as parts of an address; None: not here.

        A learner's work is decided about among that learner's own records.
        """
        target = decidable(finding, criterion) if self.status.may_decide else None
        if target is None:
            return None
        return {"person": owner_of_finding(finding, self.status.person.id), **asked_of(target)}

    @property
    def scored_before(self) -> int:
        """How many versions there are that are not among the steps."""
        return self.steps[-1].row.version - 1 if self.steps else 0

    @property
    def is_withdrawn(self) -> bool:
        """Whether the person no longer takes part."""
        return self.status.membership.status is MembershipStatus.WITHDRAWN

    def is_own(self, view: View) -> bool:
        """Whether the reader reads of themselves."""
        return view.person == self.status.person.id

    @property
    def is_of_these_rules(self) -> bool:
        """Whether the card was scored by the rules that are in force."""
        return self.status.card.scheme == self.status.scheme.fingerprint

    @property
    def sum(self) -> Fraction:
        """The criteria added up; the total, unless the scheme converts it."""
        return sum((part.result.points for part in self.parts), Fraction(0))

    @property
    def result(self) -> ToldState | Standing:
        """The result as it is told, or that passing is out of reach: what colour, icon and word say alike."""
        told, standing = self.status.told, self.status.standing
        is_late = standing is Standing.UNREACHABLE and told is ToldState.IN_PROGRESS
        return Standing.UNREACHABLE if is_late else told

    @property
    def verdict(self) -> str:
        """The name of its icon, and of the sentence that says it."""
        return self.result.value

    @property
    def is_early(self) -> bool:
        """Whether the end of the window is still to be read, before which nothing is out of reach."""
        return self.result is ToldState.TO_BE_READ

    @property
    def doubts(self) -> Doubts | None:
        """What makes the result provisional; None where it is not."""
        if not self.status.told.is_provisional:
            return None
        card, outlook, questions = self.status.card, self.status.outlook, self.status.questions
        is_doubted = outlook is not None and outlook.standing is Standing.TO_CHECK
        if outlook is None or not is_doubted:
            return Doubts(disputes=len(questions.contested))
        cases = questions.cases_on(card)
        return Doubts(cases=cases, records=max(outlook.doubts - cases, 0), disputes=len(questions.contested))

    @property
    def hangs_on_works(self) -> bool:
        """Whether somebody must look at cases about learners for a tutor, whose page lists the own ones."""
        outlook, card, questions = self.status.outlook, self.status.card, self.status.questions
        if outlook is None or not outlook.doubts or card.role is not Role.TUTOR:
            return False
        return outlook.doubts > questions.unsettled_on(card)

    @property
    def hangs_on_own_cases(self) -> bool:
        """Whether a person must look at any of the cases that the page lists."""
        return bool(self.status.questions.cases_on(self.status.card))

    @property
    def chip(self) -> Standing | None:
        """How the card stands, where that says more than its result does: "not passed" and "out of reach" are
        one thing to who reads both."""
        told, standing = self.status.told, self.status.standing
        same = told.is_provisional or standing is Standing.UNREACHABLE or repeats(standing, told)
        return None if same else standing

    def stand_of(self, result: CriterionResult) -> Stand:
        """Whether the criterion can still earn more, and by whom."""
        return stand_of(
            result,
            self.status.outlook,
            self.status.questions,
            is_done=self.is_withdrawn or self.status.card.closed_at is not None,
            is_read=not self.status.is_early,
        )

    def told_in(self, step: Step) -> ToldState:
        """The result that a version says; of the latest, which is the card, as it is told."""
        return self.status.told if step is self.steps[0] else step.row.told

    def shows(self, key: str, opened: frozenset[str]) -> bool:
        """Whether a long ledger was asked for; `key` is `<role>-<criterion>`."""
        return key in opened or ALL in opened

    def has_more(self, opened: frozenset[str]) -> bool:
        """Whether there is more to open."""
        role = self.status.card.role.value
        folded = (one for one in self.parts if not self.shows(f"{role}-{one.result.id}", opened))
        return self.scored_before > 0 or any(part.is_long for part in folded)

    def criterion_of(self, id_: str) -> Criterion | None:
        """The criterion by id; None where today's rules have none of that id."""
        return next((one for one in self.status.rules.criteria if one.id == id_), None)

    def activity(self, id_: str) -> str:
        """What the platform calls the activity; its id where it says nothing."""
        activity = self.status.activities.get(id_)
        return id_ if activity is None else activity.name or id_


def status_page(
    status: Status,
    zone: ZoneInfo,
    decided: Decided = _NONE_DECIDED,
    beside: BesideRows = _NONE_BESIDE,
) -> StatusPage:
    """The page of a status, its days those of the zone."""
    window = status.scheme.window
    counting = Span(start=window.start, end=min(window.end, status.card.as_of))
    criteria = {criterion.id: criterion for criterion in status.rules.criteria}
    bands = {band.id: band for band in status.rules.bands}
    daily = status.rules.daily_minutes
    return StatusPage(
        status=status,
        parts=[
            _part(result, criteria.get(result.id), zone, counting, daily=daily)
            for result in status.card.criteria
        ],
        steps=list(_steps(status.history, status.acts)),
        band=bands.get(status.card.band or ""),
        needs=needs_of(status),
        decided=decided,
        beside=beside,
    )


def _part(
    result: CriterionResult, criterion: Criterion | None, zone: ZoneInfo, counting: Span, *, daily: int | None
) -> Part:
    is_study = any(figure.name == "study_time" for figure in result.figures)
    return Part(
        result=result,
        criterion=criterion,
        zone=zone,
        counting=counting,
        time=ledger.time_of(result.findings),
        minutes=minutes_of(result.findings, zone, counting=counting, daily=daily) if is_study else None,
    )


def _steps(history: Sequence[CardRow], acts: Sequence[Act]) -> Iterator[Step]:
    """The versions, the latest first, each beside the one before."""
    at_once = {act.at: act for act in acts}
    rows = sorted(history, key=lambda row: row.version, reverse=True)
    for row, former in pairwise(rows):
        act = at_once.get(row.scored_at) or _adoption(former, row, acts) or _belonging(former, row, acts)
        changes, causes = list(_changes(former, row)), _causes(former.card, row.card, act)
        yield Step(row=row, changes=changes, causes=causes, act=act)
    yield from (Step(row=first, changes=(), causes=()) for first in rows[-1:] if first.version == 1)


def _adoption(former: CardRow, row: CardRow, acts: Iterable[Act]) -> Act | None:
    """Who adopted the rules of a card that was made by them only afterwards."""
    if former.card.scheme == row.card.scheme:
        return None
    found = [
        act
        for act in acts
        if act.kind is ActKind.ADOPTED and act.subject == row.card.scheme and act.at <= row.scored_at
    ]
    return max(found, key=lambda act: act.at, default=None)


def _belonging(former: CardRow, row: CardRow, acts: Iterable[Act]) -> Act | None:
    """Who joined an account to the person, or undid it, before the card: it is made once doubts were looked
    for. Not of a tutor, whom joinings in other classes do not concern."""
    if former.card.evidence == row.card.evidence or row.card.role is Role.TUTOR:
        return None
    found = [act for act in acts if act.kind in _OF_ACTS and former.scored_at < act.at <= row.scored_at]
    return max(found, key=lambda act: act.at, default=None)


_OF_ACTS = {ActKind.JOINED: Cause.JOINED, ActKind.PARTED: Cause.PARTED}


def _causes(former: Scorecard, card: Scorecard, act: Act | None) -> list[Cause]:
    if former.closed_at != card.closed_at:
        return [Cause.REOPENED if card.closed_at is None else Cause.CLOSED]
    if card.closed_at is not None:
        return [Cause.CORRECTED]
    causes = [Cause.RULES] * (former.scheme != card.scheme)
    if former.evidence != card.evidence:
        causes.append(Cause.EVIDENCE if act is None else _OF_ACTS.get(act.kind, Cause.EVIDENCE))
    if causes:
        return causes
    has_expired = former.valid_until is not None and former.valid_until <= card.as_of
    return [Cause.TIME if has_expired else Cause.NEITHER]


def _changes(former: CardRow, row: CardRow) -> Iterator[Change]:
    before = {result.id: result.points for result in former.card.criteria}
    after = {result.id: result.points for result in row.card.criteria}
    for criterion in {**after, **before}:
        if before.get(criterion) != after.get(criterion):
            yield Change(criterion=criterion, before=before.get(criterion), after=after.get(criterion))
