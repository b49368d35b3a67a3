"""`board`, `explain`, `export-evidence`, `course check` and `course apply` on a synced course."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shutil
import stat
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

import openpyxl
import pytest

from lms_scoring.files.course_file import parse_course
from lms_scoring.files.scheme_file import read_scheme
from lms_scoring.ports import Hold
from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.spoiling import spoil_one_of
from tests.fixtures.courses.typed import surroundings, typed

COURSE = "lc2024"
SHIPPED = Path(str(files("config.courses")))


@pytest.fixture
def edited(here: Site, tmp_path: Path) -> Iterator[Path]:
    """The course's file, in a folder where it may be edited."""
    folder = tmp_path / "courses"
    folder.mkdir()
    file = folder / "lc2024.toml"
    shutil.copy(SHIPPED / "lc2024.toml", file)
    shutil.copytree(SHIPPED.parent / "schemes", folder / "schemes")
    with surroundings({**here.settings, "LMS_SCORING_COURSES": str(folder)}, tmp_path):
        yield file


def test_the_board_is_a_table_for_each_class_and_role(here: Site) -> None:
    shown = typed("board", COURSE).stdout
    headings = [line for line in shown.splitlines() if " · " in line]
    assert headings == ["一班 · learners", "一班 · tutors", "二班 · tutors"]
    (li,) = (line.split() for line in shown.splitlines() if line.split()[:1] == ["moodle-3"])
    assert (li[1], li[-3:]) == ("刘磊", ["✓?", "pass,", "provisionally"]), "a case is open"
    order = [line.split()[0] for line in shown.splitlines() if line.strip().startswith("moodle-")]
    assert order[:10] == [f"moodle-{number}" for number in range(3, 13)], "9 comes before 10"


def test_the_board_speaks_the_language_of_the_settings(here: Site) -> None:
    with surroundings({**here.settings, "LMS_SCORING_LANGUAGE": "zh"}, here.folder):
        shown = typed("board", COURSE).stdout
    assert "一班 · 学员" in shown
    assert "✓ 合格" in shown


def test_the_board_of_one_class_has_that_class_only(here: Site) -> None:
    told = [
        json.loads(line)
        for line in typed("board", COURSE, "--class", "二班", "--format", "json").stdout.splitlines()
    ]
    assert [(card["person"], card["role"]) for card in told] == [("moodle-64", "tutor")]


def test_the_board_as_csv_opens_in_a_spreadsheet(here: Site) -> None:
    told = typed("board", COURSE, "--format", "csv").stdout_bytes
    assert told.startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO(told.decode("utf-8-sig"))))
    assert len(rows) == 12
    assert {row["role"] for row in rows} == {"learner", "tutor"}
    assert {row["status"] for row in rows} == {"active"}
    assert next(row["name"] for row in rows if row["person"] == "moodle-3") == "刘磊"


def test_the_board_as_a_workbook_has_names_and_goes_to_a_file(here: Site, tmp_path: Path) -> None:
    output = tmp_path / "board.xlsx"
    assert typed("board", COURSE, "--format", "xlsx", "--output", str(output)).exit_code == 0
    sheet = openpyxl.load_workbook(output).active
    groups, head, *lines = ([cell.value for cell in line] for line in sheet)
    assert groups[0] == "people"
    assert head[:5] == ["person", "name", "role", "class", "status"]
    assert ["moodle-3", "刘磊", "learner", "一班", "active"] in [line[:5] for line in lines]


def test_the_board_as_json_goes_to_a_file_when_asked(here: Site, tmp_path: Path) -> None:
    output = tmp_path / "board.ndjson"
    before = os.umask(0)
    done = typed("board", COURSE, "--format", "json", "--output", str(output))
    os.umask(before)
    assert done.output == ""
    assert output.read_text(encoding="utf-8") == typed("board", COURSE, "--format", "json").stdout
    assert stat.S_IMODE(output.stat().st_mode) == 0o600
    output.chmod(0o640)
    typed("board", COURSE, "--format", "json", "--output", str(output))
    assert stat.S_IMODE(output.stat().st_mode) == 0o640


