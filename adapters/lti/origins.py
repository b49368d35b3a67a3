"""The origins of a platform: sign-in, tokens, keys and services may each live on another host."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from urllib.parse import urlencode, urlsplit, urlunsplit

from adapters.http import HttpClient
from lms_scoring.domain import addresses
from lms_scoring.domain.errors import PlatformRefused
from lms_scoring.domain.failure import Instead

Connect = Callable[[str], HttpClient]
"""The client of an origin (`https://host` or `https://host:port`), behind the operator's address rule."""

_MOST = 100


class Origins:
    """The clients of the origins that were met, so that connections are kept; the longest unused goes."""

    def __init__(self, connect: Connect) -> None:
        self._connect = connect
        self._clients: OrderedDict[str, HttpClient] = OrderedDict()
        self._lock = threading.Lock()

    def client(self, url: str, *, call: str) -> HttpClient:
        """The client of a URL's origin. Raises PlatformRefused for what is no address to be asked."""
        origin = origin_of(url, call=call)
        with self._lock:
            if origin not in self._clients:
                self._clients[origin] = self._connect(origin)
            self._clients.move_to_end(origin)
            if len(self._clients) > _MOST:
                self._clients.popitem(last=False)[1].close()
            return self._clients[origin]

    def close(self) -> None:
        """Ends the connections that were kept."""
        with self._lock:
            for client in self._clients.values():
                client.close()
            self._clients.clear()


def origin_of(url: str, *, call: str) -> str:
    """Of a URL that a platform or an administrator gave. Raises PlatformRefused where it has none.

    The URL is not shown: it may carry a token.
    """
    origin = addresses.origin_of(url)
    if origin is None:
        raise _no_address(call)
    return str(origin)


def path_of(url: str) -> str:
    """What of a URL follows its origin, beginning with a slash."""
    parts = urlsplit(url)
    return urlunsplit(("", "", parts.path or "/", parts.query, ""))


def beneath(url: str, step: str) -> str:
    """The URL one step further down its path; a Moodle's have a query, which stays at the end."""
    parts = urlsplit(url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{step}", fragment=""))


def filtered(url: str, **filters: str) -> str:
    """The URL with filters behind the query that it has."""
    parts = urlsplit(url)
    query = "&".join(filter(None, (parts.query, urlencode(filters))))
    return urlunsplit(parts._replace(query=query, fragment=""))


def _no_address(call: str) -> PlatformRefused:
    return PlatformRefused(
        "LTI platform",
        call,
        "the address is none that is asked (no http or https, no host, or a user name, space or backslash "
        "in it); correct it in the platform or in its registration here",
        instead=Instead.NOT_ASKED,
    )
