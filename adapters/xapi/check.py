"""`platform check` of a Learning Record Store: what it really does, seen by asking and not by belief."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from adapters.check import CheckLine
from adapters.xapi.answers import Served
from adapters.xapi.authorities import vouching
from adapters.xapi.client import PAGE_SIZE, XapiClient
from adapters.xapi.evidence import Evidence, StatementReader
from adapters.xapi.proof import proves_stored
from lms_scoring.domain.errors import PlatformError
from lms_scoring.domain.identity import agent_as_named


def check(client: XapiClient) -> Iterator[CheckLine]:
    """Line by line, from reaching it to what its latest statements are good for; it asks four times at
    most and ends at the first thing without which nothing can be read."""
    try:
        versions = client.versions()
        head = client.statements()
        proven = proves_stored(client, head, limit=PAGE_SIZE)
    except PlatformError as error:
        yield CheckLine(
            ok=False, what=error.call, text=error.reason, do="Nothing can be read before this is mended."
        )
        return
    yield CheckLine(ok=True, what="access", text="the key and secret may read statements")
    yield _versions(versions)
    yield _cursor(head, proven=proven)
    yield _pages(head)
    yield from _authorities(head)
    yield from _content(head, StatementReader().read(head.page))


def _versions(versions: Sequence[str] | None) -> CheckLine:
    if versions is None:
        return CheckLine(
            ok=None, what="/about", text="not there; xAPI 1.0.3 was spoken, and statements were understood"
        )
    return CheckLine(ok=True, what="/about", text=f"speaks xAPI {', '.join(versions)}")


def _cursor(head: Served, *, proven: bool) -> CheckLine:
    if proven:
        return CheckLine(ok=True, what="since", text="goes by the stored time: a sync reads only what is new")
    if head.through is None:
        why = "the LRS does not say through when it is consistent (X-Experience-API-Consistent-Through)"
    else:
        why = "its latest statements do not show that `since` goes by the stored time"
    return CheckLine(
        ok=None,
        what="since",
        text=f"{why}, so each sync reads all statements. Nothing is lost, it only takes longer",
        do="Keep other courses' statements in an LRS of their own if a sync becomes too slow.",
    )


def _pages(head: Served) -> CheckLine:
    size = len(head.page.statements) + len(head.page.refused)
    if size == 0:
        return CheckLine(
            ok=None,
            what="statements",
            text="there are none, or the key may not see them (some keys see only their own)",
            do="Send one, or check that the key may read everybody's statements.",
        )
    if head.page.more and size < PAGE_SIZE:
        return CheckLine(
            ok=None,
            what="page size",
            text=f"{size} statements a page where {PAGE_SIZE} were asked for",
            do="Raise the LRS's page limit for fewer requests.",
        )
    return CheckLine(ok=True, what="page size", text=f"{size} statements on the first page")


def _authorities(head: Served) -> Iterator[CheckLine]:
    """Who vouches for the latest statements, as the settings name them."""
    raws = {bytes(one.authority) for one in head.page.statements}
    named = sorted({agent_as_named(one) for raw in raws for one in vouching(raw)})
    if named:
        yield CheckLine(ok=True, what="authorities", text=f"of the first page: {', '.join(named)}")


def _content(head: Served, evidence: Evidence) -> Iterator[CheckLine]:
    if evidence.refused:
        codes = sorted({refused.code for refused in evidence.refused})
        yield CheckLine(
            ok=None,
            what="bad statements",
            text=f"{len(evidence.refused)} on the first page cannot be used: {', '.join(codes)}",
            do="They are set aside with their reason in each sync; mend what sends them.",
        )
    if not head.empty:
        yield _video(evidence)


def _video(evidence: Evidence) -> CheckLine:
    if not evidence.events:
        return CheckLine(
            ok=None,
            what="video",
            text="no video statements on the first page; study time needs played, paused and terminated",
            do="Check that the player sends xAPI video statements to this LRS (stock H5P sends none).",
        )
    alone = sum(event.session is None for event in evidence.events)
    if alone:
        return CheckLine(
            ok=None,
            what="video",
            text=f"{alone} of {len(evidence.events)} video statements name no session; parallel tabs of one "
            "video are then told apart less exactly",
            do="Let the player send the session-id of the xAPI video profile.",
        )
    return CheckLine(ok=True, what="video", text=f"{len(evidence.events)} video statements on the first page")
