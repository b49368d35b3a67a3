"""Files of statements: read block by block, a bad line refused by its number, nothing read in vain."""

from __future__ import annotations

import gzip
import json
import os
from codecs import BOM_UTF8
from collections.abc import Callable
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import pytest

from adapters.xapi.files import XapiFiles
from lms_scoring.domain.errors import PlatformRefused
from lms_scoring.ports import ProblemKind
from tests.fixtures.xapi.reading import Pulled, pulled
from tests.fixtures.xapi.statements import numbered

Seen = TypeVar("Seen")


def lines(*statements: dict[str, Any] | bytes) -> bytes:
    return b"".join(
        (each if isinstance(each, bytes) else json.dumps(each).encode()) + b"\n" for each in statements
    )


def read(*paths: Path, cursor: str | None = None, full: bool = False) -> Pulled:
    return pulled(XapiFiles(name="files", paths=paths).pull(cursor, full=full))


def test_plain_and_packed_files_of_a_folder_are_read_and_others_are_not(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(numbered(1), numbered(2)))
    (tmp_path / "deeper").mkdir()
    (tmp_path / "deeper" / "b.jsonl.gz").write_bytes(gzip.compress(lines(numbered(3))))
    (tmp_path / "notes.txt").write_bytes(b"not a statement")
    assert len(read(tmp_path).ids) == 3


def test_a_bad_line_is_refused_with_its_number_and_bytes(tmp_path: Path) -> None:
    bad = b'{"id":"x","actor":{}'
    path = tmp_path / "a.jsonl"
    path.write_bytes(lines(numbered(1), b"", bad, b"  ", numbered(2, timestamp="soon"), numbered(3)))
    told = read(path)
    assert len(told.ids) == 2
    assert [(problem.code, problem.text.partition(":")[0], problem.raw) for problem in told.problems] == [
        ("not_json", "a.jsonl, line 3", bad),
        ("time_unreadable", "a.jsonl, line 5", json.dumps(numbered(2, timestamp="soon")).encode()),
    ]


def test_lines_of_two_statements_are_refused_and_not_miscounted(tmp_path: Path) -> None:
    one = json.dumps(numbered(1)).encode()
    (tmp_path / "a.jsonl").write_bytes(lines(one + b"," + one, numbered(2), numbered(3, verb=...)))
    told = read(tmp_path)
    assert len(told.ids) == 1
    places = [problem.text.partition(":")[0] for problem in told.problems]
    assert places == ["a.jsonl, line 1", "a.jsonl, line 3"]


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b""])
def test_a_byte_order_mark_and_any_line_end_are_fine(tmp_path: Path, end: bytes) -> None:
    (tmp_path / "a.jsonl").write_bytes(BOM_UTF8 + json.dumps(numbered(1)).encode() + end)
    told = read(tmp_path)
    assert (len(told.ids), told.problems) == (1, [])


def test_many_lines_come_in_blocks_of_a_thousand(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(*(numbered(number) for number in range(2_500))))
    batches = list(XapiFiles(name="files", paths=[tmp_path]).pull(None, full=False))
    assert [len(batch.events) for batch in batches] == [1_000, 1_000, 500, 0]
    assert [batch.done for batch in batches] == [1_000, 2_000, 2_500, 2_500]
    assert [batch.cursor is None for batch in batches] == [True, True, True, False]


def test_a_line_too_long_to_be_a_statement_is_skipped_without_being_held(tmp_path: Path) -> None:
    long = b'{"id":"' + b"x" * (9 * 1024 * 1024) + b'"}'
    (tmp_path / "a.jsonl").write_bytes(lines(numbered(1), long, numbered(2), long))
    told = read(tmp_path)
    assert len(told.ids) == 2
    assert [(problem.code, problem.subject) for problem in told.problems] == [
        ("line_too_long", "a.jsonl, line 2"),
        ("line_too_long", "a.jsonl, line 4"),
    ]


def test_files_that_did_not_change_are_not_read_again_unless_asked(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(numbered(1)))
    (tmp_path / "b.jsonl").write_bytes(lines(numbered(2)))
    cursor = read(tmp_path).cursor
    assert read(tmp_path, cursor=cursor).ids == set()
    assert len(read(tmp_path, cursor=cursor, full=True).ids) == 2
    (tmp_path / "b.jsonl").write_bytes(lines(numbered(2), numbered(3)))
    assert len(read(tmp_path, cursor=cursor).ids) == 2
    assert len(read(tmp_path, cursor="of another kind").ids) == 3


