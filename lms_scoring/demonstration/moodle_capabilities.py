"""What goes missing when the service account lacks a capability: mostly in silence (measured one by one)."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from lms_scoring.demonstration.moodle_errors import (
    MOODLE,
    MoodleError,
    no_permission,
    no_permissions,
    not_accessible,
)
from lms_scoring.demonstration.moodle_model import MoodleModel, Row

Loss = Callable[[MoodleModel, Any], Any] | MoodleError
"""What a missing capability makes of an answer: an exception, or a smaller answer."""

NO_ACCESS = "No access rights in module context"
IDENTITY = ("username", "idnumber", "department")


def refuse_by_losses(model: MoodleModel, function: str) -> None:
    """Raises what a missing capability makes of the function."""
    for loss in _losses(model, function):
        if isinstance(loss, MoodleError):
            raise MoodleError(loss.exception, loss.errorcode, loss.message)


def after_losses(model: MoodleModel, function: str, told: Any) -> Any:
    """What is left of an answer."""
    for loss in _losses(model, function):
        if not isinstance(loss, MoodleError):
            told = loss(model, told)
    return told


def _losses(model: MoodleModel, function: str) -> Iterator[Loss]:
    for capability in sorted(model.denied):
        if function in LOSSES[capability]:
            yield LOSSES[capability][function]
    if model.denied >= EITHER and function in WITHOUT_EITHER:
        yield WITHOUT_EITHER[function]


def _empty(_: MoodleModel, __: Any) -> list[Any]:
    return []


def _without(name: str) -> Loss:
    def emptied(_: MoodleModel, told: Row) -> Row:
        return {**told, name: []}

    return emptied


def _no_assignments(_: MoodleModel, told: Row) -> Row:
    numbers = [part["assignmentid"] for part in told["assignments"]]
    warnings = [_warning("assignment", number, NO_ACCESS) for number in numbers]
    return {"assignments": [], "warnings": warnings}


def _no_assignment_rows(_: MoodleModel, told: Row) -> Row:
    rows = [row for course in told["courses"] for row in course["assignments"]]
    warnings = [_warning("module", row["cmid"], NO_ACCESS) for row in rows]
    return {"courses": [{**course, "assignments": []} for course in told["courses"]], "warnings": warnings}


def _no_courses(model: MoodleModel, _: Row) -> Row:
    return {"courses": [], "warnings": [_no_course(model)]}


def _no_scorms(model: MoodleModel, told: Row) -> Row:
    return {**told, "scorms": [], "warnings": [_no_course(model)]}


def _no_course(model: MoodleModel) -> Row:
    return {**_warning("course", model.course_id, "No access rights in course context")}


def _warning(item: str, number: int, message: str) -> Row:
    return {"item": item, "itemid": number, "warningcode": "1", "message": message}


def _without_modules(modname: str) -> Loss:
    def kept(_: MoodleModel, sections: list[Row]) -> list[Row]:
        return [
            {**section, "modules": [each for each in section["modules"] if each["modname"] != modname]}
            for section in sections
        ]

    return kept


def _without_updates(*, modname: str = "", names: tuple[str, ...] = ()) -> Loss:
    """Of one kind of activities or all, those of these names or all."""

    def kept(model: MoodleModel, told: Row) -> Row:
        affected = {each["id"] for each in model.modules() if modname in ("", each["modname"])}
        instances = []
        for instance in told["instances"]:
            updates = instance["updates"]
            if instance["id"] in affected:
                updates = [each for each in updates if names and each["name"] not in names]
            if updates:
                instances.append({**instance, "updates": updates})
        return {**told, "instances": instances}

    return kept


def _without_identity(_: MoodleModel, rows: list[Row]) -> list[Row]:
    return [{k: v for k, v in row.items() if k not in IDENTITY} for row in rows]


def _without_suspended(model: MoodleModel, told: Row) -> Row:
    def visible(user: int) -> bool:
        return not model.people[user].enrolment_suspended

    parts = [
        {**part, "submissions": [row for row in part["submissions"] if visible(row["userid"])]}
        for part in told["assignments"]
    ]
    return {**told, "assignments": parts}


def _without_suspended_learners(model: MoodleModel, told: Row) -> Row:
    return {
        **told,
        "users": [row for row in told["users"] if not model.people[row["id"]].enrolment_suspended],
    }


def _only_the_question(model: MoodleModel, told: Row) -> Row:
    if model.forums[told["forumid"]].row["type"] != "qanda":
        return told
    return {**told, "posts": [post for post in told["posts"] if not post["hasparent"]]}


_BAD_CONTEXT = MoodleError(
    MOODLE, "errorcoursecontextnotvalid", "You cannot execute functions in the course context"
)
_NO_DISCUSSIONS = MoodleError(
    MOODLE, "noviewdiscussionspermission", "You do not have the permission to view discussions in this forum"
)

LOSSES: Mapping[str, Mapping[str, Loss]] = {
    "moodle/course:view": {
        "core_course_get_contents": _BAD_CONTEXT,
        "core_enrol_get_enrolled_users": _BAD_CONTEXT,
        "core_group_get_course_groups": _BAD_CONTEXT,
        "core_group_get_group_members": _BAD_CONTEXT,
        "core_grades_get_gradable_users": not_accessible(),
        "core_course_get_updates_since": not_accessible(),
        "core_completion_get_activities_completion_status": not_accessible(),
        "gradereport_user_get_grade_items": not_accessible(),
        "mod_assign_get_assignments": _no_courses,
        "mod_assign_get_submissions": _no_assignments,
        "mod_assign_get_grades": _no_assignments,
        "mod_assign_get_user_flags": _no_assignments,
        "mod_assign_list_participants": not_accessible(),
        "mod_assign_get_participant": not_accessible(),
        "mod_assign_get_submission_status": not_accessible(),
        "mod_forum_get_forums_by_courses": _empty,
        "mod_forum_get_forum_discussions": not_accessible(),
        "mod_forum_get_discussion_posts": not_accessible(),
        "mod_scorm_get_scorms_by_courses": _no_scorms,
        "mod_scorm_get_scorm_scoes": not_accessible(),
        "mod_scorm_get_scorm_attempt_count": not_accessible(),
        "mod_scorm_get_scorm_sco_tracks": not_accessible(),
        "mod_lesson_get_user_timers": not_accessible(),
        "mod_lesson_get_attempts_overview": not_accessible(),
        "mod_h5pactivity_get_user_attempts": not_accessible(),
    },
    "moodle/user:viewdetails": {
        "core_enrol_get_enrolled_users": _empty,
        "core_user_get_users_by_field": _empty,
        "mod_assign_list_participants": MoodleError(
            "core\\exception\\invalid_response_exception",
            "invalidresponse",
            "Invalid response value detected",
        ),
    },
    "moodle/user:viewalldetails": {
        "core_enrol_get_enrolled_users": _without_identity,
        "core_user_get_users_by_field": _without_identity,
        "mod_assign_list_participants": _without_identity,
    },
    "moodle/site:accessallgroups": {
        "core_enrol_get_enrolled_users": _empty,
        "core_user_get_users_by_field": _empty,
        "mod_assign_get_submissions": _no_assignments,
        "mod_assign_get_grades": _no_assignments,
        "mod_assign_list_participants": no_permission(),
        "mod_assign_get_participant": no_permission(),
        "mod_forum_get_forum_discussions": _without("discussions"),
        "mod_forum_get_discussion_posts": _without("posts"),
        "gradereport_user_get_grade_items": MoodleError(MOODLE, "notingroup", "error/notingroup"),
        "core_completion_get_activities_completion_status": MoodleError(
            MOODLE, "accessdenied", "Access denied"
        ),
        "core_course_get_updates_since": _without_updates(
            names=("discussions", "usersubmissions", "usergrades", "usertracks", "usertimers", "ratings")
        ),
    },
    "moodle/course:viewsuspendedusers": {
        "mod_assign_get_submissions": _without_suspended,
        "core_grades_get_gradable_users": _without_suspended_learners,
    },
    "moodle/course:managegroups": {
        "core_group_get_course_groups": no_permissions("Manage groups"),
        "core_group_get_group_members": no_permissions("Manage groups"),
    },
    "moodle/course:viewparticipants": {"core_grades_get_gradable_users": no_permissions("View participants")},
    "moodle/grade:viewall": {
        "gradereport_user_get_grade_items": no_permissions("View grades of other users")
    },
    "mod/assign:view": {
        "core_course_get_contents": _without_modules("assign"),
        "mod_assign_get_assignments": _no_assignment_rows,
        "mod_assign_get_submissions": _no_assignments,
        "mod_assign_get_grades": _no_assignments,
        "mod_assign_get_user_flags": _no_assignments,
        "mod_assign_list_participants": not_accessible(),
        "mod_assign_get_participant": not_accessible(),
        "mod_assign_get_submission_status": not_accessible(),
        "core_course_get_updates_since": _without_updates(modname="assign"),
    },
    "mod/assign:viewgrades": {
        "core_course_get_updates_since": _without_updates(
            modname="assign", names=("usersubmissions", "usergrades")
        ),
    },
    "mod/assign:grade": {"mod_assign_get_user_flags": _no_assignments},
    "mod/forum:viewdiscussion": {
        "mod_forum_get_forums_by_courses": _empty,
        "mod_forum_get_forum_discussions": _NO_DISCUSSIONS,
        "mod_forum_get_discussion_posts": _without("posts"),
        "core_course_get_updates_since": _without_updates(modname="forum"),
    },
    "mod/forum:viewqandawithoutposting": {"mod_forum_get_discussion_posts": _only_the_question},
    "mod/scorm:viewreport": {
        "mod_scorm_get_scorm_attempt_count": no_permissions("View reports"),
        "mod_scorm_get_scorm_sco_tracks": no_permissions("View reports"),
        "core_course_get_updates_since": _without_updates(modname="scorm", names=("usertracks",)),
    },
    "mod/lesson:viewreports": {
        "mod_lesson_get_user_timers": no_permissions("View lesson reports"),
        "mod_lesson_get_attempts_overview": no_permissions("View lesson reports"),
        "core_course_get_updates_since": _without_updates(names=("usertimers",)),
    },
    "mod/h5pactivity:reviewattempts": {
        "mod_h5pactivity_get_user_attempts": MoodleError(
            MOODLE, "nopermissiontoviewattempts", "error/nopermissiontoviewattempts"
        ),
        "core_course_get_updates_since": _without_updates(modname="h5pactivity", names=("usertracks",)),
    },
    "report/progress:view": {
        "core_completion_get_activities_completion_status": no_permissions("View activity completion reports")
    },
}
"""By capability and function, what dropping that one capability did to the answers of the recorded Moodle.

A lesson's list alone was not among the calls tried: Moodle has it check the same as somebody's sessions."""

EITHER = frozenset({"mod/assign:viewgrades", "mod/assign:grade"})
"""One of them is enough for hand-ins and marks; only the first lets an account be told that they changed."""

WITHOUT_EITHER: Mapping[str, Loss] = {
    "mod_assign_get_submissions": _no_assignments,
    "mod_assign_get_grades": _no_assignments,
    "mod_assign_list_participants": no_permission(),
    "mod_assign_get_participant": no_permission(),
    "mod_assign_get_submission_status": no_permission(),
}
"""What is missing where an account has neither."""
