"""The recorded answers of four real LRSs, served over HTTP once more: what must come out of each."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Response

from adapters.xapi.client import XapiClient
from adapters.xapi.evidence import StatementReader
from adapters.xapi.source import XapiSource
from lms_scoring.domain.errors import PlatformError
from tests.fixtures.xapi.reading import pulled, reading
from tests.fixtures.xapi.recorded import LRSS, Recorded, recorded_pages, recorded_probes

REFUSED, MISREAD, BUSY, LOST = "PlatformRefused", "PlatformMisread", "PlatformBusy", "PlatformUnreachable"
NOTHING, EVENT, STATEMENT, VOID = "nothing", "1 event", "1 statement", "1 voided"
TWO = "2 statements"

# Probe by probe: what ADL_LRS, LearningLocker, Ralph on ClickHouse and Ralph on files gave, and so what a
# reader has of it. Answers to posts are no pages of statements. Bodies cut in the recording, and those of
# HEAD, are shorter than they say: the connection breaks off. LOST also where the recording has no body.
PROBES = {
    "01_no_version_header": (REFUSED, REFUSED, STATEMENT, STATEMENT),
    "02_bad_auth": (REFUSED, STATEMENT, REFUSED, REFUSED),
    "03_no_auth": (REFUSED, STATEMENT, REFUSED, REFUSED),
    "04_unknown_param": (REFUSED, REFUSED, REFUSED, REFUSED),
    "05_limit0": (LOST, LOST, LOST, LOST),
    "06_limit_neg": (REFUSED, BUSY, MISREAD, MISREAD),
    "07_bad_since": (REFUSED, NOTHING, MISREAD, MISREAD),
    "08_since_plus_unescaped": (EVENT, STATEMENT, MISREAD, MISREAD),
    "09_since_future_stored": ("1 event, 1 statement", TWO, NOTHING, NOTHING),
    "10_until_2024": (NOTHING, NOTHING, TWO, TWO),
    "11_ascending_false": (EVENT, STATEMENT, STATEMENT, STATEMENT),
    "12_ascending_true": (STATEMENT, STATEMENT, STATEMENT, STATEMENT),
    "13_bad_ascending": (REFUSED, STATEMENT, MISREAD, MISREAD),
    "14_post_one": (MISREAD, MISREAD, MISREAD, MISREAD),
    "15_post_same_again": (MISREAD, MISREAD, MISREAD, MISREAD),
    "16_post_conflict": (MISREAD, MISREAD, MISREAD, MISREAD),
    "17_post_dup_in_batch": (REFUSED, REFUSED, REFUSED, REFUSED),
    "18_post_batch_one_bad": (REFUSED, REFUSED, BUSY, BUSY),
    "19_batch_was_atomic": (MISREAD, MISREAD, NOTHING, NOTHING),
    "20_post_bad_timestamp": (MISREAD, MISREAD, MISREAD, MISREAD),
    "21_post_ts_garbage": (REFUSED, REFUSED, BUSY, MISREAD),
    "22_post_ts_naive": (MISREAD, REFUSED, MISREAD, MISREAD),
    "23_post_empty_list": (REFUSED, MISREAD, REFUSED, REFUSED),
    "24_post_not_json": (REFUSED, REFUSED, REFUSED, REFUSED),
    "25_post_verb_not_iri": (REFUSED, REFUSED, MISREAD, MISREAD),
    "26_post_two_ifi": (REFUSED, REFUSED, MISREAD, MISREAD),
    "27_get_by_id": (STATEMENT, STATEMENT, STATEMENT, STATEMENT),
    "28_get_by_missing_id": (MISREAD, MISREAD, NOTHING, NOTHING),
    "29_void_it": (MISREAD, MISREAD, MISREAD, MISREAD),
    "30_get_voided_plain": (MISREAD, MISREAD, STATEMENT, STATEMENT),
    "31_get_voidedStatementId": (STATEMENT, STATEMENT, LOST, LOST),
    "32_agent_filter": (STATEMENT, STATEMENT, STATEMENT, STATEMENT),
    "33_agent_filter_mbox_case": (EVENT, EVENT, EVENT, EVENT),
    "34_verb_filter": (EVENT, EVENT, EVENT, NOTHING),
    "35_related_activities": (EVENT, STATEMENT, NOTHING, NOTHING),
    "36_activity_plain": (NOTHING, NOTHING, NOTHING, NOTHING),
    "37_registration": (NOTHING, NOTHING, VOID, NOTHING),
    "38_format_ids": (VOID, VOID, VOID, STATEMENT),
    "39_attachments": (VOID, VOID, VOID, STATEMENT),
    "40_head": (LOST, LOST, LOST, LOST),
    "41_gzip": (LOST, LOST, LOST, LOST),
    "42_about": (MISREAD, MISREAD, MISREAD, MISREAD),
    "43_version_2": (VOID, REFUSED, VOID, STATEMENT),
    "44_version_09": (REFUSED, REFUSED, VOID, STATEMENT),
}
CASES = [(lrs, probe) for probe in PROBES for lrs in LRSS]


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[XapiClient]:
    with reading(httpserver.url_for("/xAPI")) as opened:
        yield opened


def test_every_recorded_probe_has_its_expectation() -> None:
    for lrs in LRSS:
        assert recorded_probes(lrs).keys() == PROBES.keys()


@pytest.mark.parametrize(("lrs", "probe"), CASES)
def test_of_every_probe_comes_what_the_lrs_gave(
    httpserver: HTTPServer, client: XapiClient, lrs: str, probe: str
) -> None:
    httpserver.expect_request("/xAPI/statements").respond_with_response(replayed(recorded_probes(lrs)[probe]))
    assert told(client) == PROBES[probe][LRSS.index(lrs)]


@pytest.mark.parametrize(
    ("lrs", "pages", "voiding"), [("adl", 6, 0), ("ll", 5, 3), ("ralph_ch", 6, 0), ("ralph_fs", 3, 0)]
)
def test_recorded_pages_are_followed_by_their_links_and_read_whole(
    httpserver: HTTPServer, client: XapiClient, lrs: str, pages: int, voiding: int
) -> None:
    answers = recorded_pages(lrs)
    httpserver.expect_ordered_request("/xAPI/statements").respond_with_response(replayed(answers[0]))
    if not lrs.startswith("ralph"):
        # it says through when it is consistent, so it is asked whether `since` goes by `stored`
        httpserver.expect_ordered_request("/xAPI/statements").respond_with_data('{"statements":[]}')
    for answer in answers[1:]:
        path, _, query = answer.request.partition("?")
        httpserver.expect_ordered_request(path, query_string=query).respond_with_response(replayed(answer))
    httpserver.expect_ordered_request(re.compile(".*")).respond_with_data('{"statements":[]}')
    read = pulled(XapiSource(name="lrs", client=client).pull(None, full=False))
    assert read.batches == pages
    assert (len(read.ids), len(read.voided)) == (pages * 100 - voiding, voiding)
    assert read.problems == []
    httpserver.check_assertions()


def told(client: XapiClient) -> str:
    """The page in few words, or the name of the error."""
    try:
        served = client.statements()
    except PlatformError as error:
        return type(error).__name__
    evidence = StatementReader().read(served.page)
    assert evidence.refused == []
    counts = {"event": evidence.events, "statement": evidence.statements, "voided": evidence.voided}
    said = [
        f"{len(found)} {kind}" + ("s" if len(found) > 1 else "") for kind, found in counts.items() if found
    ]
    return ", ".join(said) or NOTHING


def replayed(answer: Recorded) -> Response:
    """The recorded answer, with the length it announced."""
    response = Response(answer.body.encode(), status=answer.status)
    response.automatically_set_content_length = False
    response.headers.clear()
    response.headers.extend(answer.headers)
    return response
