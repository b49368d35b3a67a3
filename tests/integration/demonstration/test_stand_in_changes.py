"""The stand-in course changes as a real one would, and what changed since a time is told."""

from typing import Any

import pytest
import requests

from lms_scoring.demonstration.moodle_capabilities import LOSSES
from lms_scoring.demonstration.recordings import RecordedCall, recorded_calls
from lms_scoring.demonstration.running import RunningMoodle

from .caller import Caller

pytestmark = pytest.mark.variation

FAR_LATER = 1_900_000_000
NOW = 1_800_000_000
"""Platform time of the changes: after everything recorded."""


def updates(ask: Caller, since: int = NOW - 1) -> dict[int, dict[str, list[int]]]:
    """Row ids by activity and name."""
    told = ask("core_course_get_updates_since", courseid=2, since=since)
    assert len(told["warnings"]) == 7
    return {
        each["id"]: {update["name"]: update.get("itemids", []) for update in each["updates"]}
        for each in told["instances"]
    }


def test_an_unchanged_course_tells_no_updates_after_its_last_change(ask: Caller) -> None:
    assert updates(ask, since=NOW) == {}


def test_updates_since_another_time_follow_the_rows(ask: Caller) -> None:
    found = updates(ask, since=1733000000)
    topics = ask("mod_forum_get_forum_discussions", forumid=1)["discussions"]
    assert found[25]["discussions"] == [row["id"] for row in topics if row["timemodified"] > 1733000000]
    assert len(found[25]["discussions"]) == 69
    assert found[18]["usergrades"][:8] == [58, 60, 64, 71, 73, 74, 78, 81]
    assert len(found[18]["usergrades"]) == 12
    assert found[22]["entries"] == [3, 7, 9]
    assert found[24]["usertimers"] == [1, 4, 7, 8]


def test_forum_updates_name_first_posts_and_not_discussions(ask: Caller) -> None:
    rows = {
        row["discussion"]: row["id"]
        for row in ask("mod_forum_get_forum_discussions", forumid=3)["discussions"]
    }
    assert updates(ask, since=1733000000)[27]["discussions"] == [rows[282]] == [721]


def test_a_new_topic_is_listed_first_and_told(moodle: RunningMoodle, ask_mine: Caller) -> None:
    made = moodle.change("add_topic", forum=3, user=63, subject="第四期简报", message="<p>x</p>", at=NOW)
    told = ask_mine("mod_forum_get_forum_discussions", forumid=3)["discussions"]
    assert (told[0]["discussion"], told[0]["id"], told[0]["userid"]) == (made["discussion"], made["post"], 63)
    posts = ask_mine("mod_forum_get_discussion_posts", discussionid=made["discussion"])["posts"]
    assert [(post["id"], post["hasparent"], post["timecreated"]) for post in posts] == [
        (made["post"], False, NOW)
    ]
    assert ask_mine("mod_forum_get_forums_by_courses", courseids=[2])[2]["numdiscussions"] == 9
    assert updates(ask_mine) == {27: {"discussions": [made["post"]]}}


def test_a_new_post_has_the_shape_of_a_recorded_one(moodle: RunningMoodle, ask_mine: Caller) -> None:
    moodle.change("add_post", discussion=1, user=3, message="<p>y</p>", at=NOW)
    newest, recorded, *_ = ask_mine("mod_forum_get_discussion_posts", discussionid=1)["posts"]
    assert newest.keys() == recorded.keys()
    assert {name: type(newest[name]) for name in newest} == {name: type(recorded[name]) for name in recorded}
    assert newest["urls"].keys() == recorded["urls"].keys()
    assert newest["author"].keys() == recorded["author"].keys()


