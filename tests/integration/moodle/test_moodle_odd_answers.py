"""Answers that another Moodle, another account or a broken row would give."""

from __future__ import annotations

from typing import Any

from lms_scoring.demonstration.running import RunningMoodle
from lms_scoring.domain.evidence import (
    DueBasis,
    Membership,
    MembershipStatus,
    Post,
    PostState,
    ReportedTime,
    Submission,
    Unknown,
)
from lms_scoring.domain.unread import Unread
from lms_scoring.ports import Problem, ProblemKind

from .pulled import Pulled, edited_source, pulled, source_of


def coded(pull: Pulled, code: str) -> list[Problem]:
    return [problem for problem in pull.problems if problem.code == code]


def test_a_thin_roster_is_a_loss_and_withdraws_nobody(recorded: RunningMoodle) -> None:
    """A tutor's token in separate groups sees the hand-ins of both classes and the people of one."""

    pull = pulled(edited_source(recorded, ENROLLED_USERS=first_class), recorded)
    assert {each.kind for each in coded(pull, "roster_incomplete")} == {ProblemKind.LOST}
    assert {each.status for each in pull.all(Membership)} == {MembershipStatus.ACTIVE}
    assert pull.whole == []
    assert len(pull.all(Submission)) == 173


def first_class(people: Any) -> Any:
    return [each for each in people if any(group["id"] == 1 for group in each.get("groups", []))]


def test_learners_who_can_be_graded_and_are_not_enrolled_show_a_thin_roster(
    recorded: RunningMoodle,
) -> None:
    pull = pulled(
        edited_source(recorded, ENROLLED_USERS=first_class, ASSIGNMENTS=lambda answer: {"courses": []}),
        recorded,
    )
    told = {id_ for id_, each in pull.activities.items() if each.dates_told}
    assert pull.activities.keys() - told == {"17", "18", "19"}, "nobody says that they have no dates"
    [problem] = [each for each in coded(pull, "roster_incomplete") if each.subject == "people"]
    assert "28 learners can be graded" in problem.text
    assert pull.whole == []


def test_who_has_only_roles_that_count_as_nothing_is_told_of(recorded: RunningMoodle, course: Pulled) -> None:
    def trainees(people: Any) -> Any:
        role = {"roleid": 9, "name": "", "shortname": "trainee", "sortorder": 0}
        return [{**each, "roles": [role]} if each["id"] in (3, 4) else each for each in people]

    pull = pulled(edited_source(recorded, ENROLLED_USERS=trainees), recorded)
    [problem] = coded(pull, "roles_uncounted")
    assert (problem.kind, problem.subject) == (ProblemKind.NOTICE, "people")
    assert "2 people" in problem.text
    assert "trainee (2)" in problem.text
    assert pull.memberships(1) == set()
    assert coded(course, "roles_uncounted") == []


def test_a_list_of_people_that_never_ends_is_a_loss_and_withdraws_nobody(recorded: RunningMoodle) -> None:
    """A site that ignores where a page begins gives the first one for ever."""
    pages: list[Any] = []

    def the_same_full_page(people: Any) -> Any:
        pages.append((people * 10)[:500] or pages[0])
        return pages[-1]

    pull = pulled(edited_source(recorded, ENROLLED_USERS=the_same_full_page), recorded)
    (problem,) = coded(pull, "roster_endless")
    assert (problem.kind, problem.subject) == (ProblemKind.LOST, "people")
    assert "nobody is taken to have left" in problem.text
    assert len(pages) == 3, "a page, who is suspended, and a page without anybody new"
    assert pull.whole == []


def test_a_blog_that_gives_fewer_entries_than_it_counts_is_a_loss(recorded: RunningMoodle) -> None:
    source = edited_source(recorded, BLOG_ENTRIES=lambda _: {"entries": [], "totalentries": 7})
    pull = pulled(source, recorded)
    assert [each.text for each in coded(pull, "entries_missing")] == [
        "Moodle counts 7 entries of the blog and gave 0"
    ]
    assert not any(scope.activity == "blog" for scope in pull.whole)