def test_files_that_an_older_program_read_are_read_again(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(numbered(1)))
    cursor = read(tmp_path).cursor
    assert cursor is not None
    assert len(read(tmp_path, cursor=cursor.replace('"format":2', '"texts":true')).ids) == 1


def cut_after(whole: int) -> bytes:
    """So many whole lines, and one that breaks off."""
    return lines(*(numbered(number) for number in range(whole))) + json.dumps(numbered(whole)).encode()[:-9]


CUT = {
    "in the middle of a text": lines(numbered(0)) + b'{"id":"\xe5\xbc',
    "in the middle of an object": cut_after(1),
    "in the middle of a number": lines(numbered(0)) + b'{"version":1.',
}


@pytest.mark.parametrize("broken", CUT.values(), ids=CUT)
def test_a_last_line_that_is_only_begun_cuts_the_pull_short_and_is_no_record(
    tmp_path: Path, broken: bytes
) -> None:
    (tmp_path / "a.jsonl").write_bytes(broken)
    (tmp_path / "b.jsonl").write_bytes(lines(numbered(3)))
    batches = list(XapiFiles(name="files", paths=[tmp_path]).pull(None, full=True))
    told = pulled(batches)
    assert told.ids == {numbered(0)["id"], numbered(3)["id"]}
    assert any(batch.cut_short for batch in batches)
    (problem,) = told.problems
    assert (problem.kind, problem.code, problem.subject) == (ProblemKind.LOST, "file_unreadable", "a.jsonl")
    assert problem.text.startswith("a.jsonl, line 2: from here on it could not be read (EOFError)")
    (tmp_path / "a.jsonl").write_bytes(lines(numbered(0), numbered(1)))
    again = read(tmp_path, cursor=told.cursor)
    assert (again.ids, again.problems) == ({numbered(0)["id"], numbered(1)["id"]}, [])


@pytest.mark.parametrize("last", [b"no JSON at all", b"{}}", b"   "])
def test_a_last_line_without_an_end_is_cut_off_only_where_it_is_begun(tmp_path: Path, last: bytes) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(numbered(0)) + last)
    batches = list(XapiFiles(name="files", paths=[tmp_path]).pull(None, full=True))
    assert not any(batch.cut_short for batch in batches)
    assert pulled(batches).codes == ["not_json"] * bool(last.strip())


