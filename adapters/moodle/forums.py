"""Forums: topics and replies, and what a list of topics tells about changes that no update tells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import msgspec

from adapters.moodle import calls
from adapters.moodle.capabilities import what_to_do
from adapters.moodle.client import Foreseen, Reply
from adapters.moodle.cursor import pack, unpack
from adapters.moodle.evidence.forums import post, topic_post
from adapters.moodle.functions import Function
from adapters.moodle.payloads.forums import Discussion, Discussions, ForumRow, PostRow, Posts
from adapters.moodle.payloads.rows import rows_of
from adapters.moodle.problems import by_id, data_loss, lost, refused
from adapters.moodle.pull import Findings, Pull
from adapters.moodle.texts import text_of_post, text_of_topic
from adapters.moodle.web_service import Call
from lms_scoring.domain.errors import PlatformError
from lms_scoring.domain.unread import Unread
from lms_scoring.ports import Batch, Problem, ProblemKind

_PAGE = 1000
_MOST_PAGES = 1000
_AT_ONCE = 300


def read_forums(pull: Pull, forums: Sequence[ForumRow]) -> Iterator[Batch]:
    """Every forum: always its topics, and the posts of those topics that are new or may have changed."""
    pages = {forum.id: [pull.client.later(call) for call in _pages(forum)] for forum in forums}
    pull.client.send()
    for forum in forums:
        findings = Findings(pull, forum.cmid)
        topics = _topics(findings, forum, pages[forum.id])
        yield from _read(findings, forum, topics)


def foreseen(pull: Pull, forums: Sequence[ForumRow]) -> Iterator[Foreseen]:
    """What `read_forums` begins with."""
    return (_foreseen(pull, forum) for forum in forums)


def _foreseen(pull: Pull, forum: ForumRow) -> Foreseen:
    pages = yield list(_pages(forum))
    told = [rows_of(page.value.discussions, Discussion).good for page in pages if page.error is None]
    topics = {topic.discussion: topic for page in told for topic in page}
    changed = _Changed(pull, forum, list(topics.values()))
    yield [calls.discussion_posts(topic.discussion) for topic in changed.deep[:_AT_ONCE]]


def _pages(forum: ForumRow) -> Iterator[Call[Discussions]]:
    for page in range(min(-(-forum.numdiscussions // _PAGE) or 1, _MOST_PAGES)):
        yield calls.discussions(forum.id, page=page, size=_PAGE)


def _topics(findings: Findings, forum: ForumRow, pages: Sequence[Reply[Discussions]]) -> list[Discussion]:
    topics: dict[int, Discussion] = {}
    subject = findings.subject
    for page in pages:
        try:
            rows = rows_of(page.value.discussions, Discussion)
            warnings = page.value.warnings
        except PlatformError as error:
            findings.damaged([refused("The topics", error, subject=subject)])
            continue
        topics |= {row.discussion: row for row in rows.good}
        findings.set_aside("the topics", rows.bad, by_id("post"))
        findings.damaged(data_loss("topics", warnings, subject=subject, function=Function.DISCUSSIONS))
    if len(topics) < forum.numdiscussions and not findings.problems:
        text = (
            f"Moodle counts {forum.numdiscussions} topics in activity {forum.cmid} and gave {len(topics)}. "
            f"{what_to_do(Function.DISCUSSIONS)}"
        )
        findings.damaged([lost("topics_missing", text, subject=subject)])
    return list(topics.values())


def _read(findings: Findings, forum: ForumRow, topics: Sequence[Discussion]) -> Iterator[Batch]:
    pull, changed = findings.pull, _Changed(findings.pull, forum, topics)
    pull.notes.topics[forum.cmid] = pack(changed.now)
    for topic in changed.shallow:
        listed = topic_post(pull.site, topic, forum=findings.subject)
        findings.records.append(listed)
        findings.texts.append(text_of_topic(topic, listed))
    yield findings.batch()
    for start in range(0, len(changed.deep), _AT_ONCE):
        _read_posts(findings, forum, changed.deep[start : start + _AT_ONCE])
        yield findings.batch()
    if changed.everything:
        pull.finished(forum.cmid, "post", "unknown")
    elif forum.cmid not in pull.notes.damaged:
        pull.unchanged(forum.cmid)


class _Changed:
    """What is to be read of a forum: `everything` or the topics that are new or may have changed, of which
    the list tells all (`shallow`) or does not (`deep`). `now`: its topics with their replies."""

    def __init__(self, pull: Pull, forum: ForumRow, topics: Sequence[Discussion]) -> None:
        before = _before(pull, forum.cmid)
        self.now = {topic.discussion: topic.numreplies for topic in topics}
        self.everything = before is None or _shrunk(before, self.now)
        known = {} if self.everything or before is None else before
        changed = [topic for topic in topics if self.everything or _changed(pull, forum, topic, known)]
        self.deep = [topic for topic in changed if _has_more(pull, topic)]
        self.shallow = [topic for topic in changed if not _has_more(pull, topic)]


def _before(pull: Pull, cmid: int) -> Mapping[int, int] | None:
    """The topics of the last pull with their replies; None where the forum is to be read as a whole."""
    if pull.before is None or cmid not in pull.before.read or pull.changes.rows is None:
        return None
    return unpack(pull.before.topics.get(cmid, ""))


def _shrunk(before: Mapping[int, int], now: Mapping[int, int]) -> bool:
    """Whether something was deleted: only a complete list tells what."""
    return any(now.get(topic, -1) < replies for topic, replies in before.items())


def _changed(pull: Pull, forum: ForumRow, topic: Discussion, before: Mapping[int, int]) -> bool:
    """Moodle names a changed topic by its first post."""
    rows = pull.changes.rows_of(forum.cmid)
    return before.get(topic.discussion) != topic.numreplies or topic.id in rows or topic.discussion in rows


def _has_more(pull: Pull, topic: Discussion) -> bool:
    """Whether the list does not tell all: there are replies, the text is gone (erased?), or the author is
    in no list, whom only the posts tell to be deleted or not."""
    return topic.numreplies > 0 or not topic.message.strip() or not pull.knows(topic.userid)


def _read_posts(findings: Findings, forum: ForumRow, topics: Sequence[Discussion]) -> None:
    client = findings.pull.client
    replies = [(topic, client.later(calls.discussion_posts(topic.discussion))) for topic in topics]
    client.send()
    refusals: dict[str, PlatformError] = {}
    missing = 0
    for topic, reply in replies:
        if reply.error is not None:
            refusals.setdefault(str(reply.error), reply.error)
            if findings.pull.knows(topic.userid):
                findings.unknown(
                    topic.userid, Unread.TOPIC_REFUSED, "There is a topic, and its posts were refused"
                )
            continue
        missing += max(topic.numreplies + 1 - _keep(findings, reply.value), 0)
    for error in refusals.values():
        findings.damaged([refused("The posts of a topic", error, subject=findings.subject)])
    if missing:
        findings.damaged([lost("posts_missing", _hidden(forum, missing), subject=findings.subject)])


def _keep(findings: Findings, posts: Posts) -> int:
    """Keeps the posts and tells how many there were."""
    rows = rows_of(posts.posts, PostRow)
    findings.set_aside("the posts", rows.bad, by_id("post"))
    function = Function.DISCUSSION_POSTS
    findings.damaged(data_loss("posts", posts.warnings, subject=findings.subject, function=function))
    for row in rows.good:
        if not row.author.id:
            findings.problems.append(_no_author(findings, row))
            continue
        _note_author(findings.pull, row.author.id, row)
        kept = post(findings.pull.site, row, forum=findings.subject, author=row.author.id)
        findings.records.append(kept)
        findings.texts.append(text_of_post(row, kept))
    return len(posts.posts)


def _note_author(pull: Pull, user: int, row: PostRow) -> None:
    if pull.knows(user):
        return
    if row.author.isdeleted:
        pull.notes.deleted.add(user)
    elif row.author.fullname:
        pull.notes.names[user] = row.author.fullname


def _no_author(findings: Findings, row: PostRow) -> Problem:
    text = f"A post in activity {findings.cmid} has no author and counts for nobody"
    return Problem(
        kind=ProblemKind.REFUSED,
        code="post_without_author",
        text=text,
        subject=f"post-{row.id}",
        raw=msgspec.json.encode(row),
        place=findings.subject,
        record=f"post-{row.id}",
    )


def _hidden(forum: ForumRow, missing: int) -> str:
    needs = "mod/forum:viewqandawithoutposting" if forum.type == "qanda" else "mod/forum:readprivatereplies"
    return (
        f"Moodle counts {missing} more posts in activity {forum.cmid} than it gave. Probably the service "
        f"account's role lacks {needs}, moodle/site:accessallgroups or mod/forum:viewdiscussion in the course"
    )
