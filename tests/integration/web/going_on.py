"""What goes on by itself at the school, as those who run the jobs note it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from typing import Any

from lms_scoring.domain.instants import HOUR, MINUTE
from lms_scoring.ports import Hold, OutgoingGrade, SendState, Transaction, Trouble
from lms_scoring.services.following_up.heartbeats import SCHEDULER
from lms_scoring.services.following_up.troubles import platform_itself
from tests.integration.web.school import COURSE, School


def keep(school: School, change: Callable[[Transaction], None]) -> None:
    with school.store.writing() as transaction:
        change(transaction)


def goes_on(school: School) -> None:
    """Somebody runs the jobs."""
    keep(school, lambda transaction: transaction.keep_heartbeat(SCHEDULER, at=school.clock.now()))


def trouble(school: School, **changes: Any) -> Trouble:
    now = school.clock.now()
    plain = {
        "concern": platform_itself("moodle"),
        "course": None,
        "since": now - HOUR,
        "failures": 3,
        "try_at": now + MINUTE,
        "reason": "moodle: HTTP 503",
    }
    made = Trouble(**{**plain, **changes})
    keep(school, lambda transaction: transaction.keep_trouble(made))
    return made


def grades_of_every_kind(school: School) -> None:
    """One held back for each reason, and others in other states: the first was given last."""
    grade = OutgoingGrade(course=COURSE, person="p", given=Fraction(0), comment="", at=1)
    waiting = [replace(grade, held=hold) for hold in Hold]
    others = [
        replace(grade, state=SendState.REFUSED),
        replace(grade, state=SendState.REFUSED),
        replace(grade, state=SendState.REFUSED, held=Hold.WITHDRAWN),
        replace(grade, held=Hold.TO_CHECK),
        replace(grade, course="another", held=Hold.TO_CHECK),
        replace(grade, state=SendState.SENT, held=Hold.DISPUTED),
        grade,
    ]
    with school.store.writing() as transaction:
        for number, one in enumerate([*waiting, *others]):
            transaction.keep_outgoing(replace(one, person=f"p{number}", at=100 - number))
