"""When a course is synced by itself: cron, intervals, quiet hours, and the days around the programme."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

import pytest

from lms_scoring.domain.cron import parse_cron
from lms_scoring.domain.instants import DAY, HOUR, MINUTE, instant_of, moment_of
from lms_scoring.domain.schedule import (
    USUAL,
    QuietHours,
    Schedule,
    is_full_due,
    leaves_time,
    next_sync,
)
from lms_scoring.domain.scheme import Window

SHANGHAI, BERLIN = ZoneInfo("Asia/Shanghai"), ZoneInfo("Europe/Berlin")
WINDOW = Window(first=date(2024, 10, 25), last=date(2024, 12, 15), zone="Asia/Shanghai")
IN_BERLIN = Window(first=date(2024, 10, 1), last=date(2024, 12, 15), zone="Europe/Berlin")
NIGHT = QuietHours(begin=time(22), end=time(5))
MORNING = QuietHours(begin=time(7, 30), end=time(9))


def at(text: str, zone: ZoneInfo = SHANGHAI, *, fold: int = 0) -> int:
    return instant_of(datetime.fromisoformat(text).replace(tzinfo=zone, fold=fold))


def shown(instant: int | None, zone: ZoneInfo = SHANGHAI) -> str | None:
    return None if instant is None else moment_of(instant, zone).isoformat(sep=" ", timespec="minutes")[:16]


# -- cron ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("cron", "after", "comes"),
    [
        ("0 3 * * *", "2024-11-01 03:00", "2024-11-02 03:00"),
        ("0 3 * * *", "2024-11-01 02:59:59", "2024-11-01 03:00"),
        ("*/15 * * * *", "2024-11-01 03:07", "2024-11-01 03:15"),
        ("5,35 8-10 * * *", "2024-11-01 08:35", "2024-11-01 09:05"),
        ("30 8-18/5 * * *", "2024-11-01 13:30", "2024-11-01 18:30"),
        ("30 20/2 * * *", "2024-11-01 20:30", "2024-11-01 22:30"),
        ("0 0 1 * *", "2024-12-01 00:00", "2025-01-01 00:00"),
        ("0 6 * * 1-5", "2024-11-01 06:00", "2024-11-04 06:00"),  # from a Friday to a Monday
        ("0 6 * * 0", "2024-11-01 06:00", "2024-11-03 06:00"),
        ("0 6 * * 7", "2024-11-01 06:00", "2024-11-03 06:00"),
        ("0 6 15 * 1", "2024-11-04 06:00", "2024-11-11 06:00"),  # the 15th or a Monday
        ("0 6 15 * 1", "2024-11-11 06:00", "2024-11-15 06:00"),
        ("0 6 */2 * 1", "2024-11-01 06:00", "2024-11-11 06:00"),  # a Monday that is an odd day
        ("0 0 29 2 *", "2096-03-01 00:00", "2104-02-29 00:00"),
        ("0 0 31 2 *", "2024-11-01 00:00", None),
    ],
)
def test_cron_says_when_the_next_time_is(cron: str, after: str, comes: str | None) -> None:
    assert shown(parse_cron(cron).after(at(after), SHANGHAI)) == comes


def test_a_time_that_the_clocks_skip_comes_as_much_later_as_they_do() -> None:
    found = parse_cron("30 2 * * *").after(at("2024-03-30 12:00", BERLIN), BERLIN)
    assert shown(found, BERLIN) == "2024-03-31 03:30"


def test_a_time_that_the_clocks_show_twice_comes_once() -> None:
    cron = parse_cron("30 2 * * *")
    once = cron.after(at("2024-10-26 12:00", BERLIN), BERLIN)
    assert once == at("2024-10-27 02:30", BERLIN)
    assert shown(cron.after(once, BERLIN), BERLIN) == "2024-10-28 02:30"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("0 3 * *", "needs five fields (minute, hour, day, month, weekday), and '0 3 * *' has 4"),
        ("60 3 * * *", "minute: '60' goes beyond 0-59, or backwards"),
        ("0 5-3 * * *", "hour: '5-3' goes beyond 0-23, or backwards"),
        ("0 3 0 * *", "day of the month: '0' goes beyond 1-31, or backwards"),
        ("0 3 * JAN *", "month: 'JAN' is none of *, 5, 1-5, */15, 8-18/2"),
        ("0 3 * * 8", "day of the week: '8' goes beyond 0-7, or backwards"),
        ("*/0 3 * * *", "minute: '*/0' goes on by nothing"),
        ("0, 3 * * *", "minute: '' is none of *, 5, 1-5, */15, 8-18/2"),
    ],
)
def test_what_is_wrong_with_a_cron_text_is_said_with_its_field(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=f"^{re.escape(complaint)}$"):
        parse_cron(text)


def test_a_day_that_never_comes_is_known() -> None:
    assert not parse_cron("0 0 30 2 *").ever_comes
    assert parse_cron("0 0 29 2 *").ever_comes


# -- intervals, and the days around the programme ------------------------------------------------------


def test_what_was_never_read_is_read_at_once() -> None:
    now = at("2024-11-01 12:34")
    assert next_sync(USUAL, WINDOW, last=None, whole=None, now=now) == now


def test_an_interval_runs_from_where_the_last_sync_began() -> None:
    last = at("2024-11-01 12:00")
    assert next_sync(USUAL, WINDOW, last=last, whole=last, now=last + MINUTE) == last + HOUR


def test_what_was_missed_is_due_once_and_now() -> None:
    noon, night, now = at("2024-11-01 12:00"), at("2024-11-01 03:00"), at("2024-11-03 12:00")
    assert next_sync(USUAL, WINDOW, last=noon, whole=noon, now=now) == now
    nightly = Schedule(cron=parse_cron("0 3 * * *"))
    assert next_sync(nightly, WINDOW, last=night, whole=night, now=now) == now
    assert shown(next_sync(nightly, WINDOW, last=now, whole=now, now=now)) == "2024-11-04 03:00"


def test_a_clock_that_was_ahead_puts_nothing_off() -> None:
    now = at("2024-11-01 12:00")
    assert next_sync(USUAL, WINDOW, last=now + DAY, whole=now + DAY, now=now) == now
    assert is_full_due(USUAL, last_full=now + DAY, now=now)


def test_before_the_lead_days_it_waits_for_their_first() -> None:
    found = next_sync(USUAL, WINDOW, last=None, whole=None, now=at("2024-09-01 12:00"))
    assert shown(found) == "2024-10-18 00:00"


def test_after_the_trail_days_it_never_comes() -> None:
    last = at("2025-01-14 23:00")
    assert next_sync(USUAL, WINDOW, last=last - HOUR, whole=last - HOUR, now=last) == last
    assert next_sync(USUAL, WINDOW, last=last, whole=last, now=last) is None


TO_THE_LAST = Schedule(trail_days=0)
MONTHLY = Schedule(cron=parse_cron("0 3 1 * *"), trail_days=7)


@pytest.mark.parametrize(
    ("schedule", "last", "now", "comes"),
    [
        # read in the last hour, and once more after the end; not again
        (TO_THE_LAST, "2024-12-15 23:30", "2024-12-15 23:40", "2024-12-16 00:30"),
        (TO_THE_LAST, "2024-12-15 23:30", "2024-12-16 00:40", "2024-12-16 00:40"),
        (TO_THE_LAST, "2024-12-16 00:00", "2024-12-16 00:40", None),
        # machines that stood still, a week at most
        (TO_THE_LAST, "2024-12-15 23:30", "2024-12-23 00:59", "2024-12-23 00:59"),
        (TO_THE_LAST, "2024-12-15 23:30", "2024-12-23 01:00", None),
        (TO_THE_LAST, None, "2024-12-23 00:59", "2024-12-23 00:59"),
        (TO_THE_LAST, None, "2024-12-23 01:00", None),
        # a clock that was ahead has read nothing
        (TO_THE_LAST, "2024-12-19 00:00", "2024-12-16 12:00", "2024-12-16 12:00"),
        # quiet hours over the end
        (replace(TO_THE_LAST, quiet=(NIGHT,)), "2024-12-15 21:30", "2024-12-15 22:00", "2024-12-16 05:00"),
        (replace(TO_THE_LAST, quiet=(NIGHT,)), "2024-12-15 21:30", "2024-12-23 04:59", None),
        (replace(TO_THE_LAST, quiet=(NIGHT,)), "2024-12-15 21:30", "2024-12-22 21:59", "2024-12-22 21:59"),
        # times that come seldom: none within the days behind the last one
        (MONTHLY, "2024-12-01 03:00", "2024-12-20 12:00", "2025-01-01 03:00"),
        (MONTHLY, "2024-12-01 03:00", "2025-01-08 02:59", "2025-01-08 02:59"),
        (MONTHLY, "2024-12-01 03:00", "2025-01-08 03:00", None),
        (MONTHLY, "2025-01-01 03:00", "2025-01-01 04:00", None),
        (MONTHLY, "2024-12-16 12:00", "2024-12-16 13:00", None),  # begun by hand, after the end
        (replace(TO_THE_LAST, every=14 * DAY), "2024-12-10 12:00", "2024-12-16 00:00", "2024-12-24 12:00"),
        # never
        (replace(MONTHLY, cron=parse_cron("0 0 31 2 *")), None, "2024-12-24 12:00", None),
        (replace(TO_THE_LAST, by_itself=False), "2024-12-15 23:30", "2024-12-16 00:40", None),
        # the days behind the last one, where those are more
        (USUAL, "2024-12-15 23:30", "2025-01-14 23:59", "2025-01-14 23:59"),
        (USUAL, "2024-12-15 23:30", "2025-01-15 00:00", None),
    ],
)
def test_what_was_done_as_the_window_ended_is_read_by_one_more_sync(
    schedule: Schedule, last: str | None, now: str, comes: str | None
) -> None:
    began = None if last is None else at(last)
    assert shown(next_sync(schedule, WINDOW, last=began, whole=began, now=at(now))) == comes


NIGHTLY = replace(TO_THE_LAST, cron=parse_cron("0 3 * * *"))
FORTNIGHTLY = replace(TO_THE_LAST, every=14 * DAY)
BEFORE = "2024-12-15 23:30"


@pytest.mark.parametrize(
    ("schedule", "last", "whole", "now", "comes"),
    [
        # it failed, or was cut short, and comes at its next time, a week late at most
        (TO_THE_LAST, "2024-12-16 00:30", BEFORE, "2024-12-16 00:40", "2024-12-16 01:30"),
        (TO_THE_LAST, "2024-12-16 00:30", BEFORE, "2024-12-16 02:00", "2024-12-16 02:00"),
        (TO_THE_LAST, "2024-12-16 00:30", None, "2024-12-16 02:00", "2024-12-16 02:00"),
        (TO_THE_LAST, "2024-12-22 23:30", BEFORE, "2024-12-23 00:59", "2024-12-23 00:59"),
        (TO_THE_LAST, "2024-12-22 23:30", BEFORE, "2024-12-23 01:00", None),
        (NIGHTLY, "2024-12-16 03:00", BEFORE, "2024-12-16 08:00", "2024-12-17 03:00"),
        # that began in the very instant of the end, or by a clock that was ahead
        (TO_THE_LAST, "2024-12-16 00:30", "2024-12-16 00:00", "2024-12-16 00:40", None),
        (TO_THE_LAST, "2024-12-16 00:30", "2024-12-19 00:00", "2024-12-16 00:40", "2024-12-16 01:30"),
        # whole, and failing since
        (TO_THE_LAST, "2024-12-16 01:30", "2024-12-16 00:30", "2024-12-16 02:00", None),
        # times that come more seldom than it may be late: once a day
        (MONTHLY, "2025-01-01 03:00", "2024-12-01 03:00", "2025-01-01 04:00", "2025-01-02 03:00"),
        (MONTHLY, "2025-01-07 03:00", "2024-12-01 03:00", "2025-01-08 02:00", None),
        (FORTNIGHTLY, "2024-12-24 12:00", "2024-12-10 12:00", "2024-12-24 13:00", "2024-12-25 12:00"),
        (FORTNIGHTLY, "2025-01-05 12:00", "2024-12-10 12:00", "2025-01-05 13:00", None),
        # but not where the next one comes in time, by the days behind the last one
        (replace(MONTHLY, trail_days=60), "2025-01-01 03:00", None, "2025-01-01 04:00", "2025-02-01 03:00"),
        # nobody reads it by itself
        (replace(TO_THE_LAST, by_itself=False), "2024-12-16 00:30", BEFORE, "2024-12-16 02:00", None),
    ],
)
def test_a_sync_after_the_end_that_did_not_tell_all_comes_again(
    schedule: Schedule, last: str, whole: str | None, now: str, comes: str | None
) -> None:
    read = None if whole is None else at(whole)
    assert shown(next_sync(schedule, WINDOW, last=at(last), whole=read, now=at(now))) == comes


def test_a_time_that_never_comes_is_none() -> None:
    schedule, last = Schedule(cron=parse_cron("0 0 31 2 *")), at("2024-11-01 12:00")
    assert next_sync(schedule, WINDOW, last=last, whole=last, now=last + HOUR) is None


def test_a_course_may_be_synced_by_hand_alone() -> None:
    assert (
        next_sync(Schedule(by_itself=False), WINDOW, last=None, whole=None, now=at("2024-11-01 12:00"))
        is None
    )


def test_everything_is_read_anew_after_so_many_days() -> None:
    begun = at("2024-11-01 03:00")
    assert is_full_due(USUAL, last_full=None, now=begun)
    assert not is_full_due(USUAL, last_full=begun, now=begun + 7 * DAY - 1)
    assert is_full_due(USUAL, last_full=begun, now=begun + 7 * DAY)


# -- quiet hours -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("now", "quiet", "comes"),
    [
        ("2024-11-01 21:59", (NIGHT,), "2024-11-01 21:59"),
        ("2024-11-01 22:00", (NIGHT,), "2024-11-02 05:00"),
        ("2024-11-02 04:59", (NIGHT,), "2024-11-02 05:00"),
        ("2024-11-02 05:00", (NIGHT,), "2024-11-02 05:00"),
        ("2024-11-02 08:00", (NIGHT, MORNING), "2024-11-02 09:00"),
        ("2024-11-02 09:00", (NIGHT, MORNING), "2024-11-02 09:00"),
        (
            "2024-11-01 23:00",
            (QuietHours(begin=time(4), end=time(6)), NIGHT, QuietHours(begin=time(5, 30), end=time(7))),
            "2024-11-02 07:00",
        ),
        ("2024-11-01 23:30", (QuietHours(begin=time(23), end=time()),), "2024-11-02 00:00"),
    ],
)
def test_quiet_hours_are_waited_for(now: str, quiet: tuple[QuietHours, ...], comes: str) -> None:
    schedule = Schedule(quiet=quiet)
    assert shown(next_sync(schedule, WINDOW, last=None, whole=None, now=at(now))) == comes


def test_quiet_hours_may_put_off_the_last_time_for_ever() -> None:
    last_evening = at("2025-01-14 22:30")
    assert next_sync(Schedule(quiet=(NIGHT,)), WINDOW, last=None, whole=None, now=last_evening) is None


def test_hours_that_the_clocks_show_twice_are_quiet_twice() -> None:
    quiet = (QuietHours(begin=time(1), end=time(2, 30)),)
    for fold in (0, 1):
        now = at("2024-10-27 02:10", BERLIN, fold=fold)
        found = next_sync(Schedule(quiet=quiet), IN_BERLIN, last=None, whole=None, now=now)
        assert found == at("2024-10-27 02:30", BERLIN, fold=fold)
        assert found == now + 20 * MINUTE


def test_quiet_hours_all_day_leave_no_time() -> None:
    day = (QuietHours(begin=time(5), end=time(22)), NIGHT)
    assert not leaves_time(day)
    assert leaves_time((NIGHT, MORNING))
    assert next_sync(Schedule(quiet=day), WINDOW, last=None, whole=None, now=at("2024-11-01 12:00")) is None
