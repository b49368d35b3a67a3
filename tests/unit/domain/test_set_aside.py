"""Records set aside: known again by their place and whole text, kept up to a bound."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain.quarantine import LONGEST_TEXT, SetAside, set_aside


def aside(text: bytes | None = b"{}", **changes: str) -> SetAside:
    told = {"code": "row_unreadable", "reason": "why", "subject": "7", "place": "7", **changes}
    return set_aside(text, **told)


def test_a_record_is_kept_as_it_came() -> None:
    one = aside(b'{"id": \xff}', record="post-1")
    assert (one.text, one.size, one.is_whole) == (b'{"id": \xff}', 8 + 1, True)
    assert (one.code, one.reason, one.subject, one.place, one.record) == (
        *("row_unreadable", "why", "7"),
        *("7", "post-1"),
    )


def test_a_long_text_is_cut_and_known_again_by_all_of_it() -> None:
    long = b"x" * LONGEST_TEXT
    assert aside(long).is_whole
    cut, other = aside(long + b"y"), aside(long + b"z")
    assert (cut.text, cut.size, cut.is_whole) == (long, LONGEST_TEXT + 1, False)
    assert cut.digest != other.digest


def test_the_same_is_known_again_whatever_is_said_of_it() -> None:
    assert aside(code="other", reason="said better", subject="8").digest == aside().digest
    assert aside(place="8").digest != aside().digest
    assert aside(b"[]").digest != aside().digest


def test_what_has_no_text_is_known_again_by_its_code_and_subject() -> None:
    nothing = aside(None)
    assert (nothing.text, nothing.size, nothing.is_whole) == (b"", 0, True)
    assert nothing.digest == replace(aside(None, reason="other"), reason="why").digest
    assert len({aside(None, code="a").digest, aside(None, subject="b").digest, nothing.digest}) == 3
    assert aside(b"row_unreadable 7").digest != nothing.digest


@pytest.mark.parametrize("text", ["\0", "\ud800"])
def test_no_sign_in_its_place_or_subject_makes_it_fail(text: str) -> None:
    assert aside(None, subject=text, place=text).digest


def test_no_trace_of_an_error_shows_the_text() -> None:
    assert "zhang" not in repr(aside(b"zhang"))