def test_entries_that_are_counted_and_not_given_are_a_loss(recorded: RunningMoodle) -> None:
    source = edited_source(recorded, DATABASE_ENTRIES=lambda answer: {**answer, "entries": []})
    pull = pulled(source, recorded)
    [problem] = coded(pull, "entries_missing")
    assert (problem.kind, problem.subject) == (ProblemKind.LOST, "22")
    assert not any(scope.activity == "22" for scope in pull.whole)


def test_a_mark_of_an_enrolled_learner_without_a_hand_in_is_unknown(recorded: RunningMoodle) -> None:
    def without_the_first(answer: Any) -> Any:
        [part] = answer["assignments"]
        rows = [row for row in part["submissions"] if row["userid"] != 3]
        return {**answer, "assignments": [{**part, "submissions": rows}]}

    pull = pulled(edited_source(recorded, SUBMISSIONS=without_the_first), recorded)
    found = pull.of(1, Unknown)
    assert {each.activity for each in found} == {"17", "18"}
    assert pull.memberships(1) == {("learner", "一班", "active")}
    told = [each.text for each in coded(pull, "submission_unreadable") if each.subject == found[0].id]
    assert found[0].reason == Unread.SUBMISSION_UNREADABLE
    for text in told:
        assert "either nothing was handed in" in text
        assert "or the hand-in is hidden" in text
        assert "left" not in text
    assert len(told) == 1


def test_a_mark_of_somebody_who_left_says_so(course: Pulled) -> None:
    told = {each.subject: each.text for each in coded(course, "submission_unreadable")}
    assert set(told) >= {"unknown-17-60", "unknown-17-61"}
    assert all("left the course or was deleted" in text for text in told.values())
    about = {(each.person, each.activity) for each in coded(course, "submission_unreadable")}
    assert about >= {("campus-60", "17"), ("campus-61", "17")}


def test_one_bad_row_costs_itself_only(recorded: RunningMoodle, course: Pulled) -> None:
    def broken(answer: Any) -> Any:
        rows = answer["assignments"][0]["submissions"]
        return {
            **answer,
            "assignments": [{**answer["assignments"][0], "submissions": [{"userid": "x"}, *rows]}],
        }

    pull = pulled(edited_source(recorded, SUBMISSIONS=broken), recorded)
    refused = coded(pull, "row_unreadable")
    assert [(each.kind, each.subject, each.raw) for each in refused] == [
        (ProblemKind.REFUSED, activity, b'{"userid": "x"}') for activity in ("17", "18", "19")
    ]
    assert len(pull.all(Submission)) == len(course.all(Submission))
    assert not any(scope.activity == "17" for scope in pull.whole)


def test_a_list_of_topics_that_comes_empty_is_a_loss(recorded: RunningMoodle) -> None:
    pull = pulled(edited_source(recorded, DISCUSSIONS=lambda answer: {**answer, "discussions": []}), recorded)
    told = {each.subject: each.text for each in coded(pull, "topics_missing")}
    assert set(told) == {"25", "26", "27"}
    assert "274 topics" in told["25"]
    assert "moodle/site:accessallgroups" in told["25"]
    assert not any(scope.kind == "post" for scope in pull.whole)


def test_a_topic_whose_text_was_erased_is_deleted_though_it_has_no_replies(
    recorded: RunningMoodle,
) -> None:
    """The list of topics does not tell that a first post was erased; its text is gone, that is all."""

    def erased_topic(answer: Any) -> Any:
        for each in answer["discussions"]:
            if each["discussion"] == 233:
                each["message"] = ""
        return answer

    def erased_post(answer: Any) -> Any:
        for each in answer["posts"]:
            if each["id"] == 233:
                each |= {"isdeleted": True, "timecreated": None}
        return answer

    pull = pulled(edited_source(recorded, DISCUSSIONS=erased_topic, DISCUSSION_POSTS=erased_post), recorded)
    [topic] = [each for each in pull.all(Post) if each.id == "post-233"]
    assert (topic.state, topic.created_at) == (PostState.DELETED, None)


