"""Topics and posts into posts."""

from __future__ import annotations

from adapters.moodle.evidence.site import Site
from adapters.moodle.payloads.forums import Discussion, PostRow
from lms_scoring.domain.evidence import Post, PostState
from lms_scoring.domain.instants import SECOND


def topic_post(site: Site, topic: Discussion, *, forum: str) -> Post:
    """The first post of a topic that was listed only."""
    return Post(
        id=f"post-{topic.id}",
        person=site.account(topic.userid),
        forum=forum,
        parent=None,
        created_at=topic.created * SECOND,
        state=PostState.LIVE,
        bulletin=False,
        source=site.name,
    )


def post(site: Site, row: PostRow, *, forum: str, author: int) -> Post:
    """A post; erased ones stay as deleted, replies to one person only as private."""
    state = PostState.PRIVATE if row.isprivatereply else PostState.LIVE
    return Post(
        id=f"post-{row.id}",
        person=site.account(author),
        forum=forum,
        parent=None if not row.parentid else f"post-{row.parentid}",
        created_at=None if row.timecreated is None else row.timecreated * SECOND,
        state=PostState.DELETED if row.isdeleted else state,
        bulletin=False,
        source=site.name,
    )
