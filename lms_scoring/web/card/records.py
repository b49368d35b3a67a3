"""A person's cards in the words of their printed record: verdict, criteria with every ledger open, history,
cases and disputes. What can still be done, and minutes day by day, are for the page."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

from lms_scoring.domain.outlook import Stand
from lms_scoring.domain.scorecard import Finding, Verdict
from lms_scoring.exports.pdf.record import (
    Change,
    Entry,
    EntryDay,
    Fact,
    PersonRecord,
    RecordCard,
    RecordPart,
)
from lms_scoring.services.deciding.told_cases import KnownCase
from lms_scoring.services.deciding.told_disputes import Told
from lms_scoring.services.viewing.consult import Status
from lms_scoring.web.card.contested import beside_rows
from lms_scoring.web.card.ledger import Day, Time
from lms_scoring.web.card.proceeding_words import beside_words, proceeding_lists
from lms_scoring.web.card.status_page import Part, StatusPage, Step, status_page
from lms_scoring.web.voice import Voice


def person_record(
    statuses: Sequence[Status],
    cases: Sequence[KnownCase],
    disputes: Sequence[Told],
    voice: Voice,
    zone: ZoneInfo,
    *,
    missing: Sequence[str] = (),
) -> PersonRecord:
    """The record of a person; `statuses` are the cards that the reader may see, at least one. `missing` are
    characters for which there is a mark."""
    first, name = statuses[0], voice.name(statuses[0].person.name)
    return PersonRecord(
        language=voice.language,
        title=voice.say("status.title", name=name),
        name=name,
        course=first.course.title,
        cards=tuple(
            _card(
                status_page(status, zone, beside=beside_rows(status.card, cases, disputes, is_own=False)),
                voice,
                zone,
            )
            for status in statuses
        ),
        proceedings=proceeding_lists(cases, disputes, voice, zone),
        remarks=(voice.missing(missing),) if missing else (),
        footer=f"{first.course.title} · {name}",
        page=voice.say("pdf.page"),
    )


def _card(page: StatusPage, voice: Voice, zone: ZoneInfo) -> RecordCard:
    card = page.status.card
    total = voice.say("status.criterion_sum", points=voice.at_least(voice.points(page.sum), card.is_at_least))
    if page.status.rules.scaled_to is not None:
        total += voice.say("status.scaled", max=voice.plain(card.out_of))
    return RecordCard(
        heading=voice.say("status.heading", role=voice.heading(card.role), class_=voice.class_(card.class_)),
        verdict=_verdict(page, voice),
        facts=tuple(_facts(page, voice, zone)),
        parts=tuple(_part(page, part, voice, zone) for part in page.parts),
        sum=total,
        history=voice.say("status.history"),
        history_heads=tuple(
            voice.say(key)
            for key in ("status.history_when", "board.total", "board.state", "status.history_why")
        ),
        changes=tuple(_change(page, step, voice, zone) for step in page.steps),
    )


def _verdict(page: StatusPage, voice: Voice) -> str:
    card, outlook = page.status.card, page.status.outlook
    is_less_known = card.is_at_least and page.verdict != "unreachable"
    return f"{voice.say('mark.' + page.status.told.value)} " + voice.say(
        f"status.{page.verdict}" + ("_at_least" if is_less_known else ""),
        total=voice.points(card.total, card.pass_mark),
        mark=voice.plain(card.pass_mark),
        could=voice.points(card.could_become, card.pass_mark),
        gap=voice.gap(card),
        best="" if outlook is None else voice.points(outlook.at_best, card.pass_mark),
    )


def _doubts(page: StatusPage, voice: Voice) -> Iterator[str]:
    """Why the result is provisional."""
    if page.doubts is not None:
        for kind in ("cases", "records", "disputes"):
            count = getattr(page.doubts, kind)
            if count:
                yield voice.say(f"status.why_{kind}", n=count)


def _facts(page: StatusPage, voice: Voice, zone: ZoneInfo) -> Iterator[str]:
    status, window = page.status, page.status.scheme.window
    yield from _doubts(page, voice)
    if status.is_awaited:
        yield voice.say("status.awaited")
    if status.rules.bands:
        none = voice.say("status.band_none")
        yield none if page.band is None else voice.say("status.band", band=voice.words(page.band.name))
    if status.card.is_at_least:
        yield voice.say("status.total_at_least")
    if status.card.closed_at is not None:
        yield voice.say("closing.card", when=voice.when(status.card.closed_at, zone))
    if page.is_withdrawn:
        yield voice.say("person.withdrawn_note")
    if not page.is_of_these_rules:
        yield voice.say("status.older_rules")
    yield voice.say(
        "time.window",
        first=voice.day(window.start, zone),
        last=voice.day(window.end - 1, zone),
        zone=window.zone,
    )
    if status.synced_at is None:
        yield voice.say("time.never")
    else:
        yield voice.say("time.as_of", when=voice.when(status.synced_at, zone))
    yield voice.say("status.scored_as_of", when=voice.when(status.card.as_of, zone))
    yield voice.say(
        "status.scheme", title=voice.words(status.scheme.title), fingerprint=status.card.scheme[:12]
    )


def _part(page: StatusPage, part: Part, voice: Voice, zone: ZoneInfo) -> RecordPart:
    result, criterion = part.result, part.criterion
    points = voice.at_least(voice.points(result.points, result.max), result.is_at_least)
    rule = (
        voice.say("status.no_rule")
        if criterion is None
        else voice.say("status.rule", rule=criterion.rule.sentence(voice.language, criterion.max))
    )
    return RecordPart(
        name=result.id if criterion is None else voice.words(criterion.name),
        points=voice.say("status.points_of", points=points, max=voice.plain(result.max)),
        standing=voice.say("status.comma").join(
            [*_standing(page, part, voice), *_beside(page, part, None, voice)]
        ),
        rule=rule,
        facts=tuple(_figures(part, voice)),
        heads=tuple(
            voice.say(f"status.{key}") for key in ("time", "activity", "verdict", "amount", "points")
        ),
        days=tuple(_day(page, part, day, voice, zone) for day in part.days),
        sum=_sum(part, voice),
    )


def _standing(page: StatusPage, part: Part, voice: Voice) -> Iterator[str]:
    result, stand = part.result, page.stand_of(part.result)
    if stand is Stand.PENDING:
        key = "part_could_become_at_least" if result.is_at_least else "part_could_become"
        yield voice.word(stand)
        yield voice.say(f"status.{key}", points=voice.points(result.could_become, result.max))
    elif not result.is_at_least:
        yield voice.word(stand)
    if result.unknowns > 0:
        yield voice.unread(result)


def _beside(page: StatusPage, part: Part, finding: Finding | None, voice: Voice) -> Iterator[str]:
    return beside_words(page.beside, part.result.id, finding, voice)


def _figures(part: Part, voice: Voice) -> Iterator[Fact]:
    at_least = part.result.is_at_least
    for figure in part.result.figures:
        yield Fact(name=voice.word(figure.name), value=voice.at_least(voice.figure(figure), at_least))
    if part.time is not None:
        yield from _times(part.time, voice)


def _times(time: Time, voice: Voice) -> Iterator[Fact]:
    yield Fact(name=voice.say("status.time_recorded"), value=voice.minutes(time.recorded))
    yield Fact(name=voice.say("status.time_counted"), value=voice.minutes(time.counted))
    for left in time.left_out:
        name = voice.say("status.time_left_out", reason=voice.word(left.reason))
        yield Fact(name=name, value=voice.minutes(left.duration))


def _sum(part: Part, voice: Voice) -> str:
    if not part.result.findings:
        return voice.say("status.no_evidence")
    said = voice.say(
        "status.sum_points", n=len(part.result.findings), points=voice.points(part.sum, part.result.max)
    )
    if part.time is not None:
        counted = voice.say("status.sum_time", minutes=voice.minutes(part.time.counted))
        said += voice.say("status.comma") + counted
    return said + voice.say("status.stop")


def _day(page: StatusPage, part: Part, day: Day, voice: Voice, zone: ZoneInfo) -> EntryDay:
    heading = (
        voice.say("time.unknown")
        if day.at is None
        else f"{voice.day(day.at, zone)} {voice.weekday(day.at, zone)}"
    )
    return EntryDay(
        heading=heading,
        amount="" if day.amount is None else voice.lasted(day.amount),
        points=voice.points(day.points),
        entries=tuple(_entry(page, part, finding, voice, zone) for finding in day.findings),
    )


def _entry(page: StatusPage, part: Part, finding: Finding, voice: Voice, zone: ZoneInfo) -> Entry:
    unknown = finding.verdict is Verdict.UNKNOWN
    return Entry(
        time="" if finding.at is None else voice.clock(finding.at, zone),
        what=" ".join(_what(page, finding, voice)),
        verdict=" ".join([*_judged(finding, voice, zone), *_beside(page, part, finding, voice)]),
        amount=_amount(finding, voice),
        points=voice.say("figure.unknown_value") if unknown else voice.points(finding.points),
    )


def _what(page: StatusPage, finding: Finding, voice: Voice) -> Iterator[str]:
    yield voice.word(finding.kind)
    if finding.activity is not None:
        yield page.activity(finding.activity)
    if finding.person is not None:
        yield voice.say("status.whose", name=voice.name(page.status.names.get(finding.person, "")))
    yield finding.id


def _judged(finding: Finding, voice: Voice, zone: ZoneInfo) -> Iterator[str]:
    yield f"{voice.say('mark.' + finding.verdict.value)} {voice.word(finding.verdict)}"
    if finding.reason is not None:
        yield voice.word(finding.reason)
    if finding.grade is not None:
        yield voice.word(f"grade_{finding.grade}")
    if finding.due_at is not None:
        yield f"{voice.word('due')} {voice.when(finding.due_at, zone)}"
        if finding.due_basis is not None and finding.due_basis != "own":
            yield f"({voice.word(f'due_{finding.due_basis}')})"
    if (note := voice.note(finding)) is not None:
        yield note


def _amount(finding: Finding, voice: Voice) -> str:
    if finding.amount is None:
        return ""
    counted = voice.lasted(finding.amount)
    return counted if finding.of is None else f"{counted} / {voice.lasted(finding.of)}"


def _change(page: StatusPage, step: Step, voice: Voice, zone: ZoneInfo) -> Change:
    card, told = step.row.card, page.told_in(step)
    return Change(
        when=voice.when(step.row.scored_at, zone),
        total=voice.at_least(voice.points(card.total, card.pass_mark), card.is_at_least),
        result=f"{voice.say('mark.' + told.value)} {voice.word(told)}",
        why=voice.say("status.comma").join(_why(page, step, voice)),
    )


def _why(page: StatusPage, step: Step, voice: Voice) -> Iterator[str]:
    for change in step.changes:
        criterion = page.criterion_of(change.criterion)
        yield voice.say(
            "status.change",
            criterion=change.criterion if criterion is None else voice.words(criterion.name),
            before=voice.say("status.none") if change.before is None else voice.points(change.before),
            after=voice.say("status.none") if change.after is None else voice.points(change.after),
        )
    if not step.changes:
        yield voice.say("status.history_same" if step.causes else "status.history_first")
    for cause in step.causes:
        yield voice.say(f"status.cause_{cause.value}")
    if step.act is not None:
        who = voice.signed(step.act.by, page.status.signers.get(step.act.by))
        yield voice.say("status.signed", who=who, reason=voice.reason(step.act))
