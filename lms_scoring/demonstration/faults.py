"""Faults on demand: the next answers become what failing platforms and their proxies really send."""

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from threading import Lock

from lms_scoring.demonstration.moodle_errors import (
    MoodleError,
    access_exception,
    invalid_token,
    site_maintenance,
)
from lms_scoring.demonstration.moodle_format import to_json
from lms_scoring.demonstration.wire import Answer, text_answer

HTML = "text/html; charset=utf-8"
TRICKLE_PAUSE = 0.2
"""Seconds between two bytes of a trickling answer."""


class Faults:
    """A queue of faults; each answer takes one off it. ``sleep`` is what a trickling answer waits with."""

    def __init__(self, sleep: Callable[[float], None] = time.sleep) -> None:
        self._queue: deque[str | None] = deque()
        self._lock = Lock()
        self._kinds = _kinds(sleep)

    @property
    def kinds(self) -> list[str]:
        """The names of all faults."""
        return ["token_expired", *self._kinds]

    def add(self, kind: str, *, times: int = 1, after: int = 0) -> None:
        """The next ``times`` answers fail, after ``after`` good ones. ``ValueError``: no such kind."""
        if kind not in self.kinds:
            raise ValueError(f"there is no fault {kind!r}; there are {', '.join(self.kinds)}")
        # Moodle deletes an expired token at its first use: from then on it is unknown.
        steps = (
            ["token_past", *["token_unknown"] * (times - 1)] if kind == "token_expired" else [kind] * times
        )
        with self._lock:
            self._queue.extend([*[None] * after, *steps])

    def clear(self) -> None:
        """From now on all is well."""
        with self._lock:
            self._queue.clear()

    def disturb(self, answer: Answer) -> Answer:
        """The answer, or what the next fault makes of it."""
        with self._lock:
            kind = self._queue.popleft() if self._queue else None
        return answer if kind is None else self._kinds[kind](answer)


def _kinds(sleep: Callable[[float], None]) -> dict[str, Callable[[Answer], Answer]]:
    return {
        "html": lambda _: text_answer(
            "<html><body>Something went wrong</body></html>", status=200, content_type=HTML
        ),
        "login_page": lambda _: text_answer(_LOGIN_PAGE, status=200, content_type=HTML),
        "redirect_to_login": lambda _: Answer(303, {"Location": "/login/index.php", "Content-Type": HTML}),
        "maintenance_cli": _maintenance_page,
        "maintenance_db": lambda _: _exception(site_maintenance()),
        "token_past": lambda _: _exception(access_exception()),
        "token_unknown": lambda _: _exception(invalid_token()),
        "disabled": lambda _: text_answer("", status=403, content_type=HTML),
        "server_error": lambda _: text_answer("<h1>Internal error</h1>", status=500, content_type=HTML),
        "bad_gateway": lambda _: text_answer("<h1>Bad gateway</h1>", status=502, content_type=HTML),
        "too_many": lambda _: Answer(429, {"Retry-After": "1", "Content-Type": HTML}),
        "half_body": lambda answer: Answer(200, raw=[_head(answer, with_length=True), _half(answer)]),
        "half_body_without_length": lambda answer: Answer(
            200, raw=[_head(answer, with_length=False), _half(answer)]
        ),
        "no_answer": lambda _: Answer(200, raw=[]),
        "trickle": lambda answer: Answer(200, raw=_trickle(answer, sleep)),
    }


_LOGIN_PAGE = "<!DOCTYPE html><html><body><form action='/login/index.php'>Log in</form></body></html>"


def _exception(error: MoodleError) -> Answer:
    return text_answer(to_json(error.body()), status=200, content_type="application/json")


def _maintenance_page(_: Answer) -> Answer:
    body = b"<html><body>Under maintenance</body></html>"
    return Answer(503, {"Content-Type": HTML, "Retry-After": "300"}, body)


def _head(answer: Answer, *, with_length: bool) -> bytes:
    lines = ["HTTP/1.1 200 OK", "Connection: close"]
    lines += [f"{name}: {value}" for name, value in answer.headers.items()]
    lines += [f"Content-Length: {len(answer.body)}"] if with_length else []
    return "\r\n".join([*lines, "", ""]).encode()


def _half(answer: Answer) -> bytes:
    return answer.body[: len(answer.body) // 2]


def _trickle(answer: Answer, sleep: Callable[[float], None]) -> Iterable[bytes]:
    def pieces() -> Iterator[bytes]:
        yield _head(answer, with_length=True)
        for place in range(len(answer.body)):
            sleep(TRICKLE_PAUSE)
            yield answer.body[place : place + 1]

    return pieces()
