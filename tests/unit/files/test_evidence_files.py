"""Evidence files: every broken line is reported with its number, and nothing else is lost."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.files.evidence_file import EvidenceFile, Remark, evidence_lines, in_order, read_evidence

FIXTURES = Path(__file__).parents[2] / "fixtures" / "evidence"
ONE_OF_EACH = (FIXTURES / "one_of_each_kind.jsonl").read_bytes().splitlines(keepends=True)
LINES: dict[str, dict[str, Any]] = {fields["kind"]: fields for fields in map(json.loads, ONE_OF_EACH)}

REQUIRED = {
    "person": "id name",
    "membership": "id person role class status",
    "watch": "id person activity start end",
    "reported_time": "id person activity seconds started_at ended_at",
    "submission": "id person task activity attempt state submitted_at opens_at due_at grade",
    "post": "id person forum parent created_at state bulletin",
    "recommendation": "id submission by at",
    "unknown": "id person activity reason",
    "decision": "id person target action by at reason",
}
"""The fields a line of each kind must have: the format as it is promised."""
MAY_BE_NULL = {
    ("membership", "class"),
    ("submission", "opens_at"),
    ("submission", "due_at"),
    ("submission", "grade"),
    ("post", "parent"),
}
OPTIONAL = {
    "watch": "segments",
    "submission": "points max_points graded_at graded_by characters due_basis",
    "unknown": "about",
    "decision": "points",
}


def required_fields() -> list[tuple[str, str]]:
    return [(kind, name) for kind, names in REQUIRED.items() for name in names.split()]


def optional_fields() -> list[tuple[str, str]]:
    always = [(kind, name) for kind in REQUIRED for name in ("source", "gone_at")]
    return always + [(kind, name) for kind, names in OPTIONAL.items() for name in names.split()]


def read(*lines: bytes | dict[str, Any]) -> EvidenceFile:
    return read_evidence(line if isinstance(line, bytes) else json.dumps(line).encode() for line in lines)


def told(file: EvidenceFile) -> list[str]:
    return [str(remark) for remark in file.remarks]


def person(id_: str = "p1", name: str = "Li Na") -> dict[str, Any]:
    return {"kind": "person", "id": id_, "name": name}


def post(id_: str = "o1", person: str = "p1", **more: Any) -> dict[str, Any]:
    return {**LINES["post"], "id": id_, "person": person, **more}


def lost(*lines: bytes | dict[str, Any]) -> str:
    """What is said of the only line that cannot be used, when it stands between two good ones."""
    file = read(person(), *lines, person("p2"))
    assert [record.id for record in file.records] == ["p1", "p2"]
    (remark,) = file.remarks
    assert remark.lost
    assert remark.line == 2
    return remark.text


def test_the_file_of_one_line_of_each_kind_reads_without_remarks() -> None:
    file = read_evidence(ONE_OF_EACH)
    assert told(file) == []
    assert [ev.KIND_OF[type(record)] for record in file.records] == list(ev.KINDS)


def test_the_fixture_shows_every_field_of_the_format() -> None:
    for kind, name in required_fields() + optional_fields():
        assert name in LINES[kind], (kind, name)


def test_what_is_written_is_read_again_as_the_same() -> None:
    file = read_evidence(ONE_OF_EACH)
    assert read_evidence(evidence_lines(file.records)) == file


@pytest.mark.parametrize(("kind", "name"), required_fields())
def test_a_missing_field_is_reported_with_its_line(kind: str, name: str) -> None:
    line = {key: value for key, value in LINES[kind].items() if key != name}
    assert f"{kind}: {name}: is missing" in lost(line)


@pytest.mark.parametrize(("kind", "name"), required_fields())
def test_a_null_is_reported_unless_it_may_be_one(kind: str, name: str) -> None:
    line = {**LINES[kind], name: None}
    if (kind, name) in MAY_BE_NULL:
        assert told(read(person(), line)) == []
    else:
        assert f"{name}: m" in lost(line)


@pytest.mark.parametrize(("kind", "name"), required_fields() + optional_fields())
def test_a_value_of_the_wrong_type_is_reported(kind: str, name: str) -> None:
    for wrong in (["x"], {"x": 1}, -1.5):
        assert f"{kind}: {name}: " in lost({**LINES[kind], name: wrong})


@pytest.mark.parametrize(("kind", "name"), optional_fields())
def test_an_optional_field_may_be_missing_or_null(kind: str, name: str) -> None:
    line = {**LINES[kind], name: None}
    absent = {key: value for key, value in LINES[kind].items() if key != name}
    if (kind, name) == ("decision", "points"):
        line, absent = ({**one, "action": "exempt"} for one in (line, absent))
    people = [] if kind == "person" else [person()]
    assert told(read(*people, line)) == []
    assert read(*people, line) == read(*people, absent)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (b"{", "is not JSON (Expecting property name enclosed in double quotes at character 2)"),
        (b"person p1", "is not JSON"),
        (b"{'kind': 'person'}", "is not JSON"),
        (b'{"kind":"person"} {"kind":"person"}', "is not JSON"),
        (b"[]", "is not a JSON object"),
        (b"3", "is not a JSON object"),
        (b'"person"', "is not a JSON object"),
        (b"null", "is not a JSON object"),
        (b"{}", "kind: is missing"),
        (b'{"kind":null}', "kind: is missing"),
        (b'{"kind":["person"]}', "kind: must be a text"),
        (b'{"kind":"quiz","id":"q"}', "unknown kind 'quiz'"),
        (b'{"kind":"Person","id":"q"}', "unknown kind 'Person'"),
        (b'{"kind":"' + b"q" * 5_000 + b'"}', f"unknown kind '{'q' * 40}':"),
        (b'{"kind":"\\u001b[31m"}', r"unknown kind '\x1b[31m'"),
        (b'{"kind":"person","id":"x","name":"n",}', "is not JSON"),
        (b'{"kind":"person","id":"x","name":"a\tb"}', "is not JSON"),
        (b'{"kind":"person","id":"x"}\r{"kind":"person"}', "is not JSON"),
        (b'{"kind":"person","id":"x","name":"\xed\xa0\x80"}', "is not UTF-8"),
        (b'{"kind":"person","id":7,"name":"n"}', "id: must be a text"),
        (b'{"kind":"person","id":7.5,"name":"n"}', "id: must be a text"),
        (b'{"kind":"person","id":"","name":"n"}', "id: must not be empty"),
        ("\u3000".encode(), "is not JSON"),
        (b"\xff\xfe{\x00}\x00", "is not UTF-8"),
        ('{"kind":"person","id":"x","name":"é"}'.encode("latin-1"), "is not UTF-8"),
        (b'{"kind":"person","id":"x","name":"\\ud800"}', "name: must be valid Unicode"),
        (b'{"kind":"person","id":"\\udc00","name":"n"}', "id: must be valid Unicode"),
        (b'{"kind":"person","id":' + b"[" * 99_999 + b"]" * 99_999 + b',"name":"n"}', "nested too deeply"),
    ],
)
def test_a_line_that_is_no_record_is_reported_and_the_rest_kept(line: bytes, said: str) -> None:
    assert said in lost(line)


@pytest.mark.parametrize(
    "number",
    [b"NaN", b"Infinity", b"-Infinity", b"1e999999999999999999999", b"1" * 5_000, b"1e400", b"-1", b"1e-999"],
)
def test_a_number_beyond_all_measure_is_reported(number: bytes) -> None:
    line = json.dumps({**LINES["reported_time"], "seconds": "@"}).encode().replace(b'"@"', number)
    assert "reported_time: seconds: must" in lost(line)
    attempt = json.dumps({**LINES["submission"], "attempt": "@"}).encode().replace(b'"@"', number)
    assert "submission: attempt: must" in lost(attempt)


@pytest.mark.parametrize("number", [b"NaN", b"1e999999999999999999999", b"1" * 5_000])
def test_a_strange_number_in_a_field_nobody_knows_is_ignored(number: bytes) -> None:
    assert told(read(b'{"kind":"person","id":"x","name":"n","extra":' + number + b"}")) == []


@pytest.mark.parametrize("number", [b"600", b"600.0", b"6e2", b'"600"', b'"600.000"', b'"1200/2"'])
def test_seconds_may_be_written_in_several_ways(number: bytes) -> None:
    line = json.dumps({**LINES["reported_time"], "seconds": "@"}).encode().replace(b'"@"', number)
    (_, record) = read(person(), line).records
    assert isinstance(record, ev.ReportedTime)
    assert record.duration == 600_000


@pytest.mark.parametrize("number", [b"2.5", b"2.0", b"2e0", b'"2"', b"true"])
def test_an_attempt_that_is_no_whole_number_is_reported(number: bytes) -> None:
    line = json.dumps({**LINES["submission"], "attempt": "@"}).encode().replace(b'"@"', number)
    assert "submission: attempt: must be a whole number" in lost(line)


@pytest.mark.parametrize(
    "time",
    [
        *(1730426400, 1730426400.5, "1730426400", "tomorrow", "", "10:00+08:00", "2024-02-30T10:00:00Z"),
        *("2024-11-01T10:00:00+24:00", "2024-11-01T10:00:61Z", "2024-11-01T10:00:00+08:00[Asia/Shanghai]"),
        *("0001-01-01T00:00:00Z", "9999-01-01T00:00:00Z", "2024-11-01T10:00:00\u221208:00"),
    ],
)
def test_what_is_no_time_is_reported_in_plain_words(time: object) -> None:
    text = lost({**LINES["watch"], "start": time})
    assert text.startswith("cannot be used: watch: start: must ")
    assert "timedelta" not in text


@pytest.mark.parametrize(
    "time", ["2024-11-01T02:00:00Z", "2024-11-01 10+08", "20241101T100000+0800", "2024-10-31T20:00:00-06:00"]
)
def test_every_way_to_write_an_offset_is_the_same_time(time: str) -> None:
    (_, one) = read(person(), {**LINES["post"], "created_at": time}).records
    (_, other) = read(person(), {**LINES["post"], "created_at": "2024-11-01T10:00:00+08:00"}).records
    assert one == other


def test_a_line_of_many_megabytes_is_read_or_reported_like_any_other() -> None:
    long = b"x" * 20_000_000
    assert "is not JSON" in lost(long)
    assert "is not JSON" in lost(b'{"kind":"person","id":"x","name":"' + long)
    extra = b'{"kind":"person","id":"x","name":"n","extra":"' + long + b'"}'
    assert told(read(extra)) == []


def test_lines_end_with_a_line_feed_and_nothing_else() -> None:
    """Python would split text at these too; within a JSON text they are letters."""
    (record,) = read(b'{"kind":"person","id":"x","name":"a\xe2\x80\xa8\xc2\x85b"}\n').records
    assert isinstance(record, ev.Person)
    assert record.name == "a\u2028\x85b"


def test_each_record_knows_its_line() -> None:
    file = read(person(), b"", post(), b"{", person("p2"), post(state="deleted"))
    assert [(number, record.id) for number, record in zip(file.lines, file.records, strict=True)] == [
        (1, "p1"),
        (6, "o1"),
        (5, "p2"),
    ]


def test_of_a_key_given_twice_the_last_holds() -> None:
    (record,) = read(b'{"kind":"person","id":"x","id":"y","name":"n"}').records
    assert record.id == "y"


def test_a_time_without_offset_is_reported() -> None:
    assert "start: time without offset" in lost({**LINES["watch"], "start": "2024-11-01T10:00:00"})


def test_an_end_before_the_start_is_reported() -> None:
    assert "end lies before start" in lost({**LINES["watch"], "end": "2024-10-01T10:00:00Z"})
    over = {**LINES["reported_time"], "ended_at": "2024-10-01T10:00:00Z"}
    assert "ended_at lies before started_at" in lost(over)


@pytest.mark.parametrize(("action", "target"), [("exempt", "post:o1"), ("void", "homework")])
def test_a_decision_that_cannot_be_done_to_its_target_is_reported(action: str, target: str) -> None:
    assert f"action: {action} cannot be done" in lost(
        {**LINES["decision"], "action": action, "target": target}
    )


@pytest.mark.parametrize("kind", [kind for kind, names in REQUIRED.items() if "person" in names.split()])
def test_a_record_of_a_person_without_record_is_reported(kind: str) -> None:
    assert "no person record" in lost({**LINES[kind], "person": "nobody"})


def test_a_person_may_come_after_what_they_did() -> None:
    file = read(post(), person())
    assert told(file) == []
    assert len(file.records) == 2


def test_a_person_whose_only_line_is_broken_has_no_record() -> None:
    file = read({"kind": "person", "id": "p1"}, post())
    assert file.records == ()
    assert [remark.line for remark in file.remarks] == [1, 2]


def test_of_two_lines_with_the_same_kind_and_id_the_later_holds_and_the_difference_is_reported() -> None:
    file = read(person(), post(state="live"), post(state="deleted"))
    assert told(file) == ["line 3: differs from line 2 of the same post; this later line holds"]
    assert not file.remarks[0].lost
    (_, kept) = file.records
    assert isinstance(kept, ev.Post)
    assert kept.state is ev.PostState.DELETED


def test_a_difference_is_told_from_the_line_that_held_before() -> None:
    file = read(person(), post(state="live"), post(state="deleted"), post(state="private"))
    assert [remark.text[:19] for remark in file.remarks] == ["differs from line 2", "differs from line 3"]


def test_an_identical_repeat_is_no_difference() -> None:
    file = read(person(), post(), post(), {**post(), "unknown_field": 1}, person())
    assert told(file) == []
    assert len(file.records) == 2


def test_the_same_id_of_another_kind_is_another_record() -> None:
    file = read(person("same"), post("same", "same"))
    assert told(file) == []
    assert len(file.records) == 2


def test_an_earlier_record_stays_when_a_later_line_of_the_same_id_is_broken() -> None:
    file = read(person(), post(), {**post(), "state": "vanished"}, person(), b'{"kind":"person","id":"p1"}')
    assert [remark.line for remark in file.remarks] == [3, 5]
    assert [record.id for record in file.records] == ["p1", "o1"]


def test_an_earlier_record_stays_when_the_later_one_is_of_nobody() -> None:
    file = read(person(), post(), post(person="nobody"))
    (told_of,) = told(file)
    assert told_of.startswith("line 3: cannot be used: its person has no person record in this file; add ")
    (_, kept) = file.records
    assert isinstance(kept, ev.Post)
    assert kept.person == "p1"


@pytest.mark.parametrize("empty", [b"", b"\n", b"\r\n", b"  \t \n", b"\xef\xbb\xbf", b"\xef\xbb\xbf\r\n"])
def test_empty_lines_are_ignored_and_counted(empty: bytes) -> None:
    file = read(empty, person(), empty, b"{")
    assert [remark.line for remark in file.remarks] == [4]
    assert len(file.records) == 1


def test_a_byte_order_mark_is_ignored() -> None:
    assert told(read(b"\xef\xbb\xbf" + json.dumps(person()).encode())) == []


def test_windows_line_ends_are_ignored() -> None:
    assert told(read(json.dumps(person()).encode() + b"\r\n")) == []


def test_remarks_come_in_the_order_of_the_lines() -> None:
    file = read(post(person="nobody"), b"{", person(), person(name="other"), b"[")
    assert [remark.line for remark in file.remarks] == [1, 2, 4, 5]


def test_an_empty_file_is_no_evidence_and_no_mistake() -> None:
    assert read() == EvidenceFile(records=(), remarks=())


def test_what_is_said_of_the_whole_file_comes_first() -> None:
    whole, line = (Remark(line=number, text="x", lost=False) for number in (None, 1))
    assert in_order([line, whole]) == (whole, line)
    assert [str(whole), str(line)] == ["x", "line 1: x"]


def test_lines_are_utf_8_with_their_own_letters_and_one_a_record() -> None:
    (line,) = evidence_lines([ev.Person(id="1", name="张\n伟")])
    assert line == '{"kind":"person","id":"1","name":"张\\n伟"}\n'.encode()


def test_a_remark_carries_no_name() -> None:
    broken = {**person(name="Li Na"), "id": 7}
    assert "Li Na" not in lost(broken)