def test_a_reply_moves_its_discussion_up_and_is_told(moodle: RunningMoodle, ask_mine: Caller) -> None:
    before = ask_mine("mod_forum_get_discussion_posts", discussionid=105)["posts"]
    made = moodle.change("add_post", discussion=105, user=7, message="<p>y</p>", private=True, at=NOW)
    posts = ask_mine("mod_forum_get_discussion_posts", discussionid=105)
    assert posts["posts"][1:] == before
    assert (posts["posts"][0]["id"], posts["posts"][0]["isprivatereply"]) == (made["post"], True)
    assert posts["ratinginfo"]["ratings"][0]["itemid"] == made["post"]
    row = ask_mine("mod_forum_get_forum_discussions", forumid=1)["discussions"][1]
    assert (row["discussion"], row["numreplies"], row["timemodified"]) == (105, len(before), NOW)
    assert updates(ask_mine) == {25: {"discussions": [105]}}


def test_an_edited_post_is_told_by_its_discussion(moodle: RunningMoodle, ask_mine: Caller) -> None:
    moodle.change("edit_post", post=105, message="<p>new</p>", at=NOW)
    post = ask_mine("mod_forum_get_discussion_posts", discussionid=105, sortdirection="ASC")["posts"][0]
    assert (post["message"], post["timemodified"]) == ("<p>new</p>", NOW)
    assert updates(ask_mine) == {25: {"discussions": [105]}}


def test_a_deleted_reply_is_gone_and_nothing_tells_of_it(moodle: RunningMoodle, ask_mine: Caller) -> None:
    newest, *others = ask_mine("mod_forum_get_discussion_posts", discussionid=105)["posts"]
    moodle.change("delete_post", post=newest["id"])
    assert ask_mine("mod_forum_get_discussion_posts", discussionid=105)["posts"] == others
    assert updates(ask_mine) == {}


def test_a_deleted_first_post_takes_its_discussion_along(moodle: RunningMoodle, ask_mine: Caller) -> None:
    moodle.change("delete_post", post=105)
    assert ask_mine("mod_forum_get_discussion_posts", discussionid=105)["exception"] == "Error"
    assert len(ask_mine("mod_forum_get_forum_discussions", forumid=1)["discussions"]) == 273


def test_an_erased_post_stays_with_a_removal_text(moodle: RunningMoodle, ask_mine: Caller) -> None:
    recorded = ask_mine("mod_forum_get_discussion_posts", discussionid=217)["posts"]
    erased = next(post for post in recorded if post["isdeleted"])
    other = next(post for post in recorded if post["hasparent"] and not post["isdeleted"])
    moodle.change("erase_post", post=other["id"], at=NOW)
    told = ask_mine("mod_forum_get_discussion_posts", discussionid=217)["posts"]
    now_erased = next(post for post in told if post["id"] == other["id"])
    same = ("subject", "message", "isdeleted", "timecreated", "html")
    assert {name: now_erased[name] for name in same} == {name: erased[name] for name in same}


def test_work_is_handed_in_graded_reopened_and_handed_in_again(
    moodle: RunningMoodle, ask_mine: Caller
) -> None:
    made = moodle.change("hand_in", assignment=2, user=9, text="教学设计", at=NOW)
    row = _submission(ask_mine, 2, 9)
    assert (row["id"], row["status"], row["timemodified"]) == (made["submission"], "submitted", NOW)
    assert updates(ask_mine) == {18: {"usersubmissions": [made["submission"]]}}
    assert ask_mine("mod_assign_get_participant", assignid=2, userid=9)["requiregrading"] is True

    graded = moodle.change("grade", assignment=2, user=9, grade=81.5, at=NOW + 1)
    assert updates(ask_mine, since=NOW) == {18: {"usergrades": [graded["grade"]]}}
    status = ask_mine("mod_assign_get_submission_status", assignid=2, userid=9)
    assert status["feedback"]["gradefordisplay"] == "81.50&nbsp;/&nbsp;100.00"
    assert status["feedback"]["grade"]["grade"] == "81.50000"
    assert _submission(ask_mine, 2, 9)["gradingstatus"] == "graded"

    again = moodle.change("reopen", assignment=2, user=9, at=NOW + 2)
    assert (_submission(ask_mine, 2, 9)["status"], again["attempt"]) == ("reopened", 1)
    moodle.change("hand_in", assignment=2, user=9, text="第二次", at=NOW + 3)
    status = ask_mine("mod_assign_get_submission_status", assignid=2, userid=9)
    assert status["lastattempt"]["submission"]["attemptnumber"] == 1
    assert status["lastattempt"]["gradingstatus"] == "notgraded"
    (earlier,) = status["previousattempts"]
    assert (earlier["attemptnumber"], earlier["grade"]["grade"]) == (0, "81.50000")
    grades = ask_mine("mod_assign_get_grades", assignmentids=[2])["assignments"][0]["grades"]
    assert 9 not in [row["userid"] for row in grades]


