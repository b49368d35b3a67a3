"""Which addresses are public."""

from __future__ import annotations

import pytest

from adapters.addresses import door, is_public
from lms_scoring.domain.errors import PlatformRefused


@pytest.mark.parametrize("address", ["1.1.1.1", "8.8.8.8", "2606:4700:4700::1111", "64:ff9b::808:808"])
def test_ordinary_addresses_are_public(address: str) -> None:
    assert is_public(address)


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1", "0.0.0.1",
        "192.0.0.8", "224.0.0.1", "255.255.255.255", "::1", "::", "fe80::1%eth0", "fc00::1", "ff02::1",
        "::ffff:127.0.0.1", "::127.0.0.1", "64:ff9b::7f00:1", "2002:7f00:1::",
        "2001:0:4136:e378:8000:63bf:80ff:fffe",
        "168.63.129.16", "64:ff9b:1::7f00:1", "::ffff:0:7f00:1", "fec0::1",
    ],
)  # fmt: skip
def test_private_reserved_and_disguised_addresses_are_not(address: str) -> None:
    assert not is_public(address)


@pytest.mark.parametrize("url", ["https://[::1", "https://moodle.example:443:443", "https:"])
def test_what_is_no_address_at_all_is_refused_like_any_other(url: str) -> None:
    with pytest.raises(PlatformRefused):
        door("moodle", ()).check_url(url)