@pytest.mark.parametrize(
    "name", ["moodle-10", "tea008", "LC240008", "tea008@lc.example", "TEA008@lc.example"]
)
def test_a_person_is_explained_by_id_username_number_or_address(here: Site, name: str) -> None:
    done = typed("explain", COURSE, name)
    assert done.exit_code == 0
    assert done.stdout.startswith("陈晓燕 (moodle-10) · learner · 一班: ")


def test_an_explanation_opens_every_point_to_its_evidence(here: Site) -> None:
    told = typed("explain", COURSE, "moodle-7", "--lang", "en").stdout
    assert "Homework: 0.00 / 20 · to be checked" in told, "a case is open about it"
    assert re.search(r"课程作业 hand-in \S*assign-1-7-0 · 0\.00 · late", told)
    assert "2024-12-04T20:05" in told, "in the programme's zone"
    assert len(re.findall(r" post \S*post-\d+ · ", told)) == 5
    assert "Study time: 10." in told
    watched = [line for line in told.splitlines() if " watching " in line]
    assert watched
    assert all(" min · " in line for line in watched)


def test_an_explanation_tells_advice_as_advice(here: Site) -> None:
    told = typed("explain", COURSE, "moodle-63", "--lang", "en").stdout
    assert re.search(r"^  recommended: 0 \(advised \d\)$", told, re.M)
    assert re.search(r"^  share recommended: 0\.00 % \(advised 5 %\)$", told, re.M)
    told = typed("explain", COURSE, "moodle-7", "--lang", "zh").stdout
    assert "\n\n建议（不计分）\n  建议每天在线学习不少于半小时。\n" in told


def test_an_explanation_in_chinese(here: Site) -> None:
    told = typed("explain", COURSE, "moodle-7", "--lang", "zh").stdout
    assert "课程作业: 0.00 / 20 · 待核查" in told
    assert "逾期提交" in told


def test_what_could_not_be_read_is_marked_in_the_explanation(here: Site) -> None:
    typed("sync", "lc2024-scorm")
    told = typed("explain", "lc2024-scorm", "moodle-6", "--lang", "en").stdout
    (line,) = (line for line in told.splitlines() if line.strip().startswith("?"))
    assert "it exists but cannot be read; not taken for nothing" in line
    assert " · 0.00 · " not in line
    assert "the platform counts an attempt and gives nothing of it" in line
    chinese = typed("explain", "lc2024-scorm", "moodle-6", "--lang", "zh").stdout
    (line,) = (line for line in chinese.splitlines() if line.strip().startswith("?"))
    assert "存在但无法读取，不按零计" in line
    assert "平台统计到学习尝试，却没有给出内容" in line
    assert re.search(r"^Study time: at least \d+\.\d\d / 40 · 1 record could not be read$", told, re.M)
    assert re.search(r"· 一班: at least \d+\.\d\d / 100 · ", told)


def test_what_could_not_be_read_is_marked_on_the_board(here: Site) -> None:
    typed("sync", "lc2024-scorm")
    told = typed("board", "lc2024-scorm").stdout
    (line,) = (line for line in told.splitlines() if "moodle-6 " in line)
    assert line.count("≥ ") == 2
    assert told.count("≥ at least: records could not be read and are not taken for 0") == 1
    assert "≥" not in typed("board", COURSE).stdout


def test_exported_evidence_is_one_object_a_line(here: Site, tmp_path: Path) -> None:
    output = tmp_path / "evidence.jsonl"
    typed("export-evidence", COURSE, "--output", str(output))
    kinds = [json.loads(line)["kind"] for line in output.read_bytes().splitlines()]
    assert {"person", "membership", "watch", "submission", "post"} <= set(kinds)
    assert kinds.count("person") == 12


