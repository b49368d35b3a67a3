"""What is known of Moodle's kinds of activities: what they may count as, and where they are surely marked."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.moodle.activity_kinds import MoodleActivityKinds
from lms_scoring.domain.evidence import Purpose, Submission
from lms_scoring.domain.identity import KnownPerson, account
from lms_scoring.ports import Activity, Uses
from tests import given

KINDS = MoodleActivityKinds()
TASKS = frozenset({Purpose.HOMEWORK, Purpose.JOURNAL})
FORUMS = frozenset({Purpose.POSTS, Purpose.BULLETINS})
TIME = frozenset({Purpose.STUDY_TIME})

HOME = "https://moodle.example.edu/sub"
WORK = replace(given.homework(), id="moodle/assign-1-3-0", source="moodle", activity="17", person="moodle-3")
OWNER = KnownPerson(id="moodle-3", name="Li", accounts=(account(HOME, "3"), account(HOME, "learner03")))
ASSIGNMENT = Activity(id="17", name="Homework", kind="assign")
PAGE = f"{HOME}/mod/assign/view.php?id=17&action=grader&userid=3"


@pytest.mark.parametrize(
    ("module", "uses"),
    [
        ("assign", Uses(may_be=TASKS, usual=TASKS)),
        ("forum", Uses(may_be=FORUMS, usual=FORUMS)),
        ("scorm", Uses(may_be=TIME, usual=TIME)),
        ("data", Uses(may_be=TASKS)),
        ("blog", Uses(may_be=TASKS)),
        ("lesson", Uses(may_be=TIME)),
        ("h5pactivity", Uses(may_be=TIME)),
        ("quiz", Uses()),
        ("journal", Uses()),
        ("page", Uses()),
    ],
)
def test_a_module_may_count_as_what_the_web_services_tell_of_it(module: str, uses: Uses) -> None:
    assert KINDS.uses(module) == uses


def test_the_grader_of_an_assignment_opens_at_the_learners_work() -> None:
    assert KINDS.marking_page(WORK, OWNER, ASSIGNMENT) == PAGE
    others_first = replace(OWNER, accounts=("mbox:3@x.org", "openid:http://a|3", *reversed(OWNER.accounts)))
    assert KINDS.marking_page(WORK, others_first, ASSIGNMENT) == PAGE


@pytest.mark.parametrize(
    ("work", "owner", "activity"),
    [
        pytest.param(WORK, OWNER, replace(ASSIGNMENT, kind="data"), id="no assignment"),
        pytest.param(WORK, OWNER, replace(ASSIGNMENT, id="lti-17"), id="no course module"),
        pytest.param(replace(WORK, source="other"), OWNER, ASSIGNMENT, id="somebody of another platform"),
        pytest.param(replace(WORK, source=None), OWNER, ASSIGNMENT, id="of no source"),
        pytest.param(WORK, replace(OWNER, id="moodle-x"), ASSIGNMENT, id="known by no number"),
        pytest.param(WORK, replace(OWNER, id="moodle-4"), ASSIGNMENT, id="another number"),
        pytest.param(WORK, replace(OWNER, accounts=()), ASSIGNMENT, id="no account"),
        pytest.param(WORK, replace(OWNER, accounts=("lti:1|3",)), ASSIGNMENT, id="a subject of a launch"),
        pytest.param(
            WORK, replace(OWNER, accounts=("account:javascript:x|3",)), ASSIGNMENT, id="no web address"
        ),
    ],
)
def test_what_is_not_surely_known_is_not_guessed(
    work: Submission, owner: KnownPerson, activity: Activity
) -> None:
    assert KINDS.marking_page(work, owner, activity) is None
