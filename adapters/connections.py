"""Connections that are watched: each exchange ends at its deadline, whatever the other side sends.

The timeouts of `requests` bound one wait, not the exchange: a server that sends a byte now and then holds
a reader for ever. A timer shuts the socket down instead, which ends a wait for headers as well.
"""

from __future__ import annotations

import os
import queue
import socket
import threading
import time
from contextvars import ContextVar
from types import TracebackType
from typing import Any

from requests.adapters import HTTPAdapter
from urllib3.connection import HTTPConnection, HTTPSConnection
from urllib3.connectionpool import HTTPConnectionPool, HTTPSConnectionPool

from adapters.addresses import Addresses, Door
from lms_scoring.domain.errors import PlatformError, PlatformUnreachable
from lms_scoring.domain.failure import Instead


class Exchange:
    """One request and its answer. When `seconds` are over, its socket is shut down and `over` is true."""

    def __init__(self, door: Door, call: str, *, seconds: float) -> None:
        self._door = door
        self._call = call
        self._ends = time.monotonic() + seconds
        self._lock = threading.Lock()
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._cut)
        self._timer.daemon = True
        self.over = False

    def __enter__(self) -> Exchange:
        self._before = _current.set(self)
        self._timer.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        _current.reset(self._before)
        self._forget()

    def connected(self, host: str, port: int) -> socket.socket:
        """A socket to the first address of the host that answers. Raises PlatformError."""
        failure: OSError | None = None
        for family, address in self._looked_up(host, port):
            connection = socket.socket(family, socket.SOCK_STREAM)
            try:
                connection.settimeout(max(self._left(), 0.001))
                connection.connect((address, port))
            except OSError as error:
                connection.close()
                failure = error
                continue
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            return connection
        raise PlatformUnreachable(
            self._door.platform,
            f"{host}:{port}",
            "no connection; is the platform running, the base URL right?",
            instead=Instead.NO_CONNECTION,
        ) from failure

    def watch(self, connection: socket.socket) -> None:
        """From now on the deadline shuts this connection. A twin of its handle is kept, because the
        connection object gives its handle away (to TLS, or to the answer it is read from)."""
        twin = socket.socket(fileno=os.dup(connection.fileno()))
        self._forget()
        with self._lock:
            self._socket = twin
            over = self.over
        if over:
            _shut(twin)

    def _looked_up(self, host: str, port: int) -> Addresses:
        """By a thread of its own, which is left behind where the name is not answered for: nothing ends a
        resolver."""
        told: queue.SimpleQueue[Addresses | PlatformError] = queue.SimpleQueue()

        def ask() -> None:
            try:
                told.put(self._door.addresses(host, port))
            except PlatformError as error:
                told.put(error)

        threading.Thread(target=ask, name="look-up", daemon=True).start()
        try:
            found = told.get(timeout=max(self._left(), 0.001))
        except queue.Empty as error:
            raise PlatformUnreachable(
                self._door.platform,
                self._call,
                f"the name {host} was not looked up in time; check the network's DNS, sync again",
                instead=Instead.LATE,
            ) from error
        if isinstance(found, PlatformError):
            raise found
        return found

    def _left(self) -> float:
        return self._ends - time.monotonic()

    def _cut(self) -> None:
        with self._lock:
            self.over = True
            if self._socket is not None:
                _shut(self._socket)

    def _forget(self) -> None:
        with self._lock:
            twin, self._socket = self._socket, None
        if twin is not None:
            twin.close()


class WatchedTransport(HTTPAdapter):
    """The transport of `requests` over watched connections."""

    def init_poolmanager(self, *args: Any, **options: Any) -> None:
        """As the transport does it, with our connections in the pools."""
        super().init_poolmanager(*args, **options)
        self.poolmanager.pool_classes_by_scheme = {"http": _Pool, "https": _SecurePool}


_current: ContextVar[Exchange] = ContextVar("exchange")


def _shut(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the other side had already gone


def _watch_again(connection: HTTPConnection) -> None:
    if connection.sock is not None:
        _current.get().watch(connection.sock)


def _watched_socket(connection: HTTPConnection) -> socket.socket:
    exchange = _current.get()
    made = exchange.connected(connection.host, connection.port or connection.default_port)
    exchange.watch(made)
    return made


class _Connection(HTTPConnection):
    def request(self, *args: Any, **options: Any) -> None:
        _watch_again(self)
        super().request(*args, **options)

    def _new_conn(self) -> socket.socket:
        return _watched_socket(self)


class _SecureConnection(HTTPSConnection):
    def request(self, *args: Any, **options: Any) -> None:
        _watch_again(self)
        super().request(*args, **options)

    def _new_conn(self) -> socket.socket:
        return _watched_socket(self)


class _Pool(HTTPConnectionPool):
    ConnectionCls = _Connection


class _SecurePool(HTTPSConnectionPool):
    ConnectionCls = _SecureConnection
