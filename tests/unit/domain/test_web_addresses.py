"""Addresses that come from outside."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lms_scoring.domain.addresses import origin_of, origins_of, web_address

BROKEN = (
    "",
    "http://[::1",
    "https://a.example:x/",
    "https://a.example:70000/",
    "https://a.example:0/",
    "javascript:alert(1)",
    "https://a.example;frame-ancestors *",
    "https://a.example;b/",
    "https://somebody@a.example/",
    "https://a.example@b.example/",
    "//a.example/return",
    "/return",
    "https:///return",
    "https://例.example/",
    "https://a.example/\n",
    "https://a.example/\x7f",
    "https://a.example\\b.example/",
    "https://a.example/'x",
    "ftp://a.example/",
    "data:text/html,x",
)


@pytest.mark.parametrize("url", BROKEN)
def test_what_could_be_read_in_two_ways_is_no_address(url: str) -> None:
    assert web_address(url) is None


@pytest.mark.parametrize("url", ["https://a.example", "http://127.0.0.1:8000/x?y=1", "https://[::1]:8443/"])
def test_a_plain_address_has_parts(url: str) -> None:
    parts = web_address(url)
    assert parts is not None
    assert parts.geturl() == url


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("https://a.example:8443/x?y#z", "https://a.example:8443"),
        ("HTTPS://A.Example:443/", "https://a.example"),
        ("http://a.example:80", "http://a.example"),
        ("http://a.example:443", "http://a.example:443"),
        ("https://培训.example/", "https://xn--2js261j.example"),
        ("https://[0:0:0:0:0:0:0:1]:8443/", "https://[::1]:8443"),
        ("http://[::1]:80", "http://[::1]"),
        ("https://a.example:0", "https://a.example:0"),
    ],
)
def test_an_origin_is_scheme_host_and_port_as_browsers_write_them(url: str, origin: str) -> None:
    assert str(origin_of(url)) == origin


NOWHERE = (
    "",
    "a.example",
    "//a.example/",
    "ftp://a.example/",
    "https:///x",
    "https://:443/",
    "http://[::1",
    "https://[v1.x]/",
    "https://[127.0.0.1]/",
    "https://a.example:x/",
    "https://a.example:70000/",
    "https://b@a.example/",
    "https://a.example\\b/",
    "https://a.example/ x",
    "https://a.example/\x7f",
    "https://a.example;frame-src/",
    f"https://{'例' * 70}.example/",
)


@pytest.mark.parametrize("url", NOWHERE)
def test_what_two_readers_could_take_for_two_hosts_leads_nowhere(url: str) -> None:
    assert origin_of(url) is None


def test_origins_are_named_once_and_what_leads_nowhere_is_left_out() -> None:
    assert origins_of("https://b.example/x", "https://a.example", "", "https://B.example:443/y") == (
        "https://a.example",
        "https://b.example",
    )
    assert origins_of() == ()


_LABELS = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,10}[a-z0-9])?", fullmatch=True).filter(
    lambda label: not label.startswith("xn--")
)
_NAMES = st.lists(_LABELS, min_size=1, max_size=4).map(".".join)
_SIXES = st.ip_addresses(v=6).map(lambda address: f"[{address.exploded}]")


@given(
    scheme=st.sampled_from(["http", "https"]),
    host=_NAMES | st.ip_addresses(v=4).map(str) | _SIXES,
    port=st.none() | st.integers(0, 65_535),
    path=st.text("abc/?#=&%", max_size=12),
)
def test_however_an_address_is_spelled_its_origin_is_one(
    scheme: str, host: str, port: int | None, path: str
) -> None:
    usual = 443 if scheme == "https" else 80
    end = "" if port is None else f":{port}"
    plain = origin_of(f"{scheme}://{host}{end}")
    assert plain is not None
    assert (plain.scheme, plain.port) == (scheme, usual if port is None else port)
    assert origin_of(f"{scheme.upper()}://{host.upper()}{end}/{path}") == plain
    assert origin_of(str(plain)) == plain
    assert origin_of(f"{scheme}://{host}:{plain.port}/{path}") == plain
    other = "http" if scheme == "https" else "https"
    assert origin_of(f"{other}://{host}{end}") != plain


@given(st.text(max_size=30) | st.text("https://[]:@.\\ a1%", max_size=30).map(lambda text: f"https://{text}"))
def test_whatever_is_given_has_an_origin_that_reads_the_same_or_none(text: str) -> None:
    found = origin_of(text)
    if found is not None:
        assert origin_of(str(found)) == found
        assert str(found).isascii()
