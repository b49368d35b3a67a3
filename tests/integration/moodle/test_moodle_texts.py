"""What people wrote in the recorded course comes beside the evidence, and none that is not everybody's."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import Any

from lms_scoring.demonstration.running import RunningMoodle
from lms_scoring.domain.evidence import Post, PostState, Submission, SubmissionState
from lms_scoring.domain.texts import Text

from .pulled import Pulled, edited_source, pulled, source_of

HOMEWORK, JOURNAL = "17", "19"


def texts_of(course: Pulled) -> dict[tuple[str, str], Text]:
    return {(text.kind, text.id): text for batch in course.batches for text in batch.texts}


def test_every_live_post_and_every_hand_in_has_its_text(course: Pulled) -> None:
    texts = texts_of(course)
    posts = [post for post in course.all(Post) if post.state is PostState.LIVE]
    works = [work for work in course.all(Submission) if work.state is SubmissionState.SUBMITTED]
    told = {key for key, text in texts.items() if text.text is not None}
    assert {("post", post.id) for post in posts} <= told
    assert len(posts) == 711
    assert {("submission", work.id) for work in works} <= told
    assert told <= {("post", post.id) for post in posts} | {("submission", work.id) for work in works}


def test_a_text_says_of_its_record_what_the_record_says(course: Pulled) -> None:
    texts = texts_of(course)
    for post in course.all(Post):
        text = texts["post", post.id]
        assert (text.person, text.activity, text.at) == (post.person, post.forum, post.created_at)
    for work in course.all(Submission):
        text = texts["submission", work.id]
        assert (text.person, text.activity, text.at) == (work.person, work.activity, work.submitted_at)


def test_private_replies_and_erased_posts_leave_no_text(course: Pulled) -> None:
    texts = texts_of(course)
    hidden = [post for post in course.all(Post) if post.state is not PostState.LIVE]
    assert {post.state for post in hidden} == {PostState.PRIVATE, PostState.DELETED}
    assert {texts["post", post.id].text for post in hidden} == {None}
    assert not any("私下回复" in (text.text or "") for text in texts.values())
    assert not any("has been removed" in (text.text or "") for text in texts.values())


def test_a_draft_leaves_no_text(course: Pulled) -> None:
    texts = texts_of(course)
    drafts = [work for work in course.all(Submission) if work.state is SubmissionState.DRAFT]
    assert drafts
    assert {texts["submission", draft.id].text for draft in drafts} == {None}


def test_texts_are_plain(course: Pulled) -> None:
    (first,) = (text for text in texts_of(course).values() if text.id == "assign-1-3-0")
    assert first.text is not None
    assert first.text.startswith("课程作业正文，第1号学员。\n以学生为中心的课堂设计。以学生")
    everything = "".join(text.text or "" for text in texts_of(course).values())
    assert "<p" not in everything
    assert "&nbsp;" not in everything


def test_database_and_blog_entries_have_theirs(course: Pulled) -> None:
    texts = texts_of(course)
    assert texts["submission", "data-4"].text == "心得 13\n我的心得……"
    assert texts["submission", "blog-5"].text == "博客正文 42"


def test_what_the_tasks_ask_comes_with_every_pull(moodle: RunningMoodle) -> None:
    first = pulled(source_of(moodle), moodle)
    second = pulled(source_of(moodle), moodle, cursor=first.cursor)
    for pull in (first, second):
        asked = [task for batch in pull.batches for task in batch.tasks]
        assert [(task.activity, task.text) for task in asked] == [
            (activity, "请结合本校实际完成。") for activity in (HOMEWORK, "18", JOURNAL)
        ]


def test_no_text_is_yielded_twice_and_none_before_its_writer(course: Pulled) -> None:
    assert sum(len(batch.texts) for batch in course.batches) == len(texts_of(course))
    assert max(len(batch.texts) for batch in course.batches) <= 500
    known: set[str] = set()
    for batch in course.batches:
        known |= {account for person in batch.people for account in person.accounts}
        assert {text.person for text in batch.texts} <= known


def test_an_edited_post_tells_its_text_anew(moodle: RunningMoodle) -> None:
    first = pulled(source_of(moodle), moodle)
    (post,) = (text for text in texts_of(first).values() if text.id == "post-1")
    moodle.change("edit_post", post=1, message="<p>改过了</p>")
    second = pulled(source_of(moodle), moodle, cursor=first.cursor)
    assert texts_of(second)["post", "post-1"] == replace(post, text="改过了")


def test_after_a_cursor_of_an_older_program_everything_is_read_again(moodle: RunningMoodle) -> None:
    first = pulled(source_of(moodle), moodle)
    older = first.cursor.replace('"settings":"', '"settings":"0')
    assert texts_of(pulled(source_of(moodle), moodle, cursor=older)) == texts_of(first)


def test_a_moodle_that_tells_no_texts_loses_no_evidence(recorded: RunningMoodle, course: Pulled) -> None:
    def without_messages(told: Any) -> Any:
        for row in told.get("posts", ()):
            row["message"] = None
        return told

    def odd_contents(told: Any) -> Any:
        for row in told["entries"]:
            row["contents"] = {"odd": 1}
        return told

    def without_intros(told: Any) -> Any:
        for row in told["courses"][0]["assignments"]:
            del row["intro"]
        return told

    source = edited_source(
        recorded,
        DISCUSSION_POSTS=without_messages,
        DATABASE_ENTRIES=odd_contents,
        ASSIGNMENTS=without_intros,
    )
    pull = pulled(source, recorded)
    assert pull.records == course.records
    assert [task for batch in pull.batches for task in batch.tasks] == []
    empty = Counter(text.kind for text in texts_of(pull).values() if text.text is None)
    assert empty["post"] > 500
