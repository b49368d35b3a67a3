"""Pages and lines of statements, decoded in one go.

Where that fails, statements are decoded one by one, so that a bad one is set aside and its neighbours are
read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

import msgspec
from msgspec import Raw

from adapters.xapi.payloads import (
    Moment,
    Named,
    RawStatementResult,
    Statement,
    StatementResult,
    Times,
    Untimed,
)
from adapters.xapi.refusal import Refused, UnusableStatement
from adapters.xapi.splitting import split_statements
from lms_scoring.domain.errors import MalformedEvidence


@dataclass(slots=True)
class Page:
    """Decoded statements, and those that could not be; `more` is the LRS's link to the next page.

    `raws` are the bytes of `statements`, and `places` where they stood, when some between them could not
    be decoded.
    """

    statements: Sequence[Statement]
    refused: Sequence[Refused] = ()
    more: str = ""
    body: bytes = b""
    raws: Sequence[bytes | Raw] = ()
    places: Sequence[int] = ()

    def raw(self, index: int) -> bytes:
        """The bytes of one of `statements`; asked for so rarely that the page is split only then."""
        if not self.raws:
            self.raws = _raw_page(self.body).statements
        return bytes(self.raws[index])

    def refusal(self, index: int, error: UnusableStatement) -> Refused:
        """One of `statements`, decoded but of no use."""
        place = self.places[index] if self.places else index
        return error.of(self.raw(index), index=place, id_=self.statements[index].id or "")


def read_page(body: bytes) -> Page:
    """A StatementResult, or a single statement as `statementId` gives it.

    Raises MalformedEvidence when it is neither.
    """
    try:
        page = _PAGE.decode(body)
    except _UNREADABLE:
        return _page_by_one(body)
    return Page(page.statements, more=page.more or "", body=body)


def read_lines(lines: Sequence[bytes]) -> Page:
    """Statements of a file, one a line; `raws` are the lines."""
    try:
        statements = _LIST.decode(b"[" + b",".join(lines) + b"]")
    except _UNREADABLE:
        return _one_by_one(lines)
    if len(statements) != len(lines):
        return _one_by_one(lines)
    return Page(statements, raws=lines)


def read_first_part(body: bytes, boundary: bytes) -> bytes:
    """The statements of a multipart answer (Communication 1.5.2): its first part, without the headers.
    LearningLocker begins no new line before a boundary.

    Raises MalformedEvidence.
    """
    parts = body.split(b"--" + boundary)
    if len(parts) < 2:
        raise MalformedEvidence("a multipart answer without its parts")
    _, found, content = parts[1].partition(b"\r\n\r\n")
    if not found:
        raise MalformedEvidence("a multipart answer whose first part has no header")
    return content


_UNREADABLE = (msgspec.MsgspecError, UnicodeDecodeError, RecursionError)
_PAGE = msgspec.json.Decoder(StatementResult)
_RAW_PAGE = msgspec.json.Decoder(RawStatementResult)
_LIST = msgspec.json.Decoder(list[Statement])
_STATEMENT = msgspec.json.Decoder(Statement)
_UNTIMED = msgspec.json.Decoder(Untimed)
_TIMES = msgspec.json.Decoder(Times)
_MOMENT: msgspec.json.Decoder[datetime | None] = msgspec.json.Decoder(Moment | None)
_NAMED = msgspec.json.Decoder(Named)
_MEMBERS = msgspec.json.Decoder(dict[str, Raw])


def _raw_page(body: bytes) -> RawStatementResult:
    try:
        return _RAW_PAGE.decode(body)
    except msgspec.ValidationError as error:
        raise MalformedEvidence(f"no page of statements ({error})") from error
    except _UNREADABLE:
        statements, rest = split_statements(body)
        return RawStatementResult([Raw(each) for each in statements], _rest(rest).more)


def _rest(page: bytes) -> RawStatementResult:
    try:
        return _RAW_PAGE.decode(page)
    except _UNREADABLE as error:
        raise MalformedEvidence("not a JSON object") from error


def _page_by_one(body: bytes) -> Page:
    if _is_statement(body):
        return _one_by_one([body])
    page = _raw_page(body)
    return replace(_one_by_one(page.statements), more=page.more or "")


def _is_statement(body: bytes) -> bool:
    try:
        members = _MEMBERS.decode(body).keys()
    except _UNREADABLE:
        return False
    return "statements" not in members and bool(members & {"actor", "verb", "object"})


def _one_by_one(raws: Sequence[bytes | Raw]) -> Page:
    statements: list[Statement] = []
    refused: list[Refused] = []
    places: list[int] = []
    for index, raw in enumerate(map(bytes, raws)):
        try:
            statements.append(_statement(raw))
            places.append(index)
        except UnusableStatement as error:
            refused.append(error.of(raw, index=index, id_=_id_of(raw)))
    return Page(statements, refused=refused, raws=[raws[index] for index in places], places=places)


def _statement(raw: bytes) -> Statement:
    try:
        return _STATEMENT.decode(raw)
    except _UNREADABLE:
        return _statement_of_odd_times(raw)


def _statement_of_odd_times(raw: bytes) -> Statement:
    """Times in the rarer spellings of ISO 8601 are read too; a useless `stored` is no reason to refuse."""
    try:
        rest, times = _UNTIMED.decode(raw), _TIMES.decode(raw)
    except msgspec.ValidationError as error:
        raise UnusableStatement("malformed", str(error)) from error
    except _UNREADABLE as error:
        raise UnusableStatement("not_json", "it is not valid JSON") from error
    return Statement(
        actor=rest.actor,
        verb=rest.verb,
        object=rest.object,
        authority=rest.authority,
        id=rest.id,
        context=rest.context,
        result=rest.result,
        timestamp=None if times.timestamp is None else _moment(times.timestamp),
        stored=_stored(times.stored),
    )


def _moment(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise UnusableStatement("time_unreadable", "its timestamp is no ISO 8601 time") from error
    if moment.utcoffset() is None:
        raise UnusableStatement("time_without_offset", "its timestamp has no UTC offset")
    return moment


def _stored(raw: Raw) -> datetime | None:
    try:
        return _MOMENT.decode(raw)
    except msgspec.MsgspecError:
        return None  # it only orders what is read, and an LRS that cannot write it proves no cursor


def _id_of(raw: bytes) -> str:
    try:
        return _NAMED.decode(raw).id or ""
    except _UNREADABLE:
        return ""  # what cannot be decoded at all is known by its place
