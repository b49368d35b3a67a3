"""What is stored of a record: a body without what stands in columns, and a hash of its content."""

from __future__ import annotations

import json

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import MalformedEvidence
from lms_scoring.domain.evidence_json import content_hash
from lms_scoring.store.rows import RecordRow, written
from lms_scoring.store.rows import row_of as row_of_written
from tests.contract.story import FORUM, HOMEWORK, homework, member, post, user


def row_of(record: ev.Record) -> RecordRow:
    """The row of a record, by way of its fields."""
    return row_of_written(written(record))


def test_columns_hold_whose_where_when_and_in_what_state() -> None:
    handed_in = row_of(homework("h1"))
    assert (handed_in.kind, handed_in.record, handed_in.owner) == ("submission", "h1", user(1))
    assert (handed_in.activity, handed_in.state, handed_in.at) == (HOMEWORK, "submitted", 2_000)
    topic = row_of(post("p1"))
    assert (topic.activity, topic.state, topic.at) == (FORUM, "live", 1_000)
    membership = row_of(member(1))
    assert (membership.activity, membership.state, membership.at) == (None, "active", None)


def test_an_instant_of_zero_is_an_instant() -> None:
    assert row_of(post("p1", created_at=0)).at == 0


def test_the_body_repeats_nothing_that_is_a_column() -> None:
    body = json.loads(row_of(post("p1")).body)
    assert body == {
        "forum": FORUM,
        "parent": None,
        "created_at": "1970-01-01T00:00:01+00:00",
        "state": "live",
        "bulletin": False,
    }


def test_chinese_stays_readable_in_the_body() -> None:
    assert "班级" in row_of(member(1, class_="班级")).body


@pytest.mark.parametrize("record", [post("p1"), homework("h1"), member(1, class_="班级")])
def test_the_hash_is_that_of_the_content(record: ev.Record) -> None:
    assert written(record).hash.hex() == content_hash(record)


@pytest.mark.parametrize("unusable", [post("p1", created_at=None), post("p1", forum="\ud800"), post("")])
def test_what_could_not_be_read_again_is_malformed(unusable: ev.Post) -> None:
    with pytest.raises(MalformedEvidence):
        row_of(unusable)
