"""A client of a platform that is asked in tests, and a server that answers by hand."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from adapters.http import HttpClient

SECRET = "c0ffee-token"


class Pauses(list[float]):
    """Remembers how long it was asked to wait, and does not wait."""

    def __call__(self, seconds: float) -> None:
        self.append(seconds)


def client(url: str, *, pauses: Pauses | None = None, **options: object) -> HttpClient:
    settings: dict[str, object] = {
        "platform": "campus",
        "allowed_private": ["127.0.0.1", "localhost"],
        "deadline": 5.0,
        "chance": lambda: 0.0,
        "pause": Pauses() if pauses is None else pauses,
        **options,
    }
    return HttpClient(base_url=url, **settings)  # type: ignore[arg-type]  # options are checked by the client


@contextmanager
def raw_server(answer: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serves connections by hand, one after another: for what no server library would send."""
    door = socket.create_server(("127.0.0.1", 0))
    ended = threading.Event()

    def serve() -> None:
        while not ended.is_set():
            try:
                connection, _ = door.accept()
            except OSError:
                return
            with connection:
                try:
                    connection.recv(65_536)
                    answer(connection)
                except OSError:
                    continue  # the client hung up, as it should

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{door.getsockname()[1]}"
    finally:
        ended.set()
        door.shutdown(socket.SHUT_RDWR)
        door.close()
        thread.join()


def trickle(connection: socket.socket, head: bytes) -> None:
    connection.sendall(head)
    pause = threading.Event()
    for _ in range(200):
        pause.wait(0.05)
        connection.sendall(b"x")
