"""A sync that stops between two batches until it is told to go on: `frozen_process.py URL BATCH`."""

from __future__ import annotations

import sys
from collections.abc import Iterator

from lms_scoring.domain.errors import StoreError
from lms_scoring.ports import Batch
from lms_scoring.services.collecting.collect import collect
from lms_scoring.store import SqlStore
from tests.faults.small_course import CLOCK, batches
from tests.fixtures.courses.scripted import COURSE, ScriptedSource

OVERTAKEN = 7


class Frozen(ScriptedSource):
    """Says that it waits, and goes on when a line comes."""

    def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
        for number, batch in enumerate(batches()):
            if number == int(sys.argv[2]):
                print("waits", flush=True)  # noqa: T201
                sys.stdin.readline()
            yield batch


if __name__ == "__main__":
    try:
        collect(COURSE, Frozen(), SqlStore(sys.argv[1]), clock=CLOCK, full=True)
    except StoreError as error:
        sys.exit(OVERTAKEN if "overtaken" in str(error) else 1)
