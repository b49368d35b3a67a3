"""Parts of the LTI adapter that need no network: Link headers, addresses, numbers, receipts, names."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.answers import Answer
from adapters.lti.links import next_link
from adapters.lti.origins import beneath, filtered, origin_of, path_of
from adapters.lti.payloads import exact
from adapters.lti.receipts import receipt_for, receipt_of
from lms_scoring.domain.errors import PlatformBusy, PlatformMisread, PlatformRefused
from lms_scoring.domain.gradebook import Reception
from lms_scoring.words import why_unsent

MOODLE = (
    "<https://m.example/l?type_id=1&amp;limit=1&amp;from=0>; rel=“first”, "
    "<https://m.example/l?type_id=1&amp;limit=1&amp;from=1>; rel=“next”, "
    "<https://m.example/l?type_id=1&amp;limit=1&amp;from=9>; rel=“last”"
)


@pytest.mark.parametrize(
    ("header", "target"),
    [
        ('<https://m.example/x?a=1&b=2>; rel="next"', "https://m.example/x?a=1&b=2"),
        ("<https://m.example/x>; rel=next", "https://m.example/x"),
        ("<https://m.example/x>;rel=next", "https://m.example/x"),
        ("</x>; rel='next'", "/x"),
        ('<https://m.example/X>; REL="NEXT"', "https://m.example/X"),
        ('<https://m.example/x>; title="a; rel=prev"; rel="last next"', "https://m.example/x"),
        ('<https://m.example/a,b>; rel="next"', "https://m.example/a,b"),
        ('<https://m.example/p>; rel="prev", <https://m.example/n>; rel="next"', "https://m.example/n"),
        (MOODLE, "https://m.example/l?type_id=1&limit=1&from=1"),
        (MOODLE.encode().decode("latin-1"), "https://m.example/l?type_id=1&limit=1&from=1"),
        ('<>; rel="next"', ""),
        ('<https://m.example/x>; rel="nextish"', None),
        ('<https://m.example/x>; rel="differences"', None),
        ('<https://m.example/x>; xrel="next"', None),
        ("<https://m.example/x>", None),
        ("rel=next", None),
        ("", None),
    ],
)
def test_the_next_page_is_found_however_it_is_written(header: str, target: str | None) -> None:
    assert next_link(header) == target


@given(st.text(max_size=200))
def test_no_header_is_too_odd_to_be_read(header: str) -> None:
    next_link(header)
    next_link(f"<{header}>; rel=next")


@pytest.mark.parametrize(
    ("url", "origin", "path"),
    [
        ("https://M.Example/a/b?c=d&e", "https://m.example", "/a/b?c=d&e"),
        ("https://m.example:443", "https://m.example", "/"),
        ("https://m.example:8443?x", "https://m.example:8443", "/?x"),
        ("http://127.0.0.1:80/a#frag", "http://127.0.0.1", "/a"),
        ("https://[::1]:8443/a;p", "https://[::1]:8443", "/a;p"),
    ],
)
def test_an_address_is_its_origin_and_its_path(url: str, origin: str, path: str) -> None:
    assert (origin_of(url, call="x"), path_of(url)) == (origin, path)


@pytest.mark.parametrize(
    "url",
    [
        "", "m.example", "//m.example/x", "ftp://m.example", "https://", "https:/m.example",
        "https:m.example",
        "https://user@m.example", "https://user:SECRET@m.example", "https://m.example\\@evil.example",
        "https://m.example\\.evil.example/", "https://m.example /x", "https://m.example/\nx", "https://[::1",
        "https://m.example:99999/", "https://m.example:x/", "https://@m.example/", "javascript:alert(1)",
    ],
)  # fmt: skip
def test_what_could_be_read_in_two_ways_is_no_address(url: str) -> None:
    with pytest.raises(PlatformRefused) as caught:
        origin_of(url, call="key set")
    assert "SECRET" not in str(caught.value)


def test_a_step_goes_to_the_path_and_a_filter_to_the_query() -> None:
    column = "https://m.example/2/lineitems/15/lineitem?type_id=1"
    assert beneath(column, "scores") == "https://m.example/2/lineitems/15/lineitem/scores?type_id=1"
    assert beneath("https://m.example/c/1/", "scores") == "https://m.example/c/1/scores"
    assert filtered(column, user_id="a&b=c") == column + "&user_id=a%26b%3Dc"
    assert filtered("https://m.example/c", tag="好") == "https://m.example/c?tag=%E5%A5%BD"


@pytest.mark.parametrize("number", ["1e999999999", "-1e99", "1e-999999999", "NaN", "Infinity", "-Infinity"])
def test_numbers_that_nobody_means_are_misread_before_they_fill_the_memory(number: str) -> None:
    with pytest.raises(PlatformMisread):
        exact(Decimal(number), platform="campus", call="results")


def test_other_numbers_are_exact() -> None:
    assert exact(Decimal("79.94666666666667"), platform="p", call="c") == Fraction("79.94666666666667")
    assert exact(Decimal("0"), platform="p", call="c") == 0
    assert exact(Decimal("1E+2"), platform="p", call="c") == 100


@pytest.mark.parametrize("status", [200, 201, 202, 204])
def test_every_success_is_one(status: int) -> None:
    assert receipt_of(Answer(status, {}, b"")).reception is Reception.ACCEPTED


@pytest.mark.parametrize(
    ("status", "reception", "words"),
    [
        (400, Reception.REFUSED, "no learner of the course"),
        (403, Reception.REFUSED, "locked"),
        (404, Reception.REFUSED, "no longer in the course"),
        (405, Reception.REFUSED, "HTTP 405"),
        (409, Reception.NEWER_THERE, "a teacher changed it"),
        (410, Reception.REFUSED, "gone from the course"),
        (422, Reception.REFUSED, "no longer in the course"),
        (401, Reception.LATER, "token"),
    ],
)
def test_every_refusal_says_in_words_what_it_means(status: int, reception: Reception, words: str) -> None:
    receipt = receipt_of(Answer(status, {}, b"[]"))
    assert receipt.reception is reception
    said = why_unsent(receipt.reason, "en")
    assert words in said
    assert f"HTTP {status}" in said


def test_a_web_page_with_200_is_no_success() -> None:
    assert receipt_of(Answer(200, {}, b"\n<!DOCTYPE html>log in")).reception is Reception.LATER


def test_an_overloaded_platform_says_when() -> None:
    receipt = receipt_for(PlatformBusy("campus", "score", "HTTP 429", wait=7))
    assert (receipt.reception, receipt.reason, receipt.wait) == (Reception.LATER, "HTTP 429", 7)
