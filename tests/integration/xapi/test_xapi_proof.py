"""A cursor only where the LRS proves that `since` goes by the stored time; whole crawls everywhere else."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_httpserver import HTTPServer
from werkzeug import Request, Response

from adapters.xapi.client import XapiClient
from adapters.xapi.source import XapiSource
from lms_scoring.domain.instants import iso, parse_instant
from tests.fixtures.xapi.reading import pulled, reading
from tests.fixtures.xapi.statements import numbered, page

THROUGH = "X-Experience-API-Consistent-Through"
NOW = parse_instant("2024-11-09T12:00:00Z")
HOUR = 3_600_000
DAY = 24 * HOUR


class SmallLrs:
    """An LRS with one statement a day, each stored an hour after it happened; `since` as one likes."""

    def __init__(
        self, goes_by: Callable[[dict[str, Any], str], bool], *, through: str | None = iso(NOW)
    ) -> None:
        self.goes_by = goes_by
        self.through = through
        self.asked: list[str | None] = []
        self.statements = [self.statement(number) for number in range(1, 9)]

    def statement(self, number: int) -> dict[str, Any]:
        stored = NOW - (9 - number) * DAY
        return numbered(number, timestamp=iso(stored - HOUR), stored=iso(stored))

    def answer(self, request: Request) -> Response:
        """The newest first, all on one page."""
        since = request.args.get("since")
        self.asked.append(since)
        found = [each for each in self.statements if since is None or self.goes_by(each, since)]
        headers = {} if self.through is None else {THROUGH: self.through}
        return Response(page(*reversed(found[-int(request.args["limit"]) :])), headers=headers)


def stored_after(statement: dict[str, Any], since: str) -> bool:
    return parse_instant(statement["stored"]) > parse_instant(since)


def happened_after(statement: dict[str, Any], since: str) -> bool:
    return parse_instant(statement["timestamp"]) > parse_instant(since)


@pytest.fixture
def client(httpserver: HTTPServer) -> Iterator[XapiClient]:
    with reading(httpserver.url_for("/xapi")) as opened:
        yield opened


@pytest.fixture
def serve(httpserver: HTTPServer, client: XapiClient) -> Callable[[SmallLrs], XapiSource]:
    def served(lrs: SmallLrs) -> XapiSource:
        httpserver.expect_request("/xapi/statements").respond_with_handler(lrs.answer)
        return XapiSource(name="lrs", client=client)

    return served


def test_an_lrs_that_goes_by_stored_is_read_on_from_a_second_before_it_was_consistent(
    serve: Callable[[SmallLrs], XapiSource],
) -> None:
    lrs = SmallLrs(stored_after)
    source = serve(lrs)
    first = pulled(source.pull(None, full=False))
    assert first.cursor == '{"through":"2024-11-09T11:59:59+00:00","format":2}'
    lrs.asked.clear()
    lrs.statements.append(lrs.statement(10))
    second = pulled(source.pull(first.cursor, full=False))
    assert second.ids == {lrs.statements[-1]["id"]}
    assert lrs.asked[-1] == "2024-11-09T11:59:59Z"
    assert len(lrs.asked) == 3


def test_full_reads_everything_in_spite_of_a_cursor(serve: Callable[[SmallLrs], XapiSource]) -> None:
    source = serve(SmallLrs(stored_after))
    cursor = pulled(source.pull(None, full=False)).cursor
    assert len(pulled(source.pull(cursor, full=True)).ids) == 8


def test_what_an_older_program_read_is_read_again(serve: Callable[[SmallLrs], XapiSource]) -> None:
    """It took places on scales for points, and read no texts of posts before that."""
    source = serve(SmallLrs(stored_after))
    cursor = pulled(source.pull(None, full=False)).cursor
    assert cursor is not None
    assert pulled(source.pull(cursor, full=False)).ids == set()
    for older in ('"texts":true', '"texts":false'):
        assert len(pulled(source.pull(cursor.replace('"format":2', older), full=False)).ids) == 8


def test_what_an_lrs_said_by_a_clock_that_was_ahead_is_no_place_to_go_on_from(
    serve: Callable[[SmallLrs], XapiSource],
) -> None:
    lrs = SmallLrs(stored_after, through=iso(NOW + 365 * DAY))
    source = serve(lrs)
    cursor = pulled(source.pull(None, full=False)).cursor
    lrs.through = iso(NOW)
    again = pulled(source.pull(cursor, full=False))
    assert len(again.ids) == 8
    assert again.cursor == '{"through":"2024-11-09T11:59:59+00:00","format":2}'


@pytest.mark.parametrize(
    "lrs",
    [
        SmallLrs(happened_after),
        SmallLrs(lambda _, since: True),
        SmallLrs(lambda _, since: False),
        SmallLrs(stored_after, through=None),
        SmallLrs(stored_after, through="soon"),
    ],
    ids=["by timestamp", "ignored", "nothing after", "not consistent through", "no time"],
)
def test_who_proves_nothing_is_read_whole_each_time(
    serve: Callable[[SmallLrs], XapiSource], lrs: SmallLrs
) -> None:
    source = serve(lrs)
    first = pulled(source.pull(None, full=False))
    assert (len(first.ids), first.cursor) == (8, None)
    again = pulled(source.pull('{"through":"2024-11-09T11:59:59+00:00"}', full=False))
    assert (len(again.ids), again.cursor) == (8, None)


def test_one_device_with_a_fast_clock_does_not_hide_that_an_lrs_goes_by_timestamp(
    serve: Callable[[SmallLrs], XapiSource],
) -> None:
    lrs = SmallLrs(happened_after)
    lrs.statements[-1]["timestamp"] = iso(NOW + 8 * HOUR)
    assert pulled(serve(lrs).pull(None, full=False)).cursor is None


@pytest.mark.parametrize("count", [0, 1])
def test_too_few_statements_prove_nothing(serve: Callable[[SmallLrs], XapiSource], count: int) -> None:
    lrs = SmallLrs(stored_after)
    lrs.statements = lrs.statements[:count]
    assert pulled(serve(lrs).pull(None, full=False)).cursor is None


@pytest.mark.parametrize(("later", "proves"), [(-5_000, False), (0, False), (1, False), (2, True)])
def test_statements_must_have_been_stored_surely_after_they_happened(
    serve: Callable[[SmallLrs], XapiSource], later: int, proves: bool
) -> None:
    lrs = SmallLrs(stored_after)
    for statement in lrs.statements:
        statement["timestamp"] = iso(parse_instant(statement["stored"]) - later)
    assert (pulled(serve(lrs).pull(None, full=False)).cursor is not None) == proves


def test_two_milliseconds_are_enough_to_see_through_an_lrs_that_goes_by_timestamp(
    serve: Callable[[SmallLrs], XapiSource],
) -> None:
    lrs = SmallLrs(happened_after)
    for statement in lrs.statements:
        statement["timestamp"] = iso(parse_instant(statement["stored"]) - 2)
    assert pulled(serve(lrs).pull(None, full=False)).cursor is None


def test_an_lrs_that_gives_what_it_was_not_asked_for_is_read_whole(
    serve: Callable[[SmallLrs], XapiSource],
) -> None:
    lrs = SmallLrs(stored_after)
    source = serve(lrs)
    cursor = pulled(source.pull(None, full=False)).cursor
    oldest = lrs.statements[0]
    lrs.goes_by = lambda statement, since: (
        statement is oldest if since == "2024-11-09T11:59:59Z" else stored_after(statement, since)
    )
    assert len(pulled(source.pull(cursor, full=False)).ids) == 8


@pytest.mark.parametrize("cursor", ["", "{}", "null", '{"through":5}', '{"through":"soon"}', "\ud800"])
def test_a_cursor_of_another_kind_means_everything(
    serve: Callable[[SmallLrs], XapiSource], cursor: str
) -> None:
    assert len(pulled(serve(SmallLrs(stored_after)).pull(cursor, full=False)).ids) == 8
