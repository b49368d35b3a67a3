"""Entries of database activities and of the blog."""

from __future__ import annotations

import msgspec

from adapters.moodle.payloads.courses import Warned


class EntryField(msgspec.Struct):
    content: str | None = None


class Entry(msgspec.Struct):
    """An entry; its fields stay raw, for an odd one is no reason to lose that there is an entry."""

    id: int
    userid: int
    timecreated: int
    contents: msgspec.Raw = msgspec.Raw(b"[]")


class Entries(msgspec.Struct):
    entries: list[msgspec.Raw]
    totalcount: int = 0
    warnings: list[Warned] = []


class BlogEntry(msgspec.Struct):
    id: int
    userid: int
    created: int
    summary: str | None = None
    publishstate: str = "site"


class BlogEntries(msgspec.Struct):
    entries: list[msgspec.Raw]
    totalentries: int = 0
    warnings: list[Warned] = []
