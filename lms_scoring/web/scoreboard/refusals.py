"""PDFs that are not made because too many are asked for at once: counted, so that somebody adds processes."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from threading import Lock

from lms_scoring.domain.errors import SetterBusy, SetterEnding, SetterTaken, StoreError
from lms_scoring.ports import Store
from lms_scoring.services.unattended.work_state import PDFS_REFUSED

_log = logging.getLogger(__name__)


class Refusals:
    """Those of one process, added to what all of them counted by `later`: once those PDFs are done that were
    asked for before. Whoever is refused waits for nothing, nor does a thread of the server for a writer.
    """

    def __init__(self, store: Store, *, later: Callable[[Callable[[], None]], None]) -> None:
        self._store = store
        self._later = later
        self._lock = Lock()
        self._uncounted = 0

    @contextmanager
    def counted(self) -> Iterator[None]:
        """Counts the one that is refused within, if it is, and lets that be answered."""
        try:
            yield
        except (SetterEnding, SetterTaken):
            raise  # another process makes it, or the same visitor's comes first: no more of them are wanted
        except SetterBusy:
            _log.warning("a PDF was refused, since others are made; more processes make more at once")
            self._count()
            raise

    def _count(self) -> None:
        with self._lock:
            self._uncounted += 1
            first = self._uncounted == 1
        if first:
            self._later(self._keep)

    def _keep(self) -> None:
        with self._lock:
            more, self._uncounted = self._uncounted, 0
        try:
            with self._store.writing() as transaction:
                transaction.add_to_tally(PDFS_REFUSED, more)
        except StoreError:
            _log.exception("refused PDFs that could not be counted: %d", more)
