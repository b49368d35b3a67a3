"""Durations as SCORM packages write them: `0001:02:30.25` (1.2) or `PT1H2M30.25S` (2004)."""

from __future__ import annotations

import re
from decimal import Decimal

_CLOCK = re.compile(r"(\d{1,9}):([0-5]?\d):([0-5]?\d(?:\.\d+)?)", re.ASCII)
_PERIOD = re.compile(
    r"P(?:0+Y)?(?:0+M)?(?:(\d{1,9})D)?(?:T(?:(\d{1,9})H)?(?:(\d{1,9})M)?(?:(\d{1,9}(?:\.\d+)?)S)?)?", re.ASCII
)


def milliseconds_of(text: str) -> int | None:
    """The duration in whole milliseconds; None where the text is none of the known forms.

    Hours may exceed 99 and have leading zeros. Years and months have no fixed length and are not taken.
    """
    text = text.strip()
    clock = _CLOCK.fullmatch(text)
    if clock is not None:
        return _milliseconds(None, *clock.groups())
    period = _PERIOD.fullmatch(text)
    if period is None or text[-1] in "PT":
        return None
    return _milliseconds(*period.groups())


def _milliseconds(days: str | None, hours: str | None, minutes: str | None, seconds: str | None) -> int:
    whole_minutes = (int(days or 0) * 24 + int(hours or 0)) * 60 + int(minutes or 0)
    return whole_minutes * 60_000 + int(Decimal(seconds or 0) * 1000)
