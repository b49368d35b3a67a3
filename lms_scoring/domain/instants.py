"""Instants and days: integer milliseconds since 1970 UTC, and the calendar days of a time zone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

SECOND = 1_000
MINUTE = 60 * SECOND
HOUR = 60 * MINUTE
DAY = 24 * HOUR

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)
_END_OF_DAY = re.compile(r"(?<=[T ])24(:?00(:?00([.,]0+)?)?)?(?=$|[Z+-])")
_LEAP_SECOND = re.compile(r"(?<=[T ]\d\d:\d\d:)60|(?<=[T ]\d\d\d\d)60")


def instant_of(moment: datetime) -> int:
    """The instant of an aware datetime; parts of a millisecond are dropped.

    Raises ValueError for a datetime without an offset: a guessed zone would decide deadlines.
    """
    if moment.utcoffset() is None:
        raise ValueError("time without offset")
    return (moment - EPOCH) // _MILLISECOND


def parse_instant(text: str) -> int:
    """The instant that an ISO 8601 text with an offset names. Raises ValueError.

    24:00 is the end of its day; a leap second, which instants do not count, is the second after it.
    """
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return _seldom_written(text.upper())
    if moment.tzinfo is not None and not any(separator in text for separator in "T t"):
        raise ValueError("no ISO 8601 time")
    return instant_of(moment)


def moment_of(instant: int, zone: ZoneInfo) -> datetime:
    """The instant as a datetime of the zone."""
    return (EPOCH + timedelta(milliseconds=instant)).astimezone(zone)


def iso(instant: int, zone: ZoneInfo | None = None) -> str:
    """ISO 8601 with offset; UTC unless a zone is named; milliseconds only where there are any."""
    seconds, rest = divmod(instant, SECOND)
    moment = EPOCH + timedelta(0, seconds, rest * 1_000)
    if zone is not None:
        moment = moment.astimezone(zone)
    return moment.isoformat(timespec="milliseconds" if rest else "seconds")


def day_of(instant: int, zone: ZoneInfo) -> date:
    """The calendar day of the zone in which the instant lies."""
    return moment_of(instant, zone).date()


def day_text(day: date, language: str) -> str:
    """The calendar day as people write it."""
    if language == "zh":
        return f"{day.year}年{day.month}月{day.day}日"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


def start_of(day: date, zone: ZoneInfo) -> int:
    """The instant at which the day begins in the zone."""
    return instant_of(datetime.combine(day, time(), zone))


def days_between(start: int, end: int, zone: ZoneInfo) -> Iterator[tuple[date, int, int]]:
    """The calendar days that [start, end) touches, each with the part of it that lies inside."""
    day = day_of(start, zone)
    while start < end:
        day_end = start_of(day + timedelta(days=1), zone)
        yield day, start, min(end, day_end)
        start, day = day_end, day + timedelta(days=1)


def _seldom_written(text: str) -> int:
    """What ISO 8601 has and Python's reader has not. Raises ValueError for what neither has."""
    if _END_OF_DAY.search(text):
        return instant_of(datetime.fromisoformat(_END_OF_DAY.sub("00", text))) + DAY
    if _LEAP_SECOND.search(text):
        instant = instant_of(datetime.fromisoformat(_LEAP_SECOND.sub("59", text))) + SECOND
        if instant // SECOND * SECOND % DAY != 0:
            raise ValueError("a leap second is the last of a day in UTC")
        return instant
    return instant_of(datetime.fromisoformat(text))
