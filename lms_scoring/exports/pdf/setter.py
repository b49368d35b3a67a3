"""The one thread of a process that sets documents, and how many may wait for it."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from functools import lru_cache
from threading import BoundedSemaphore

from lms_scoring.domain.errors import SetterBusy, SetterEnding

PLACES = 2
"""One document is being set, and one waits. Each holds a thread of the server, which has four or more."""


class Setter:
    """Sets one document after the other, for so many who ask at once as there are places."""

    def __init__(self, *, places: int = PLACES) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="typesetting")
        self._places = BoundedSemaphore(places)

    def do(self, work: Callable[[], bytes]) -> bytes:
        """What the work makes, once those before it are done. Raises SetterBusy at once beyond the places,
        and SetterEnding where the process is ending: another one answers the next time."""
        if not self._places.acquire(blocking=False):
            raise SetterBusy
        try:
            return self._begun(work).result()
        finally:
            self._places.release()

    def later(self, work: Callable[[], None]) -> None:
        """What nobody waits for, once the documents before it are done; where the process ends, never."""
        with suppress(RuntimeError):
            self._thread.submit(work)

    def _begun(self, work: Callable[[], bytes]) -> Future[bytes]:
        try:
            return self._thread.submit(work)
        except RuntimeError as error:
            raise SetterEnding from error


@lru_cache
def setter() -> Setter:
    """The one of this process: what is freed in a thread stays with it for its next document, so four threads
    of a server were seen to keep 570 MB of them."""
    return Setter()
