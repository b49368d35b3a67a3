"""`score`, `scheme check` and `scheme show`: files in, cards and sentences out, no database."""

from __future__ import annotations

import csv
import io
import json
import os
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.files.evidence_file import evidence_lines
from tests import given
from tests.fixtures.courses.typed import surroundings, typed

SCHEMES = Path(__file__).parents[3] / "config" / "schemes"
MAIN, BANDS = str(SCHEMES / "longcheng-2024.toml"), str(SCHEMES / "prefecture-three-bands.toml")
AFTER = ("--as-of", "2024-12-20T00:00:00+08:00")


def lines(*records: ev.Record) -> bytes:
    return b"".join(evidence_lines(records))


def a_class() -> list[ev.Record]:
    """Li just under the mark, chen at the mark, zhao's homework unmarked, and the tutor of all three."""
    people = [ev.Person(id=one, name=f"=name of {one}") for one in ("li", "chen", "zhao", "wang")]
    records: list[ev.Record] = [*people, given.tutor()]
    for learner, minutes, grade in (("li", 749, "pass"), ("chen", 750, "pass"), ("zhao", 375, None)):
        mark = None if grade is None else ev.Grade(grade)
        records += [
            given.membership(learner),
            given.watch(f"w {learner}", minutes=minutes, person=learner),
            given.homework(f"h {learner}", mark, person=learner),
            given.journal(f"j {learner}", person=learner),
            *(given.topic(f"t {learner} {number}", person=learner) for number in range(4)),
        ]
    return records


@pytest.fixture
def file(tmp_path: Path) -> str:
    path = tmp_path / "evidence.jsonl"
    path.write_bytes(lines(*a_class()))
    return str(path)


def cards(text: str) -> dict[str, dict[str, Any]]:
    return {card["person"]: card for card in map(json.loads, text.splitlines())}


def test_score_writes_one_object_a_membership_in_order(file: str) -> None:
    done = typed("score", file, "--scheme", MAIN, *AFTER)
    assert (done.exit_code, done.stderr) == (0, "")
    told = cards(done.stdout)
    assert list(told) == ["chen", "li", "zhao", "wang"], "by role, class and person"
    assert told["li"] == {
        "person": "li",
        "role": "learner",
        "class": given.CLASS,
        "score": "79.95",
        "passed": False,
        "state": "fail",
        "band": None,
        "scheme": given.main_scheme().fingerprint,
        "criteria": {
            "study_time": {"points": "39.95", "max": "40.00", "state": "final"},
            "homework": {"points": "16.00", "max": "20.00", "state": "final"},
            "journal": {"points": "20.00", "max": "20.00", "state": "final"},
            "posts": {"points": "4.00", "max": "20.00", "state": "final"},
        },
    }
    assert (told["chen"]["score"], told["chen"]["state"], told["chen"]["passed"]) == ("80.00", "pass", True)
    assert told["zhao"]["criteria"]["homework"] == {"points": "10.00", "max": "20.00", "state": "pending"}
    assert (told["wang"]["role"], told["wang"]["state"]) == ("tutor", "fail")


def test_score_reads_standard_input(file: str) -> None:
    given_by_pipe = typed("score", "-", "--scheme", MAIN, *AFTER, given=Path(file).read_bytes())
    assert given_by_pipe.stdout == typed("score", file, "--scheme", MAIN, *AFTER).stdout


def test_score_as_of_a_time_in_the_window_is_in_progress(file: str) -> None:
    early = cards(typed("score", file, "--scheme", MAIN, "--as-of", "2024-10-25T10:00:00+08:00").stdout)
    assert {card["state"] for card in early.values()} == {"in_progress"}
    assert early["li"]["criteria"]["journal"]["points"] == "0.00", "handed in later"
    assert early["li"]["criteria"]["study_time"]["points"] == "32.00", "ten hours of watching so far"


def test_score_writes_a_file_that_is_whole_or_not_there(file: str, tmp_path: Path) -> None:
    output = tmp_path / "scores.ndjson"
    done = typed("score", file, "--scheme", MAIN, *AFTER, "--output", str(output))
    assert (done.exit_code, done.output) == (0, "")
    assert len(cards(output.read_text(encoding="utf-8"))) == 4
    assert {path.name for path in tmp_path.iterdir()} == {"evidence.jsonl", "scores.ndjson"}