@pytest.mark.parametrize("file", ["lc2024", "lc2024-scorm"])
def test_the_course_files_that_come_with_the_program_are_right(file: str) -> None:
    done = typed("course", "check", str(SHIPPED / f"{file}.toml"))
    assert done.exit_code == 0
    assert f"right; course {file}, scheme longcheng-2024, sources moodle" in done.stdout


def test_an_edited_course_file_changes_nothing_until_it_is_applied(here: Site, edited: Path) -> None:
    before = typed("board", COURSE, "--format", "json").stdout
    edited.write_text(edited.read_text(encoding="utf-8").replace('["25"]', '["26"]'), encoding="utf-8")
    done = typed("sync", COURSE)
    assert "its file was edited; that changes nothing until `lms-scoring course apply lc2024`" in done.stderr
    assert typed("board", COURSE, "--format", "json").stdout == before


def test_applying_shows_who_would_flip_and_asks(here: Site, edited: Path) -> None:
    before = typed("board", COURSE, "--format", "json").stdout
    edited.write_text(edited.read_text(encoding="utf-8").replace('["25"]', '["26"]'), encoding="utf-8")
    asked = typed("course", "apply", COURSE, given="n\n")
    assert asked.exit_code == 1
    assert "moodle-10 (learner): pass 94.00 -> pass" not in asked.stdout, "who passes all the same is no flip"
    assert typed("board", COURSE, "--format", "json").stdout == before
    assert "Adopt? [y/N]: n" in asked.stdout


def test_applying_what_is_adopted_already_asks_nothing(here: Site, edited: Path) -> None:
    done = typed("course", "apply", COURSE)
    assert done.exit_code == 0
    assert "Adopt?" not in done.stdout
    assert "results that would change: 0" in done.stdout


def test_applying_with_yes_changes_the_cards(here: Site, edited: Path) -> None:
    easier = edited.parent / "schemes" / "longcheng-2024.toml"
    easier.write_text(easier.read_text(encoding="utf-8").replace("pass = 80", "pass = 70"), encoding="utf-8")
    text = edited.read_text(encoding="utf-8").replace('"longcheng-2024"', '"schemes/longcheng-2024.toml"')
    edited.write_text(text, encoding="utf-8")
    cards = len(typed("board", COURSE, "--format", "json").stdout.splitlines())
    done = typed(
        "course", "apply", COURSE, "--yes", "--by", "operator:office", "--reason", "the county's plan"
    )
    assert done.exit_code == 0
    flip, counted = done.stdout.splitlines()[:2]
    assert flip == "moodle-6 马欣怡 (learner, 一班): fail 71.56 -> pass 71.56"
    assert counted.startswith(
        f"results that would change: 1; totals that would change: 0 of {cards}; scheme "
    )
    assert counted.endswith(_scheme(edited)[:12])
    told = [json.loads(line) for line in typed("board", COURSE, "--format", "json").stdout.splitlines()]
    assert next(card for card in told if card["person"] == "moodle-6")["state"] == "pass"
    assert {card["scheme"] for card in told} == {_scheme(edited)}
    with here.installation.store.reading() as transaction:
        (act,) = transaction.acts(course=COURSE)
    assert (act.by, act.reason, act.subject) == ("operator:office", "the county's plan", _scheme(edited))
    assert typed("sync", COURSE).stdout.endswith("scored 0, 0 cards changed\n")


def test_applying_says_of_how_many_no_card_can_be_made(here: Site, edited: Path) -> None:
    easier = edited.parent / "schemes" / "longcheng-2024.toml"
    easier.write_text(easier.read_text(encoding="utf-8").replace("pass = 80", "pass = 70"), encoding="utf-8")
    text = edited.read_text(encoding="utf-8").replace('"longcheng-2024"', '"schemes/longcheng-2024.toml"')
    edited.write_text(text, encoding="utf-8")
    spoil_one_of(here.installation.store, COURSE, "moodle-6", kind="submission")
    counted, unmade = typed("course", "apply", COURSE, given="n\n").stdout.splitlines()[:2]
    assert counted.startswith("results that would change: 0; ")
    assert unmade == "people whose card cannot be made, who keep theirs uncounted: 1"


