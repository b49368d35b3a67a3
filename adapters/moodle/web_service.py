"""The web services of a Moodle: one request to them, single or a batch, and what its answer means."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import Any, Generic, TypeVar

import msgspec

from adapters.answers import Answer
from adapters.http import HttpClient
from adapters.json_text import is_cut_off
from adapters.moodle.functions import Function
from adapters.moodle.refusals import Refusal, error_of
from lms_scoring.domain.errors import PlatformError, PlatformMisread, PlatformRefused, PlatformUnreachable
from lms_scoring.domain.failure import Instead

_DOOR = "/webservice/rest/server.php"
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


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of one call of a batch: its answer, or where there is none, why."""

    value: Any = None
    error: PlatformError | None = None


class WebService:
    """Asks one Moodle with one token; safe to use from several threads. `server_time` is the site's clock
    (seconds since 1970) at the latest answer, None if it does not tell.

    Raises PlatformError where a request has no answer that can be used.
    """

    def __init__(self, http: HttpClient, *, token: str) -> None:
        self._http = http
        self._token = token
        self.server_time: int | None = None

    def ask(self, call: Call[T]) -> T:
        """The answer to one call."""
        return self._read(self._post(call.function, flat(call.arguments)), call)

    def post_batch(self, calls: Sequence[Call[Any]]) -> list[Outcome]:
        """What came of the first calls, in their order; of one at least. The site stops at the first that it
        refuses: those after it were not made. What is wrong with one answer alone stays with it."""
        form: dict[str, str] = {}
        for place, call in enumerate(calls):
            form[f"requests[{place}][function]"] = call.function
            form[f"requests[{place}][arguments]"] = msgspec.json.encode(call.arguments).decode()
        batch = Call(Function.BATCH, {}, _Batch)
        responses = self._read(self._post(Function.BATCH, form), batch).responses
        if not 0 < len(responses) <= len(calls):
            raise PlatformMisread(
                self._http.platform,
                Function.BATCH,
                f"{len(calls)} calls were sent, {len(responses)} were answered",
            )
        return [self._outcome(call, response) for call, response in zip(calls, responses, strict=False)]

    def _outcome(self, call: Call[Any], response: _Response) -> Outcome:
        try:
            if not response.error:
                return Outcome(value=self._parsed(response.data or "null", call.shape, call.function))
            refusal = self._parsed(response.exception or "{}", Refusal, call.function)
        except PlatformMisread as misread:
            return Outcome(error=misread)
        return Outcome(error=error_of(refusal, platform=self._http.platform, call=call.function))

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
                self._http.platform,
                function,
                "HTTP 403 without a word: web services or the REST protocol are switched off. See Site "
                "administration > General > Advanced features and Server > Web services > Manage protocols",
                instead=Instead.SWITCHED_OFF,
            )
        if answer.status == 200 and answer.media_type == "application/json" and answer.page is None:
            if is_cut_off(answer.body):
                raise PlatformUnreachable(self._http.platform, function, _CUT_OFF, instead=Instead.HALF)
            return
        if answer.page is not None:
            raise PlatformMisread(
                self._http.platform,
                function,
                f"HTTP {answer.status}: a web page came instead of an answer (a login page, a proxy, a page "
                "saying that the site is closed?). Open the base URL in a browser, check that it is the "
                "site's address without /login or /my, and that no single sign-on or firewall stands "
                f"before {_DOOR}",
                instead=answer.page,
            )
        raise PlatformMisread(
            self._http.platform,
            function,
            f"HTTP {answer.status} with {answer.media_type or 'no content type'} instead of JSON; is the "
            "base URL that of a Moodle?",
        )

    def _read(self, answer: Answer, call: Call[T]) -> T:
        if answer.body.lstrip()[:1] == b"{":
            refusal = self._parsed(answer.body, Refusal, call.function)
            if refusal.exception is not None:
                raise error_of(refusal, platform=self._http.platform, call=call.function)
        return self._parsed(answer.body, call.shape, call.function)

    def _parsed(self, body: bytes | str, shape: type[T], function: Function) -> T:
        try:
            return msgspec.json.decode(body, type=shape, strict=False)
        except msgspec.ValidationError as error:
            raise PlatformMisread(
                self._http.platform, function, f"the answer has not the shape that is known: {error}"
            ) from error
        except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
            raise PlatformMisread(
                self._http.platform,
                function,
                "the answer is no JSON that can be read; the site may be damaged",
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


class _Response(msgspec.Struct):
    error: bool = False
    data: str | None = None
    exception: str | None = None


class _Batch(msgspec.Struct):
    responses: list[_Response]


def _seconds(date: str) -> int | None:
    try:
        return int(parsedate_to_datetime(date).timestamp())
    except ValueError:
        return None
