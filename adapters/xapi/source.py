"""A Learning Record Store as a source of evidence: what is new where it proves that, else everything."""

from __future__ import annotations

from collections.abc import Callable, Generator, Iterator
from contextlib import closing
from functools import partial

import msgspec

from adapters.xapi.answers import Served
from adapters.xapi.authorities import ANYBODY, Believed
from adapters.xapi.client import PAGE_SIZE, XapiClient
from adapters.xapi.crawl import MOST_PAGES, Crawl
from adapters.xapi.evidence import FORMAT, Evidence, StatementReader
from adapters.xapi.proof import all_after, proves_stored
from adapters.xapi.refusal import Refused
from lms_scoring.domain.instants import SECOND, iso, parse_instant
from lms_scoring.ports import Batch, Problem, ProblemKind

_HEAD = 100
"""Statements looked at before each sync to see whether the LRS still proves its cursor."""


class XapiSource:
    """All statements of an LRS, whoever's and of whatever course: accounts and bindings tell later.

    name: of the platform in the settings. believed: the authorities whose statements are read.
    """

    def __init__(
        self,
        *,
        name: str,
        client: XapiClient,
        page_size: int = PAGE_SIZE,
        most_pages: int = MOST_PAGES,
        believed: Believed = ANYBODY,
    ) -> None:
        self._name = name
        self._client = client
        self._page_size = page_size
        self._most_pages = most_pages
        self._believed = believed

    @property
    def name(self) -> str:
        """The name of the platform in the settings."""
        return self._name

    @property
    def shared(self) -> bool:
        """An LRS knows no courses."""
        return True

    def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
        """What was stored since the cursor where the LRS proves that it knows, else everything.

        Raises PlatformError when it cannot go on; what was yielded before stays good.
        """
        reader = StatementReader(self._believed)
        since = None if full else _since(cursor)
        if since is not None and self._goes_on_from(since):
            newest = self._client.statements(limit=self._page_size, since=since)
            if (yield from self._crawl(reader, newest, since=since, proven=True)):
                return
        first = self._client.statements(limit=self._page_size)
        proven = self._proves_itself(first, self._page_size)
        yield from self._crawl(reader, first, since=None, proven=proven)

    def _goes_on_from(self, since: int) -> bool:
        """Whether the LRS proves itself, and has not left a cursor of a clock that was wrong before."""
        head = self._client.statements(limit=_HEAD)
        is_over = head.through is not None and since <= head.through
        return is_over and self._proves_itself(head, _HEAD)

    def _proves_itself(self, head: Served, limit: int) -> bool:
        return proves_stored(self._client, head, limit=limit)

    def _crawl(
        self, reader: StatementReader, first: Served, *, since: int | None, proven: bool
    ) -> Generator[Batch, None, bool]:
        """Everything from the first page on; false as soon as the LRS gives what it was not asked for."""
        crawl = Crawl(self._client, first, most_pages=self._most_pages)
        read = unbelieved = 0
        with closing(crawl.pages()) as pages:
            for number, served in enumerate(pages, start=1):
                if since is not None and not all_after(served.page.statements, since):
                    return False
                evidence = reader.read(served.page)
                unbelieved += evidence.unbelieved
                read += len(served.page.statements) + len(served.page.refused)
                yield batch_of(evidence, partial(_place, number), done=read)
        if unbelieved:
            yield Batch(problems=(_unbelieved(unbelieved),), done=read)
        if crawl.loss is not None:
            yield Batch(problems=(crawl.loss,), done=read, cut_short=True)
        elif proven and first.through is not None:
            yield Batch(cursor=_cursor(first.through), done=read)
        return True


def batch_of(evidence: Evidence, place: Callable[[Refused], str], *, done: int) -> Batch:
    """The evidence of a page as a piece of a sync."""
    return Batch(
        events=evidence.events,
        statements=evidence.statements,
        texts=evidence.texts,
        titles=evidence.titles,
        voided=evidence.voided,
        problems=tuple(refused.problem(place(refused)) for refused in evidence.refused),
        done=done,
    )


def _unbelieved(count: int) -> Problem:
    return Problem(
        kind=ProblemKind.NOTICE,
        code="authority_not_named",
        text=(
            f"{count} statements were not read, for nobody vouches for them whom the settings name "
            "(AUTHORITIES and VIDEO_AUTHORITIES of this platform). `platform check` shows the authorities of "
            "the latest statements; name those that are yours, and sync with --full"
        ),
        subject="/statements",
    )


class _Cursor(msgspec.Struct):
    through: str
    format: int = 0


def _cursor(through: int) -> str:
    """One second before what the LRS vouches for: `since` leaves out the very instant, which the LRS
    does not vouch for, and instants are printed rounded."""
    return msgspec.json.encode(_Cursor(iso(through - SECOND), format=FORMAT)).decode()


def _since(cursor: str | None) -> int | None:
    if cursor is None:
        return None
    try:
        before = msgspec.json.decode(cursor, type=_Cursor)
        return parse_instant(before.through) if before.format == FORMAT else None
    except ValueError:
        return None  # of another version of this program: everything is read again, which harms nothing


def _place(page: int, refused: Refused) -> str:
    return f"page {page}, statement {refused.index + 1}"