def test_what_changes_while_it_is_asked_is_not_adopted(here: Site, edited: Path) -> None:
    """Somebody else adopts the edited file while the question stands there."""
    edited.write_text(edited.read_text(encoding="utf-8").replace('["25"]', '["26"]'), encoding="utf-8")

    class Answer(io.BytesIO):
        def read1(self, size: int | None = -1, /) -> bytes:
            here.adopt_file(parse_course(edited.read_text("utf-8"), name=COURSE, folder=edited.parent))
            return super().read1(size)

    done = typed("course", "apply", COURSE, "--by", "operator:office", given=Answer(b"y\n"))
    assert done.exit_code == 1
    assert "something changed meanwhile, and nothing was done; run it again" in done.stderr
    with here.installation.store.reading() as transaction:
        assert transaction.acts(course=COURSE) == []
    assert typed("course", "apply", COURSE).exit_code == 0


def test_nobody_has_failed_until_a_source_that_was_just_added_is_read(here: Site, edited: Path) -> None:
    typed("course", "passback", COURSE, "verdict", "--yes")
    text = edited.read_text(encoding="utf-8").replace('["25"]', '["26"]')
    more = '\n[[source]]\nname = "extra"\nkind = "xapi"\n'
    edited.write_text(text + more, encoding="utf-8")
    assert typed("course", "apply", COURSE, "--yes").exit_code == 0
    with here.installation.store.reading() as transaction:
        failed = [one for one in transaction.outgoing(COURSE) if one.given == 0]
    assert {one.held for one in failed} == {Hold.UNREAD}


def test_the_rules_of_a_course_come_with_the_worked_examples_of_its_scheme(here: Site) -> None:
    examples = here.installation.rules(COURSE).examples
    assert {example.role for example in examples} == {"learner", "tutor"}


def test_a_course_like_another_begins_with_the_scheme_bindings_and_sources_of_that(here: Site) -> None:
    adopted = here.installation.adopted()
    with here.installation.store.reading() as transaction:
        kept = transaction.course(COURSE)
        former = adopted.former(kept, transaction.scheme(kept.scheme))
    rules = adopted.rules(COURSE)
    assert former.sources == {"moodle", "lrs"}
    assert (former.scheme.name, former.scheme.scheme) == ("longcheng-2024", rules.scheme)
    assert former.bindings == rules.bindings


def test_a_sync_adopts_no_other_new_course(here: Site) -> None:
    typed("sync", COURSE)
    assert typed("board", "lc2024-scorm").exit_code == 1
    typed("sync", "lc2025")
    assert typed("board", "lc2024-scorm").exit_code == 1
    assert typed("sync").exit_code == 0
    assert typed("board", "lc2024-scorm").exit_code == 0


def test_a_course_may_take_on_a_scheme_without_tutors(here: Site, edited: Path) -> None:
    text = edited.read_text(encoding="utf-8").replace("longcheng-2024", "prefecture-three-bands")
    edited.write_text(text, encoding="utf-8")
    assert typed("course", "apply", COURSE, "--yes").exit_code == 0
    told = [json.loads(line) for line in typed("board", COURSE, "--format", "json").stdout.splitlines()]
    assert {card["role"] for card in told} == {"learner"}
    assert None not in {card["band"] for card in told}
    assert "一班 · tutors" not in typed("board", COURSE).stdout
    tutor = typed("explain", COURSE, "moodle-63")
    assert (tutor.exit_code, tutor.stdout) == (1, "")
    assert "moodle-63 has no score in lc2024" in tutor.stderr


def _scheme(course_file: Path) -> str:
    """The fingerprint of the edited scheme beside a course file."""
    return read_scheme(course_file.parent / "schemes" / "longcheng-2024.toml").scheme.fingerprint
