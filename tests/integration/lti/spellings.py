"""Addresses that must never be asked, however they are spelled, and a watch over every connection."""

from __future__ import annotations

import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager

_IPV4 = """
    127.0.0.1 127.0.0.1. 127.1 127.0.1 127.255.255.254 0 0.0.0.0 2130706433 0x7f000001 0x7F000001 0x7f.1
    0x7f.0.0.1 0177.0.0.1 0177.1 017700000001 127.0x0.0.1 00000177.0.0.1 127.0.0.01
    ①②⑦.⓪.⓪.① １２７.０.０.１ 127。0。0。1 127%2e0%2e0%2e1 %31%32%37.0.0.1
    10.0.0.1 10.1 167772161 0xa000001 012.0.0.1 172.16.0.1 172.31.255.254 172.16.1 192.168.0.1 192.168.1
    3232235521 0xc0a80001 0300.0250.0.1 100.64.0.1 100.127.255.254 198.18.0.1 198.19.255.254
    169.254.1.1 169.254.169.254 2852039166 0xa9fea9fe 0251.0376.0251.0376 169.254.43518 169.16689662
    0xA9.0xFE.0xA9.0xFE 169.254.170.2 100.100.100.200 192.0.0.192 168.63.129.16
    192.0.2.1 198.51.100.1 203.0.113.1 192.0.0.8 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
"""
_IPV6 = """
    ::1 0:0:0:0:0:0:0:1 0000:0000:0000:0000:0000:0000:0000:0001 ::0001 ::
    ::ffff:127.0.0.1 ::ffff:7f00:1 ::FFFF:127.0.0.1 ::ffff:10.0.0.1 ::ffff:192.168.0.1
    ::ffff:169.254.169.254
    ::ffff:a9fe:a9fe ::127.0.0.1 ::7f00:1 ::10.0.0.1 ::ffff:0:127.0.0.1 ::ffff:0:7f00:1
    64:ff9b::127.0.0.1 64:ff9b::7f00:1 64:ff9b::10.0.0.1 64:ff9b::c0a8:1 64:ff9b::169.254.169.254
    64:ff9b:1::127.0.0.1 64:ff9b:1::a00:1 2002:7f00:1:: 2002:a00:1:: 2002:c0a8:1::1 2002:a9fe:a9fe::
    2001:0:4136:e378:8000:63bf:80ff:fffe fe80::1 fe80::a9fe:a9fe fe80::1%25lo fe80::1%lo fec0::1 fc00::1
    fd00::1 fd00:ec2::254 ff02::1 ff0e::1 2001:db8::1 100::1
"""
_NAMES = ("localhost", "LOCALHOST", "localhost.", "LocalHost")
_TRICKS = (
    # whose host is it?
    "https://moodle.example@127.0.0.1/", "https://moodle.example:443@127.0.0.1/", "https://u:p@127.0.0.1:8443/",
    "https://127.0.0.1@moodle.example/", "https://moodle.example%40127.0.0.1@127.0.0.1/", "https://@127.0.0.1/",
    "https://127.0.0.1\\@moodle.example/", "https://moodle.example\\@127.0.0.1/", "https:\\\\127.0.0.1\\x",
    "https://127.0.0.1 .moodle.example/", "https://127.0.0.1\t/", "https://127.0.0.1\n/", "\thttps://127.0.0.1/",
    "https://127.0.0.1\u0000.moodle.example/", "https://127.0.0.1\u00a0/", "https://[::1", "https://[::1]]/",
    "https://[127.0.0.1]/", "https://[::ffff:127.0.0.1", "https://127.0.0.1#@moodle.example/",
    "https://127.0.0.1?@moodle.example/", "https://127.0.0.1;@moodle.example/", "https:///127.0.0.1/",
    "https:/127.0.0.1/", "https:127.0.0.1", "//127.0.0.1/", "///127.0.0.1/", "127.0.0.1", "", " ",
    "https://", "https://?", "https://:443/", "https://.", "https://127.0.0.1:443:443/",
    # ports that are nobody's platform
    "https://127.0.0.1:22/", "https://127.0.0.1:25/", "https://127.0.0.1:6379/", "https://127.0.0.1:11211/",
    "https://127.0.0.1:5432/", "https://127.0.0.1:0/", "https://127.0.0.1:65536/", "https://127.0.0.1:-1/",
    "https://127.0.0.1:0x1bb/", "https://127.0.0.1:４４３/", "https://moodle.example:22/",
    "https://moodle.example:80/", "http://moodle.example/", "http://127.0.0.1/", "http://127.0.0.1:80/",
    "http://127.0.0.1:443/", "http://[::1]/", "http://localhost:8443/", "HTTP://127.0.0.1/",
    # other schemes
    "file:///etc/passwd", "file://127.0.0.1/etc/passwd", "ftp://127.0.0.1/", "gopher://127.0.0.1:6379/_INFO",
    "dict://127.0.0.1:11211/stat", "ldap://127.0.0.1/", "ws://127.0.0.1/", "wss://127.0.0.1/", "data:,x",
    "javascript:alert(1)", "jar:https://127.0.0.1!/", "unix:/var/run/docker.sock", "http+unix://%2Fvar/x",
    "netdoc:///etc/passwd", "ssh://127.0.0.1/", "tftp://127.0.0.1/x", "view-source:https://127.0.0.1/",
)  # fmt: skip


def spellings(canary: int) -> list[str]:
    """All of them; `canary` is a port of this machine where somebody listens who must never be reached."""
    hosts = [*_IPV4.split(), *(f"[{address}]" for address in _IPV6.split()), *_NAMES]
    usual = [f"https://{host}/x" for host in hosts]
    second = [f"https://{host}:8443/x?y=1" for host in hosts]
    reached = [f"{scheme}://{host}:{canary}/x" for scheme in ("http", "https") for host in hosts[:24]]
    return [*usual, *second, *reached, *_TRICKS]


def sample(canary: int) -> list[str]:
    """A dozen of them, of every kind; the way to a door that stands open is among them."""
    hosts = ("127.0.0.1", "2130706433", "0177.1", "10.0.0.1", "169.254.169.254", "[::1]", "[::ffff:7f00:1]")
    usual = [f"https://{host}/x" for host in (*hosts, "localhost")]
    return [*usual, *(f"{scheme}://127.0.0.1:{canary}/x" for scheme in ("http", "https")), *_TRICKS[1:20:9]]


class Watch:
    """Writes down where this process connects to, at the interpreter itself: nothing of ours is replaced."""

    def __init__(self) -> None:
        self.connected: set[tuple[str, int]] = set()
        self._on = False
        sys.addaudithook(self._note)

    def _note(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._on and event == "socket.connect":
            address = arguments[1]
            self.connected.add((str(address[0]), int(address[1])) if isinstance(address, tuple) else ("?", 0))

    @contextmanager
    def on(self) -> Iterator[set[tuple[str, int]]]:
        """Begins with nothing written down."""
        self.connected.clear()
        self._on = True
        try:
            yield self.connected
        finally:
            self._on = False


@contextmanager
def canary() -> Iterator[socket.socket]:
    """Listens on a port of this machine; ask it with `was_reached`."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        listening.setblocking(False)
        yield listening


def was_reached(listening: socket.socket) -> bool:
    """Whether anybody connected."""
    try:
        listening.accept()[0].close()
    except BlockingIOError:
        return False
    return True
