"""Failures of platforms are values: what came, what can be done, and from when on."""

from __future__ import annotations

import pytest

from lms_scoring.domain import errors
from lms_scoring.domain.failure import Failure, Instead, Remedy
from lms_scoring.domain.instants import DAY

NOW = 1_000_000


@pytest.mark.parametrize(
    ("error", "remedy", "instead"),
    [
        (errors.PlatformUnreachable("p", "f", "r"), Remedy.TRY_AGAIN, Instead.NOTHING),
        (errors.PlatformUnreachable("p", "f", "r", instead=Instead.HALF), Remedy.TRY_AGAIN, Instead.HALF),
        (errors.PlatformBusy("p", "f", "r"), Remedy.TRY_AGAIN, Instead.OUT_OF_ORDER),
        (errors.PlatformRefused("p", "f", "r"), Remedy.PERSON, Instead.FORBIDDEN),
        (errors.PlatformRefused("p", "f", "r", instead=Instead.REDIRECT), Remedy.PERSON, Instead.REDIRECT),
        (errors.PlatformMisread("p", "f", "r"), Remedy.PERSON, Instead.UNREADABLE),
        (errors.RecordRefused("p", "f", "r", code="c"), Remedy.RECORD, Instead.REFUSED),
    ],
)
def test_an_error_says_what_can_be_done_and_what_came(
    error: errors.PlatformError, remedy: Remedy, instead: Instead
) -> None:
    assert error.failure(now=NOW) == Failure(remedy=remedy, instead=instead)
    assert error.again is (remedy is Remedy.TRY_AGAIN)


@pytest.mark.parametrize(
    ("wait", "try_at"), [(None, None), (0, NOW), (300, NOW + 300_000), (10**18, NOW + 7 * DAY)]
)
def test_a_busy_platform_is_left_alone_as_long_as_it_asks_and_no_longer_than_a_week(
    wait: int | None, try_at: int | None
) -> None:
    busy = errors.PlatformBusy("p", "f", "r", wait=wait, instead=Instead.MAINTENANCE)
    expected = Failure(remedy=Remedy.TRY_AGAIN, instead=Instead.MAINTENANCE, try_at=try_at)
    assert busy.failure(now=NOW) == expected
