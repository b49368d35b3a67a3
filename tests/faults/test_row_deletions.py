"""Row 9: permissions that were lost, lists that come empty, and what vanishes at once."""

from __future__ import annotations

from pathlib import Path

from lms_scoring.cli.here import ADMINISTRATOR
from lms_scoring.services.signing import Signature
from lms_scoring.services.syncing.losses_desk import LossesDesk
from tests.faults.changing import delete_topics
from tests.faults.contents import living
from tests.faults.invariants import (
    gone,
    no_evidence_is_lost,
    nothing_seems_gone,
    scores_can_be_had_again,
    undisturbed,
)
from tests.faults.matrix import row
from tests.faults.rewritten import Edit, each_assignment, moodle_rows
from tests.faults.scene import COURSE, Scene

CAPABILITIES = [
    "moodle/course:view",
    "moodle/user:viewdetails",
    "moodle/site:accessallgroups",
    "mod/forum:viewdiscussion",
    "mod/assign:view",
    "mod/assign:grade",
    "mod/scorm:viewreport",
    "mod/lesson:viewreports",
    "mod/h5pactivity:reviewattempts",
]


@row(9, "full", [False, True])
@row(9, "capability", CAPABILITIES)
def test_a_permission_that_was_lost_deletes_nothing(
    course: Scene, tmp_path: Path, capability: str, full: bool
) -> None:
    assert course.sync().good
    before = living(course.database)
    course.platform.moodle.change("deny", capability=capability)
    course.sync(full=full)
    nothing_seems_gone(course)
    assert living(course.database)["records"] == before["records"]
    course.platform.moodle.change("allow", capability=capability)
    assert course.sync(full=full).good
    no_evidence_is_lost(course, undisturbed(course, tmp_path / "truth"))


EMPTY: dict[str, dict[str, Edit]] = {
    "enrolled people": {"core_enrol_get_enrolled_users": lambda _: []},
    "topics": {"mod_forum_get_forum_discussions": lambda told: {**told, "discussions": []}},
    "hand-ins": {
        "mod_assign_get_submissions": lambda told: each_assignment(told, "submissions", lambda _: [])
    },
    "activities": {"core_course_get_contents": lambda _: []},
    "attempts": {"mod_scorm_get_scorm_attempt_count": lambda told: {**told, "attemptscount": 0}},
}


@row(9, "what", EMPTY)
def test_a_list_that_comes_empty_deletes_nothing_until_somebody_says_so(course: Scene, what: str) -> None:
    assert course.sync().good
    before = living(course.database)
    course.moodle.always(moodle_rows(EMPTY[what], f"no {what}"))
    done = course.sync(full=True)
    nothing_seems_gone(course)
    assert set(living(course.database)["records"]) >= set(before["records"])
    assert any(word in done.complained + done.said for word in ("lost:", "activity_missing"))
    course.calm()
    assert course.sync(full=True).good
    assert living(course.database)["records"] == before["records"]


@row(9, "count, held", [(1, False), (2, False), (20, True), (30, True)])
def test_a_mass_disappearance_is_held_until_it_is_confirmed(course: Scene, count: int, held: bool) -> None:
    assert course.sync().good
    delete_topics(count)(course)
    done = course.sync()
    assert done.good is not held
    if held:
        assert "mass_disappearance" in done.complained
        nothing_seems_gone(course)
        course.sync()
        nothing_seems_gone(course)
        confirm_losses(course)
        assert course.sync(full=True).good
    assert gone(course) >= count
    scores_can_be_had_again(course)


def confirm_losses(course: Scene) -> None:
    """Somebody signs that all that is held was really deleted."""
    ours = course.site.installation
    desk = LossesDesk(ours.store, ours.rules(COURSE), clock=ours.clock)
    for held in desk.held(ADMINISTRATOR):
        signed = Signature(by="operator:office", reason="they were deleted")
        desk.confirm(ADMINISTRATOR, held.number, signed, seen=held.mark)
