"""Every recorded call gets its recorded answer, over HTTP."""

from itertools import chain

import pytest

from lms_scoring.demonstration.recordings import RecordedCall, recorded_calls
from lms_scoring.demonstration.running import RunningPlatform

from .caller import Caller


def test_all_recorded_calls_are_answered_as_recorded(platform: RunningPlatform, ask: Caller) -> None:
    as_recorded = Caller(platform.moodle.url, platform.moodle.recorded_token, ask.session)
    calls = recorded_calls(platform.moodle.url)
    assert len(calls) == 1894
    assert [wrong for wrong in calls if as_recorded(wrong.function, **wrong.params) != wrong.body] == []


def test_answers_speak_of_the_stand_ins_own_address(platform: RunningPlatform, ask: Caller) -> None:
    told = ask.response("core_course_get_contents", courseid=2).json()
    assert told[0]["modules"][0]["url"] == f"{platform.moodle.url}/mod/forum/view.php?id=25"
    assert ":8800" not in str(told)


def test_json_is_written_as_php_writes_it(platform: RunningPlatform, ask: Caller) -> None:
    text = ask.response("core_competency_get_scale_values", scaleid=3).text
    assert text.startswith('[{"id":1,"name":"\\u4e0d\\u5408\\u683c"},')
    assert (
        f'"siteurl":"{platform.moodle.url}"'.replace("/", "\\/")
        in ask.response("core_webservice_get_site_info").text
    )


@pytest.mark.parametrize("page_size", [1, 7, 60, 100])
def test_pages_of_people_add_up_to_the_whole_list(ask: Caller, page_size: int) -> None:
    whole = ask("core_enrol_get_enrolled_users", courseid=2)
    found = []
    for start in range(0, 61 + page_size, page_size):
        limits = {"limitfrom": start, "limitnumber": page_size}
        options = [{"name": name, "value": value} for name, value in limits.items()]
        found += ask("core_enrol_get_enrolled_users", courseid=2, options=options)
    assert found == whole
    assert len(whole) == 60


@pytest.mark.parametrize("sortorder", [-1, 1, 2, 3, 4, 5, 6])
def test_pages_of_discussions_add_up_to_the_whole_list(ask: Caller, sortorder: int) -> None:
    whole = ask("mod_forum_get_forum_discussions", forumid=1, sortorder=sortorder)["discussions"]
    found = []
    for page in range(10):
        asked = {"forumid": 1, "sortorder": sortorder, "page": page, "perpage": 31}
        found += ask("mod_forum_get_forum_discussions", **asked)["discussions"]
    assert found == whole
    assert len({row["discussion"] for row in found}) == 274
    assert found[0]["pinned"]


def test_pages_of_participants_and_entries_add_up_to_the_whole_lists(ask: Caller) -> None:
    asked = {"assignid": 1, "groupid": 0, "filter": ""}
    pages = [ask("mod_assign_list_participants", **asked, skip=skip, limit=20) for skip in (0, 20, 40, 60)]
    assert [*chain.from_iterable(pages)] == ask("mod_assign_list_participants", **asked)
    asked = {"databaseid": 1, "returncontents": 1, "perpage": 5}
    pages = [ask("mod_data_get_entries", **asked, page=page)["entries"] for page in range(4)]
    assert [*chain.from_iterable(pages)] == ask("mod_data_get_entries", databaseid=1, returncontents=1)[
        "entries"
    ]


def test_posts_come_in_the_order_asked_for(ask: Caller) -> None:
    newest_first = ask("mod_forum_get_discussion_posts", discussionid=1)["posts"]
    oldest_first = ask("mod_forum_get_discussion_posts", discussionid=1, sortdirection="ASC")["posts"]
    assert oldest_first == newest_first[::-1]


def test_submissions_are_cut_by_the_time_of_their_last_change(ask: Caller) -> None:
    whole = ask("mod_assign_get_submissions", assignmentids=[2])["assignments"][0]["submissions"]
    late = ask("mod_assign_get_submissions", assignmentids=[2], since=1733184000)["assignments"][0]
    early = ask("mod_assign_get_submissions", assignmentids=[2], before=1733183999)["assignments"][0]
    assert late["submissions"] == [row for row in whole if row["timemodified"] >= 1733184000]
    assert sorted(late["submissions"] + early["submissions"], key=lambda row: row["id"]) == whole
    assert 0 < len(late["submissions"]) < len(whole)


def test_only_the_fields_asked_for_come_with_people(ask: Caller) -> None:
    options = [{"name": "userfields", "value": "id, idnumber"}]
    told = ask("core_enrol_get_enrolled_users", courseid=2, options=options)
    assert told[0] == {"id": 3, "fullname": "磊 刘", "idnumber": "LC240001"}


def test_who_is_suspended_from_the_course_or_deleted_has_no_profile(ask: Caller) -> None:
    told = ask("core_user_get_users_by_field", field="id", values=[3, 59, 61])
    assert [(row["id"], row["username"], row["suspended"]) for row in told] == [(3, "tea001", False)]
    told = ask("core_user_get_users_by_field", field="username", values=["tea001", "tea059"])
    assert [row["id"] for row in told] == [3]


def test_calls_are_recorded_with_their_seconds() -> None:
    call = recorded_calls("http://elsewhere.example")[0]
    assert isinstance(call, RecordedCall)
    assert call.seconds > 0
    assert call.body["siteurl"] == "http://elsewhere.example"