def test_a_file_that_cannot_be_written_leaves_the_old_one(file: str, tmp_path: Path) -> None:
    folder = tmp_path / "results"
    folder.mkdir()
    output = folder / "scores.ndjson"
    output.write_text("yesterday's", encoding="utf-8")
    (folder / "scores.ndjson.part").mkdir()
    done = typed("score", file, "--scheme", MAIN, *AFTER, "--output", str(output))
    assert done.exit_code == 1
    assert "scores.ndjson.part cannot be used: Is a directory" in done.stderr
    assert output.read_text(encoding="utf-8") == "yesterday's"


def test_a_folder_that_is_not_there_is_told_by_its_name(file: str, tmp_path: Path) -> None:
    done = typed(
        "score", file, "--scheme", MAIN, *AFTER, "--output", str(tmp_path / "none" / "scores.ndjson")
    )
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.endswith(f"{tmp_path / 'none'} cannot be used: No such file or directory\n")


def test_a_pipe_is_written_to_and_not_replaced(file: str, tmp_path: Path) -> None:
    """As /dev/null is: with enough rights it would be gone for every program of the machine."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    reading = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        done = typed("score", file, "--scheme", MAIN, *AFTER, "--output", str(pipe))
        written = os.read(reading, 60_000)
    finally:
        os.close(reading)
    assert (done.exit_code, done.output) == (0, "")
    assert len(cards(written.decode())) == 4
    assert pipe.is_fifo()


def test_a_link_stays_and_the_file_it_leads_to_is_written(file: str, tmp_path: Path) -> None:
    (tmp_path / "results").mkdir()
    link = tmp_path / "latest.ndjson"
    link.symlink_to(tmp_path / "results" / "scores.ndjson")
    assert typed("score", file, "--scheme", MAIN, *AFTER, "--output", str(link)).exit_code == 0
    assert link.is_symlink()
    assert len(cards((tmp_path / "results" / "scores.ndjson").read_text(encoding="utf-8"))) == 4


def test_the_result_never_takes_the_place_of_the_evidence(file: str, tmp_path: Path) -> None:
    before = Path(file).read_bytes()
    (tmp_path / "link").symlink_to(file)
    for output in (file, str(tmp_path / "link")):
        done = typed("score", file, "--scheme", MAIN, *AFTER, "--output", output)
        assert done.exit_code == 2
        assert "is the evidence FILE itself; name another file" in done.stderr
    assert Path(file).read_bytes() == before


def test_score_as_csv_has_a_byte_order_mark_and_one_row_a_card(file: str) -> None:
    done = typed("score", file, "--scheme", MAIN, *AFTER, "--format", "csv")
    assert done.stdout_bytes.startswith(b"\xef\xbb\xbf")
    rows = {row["person"]: row for row in csv.DictReader(io.StringIO(done.stdout_bytes.decode("utf-8-sig")))}
    assert (rows["li"]["score"], rows["li"]["passed"], rows["li"]["study_time"]) == (
        "79.95",
        "false",
        "39.95",
    )
    assert (rows["wang"]["marking_state"], rows["wang"]["study_time"]) == ("pending", "")


def test_cells_that_a_spreadsheet_would_execute_are_made_harmless() -> None:
    evil: list[ev.Record] = [
        ev.Person(id="=cmd|' /C calc'!A0", name="x"),
        given.membership("=cmd|' /C calc'!A0", class_="+1+1"),
    ]
    done = typed("score", "-", "--scheme", MAIN, *AFTER, "--format", "csv", given=lines(*evil))
    (row,) = csv.DictReader(io.StringIO(done.stdout_bytes.decode("utf-8-sig")))
    assert (row["person"], row["class"]) == ("'=cmd|' /C calc'!A0", "'+1+1")


def test_score_as_a_table_shows_every_criterion(file: str) -> None:
    shown = typed("score", file, "--scheme", MAIN, *AFTER, "--format", "table").stdout
    learners, _, tutors = shown.partition("tutor\n")
    assert learners.split() == [
        *("learner", "person", "class", "score", "state", "passed"),
        *("study_time", "homework", "journal", "posts"),
        *["─" * len(word) for word in learners.split() if set(word) == {"─"}],
        *("chen", "class", "1", "80.00", "pass", "true", "40.00", "16.00", "20.00", "4.00"),
        *("li", "class", "1", "79.95", "fail", "false", "39.95", "16.00", "20.00", "4.00"),
        *("zhao", "class", "1", "54.00", "fail", "false", "20.00", "10.00", "20.00", "4.00"),
    ]
    assert {"wang", "marking", "discussion", "bulletins", "recommending"} <= set(tutors.split())


def test_a_table_never_shows_the_pass_mark_to_somebody_who_has_not_reached_it() -> None:
    nearly = [replace(one, end=one.end - 60) if isinstance(one, ev.Watch) else one for one in a_class()]
    done = typed("score", "-", "--scheme", MAIN, *AFTER, "--format", "table", given=lines(*nearly))
    (chen,) = (line for line in done.stdout.splitlines() if line.strip().startswith("chen"))
    assert "80.00 (just under)   fail" in chen


def test_score_names_the_band_of_a_scheme_with_bands(file: str) -> None:
    told = cards(typed("score", file, "--scheme", BANDS, *AFTER).stdout)
    assert {person: card["band"] for person, card in told.items()} == {
        "chen": "pass",
        "li": "pass",
        "zhao": "fail",
    }


def test_a_line_that_differs_from_an_earlier_one_is_reported_and_no_loss(file: str) -> None:
    both = lines(*a_class(), given.homework("h li", ev.Grade.EXCELLENT, person="li"))
    done = typed("score", "-", "--scheme", MAIN, *AFTER, given=both)
    assert done.exit_code == 0
    assert "of the same submission; this later line holds" in done.stderr
    assert cards(done.stdout)["li"]["state"] == "pass"


def test_what_refers_to_nothing_is_told_and_no_loss() -> None:
    """Told in the order of the lines, together with what cannot be used."""
    work, criterion = (
        given.recommendation("r", "nothing", by="wang"),
        given.decided(ev.Action.EXEMPT, "posst"),
    )
    done = typed("score", "-", "--scheme", MAIN, *AFTER, given=lines(*a_class(), work, criterion))
    first, second = done.stderr.splitlines()
    assert first.startswith("line 30: recommends a submission that is not in this file")
    assert second.startswith("line 31: decides about a criterion that its person's card does not have")
    assert done.exit_code == 0
    assert len(cards(done.stdout)) == 4
    broken = lines(*a_class(), work) + b"{\n" + lines(criterion)
    mixed = typed("score", "-", "--scheme", MAIN, *AFTER, given=broken)
    assert [line[:8] for line in mixed.stderr.splitlines()] == ["line 30:", "line 31:", "line 32:"]
    assert (mixed.exit_code, mixed.stdout) == (1, done.stdout)


@pytest.mark.parametrize("format_", ["ndjson", "csv", "table"])
def test_a_file_that_scores_nobody_says_so_and_is_no_loss(format_: str) -> None:
    options = ("--scheme", MAIN, *AFTER, "--format", format_)
    empty = typed("score", "-", *options, given=b"")
    assert (empty.exit_code, "this file is empty" in empty.stderr) == (0, True)
    nobody = typed("score", "-", *options, given=lines(ev.Person(id="li", name="li")))
    assert (nobody.exit_code, "no membership is in this file" in nobody.stderr) == (0, True)


@pytest.mark.parametrize("file", ["longcheng-2024", "prefecture-three-bands"])
def test_the_schemes_that_come_with_the_program_are_right(file: str) -> None:
    done = typed("scheme", "check", str(SCHEMES / f"{file}.toml"))
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"fingerprint {given.shipped(file).scheme.fingerprint[:12]}" in done.stdout
    assert "worked examples come out as promised" in done.stdout


def test_a_scheme_is_shown_in_plain_chinese_and_english() -> None:
    chinese = typed("scheme", "show", MAIN).stdout
    english = typed("scheme", "show", MAIN, "--lang", "en").stdout
    assert "考核时间：2024年10月25日至2024年12月15日（含首尾两日" in chinese
    assert "学员：满分 100 分，80 分及以上合格。" in chinese
    assert "辅导教师：满分 100 分，60 分及以上合格。" in chinese
    assert "Window: 25 Oct 2024 to 15 Dec 2024, both days included, Asia/Shanghai." in english
    assert "Tutors: 100 points, passed from 60 on." in english
    for text in (chinese, english):
        assert given.main_scheme().fingerprint in text
        assert "750" in text
        assert len(text.splitlines()) > 12


def test_a_scheme_is_shown_in_the_language_of_the_settings(tmp_path: Path) -> None:
    english = typed("scheme", "show", MAIN, "--lang", "en").stdout
    with surroundings({"LMS_SCORING_LANGUAGE": "en"}, tmp_path):
        assert typed("scheme", "show", MAIN).stdout == english
        assert typed("scheme", "show", MAIN, "--lang", "zh").stdout != english


def test_a_scheme_with_bands_shows_them() -> None:
    assert "60 分起为合格，80 分起为良好，90 分起为优秀" in typed("scheme", "show", BANDS).stdout
    assert "Excellent from 90" in typed("scheme", "show", BANDS, "--lang", "en").stdout


def test_a_scheme_that_comes_with_the_program_is_called_by_its_name(file: str, tmp_path: Path) -> None:
    """As in a course file; in any folder, and whatever file of that name is there."""
    by_path = typed("score", file, "--scheme", MAIN, *AFTER).stdout
    shown = typed("scheme", "show", MAIN).stdout
    (tmp_path / "longcheng-2024").write_text("nonsense", encoding="utf-8")
    with surroundings({}, tmp_path):
        assert typed("score", file, "--scheme", "longcheng-2024", *AFTER).stdout == by_path
        assert typed("scheme", "show", "longcheng-2024").stdout == shown
        checked = typed("scheme", "check", "longcheng-2024").stdout
    assert checked.startswith("longcheng-2024: right; 12 worked examples")


def test_a_scheme_may_come_out_of_a_pipe(file: str) -> None:
    """As a shell gives one: `--scheme <(…)`."""
    by_path = typed("score", file, "--scheme", MAIN, *AFTER).stdout
    reading, writing = os.pipe()
    with os.fdopen(writing, "wb") as pipe:
        pipe.write(Path(MAIN).read_bytes())
    try:
        done = typed("score", file, "--scheme", f"/dev/fd/{reading}", *AFTER)
    finally:
        os.close(reading)
    assert (done.exit_code, done.stdout) == (0, by_path)


def test_a_path_is_that_of_a_file_and_leads_to_no_scheme_of_ours(tmp_path: Path) -> None:
    """Nor to another file whose name goes on with `.toml`."""
    own = tmp_path / "mine"
    own.write_text(Path(BANDS).read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "mine.toml").write_text("nonsense", encoding="utf-8")
    assert typed("scheme", "show", str(own)).stdout == typed("scheme", "show", BANDS).stdout
    with surroundings({}, tmp_path):
        for called in ("../schemes/longcheng-2024", MAIN.removesuffix(".toml"), str(tmp_path)):
            done = typed("scheme", "show", called)
            assert (done.exit_code, done.stdout) == (1, "")
            assert f" nor a file {called}" in done.stderr


@pytest.mark.parametrize("words", [("score", "-", "--scheme"), ("scheme", "check"), ("scheme", "show")])
@pytest.mark.parametrize(
    ("called", "near"),
    [
        ("longchen-2024", "; did you mean 'longcheng-2024'?"),
        ("schemes/longchen-2024.toml", "; did you mean 'longcheng-2024'?"),
        ("mine.toml", ""),
    ],
)
def test_a_scheme_that_is_not_there_is_told_with_those_there_are_and_the_nearest(
    tmp_path: Path, words: tuple[str, ...], called: str, near: str
) -> None:
    with surroundings({}, tmp_path):
        done = typed(*words, called)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == (
        f"lms-scoring: the scheme {called!r} is neither one that comes with the program (longcheng-2024, "
        f"prefecture-three-bands) nor a file {called}{near}\n"
    )


def test_scoring_needs_no_settings(file: str, tmp_path: Path) -> None:
    with surroundings({"LMS_SCORING_LANGUAGE": "nonsense"}, tmp_path):
        assert typed("score", file, "--scheme", MAIN, *AFTER).exit_code == 0
        assert typed("scheme", "check", MAIN).exit_code == 0
    assert {path.name for path in tmp_path.iterdir()} == {"evidence.jsonl"}
