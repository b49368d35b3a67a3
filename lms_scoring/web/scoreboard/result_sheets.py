"""A scoreboard in the words of its printed sheet: class by class, for a notice board."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from zoneinfo import ZoneInfo

from lms_scoring.domain.evidence import MembershipStatus
from lms_scoring.domain.outlook import ToldState
from lms_scoring.domain.scheme import Criterion
from lms_scoring.exports.pdf.result_sheet import ClassSheet, ResultSheet, SheetRow, namesakes
from lms_scoring.ports import CardRow
from lms_scoring.services.viewing.open_board import Board
from lms_scoring.spelling import class_order
from lms_scoring.web.voice import Voice


@dataclass(frozen=True, slots=True, kw_only=True)
class Unprinted:
    """Somebody whose name has characters that no font here has: where on the sheet, and which."""

    class_: str | None
    number: int
    row: CardRow
    characters: Sequence[str]


def unprinted(rows: Sequence[CardRow], missing: Collection[str]) -> Iterator[Unprinted]:
    """Those of the rows, as they stand on the sheet."""
    for class_ in _classes(rows):
        of_class = [row for row in rows if row.card.class_ == class_]
        for number, row in enumerate(of_class, start=1):
            if found := [one for one in missing if one in row.name]:
                yield Unprinted(class_=class_, number=number, row=row, characters=found)


def result_sheet(
    board: Board,
    rows: Sequence[CardRow],
    voice: Voice,
    zone: ZoneInfo,
    *,
    picked: str = "",
    missing: Sequence[str] = (),
) -> ResultSheet:
    """The rows as they are asked for, each class on pages of its own, in the order of the classes' names.
    `picked` says, where not all of them are there, which are; `missing` are characters for which there is a
    mark.

    Nothing but the name stands for a person, save among namesakes of one class: these have their ids.
    """
    return ResultSheet(
        language=voice.language,
        title=voice.say("pdf.sheet_title", course=board.course.title),
        number=voice.say("pdf.number"),
        name=voice.say("board.name"),
        columns=(
            *(f"{voice.words(one.name)} {_of(voice, one.max)}" for one in board.rules.criteria),
            f"{voice.say('board.total')} {_of(voice, board.rules.out_of)}",
            voice.say("board.state"),
        ),
        classes=tuple(
            _class(board, class_, [row for row in rows if row.card.class_ == class_], voice, zone, picked)
            for class_ in _classes(rows)
        ),
        remarks=(*_remarks(board, rows, voice), *_marked(rows, missing, voice)),
        signatures=tuple(voice.say(f"pdf.{who}") for who in ("made_by", "checked_by", "signed_on")),
        footer=board.course.title,
        page=voice.say("pdf.page"),
    )


def _classes(rows: Sequence[CardRow]) -> list[str | None]:
    return sorted({row.card.class_ for row in rows}, key=class_order)


def _marked(rows: Sequence[CardRow], missing: Sequence[str], voice: Voice) -> Iterator[str]:
    """What the mark stands for, and on which lines: a sheet tells whose name is not whole."""
    if missing:
        yield voice.missing(missing)
    if lines := [*unprinted(rows, missing)]:
        said = (voice.say("pdf.line", class_=voice.class_(one.class_), number=one.number) for one in lines)
        yield voice.say("pdf.marked_lines", lines=voice.say("status.comma").join(said))


def _of(voice: Voice, most: Fraction) -> str:
    return voice.say("board.of", max=voice.plain(most))


def _class(
    board: Board, class_: str | None, rows: Sequence[CardRow], voice: Voice, zone: ZoneInfo, picked: str
) -> ClassSheet:
    several = namesakes([row.name for row in rows])
    return ClassSheet(
        heading=f"{voice.class_(class_)} · {voice.say('roles.' + board.role.value)}",
        facts=(*filter(None, [picked]), *_facts(board, rows, voice, zone)),
        rows=tuple(
            _row(str(number), row, board.rules.criteria, several, voice)
            for number, row in enumerate(rows, start=1)
        ),
        summary=_summary(rows, voice),
    )


def _summary(rows: Sequence[CardRow], voice: Voice) -> str:
    said = voice.say("pdf.summary", n=len(rows), passed=sum(row.told is ToldState.PASS for row in rows))
    provisional = sum(row.told.is_provisional for row in rows)
    if provisional == 0:
        return said
    return voice.say("pdf.and", one=said, other=voice.say("pdf.summary_provisional", n=provisional))


def _facts(board: Board, rows: Sequence[CardRow], voice: Voice, zone: ZoneInfo) -> Iterator[str]:
    window = board.scheme.window
    yield voice.say(
        "status.scheme", title=voice.words(board.scheme.title), fingerprint=board.scheme.fingerprint[:12]
    )
    yield voice.say(
        "time.window",
        first=voice.day(window.start, zone),
        last=voice.day(window.end - 1, zone),
        zone=window.zone,
    )
    read = (
        voice.say("time.never")
        if board.synced_at is None
        else voice.say("time.as_of", when=voice.when(board.synced_at, zone))
    )
    closed = max((row.card.closed_at for row in rows if row.card.closed_at is not None), default=None)
    if closed is not None:
        yield voice.say("closing.card", when=voice.when(closed, zone))
    scored = max(row.card.as_of for row in rows)
    yield f"{read} · {voice.say('status.scored_as_of', when=voice.when(scored, zone))}"


def _row(
    number: str, row: CardRow, criteria: Sequence[Criterion], several: frozenset[str], voice: Voice
) -> SheetRow:
    card = row.card
    results = {result.id: result for result in card.criteria}
    points = []
    for criterion in criteria:
        result = results.get(criterion.id)
        if result is None:
            points.append(voice.say("board.not_on_card"))
            continue
        points.append(voice.at_least(voice.points(result.points, result.max), result.is_at_least))
    withdrawn = row.status == MembershipStatus.WITHDRAWN
    state = f"{voice.say('mark.' + row.told.value)} {voice.word(row.told)}"
    return SheetRow(
        number=number,
        name=voice.name(row.name),
        aside=card.person if row.name in several else "",
        points=tuple(points),
        total=voice.at_least(voice.points(card.total, card.pass_mark), card.is_at_least),
        result=f"{state} ({voice.word('withdrawn')})" if withdrawn else state,
    )


def _remarks(board: Board, rows: Sequence[CardRow], voice: Voice) -> Iterator[str]:
    yield voice.say("pdf.pass_mark", mark=voice.plain(board.rules.pass_mark))
    told = {row.told for row in rows}
    if told & {ToldState.PASS_PROVISIONALLY, ToldState.FAIL_PROVISIONALLY}:
        yield voice.say("pdf.provisional")
    if ToldState.TO_BE_READ in told:
        yield voice.say("pdf.to_be_read")
    if any(row.card.is_at_least for row in rows):
        yield voice.say("pdf.at_least")
    if any(len(found) > 0 for found in _namesakes_by_class(rows)):
        yield voice.say("pdf.namesakes")


def _namesakes_by_class(rows: Sequence[CardRow]) -> Iterator[frozenset[str]]:
    for class_ in {row.card.class_ for row in rows}:
        yield namesakes([row.name for row in rows if row.card.class_ == class_])
