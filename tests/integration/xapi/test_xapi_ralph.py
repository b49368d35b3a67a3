"""A real LRS: Ralph from PyPI is started, loaded and read, with everything it does differently."""

from __future__ import annotations

import gzip
import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest

import lms_scoring.demonstration
from adapters.http import HttpClient
from adapters.xapi.check import check
from adapters.xapi.client import credentials
from adapters.xapi.source import XapiSource
from lms_scoring.domain.errors import PlatformRefused
from tests.fixtures.xapi.reading import pulled, reading
from tests.fixtures.xapi.statements import paused
from tests.integration.xapi.ralph import Ralph, running_ralph

PAGE = 100
GOOD = 400


@pytest.mark.timeout(900)  # the first time it is installed, which takes minutes
def test_ralph_is_loaded_and_read(tmp_path: Path) -> None:
    statements = shipped(GOOD)
    voids = {
        "id": "aaaaaaaa-0000-4000-8000-000000000001",
        "actor": {"mbox": "mailto:admin@example.org"},
        "verb": {"id": "http://adlnet.gov/expapi/verbs/voided"},
        "object": {"objectType": "StatementRef", "id": statements[7]["id"]},
    }
    lax = [
        paused(id="bbbbbbbb-0000-4000-8000-000000000001", timestamp="not a time", stored=...),
        paused(id="bbbbbbbb-0000-4000-8000-000000000002", timestamp="2024-11-01T10:00:00", stored=...),
    ]
    with running_ralph(tmp_path, page_limit=PAGE) as ralph:
        load(ralph, [*statements, voids, *lax])
        with reading(ralph.url, key=ralph.key, secret=ralph.secret) as client:
            source = XapiSource(name="ralph", client=client)
            first, again = (pulled(source.pull(None, full=False)) for _ in range(2))
            lines = {line.what: line.ok for line in check(client)}
        with (
            reading(ralph.url, key=ralph.key, secret="wrong") as stranger,
            pytest.raises(PlatformRefused, match="key and secret"),
        ):
            pulled(XapiSource(name="ralph", client=stranger).pull(None, full=False))
    assert first.ids == {each["id"] for each in statements} - {statements[7]["id"]}
    assert first.voided == {statements[7]["id"]}
    assert sorted(first.codes) == ["time_unreadable", "time_without_offset"]
    assert first.batches == 5
    assert first.cursor is None  # it proves nothing: its `since` goes by the timestamp
    assert (again.ids, again.codes) == (first.ids, first.codes)
    assert lines == {
        "access": True,
        "/about": None,
        "since": None,
        "page size": None,
        "authorities": True,
        "video": True,
    }


def shipped(count: int) -> list[dict[str, Any]]:
    """The first so many distinct statements that ship with the package."""
    found: dict[str, dict[str, Any]] = {}
    data = files(lms_scoring.demonstration) / "data" / "statements.jsonl.gz"
    with data.open("rb") as packed, gzip.open(packed) as lines:
        for line in lines:
            statement = json.loads(line)
            found.setdefault(statement["id"], statement)
            if len(found) == count:
                break
    return list(found.values())


def load(ralph: Ralph, statements: list[dict[str, Any]]) -> None:
    """All in one request: as it comes, its file-system store takes no second one."""
    http = HttpClient(
        platform="ralph",
        base_url=ralph.url,
        headers=credentials(ralph.key, ralph.secret),
        allowed_private=["127.0.0.1"],
    )
    answer = http.post("/statements", json=json.dumps(statements).encode(), repeatable=False)
    http.close()
    assert answer.status == 200
