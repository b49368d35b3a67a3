"""Statements of a learning platform: handed in, marked, posted, replied, deleted, viewed, anything else."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import msgspec
from msgspec import Raw

from adapters.xapi.objects import Target, activity_of, place_of
from adapters.xapi.payloads import Score, Statement
from adapters.xapi.refusal import UnusableStatement, refuse_unfindable
from adapters.xapi.spellings import Spellings
from adapters.xapi.vocabulary import Word, said_by_event, said_by_verb
from lms_scoring.domain.statements import LmsStatement, LmsVerb

_LONGEST_MARK = 40
"""Characters of a mark: `1e999999999` is a short text and a number no memory holds."""
_FIRST_PLACE = 1
"""What a Moodle's grades on a scale begin with; its points begin with 0."""


def lms_statement(
    statement: Statement,
    stored: int,
    id_: str,
    account: str,
    target: Target,
    at: int,
    word: Word,
    accounts: Spellings[bytes, str],
) -> LmsStatement:
    """The statement in our words. `accounts` understands the instructor. Raises UnusableStatement."""
    verb = _said(statement, word, target)
    place = _PLACES[b"" if statement.context is None else bytes(statement.context.activities)]
    reply = place.reply if verb is LmsVerb.REPLIED else None
    object_, activity = reply or target.iri, activity_of(target, place)
    refuse_unfindable(object_)
    refuse_unfindable(activity)
    raw, maximum = _marks(statement) if verb is LmsVerb.SCORED else (None, None)
    return LmsStatement(
        stored,
        id_,
        account,
        verb,
        object_,
        activity,
        at,
        raw=raw,
        maximum=maximum,
        by=_instructor(statement, accounts) if verb is LmsVerb.SCORED else None,
        characters=_characters(statement, verb, target),
    )


_PLACES = Spellings(place_of)
_SCORE = msgspec.json.Decoder(Score)
_DECIMAL = msgspec.json.Decoder(Decimal)


def _said(statement: Statement, word: Word, target: Target) -> LmsVerb:
    given = None if statement.context is None else statement.context.extensions
    if given is not None and given.info is not None and given.info.event_name is not None:
        said = said_by_event(given.info.event_name)
        if said is not None:
            return said
    return said_by_verb(word, target.type, target.iri)


def _marks(statement: Statement) -> tuple[Fraction | None, Fraction | None]:
    """The mark and the most there is; on a scale it is a word's place, which is no share of anything."""
    raw = b"" if statement.result is None else bytes(statement.result.score)
    if raw in (b"", b"null"):
        return None, None
    try:
        score = _SCORE.decode(raw)
    except msgspec.MsgspecError as error:
        raise UnusableStatement("score_malformed", f"its score cannot be read ({error})") from error
    is_place = _exact(score.min) == _FIRST_PLACE
    return _exact(score.raw), None if is_place else _exact(score.max)


def _exact(number: Raw) -> Fraction | None:
    """From the decimal text: a mark never passes through a binary number."""
    text = bytes(number)
    if text in (b"", b"null"):
        return None
    try:
        mark = _DECIMAL.decode(text) if len(text) <= _LONGEST_MARK else Decimal("NaN")
    except msgspec.MsgspecError as error:
        raise UnusableStatement("score_malformed", "its score is not a number") from error
    if not mark.is_finite() or abs(mark.adjusted()) > _LONGEST_MARK:
        raise UnusableStatement("score_malformed", "its score is not a number one can mark with")
    return Fraction(mark)


def _instructor(statement: Statement, accounts: Spellings[bytes, str]) -> str | None:
    raw = b"" if statement.context is None else bytes(statement.context.instructor)
    if raw in (b"", b"null"):
        return None
    try:
        return accounts[raw]
    except UnusableStatement:
        return None  # a group, or nobody: the mark stands all the same


def _characters(statement: Statement, verb: LmsVerb, target: Target) -> int | None:
    """The description of the post; until 2025 a reply's text was the result's response."""
    if verb not in (LmsVerb.REPLIED, LmsVerb.TOPIC_CREATED) or target.characters is not None:
        return target.characters if verb in (LmsVerb.REPLIED, LmsVerb.TOPIC_CREATED) else None
    if statement.result is None:
        return None
    try:
        return len(msgspec.json.decode(statement.result.response, type=str))
    except msgspec.MsgspecError:
        return None  # no text, or something else than text
