"""How long the steps of a proceeding may take, in calendar days of the programme's zone."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from zoneinfo import ZoneInfo

from lms_scoring.domain.instants import day_of, start_of


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeTerms:
    """Days for an answer, and then for asking for a second opinion."""

    answer_days: int = 7
    second_days: int = 7


def end_of_term(begun: int, days: int, zone: ZoneInfo) -> int:
    """The instant from which on so many whole days after the day it began are over."""
    return start_of(day_of(begun, zone) + timedelta(days=days + 1), zone)
