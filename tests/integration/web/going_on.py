"""What goes on by itself at the school, as those who run the jobs note it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lms_scoring.domain.instants import HOUR, MINUTE
from lms_scoring.ports import Transaction, Trouble
from lms_scoring.services.unattended.sweep import SCHEDULER
from tests.integration.web.school import School


def keep(school: School, change: Callable[[Transaction], None]) -> None:
    with school.store.writing() as transaction:
        change(transaction)


def goes_on(school: School) -> None:
    """Somebody runs the jobs."""
    keep(school, lambda transaction: transaction.keep_heartbeat(SCHEDULER, at=school.clock.now()))


def trouble(school: School, **changes: Any) -> Trouble:
    now = school.clock.now()
    plain = {
        "platform": "moodle",
        "course": None,
        "since": now - HOUR,
        "failures": 3,
        "try_at": now + MINUTE,
        "reason": "moodle: HTTP 503",
    }
    made = Trouble(**{**plain, **changes})
    keep(school, lambda transaction: transaction.keep_trouble(made))
    return made
