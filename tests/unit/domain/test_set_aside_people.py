"""Whom a record that was set aside names: by exact identity, and never by a guess."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from lms_scoring.domain.identity import KnownPerson, sha1_of
from lms_scoring.domain.set_aside_people import Named, Origin, Part, named_in, part_in, without
from lms_scoring.domain.statements import VideoVerb, WatchEvent
from tests import given

MOODLE = Origin(source="moodle", home="https://moodle.example.edu")
LRS = Origin(source="lrs")
LI = frozenset({"person:moodle-12", "account:https://moodle.example.edu|12", "mbox:li@school.example"})


def text(told: object) -> bytes:
    return json.dumps(told).encode()


def part(told: bytes, *, origin: Origin = MOODLE, has_its_id: bool = False) -> Part:
    return part_in(told, origin, accounts=LI, name="李老师", has_its_id=has_its_id)


THEIRS: list[dict[str, Any]] = [
    {"id": 5, "userid": 12},
    {"id": 5, "userid": "12"},
    {"id": 5, "author": {"id": 12}},
    {"id": 12, "fullname": "Li"},
    {"id": None, "email": "Li@School.example"},
    {"actor": {"account": {"homePage": "https://MOODLE.example.edu/", "name": 12}}},
    {"actor": {"mbox": "mailto:LI@school.example"}, "verb": 5},
    {"kind": "person", "id": "7", "accounts": [{"mbox": "li@school.example"}]},
    {"kind": "membership", "person": "12"},
]
OTHERS: list[dict[str, Any]] = [
    {"id": 12, "userid": 120},
    {"id": 12, "userid": 13, "users": 12, "message": "12 asks li@school.example"},
    {"id": 12, "userid": 13, "email": "zhao@school.example", "username": "12", "fullname": "李老师"},
    {"actor": {"account": {"homePage": "https://other.example.edu", "name": "12"}}},
]
NAMING: list[dict[str, Any]] = [
    {"id": 5, "userid": 13, "grader": 12},
    {"id": 5, "userid": 13, "attempts": [{"author": {"id": 12, "fullname": "李"}}]},
    {"actor": {"openid": "urn:zhao"}, "context": {"instructor": {"mbox": "mailto:li@school.example"}}},
    {"actor": {"mbox_sha1sum": "00ff"}, "object": {"definition": {"email": "li@school.example"}}},
]  # fmt: skip


@pytest.mark.parametrize("told", THEIRS)
def test_a_record_is_theirs_by_the_identity_that_it_bears(told: dict[str, Any]) -> None:
    assert part(text(told)) is Part.OWNER


@pytest.mark.parametrize("told", OTHERS)
def test_the_same_words_elsewhere_make_no_record_theirs(told: dict[str, Any]) -> None:
    assert part(text(told)) is Part.NONE


@pytest.mark.parametrize("told", NAMING)
def test_whoever_is_named_in_anothers_record_does_not_own_it_and_can_be_taken_out(
    told: dict[str, Any],
) -> None:
    assert part(text(told)) is Part.NAMED
    left = without(text(told), LI, MOODLE)
    assert part(left) is Part.NONE
    assert json.loads(left).keys() == told.keys()
    before, after = named_in(text(told), MOODLE), named_in(left, MOODLE)
    assert before is not None and after is not None
    assert after.whose == before.whose


@pytest.mark.parametrize(
    "told",
    [
        b'{"userid": 12',
        b'{"userid": 13, "userid": 12}',
        b'["12"]',
        b"7;12;li@school.example",
        "7;李老师".encode(),
        text({"id": 12, "userid": True}),
        text({"id": 12, "userid": " "}),
        text({"id": 12, "author": 12}),
        text({"actor": {"member": [{"mbox": "mailto:li@school.example"}]}}),
        text({"actor": "12"}),
        text({"actor": {"account": {"homePage": "https://[", "name": "12"}}}),
        text({"actor": {"account": {"homePage": 1, "name": "12"}}}),
        b"[" * 100_000 + b'"12"',
    ],
)
def test_what_cannot_be_read_is_for_a_person_to_look_at_where_it_has_their_words(told: bytes) -> None:
    assert named_in(told, MOODLE) is None
    assert part(told) is Part.UNCLEAR


def test_what_cannot_be_read_and_has_none_of_their_words_is_not_theirs() -> None:
    assert part(b'{"userid": 120') is Part.NONE
    assert part(b"xli@school.example") is Part.NONE
    assert part(b"") is Part.NONE
    assert part_in(b"anything", MOODLE, accounts=frozenset({"mbox:"}), name="") is Part.NONE


def test_what_cannot_be_read_and_has_the_id_of_one_of_theirs_is_theirs() -> None:
    assert part(b"{", has_its_id=True) is Part.OWNER
    assert part(text({"userid": 13}), has_its_id=True) is Part.NONE


def test_a_user_has_names_at_the_home_of_the_source_alone() -> None:
    row = text({"id": 5, "userid": 9, "username": "li", "idnumber": 3})
    here, elsewhere = named_in(row, MOODLE), named_in(row, LRS)
    assert here is not None and elsewhere is not None
    assert "account:https://moodle.example.edu|li" in here.whose
    assert elsewhere.whose == {"person:lrs-9", "account:urn:roster:lrs|9"}


def test_who_is_known_by_the_digest_of_an_address_alone_is_found_by_the_address() -> None:
    known = frozenset({sha1_of("li@school.example")})
    for told in ({"actor": {"mbox": "mailto:Li@school.example"}}, {"id": 1, "email": "li@school.example"}):
        assert part_in(text(told), LRS, accounts=known, name="") is Part.OWNER


def test_our_own_records_are_read_as_they_were_printed() -> None:
    person = KnownPerson(id="moodle-12", name="o'Li", accounts=('account:x|"12"', "mbox:li@x"))
    named = named_in(repr(person).encode(), MOODLE)
    assert named == Named(
        whose=frozenset({"person:moodle-12", 'account:x|"12"', "mbox:li@x"}), others=frozenset({"o'Li"})
    )
    event = WatchEvent(1, "e", "mbox:li@x", "https://v", None, 2, VideoVerb.PLAYED, 0, None, None, None)
    told = named_in(repr(event).encode(), LRS)
    assert told is not None
    assert told.whose == {"mbox:li@x"}


def test_a_marker_is_taken_out_of_our_own_record() -> None:
    work = repr(replace(given.homework(), graded_by="mbox:li@school.example")).encode()
    assert part(work) is Part.NAMED
    left = without(work, LI, MOODLE)
    assert part(left) is Part.NONE
    assert named_in(left, MOODLE) is not None


def test_what_only_begins_like_one_of_ours_is_none() -> None:
    assert named_in(b"Post(1)", MOODLE) is None
    told = named_in(rb"Post(person='\x')", MOODLE)
    assert told is not None
    assert told.whose == {r"'\x'"}