def test_an_unknown_grade_word_is_a_loss_and_the_work_stays(recorded: RunningMoodle) -> None:
    def english(values: Any) -> Any:
        return [{**each, "name": "Outstanding"} if each["id"] == 4 else each for each in values]

    pull = pulled(edited_source(recorded, SCALE_VALUES=english), recorded)
    unknown = coded(pull, "grade_word_unknown")
    assert len(unknown) > 20
    assert all("'Outstanding'" in each.text and each.kind is ProblemKind.LOST for each in unknown)
    assert {each.activity for each in unknown} == {"17"}
    assert {f"campus-{each.subject.split('-')[2]}" == each.person for each in unknown} == {True}
    marked = next(each for each in pull.of(1, Submission, 17))
    assert (marked.grade, marked.graded_at is None) == (None, False)


def test_where_the_scale_is_not_listed_its_words_are_those_that_are_shown(
    recorded: RunningMoodle, course: Pulled
) -> None:
    refused = {"exception": "webservice_access_exception", "errorcode": "accessexception", "message": ""}
    pull = pulled(edited_source(recorded, SCALE_VALUES=lambda _: refused), recorded)
    assert pull.codes(ProblemKind.LOST) == set()
    assert [each.grade for each in pull.all(Submission)] == [each.grade for each in course.all(Submission)]


def test_where_no_words_can_be_had_at_all_it_is_a_loss(recorded: RunningMoodle) -> None:
    refused = {"exception": "webservice_access_exception", "errorcode": "accessexception", "message": ""}

    def silent(answer: Any) -> Any:
        return {**answer, "feedback": None}

    pull = pulled(edited_source(recorded, SCALE_VALUES=lambda _: refused, SUBMISSION_STATUS=silent), recorded)
    [problem] = coded(pull, "call_refused")
    assert "The words of the scale" in problem.text
    assert not any(scope.activity == "17" for scope in pull.whole)


def test_hand_ins_of_whole_groups_are_a_loss(recorded: RunningMoodle) -> None:
    def teams(answer: Any) -> Any:
        [course] = answer["courses"]
        rows = [{**each, "teamsubmission": 1} if each["id"] == 1 else each for each in course["assignments"]]
        return {**answer, "courses": [{**course, "assignments": rows}]}

    pull = pulled(edited_source(recorded, ASSIGNMENTS=teams), recorded)
    [problem] = coded(pull, "team_submission")
    assert (problem.kind, problem.subject) == (ProblemKind.LOST, "17")
    assert not any(each.activity == "17" for each in pull.all(Submission))
    unread = {each.person: each.reason for each in pull.all(Unknown) if each.activity == "17"}
    assert unread.keys() >= {pull.account(learner) for learner in (1, 13, 57)}, "not the same as nothing"
    assert unread[pull.account(1)] == Unread.TEAM_SUBMISSION
    assert not any(scope.activity == "17" for scope in pull.whole)


def test_where_nobodys_deadline_can_be_read_the_assignments_is_taken_and_said(
    recorded: RunningMoodle,
) -> None:
    def refused(_: Any) -> Any:
        return {"exception": "required_capability_exception", "errorcode": "nopermissions", "message": ""}

    pull = pulled(edited_source(recorded, PARTICIPANT=refused), recorded)
    assert {each.subject for each in coded(pull, "dates_unreadable")} == {"17", "18", "19"}
    homework = [each for each in pull.all(Submission) if each.activity == "17"]
    assert {each.due_basis for each in homework} == {DueBasis.ASSIGNMENT}


def test_a_post_without_an_author_is_set_aside(recorded: RunningMoodle, course: Pulled) -> None:
    def anonymous(answer: Any) -> Any:
        posts = [
            {**each, "author": {"id": None, "fullname": None}} if each["id"] == 492 else each
            for each in answer["posts"]
        ]
        return {**answer, "posts": posts}

    pull = pulled(edited_source(recorded, DISCUSSION_POSTS=anonymous), recorded)
    [problem] = coded(pull, "post_without_author")
    assert (problem.kind, problem.subject) == (ProblemKind.REFUSED, "post-492")
    assert len(pull.all(Post)) == len(course.all(Post)) - 1