def test_a_grade_on_a_scale_is_told_in_its_word_and_in_the_gradebook(
    moodle: RunningMoodle, ask_mine: Caller
) -> None:
    moodle.change("grade", assignment=1, user=14, grade=4, at=NOW)
    status = ask_mine("mod_assign_get_submission_status", assignid=1, userid=14)
    assert status["feedback"]["gradefordisplay"] == "优秀"
    items = ask_mine("gradereport_user_get_grade_items", courseid=2, userid=14)["usergrades"][0]["gradeitems"]
    item = next(each for each in items if each["cmid"] == 17)
    assert (item["graderaw"], item["gradeformatted"]) == (4, "优秀")


def test_an_extension_is_a_flag_and_leaves_the_due_date(moodle: RunningMoodle, ask_mine: Caller) -> None:
    before = ask_mine("mod_assign_get_participant", assignid=1, userid=3)
    moodle.change("extend", assignment=1, user=3, until=FAR_LATER)
    after = ask_mine("mod_assign_get_participant", assignid=1, userid=3)
    assert after == {**before, "grantedextension": True}
    flags = ask_mine("mod_assign_get_user_flags", assignmentids=[1])["assignments"][0]["userflags"]
    assert next(row for row in flags if row["userid"] == 3)["extensionduedate"] == FAR_LATER


def test_a_marking_workflow_says_how_far_a_mark_is_whether_there_is_one_or_not(
    moodle: RunningMoodle, ask_mine: Caller
) -> None:
    moodle.change("mark_in_steps", assignment=1, at=NOW)
    assert _submission(ask_mine, 1, 3)["gradingstatus"] == "notmarked"
    moodle.change("set_marking_state", assignment=1, user=3, state="released", at=NOW)
    assert _submission(ask_mine, 1, 3)["gradingstatus"] == "released"
    status = ask_mine("mod_assign_get_submission_status", assignid=1, userid=3)["lastattempt"]
    assert status["gradingstatus"] == "released"
    assert len(updates(ask_mine)[17]["usergrades"]) == 1


def test_a_class_gets_another_due_date(moodle: RunningMoodle, ask_mine: Caller) -> None:
    moodle.change("move_due_date", assignment=1, due=1733500740, group=2)
    assert ask_mine("mod_assign_get_participant", assignid=1, userid=33)["duedate"] == 1733500740
    assert ask_mine("mod_assign_get_participant", assignid=1, userid=3)["duedate"] == 1733068740


def test_scorm_time_adds_up_within_an_attempt_and_is_told(moodle: RunningMoodle, ask_mine: Caller) -> None:
    made = moodle.change("add_scorm_time", sco=2, user=3, seconds=600, at=NOW)
    assert made == {"attempt": 1, "total_time": "01:03:00"}
    (found,) = updates(ask_mine).values()
    assert len(found["usertracks"]) == 5
    moodle.change("add_scorm_time", sco=2, user=3, seconds=60, new_attempt=True, at=NOW + 1)
    assert ask_mine("mod_scorm_get_scorm_attempt_count", scormid=1, userid=3)["attemptscount"] == 2
    assert _total_time(ask_mine, attempt=0) == "00:01:00"
    assert _total_time(ask_mine, attempt=1) == "01:03:00"


