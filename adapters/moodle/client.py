"""The Moodle client: calls that wait and calls made ahead, sent in batches, halved, or given up."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Generic, TypeVar

import msgspec

from adapters.http import HttpClient
from adapters.moodle.functions import Function
from adapters.moodle.given_up import GivenUp
from adapters.moodle.refusals import ends_everything
from adapters.moodle.web_service import Call, Outcome, WebService
from lms_scoring.domain.errors import (
    PlatformBusy,
    PlatformError,
    PlatformMisread,
    PlatformRefused,
    RecordRefused,
)
from lms_scoring.domain.failure import Instead

_AT_A_TIME = 2
_TOO_MUCH = frozenset({Instead.TOO_LONG, Instead.WEB_PAGE})
"""What a batch comes to whose answers are too long together, for us or for the memory of the site's PHP."""
_FEW = 20
"""Fewer calls than these are not too much for a gateway's patience: something else is wrong with the site."""

T = TypeVar("T")


class Reply(Generic[T]):
    """What will have come of a call, once `MoodleClient.send` has run."""

    def __init__(self, call: Call[T]) -> None:
        self.call = call
        self._value: T | None = None
        self._error: PlatformError | None = None

    @property
    def value(self) -> T:
        """The answer. Raises PlatformError when this one call was refused or misread."""
        if self._error is not None:
            raise self._error
        if self._value is None:
            raise LookupError(f"{self.call.function} has not been sent")
        return self._value

    @property
    def error(self) -> PlatformError | None:
        """Why there is no answer."""
        return self._error

    def take(self, value: T) -> None:
        """Keeps the answer."""
        self._value = value

    def fail(self, error: PlatformError) -> None:
        """Keeps why there is none."""
        self._error = error


Foreseen = Generator[Sequence[Call[Any]], Sequence[Reply[Any]], None]
"""What a reader is going to ask, as far as it can be known before it begins: calls and, once it is sent their
replies, those that follow from them."""


