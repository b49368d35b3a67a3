"""The Moodle client: single calls and batches, and the traps of both."""

from __future__ import annotations

from collections import deque
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Generic, TypeVar

import msgspec

from adapters.answers import Answer
from adapters.http import HttpClient
from adapters.json_text import is_cut_off
from adapters.moodle.functions import Function
from adapters.moodle.given_up import GivenUp
from adapters.moodle.refusals import Refusal, ends_everything, error_of
from lms_scoring.domain.errors import (
    PlatformBusy,
    PlatformError,
    PlatformMisread,
    PlatformRefused,
    PlatformUnreachable,
    RecordRefused,
)
from lms_scoring.domain.failure import Instead

_DOOR = "/webservice/rest/server.php"
_AT_A_TIME = 2
_TOO_MUCH = frozenset({Instead.TOO_LONG, Instead.WEB_PAGE})
"""What a batch comes to whose answers are too long together, for us or for the memory of the site's PHP."""
_FEW = 20
"""Fewer calls than these are not too much for a gateway's patience: something else is wrong with the site."""
_CUT_OFF = "the answer broke off before its end; what was read before is kept, sync again"

T = TypeVar("T")
Argument = int | str | Sequence[int] | Sequence[str] | Sequence[Mapping[str, int | str]]
Arguments = Mapping[str, Argument]


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One call of a remote function, and the shape its answer must have."""

    function: Function
    arguments: Arguments
    shape: type[T]


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
    """Asks one Moodle with one token. `done` counts the calls answered, `server_time` is the site's clock
    (seconds since 1970) at the latest answer, None if it does not tell. Where there is `batching`, a request
    takes `batch_size` calls along.

    Raises PlatformError where nothing can be had any more; what one call is refused stays with its reply.
    """

    def __init__(self, http: HttpClient, *, token: str) -> None:
        self._http = http
        self._token = token
        self._waiting: list[Reply[Any]] = []
        self._ahead: dict[tuple[Function, bytes], list[Reply[Any]]] = {}
        self.batching = False
        self.batch_size = 100
        self.done = 0
        self.server_time: int | None = None

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
        return self._read(self._post(call.function, flat(call.arguments)), call)

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
            responses = self._responses(part)
        except PlatformMisread as error:
            if error.instead not in _TOO_MUCH:
                raise
            return self._send_less(part)
        except PlatformBusy as error:
            if error.instead is not Instead.LATE or len(part) < _FEW:
                raise
            self.batch_size = len(part) // 2  # whatever follows would take as long
            return self._send_less(part)
        for reply, response in zip(part, responses, strict=False):
            self._unpack(reply, response)
        return len(responses)

    def _send_less(self, part: list[Reply[Any]]) -> int:
        """Where one answer cannot hold all, half of them are sent; a single call without a batch, so that
        what comes of it stays with it."""
        if len(part) > 1:
            return self._send_batch(part[: len(part) // 2])
        error = self._fill(part[0])
        if error is not None and ends_everything(error):
            raise error
        return 1

    def _responses(self, part: list[Reply[Any]]) -> list[_Response]:
        form: dict[str, str] = {}
        for place, reply in enumerate(part):
            form[f"requests[{place}][function]"] = reply.call.function
            form[f"requests[{place}][arguments]"] = msgspec.json.encode(reply.call.arguments).decode()
        call = Call(Function.BATCH, {}, _Batch)
        responses = self._read(self._post(Function.BATCH, form), call, count=0).responses
        if not 0 < len(responses) <= len(part):
            raise PlatformMisread(
                self.platform, Function.BATCH, f"{len(part)} calls were sent, {len(responses)} were answered"
            )
        return responses

    def _unpack(self, reply: Reply[Any], response: _Response) -> None:
        """One answer of a whole batch: what is wrong in it alone, also what is no JSON, stays with it."""
        function = reply.call.function
        try:
            if not response.error:
                reply.take(self._decoded(response.data or "null", reply.call))
                return
            refusal = self._parsed(response.exception or "{}", Refusal, function)
            error = error_of(refusal, platform=self.platform, call=function)
        except PlatformMisread as misread:
            reply.fail(misread)
            return
        if ends_everything(error):
            raise error
        reply.fail(error)

    def _given_up(self, reply: Reply[Any], given_up: GivenUp) -> bool:
        error = given_up.because_of(reply.call.function, _subject_of(reply.call))
        if error is not None:
            reply.fail(error)
        return error is not None

    def _post(self, function: Function, form: Mapping[str, str]) -> Answer:
        fixed = {"wstoken": self._token, "wsfunction": function, "moodlewsrestformat": "json"}
        answer = self._http.post(
            _DOOR,
            form={**fixed, **form},
            call=function,
            judge=lambda answer: self._check(answer, function),
        )
        self.server_time = _seconds(answer.headers.get("date", ""))
        return answer

    def _check(self, answer: Answer, function: Function) -> None:
        """Moodle answers refusals with 200; another status, or no JSON, is not its web service.

        Half a JSON is an answer that broke off where its length was not told.
        """
        if answer.status == 403 and not answer.body.strip():
            raise PlatformRefused(
                self.platform,
                function,
                "HTTP 403 without a word: web services or the REST protocol are switched off. See Site "
                "administration > General > Advanced features and Server > Web services > Manage protocols",
                instead=Instead.SWITCHED_OFF,
            )
        if answer.status == 200 and answer.media_type == "application/json" and answer.page is None:
            if is_cut_off(answer.body):
                raise PlatformUnreachable(self.platform, function, _CUT_OFF, instead=Instead.HALF)
            return
        if answer.page is not None:
            raise PlatformMisread(
                self.platform,
                function,
                f"HTTP {answer.status}: a web page came instead of an answer (a login page, a proxy, a page "
                "saying that the site is closed?). Open the base URL in a browser, check that it is the "
                "site's address without /login or /my, and that no single sign-on or firewall stands "
                f"before {_DOOR}",
                instead=answer.page,
            )
        raise PlatformMisread(
            self.platform,
            function,
            f"HTTP {answer.status} with {answer.media_type or 'no content type'} instead of JSON; is the "
            "base URL that of a Moodle?",
        )

    def _read(self, answer: Answer, call: Call[T], *, count: int = 1) -> T:
        if answer.body.lstrip()[:1] == b"{":
            refusal = self._parsed(answer.body, Refusal, call.function)
            if refusal.exception is not None:
                raise error_of(refusal, platform=self.platform, call=call.function)
        value = self._decoded(answer.body, call)
        self.done += count
        return value

    def _decoded(self, body: bytes | str, call: Call[T]) -> T:
        value = self._parsed(body, call.shape, call.function)
        if call.function is not Function.BATCH and isinstance(body, str):
            self.done += 1
        return value

    def _parsed(self, body: bytes | str, shape: type[T], function: Function) -> T:
        try:
            return msgspec.json.decode(body, type=shape, strict=False)
        except msgspec.ValidationError as error:
            raise PlatformMisread(
                self.platform, function, f"the answer has not the shape that is known: {error}"
            ) from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise PlatformMisread(
                self.platform, function, "the answer is no JSON that can be read; the site may be damaged"
            ) from error


def flat(arguments: Arguments) -> dict[str, str]:
    """Arguments as PHP wants them in a form: `courseids[0]=2`, `options[0][name]=…`."""
    return dict(_flat(arguments.items(), "{}"))


def _flat(items: Any, pattern: str) -> Iterator[tuple[str, str]]:
    for name, value in items:
        key = pattern.format(name)
        if isinstance(value, list | tuple):
            yield from _flat(enumerate(value), key + "[{}]")
        elif isinstance(value, Mapping):
            yield from _flat(value.items(), key + "[{}]")
        else:
            yield key, str(value)


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


class _Response(msgspec.Struct):
    error: bool = False
    data: str | None = None
    exception: str | None = None


class _Batch(msgspec.Struct):
    responses: list[_Response]


def _subject_of(call: Call[Any]) -> str:
    """What is asked about stands first among the arguments."""
    return str(next(iter(call.arguments.items()), ""))


def _seconds(date: str) -> int | None:
    try:
        return int(parsedate_to_datetime(date).timestamp())
    except ValueError:
        return None
