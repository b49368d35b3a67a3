"""A sync of a record store after a hundredth of its statements came anew, and after none did, in requests: of
each kind of store. Which kinds prove their cursor decides it; of the others all is read each time."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

import requests

from adapters.http import HttpClient
from adapters.xapi.client import VERSION, XapiClient, credentials
from adapters.xapi.source import XapiSource
from benchmarks.platform import running_platform
from lms_scoring.demonstration.recordings import RECORDED_BASE_URL, recorded_statements

PROVES_ITS_CURSOR = {"standard": True, "adl": True, "ralph": False}
"""By kind of store, as the stand-in has them (`lms_scoring/demonstration/lrs_kinds.py`)."""
CHANGED = 396
"""Statements: a hundredth of the recorded ones."""
MOST_REQUESTS_CHANGED = 3
"""One to see the latest statements, one by which the store proves its cursor, one for what is new."""


def main() -> bool:
    """Prints the numbers of requests; True if they are within their limits."""
    within = {kind: _is_within(kind, proven=proven) for kind, proven in PROVES_ITS_CURSOR.items()}
    return all(within.values())


def _is_within(kind: str, *, proven: bool) -> bool:
    with running_platform("--lrs-kind", kind) as platform:
        store = _RecordStore(platform["lrs"])
        full = store.read(None)
        unchanged = store.read(full.cursor)
        store.send(CHANGED)
        changed = store.read(full.cursor)
    limit = f"limit {MOST_REQUESTS_CHANGED}" if proven else "it proves no cursor, so all is read"
    print(
        f"record store sync, {kind}: {full.requests} HTTP requests for {full.statements:,} statements, "
        f"{changed.requests} after {CHANGED} came anew ({limit}), {unchanged.requests} after none"
    )
    assert changed.statements >= CHANGED, "what came anew was not read"
    few = changed.requests <= MOST_REQUESTS_CHANGED and changed.statements < full.statements
    return few if proven else full.cursor is None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Read:
    """How a reading went; `cursor` is where the next one may begin."""

    requests: int
    statements: int
    cursor: str | None


class _RecordStore:
    """The stand-in's, at its address."""

    def __init__(self, told: Mapping[str, Any]) -> None:
        self._told = told

    def read(self, cursor: str | None) -> _Read:
        headers = credentials(self._told["key"], self._told["secret"])
        http = HttpClient(
            platform="lrs", base_url=self._told["url"], headers=headers, allowed_private=("127.0.0.1",)
        )
        batches = list(XapiSource(name="lrs", client=XapiClient(http)).pull(cursor, full=False))
        http.close()
        cursors = [batch.cursor for batch in batches if batch.cursor is not None]
        return _Read(
            requests=http.asked,
            statements=max((batch.done for batch in batches), default=0),
            cursor=cursors[-1] if cursors else None,
        )

    def send(self, count: int) -> None:
        """As many statements as nobody sent before, of what happened long ago."""
        again = [json.loads(line) for line in islice(recorded_statements(RECORDED_BASE_URL), count)]
        answer = requests.post(
            f"{self._told['url']}/statements",
            json=[{**one, "id": str(uuid.uuid4())} for one in again],
            auth=(self._told["key"], self._told["secret"]),
            headers={"X-Experience-API-Version": VERSION},
            timeout=60,
        )
        answer.raise_for_status()
