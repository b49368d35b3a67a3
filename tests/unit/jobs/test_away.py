"""A database that is away is one line of a worker's log each time; whatever else is wrong is told whole."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
from procrastinate.exceptions import ConnectorException
from psycopg import OperationalError, errors

from lms_scoring.domain.errors import StoreError
from lms_scoring.jobs.away import away_in_a_line
from lms_scoring.logs import JsonLines, Lines

ENDS = OperationalError("connection failed: FATAL:  the database system\n\tis shutting down")


@pytest.fixture
def written(request: pytest.FixtureRequest) -> Iterator[io.StringIO]:
    """What is logged while a worker runs, as JSON unless a test says otherwise."""
    said = io.StringIO()
    handler = logging.StreamHandler(said)
    handler.setFormatter(getattr(request, "param", JsonLines)())
    logging.getLogger().addHandler(handler)
    yield said
    logging.getLogger().removeHandler(handler)


def fail(name: str, message: str, error: Exception, cause: Exception | None) -> None:
    error.__cause__ = cause
    logging.getLogger(name).error(message, exc_info=error)


@pytest.mark.parametrize("cause", [ENDS, errors.AdminShutdown("cut"), errors.CannotConnectNow("begins")])
@pytest.mark.parametrize("error", [ConnectorException("\n  Database error.\n"), StoreError("it is away")])
def test_a_database_that_is_away_is_one_line_in_which_nothing_is_lost(
    written: io.StringIO, error: Exception, cause: Exception
) -> None:
    with away_in_a_line():
        fail("procrastinate.worker", "Side task listener failed with exception: \n", error, cause)
    (line,) = written.getvalue().splitlines()
    told = json.loads(line)
    assert (told["level"], told["logger"]) == ("error", "procrastinate.worker")
    reason = " ".join(str(cause).split())
    assert told["message"] == f"the database is away: Side task listener failed with exception: {reason}"
    assert "error" not in told


@pytest.mark.parametrize("written", [Lines], indirect=True)
def test_lines_for_people_have_no_trace_either(written: io.StringIO) -> None:
    with away_in_a_line():
        fail("procrastinate.utils", "listener error", ConnectorException(), ENDS)
    (line,) = written.getvalue().splitlines()
    assert line.endswith("ERROR the database is away: listener error: " + " ".join(str(ENDS).split()))


@pytest.mark.parametrize(
    "cause", [errors.LockNotAvailable("waited"), errors.UndefinedTable("no such table"), KeyError("x"), None]
)
def test_whatever_else_is_wrong_is_told_whole(written: io.StringIO, cause: Exception | None) -> None:
    with away_in_a_line():
        fail("procrastinate.worker", "the job 100% failed", ConnectorException(), cause)
    (line,) = written.getvalue().splitlines()
    told = json.loads(line)
    assert told["message"] == "the job 100% failed"
    assert "ConnectorException" in told["error"]


@pytest.mark.parametrize("written", [Lines], indirect=True)
def test_each_try_to_connect_is_one_line(written: io.StringIO) -> None:
    with away_in_a_line():
        logging.getLogger("psycopg.pool").warning("error in %r: no such file\n\tIs it running?", "pool-2")
        logging.getLogger("procrastinate").warning("two\nlines")
    first, *rest = written.getvalue().splitlines()
    assert first.endswith("WARNING error in 'pool-2': no such file Is it running?")
    assert len(rest) == 2


def test_afterwards_nothing_is_shortened(written: io.StringIO) -> None:
    with away_in_a_line():
        pass
    fail("procrastinate.worker", "failed", ConnectorException(), ENDS)
    assert "ConnectorException" in json.loads(written.getvalue())["error"]
