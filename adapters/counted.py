"""A source that tells with each batch how many requests it took so far."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from adapters.http import HttpClient
from lms_scoring.ports import Batch, EvidenceSource


class Counted:
    """Another source, and the client that it alone asks by."""

    def __init__(self, source: EvidenceSource, http: HttpClient) -> None:
        self._source = source
        self._http = http

    @property
    def name(self) -> str:
        """The other's."""
        return self._source.name

    @property
    def shared(self) -> bool:
        """As the other."""
        return self._source.shared

    def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
        """As the other does it. Raises PlatformError."""
        before = self._http.asked
        for batch in self._source.pull(cursor, full=full):
            yield replace(batch, calls=self._http.asked - before)
