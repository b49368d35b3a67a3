"""What the columns and terms of a spreadsheet are called in the visitor's language."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from lms_scoring.domain.evidence import MembershipStatus, Role
from lms_scoring.domain.outlook import ToldState
from lms_scoring.domain.scheme import RoleScheme
from lms_scoring.domain.scorecard import CriterionState
from lms_scoring.web.voice import Voice

COLUMNS = (
    *("scores", "people", "result", "person", "name", "role", "class", "status", "score", "passed"),
    *("provisional", "state", "band", "points", "unknown", "closed_at", "picked"),
)


def column_words(rules: RoleScheme, voice: Voice, zone: ZoneInfo) -> dict[str, str]:
    """Words by what `xlsx_file` calls them: columns, groups of columns, and the terms in their cells."""
    columns = {key: voice.say(f"sheet.{key}") for key in COLUMNS}
    terms = {term.value: voice.word(term) for kind in _TERMS for term in kind}
    # Of a criterion a file knows that no mark is awaited, not whether cases or disputes are open about it.
    terms[CriterionState.FINAL.value] = voice.say("sheet.marks_in")
    criteria = {one.id: f"{voice.words(one.name)} / {voice.plain(one.max)}" for one in rules.criteria}
    bands = {band.id: voice.words(band.name) for band in rules.bands}
    return {**bands, **terms, **criteria, **columns, "as_of": voice.say("sheet.as_of", zone=str(zone))}


_TERMS = (Role, MembershipStatus, ToldState, CriterionState)