def test_a_new_learner_takes_part_everywhere(moodle: RunningMoodle, ask_mine: Caller) -> None:
    named = {"username": "tea061", "firstname": "新", "lastname": "李"}
    user = moodle.change("enrol", **named, group=2)["user"]
    row = ask_mine("core_enrol_get_enrolled_users", courseid=2)[-1]
    assert (row["id"], row["groups"][0]["name"]) == (user, "二班")
    assert ask_mine("mod_assign_get_participant", assignid=1, userid=user)["duedate"] == 1733414340
    assert len(ask_mine("core_grades_get_gradable_users", courseid=2)["users"]) == 59
    assert ask_mine("mod_assign_get_submission_status", assignid=1, userid=user)["lastattempt"]
    moodle.change("hand_in", assignment=1, user=user, at=NOW)
    assert _submission(ask_mine, 1, user)["status"] == "submitted"


def test_a_new_class_is_joined_like_the_others(moodle: RunningMoodle, ask_mine: Caller) -> None:
    group = moodle.change("add_group", called="三班")["group"]
    assert [row["name"] for row in ask_mine("core_group_get_course_groups", courseid=2)][-1] == "三班"
    user = moodle.change("enrol", username="tea062", firstname="新", lastname="王", group=group)["user"]
    row = ask_mine("core_enrol_get_enrolled_users", courseid=2)[-1]
    assert (row["id"], [each["id"] for each in row["groups"]]) == (user, [group])


def test_an_unenrolled_learner_is_forgotten_by_lists_and_remembered_by_tracks(
    moodle: RunningMoodle, ask_mine: Caller
) -> None:
    moodle.change("unenrol", user=3)
    assert 3 not in [row["id"] for row in ask_mine("core_enrol_get_enrolled_users", courseid=2)]
    assert _submission(ask_mine, 1, 3) == {}
    assert ask_mine("mod_assign_get_submission_status", assignid=1, userid=3)["errorcode"] == "nopermission"
    assert ask_mine("mod_assign_get_participant", assignid=1, userid=3)["errorcode"] == "usernotincourse"
    assert 3 in [
        row["userid"]
        for row in ask_mine("mod_assign_get_grades", assignmentids=[1])["assignments"][0]["grades"]
    ]
    assert _total_time(ask_mine, attempt=1) == "00:53:00"


def test_a_suspended_enrolment_shows_only_in_filtered_lists(moodle: RunningMoodle, ask_mine: Caller) -> None:
    moodle.change("suspend_enrolment", user=3)
    only = [{"name": "onlysuspended", "value": 1}]
    assert [row["id"] for row in ask_mine("core_enrol_get_enrolled_users", courseid=2, options=only)] == [
        3,
        59,
    ]
    assert len(ask_mine("core_enrol_get_enrolled_users", courseid=2)) == 60
    assert ask_mine("mod_assign_get_participant", assignid=1, userid=3)["errorcode"] == "usernotincourse"


def test_a_suspended_account_is_told_by_the_gradable_users_alone(
    moodle: RunningMoodle, ask_mine: Caller
) -> None:
    moodle.change("suspend_account", user=3)
    users = ask_mine("core_grades_get_gradable_users", courseid=2)["users"]
    assert [row["id"] for row in users if row["suspended"]] == [3, 58]
    assert ask_mine("mod_assign_get_participant", assignid=1, userid=3)["errorcode"] == "userisfilteredout"


def test_a_closed_package_counts_no_attempts_and_gives_its_tracks(
    moodle: RunningMoodle, ask_mine: Caller
) -> None:
    moodle.change("close_activity", cmid=1, closes=1_734_278_400)
    count = ask_mine("mod_scorm_get_scorm_attempt_count", scormid=1, userid=5)
    assert (count["errorcode"], count["message"]) == (
        "expired",
        "Sorry, this activity closed on Monday, 16 December 2024, 12:00 AM and is no longer available",
    )
    assert ask_mine("mod_scorm_get_scorm_sco_tracks", scoid=2, userid=5)["data"]["attempt"] == 2
    moodle.change("close_activity", cmid=1, closes=0)
    assert ask_mine("mod_scorm_get_scorm_attempt_count", scormid=1, userid=5)["attemptscount"] == 2


