"""The HTTP door: a threaded loopback server that keeps connections alive and can be closed at once."""

import socket
import sys
import threading
from contextlib import suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from lms_scoring.demonstration.wire import Answer, Handler, Request

LOOPBACK = "127.0.0.1"


class HttpDoor(ThreadingHTTPServer):
    """Serves one handler on loopback. The port is bound at once, the handler is given to ``open``."""

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, port: int = 0) -> None:
        super().__init__((LOOPBACK, port), _Exchange)
        self.handle_exchange: Handler | None = None
        self._connections: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._serving: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The base URL, without a slash at its end."""
        return f"http://{LOOPBACK}:{self.server_address[1]}"

    def open(self, handler: Handler) -> None:
        """Begins to answer, in a thread of its own."""
        self.handle_exchange = handler
        self._serving = threading.Thread(
            target=self.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True
        )
        self._serving.start()

    def close(self) -> None:
        """Stops answering and cuts the connections that clients keep alive."""
        if self._serving is not None:
            self.shutdown()
            self._serving.join()
        self.server_close()
        with self._lock:
            for connection in self._connections:
                with suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)

    def process_request(self, request: Any, client_address: Any) -> None:
        """Remembers the connection, so that ``close`` can cut it."""
        with self._lock:
            self._connections.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        """Forgets the connection."""
        with self._lock:
            self._connections.discard(request)
        super().shutdown_request(request)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no error of ours; anything else is shown."""
        if not isinstance(sys.exception(), OSError):
            super().handle_error(request, client_address)


class _Exchange(BaseHTTPRequestHandler):
    """Reads requests off one connection and writes the answers."""

    server: HttpDoor
    protocol_version = "HTTP/1.1"
    server_version = "demonstration"
    sys_version = ""
    disable_nagle_algorithm = True
    wbufsize = 1 << 16

    def answer_one(self) -> None:
        """Answers the request whose head has just been read."""
        handler = self.server.handle_exchange
        if handler is None:
            raise RuntimeError("the door answers before it was opened")
        path, _, query = self.path.partition("?")
        length = int(self.headers.get("Content-Length") or "0")
        headers = {name.lower(): value for name, value in self.headers.items()}
        self._write(handler(Request(self.command, path, query, headers, self.rfile.read(length))))

    def __getattr__(self, name: str) -> Any:
        """Every HTTP method is answered the same way."""
        if name.startswith("do_"):
            return self.answer_one
        raise AttributeError(name)

    def _write(self, answer: Answer) -> None:
        if answer.raw is not None:
            self._write_raw(answer)
            return
        self.send_response(answer.status, None if answer.reason is None else _line(answer.reason))
        for name, value in answer.headers.items():
            self.send_header(name, _line(value))
        self.send_header("Content-Length", str(len(answer.body)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(answer.body)
        self.wfile.flush()

    def _write_raw(self, answer: Answer) -> None:
        self.close_connection = True
        for piece in answer.raw or ():
            self.wfile.write(piece)
            self.wfile.flush()

    def log_message(self, *_: Any, **__: Any) -> None:
        """Requests carry tokens: nothing is logged."""


def _line(text: str) -> str:
    """One line that the standard library, which knows Latin-1 only, writes as UTF-8."""
    return " ".join(text.splitlines()).encode().decode("latin-1")
