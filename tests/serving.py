"""An application behind waitress for as long as a test needs it, ended without a trace."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import Any

from waitress import wasyncore
from waitress.server import create_server

_ENDS_WITHIN = 20.0


@contextmanager
def serving(app: Callable[..., Any], listening: socket.socket) -> Iterator[None]:
    """Serves an application at a socket that listens."""
    sockets: dict[int, Any] = {}
    server: Any = create_server(app, sockets=[listening], threads=4, map=sockets)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield
    # Closed by its own thread: closed by another, it would look for requests at a socket that is gone.
    with suppress(OSError):  # it was awake, so it has closed them before it was woken
        server.trigger.pull_trigger(partial(wasyncore.close_all, sockets))
    thread.join(timeout=_ENDS_WITHIN)
    server.task_dispatcher.shutdown()
