"""Web addresses that come from outside: those that any two readers read alike, and where they lead."""

from __future__ import annotations

import re
from urllib.parse import SplitResult, urlsplit

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_NEVER = frozenset(" \\\"'<>`")
"""What would end an address in a page or in a header of ours."""


def web_address(url: str) -> SplitResult | None:
    """The parts of an http or https address that can be meant one way only; None for anything else.

    No user name, no host in other letters than ASCII's: addresses end up in headers and in pages.
    """
    try:
        parts = urlsplit(url)
        host = parts.netloc.lower().rpartition(":")[0] if parts.port is not None else parts.netloc.lower()
    except ValueError:  # half an IPv6 address, a port that is no number
        return None
    plain = url.isascii() and url.isprintable() and not _NEVER & set(url)
    usable = parts.scheme in ("http", "https") and _HOST.fullmatch(host) and parts.port != 0
    return parts if plain and usable else None


def origin_of(url: str) -> str:
    """Scheme, host and port: what a message to a frame is addressed to, and what a policy names."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"