def test_a_closed_database_gives_nothing(moodle: RunningMoodle, ask_mine: Caller) -> None:
    moodle.change("close_activity", cmid=22, closes=1_734_278_400)
    assert ask_mine("mod_data_get_entries", databaseid=1)["errorcode"] == "expired"


def test_an_attempt_that_is_deleted_leaves_the_others_their_numbers(
    moodle: RunningMoodle, ask_mine: Caller
) -> None:
    moodle.change("delete_attempt", sco=2, user=5, attempt=1)
    assert ask_mine("mod_scorm_get_scorm_attempt_count", scormid=1, userid=5)["attemptscount"] == 1
    assert ask_mine("mod_scorm_get_scorm_sco_tracks", scoid=2, userid=5)["data"]["attempt"] == 2
    first = ask_mine("mod_scorm_get_scorm_sco_tracks", scoid=2, userid=5, attempt=1)
    assert [each["warningcode"] for each in first["warnings"]] == ["notattempted"]
    moodle.change("delete_attempt", sco=2, user=5, attempt=2)
    assert ask_mine("mod_scorm_get_scorm_attempt_count", scormid=1, userid=5)["attemptscount"] == 0


def test_a_deleted_account_keeps_its_posts_without_a_name(moodle: RunningMoodle, ask_mine: Caller) -> None:
    moodle.change("delete_user", user=3)
    post = ask_mine("mod_forum_get_discussion_posts", discussionid=1, sortdirection="ASC")["posts"][0]
    assert post["author"]["isdeleted"] is True
    assert (post["author"]["id"], post["author"]["fullname"]) == (3, "Deleted user")
    tracks = ask_mine("mod_scorm_get_scorm_sco_tracks", scoid=2, userid=3)
    assert tracks["errorcode"] == "userdeleted"


def test_a_new_name_stands_everywhere(moodle: RunningMoodle, ask_mine: Caller) -> None:
    moodle.change("rename", user=3, firstname="雷", lastname="柳")
    assert ask_mine("core_enrol_get_enrolled_users", courseid=2)[0]["lastname"] == "柳"
    assert ask_mine("mod_forum_get_forum_discussions", forumid=1)["discussions"][0]["userfullname"] == "雷 柳"
    assert ask_mine("mod_assign_get_participant", assignid=1, userid=3)["fullname"] == "雷 柳"


def test_a_hidden_activity_is_marked_and_told_as_configured(moodle: RunningMoodle, ask_mine: Caller) -> None:
    moodle.change("hide_activity", cmid=20, at=NOW)
    modules = [
        each for section in ask_mine("core_course_get_contents", courseid=2) for each in section["modules"]
    ]
    assert next(each for each in modules if each["id"] == 20)["visible"] == 0
    assert list(updates(ask_mine)) == [20]


def test_without_access_to_all_groups_people_and_posts_vanish_in_silence(
    moodle: RunningMoodle, ask_mine: Caller
) -> None:
    moodle.change("deny", capability="moodle/site:accessallgroups")
    assert ask_mine("core_enrol_get_enrolled_users", courseid=2) == []
    assert ask_mine("mod_forum_get_forum_discussions", forumid=1) == {"discussions": [], "warnings": []}
    assert ask_mine("mod_forum_get_discussion_posts", discussionid=1)["posts"] == []
    told = ask_mine("mod_assign_get_submissions", assignmentids=[1])
    assert (told["assignments"], told["warnings"][0]["message"]) == ([], "No access rights in module context")
    moodle.change("allow", capability="moodle/site:accessallgroups")
    assert len(ask_mine("core_enrol_get_enrolled_users", courseid=2)) == 60


