"""Cases and disputes in words, for what is no page: the words are those of the pages' templates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from zoneinfo import ZoneInfo

from lms_scoring.domain.doubts.doubt import Ground
from lms_scoring.domain.proceedings.case import WAITING as CASES_WAITING
from lms_scoring.domain.proceedings.dispute import WAITING as DISPUTES_WAITING
from lms_scoring.domain.proceedings.step import Step
from lms_scoring.domain.scorecard import Finding
from lms_scoring.exports.proceeding_lines import ProceedingLines, ProceedingList, StepLines
from lms_scoring.services.deciding.told_cases import KnownCase
from lms_scoring.services.deciding.told_disputes import Told
from lms_scoring.web.card.contested import BesideRows
from lms_scoring.web.voice import Voice


def proceeding_lists(
    cases: Sequence[KnownCase], disputes: Sequence[Told], voice: Voice, zone: ZoneInfo
) -> tuple[ProceedingList, ...]:
    """As the page has them below the cards: a sort of which there is none is left out."""
    lists = (
        ProceedingList(
            title=voice.say("case.list_title"),
            proceedings=tuple(case_lines(one, voice, zone) for one in cases),
        ),
        ProceedingList(
            title=voice.say("dispute.list_title"),
            proceedings=tuple(dispute_lines(one, voice, zone) for one in disputes),
        ),
    )
    return tuple(one for one in lists if one.proceedings)


def case_lines(known: KnownCase, voice: Voice, zone: ZoneInfo) -> ProceedingLines:
    """A case with its grounds and steps."""
    case = known.case
    return ProceedingLines(
        heading=f"{_case_number(known, voice)} · {voice.say(f'case.family_{case.family.value}')}",
        state=_case_state(known, voice),
        about=(
            *(_ground(one, voice) for one in case.grounds),
            f"{voice.word(case.kind)}{voice.say('status.colon')}{_titled(known.title, case.name)}",
            *_overruling(known, voice, zone),
        ),
        steps=tuple(_case_step(step, known.names, voice, zone) for step in case.steps),
    )


def dispute_lines(told: Told, voice: Voice, zone: ZoneInfo) -> ProceedingLines:
    """A dispute with what was said on both sides."""
    dispute = told.dispute
    return ProceedingLines(
        heading=f"{_dispute_number(told, voice)} · {_contested(told, voice)}",
        state=_dispute_state(told, voice),
        about=() if dispute.record is None else (_titled(told.title, dispute.record.id),),
        steps=tuple(_dispute_step(step, told.names, voice, zone) for step in dispute.steps),
    )


def beside_words(beside: BesideRows, criterion: str, finding: Finding | None, voice: Voice) -> Iterator[str]:
    """The case and the dispute about a criterion or one of its records, by number and how each stands."""
    known = None if finding is None else beside.case_of(finding)
    if known is not None:
        yield f"{_case_number(known, voice)} ({_case_state(known, voice)})"
    told = beside.dispute_of(criterion, finding)
    if told is not None:
        yield f"{_dispute_number(told, voice)} ({_dispute_state(told, voice)})"


def _titled(title: str | None, record: str) -> str:
    """A record's id, behind the title of its activity where it has one."""
    return record if title is None else f"{title} {record}"


def _case_number(known: KnownCase, voice: Voice) -> str:
    """What it is called."""
    return voice.say("case.number", number=known.case.number)


def _dispute_number(told: Told, voice: Voice) -> str:
    """What it is called."""
    return voice.say("dispute.number", number=told.dispute.number)


def _case_state(known: KnownCase, voice: Voice) -> str:
    """How it stands, and whether the record counts where another decision says otherwise than the case; what
    somebody must still look at has a mark."""
    said = voice.say(f"case.{'overruled' if known.is_overruled else 'state'}_{known.state.value}")
    return _open(said, voice) if known.state in CASES_WAITING else said


def _overruling(known: KnownCase, voice: Voice, zone: ZoneInfo) -> Iterator[str]:
    """Who decided otherwise than the case says, when and why; nobody did where a decision went with its
    source."""
    decision = known.in_force
    if known.is_overruled and decision is not None:
        who, when = voice.signed(decision.by, known.names.get(decision.by)), voice.when(decision.at, zone)
        yield voice.say("decide.because", who=who, when=when, reason=decision.reason)


def _dispute_state(told: Told, voice: Voice) -> str:
    """How it stands; what somebody must still answer has a mark, and says when that is overdue."""
    said = voice.say(f"dispute.state_{told.state.value}")
    if told.is_overdue:
        said += voice.say("status.comma") + voice.say("dispute.overdue")
    return _open(said, voice) if told.state in DISPUTES_WAITING else said


def _contested(told: Told, voice: Voice) -> str:
    """What a dispute is about: the criterion, and of what kind the record under it is."""
    dispute, criterion = told.dispute, told.criterion
    name = dispute.criterion if criterion is None else voice.words(criterion.name)
    return name if dispute.record is None else f"{name} · {voice.word(dispute.record.kind)}"


def _open(said: str, voice: Voice) -> str:
    return f"{voice.say('mark.pending')} {said}"


def _ground(one: Ground, voice: Voice) -> str:
    return voice.say(
        f"case.ground_{one.kind.value}",
        n=one.amount,
        amount=voice.plain(one.amount),
        percent=voice.plain(one.amount // 100),
        limit=voice.plain(one.limit),
        within=one.within or 0,
    )


def _case_step(step: Step, names: Mapping[str, str], voice: Voice, zone: ZoneInfo) -> StepLines:
    what = voice.say(f"case.step_{step.kind.value}")
    if step.outcome is not None:
        what += voice.say("status.colon") + voice.say(f"case.outcome_{step.outcome.value}")
    until = "case.until"
    return StepLines(what=what, words=step.words, who=" · ".join(_who(step, until, names, voice, zone)))


def _dispute_step(step: Step, names: Mapping[str, str], voice: Voice, zone: ZoneInfo) -> StepLines:
    what = voice.say(f"dispute.step_{step.kind.value}")
    if step.outcome is not None:
        what += voice.say(f"dispute.outcome_{step.outcome.value}")
    until = f"dispute.until_{step.kind.value}"
    return StepLines(what=what, words=step.words, who=" · ".join(_who(step, until, names, voice, zone)))


def _who(step: Step, until: str, names: Mapping[str, str], voice: Voice, zone: ZoneInfo) -> Iterator[str]:
    yield voice.say("case.rule") if step.by is None else voice.signed(step.by, names.get(step.by))
    yield voice.when(step.at, zone)
    if step.until is not None:
        yield voice.say(until, when=voice.when(step.until - 1, zone))
