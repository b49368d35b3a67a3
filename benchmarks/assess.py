"""Scoring everybody of courses of 200, 400, 800 and 1,600 from their events, anew.

Limit, in processor seconds: somebody among 1,600 costs at most 1.5 times what somebody among 200 costs. Of
each the record store told 200 events, which lie in the order in which it told them, and not by person.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.domain.identity import KnownPerson, account
from lms_scoring.domain.instants import MINUTE
from lms_scoring.domain.statements import VideoVerb, WatchEvent
from lms_scoring.files.course_scheme import shipped_scheme_files
from lms_scoring.ports import Kept, RunState
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.store import SqlStore
from lms_scoring.store.migrations import upgrade

SIZES = (200, 400, 800, 1_600)
PLAYS = 100
"""Of each person; a play is two events."""
OF_CLASS = 50
MOST_GROWTH = 1.5
COURSE, ROSTER, PLAYER = "county", "moodle", "lrs"
BEGIN = 1_729_800_000_000


class Afterwards:
    """A clock that stands still, after the programme."""

    def now(self) -> int:
        return BEGIN + 90 * 24 * 60 * MINUTE


def main() -> bool:
    """Prints a line for each size; True if the growth is within its limit."""
    each = [_measured(size) for size in SIZES]
    growth = each[-1] / each[0]
    print(
        f"assess: somebody among {SIZES[-1]:,} costs {growth:.2f} times somebody among {SIZES[0]:,} "
        f"(limit {MOST_GROWTH})"
    )
    return growth <= MOST_GROWTH


def _measured(size: int) -> float:
    """Processor seconds for each person."""
    with tempfile.TemporaryDirectory(prefix="lms-scoring-bench-") as folder:
        store, rules = course_of(f"sqlite:///{Path(folder) / 'bench.sqlite'}", size)
        begin = time.process_time()
        done = assess(rules, store, clock=Afterwards())
        spent = time.process_time() - begin
        store.close()
    assert done.scored == size, "somebody was not scored"
    print(f"assess: {size:>6,} people, {spent:>6.2f} s, {1_000 * spent / size:>6.2f} ms each", flush=True)
    return spent / size


def course_of(url: str, size: int) -> tuple[SqlStore, CourseRules]:
    """A course with so many learners in a database of its own, and what it is scored by."""
    upgrade(url)
    store = SqlStore(url)
    watching = Binding(purpose=ev.Purpose.STUDY_TIME, source=PLAYER, activities=("video *",))
    rules = CourseRules(
        course=COURSE,
        scheme=shipped_scheme_files()["longcheng-2024"].scheme,
        bindings=Bindings(bindings=(watching,)),
        sources=frozenset({ROSTER, PLAYER}),
    )
    with store.writing() as transaction:
        for source, records in ((ROSTER, [*map(_member, range(size))]), (PLAYER, [])):
            run = transaction.begin_run(COURSE, source, at=BEGIN)
            transaction.keep_people([*map(_person, range(size))])
            transaction.keep_records(COURSE, source, records, run=run)
            transaction.end_run(run, at=BEGIN, state=RunState.DONE, kept=Kept())
    for play in range(PLAYS):
        with store.writing() as transaction:
            transaction.keep_events(PLAYER, [one for n in range(size) for one in _played(n, play)])
    return store, rules


def _person(number: int) -> KnownPerson:
    return KnownPerson(id=f"{ROSTER}-{number}", name=f"n{number}", accounts=(_account(number),))


def _account(number: int) -> str:
    return account("https://moodle.example.edu", str(number))


def _member(number: int) -> ev.Membership:
    """The first of each class guides it."""
    return ev.Membership(
        id=f"{number}-1",
        person=_account(number),
        role=ev.Role.LEARNER if number % OF_CLASS else ev.Role.TUTOR,
        class_=f"class {number // OF_CLASS}",
        status=ev.MembershipStatus.ACTIVE,
        source=ROSTER,
    )


def _played(number: int, play: int) -> Iterator[WatchEvent]:
    at = BEGIN + play * 20 * MINUTE + number
    for verb, later in ((VideoVerb.PLAYED, 0), (VideoVerb.PAUSED, MINUTE)):
        yield WatchEvent(
            stored=at + later,
            id=f"{play:03}-{number:05}-{int(verb)}",
            account=_account(number),
            activity=f"video {play % 7}",
            session=f"{number}",
            at=at + later,
            verb=verb,
            position=later,
            target=None,
            rate=None,
            length=None,
        )