def test_without_a_view_of_assignments_they_vanish_from_the_course_page(
    moodle: RunningMoodle, ask_mine: Caller
) -> None:
    moodle.change("deny", capability="mod/assign:view")
    sections = ask_mine("core_course_get_contents", courseid=2)
    assert "assign" not in {each["modname"] for section in sections for each in section["modules"]}
    assert ask_mine("mod_assign_get_participant", assignid=1, userid=3)["errorcode"] == "requireloginerror"
    assert not {17, 18, 19} & updates(ask_mine, since=0).keys()


def test_without_the_right_to_grade_the_flags_become_a_warning(
    moodle: RunningMoodle, ask_mine: Caller
) -> None:
    moodle.change("deny", capability="mod/assign:grade")
    told = ask_mine("mod_assign_get_user_flags", assignmentids=[1, 2])
    assert told["assignments"] == []
    assert [each["itemid"] for each in told["warnings"]] == [1, 2]


def test_without_a_view_of_suspended_people_their_hand_ins_are_missing(
    moodle: RunningMoodle, ask_mine: Caller
) -> None:
    assert _submission(ask_mine, 1, 59) != {}
    moodle.change("deny", capability="moodle/course:viewsuspendedusers")
    assert _submission(ask_mine, 1, 59) == {}
    assert len(ask_mine("core_grades_get_gradable_users", courseid=2)["users"]) == 57


def test_the_control_door_makes_changes_and_says_what_it_did(moodle: RunningMoodle, ask_mine: Caller) -> None:
    place = f"{moodle.url}/demonstration/change"
    told = {"change": "add_post", "discussion": 105, "user": 7, "message": "<p>y</p>", "at": NOW}
    done = requests.post(place, json=told, timeout=20).json()["done"]
    assert updates(ask_mine) == {25: {"discussions": [105]}}
    assert done["post"] in [
        post["id"] for post in ask_mine("mod_forum_get_discussion_posts", discussionid=105)["posts"]
    ]


@pytest.mark.parametrize(
    "told",
    [
        {"change": "nonsense"},
        {"change": "unenrol", "user": 9999},
        {"change": "unenrol"},
        {"change": "deny", "capability": "nonsense"},
        {"change": "add_post", "discussion": 9999, "user": 3, "message": ""},
        {"change": "add_scorm_time", "sco": 1, "user": 3, "seconds": 1},
        {"change": "delete_attempt", "sco": 2, "user": 3, "attempt": 2},
        {"change": "close_activity", "cmid": 17, "closes": 1},
    ],
)
def test_a_change_that_cannot_be_made_is_refused(moodle: RunningMoodle, told: dict[str, Any]) -> None:
    refused = requests.post(f"{moodle.url}/demonstration/change", json=told, timeout=20)
    assert refused.status_code == 400
    assert refused.json()["error"]


def _submission(ask: Caller, assignment: int, user: int) -> dict[str, Any]:
    """The row of that person's latest attempt; empty when it is not listed."""
    told = ask("mod_assign_get_submissions", assignmentids=[assignment])["assignments"][0]["submissions"]
    return next((dict(row) for row in told if row["userid"] == user), {})


def _total_time(ask: Caller, *, attempt: int) -> str:
    tracks = ask("mod_scorm_get_scorm_sco_tracks", scoid=2, userid=3, attempt=attempt)["data"]["tracks"]
    return next(str(each["value"]) for each in tracks if each["element"] == "cmi.core.total_time")


@pytest.mark.parametrize("capability", sorted(LOSSES))
def test_each_lost_capability_changes_the_answers_it_is_known_to_change(
    moodle: RunningMoodle, ask_mine: Caller, capability: str
) -> None:
    params = {"field": "id", "values": [3]}  # profiles were not among the recorded calls
    profile = ask_mine("core_user_get_users_by_field", **params)
    calls = [*recorded_calls(moodle.url), RecordedCall("core_user_get_users_by_field", params, 0.0, profile)]
    moodle.change("deny", capability=capability)
    for function in LOSSES[capability]:
        of_function = [call for call in calls if call.function == function]
        assert any(ask_mine(function, **call.params) != call.body for call in of_function), function
