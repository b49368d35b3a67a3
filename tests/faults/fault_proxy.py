"""A proxy on loopback that lets requests through to a platform, or does to them what networks do.

It works on sockets, because the worst of it no HTTP library would send: half a body that ends with FIN or
with RST, a byte now and then, nothing at all, a body without an end. What is done to which request is told
beforehand (`next`, `whenever`); `seen` is what was asked so far and what was done to it.
"""

from __future__ import annotations

import http.client
import socket
import struct
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email.utils import formatdate
from urllib.parse import urlsplit

_AT_ONCE = 65_536
_HOP_BY_HOP = frozenset({"connection", "transfer-encoding", "content-length", "keep-alive", "date", "server"})
_RESET = struct.pack("ii", 1, 0)
"""Linger for no time: what is not sent yet is thrown away, and the other side gets an RST."""


@dataclass(frozen=True, slots=True)
class Asked:
    """One request as it came."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Told:
    """What the platform answers."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)

    def head(self, *, length: int | None) -> bytes:
        """Status and headers; no length means that the end of the connection is the end of the body."""
        lines = [f"HTTP/1.1 {self.status} {http.client.responses.get(self.status, 'Status')}"]
        lines += [f"{name}: {value}" for name, value in self.headers.items()]
        lines += ["Connection: close"] if length is None else [f"Content-Length: {length}"]
        return "\r\n".join([*lines, "", ""]).encode("latin-1")


class Exchange:
    """One request under way. `ended` is set when the proxy closes: whatever waits stops then."""

    def __init__(
        self, asked: Asked, client: socket.socket, ask: Callable[[Asked], Told], ended: threading.Event
    ) -> None:
        self.asked = asked
        self.ended = ended
        self._client = client
        self._ask = ask

    def told(self) -> Told:
        """What the platform answers: from now on it has done what was asked."""
        return self._ask(self.asked)

    def send(self, piece: bytes) -> None:
        """To the client. Raises OSError where it has gone."""
        self._client.sendall(piece)

    def answer(self, told: Told) -> None:
        """Sends the whole of it."""
        self.send(told.head(length=len(told.body)) + told.body)

    def reset(self) -> None:
        """Ends the connection by an RST."""
        self._client.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)

    def wait_until_the_client_has_gone(self) -> None:
        """Or until the proxy closes."""
        self._client.settimeout(0.05)
        while not self.ended.is_set():
            try:
                if not self._client.recv(_AT_ONCE):
                    return
            except TimeoutError:
                continue


@dataclass(frozen=True, slots=True)
class Fault:
    """Does something to an exchange, and says whether the connection may be used for another."""

    name: str
    act: Callable[[Exchange], bool] = field(repr=False)


Chooser = Callable[[Asked], "Fault | None"]


class FaultProxy:
    """Stands before one platform (`http://host:port`) at `url`."""

    def __init__(self, platform: str, *, rewrites: Mapping[str, str] | None = None) -> None:
        """`rewrites`: how the platform calls others, and what its client shall call them instead."""
        parts = urlsplit(platform)
        self._target = (parts.hostname or "", parts.port or 80)
        self._door = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._door.getsockname()[1]}"
        self._rewrites = {
            old.encode(): new.encode() for old, new in {platform: self.url, **(rewrites or {})}.items()
        }
        self._plan: deque[Fault | None] = deque()
        self._choose: Chooser | None = None
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._open: set[socket.socket] = set()
        self.seen: list[tuple[Asked, Fault | None]] = []
        self.clock: Callable[[], float] = time.time
        """The platform's, as its answers tell; in seconds since 1970."""
        threading.Thread(target=self._accept, name="fault-proxy", daemon=True).start()

    def next(self, fault: Fault, *, times: int = 1, after: int = 0) -> None:
        """So is done to the next requests, after some good ones."""
        with self._lock:
            self._plan.extend([*[None] * after, *[fault] * times])

    def whenever(self, choose: Chooser) -> None:
        """For requests that nothing is planned for: chosen by what is asked."""
        with self._lock:
            self._choose = choose

    def always(self, fault: Fault) -> None:
        """So is done to every request from now on."""
        self.whenever(lambda _: fault)

    def calm(self) -> None:
        """From now on every request is let through; what was seen is forgotten."""
        with self._lock:
            self._plan.clear()
            self._choose = None
            self.seen.clear()

    def close(self) -> None:
        """Ends everything that is under way."""
        self._ended.set()
        with self._lock, suppress(OSError):
            self._door.shutdown(socket.SHUT_RDWR)
        self._door.close()
        with self._lock:
            for connection in self._open:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def _accept(self) -> None:
        while not self._ended.is_set():
            try:
                connection, _ = self._door.accept()
            except OSError:
                return
            with self._lock:
                self._open.add(connection)
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with connection, suppress(OSError, http.client.HTTPException):
            while (asked := _read(connection)) is not None:
                fault = self._fault_of(asked)
                exchange = Exchange(asked, connection, self._forward, self._ended)
                if not (_passed if fault is None else fault.act)(exchange):
                    break
        with self._lock:
            self._open.discard(connection)

    def _fault_of(self, asked: Asked) -> Fault | None:
        with self._lock:
            if self._plan:
                fault = self._plan.popleft()
            else:
                fault = None if self._choose is None else self._choose(asked)
            self.seen.append((asked, fault))
        return fault

    def _forward(self, asked: Asked) -> Told:
        """Its answer in full, with nothing that only concerns the connection."""
        upstream = http.client.HTTPConnection(*self._target, timeout=30)
        try:
            headers = {name: value for name, value in asked.headers.items() if name != "host"}
            upstream.request(asked.method, asked.target, body=asked.body or None, headers=headers)
            answer = upstream.getresponse()
            body = answer.read()
        finally:
            upstream.close()
        kept = {name: value for name, value in answer.getheaders() if name.lower() not in _HOP_BY_HOP}
        for old, new in self._rewrites.items():
            body = body.replace(old, new).replace(_escaped(old), _escaped(new))
            kept = {name: value.replace(old.decode(), new.decode()) for name, value in kept.items()}
        return Told(answer.status, {**kept, "Date": formatdate(self.clock(), usegmt=True)}, body)


@contextmanager
def fault_proxy(platform: str, *, rewrites: Mapping[str, str] | None = None) -> Iterator[FaultProxy]:
    """A proxy until the block ends."""
    proxy = FaultProxy(platform, rewrites=rewrites)
    try:
        yield proxy
    finally:
        proxy.close()


def _passed(exchange: Exchange) -> bool:
    exchange.answer(exchange.told())
    return True


def _escaped(url: bytes) -> bytes:
    """As PHP writes it into JSON."""
    return url.replace(b"/", b"\\/")


def _read(connection: socket.socket) -> Asked | None:
    """The next request; None: there is none any more."""
    head, _, rest = _until(connection, b"\r\n\r\n")
    if not head:
        return None
    first, *lines = head.decode("latin-1").split("\r\n")
    method, target, _ = first.split(" ", 2)
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    length = int(headers.get("content-length", "0"))
    while len(rest) < length:
        piece = connection.recv(_AT_ONCE)
        if not piece:
            return None
        rest += piece
    return Asked(method, target, headers, rest[:length])


def _until(connection: socket.socket, mark: bytes) -> tuple[bytes, bytes, bytes]:
    read = b""
    while mark not in read:
        piece = connection.recv(_AT_ONCE)
        if not piece:
            return b"", b"", b""
        read += piece
    return read.partition(mark)
