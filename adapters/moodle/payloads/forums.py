"""Forums, their topics and posts."""

from __future__ import annotations

import msgspec

from adapters.moodle.payloads.courses import Warned


class ForumRow(msgspec.Struct):
    id: int
    cmid: int
    type: str = "general"
    numdiscussions: int = 0


class Discussion(msgspec.Struct):
    """A topic. `id` is its first post, `discussion` the topic itself; `numreplies` counts deleted and
    private replies too."""

    id: int
    discussion: int
    userid: int
    created: int
    userfullname: str = ""
    message: str = ""
    numreplies: int = 0


class Discussions(msgspec.Struct):
    discussions: list[msgspec.Raw]
    warnings: list[Warned] = []


class Author(msgspec.Struct):
    id: int | None = None
    fullname: str | None = None
    isdeleted: bool | None = None


class PostRow(msgspec.Struct):
    """A post; one erased for privacy has no `timecreated`."""

    id: int
    parentid: int | None = None
    timecreated: int | None = None
    isdeleted: bool = False
    isprivatereply: bool = False
    message: str | None = None
    author: Author = msgspec.field(default_factory=Author)


class Posts(msgspec.Struct):
    posts: list[msgspec.Raw]
    warnings: list[Warned] = []