def test_a_scorm_time_in_no_known_form_is_unknown(recorded: RunningMoodle) -> None:
    def garbled(answer: Any) -> Any:
        tracks = [
            {**each, "value": "an hour"} if each["element"].endswith("total_time") else each
            for each in answer["data"]["tracks"]
        ]
        return {**answer, "data": {**answer["data"], "tracks": tracks}}

    pull = pulled(edited_source(recorded, SCO_TRACKS=garbled), recorded)
    assert not any(each.id.startswith("scorm") for each in pull.all(ReportedTime))
    assert len([each for each in pull.all(Unknown) if each.activity == "1"]) > 50
    assert {each.kind for each in coded(pull, "time_unreadable")} == {ProblemKind.UNKNOWN}


def test_parts_of_a_begun_package_that_are_not_attempted_are_noticed(recorded: RunningMoodle) -> None:
    def second_part_untouched(answer: Any) -> Any:
        if {"element": "scoid", "value": "11"} not in answer["data"]["tracks"]:
            return answer
        warning = {"item": "attempt", "itemid": 1, "warningcode": "notattempted", "message": "Not attempted"}
        return {"data": {**answer["data"], "tracks": []}, "warnings": [warning]}

    pull = pulled(edited_source(recorded, SCO_TRACKS=second_part_untouched), recorded)
    [problem] = coded(pull, "parts_not_attempted")
    assert (problem.kind, problem.subject) == (ProblemKind.NOTICE, "13")


def test_an_answer_of_another_shape_is_a_loss_of_its_activity(recorded: RunningMoodle) -> None:
    pull = pulled(edited_source(recorded, LESSON_OVERVIEW=lambda _: {"data": []}), recorded)
    [problem] = coded(pull, "call_refused")
    assert problem.subject == "24"
    assert "the shape that is known" in problem.text


def test_blogs_that_are_switched_off_are_no_loss(recorded: RunningMoodle) -> None:
    off = {"exception": "moodle_exception", "errorcode": "blogdisable", "message": "Blogging is disabled!"}
    pull = pulled(edited_source(recorded, BLOG_ENTRIES=lambda _: off), recorded)
    assert [each.kind for each in coded(pull, "blogs_off")] == [ProblemKind.NOTICE]
    assert pull.codes(ProblemKind.LOST) == set()


def test_a_name_is_built_also_where_the_site_puts_the_family_first(recorded: RunningMoodle) -> None:
    def turned(rows: Any) -> Any:
        return [{**row, "fullname": f"{row.get('lastname')} {row.get('firstname')}"} for row in rows]

    def authors(answer: Any) -> Any:
        for each in answer["posts"]:
            if each["author"]["id"] == 60:
                each["author"]["fullname"] = "胡 超"
        return answer

    pull = pulled(edited_source(recorded, ENROLLED_USERS=turned, DISCUSSION_POSTS=authors), recorded)
    assert pull.people["campus-60"].name == "胡超"
    assert pull.people["campus-3"].name == "刘磊"


def test_where_updates_cannot_be_asked_everything_is_read_again(
    recorded: RunningMoodle, course: Pulled
) -> None:
    refused = {"exception": "moodle_exception", "errorcode": "nopermissions", "message": ""}
    source = edited_source(recorded, UPDATES_SINCE=lambda _: refused)
    again = pulled(source, recorded, cursor=pulled(source, recorded).cursor)
    assert "updates_unavailable" in again.codes(ProblemKind.NOTICE)
    assert set(again.records) == set(course.records)


def test_an_h5p_activity_without_tracking_is_no_loss_and_nothing_of_it_is_taken_for_gone(
    recorded: RunningMoodle, course: Pulled
) -> None:
    """Moodle warns of every learner then."""

    def untracked(answer: Any) -> Any:
        warned = [{"item": "user", "itemid": user, "warningcode": "1", "message": ""} for user in (3, 4)]
        return {**answer, "usersattempts": [], "warnings": warned}

    [h5p] = [each.id for each in course.activities.values() if each.kind == "h5pactivity"]
    pull = pulled(edited_source(recorded, H5P_ATTEMPTS=untracked), recorded)
    [told] = [each for each in pull.problems if each.subject == h5p]
    assert (told.kind, told.code) == (ProblemKind.NOTICE, "attempts_not_tracked")
    assert pull.codes(ProblemKind.LOST) == set()
    assert not any(scope.activity == h5p for scope in pull.whole)
    again = pulled(source_of(recorded), recorded, cursor=pull.cursor)
    assert [each for each in again.all(ReportedTime) if each.activity == h5p] != []
