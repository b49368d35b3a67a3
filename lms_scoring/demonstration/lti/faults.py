"""Faults of single LTI addresses on demand: refusals, silence, and answers that get lost on their way."""

from collections import defaultdict, deque
from collections.abc import Callable
from threading import Lock

from lms_scoring.demonstration.lti import names
from lms_scoring.demonstration.lti.markup import HTML
from lms_scoring.demonstration.wire import Answer, Request, text_answer

Serve = Callable[[], Answer]
PLACES: dict[str, Callable[[str], bool]] = {
    "token": lambda path: path == names.TOKEN,
    "keys": lambda path: path == names.KEYS,
    "auth": lambda path: path == names.AUTH,
    "configuration": lambda path: path == names.CONFIGURATION,
    "registration": lambda path: path == names.REGISTRATION,
    "roster": lambda path: path.endswith("/memberships"),
    "score": lambda path: path.endswith("/lineitem/scores"),
    "results": lambda path: path.endswith("/lineitem/results"),
    "columns": lambda path: path.endswith(("/lineitems", "/lineitem")),
}
"""The addresses by what they are for."""
HUGE = 12 << 20
"""Bytes of a body that is far too large."""
KINDS: dict[str, Callable[[Serve], Answer]] = {
    "unauthorized": lambda _: _json('{"status":401,"reason":"Unauthorized"}', status=401),
    "bad_request": lambda _: _json("[]", status=400),
    "too_many": lambda _: Answer(429, {"Retry-After": "7", "Content-Type": HTML}),
    "server_error": lambda _: _html("<h1>Internal error</h1>", status=500),
    "unavailable": lambda _: _html("<h1>Service unavailable</h1>", status=503),
    "down": lambda _: Answer(200, raw=[]),
    "lost_answer": lambda serve: (serve(), Answer(200, raw=[]))[1],
    "redirect": lambda _: Answer(302, {"Location": "/mod/lti/elsewhere.php", "Content-Type": HTML}),
    "huge": lambda _: _json('{"keys":[]' + " " * HUGE + "}", status=200),
    "malformed": lambda _: _json('{"keys":', status=200),
}
"""All but ``lost_answer`` happen instead of what was asked for; that one happens after it was done."""


class PlaceFaults:
    """For each place a queue of faults; each request to it takes one off."""

    def __init__(self) -> None:
        self._queues: dict[str, deque[str | None]] = defaultdict(deque)
        self._lock = Lock()

    def add(self, kind: str, *, place: str, times: int = 1, after: int = 0) -> None:
        """The next ``times`` requests to the place fail, after ``after`` good ones. Raises ValueError."""
        if kind not in KINDS or place not in PLACES:
            known = f"places: {', '.join(PLACES)}; kinds: {', '.join(KINDS)}"
            raise ValueError(f"there is no fault {kind!r} at {place!r}; {known}")
        with self._lock:
            self._queues[place].extend([*[None] * after, *[kind] * times])

    def clear(self) -> None:
        """From now on all is well."""
        with self._lock:
            self._queues.clear()

    def disturb(self, request: Request, serve: Serve) -> Answer:
        """What ``serve`` answers, or what the next fault of the place makes of it."""
        kind = self._next(request.path)
        return serve() if kind is None else KINDS[kind](serve)

    def _next(self, path: str) -> str | None:
        with self._lock:
            for place, queue in self._queues.items():
                if queue and PLACES[place](path):
                    return queue.popleft()
        return None


def _json(text: str, *, status: int) -> Answer:
    return text_answer(text, status=status, content_type="application/json; charset=utf-8")


def _html(text: str, *, status: int) -> Answer:
    return text_answer(text, status=status, content_type=HTML)
