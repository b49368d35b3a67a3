"""What people wrote, out of Moodle's rows: posts that all of the course may read, and work handed in."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from adapters.moodle.payloads.entries import BlogEntry, Entry, EntryField
from adapters.moodle.payloads.forums import Discussion, PostRow
from adapters.moodle.payloads.hand_ins import AssignmentRow, SubmissionRow
from adapters.plain_text import plain_text
from lms_scoring.domain.evidence import KIND_OF, Post, PostState, Submission, SubmissionState
from lms_scoring.domain.texts import TaskText, Text, bounded

_ONLINE_TEXT = "onlinetext"


def text_of_topic(row: Discussion, post: Post) -> Text:
    """What a topic that was listed only says."""
    return _text(post, plain_text(row.message))


def text_of_post(row: PostRow, post: Post) -> Text:
    """What a post says; of one that is erased, or for one reader alone, nothing is kept."""
    return _text(post, plain_text(row.message or "") if post.state is PostState.LIVE else None)


def text_of_work(row: SubmissionRow, work: Submission) -> Text | None:
    """What was handed in as online text; None where the assignment does not ask for any."""
    texts = _online_texts(row)
    if texts is None:
        return None
    return _text(work, bounded("\n".join(texts)) if work.state is SubmissionState.SUBMITTED else None)


def text_of_entry(row: Entry, work: Submission) -> Text:
    """What an entry of a database activity says, field by field."""
    try:
        contents = msgspec.json.decode(row.contents, type=list[EntryField])
    except msgspec.MsgspecError:
        contents = []
    return _text(work, bounded("\n".join(plain_text(field.content or "") for field in contents)))


def text_of_blog(row: BlogEntry, work: Submission) -> Text:
    """What a blog entry says."""
    handed_in = work.state is SubmissionState.SUBMITTED
    return _text(work, plain_text(row.summary or "") if handed_in else None)


def task_texts(assignments: Iterable[AssignmentRow]) -> Iterator[TaskText]:
    """What assignments ask for, as far as Moodle tells."""
    for row in assignments:
        if row.intro is not None:
            yield TaskText(activity=str(row.cmid), text=plain_text(row.intro))


def _online_texts(row: SubmissionRow) -> list[str] | None:
    plugins = [plugin for plugin in row.plugins if plugin.type == _ONLINE_TEXT]
    if not plugins:
        return None
    return [plain_text(field.text or "") for plugin in plugins for field in plugin.editorfields]


def _text(record: Post | Submission, text: str | None) -> Text:
    if isinstance(record, Post):
        activity, at = record.forum, record.created_at
    else:
        activity, at = record.activity, record.submitted_at
    return Text(
        kind=KIND_OF[type(record)],
        id=record.id,
        person=record.person,
        activity=activity,
        at=at,
        text=text or None,
    )
