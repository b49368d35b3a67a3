"""Which network addresses a platform may be reached at: public ones, and those the operator listed."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lms_scoring.domain.addresses import origin_of
from lms_scoring.domain.errors import PlatformRefused, PlatformUnreachable
from lms_scoring.domain.failure import Instead

Addresses = tuple[tuple[socket.AddressFamily, str], ...]
LookUp = Callable[[str, int], Addresses]
"""Asks for the addresses of a host; raises OSError where it has none."""

_SECURE_PORTS = (443, 8443)
_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_COMPATIBLE = ipaddress.ip_network("::/96")
_PROTOCOL_ASSIGNMENTS = ipaddress.ip_network("192.0.0.0/24")
_NEVER_PUBLIC = (
    _PROTOCOL_ASSIGNMENTS,
    ipaddress.ip_network("168.63.129.16/32"),  # a cloud's own services, seen from its machines only
    ipaddress.ip_network("64:ff9b:1::/48"),  # NAT64 of one's own network, RFC 8215
    ipaddress.ip_network("::ffff:0:0:0/96"),  # IPv4-translated, RFC 2765
    ipaddress.ip_network("fec0::/10"),  # site-local, RFC 3879
)


def look_up(host: str, port: int) -> Addresses:
    """What the machine's own resolver says. It may take long, and cannot be told how long."""
    found = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
    return tuple(dict.fromkeys((family, str(address[0])) for family, _, _, _, address in found))


@dataclass(frozen=True, slots=True, kw_only=True)
class Door:
    """The address rule of one platform: https on a usual port to public addresses, or what is listed.

    `allowed` holds hosts or `host:port` pairs that the operator vouches for; those may be private, on
    any port, and on plain http. An administrator types base URLs, so a URL alone is never trusted.
    """

    platform: str
    allowed: frozenset[str]
    find: LookUp = field(default=look_up, repr=False, compare=False)

    def addresses(self, host: str, port: int) -> Addresses:
        """The addresses to connect to. Raises PlatformUnreachable, PlatformRefused.

        The name is resolved once and the connection made to what was checked: a name that resolves to
        something else a moment later (DNS rebinding) gains nothing.
        """
        found = self._resolved(host, port)
        if not self.lists(host, port):
            for _, address in found:
                self._refuse_unless_public(host, address)
        return found

    def check_url(self, url: str) -> None:
        """Refuses other schemes, credentials in the URL, and plain http or odd ports unless listed."""
        try:
            parts = urlsplit(url)
        except ValueError as error:  # half an IPv6 address
            raise self._refused("the base URL is no address; correct it in the settings") from error
        if parts.username is not None or parts.password is not None or parts.query or parts.fragment:
            raise self._refused("the base URL must carry no user name, password, query or fragment")
        origin = origin_of(url)
        if origin is None:
            raise self._refused("the base URL must begin with https:// and name a host")
        if (origin.scheme == "https" and origin.port in _SECURE_PORTS) or self.lists(
            origin.host, origin.port
        ):
            return
        raise self._refused(
            f"{origin.host}:{origin.port} is not https on port 443 or 8443; list the host in "
            "LMS_SCORING_ALLOWED_PRIVATE_HOSTS if this is meant"
        )

    def lists(self, host: str, port: int) -> bool:
        """Whether the operator vouches for this host or this port of it."""
        host = host.lower().strip("[]")
        return bool(self.allowed & {host, f"{host}:{port}", f"[{host}]", f"[{host}]:{port}"})

    def _resolved(self, host: str, port: int) -> Addresses:
        try:
            return self.find(host, port)
        except (OSError, UnicodeError) as error:
            raise PlatformUnreachable(
                self.platform,
                host,
                "the host name is not known; check the base URL and the network's DNS",
                instead=Instead.NO_HOST,
            ) from error

    def _refuse_unless_public(self, host: str, address: str) -> None:
        if not is_public(address):
            raise PlatformRefused(
                self.platform,
                host,
                "its address is private or reserved; list the host in LMS_SCORING_ALLOWED_PRIVATE_HOSTS "
                "if the platform is on your own network",
                instead=Instead.NOT_ASKED,
            )

    def _refused(self, reason: str) -> PlatformRefused:
        return PlatformRefused(self.platform, "base URL", reason, instead=Instead.NOT_ASKED)


def door(platform: str, allowed: Collection[str], *, find: LookUp = look_up) -> Door:
    """The address rule with the operator's list in lower case."""
    listed = frozenset(entry.strip().lower() for entry in allowed)
    return Door(platform=platform, allowed=listed, find=find)


def is_public(address: str) -> bool:
    """Whether an address is public, also after unwrapping an IPv4 address hidden in an IPv6 one.

    `is_global` alone calls 224.0.0.1, 192.0.0.8, 64:ff9b::7f00:1, 2002:7f00:1:: and ::127.0.0.1 global.
    """
    parsed = ipaddress.ip_address(address.partition("%")[0])
    hidden = _hidden_in(parsed) if isinstance(parsed, ipaddress.IPv6Address) else (parsed,)
    return all(_plainly_public(part) for part in (parsed, *hidden))


def _hidden_in(address: ipaddress.IPv6Address) -> tuple[ipaddress.IPv4Address, ...]:
    hidden = [address.ipv4_mapped, address.sixtofour, *(address.teredo or ())]
    if address in _NAT64 or address in _COMPATIBLE:
        hidden.append(ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF))
    return tuple(part for part in hidden if part is not None)


def _plainly_public(address: ipaddress.IPv4Address | ipaddress.IPv6Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address.ipv4_mapped is not None:
        return True  # judged by the address inside
    inside = any(address in network for network in _NEVER_PUBLIC)
    return address.is_global and not address.is_multicast and not inside