def test_of_a_packed_file_that_breaks_off_every_whole_line_is_read(tmp_path: Path) -> None:
    whole = lines(*(numbered(number) for number in range(3_500)))
    packed = gzip.compress(whole)
    (tmp_path / "a.jsonl.gz").write_bytes(packed[: len(packed) // 2])
    batches = list(XapiFiles(name="files", paths=[tmp_path]).pull(None, full=True))
    told = pulled(batches)
    (problem,) = told.problems
    assert problem.text.startswith(f"a.jsonl.gz, line {len(told.ids) + 1}: from here on")
    assert len(told.ids) % 1_000 > 0, "the lines of the block that was begun are read too"
    assert [batch.cut_short for batch in batches[-2:]] == [True, False]


@pytest.mark.parametrize("broken", [gzip.compress(lines(numbered(1), numbered(2)))[:-20], b"no gzip at all"])
def test_a_file_that_breaks_off_is_lost_others_are_read_and_it_is_tried_again(
    tmp_path: Path, broken: bytes
) -> None:
    (tmp_path / "a.jsonl.gz").write_bytes(broken)
    (tmp_path / "b.jsonl").write_bytes(lines(numbered(3)))
    told = read(tmp_path)
    assert numbered(3)["id"] in told.ids
    assert [(problem.kind, problem.code) for problem in told.problems] == [
        (ProblemKind.LOST, "file_unreadable")
    ]
    again = read(tmp_path, cursor=told.cursor)
    assert (again.codes, numbered(3)["id"] in again.ids) == (["file_unreadable"], False)


def cut_short(*paths: Path, cursor: str | None = None, full: bool = False) -> tuple[list[str], str | None]:
    """What is told, by codes, and the cursor, of a pull that was cut short."""
    batches = list(XapiFiles(name="files", paths=paths).pull(cursor, full=full))
    told = pulled(batches)
    assert any(batch.cut_short for batch in batches) is bool(told.problems)
    assert all(problem.kind is ProblemKind.LOST for problem in told.problems)
    return told.codes, told.cursor


@pytest.mark.parametrize("full", [False, True])
def test_a_folder_without_any_file_is_no_whole_reading(tmp_path: Path, full: bool) -> None:
    """It looks like a share that is not mounted."""
    share = tmp_path / "share"
    share.mkdir()
    (share / "notes.txt").write_bytes(b"mount it here")
    assert cut_short(share, full=full) == (["folder_without_files"], None)
    (share / "a.jsonl").write_bytes(lines(numbered(1)))
    codes, cursor = cut_short(share, full=full)
    assert (codes, cursor is None) == ([], False)
    (share / "a.jsonl").unlink()
    assert cut_short(share, cursor=cursor, full=full) == (["folder_without_files"], None)


def test_where_all_that_was_read_is_gone_the_rest_is_read_and_the_cursor_stays(tmp_path: Path) -> None:
    share, other = tmp_path / "share", tmp_path / "other"
    for folder in (share, other):
        (folder / "deeper").mkdir(parents=True)
        for name in ("a.jsonl", "deeper/b.jsonl"):
            (folder / name).write_bytes(lines(numbered(1)))
    cursor = read(share, other).cursor
    (share / "a.jsonl").unlink()
    assert cut_short(share, other, cursor=cursor)[0] == [], "one file may go"
    (share / "deeper" / "b.jsonl").rename(share / "c.jsonl")
    (other / "d.jsonl").write_bytes(lines(numbered(2)))
    told = read(share, other, cursor=cursor)
    assert (told.codes, told.cursor) == (["folder_without_files"], None)
    assert "none of the 2 files" in told.problems[0].text
    assert told.problems[0].subject == str(share)
    assert told.ids == {numbered(1)["id"], numbered(2)["id"]}
    assert cut_short(share, other, full=True)[0] == [], "somebody looked, and said so"


def as_nobody(look: Callable[[], Seen]) -> Seen:
    """What is seen by who owns nothing: whoever may do everything is not kept out by any mode."""
    if os.geteuid() != 0:
        return look()
    os.seteuid(65_534)
    try:
        return look()
    finally:
        os.seteuid(0)


@pytest.mark.parametrize("mode", [0o000, 0o300])
def test_a_folder_that_cannot_be_listed_is_told_and_the_others_are_read(
    mode: int,
) -> None:
    with TemporaryDirectory() as place:
        top = Path(place)
        top.chmod(0o755)
        (top / "shut").mkdir()
        (top / "shut" / "a.jsonl").write_bytes(lines(numbered(1)))
        (top / "b.jsonl").write_bytes(lines(numbered(2)))
        cursor = read(top).cursor
        (top / "shut").chmod(mode)
        told = as_nobody(lambda: cut_short(top, cursor=cursor))
        alone = as_nobody(lambda: cut_short(top / "shut", full=True))
        (top / "shut").chmod(0o700)
    assert told == alone == (["folder_unreadable"], None)


def test_a_file_that_may_not_even_be_looked_at_is_lost() -> None:
    with TemporaryDirectory() as place:
        top = Path(place)
        (top / "a.jsonl").write_bytes(lines(numbered(1)))
        top.chmod(0o744)
        codes, _ = as_nobody(lambda: cut_short(top, full=True))
        with pytest.raises(PlatformRefused, match="may not be looked at"):
            as_nobody(lambda: read(top / "a.jsonl"))
        top.chmod(0o700)
    assert codes == ["file_unreadable"]


def test_a_name_that_is_no_unicode_is_read_and_known_again(tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path / "a") + b"\xff.jsonl"))
    path.write_bytes(lines(numbered(1), b"{}}"))
    told = read(tmp_path)
    assert [problem.subject for problem in told.problems] == ["a\\xff.jsonl, line 2"]
    assert read(tmp_path, cursor=told.cursor).batches == 1


def test_a_path_that_does_not_exist_is_said_before_anything_is_read(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(lines(numbered(1)))
    source = XapiFiles(name="files", paths=[tmp_path, tmp_path / "gone"])
    with pytest.raises(PlatformRefused, match="no such file or folder"):
        next(source.pull(None, full=False))
