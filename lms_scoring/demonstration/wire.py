"""What goes over the wire: a request as it was read, an answer as it will be written."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl

import msgspec


@dataclass(frozen=True)
class Request:
    """One HTTP request. Header names are lower case; ``query`` is the undecoded query string."""

    method: str
    path: str
    query: str
    headers: Mapping[str, str]
    body: bytes

    def parameters(self) -> list[tuple[str, str]]:
        """The parameters of the query, and those of a form in the body."""
        found = parse_qsl(self.query, keep_blank_values=True)
        if self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded"):
            found += parse_qsl(self.body.decode("utf-8", "replace"), keep_blank_values=True)
        return found


@dataclass(frozen=True)
class Answer:
    """One HTTP answer. ``raw`` replaces everything: those bytes go to the socket, which is then cut.

    ``reason`` is the phrase behind the status, where it is not the usual one. Text beyond ASCII in it and in
    ``headers`` goes out as UTF-8, as PHP sends it.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    raw: Iterable[bytes] | None = None
    reason: str | None = None


Handler = Callable[[Request], Answer]


def json_answer(value: object, *, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """An answer whose body is ``value`` in JSON."""
    return Answer(status, {"Content-Type": "application/json", **(headers or {})}, msgspec.json.encode(value))


def text_answer(text: str, *, status: int, content_type: str = "text/plain; charset=utf-8") -> Answer:
    """An answer of plain text, or of another ``content_type``."""
    return Answer(status, {"Content-Type": content_type}, text.encode())
