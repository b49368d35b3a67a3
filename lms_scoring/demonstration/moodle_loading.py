"""Builds the state of the stand-in Moodle out of the recorded calls."""

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from lms_scoring.demonstration.moodle_model import (
    Assignment,
    Discussion,
    Forum,
    HandIn,
    MoodleModel,
    Person,
    Scorm,
)
from lms_scoring.demonstration.recordings import RecordedCall

HAND_IN_FACTS = ("submitted", "requiregrading", "grantedextension", "submissionstatus")
"""What the list of participants says about a hand-in; computed, never kept."""
COMPUTED = frozenset(
    {
        ("assign", "usersubmissions"),
        ("assign", "usergrades"),
        ("forum", "discussions"),
        ("lesson", "usertimers"),
        ("data", "entries"),
    }
)
"""The updates whose row ids and times the rows themselves tell, as (kind of activity, name)."""
DATES = ("allowsubmissionsfromdate", "duedate", "cutoffdate", "duedatestr")


class _Calls:
    """The recorded calls by function."""

    def __init__(self, calls: Iterable[RecordedCall]) -> None:
        self._by_function: dict[str, list[RecordedCall]] = defaultdict(list)
        for call in calls:
            self._by_function[call.function].append(call)

    def all(self, function: str) -> list[RecordedCall]:
        return self._by_function[function]

    def first(self, function: str) -> Any:
        return self._by_function[function][0].body

    def where(self, function: str, **params: Any) -> Any:
        return next(call.body for call in self.all(function) if call.params == params)


def load_model(recorded: list[RecordedCall], base_url: str) -> MoodleModel:
    """The state right after the recording."""
    calls = _Calls(recorded)
    model = MoodleModel(
        base_url=base_url,
        site_info=calls.first("core_webservice_get_site_info"),
        course=calls.first("core_course_get_courses_by_field")["courses"][0],
        course_idnumber=calls.first("gradereport_user_get_grade_items")["usergrades"][0]["courseidnumber"],
        sections=calls.first("core_course_get_contents"),
    )
    for load in (_people, _groups, _assignments, _hand_ins, _forums, _scorms, _others, _updates):
        load(model, calls)
    return model


def _people(model: MoodleModel, calls: _Calls) -> None:
    everyone: dict[int, Person] = {}
    model.people = everyone
    asked = (call.params["userid"] for call in calls.all("core_completion_get_activities_completion_status"))
    for user in sorted(asked):
        everyone[user] = Person(user)
    for row in calls.first("core_enrol_get_enrolled_users"):
        everyone.setdefault(row["id"], Person(row["id"])).enrolled = row
    for row in calls.all("core_enrol_get_enrolled_users")[2].body:
        everyone[row["id"]].enrolment_suspended = True
    for row in calls.first("core_grades_get_gradable_users")["users"]:
        everyone[row["id"]].gradable = row
        everyone[row["id"]].account_suspended = row.pop("suspended")
    for row in calls.first("mod_assign_list_participants"):
        everyone[row["id"]].participant = {k: v for k, v in row.items() if k not in HAND_IN_FACTS}
        model.participant_order.append(row["id"])
    for call in calls.all("core_completion_get_activities_completion_status"):
        everyone[call.params["userid"]].deleted = "exception" in call.body
        if "exception" not in call.body:
            model.completion[call.params["userid"]] = call.body["statuses"]


def _groups(model: MoodleModel, calls: _Calls) -> None:
    model.groups = calls.first("core_group_get_course_groups")
    for row in calls.first("core_group_get_group_members"):
        model.group_members[row["groupid"]] = row["userids"]


def _assignments(model: MoodleModel, calls: _Calls) -> None:
    model.assignment_course = calls.first("mod_assign_get_assignments")["courses"][0]
    for row in model.assignment_course.pop("assignments"):
        model.assignments[row["id"]] = Assignment(row)
    for part in calls.first("mod_assign_get_user_flags")["assignments"]:
        model.assignments[part["assignmentid"]].flags = {row["userid"]: row for row in part["userflags"]}


def _hand_ins(model: MoodleModel, calls: _Calls) -> None:
    for call in calls.all("mod_assign_get_submission_status"):
        if "lastattempt" in call.body:
            hand_in = _hand_in(model, call)
            hand_in.submission = call.body["lastattempt"].get("submission")
            hand_in.previous = call.body.get("previousattempts", [])
            hand_in.feedback = call.body.get("feedback")
            if hand_in.feedback is not None:
                hand_in.feedback.pop("grade", None)
    for part in calls.first("mod_assign_get_grades")["assignments"]:
        hand_ins = model.assignments[part["assignmentid"]].hand_ins
        for row in part["grades"]:
            hand_ins.setdefault(row["userid"], HandIn()).grades[row["attemptnumber"]] = row
    for call in calls.all("mod_assign_get_participant"):
        if "exception" not in call.body:
            _hand_in(model, call).dates = {name: call.body[name] for name in DATES}


def _hand_in(model: MoodleModel, call: RecordedCall) -> HandIn:
    return model.assignments[call.params["assignid"]].hand_ins.setdefault(call.params["userid"], HandIn())


