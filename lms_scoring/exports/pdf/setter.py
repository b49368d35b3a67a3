"""The one thread of a process that sets documents, how many may wait for it, and whose turn it is."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import lru_cache
from threading import Lock
from time import monotonic

from lms_scoring.domain.errors import SetterBusy, SetterEnding, SetterTaken

PLACES = 2
"""One document is being set, and one waits. Each holds a thread of the server, which has four or more."""
_GIVES_WAY = 30
"""Seconds for which the last place is kept for whoever was turned away, and not given to who has just been
served. They are told to come again in ten."""


class Setter:
    """Sets one document after the other, for so many who ask at once as there are places, and one for each.

    `now` tells seconds that only grow.
    """

    def __init__(self, *, places: int = PLACES, now: Callable[[], float] = monotonic) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="typesetting")
        self._places = places
        self._now = now
        self._lock = Lock()
        self._inside: list[str | None] = []
        self._served: dict[str, float] = {}
        self._turned_away: dict[str, float] = {}

    def do(self, work: Callable[[], bytes], *, who: str | None = None) -> bytes:
        """What the work makes, once those before it are done. Raises SetterBusy at once beyond the places,
        SetterTaken where `who` asks has one made already (None: nobody knows who), and SetterEnding where the
        process is ending: another one answers the next time."""
        with self._place(who):
            return self._begun(work).result()

    @property
    def inside(self) -> Sequence[str | None]:
        """Who has a place at the moment."""
        with self._lock:
            return tuple(self._inside)

    def later(self, work: Callable[[], None]) -> None:
        """What nobody waits for, once the documents before it are done; where the process ends, never."""
        with suppress(RuntimeError):
            self._thread.submit(work)

    @contextmanager
    def _place(self, who: str | None) -> Iterator[None]:
        with self._lock:
            self._take(who)
        try:
            yield
        finally:
            with self._lock:
                self._inside.remove(who)
                if who is not None:
                    self._served[who] = self._now()

    def _take(self, who: str | None) -> None:
        for noted in (self._served, self._turned_away):
            for one in [one for one, at in noted.items() if self._now() - at > _GIVES_WAY]:
                del noted[one]
        if who is not None and who in self._inside:
            raise SetterTaken
        gives_way = who in self._served and self._turned_away.keys() - {who}
        if len(self._inside) >= self._places - bool(gives_way):
            if who is not None and who not in self._served:
                self._turned_away[who] = self._now()
            raise SetterBusy
        self._inside.append(who)
        self._turned_away.pop(who or "", None)

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
