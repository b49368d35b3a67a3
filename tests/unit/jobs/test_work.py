"""What jobs say of how they went, in the log of whoever runs them."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from lms_scoring.domain.errors import LmsScoringError, PlatformRefused
from lms_scoring.jobs.work import pull
from lms_scoring.services.unattended.due import ask_now
from lms_scoring.store import SqlStore
from tests import given
from tests.fixtures.courses.scripted import COURSE, MOODLE, ScriptedSource, members, new_store, told
from tests.fixtures.workshop import ScriptedSources, workshop


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqlStore]:
    store = new_store(tmp_path)
    yield store
    store.close()


def logged(
    store: SqlStore, caplog: pytest.LogCaptureFixture, *, error: LmsScoringError | None
) -> tuple[str, str]:
    """The level and the message of a source that was read."""
    source = ScriptedSource([told(*members(), cursor="c")], failure=error)
    with store.writing() as transaction:
        ask_now(transaction, COURSE, [MOODLE], now=given.AFTER)
    with caplog.at_level(logging.INFO):
        pull(workshop(store, ScriptedSources({(COURSE, MOODLE): source})), MOODLE)
    ((_, level, message),) = caplog.record_tuples
    return logging.getLevelName(level), message


def test_a_sync_that_went_well_says_what_it_read(store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    level, message = logged(store, caplog, error=None)
    assert level == "INFO"
    assert message.startswith("source moodle, run 1: done; ")
    assert message.endswith(" refused")


def test_a_sync_that_failed_warns_and_says_why(store: SqlStore, caplog: pytest.LogCaptureFixture) -> None:
    error = PlatformRefused(MOODLE, "site_info", "the token is unknown: make a new one")
    level, message = logged(store, caplog, error=error)
    assert level == "WARNING"
    assert message.endswith(" refused; moodle: site_info: the token is unknown: make a new one")
