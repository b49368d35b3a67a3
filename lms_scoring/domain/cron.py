"""Times of day and days as cron writes them: five fields, in the wall clock of a zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from lms_scoring.domain.instants import day_of, instant_of

_LONGEST_WAIT = 8 * 366
"""Days within which a time comes that comes at all: from one 29 February to the next, over 1900 or 2100."""
_PART = re.compile(r"(\*|([0-9]{1,2})(?:-([0-9]{1,2}))?)(?:/([0-9]{1,2}))?")


@dataclass(frozen=True, slots=True)
class _Field:
    """One of the five, from its lowest number to its highest."""

    name: str
    first: int
    last: int

    def numbers(self, text: str) -> frozenset[int]:
        """Those that the text names. Raises ValueError, which says what is wrong with which field."""
        return frozenset(number for part in text.split(",") for number in self._range(part))

    def _range(self, part: str) -> range:
        found = _PART.fullmatch(part)
        if found is None:
            raise ValueError(f"{self.name}: {part!r} is none of *, 5, 1-5, */15, 8-18/2")
        every, begin, end, step = found.groups()
        first = self.first if every == "*" else int(begin)
        last = self.last if every == "*" or (step and not end) else int(end or begin)
        if not self.first <= first <= last <= self.last:
            raise ValueError(f"{self.name}: {part!r} goes beyond {self.first}-{self.last}, or backwards")
        if step is not None and int(step) == 0:
            raise ValueError(f"{self.name}: {part!r} goes on by nothing")
        return range(first, last + 1, int(step or 1))


_FIELDS = (
    _Field("minute", 0, 59),
    _Field("hour", 0, 23),
    _Field("day of the month", 1, 31),
    _Field("month", 1, 12),
    _Field("day of the week", 0, 7),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cron:
    """Minutes of days. As everywhere, where days of the month and of the week are both named, either will do.

    `weekdays` has Sunday as 0.
    """

    minutes: frozenset[int]
    hours: frozenset[int]
    days: frozenset[int]
    months: frozenset[int]
    weekdays: frozenset[int]
    either: bool

    def after(self, instant: int, zone: ZoneInfo) -> int | None:
        """The first time later than the instant; None where it never comes (31 February).

        A time that the clocks skip comes as much later as they do; one that they show twice comes once.
        """
        first = day_of(instant, zone)
        for day in (first + timedelta(days=number) for number in range(_LONGEST_WAIT)):
            for moment in self._times() if self._holds(day) else ():
                found = instant_of(datetime.combine(day, moment, zone))
                if found > instant:
                    return found
        return None

    @property
    def ever_comes(self) -> bool:
        """Whether there is such a day at all."""
        return self.after(0, ZoneInfo("UTC")) is not None

    def _holds(self, day: date) -> bool:
        of_month, of_week = day.day in self.days, day.isoweekday() % 7 in self.weekdays
        return day.month in self.months and ((of_month or of_week) if self.either else (of_month and of_week))

    def _times(self) -> Iterator[time]:
        for hour in sorted(self.hours):
            for minute in sorted(self.minutes):
                yield time(hour, minute)


def parse_cron(text: str) -> Cron:
    """The five fields of `0 3 * * 1-5`. Raises ValueError, which says what is wrong."""
    parts = text.split()
    if len(parts) != len(_FIELDS):
        raise ValueError(
            f"needs five fields (minute, hour, day, month, weekday), and {text!r} has {len(parts)}"
        )
    minutes, hours, days, months, weekdays = (
        field.numbers(part) for field, part in zip(_FIELDS, parts, strict=True)
    )
    return Cron(
        minutes=minutes,
        hours=hours,
        days=days,
        months=months,
        weekdays=frozenset(day % 7 for day in weekdays),
        either=not (parts[2].startswith("*") or parts[4].startswith("*")),
    )
