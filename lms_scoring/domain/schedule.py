"""When a course is synced by itself: at times or at intervals, around its window, and not in quiet hours."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from zoneinfo import ZoneInfo

from lms_scoring.domain.cron import Cron
from lms_scoring.domain.instants import DAY, HOUR, instant_of, moment_of, start_of
from lms_scoring.domain.scheme import Window

_LATE = 7 * DAY
"""So much later than planned the reading may begin that tells what was done as the window ended: platforms
fail, tokens expire, and machines stand still over holidays."""
_AGAIN = DAY
"""So long after it failed that reading begins again where times come more seldom than it may be late."""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """Hours of every day by the clock of the programme's zone, overnight where the end is the earlier one."""

    begin: time
    end: time

    def hold(self, moment: time) -> bool:
        """Whether that time of day is one of theirs; their end is not."""
        if self.begin <= self.end:
            return self.begin <= moment < self.end
        return moment >= self.begin or moment < self.end


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """How often a course's sources are read. `every` (ms) holds where there is no `cron`.

    Before `lead_days` ahead of the programme's first day and after `trail_days` behind its last nothing comes
    by itself; but what was done as the window ended is read in any case, by one reading that begins after it.
    One that failed or was cut short comes again, at the next time or on the next day, until one tells all: a
    week late at the most. Everything is read anew where that was done `full_every_days` ago.
    """

    every: int = HOUR
    cron: Cron | None = None
    quiet: tuple[QuietHours, ...] = ()
    lead_days: int = 7
    trail_days: int = 30
    full_every_days: int = 7
    by_itself: bool = True


USUAL = Schedule()
"""That of courses which say nothing of it."""


def next_sync(
    schedule: Schedule, window: Window, *, last: int | None, whole: int | None, now: int
) -> int | None:
    """When a source is to be read next, at the earliest now; None: never again by itself.

    `last` is when it was begun to be read the last time, and `whole` when it last was and all of it was read;
    None: it never was. What should have been long ago is due once, not as often as it was missed. A time that
    has not come yet is of a clock that was wrong.
    """
    if not schedule.by_itself:
        return None
    zone = ZoneInfo(window.zone)
    began, read = _that_came(last, now), _that_came(whole, now)
    planned = now if began is None else _planned(schedule, began, zone)
    if planned is None:
        return None
    opens = start_of(window.first - timedelta(days=schedule.lead_days), zone)
    closes = start_of(window.last + timedelta(days=schedule.trail_days + 1), zone)
    if read is None or read < window.end:
        closes = max(closes, _closing_on(schedule, window.end, zone))
        if began is not None and planned >= closes:
            planned = min(planned, began + _AGAIN)
    allowed = _out_of_quiet(schedule.quiet, max(planned, now, opens), zone)
    return allowed if allowed is not None and allowed < closes else None


def is_full_due(schedule: Schedule, *, last_full: int | None, now: int) -> bool:
    """Whether everything should be read anew; `last_full` is when that was begun the last time."""
    return last_full is None or not 0 <= now - last_full < schedule.full_every_days * DAY


def leaves_time(quiet: tuple[QuietHours, ...]) -> bool:
    """Whether there is a minute of the day that is not quiet."""
    return _out_of_quiet(quiet, 0, ZoneInfo("UTC")) is not None


def _that_came(instant: int | None, now: int) -> int | None:
    return None if instant is None or instant > now else instant


def _planned(schedule: Schedule, last: int, zone: ZoneInfo) -> int | None:
    return last + schedule.every if schedule.cron is None else schedule.cron.after(last, zone)


def _closing_on(schedule: Schedule, end: int, zone: ZoneInfo) -> int:
    """Until when what was done as the window ended is still read."""
    planned = _planned(schedule, end - 1, zone)
    return end if planned is None else planned + _LATE


def _out_of_quiet(quiet: tuple[QuietHours, ...], instant: int, zone: ZoneInfo) -> int | None:
    """The first instant from this one on that is not quiet; None where all of the day is."""
    for _ in range(2 * len(quiet) + 1):
        moment = moment_of(instant, zone)
        ends = [_end(hours, moment, zone) for hours in quiet if hours.hold(moment.time())]
        if not ends:
            return instant
        instant = max(ends)
    return None


def _end(hours: QuietHours, moment: datetime, zone: ZoneInfo) -> int:
    """Of an hour that the clocks show twice, the end is in the same one."""
    day = moment.date() if moment.time() < hours.end else moment.date() + timedelta(days=1)
    return instant_of(datetime.combine(day, hours.end.replace(fold=moment.fold), zone))
