"""Web addresses that come from outside: those that any two readers read alike, and where they lead."""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

_HOST = re.compile(r"[a-z0-9]([a-z0-9.-]*[a-z0-9])?|\[[0-9a-f:.]+\]")
_NAME = re.compile(r"[a-z0-9._-]+")
_USUAL_PORTS = {"http": 80, "https": 443}
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
    usable = parts.scheme in _USUAL_PORTS and _HOST.fullmatch(host) and parts.port != 0
    return parts if plain and usable else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Scheme, host and port, of which two are equal however their addresses are spelled.

    The host is in small letters and ASCII's (IDNA), an IPv6 address in its shortest form without brackets.
    """

    scheme: str
    host: str
    port: int

    @property
    def netloc(self) -> str:
        """Host and port as an address has them; the usual port is left out."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _USUAL_PORTS[self.scheme] else f"{host}:{self.port}"

    def __str__(self) -> str:
        """As browsers write it: what a message to a frame is addressed to, and what a policy names."""
        return f"{self.scheme}://{self.netloc}"


def origin_of(url: str) -> Origin | None:
    """Where an http or https address leads; None where that is nowhere, or two readers could differ about it
    (a user name, a backslash, a space in it)."""
    try:
        parts = urlsplit(url)
        host = _host(parts.hostname or "", is_number="[" in parts.netloc)
        port = parts.port
    except ValueError:  # half an IPv6 address, a port that is no number, a name that IDNA has none for
        return None
    odd = not url.isprintable() or bool({" ", "\\"} & set(url)) or "@" in parts.netloc
    if odd or not host or parts.scheme not in _USUAL_PORTS:
        return None
    return Origin(scheme=parts.scheme, host=host, port=_USUAL_PORTS[parts.scheme] if port is None else port)


def origins_of(*urls: str) -> tuple[str, ...]:
    """As policies and frames name them, each once; what leads nowhere has none."""
    return tuple(sorted({str(one) for one in map(origin_of, urls) if one is not None}))


def _host(name: str, *, is_number: bool) -> str:
    """In its one spelling; empty where it is no name. Raises ValueError."""
    if is_number:
        return ipaddress.IPv6Address(name).compressed
    host = name.lower() if name.isascii() else name.encode("idna").decode("ascii").lower()
    return host if _NAME.fullmatch(host) else ""
