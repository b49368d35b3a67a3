"""A sync says where people are called by numbers of which nobody said who gives them."""

from __future__ import annotations

from adapters.numbers_not_given import numbers_not_given
from lms_scoring.domain.identity import NameKind

PEOPLE = [
    {NameKind.USERNAME: "20240007", NameKind.IDNUMBER: ""},
    {NameKind.USERNAME: "20240008", NameKind.IDNUMBER: "LC8"},
    {NameKind.USERNAME: "57"},
]


def test_it_counts_them_and_says_what_to_set() -> None:
    (told,) = numbers_not_given(PEOPLE, [], at="moodle")
    assert (told.kind, told.code) == ("notice", "numbers_not_given")
    assert "the username of 2 people at moodle is a number" in told.text
    assert "moodle.username to LMS_SCORING_GIVEN_NUMBERS" in told.text
    assert "2024" not in told.text


def test_it_says_nothing_of_numbers_that_are_given_and_of_names() -> None:
    assert not list(numbers_not_given(PEOPLE, [NameKind.USERNAME], at="moodle"))
    assert not list(numbers_not_given([{NameKind.USERNAME: "li", NameKind.IDNUMBER: "57"}], [], at="moodle"))
