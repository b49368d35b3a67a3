"""The small parts of the Moodle adapter: durations, cursors, names, refusals."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from adapters.moodle.cursor import Cursor, digest, pack, read_cursor, unpack, write_cursor
from adapters.moodle.payloads.entries import Entry
from adapters.moodle.payloads.people import User
from adapters.moodle.payloads.rows import owner_of, rows_of
from adapters.moodle.refusals import Refusal, ends_everything, error_of
from adapters.moodle.roster import NameOrder, name_from_full, name_of, name_order
from lms_scoring.domain.errors import PlatformBusy, PlatformError, PlatformRefused, RecordRefused

REFUSALS = Path(__file__).parents[2] / "fixtures" / "moodle" / "refusals"


@given(st.dictionaries(st.integers(1, 10_000_000), st.integers(0, 500)))
def test_packed_ids_and_counts_come_back(counts: dict[int, int]) -> None:
    assert unpack(pack(counts)) == counts


def test_packed_ids_are_short() -> None:
    assert pack({3: 0, 4: 2, 9: 0}) == "3 1.2 5"
    assert len(pack(dict.fromkeys(range(1, 2_001), 0))) < 4_001


def test_a_cursor_comes_back_as_it_was() -> None:
    cursor = Cursor(settings="s", course=2, since=1, read=[17], topics={25: "1.3"}, late={17: [3]})
    assert read_cursor(write_cursor(cursor), settings="s", now=cursor.since) == cursor
    assert cursor.learner_ids() == frozenset()


def test_a_cursor_of_a_time_that_has_not_come_yet_is_none() -> None:
    text = write_cursor(Cursor(settings="s", course=2, since=101))
    assert read_cursor(text, settings="s", now=101) is not None
    assert read_cursor(text, settings="s", now=100) is None


@pytest.mark.parametrize("text", [None, "", "null", "[]", '{"v":1}', "{"])
def test_an_unreadable_cursor_is_none(text: str | None) -> None:
    assert read_cursor(text, settings="s", now=10**10) is None


def test_a_digest_tells_values_apart() -> None:
    assert digest([(1, None)]) == digest([(1, None)]) != digest([(1, 0)])


@pytest.mark.parametrize(
    ("first", "last", "name"),
    [("磊", "刘", "刘磊"), ("Aygül", "Memet", "Aygül Memet"), ("阿依古丽·买买提", "-", "阿依古丽·买买提")],
)
def test_names_are_built_from_their_parts(first: str, last: str, name: str) -> None:
    assert name_of(User(id=1, firstname=first, lastname=last, fullname="whatever")) == name


@pytest.mark.parametrize(
    ("rows", "order"),
    [
        ([("磊", "刘", "磊 刘"), ("涛", "黄", "涛 黄")], NameOrder.GIVEN_FIRST),
        ([("磊", "刘", "刘 磊")], NameOrder.FAMILY_FIRST),
        ([("磊", "刘", "刘 磊"), ("涛", "黄", "涛 黄")], NameOrder.UNKNOWN),
        ([("磊", "刘", "刘磊")], NameOrder.UNKNOWN),
        ([("明 明", "刘", "刘 明 明"), ("磊", "磊", "磊 磊"), ("涛", "黄", "涛 黄")], NameOrder.GIVEN_FIRST),
        ([], NameOrder.UNKNOWN),
    ],
)
def test_the_order_of_names_is_learnt_from_those_who_show_both_parts(
    rows: list[tuple[str, str, str]], order: NameOrder
) -> None:
    users = [User(id=1, firstname=first, lastname=last, fullname=full) for first, last, full in rows]
    assert name_order(users) is order


@pytest.mark.parametrize(
    ("full", "order", "name"),
    [
        ("超 胡", NameOrder.GIVEN_FIRST, "胡超"),
        ("胡 超", NameOrder.FAMILY_FIRST, "胡超"),
        ("胡 超", NameOrder.UNKNOWN, "胡 超"),
        ("Maria Anna Lopez", NameOrder.GIVEN_FIRST, "Maria Anna Lopez"),
        ("Memet Aygül", NameOrder.FAMILY_FIRST, "Aygül Memet"),
        ("", NameOrder.GIVEN_FIRST, ""),
    ],
)
def test_a_joined_name_is_taken_apart_only_where_that_is_sure(full: str, order: NameOrder, name: str) -> None:
    assert name_from_full(full, order) == name


RECORDED: list[tuple[str, type[PlatformError], str]] = [
    ("bad_token", PlatformRefused, "the token is unknown"),
    ("function_not_in_service", PlatformRefused, "external service"),
    ("function_unknown", PlatformRefused, "does not know the function"),
    ("maintenance_mode_db", PlatformBusy, "maintenance mode"),
    ("force_password_change", PlatformRefused, "change its password"),
    ("missing_capability_scorm", RecordRefused, "lacks a capability"),
    ("service_account_suspended", PlatformRefused, "is suspended"),
    ("unknown_course_contents", RecordRefused, "no such record"),
    ("missing_param", RecordRefused, "does not take the parameters"),
    ("debug_on_unknown_disc", RecordRefused, "Moodle refused"),
    ("submission_status_deleted", RecordRefused, "account was deleted"),
    ("submission_status_unenrolled", RecordRefused, "left the course"),
    ("assign_participant_suspended", RecordRefused, "enrolled"),
]


@pytest.mark.parametrize(("name", "kind", "text"), RECORDED)
def test_a_recorded_refusal_is_told_in_words(name: str, kind: type[PlatformError], text: str) -> None:
    error = recorded(name)
    assert isinstance(error, kind)
    assert text in str(error)
    assert str(error).startswith("campus: some_function: ")


def test_every_recorded_refusal_is_tried() -> None:
    assert {path.stem for path in REFUSALS.iterdir()} == {name for name, _, _ in RECORDED}


@pytest.mark.parametrize("name", [name for name, _, _ in RECORDED])
def test_only_what_concerns_the_account_or_site_ends_everything(name: str) -> None:
    ending = {"bad_token", "maintenance_mode_db", "force_password_change", "service_account_suspended"}
    assert ends_everything(recorded(name)) is (name in ending)


def test_moodles_own_message_is_not_passed_on() -> None:
    """It is in the account's language, and may name a person."""
    refusal = Refusal(exception="x", errorcode="wsaccessusersuspended", message="Refused for svc_evidence")
    assert "svc_evidence" not in str(error_of(refusal, platform="campus", call="f"))


def recorded(name: str) -> PlatformError:
    refusal = msgspec.json.decode((REFUSALS / f"{name}.json").read_bytes(), type=Refusal)
    return error_of(refusal, platform="campus", call="some_function")


def test_a_row_whose_text_is_broken_is_set_aside() -> None:
    raws = [
        msgspec.Raw(b'{"id": 1, "userid": 3, "timecreated": 1}'),
        msgspec.Raw(b'{"userid": 3, "id": "\xff"}'),
    ]
    rows = rows_of(raws, Entry)
    assert (len(rows.good), rows.bad) == (1, (b'{"userid": 3, "id": "\xff"}',))


@pytest.mark.parametrize(
    ("row", "owner"),
    [
        (b'{"userid": 3, "grade": "?"}', 3),
        (b'{"userid": "3", "grade": "?"}', 3),
        (b'{"id": "?", "author": {"id": 4}}', 4),
        (b'{"id": "?", "author": {"id": null}}', None),
        (b'{"userid": "?"}', None),
        (b'{"userid": "\xff"}', None),
        (b"[]", None),
    ],
)
def test_a_row_that_cannot_be_read_may_still_tell_whose_it_is(row: bytes, owner: int | None) -> None:
    assert owner_of(row) == owner
