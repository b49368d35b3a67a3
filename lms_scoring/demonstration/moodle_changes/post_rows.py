"""Rows of new topics and posts in the shape in which Moodle tells them."""

from datetime import datetime
from typing import Any

from lms_scoring.demonstration.moodle_answers.assignments import SITE_ZONE
from lms_scoring.demonstration.moodle_model import MoodleModel, Row


def full_name(model: MoodleModel, user: int) -> str:
    """How posts name their author."""
    row = model.people[user].enrolled
    return "Deleted user" if row is None else str(row["fullname"])


def topic_row(model: MoodleModel, post: Row, subject: str) -> Row:
    """The row of a new discussion in its forum's list."""
    user, at = post["author"]["id"], post["timecreated"]
    groups = model.people[user].groups
    picture = f"{model.base_url}/theme/image.php/boost/core/1795285024/u/f2"
    return {
        "id": post["id"],
        "name": subject,
        "groupid": groups[0] if groups else -1,
        "timemodified": at,
        "usermodified": user,
        "timestart": 0,
        "timeend": 0,
        "discussion": post["discussionid"],
        "parent": 0,
        "userid": user,
        "created": at,
        "modified": at,
        "mailed": 0,
        "subject": subject,
        "message": post["message"],
        "messageformat": 1,
        "messagetrust": 0,
        "attachment": False,
        "totalscore": 0,
        "mailnow": 0,
        "userfullname": full_name(model, user),
        "usermodifiedfullname": full_name(model, user),
        "userpictureurl": picture,
        "usermodifiedpictureurl": picture,
        "numreplies": 0,
        "numunread": 0,
        **dict.fromkeys(("pinned", "locked", "starred", "canreply", "canlock"), False),
        "canfavourite": True,
    }


def post_row(model: MoodleModel, *, number: int, discussion: int, user: int, at: int) -> Row:
    """A new first post, without its texts."""
    view = f"{model.base_url}/mod/forum/discuss.php?d={discussion}"
    nothing = ("edit", "delete", "split", "reply", "export", "markasread", "markasunread")
    powers = (
        "edit",
        "delete",
        "split",
        "reply",
        "selfenrol",
        "export",
        "controlreadstatus",
        "canreplyprivately",
    )
    urls: dict[str, Any] = {"view": f"{view}#p{number}", "viewisolated": f"{view}&parent={number}"}
    return {
        "id": number,
        "messageformat": 1,
        "author": _author(model, user),
        "discussionid": discussion,
        "hasparent": False,
        "parentid": None,
        "timecreated": at,
        "timemodified": at,
        "unread": None,
        "isdeleted": False,
        "isprivatereply": False,
        "haswordcount": False,
        "wordcount": None,
        "charcount": None,
        "capabilities": {"view": True, **dict.fromkeys(powers, False)},
        "urls": {**urls, "viewparent": None, **dict.fromkeys(nothing), "discuss": view},
        "attachments": [],
        "messageinlinefiles": [],
        "tags": [],
        "html": {"rating": None, "taglist": None, "authorsubheading": _subheading(model, user, at)},
    }


def _author(model: MoodleModel, user: int) -> Row:
    groups = [each for each in model.groups if each["id"] in model.people[user].groups]
    picture = f"{model.base_url}/theme/image.php/boost/core/1795285024/u/f1"
    profile = f"{model.base_url}/user/view.php?id={user}&course={model.course_id}"
    return {
        "id": user,
        "fullname": full_name(model, user),
        "isdeleted": model.people[user].deleted,
        "groups": [{"id": each["id"], "name": each["name"], "urls": {"image": None}} for each in groups],
        "urls": {"profile": profile, "profileimage": picture},
    }


def _subheading(model: MoodleModel, user: int, at: int) -> str:
    moment = datetime.fromtimestamp(at, SITE_ZONE)
    words = f"{moment:%A}, {moment.day} {moment:%B %Y}, {moment.hour % 12 or 12}:{moment:%M %p}"
    profile = f"{model.base_url}/user/view.php?id={user}&course={model.course_id}"
    link = f'<a href="{profile}">{full_name(model, user)}</a>'
    return f'by {link} - <time datetime="{moment.isoformat()}">{words}</time>'


def rating_row(post: Row) -> Row:
    """That nobody rated the post."""
    return {
        "itemid": post["id"],
        **dict.fromkeys(("scaleid", "userid", "aggregate")),
        "aggregatestr": "",
        "aggregatelabel": "Average of ratings: ",
        "count": 0,
        "rating": None,
        "canrate": False,
        "canviewaggregate": True,
    }