class MoodleClient:
    """Asks one Moodle with one token. `done` counts the calls answered, however many requests they took.
    Where there is `batching`, a request takes `batch_size` calls along.

    Raises PlatformError where nothing can be had any more; what one call is refused stays with its reply.
    """

    def __init__(self, http: HttpClient, *, token: str) -> None:
        self._http = http
        self._service = WebService(http, token=token)
        self._waiting: list[Reply[Any]] = []
        self._ahead: dict[tuple[Function, bytes], list[Reply[Any]]] = {}
        self.batching = False
        self.batch_size = 100
        self.done = 0

    def __repr__(self) -> str:
        return f"MoodleClient({self._http!r})"

    @property
    def platform(self) -> str:
        """The platform's name in the settings."""
        return self._http.platform

    @property
    def base_url(self) -> str:
        """The address that its accounts belong to."""
        return self._http.base_url

    @property
    def server_time(self) -> int | None:
        """The site's clock (seconds since 1970) at the latest answer, None if it does not tell."""
        return self._service.server_time

    @property
    def waiting(self) -> int:
        """How many calls wait for `send`."""
        return len(self._waiting)

    @property
    def untaken(self) -> int:
        """How many different calls were made ahead that nobody asked for yet."""
        return len(self._ahead)

    @property
    def free(self) -> int:
        """How many more calls the last request of the next `send` takes along, or a first one where nothing
        waits; none without batches, where every call is a request of its own."""
        if not self.batching:
            return 0
        return -len(self._waiting) % self.batch_size if self._waiting else self.batch_size

    def ask(self, call: Call[T]) -> T:
        """The answer to one call, now."""
        value = self._service.ask(call)
        self.done += 1
        return value

    def ahead(self, readers: Iterable[Foreseen]) -> None:
        """Makes calls now that `later` will ask for, so that those of several readers share requests: the
        first ones of all, then those that follow from them. What nobody asks for is lost. Where the service
        has no batches nothing is gained, and nothing is asked. To be ended by `forget_ahead`."""
        told = [(each, _next_calls(each, None)) for each in readers] if self.batching else []
        while any(wanted for _, wanted in told):
            asked = [(each, [self._waits(call) for call in wanted]) for each, wanted in told if wanted]
            self.send()
            for reply in (reply for _, replies in asked for reply in replies):
                self._ahead.setdefault(_key(reply.call), []).append(reply)
            told = [(each, _next_calls(each, replies)) for each, replies in asked]

    def forget_ahead(self) -> None:
        """Drops what was asked ahead and nobody asked for: soon it is out of date."""
        self._ahead.clear()

    def later(self, call: Call[T]) -> Reply[T]:
        """Puts a call into the next `send`; one that was made ahead has its answer, once."""
        key = _key(call) if self._ahead else None
        if key is None or key not in self._ahead:
            return self._waits(call)
        known: list[Reply[T]] = self._ahead[key]
        reply = known.pop()
        if not known:
            del self._ahead[key]
        return reply

    def _waits(self, call: Call[T]) -> Reply[T]:
        reply = Reply(call)
        self._waiting.append(reply)
        return reply

    def send(self) -> None:
        """Makes every waiting call: in batches where the service has them, else singly; two at a time."""
        waiting, self._waiting = deque(self._waiting), []
        given_up = GivenUp()
        if not self.batching or len(waiting) == 1:
            self._send_singly(waiting, given_up)
            return
        with ThreadPoolExecutor(max_workers=_AT_A_TIME) as pool:
            while waiting:
                parts = [part for _ in range(_AT_A_TIME) if (part := _taken(waiting, self.batch_size))]
                left: list[Reply[Any]] = []
                for part, answered in zip(parts, pool.map(self._send_batch, parts), strict=True):
                    for reply in part[:answered]:
                        given_up.note(reply.call.function, _subject_of(reply.call), reply.error)
                    left += part[answered:]
                waiting.extendleft(reversed(left))
                waiting = deque(reply for reply in waiting if not self._given_up(reply, given_up))

    def _send_singly(self, waiting: deque[Reply[Any]], given_up: GivenUp) -> None:
        with ThreadPoolExecutor(max_workers=_AT_A_TIME) as pool:
            while waiting:
                pair = _taken(waiting, _AT_A_TIME)
                pair = [reply for reply in pair if not self._given_up(reply, given_up)]
                for reply, error in zip(pair, pool.map(self._fill, pair), strict=True):
                    if error is not None and ends_everything(error):
                        raise error
                    given_up.note(reply.call.function, _subject_of(reply.call), reply.error)

    def _fill(self, reply: Reply[Any]) -> PlatformError | None:
        try:
            reply.take(self.ask(reply.call))
        except (PlatformRefused, PlatformMisread, RecordRefused) as error:
            reply.fail(error)
            return error
        return None

    def _send_batch(self, part: list[Reply[Any]]) -> int:
        """How many were answered, from the first on."""
        try:
            outcomes = self._service.post_batch([reply.call for reply in part])
        except PlatformMisread as error:
            if error.instead not in _TOO_MUCH:
                raise
            return self._send_less(part)
        except PlatformBusy as error:
            if error.instead is not Instead.LATE or len(part) < _FEW:
                raise
            self.batch_size = len(part) // 2  # whatever follows would take as long
            return self._send_less(part)
        for reply, outcome in zip(part, outcomes, strict=False):
            self._keep(reply, outcome)
        return len(outcomes)

    def _send_less(self, part: list[Reply[Any]]) -> int:
        """Where one answer cannot hold all, half of them are sent; a single call without a batch, so that
        what comes of it stays with it."""
        if len(part) > 1:
            return self._send_batch(part[: len(part) // 2])
        error = self._fill(part[0])
        if error is not None and ends_everything(error):
            raise error
        return 1

    def _keep(self, reply: Reply[Any], outcome: Outcome) -> None:
        if outcome.error is None:
            reply.take(outcome.value)
            self.done += 1
        elif ends_everything(outcome.error):
            raise outcome.error
        else:
            reply.fail(outcome.error)

    def _given_up(self, reply: Reply[Any], given_up: GivenUp) -> bool:
        error = given_up.because_of(reply.call.function, _subject_of(reply.call))
        if error is not None:
            reply.fail(error)
        return error is not None


def _next_calls(reader: Foreseen, replies: Sequence[Reply[Any]] | None) -> Sequence[Call[Any]]:
    """None: it has not begun. A reader that foresees no more is not asked again."""
    try:
        return next(reader) if replies is None else reader.send(replies)
    except StopIteration:
        return ()


def _key(call: Call[Any]) -> tuple[Function, bytes]:
    return call.function, msgspec.json.encode(call.arguments)


def _taken(waiting: deque[T], most: int) -> list[T]:
    return [waiting.popleft() for _ in range(min(most, len(waiting)))]


def _subject_of(call: Call[Any]) -> str:
    """What is asked about stands first among the arguments."""
    return str(next(iter(call.arguments.items()), ""))
