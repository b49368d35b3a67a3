"""What waits and fails fits into a terminal of 80 columns, and nothing that is copied is split."""

from __future__ import annotations

from lms_scoring.cli.job_lines import NextSync, run_lines, state_lines, unmade_of
from lms_scoring.domain.instants import HOUR, MINUTE, iso
from lms_scoring.ports import (
    HeldGrades,
    Hold,
    Kept,
    RefusedGrades,
    Run,
    RunState,
    SyncRequest,
    Trouble,
    WaitingGrades,
)
from lms_scoring.services.following_up.troubles import losses_of, platform_itself
from lms_scoring.services.unattended.waiting_cards import WaitingCards
from lms_scoring.services.unattended.work_state import WorkState
from tests import given

NOW = given.AFTER
COURSE = "longcheng-2024-autumn-mathematics"
REASON = (
    "moodle: core_enrol_get_enrolled_users: the token may not do this. Give the service account's role "
    "moodle/course:viewparticipants-and-more-of-this-very-long-name-of-a-capability-nobody-has-ever-seen"
)
MOODLE = Trouble(
    concern=platform_itself("moodle"),
    course=None,
    since=NOW - HOUR,
    failures=3,
    try_at=NOW + MINUTE,
    reason=REASON,
)
LOST = Trouble(
    concern=losses_of("lrs"), course=COURSE, since=NOW, failures=2, try_at=NOW, reason="Two files are bad."
)
STATE = WorkState(
    now=NOW,
    requests=[
        SyncRequest(course=COURSE, source="moodle", asked_at=NOW, urgent=True),
        SyncRequest(course="b", source="lrs", asked_at=NOW),
    ],
    troubles=[MOODLE, LOST],
    grades=[WaitingGrades(course=COURSE, count=12, since=NOW)],
    cards=[WaitingCards(course=COURSE, count=7, since=NOW, unmade=["li", "chen"])],
    held_grades=[HeldGrades(course=COURSE, why=Hold.TO_CHECK, count=3, since=NOW)],
    refused_grades=[RefusedGrades(course=COURSE, count=2, since=NOW - HOUR)],
    last_good={},
    scheduler_seen=None,
)
COMING = [NextSync(course=COURSE, at=NOW, why=None), NextSync(course="b", at=None, why="by hand only")]


def test_all_of_it_fits_into_80_columns() -> None:
    lines = "\n".join(state_lines(STATE, COMING, width=80)).splitlines()
    long = [line for line in lines if len(line) > 80]
    assert [line.split() for line in long] == [[REASON.rpartition(" ")[2]]] * 2
    assert lines[:3] == [
        "waiting:",
        f"  sync of {COURSE} from moodle: since",
        f"    {iso(NOW)}, before all others",
    ]


def test_what_is_said_is_whole_where_there_is_no_terminal() -> None:
    lines = list(state_lines(STATE, COMING, width=None))
    at = iso(NOW)
    assert lines == [
        "waiting:",
        f"  sync of {COURSE} from moodle: since {at}, before all others",
        f"    {REASON}",
        f"  sync of b from lrs: since {at}",
        f"  to be scored in {COURSE}: 7, since {at}; cannot be made: li, chen",
        f"  grades of {COURSE}: 12, since {at}",
        "held back:",
        f"  grades of {COURSE}: 3 (to_check), since {at}",
        "refused:",
        f"  grades of {COURSE}: 2, since {iso(NOW - HOUR)}",
        "failing:",
        f"  moodle: since {iso(NOW - HOUR)}",
        f"    failed 3 times in a row; tried again at {iso(NOW + MINUTE)}",
        f"    {REASON}",
        f"  losses of lrs ({COURSE}): since {at}",
        "    missing: 2; every sync looks again",
        "    Two files are bad.",
        "next:",
        f"  {COURSE}: {at}",
        "  b: by hand only",
    ]


def test_of_very_many_people_whose_cards_cannot_be_made_some_are_named() -> None:
    crowd = WaitingCards(course=COURSE, count=22, since=NOW, unmade=[f"p{n}" for n in range(22)])
    assert str(unmade_of(crowd)).endswith("p18, p19 and 2 more")


def test_where_there_is_nothing_it_says_so() -> None:
    quiet = WorkState(now=NOW, requests=[], troubles=[], grades=[], last_good={}, scheduler_seen=None)
    assert list(state_lines(quiet, [], width=80)) == ["waiting: nothing", "failing: nothing", "next: nothing"]


def test_why_a_sync_failed_stands_below_it() -> None:
    run = Run(
        id=7,
        course="b",
        source="moodle",
        started_at=NOW,
        ended_at=NOW + 1_250,
        state=RunState.FAILED,
        kept=Kept(new=3),
        reason=REASON,
    )
    first, why = run_lines(run, width=80)
    assert first.startswith(f"7  {iso(NOW)}  b moodle: failed, what changed, 1.2 s; 3 new, 0 changed")
    assert (
        why.splitlines()[0] == "  moodle: core_enrol_get_enrolled_users: the token may not do this. Give the"
    )
