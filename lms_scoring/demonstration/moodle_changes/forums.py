"""Changes in forums: topics and replies written, edited, deleted."""

from lms_scoring.demonstration.moodle_answers.forums import forum_of
from lms_scoring.demonstration.moodle_changes.post_rows import full_name, post_row, rating_row, topic_row
from lms_scoring.demonstration.moodle_model import Discussion, MoodleModel, Row

REMOVED_SUBJECT = "This forum post has been removed"
REMOVED = "The content of this forum post has been removed and can no longer be accessed."


def add_topic(
    model: MoodleModel, *, forum: int, user: int, subject: str, message: str, at: int | None = None
) -> Row:
    """Somebody opens a discussion; gives the ids of the discussion and of its first post."""
    at = model.now() if at is None else at
    number = 1 + max(max(each.discussions, default=0) for each in model.forums.values())
    post = post_row(model, number=next_post_id(model), discussion=number, user=user, at=at)
    post |= {"subject": subject, "replysubject": f"Re: {subject}", "message": message}
    row = topic_row(model, post, subject)
    like = next(iter(model.forums[forum].discussions.values()))
    ratinginfo = {**like.ratinginfo, "ratings": [rating_row(post)] if like.ratinginfo["ratings"] else []}
    model.forums[forum].discussions[number] = Discussion(row, [post], ratinginfo)
    return {"discussion": number, "post": post["id"]}


def add_post(
    model: MoodleModel,
    *,
    discussion: int,
    user: int,
    message: str,
    parent: int | None = None,
    private: bool = False,
    at: int | None = None,
) -> Row:
    """Somebody replies, to the first post unless a ``parent`` is named; gives the id of the post."""
    at = model.now() if at is None else at
    topic = _discussion(model, discussion)
    post = post_row(model, number=next_post_id(model), discussion=discussion, user=user, at=at)
    subject = f"Re: {topic.row['name']}"
    parent = topic.row["id"] if parent is None else parent
    post |= {"subject": subject, "replysubject": subject, "message": message}
    post |= {"hasparent": True, "parentid": parent, "isprivatereply": private}
    post["urls"]["viewparent"] = f"{post['urls']['discuss']}#p{parent}"
    topic.posts.append(post)
    if topic.ratinginfo["ratings"]:
        topic.ratinginfo["ratings"].append(rating_row(post))
    topic.row["numreplies"] += 1
    _touch(model, topic, user=user, at=at)
    return {"post": post["id"]}


def edit_post(model: MoodleModel, *, post: int, message: str, at: int | None = None) -> None:
    """The author changes the text; the discussion counts as changed."""
    at = model.now() if at is None else at
    topic, row = _find(model, post)
    row |= {"message": message, "timemodified": at}
    if not row["hasparent"]:
        topic.row |= {"message": message, "modified": at}
    _touch(model, topic, user=row["author"]["id"], at=at)


def delete_post(model: MoodleModel, *, post: int) -> None:
    """The post goes with all replies to it; a first post takes its discussion along. No update tells it."""
    topic, row = _find(model, post)
    if not row["hasparent"]:
        del forum_of(model, topic.row["discussion"]).discussions[topic.row["discussion"]]
        return
    doomed = _with_replies(topic, post)
    topic.posts[:] = [each for each in topic.posts if each["id"] not in doomed]
    ratings = topic.ratinginfo["ratings"]
    ratings[:] = [each for each in ratings if each["itemid"] not in doomed]
    topic.row["numreplies"] -= len(doomed)
    latest = max(topic.posts, key=lambda each: (each["timemodified"], each["id"]))
    _touch(model, topic, user=latest["author"]["id"], at=latest["timemodified"])


def erase_post(model: MoodleModel, *, post: int, at: int | None = None) -> None:
    """A privacy request: the post stays with a removal text, marked as deleted and without its times."""
    _, row = _find(model, post)
    row |= {"subject": REMOVED_SUBJECT, "replysubject": f"Re: {REMOVED_SUBJECT}", "message": REMOVED}
    row |= {"isdeleted": True, "timecreated": None, "timemodified": model.now() if at is None else at}
    row["html"] = {"rating": None, "taglist": None, "authorsubheading": None}


def next_post_id(model: MoodleModel) -> int:
    """A number no post has."""
    posts = (
        post for forum in model.forums.values() for each in forum.discussions.values() for post in each.posts
    )
    return 1 + max(int(post["id"]) for post in posts)


def _discussion(model: MoodleModel, number: int) -> Discussion:
    found = model.discussion(number)
    if found is None:
        raise ValueError(f"there is no discussion {number}")
    return found


def _find(model: MoodleModel, post: int) -> tuple[Discussion, Row]:
    for forum in model.forums.values():
        for topic in forum.discussions.values():
            for row in topic.posts:
                if row["id"] == post:
                    return topic, row
    raise ValueError(f"there is no post {post}")


def _with_replies(topic: Discussion, post: int) -> set[int]:
    doomed = {post}
    while grown := {each["id"] for each in topic.posts if each["parentid"] in doomed} - doomed:
        doomed |= grown
    return doomed


def _touch(model: MoodleModel, topic: Discussion, *, user: int, at: int) -> None:
    topic.row |= {"timemodified": at, "usermodified": user, "usermodifiedfullname": full_name(model, user)}