def _forums(model: MoodleModel, calls: _Calls) -> None:
    posts = {call.params["discussionid"]: call.body for call in calls.all("mod_forum_get_discussion_posts")}
    for row in calls.first("mod_forum_get_forums_by_courses"):
        forum = model.forums[row["id"]] = Forum(row)
        listed = calls.where("mod_forum_get_forum_discussions", forumid=row["id"])["discussions"]
        for discussion in listed:
            told = posts[discussion["discussion"]]
            forum.discussions[discussion["discussion"]] = Discussion(
                discussion, told["posts"], told["ratinginfo"]
            )


def _scorms(model: MoodleModel, calls: _Calls) -> None:
    told = calls.first("mod_scorm_get_scorms_by_courses")
    model.scorm_options = told["options"]
    of_sco = {}
    for row in told["scorms"]:
        scoes = calls.where("mod_scorm_get_scorm_scoes", scormid=row["id"])["scoes"]
        model.scorms[row["id"]] = Scorm(row, scoes)
        of_sco.update({sco["id"]: row["id"] for sco in scoes})
    for call in calls.all("mod_scorm_get_scorm_attempt_count"):
        if call.body.get("attemptscount"):
            model.scorms[call.params["scormid"]].attempts[call.params["userid"]] = call.body["attemptscount"]
    for call in calls.all("mod_scorm_get_scorm_sco_tracks"):
        if call.body.get("data", {}).get("tracks"):
            sco, user = call.params["scoid"], call.params["userid"]
            attempts = model.scorms[of_sco[sco]].tracks.setdefault((sco, user), {})
            attempts[call.body["data"]["attempt"]] = call.body["data"]["tracks"]


def _others(model: MoodleModel, calls: _Calls) -> None:
    model.lessons = calls.first("mod_lesson_get_lessons_by_courses")["lessons"]
    for call in calls.all("mod_lesson_get_attempts_overview"):
        model.lesson_overviews[call.params["lessonid"]] = call.body["data"]
    for call in calls.all("mod_lesson_get_user_timers"):
        if call.body.get("timers"):
            model.lesson_timers[call.params["lessonid"], call.params["userid"]] = call.body["timers"]
    model.databases = calls.first("mod_data_get_databases_by_courses")["databases"]
    model.entries = {int(call.params["databaseid"]): call.body for call in calls.all("mod_data_get_entries")}
    in_course, everywhere = calls.all("core_blog_get_entries")
    model.blog_entries = everywhere.body["entries"]
    model.course_blog_ids = {row["id"] for row in in_course.body["entries"]}
    model.h5p = calls.first("mod_h5pactivity_get_h5pactivities_by_courses")
    for call in calls.all("mod_h5pactivity_get_user_attempts"):
        model.h5p_attempts[call.params["h5pactivityid"]] = call.body
    for row in calls.first("gradereport_user_get_grade_items")["usergrades"]:
        model.grade_items[row["userid"]] = row
        model.grading_order.append(row["userid"])
    for call in calls.all("core_competency_get_scale_values"):
        model.scales[call.params["scaleid"]] = call.body


def _updates(model: MoodleModel, calls: _Calls) -> None:
    """Keeps the row ids that only the updates name, with the latest time at which they can have changed."""
    told = calls.first("core_course_get_updates_since")
    model.unsupported = told["warnings"]
    for module in told["instances"]:
        for update in module["updates"]:
            if update["name"] == "configuration":
                model.configured[module["id"]] = update["timeupdated"]
    of_module = {module["id"]: module["modname"] for module in model.modules()}
    known = _submission_ids(model)
    for module in told["instances"]:
        for update in module["updates"]:
            place = (of_module[module["id"]], update["name"])
            if place == ("assign", "usersubmissions") or (place not in COMPUTED and "itemids" in update):
                unknown = [item for item in update["itemids"] if place[0] != "assign" or item not in known]
                at = _latest(model, module["id"], update["name"])
                model.touched[module["id"], update["name"]] = dict.fromkeys(unknown, at)


def _submission_ids(model: MoodleModel) -> set[int]:
    hand_ins = [hand_in for each in model.assignments.values() for hand_in in each.hand_ins.values()]
    earlier = {attempt["submission"]["id"] for hand_in in hand_ins for attempt in hand_in.previous}
    return earlier | {hand_in.submission["id"] for hand_in in hand_ins if hand_in.submission is not None}


def _latest(model: MoodleModel, module: int, name: str) -> int:
    """When a row of that kind can have changed last; the recording does not tell it row by row."""
    for scorm in model.scorms.values():
        if scorm.row["coursemodule"] == module and name == "usertracks":
            return max(int(value) for value in _track_times(scorm))
    if name == "usersubmissions":  # rows that reading the status of somebody without a hand-in creates
        return max(int(person.enrolled["lastaccess"]) for person in model.enrolled() if person.enrolled)
    if name == "ratings":
        forums = model.forums.values()
        return max(int(each.row["timemodified"]) for forum in forums for each in forum.discussions.values())
    return max(model.configured.values())


def _track_times(scorm: Scorm) -> Iterable[str]:
    for attempts in scorm.tracks.values():
        for tracks in attempts.values():
            yield from (track["value"] for track in tracks if track["element"] == "timemodified")
