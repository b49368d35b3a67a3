"""Addresses that come from outside."""

from __future__ import annotations

import pytest

from lms_scoring.domain.addresses import origin_of, web_address

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


def test_an_origin_is_scheme_host_and_port() -> None:
    assert origin_of("https://a.example:8443/x?y#z") == "https://a.example:8443"
