"""A stand-in of the first few learners: nothing is left of the others on either platform."""

import json
from collections.abc import Iterator
from hashlib import sha1

import pytest
import requests

from lms_scoring.demonstration.running import Options, RunningPlatform, running_platform

from .caller import Caller

LEFT = [3, 4, 5, 6]
TUTORS = [63, 64]


@pytest.fixture(scope="module")
def cut() -> Iterator[RunningPlatform]:
    with running_platform(Options(learners=4)) as running:
        yield running


@pytest.fixture(scope="module")
def ask_cut(cut: RunningPlatform) -> Iterator[Caller]:
    with requests.Session() as session:
        yield Caller(cut.moodle.url, cut.moodle.token, session)


def test_the_lists_have_the_first_learners_and_the_tutors(ask_cut: Caller) -> None:
    people = [row["id"] for row in ask_cut("core_enrol_get_enrolled_users", courseid=2)]
    gradable = ask_cut("core_grades_get_gradable_users", courseid=2)["users"]
    participants = ask_cut(
        "mod_assign_list_participants", assignid=1, groupid=0, filter="", onlyids=1, includeenrolments=0
    )
    assert (people, [row["id"] for row in gradable]) == (LEFT + TUTORS, LEFT)
    assert sorted(row["id"] for row in participants) == LEFT


def test_nobody_else_has_handed_in_anything(ask_cut: Caller) -> None:
    parts = ask_cut("mod_assign_get_submissions", assignmentids=[1, 2, 3])["assignments"]
    grades = ask_cut("mod_assign_get_grades", assignmentids=[1, 2, 3])["assignments"]
    assert {row["userid"] for part in parts for row in part["submissions"]} == set(LEFT)
    assert {row["userid"] for part in grades for row in part["grades"]} == set(LEFT)


def test_nobody_else_has_written_and_the_replies_are_counted(ask_cut: Caller) -> None:
    listed = ask_cut("mod_forum_get_forum_discussions", forumid=1)["discussions"]
    assert listed
    for topic in listed:
        posts = ask_cut("mod_forum_get_discussion_posts", discussionid=topic["discussion"])["posts"]
        assert {post["author"]["id"] for post in posts} <= {*LEFT, *TUTORS}
        parents = {post["parentid"] for post in posts if post["hasparent"]}
        assert parents <= {post["id"] for post in posts}
        assert topic["numreplies"] == len(posts) - 1


def test_the_statements_are_those_of_the_same_people_by_every_identifier(cut: RunningPlatform) -> None:
    actors = [json.loads(cut.lrs.model.raw(place))["actor"] for place in range(len(cut.lrs.model))]
    digest = sha1(b"mailto:tea004@lc.example", usedforsecurity=False).hexdigest()
    assert {actor["account"]["name"] for actor in actors if "account" in actor} == {
        *("3", "4", "5", "6", "tea001", "tea002")
    }
    assert {actor["mbox_sha1sum"] for actor in actors if "mbox_sha1sum" in actor} == {digest}
    assert not any("mbox" in actor for actor in actors)


def test_without_a_cut_everybody_is_there(ask: Caller) -> None:
    assert len(ask("core_enrol_get_enrolled_users", courseid=2)) > 50
