"""What posts say, out of statements: the description of the post, or, until 2025, the response of a reply."""

from __future__ import annotations

import msgspec

from adapters.plain_text import plain_text
from adapters.xapi.payloads import THING, Statement
from lms_scoring.domain.statements import LmsStatement, LmsVerb
from lms_scoring.domain.texts import Text

_POSTED = (LmsVerb.TOPIC_CREATED, LmsVerb.REPLIED)


def text_told_by(statement: Statement, told: LmsStatement) -> Text | None:
    """The text that a statement tells, or takes away; None where it does neither."""
    if told.verb is LmsVerb.POST_DELETED:
        return _text(told, None)
    if told.verb not in _POSTED or told.characters is None:
        return None
    return _text(told, plain_text(_written(statement)) or None)


def _written(statement: Statement) -> str:
    """Whichever of the two it was whose characters were counted."""
    thing = THING.decode(statement.object)
    described = next(iter(((thing.definition and thing.definition.description) or {}).values()), "")
    if described or statement.result is None:
        return described
    return msgspec.json.decode(statement.result.response, type=str)


def _text(told: LmsStatement, text: str | None) -> Text:
    return Text(
        kind="post",
        id=told.object,
        person=told.account,
        activity=told.activity,
        at=told.at,
        text=text,
        told_at=told.at,
    )
