"""From statements to evidence: video events, LMS statements, and ids of what was taken back. Pure.

Hundreds of thousands pass through here in one sync, so whatever repeats (actors, verbs, objects, lengths,
speeds) is understood once per spelling and looked up by its bytes afterwards.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NoReturn

import msgspec

from adapters.xapi.authorities import ANYBODY, Believed, vouching
from adapters.xapi.content_id import id_of_content
from adapters.xapi.identities import account_of
from adapters.xapi.lms import lms_statement
from adapters.xapi.objects import Target, target_of
from adapters.xapi.pages import Page
from adapters.xapi.payloads import Statement, Verb
from adapters.xapi.refusal import Refused, UnusableStatement, refuse_unfindable
from adapters.xapi.spellings import Spellings
from adapters.xapi.texts import text_told_by
from adapters.xapi.video import is_of_video, video_event
from adapters.xapi.vocabulary import Word, word_of
from lms_scoring.domain.findable import LONGEST_KEY
from lms_scoring.domain.instants import EPOCH, HOUR, SECOND, instant_of
from lms_scoring.domain.statements import LmsStatement, WatchEvent
from lms_scoring.domain.texts import Text

FORMAT = 2
"""Of what is read of statements: after a cursor of an older one all of them are read again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What a page says. `voided` are ids of statements that were taken back, here or on another page;
    `texts` what posts say; `titles` what videos are called that were not met before, by their IRIs.
    `unbelieved`: how many were left out because nobody vouches for them who is believed."""

    events: Sequence[WatchEvent]
    statements: Sequence[LmsStatement]
    texts: Sequence[Text]
    titles: Mapping[str, str]
    voided: Sequence[str]
    refused: Sequence[Refused]
    unbelieved: int = 0


class StatementReader:
    """Reads page after page; what it remembers between them are spellings, never statements."""

    def __init__(self, believed: Believed = ANYBODY) -> None:
        self._believed = believed
        self._vouching = Spellings(vouching)
        self._accounts = Spellings(_account_of)
        self._targets = Spellings(self._target_of)
        self._titles: dict[str, str] = {}
        self._words = Spellings(_word_of)

    def read(self, page: Page) -> Evidence:
        """The evidence of one page, without what is refused."""
        events: list[WatchEvent] = []
        statements: list[LmsStatement] = []
        texts: list[Text] = []
        voided: list[str] = []
        refused = list(page.refused)
        words, targets, accounts = self._words, self._targets, self._accounts
        lms, videos = self._believed.lms, self._believed.videos
        unbelieved = 0
        for index, statement in enumerate(page.statements):
            try:
                word = words[bytes(statement.verb)]
                target = targets[bytes(statement.object)]
                if word.voids or target.reference:
                    if lms is not None and lms.isdisjoint(self._vouching[bytes(statement.authority)]):
                        unbelieved += 1
                    else:
                        voided.append(_voided(word, target))
                    continue
                verb = word.video
                of_video = verb is not None and (target.video or is_of_video(word, target, statement))
                named = videos if of_video else lms
                if named is not None and named.isdisjoint(self._vouching[bytes(statement.authority)]):
                    unbelieved += 1
                    continue
                account = accounts[bytes(statement.actor)]
                happened, kept = statement.timestamp, statement.stored
                if happened is None or kept is None:
                    at, stored = _times_of_one(statement)
                else:  # in parts, which is exact, and faster than dividing
                    since = kept - EPOCH
                    stored = since.days * _DAY + since.seconds * SECOND + since.microseconds // 1_000
                    since = happened - EPOCH
                    at = since.days * _DAY + since.seconds * SECOND + since.microseconds // 1_000
                if not 0 <= at < _LATEST:
                    _refuse_beyond()
                id_ = statement.id.lower() if statement.id else _made_id(page, index, account, target, at)
                if len(id_) > _SHORT or "\x00" in id_:
                    refuse_unfindable(id_)
                if verb is not None and of_video:
                    events.append(video_event(statement, stored, id_, account, target.iri, at, verb))
                else:
                    told = lms_statement(statement, stored, id_, account, target, at, word, accounts)
                    statements.append(told)
                    if (text := text_told_by(statement, told)) is not None:
                        texts.append(text)
            except UnusableStatement as error:
                refused.append(page.refusal(index, error))
        titles, self._titles = self._titles, {}
        return Evidence(
            events=events,
            statements=statements,
            texts=texts,
            titles=titles,
            voided=voided,
            refused=refused,
            unbelieved=unbelieved,
        )

    def _target_of(self, raw: bytes) -> Target:
        target = _target_of(raw)
        if target.title:
            self._titles[target.iri] = target.title
        return target


_DAY = 24 * HOUR
_LATEST = instant_of(datetime(9998, 1, 1, tzinfo=UTC))
"""No calendar shows later times in every zone."""
_SHORT = LONGEST_KEY // 4
"""Characters of an id that is short enough whatever it is written in."""
_VERB = msgspec.json.Decoder(Verb)


def _times_of_one(statement: Statement) -> tuple[int, int]:
    """When it happened and when it was stored, of a statement that says only one of the two."""
    if statement.timestamp is not None:
        return instant_of(statement.timestamp), 0
    if statement.stored is not None:
        return instant_of(statement.stored), instant_of(statement.stored)
    raise UnusableStatement("no_time", "it has neither a timestamp nor a stored time")


def _refuse_beyond() -> NoReturn:
    """No calendar shows such a time."""
    raise UnusableStatement("time_out_of_range", "its timestamp lies before 1970 or after 9997")


def _account_of(raw: bytes) -> str:
    account = account_of(raw)
    refuse_unfindable(account)
    return account


def _target_of(raw: bytes) -> Target:
    target = target_of(raw)
    refuse_unfindable(target.iri)
    return target


def _word_of(raw: bytes) -> Word:
    if not raw:
        raise UnusableStatement("no_verb", "it has no verb")
    try:
        return word_of(_VERB.decode(raw).id)
    except msgspec.MsgspecError as error:
        raise UnusableStatement("verb_malformed", f"its verb cannot be read ({error})") from error


def _made_id(page: Page, index: int, account: str, target: Target, at: int) -> str:
    verb = _VERB.decode(page.statements[index].verb).id
    return id_of_content(page.raw(index), account=account, verb=verb, target=target.iri, at=at)


def _voided(word: Word, target: Target) -> str:
    """The id of the statement that is taken back; it may come later, or never (Data 2.3.2)."""
    if not word.voids:
        raise UnusableStatement("object_not_activity", "its object is another statement")
    if not target.reference:
        raise UnusableStatement("void_without_reference", "it voids something that is not a statement")
    id_ = target.iri.lower()
    refuse_unfindable(id_)
    return id_
