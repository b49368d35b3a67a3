"""Answers about forums: lists of discussions and the posts of one."""

from collections.abc import Callable
from typing import Any

from lms_scoring.demonstration.moodle_answers.people import page as page_of
from lms_scoring.demonstration.moodle_errors import invalid_parameter, invalid_record, php_error
from lms_scoring.demonstration.moodle_model import Discussion, Forum, MoodleModel, Row

ORDERS: dict[int, tuple[Callable[[Row], Any], bool]] = {
    1: (lambda row: row["timemodified"], True),
    2: (lambda row: row["timemodified"], False),
    3: (lambda row: row["created"], True),
    4: (lambda row: row["created"], False),
    5: (lambda row: row["numreplies"], True),
    6: (lambda row: row["numreplies"], False),
}
"""Moodle's numbers of sort orders: by what, and whether backwards."""
ALL_GROUPS = -1
POST_ORDERS = {"id": "id", "created": "timecreated", "modified": "timemodified"}


def forums_by_courses(model: MoodleModel, *, courseids: list[int]) -> list[Row]:
    """The forums and how many discussions each has."""
    if courseids and model.course_id not in courseids:
        return []
    return [{**forum.row, "numdiscussions": len(forum.discussions)} for forum in model.forums.values()]


def forum_discussions(
    model: MoodleModel, *, forumid: int, sortorder: int, page: int, perpage: int, groupid: int
) -> Row:
    """The topics, pinned ones first; page -1 means all, a page over the end is empty."""
    if forumid not in model.forums:
        raise invalid_record("forum")
    order = 1 if sortorder == -1 else sortorder
    if order not in ORDERS:
        raise invalid_parameter()
    rows = discussions_in_order(model.forums[forumid], order=order)
    if groupid == ALL_GROUPS:  # the number that means "all" elsewhere finds nothing here
        rows = []
    elif groupid:
        rows = [row for row in rows if row["groupid"] in (groupid, ALL_GROUPS)]
    if page >= 0:
        rows = page_of(rows, skip=page * perpage, limit=perpage)
    return {"discussions": rows, "warnings": []}


def discussion_posts(
    model: MoodleModel, *, discussionid: int, sortby: str, sortdirection: str, **_: Any
) -> Row:
    """All posts of a discussion, newest first unless asked otherwise."""
    discussion = model.discussion(discussionid)
    if discussion is None:
        raise php_error("Call to a member function get_forum_id() on null")
    if sortby not in POST_ORDERS or sortdirection.upper() not in ("ASC", "DESC"):
        raise invalid_parameter()
    backwards = sortdirection.upper() == "DESC"
    posts = _posts_in_order(discussion, by=POST_ORDERS[sortby], backwards=backwards)
    ratings = {row["itemid"]: row for row in discussion.ratinginfo["ratings"]}
    in_order = [ratings[post["id"]] for post in posts if post["id"] in ratings]
    return {
        "posts": posts,
        "forumid": forum_of(model, discussionid).row["id"],
        "courseid": model.course_id,
        "ratinginfo": {**discussion.ratinginfo, "ratings": in_order},
        "warnings": [],
    }


def forum_of(model: MoodleModel, discussionid: int) -> Forum:
    """The forum that has the discussion."""
    return next(forum for forum in model.forums.values() if discussionid in forum.discussions)


def discussions_in_order(forum: Forum, *, order: int) -> list[Row]:
    """The rows of the forum's list in one of Moodle's orders."""
    key, backwards = ORDERS[order]
    rows = [discussion.row for discussion in forum.discussions.values()]
    rows.sort(key=lambda row: (key(row), row["discussion"]), reverse=backwards)
    return sorted(rows, key=lambda row: not row["pinned"])


def _posts_in_order(discussion: Discussion, *, by: str, backwards: bool) -> list[Row]:
    def key(post: Row) -> tuple[int, int]:
        # A post whose content was removed tells no time of creation.
        return post["timemodified"] if post[by] is None else post[by], post["id"]

    return sorted(discussion.posts, key=key, reverse=backwards)
