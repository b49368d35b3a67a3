"""One person's scorecard as text: every criterion, its rule, and what became of each piece of evidence."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction

from lms_scoring.domain.evidence import DueBasis, MembershipStatus
from lms_scoring.domain.figures import plain, points_text, rounded
from lms_scoring.domain.instants import MINUTE, iso
from lms_scoring.domain.outlook import Stand, stand_of
from lms_scoring.domain.scorecard import CriterionResult, CriterionState, Figure, Finding, Verdict
from lms_scoring.services.deciding.told_cases import KnownCase
from lms_scoring.services.deciding.told_disputes import Told
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.viewing.consult import Status
from lms_scoring.web.card.contested import BesideRows, beside_rows
from lms_scoring.web.card.proceeding_words import beside_words, proceeding_lists
from lms_scoring.web.voice import Voice
from lms_scoring.web.wording import read_wording
from lms_scoring.words import at_least, note_of, unread, word

_MARKS = {Verdict.COUNTED: "+", Verdict.PARTLY: "±", Verdict.REJECTED: "-", Verdict.UNKNOWN: "?"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A card to be told, with what stands beside its rows: cases and disputes."""

    rules: CourseRules
    status: Status
    beside: BesideRows
    voice: Voice


def explanation(
    rules: CourseRules,
    status: Status,
    *,
    cases: Sequence[KnownCase] = (),
    disputes: Sequence[Told] = (),
    language: str,
) -> str:
    """The whole card; times in the programme's zone. Criteria and records have the case and the dispute about
    them beside them."""
    beside = beside_rows(status.card, cases, disputes, is_own=False)
    voice = Voice(read_wording(), language)
    telling = Telling(rules=rules, status=status, beside=beside, voice=voice)
    return "\n".join(_lines(telling)) + "\n"


def proceedings_told(
    rules: CourseRules, cases: Sequence[KnownCase], disputes: Sequence[Told], *, language: str
) -> Iterator[str]:
    """The cases and disputes about a person: what each is about and how it stands. `cases show` and `disputes
    show` tell all that was said."""
    voice = Voice(read_wording(), language)
    for listed in proceeding_lists(cases, disputes, voice, rules.zone):
        yield listed.title
        yield from (f"  {' · '.join((one.heading, one.state, *one.about))}" for one in listed.proceedings)


def _lines(telling: Telling) -> Iterator[str]:
    rules, status, language = telling.rules, telling.status, telling.voice.language
    card = status.card
    total = points_text(card.total, pass_mark=card.pass_mark, language=language)
    total = at_least(total, language) if card.is_at_least else total
    who = status.person.name or word("name_unknown", language)
    has_left = status.membership.status is MembershipStatus.WITHDRAWN
    left = f" · {word('withdrawn', language)}" if has_left else ""
    yield (
        f"{who} ({card.person}){left} · {word(card.role, language)} · "
        f"{card.class_ or word('no_class', language)}: "
        f"{total} / {plain(card.out_of)} · {word(status.told, language)}"
    )
    yield f"  {word('as_of', language)} {iso(card.as_of, rules.zone)}"
    if status.is_awaited:
        yield f"  {telling.voice.say('status.awaited')}"
    if card.closed_at is not None:
        yield f"  {word('closed', language)} {iso(card.closed_at, rules.zone)}"
    criteria = {criterion.id: criterion for criterion in status.rules.criteria}
    for result in card.criteria:
        yield ""
        criterion = criteria.get(result.id)
        name = result.id if criterion is None else criterion.name.in_(language)
        yield " · ".join([f"{name}: {_standing(result, status, language)}", *_beside(telling, result)])
        if criterion is not None:
            yield f"  {criterion.rule.sentence(language, criterion.max)}"
        yield from _figures(result, language)
        yield from (f"  {_finding(telling, result, one)}" for one in result.findings)
    if status.rules.advice:
        yield from ("", word("advice", language))
        yield from (f"  {advice.in_(language)}" for advice in status.rules.advice)


def _standing(result: CriterionResult, status: Status, language: str) -> str:
    """The points, and whether they are final; they are not while something could not be read, is still to be
    read, or is open."""
    points = f"{rounded(result.points)} / {plain(result.max)}"
    stand = stand_of(result, status.outlook, status.questions, is_done=True, is_read=not status.is_early)
    state = word(stand if stand in (Stand.TO_CHECK, Stand.TO_BE_READ) else result.state, language)
    if result.unknowns == 0:
        return f"{points} · {state}"
    parts = [at_least(points, language) if result.is_at_least else points]
    if result.state is CriterionState.PENDING or not result.is_at_least:
        parts.append(state)
    return " · ".join([*parts, unread(result.unknowns, language)])


def _figures(result: CriterionResult, language: str) -> Iterator[str]:
    for figure in result.figures:
        if figure.value is None:
            continue
        value = _figure(figure, figure.value, language)
        value = at_least(value, language) if result.is_at_least else value
        yield f"  {word(figure.name, language)}: {value}"


def _figure(figure: Figure, value: Fraction, language: str) -> str:
    """The number beside what is asked for, or in brackets what is advised."""
    if figure.name == "marked" and figure.asked == 0:
        return word("nothing_to_mark", language)
    is_time, percent = figure.name == "study_time", " %" if figure.name == "recommended_share" else ""
    value = value / MINUTE if is_time else value
    shown = rounded(value) if is_time or percent else plain(value)
    if figure.asked is not None:
        return f"{shown} / {figure.asked // MINUTE if is_time else figure.asked}"
    if figure.advised is None:
        return f"{shown}{percent}"
    return f"{shown}{percent} ({word('advised', language)} {plain(figure.advised)}{percent})"


def _finding(telling: Telling, result: CriterionResult, finding: Finding) -> str:
    rules, status, language = telling.rules, telling.status, telling.voice.language
    when = "" if finding.at is None else iso(finding.at, rules.zone)
    activity = status.activities.get(finding.activity or "")
    where = (finding.activity or "") if activity is None else activity.name
    parts = [f"{_MARKS[finding.verdict]} {when:<25} {where} {word(finding.kind, language)} {finding.id}"]
    if finding.person is not None:
        parts.append(status.names.get(finding.person) or word("name_unknown", language))
    if finding.amount is not None:
        parts.append(f"{rounded(finding.amount / MINUTE)} min")
    if finding.verdict is not Verdict.UNKNOWN:
        parts.append(rounded(finding.points))
    if finding.reason is not None:
        parts.append(word(finding.reason, language))
    parts += _hand_in(finding, rules, language)
    if (note := note_of(finding, language)) is not None:
        parts.append(note)
    return " · ".join([*parts, *_beside(telling, result, finding)])


def _beside(telling: Telling, result: CriterionResult, finding: Finding | None = None) -> Iterator[str]:
    return beside_words(telling.beside, result.id, finding, telling.voice)


def _hand_in(finding: Finding, rules: CourseRules, language: str) -> Iterator[str]:
    """The deadline a hand-in was held to, and its mark."""
    if finding.due_at is not None and finding.due_basis is not None:
        own = finding.due_basis is DueBasis.OWN
        basis = "" if own else f" ({word(f'due_{finding.due_basis}', language)})"
        yield f"{word('due', language)} {iso(finding.due_at, rules.zone)}{basis}"
    if finding.grade is not None:
        yield word(f"grade_{finding.grade}", language)
