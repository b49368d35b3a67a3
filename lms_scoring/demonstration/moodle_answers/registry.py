"""The functions of the stand-in Moodle: name, parameters, answer."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lms_scoring.demonstration.moodle_answers import assignments, forums, others, people, scorm, updates
from lms_scoring.demonstration.moodle_parameters import (
    ListOf,
    Parameter,
    Record,
    flag,
    pairs,
    text,
    texts,
    whole,
    wholes,
)


@dataclass(frozen=True)
class Function:
    """A web-service function: what it takes and how its answer is computed."""

    parameters: Mapping[str, Parameter]
    answer: Callable[..., Any]


_COURSES = {"courseids": wholes([])}
_OPTIONS = {"courseid": whole(), "options": pairs()}
_PAIR = Record({"courseid": whole(), "capabilities": texts()})

FUNCTIONS: dict[str, Function] = {
    "core_webservice_get_site_info": Function(
        {"serviceshortnames": texts([])}, lambda model, **_: people.site_info(model)
    ),
    "core_course_get_courses_by_field": Function(
        {"field": text(""), "value": text("")}, people.courses_by_field
    ),
    "core_course_get_contents": Function(_OPTIONS, people.course_contents),
    "core_course_get_updates_since": Function(
        {"courseid": whole(), "since": whole(), "filter": texts([])}, updates.updates_since
    ),
    "core_enrol_get_enrolled_users": Function(_OPTIONS, people.enrolled_users),
    "core_enrol_get_enrolled_users_with_capability": Function(
        {"coursecapabilities": Parameter(ListOf(_PAIR)), "options": pairs()}, people.enrolled_with_capability
    ),
    "core_grades_get_gradable_users": Function(
        {"courseid": whole(), "groupid": whole(0), "onlyactive": flag(False)}, people.gradable_users
    ),
    "core_user_get_users_by_field": Function({"field": text(), "values": texts()}, people.users_by_field),
    "core_group_get_course_groups": Function({"courseid": whole()}, people.course_groups),
    "core_group_get_group_members": Function({"groupids": wholes()}, people.group_members),
    "core_group_get_course_user_groups": Function(
        {"courseid": whole(0), "userid": whole(0), "groupingid": whole(0)}, people.user_groups
    ),
    "mod_assign_get_assignments": Function(
        {"courseids": wholes([]), "capabilities": texts([]), "includenotenrolledcourses": flag(False)},
        assignments.assignments,
    ),
    "mod_assign_get_submissions": Function(
        {"assignmentids": wholes(), "status": text(""), "since": whole(0), "before": whole(0)},
        assignments.submissions,
    ),
    "mod_assign_get_grades": Function({"assignmentids": wholes(), "since": whole(0)}, assignments.grades),
    "mod_assign_get_user_flags": Function({"assignmentids": wholes()}, assignments.user_flags),
    "mod_assign_list_participants": Function(
        {
            "assignid": whole(),
            "groupid": whole(),
            "filter": text(),
            "skip": whole(0),
            "limit": whole(0),
            "onlyids": flag(False),
            "includeenrolments": flag(True),
            "tablesort": flag(False),
        },
        assignments.list_participants,
    ),
    "mod_assign_get_participant": Function(
        {"assignid": whole(), "userid": whole(), "embeduser": flag(False)}, assignments.participant
    ),
    "mod_assign_get_submission_status": Function(
        {"assignid": whole(), "userid": whole(0), "groupid": whole(0)}, assignments.submission_status
    ),
    "mod_forum_get_forums_by_courses": Function(_COURSES, forums.forums_by_courses),
    "mod_forum_get_forum_discussions": Function(
        {
            "forumid": whole(),
            "sortorder": whole(-1),
            "page": whole(-1),
            "perpage": whole(0),
            "groupid": whole(0),
        },
        forums.forum_discussions,
    ),
    "mod_forum_get_discussion_posts": Function(
        {
            "discussionid": whole(),
            "sortby": text("created"),
            "sortdirection": text("DESC"),
            "includeinlineattachments": flag(False),
        },
        forums.discussion_posts,
    ),
    "mod_scorm_get_scorms_by_courses": Function(_COURSES, scorm.scorms_by_courses),
    "mod_scorm_get_scorm_scoes": Function({"scormid": whole(), "organization": text("")}, scorm.scorm_scoes),
    "mod_scorm_get_scorm_attempt_count": Function(
        {"scormid": whole(), "userid": whole(), "ignoremissingcompletion": flag(False)}, scorm.attempt_count
    ),
    "mod_scorm_get_scorm_sco_tracks": Function(
        {"scoid": whole(), "userid": whole(), "attempt": whole(0)}, scorm.sco_tracks
    ),
    "mod_lesson_get_lessons_by_courses": Function(_COURSES, others.lessons_by_courses),
    "mod_lesson_get_attempts_overview": Function(
        {"lessonid": whole(), "groupid": whole(0)}, others.lesson_overview
    ),
    "mod_lesson_get_user_timers": Function({"lessonid": whole(), "userid": whole(0)}, others.lesson_timers),
    "mod_data_get_databases_by_courses": Function(_COURSES, others.databases_by_courses),
    "mod_data_get_entries": Function(
        {
            "databaseid": whole(),
            "groupid": whole(0),
            "returncontents": flag(False),
            "sort": whole(0),
            "order": text(""),
            "page": whole(0),
            "perpage": whole(0),
        },
        others.data_entries,
    ),
    "core_blog_get_entries": Function(
        {"filters": pairs(), "page": whole(0), "perpage": whole(10)}, others.blog_entries
    ),
    "mod_h5pactivity_get_h5pactivities_by_courses": Function(_COURSES, others.h5p_by_courses),
    "mod_h5pactivity_get_user_attempts": Function(
        {
            "h5pactivityid": whole(),
            "sortorder": text("id ASC"),
            "page": whole(-1),
            "perpage": whole(0),
            "firstinitial": text(""),
            "lastinitial": text(""),
        },
        others.h5p_attempts,
    ),
    "core_completion_get_activities_completion_status": Function(
        {"courseid": whole(), "userid": whole()}, others.activities_completion
    ),
    "gradereport_user_get_grade_items": Function(
        {"courseid": whole(), "userid": whole(0), "groupid": whole(0)}, others.grade_items
    ),
    "core_competency_get_scale_values": Function({"scaleid": whole()}, others.scale_values),
}
