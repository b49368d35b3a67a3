"""The one thread of a process that sets documents, how many may wait for it, and whose turn it is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from functools import lru_cache
from threading import Lock
from time import monotonic

from lms_scoring.domain.errors import SetterBusy, SetterEnding, SetterTaken

PLACES = 2
"""One document is being set, and one waits. Each holds a thread of the server, which has four or more."""
_GIVES_WAY = 30
"""Seconds for which the last place is kept for whoever was turned away, and not given to who has just been
served. They are told to come again in ten."""


@dataclass(slots=True, eq=False)
class _Asked:
    """A document that has a place, and what its last asker waits for."""

    who: str | None
    what: str | None
    answer: Future[bytes]

    def again(self) -> Future[bytes]:
        """What the same asker waits for from now on; who waited before waits no more: SetterTaken."""
        before, self.answer = self.answer, Future()
        before.set_exception(SetterTaken())
        return self.answer


class Setter:
    """Sets one document after the other, for so many who ask at once as there are places, and one for each.

    `now` tells seconds that only grow.
    """

    def __init__(self, *, places: int = PLACES, now: Callable[[], float] = monotonic) -> None:
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="typesetting")
        self._places = places
        self._now = now
        self._lock = Lock()
        self._inside: list[_Asked] = []
        self._served: dict[str, float] = {}
        self._turned_away: dict[str, float] = {}

    def do(self, work: Callable[[], bytes], *, who: str | None = None, what: str | None = None) -> bytes:
        """What the work makes, once those before it are done. Raises SetterBusy at once beyond the places,
        SetterTaken where `who` asks has another one made already (None: nobody knows who), and SetterEnding
        where the process is ending: another one answers the next time.

        `what` tells documents apart: who asks for one again while it is made gets that one. A browser that
        is clicked again has left its first request, so whoever waited before holds no thread any more.
        """
        return self._asked(work, who, what).result()

    @property
    def inside(self) -> Sequence[str | None]:
        """Who has a place at the moment."""
        with self._lock:
            return tuple(one.who for one in self._inside)

    def later(self, work: Callable[[], None]) -> None:
        """What nobody waits for, once the documents before it are done; where the process ends, never."""
        with suppress(RuntimeError):
            self._thread.submit(work)

    def _asked(self, work: Callable[[], bytes], who: str | None, what: str | None) -> Future[bytes]:
        with self._lock:
            own = [one for one in self._inside if who is not None and one.who == who]
            if own and what is not None and own[0].what == what:
                return own[0].again()
            if own:
                raise SetterTaken
            self._find_place(who)
            asked = _Asked(who=who, what=what, answer=Future())
            answer = asked.answer
            self._inside.append(asked)
        try:
            self._thread.submit(work).add_done_callback(lambda made: self._answer(asked, made))
        except RuntimeError as error:
            self._leave(asked)
            asked.answer.set_exception(SetterEnding())  # who asked for the same again meanwhile waits for it
            raise SetterEnding from error
        return answer

    def _find_place(self, who: str | None) -> None:
        for noted in (self._served, self._turned_away):
            for one in [one for one, at in noted.items() if self._now() - at > _GIVES_WAY]:
                del noted[one]
        gives_way = who in self._served and self._turned_away.keys() - {who}
        if len(self._inside) >= self._places - bool(gives_way):
            if who is not None and who not in self._served:
                self._turned_away[who] = self._now()
            raise SetterBusy
        self._turned_away.pop(who or "", None)

    def _answer(self, asked: _Asked, made: Future[bytes]) -> None:
        self._leave(asked)
        if (error := made.exception()) is not None:
            asked.answer.set_exception(error)
        else:
            asked.answer.set_result(made.result())

    def _leave(self, asked: _Asked) -> None:
        """From now on nobody else asks for it."""
        with self._lock:
            self._inside.remove(asked)
            if asked.who is not None:
                self._served[asked.who] = self._now()


@lru_cache
def setter() -> Setter:
    """The one of this process: what is freed in a thread stays with it for its next document, so four threads
    of a server were seen to keep 570 MB of them."""
    return Setter()
