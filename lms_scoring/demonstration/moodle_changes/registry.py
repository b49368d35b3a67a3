"""The changes by name, for the control door: ``{"change": "hide_activity", "cmid": 20}``."""

from collections.abc import Callable
from typing import Any

from lms_scoring.demonstration.moodle_changes import assignments, course, forums, people, scorm
from lms_scoring.demonstration.moodle_model import MoodleModel

CHANGES: dict[str, Callable[..., Any]] = {
    each.__name__: each
    for each in (
        forums.add_topic,
        forums.add_post,
        forums.edit_post,
        forums.delete_post,
        forums.erase_post,
        assignments.hand_in,
        assignments.reopen,
        assignments.grade,
        assignments.mark_in_steps,
        assignments.set_marking_state,
        assignments.extend,
        assignments.move_due_date,
        scorm.add_scorm_time,
        scorm.delete_attempt,
        people.add_group,
        people.enrol,
        people.unenrol,
        people.suspend_enrolment,
        people.suspend_account,
        people.delete_user,
        people.rename,
        course.hide_activity,
        course.close_activity,
        course.deny,
        course.allow,
    )
}


def make_change(model: MoodleModel, told: dict[str, Any]) -> Any:
    """Makes the change that ``told`` names; its other members are the arguments. Raises ``ValueError``."""
    name = told.get("change")
    if name not in CHANGES:
        raise ValueError(f"there is no change {name!r}; there are {', '.join(CHANGES)}")
    return CHANGES[name](model, **{key: value for key, value in told.items() if key != "change"})
