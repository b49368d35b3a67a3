"""Files with mistakes: every mistake at once with its place, in golden texts; the exit status is 1."""

from __future__ import annotations

import json
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from tests.fixtures.courses.installed import DATABASE, Site
from tests.fixtures.courses.typed import surroundings, typed
from tests.given import shipped

FIXTURES = Path(__file__).parents[2] / "fixtures" / "courses"
SCHEME = str(FIXTURES.parents[2] / "config" / "schemes" / "longcheng-2024.toml")
AFTER = ("--as-of", "2024-12-20T00:00:00+08:00")


def golden(name: str) -> str:
    return (FIXTURES / f"{name}.txt").read_text(encoding="utf-8")


def test_settings_of_a_file_and_the_environment_are_reported_together() -> None:
    """Nothing of a secret is shown, not even of one that stands where none belongs."""
    settings = {
        "LMS_SCORING_SETTINGS": "broken_settings.toml",
        "LMS_SCORING_PLATFORM_OTHER_KIND": "moodel",
    }
    with surroundings(settings, FIXTURES):
        done = typed("sync")
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", golden("broken_settings"))


@pytest.mark.parametrize(
    ("settings", "text", "said"),
    [
        (
            {"LMS_SCORING_SETTINGS": "none.toml"},
            "",
            "none.toml: 1 mistake\n  file: No such file or directory",
        ),
        ({"LMS_SCORING_SETTINGS": "s.toml"}, 'language = "zh', "s.toml:1: TOML: cannot be read"),
        ({"LMS_SCORING_SETTINGS": "s.toml"}, "platform = 3", "s.toml:1: platform: must be a table"),
        (
            {"LMS_SCORING_SETTINGS": "s.toml", "LMS_SCORING_PLATFORM_MOODLE_KIND": "moodle"},
            "[platform]\nmoodle = 3",
            "s.toml:2: platform.moodle: must be a table",
        ),
        (
            {"LMS_SCORING_SETTINGS": "s.toml"},
            '[platform.moodle]\nkind = "moodle"\nurl = "https://m.example"\ntoken_file = "s.toml/x"',
            "s.toml:4: platform.moodle.token_file: cannot be read: Not a directory",
        ),
        ({"LMS_SCORING_PLATFORM_M_TOKNE": "canary"}, "", "did you mean LMS_SCORING_PLATFORM_M_TOKEN?"),
        ({"LMS_SCORING_LANGUAGE": "fr"}, "", "LMS_SCORING_LANGUAGE: must be one of zh, en"),
    ],
)
def test_unusable_settings_are_mistakes_with_a_place(
    tmp_path: Path, settings: dict[str, str], text: str, said: str
) -> None:
    (tmp_path / "s.toml").write_text(text, encoding="utf-8")
    with surroundings(settings, tmp_path):
        done = typed("board", "lc2024")
    assert done.exit_code == 1
    assert said in done.stderr


def test_a_secret_may_stand_in_a_file_of_its_own(here: Site, tmp_path: Path) -> None:
    (tmp_path / "token").write_text("canary-token\n", encoding="utf-8")
    settings = {**here.settings, "LMS_SCORING_PLATFORM_MOODLE_TOKEN_FILE": "token"}
    del settings["LMS_SCORING_PLATFORM_MOODLE_TOKEN"]
    with surroundings(settings, tmp_path):
        assert typed("platform", "check", "moodle").exit_code == 0


def test_a_course_file_with_mistakes_is_reported_whole() -> None:
    with surroundings({}, FIXTURES):
        done = typed("course", "check", "broken_course.toml")
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", golden("broken_course"))


def test_a_scheme_that_is_not_there_is_told_beside_other_mistakes(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text('id = "c"\ntitle = ""\nscheme = "nope"\n', encoding="utf-8")
    with surroundings({}, tmp_path):
        done = typed("course", "check", "course.toml")
    assert done.exit_code == 1
    assert "format" in done.stderr
    assert 'course.toml:3: scheme = "nope": is neither one that comes with the program' in done.stderr


def test_mistakes_of_a_scheme_are_told_beside_those_of_its_course(tmp_path: Path) -> None:
    (tmp_path / "course.toml").write_text('id = "c"\nscheme = "mine.toml"\n', encoding="utf-8")
    (tmp_path / "mine.toml").write_text('id = "mine"\nfromat = 1\n', encoding="utf-8")
    with surroundings({}, tmp_path):
        done = typed("course", "check", "course.toml")
    assert done.exit_code == 1
    assert "title" in done.stderr
    assert "mine.toml: window: is missing" in done.stderr
    assert "mine.toml:2: fromat = 1: is not a setting; did you mean 'format'?" in done.stderr


def test_a_wrong_scheme_is_told_with_its_line_where_the_course_file_is_right(tmp_path: Path) -> None:
    text = (FIXTURES.parents[2] / "config" / "courses" / "lc2024.toml").read_text(encoding="utf-8")
    (tmp_path / "c.toml").write_text(text.replace('"longcheng-2024"', '"longchen-2024"'), encoding="utf-8")
    with surroundings({}, tmp_path):
        done = typed("course", "check", "c.toml")
    assert done.exit_code == 1
    assert '\n  c.toml:7: scheme = "longchen-2024": is neither one that comes with' in done.stderr
    assert done.stderr.endswith("; did you mean 'longcheng-2024'?\n")


def test_a_course_with_an_unknown_scheme_is_told_which_there_are(tmp_path: Path) -> None:
    text = 'format = 1\nid = "a"\ntitle = "A"\nscheme = "nope"\n[[source]]\nname = "f"\nkind = "statements"\n'
    (tmp_path / "courses").mkdir()
    (tmp_path / "courses" / "a.toml").write_text(f'{text}paths = ["s.jsonl"]\n', encoding="utf-8")
    with surroundings({}, tmp_path):
        done = typed("sync")
    assert done.exit_code == 1
    assert "its scheme 'nope' is neither one that comes with the program" in done.stderr
    assert "longcheng-2024, prefecture-three-bands" in done.stderr


@pytest.mark.parametrize("command", ["check", "show"])
def test_a_scheme_file_with_mistakes_is_reported_whole(command: str) -> None:
    with surroundings({}, FIXTURES):
        done = typed("scheme", command, "broken_scheme.toml")
    assert (done.exit_code, done.stdout, done.stderr) == (1, "", golden("broken_scheme"))


def test_worked_examples_that_do_not_come_out_are_named(tmp_path: Path) -> None:
    file = tmp_path / "harder.toml"
    file.write_text(shipped("longcheng-2024").text.replace("full_minutes = 750", "full_minutes = 700"))
    done = typed("scheme", "check", str(file))
    assert done.exit_code == 1
    assert "harder.toml:82: learner.example[3]: the total is 80, not 5996/75" in done.stderr
    assert done.stderr.endswith("worked examples that do not come out as promised: 3\n")


def test_evidence_with_broken_lines_is_scored_without_them() -> None:
    with surroundings({}, FIXTURES):
        done = typed("score", "broken_evidence.jsonl", "--scheme", SCHEME, *AFTER)
    assert (done.exit_code, done.stderr) == (1, golden("broken_evidence"))
    (card,) = map(json.loads, done.stdout.splitlines())
    assert (card["person"], card["role"], card["class"]) == ("1", "learner", "a")
    assert card["criteria"]["posts"]["points"] == "1.00"


@pytest.mark.parametrize(
    "words",
    [
        ("score", "none.jsonl", "--scheme", SCHEME),
        ("score", "evidence.jsonl", "--scheme", "none.toml"),
        ("score", "evidence.jsonl", "--scheme", SCHEME, "--as-of", "yesterday"),
        ("score", "evidence.jsonl", "--scheme", SCHEME, "--output", "no/such/folder.json"),
        ("scheme", "check", "none.toml"),
        ("course", "check", "none.toml"),
    ],
)
def test_a_file_or_time_that_cannot_be_used_is_named(tmp_path: Path, words: tuple[str, ...]) -> None:
    (tmp_path / "evidence.jsonl").write_bytes(b"")
    with surroundings({}, tmp_path):
        done = typed(*words)
    assert done.exit_code in (1, 2)
    assert "none." in done.stderr or "yesterday" in done.stderr or "no/such" in done.stderr


def test_a_file_that_is_no_database_is_told_and_left_alone(here: Site, tmp_path: Path) -> None:
    file = tmp_path / "letters.sqlite"
    file.write_bytes(b"This is a letter and no database. " * 200)
    with surroundings({**here.settings, "LMS_SCORING_DATABASE_URL": f"sqlite:///{file}"}, tmp_path):
        for words in (("sync", "lc2024"), ("board", "lc2024"), ("db", "upgrade")):
            done = typed(*words)
            assert done.exit_code == 1
            assert "no SQLite database, or it is damaged; check LMS_SCORING_DATABASE_URL" in done.stderr
    assert file.read_bytes() == b"This is a letter and no database. " * 200


def test_a_database_of_a_newer_version_is_told_and_left_alone(here: Site) -> None:
    with closing(sqlite3.connect(here.folder / DATABASE)) as connection, connection:
        connection.execute("UPDATE alembic_version SET version_num = '9999'")
    for words in (("sync", "lc2024"), ("board", "lc2024"), ("db", "upgrade")):
        done = typed(*words)
        assert done.exit_code == 1
        assert "made by a newer version of this program (revision 9999); install that version" in done.stderr


def test_a_database_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"")
    with surroundings({"LMS_SCORING_DATABASE_URL": f"sqlite:///{tmp_path}/file/db.sqlite"}, tmp_path):
        done = typed("db", "upgrade")
    assert done.exit_code == 1
    assert "cannot be used: " in done.stderr


def test_a_database_that_cannot_be_opened_is_named(tmp_path: Path) -> None:
    with surroundings({"LMS_SCORING_DATABASE_URL": f"sqlite:///{tmp_path}"}, tmp_path):
        done = typed("board", "lc2024")
    assert done.exit_code == 1
    assert f"the database file {tmp_path} cannot be opened; " in done.stderr


@pytest.mark.parametrize("words", [("board", "lc2024"), ("explain", "lc2024", "moodle-3")])
def test_a_command_that_reads_makes_no_database_where_there_is_none(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    with surroundings({}, tmp_path):
        done = typed(*words)
    assert done.exit_code == 1
    assert "there is no database" in done.stderr
    assert "lms-scoring sync" in done.stderr
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("sync", "lc2025"), "no course 'lc2025'; there are: lc2024, lc2024-scorm; did you mean 'lc2024'?"),
        (("board", "LC2024"), "no course 'LC2024' is set up here; there are: lc2024; did you mean 'lc2024'?"),
        (("jobs", "runs", "lc2025"), "no course 'lc2025' is set up here; there are: lc2024"),
        (("explain", "lc2025", "moodle-3"), "no course 'lc2025' is set up here"),
        (("export-evidence", "lc2025"), "no course 'lc2025' is set up here"),
        (("course", "apply", "lc2025"), "no course file of 'lc2025' in "),
        (("course", "apply", "lc2025"), "; did you mean 'lc2024'?"),
        (("board", "lc2024", "--class", "三班"), "no class '三班' in lc2024; there are: 一班, 二班"),
        (("explain", "lc2024", "moodle-999"), "`lms-scoring board lc2024` shows the ids"),
        (("platform", "check", "campus"), "no platform 'campus' in the settings (there are: lrs, moodle)"),
        (("platform", "check", "moodel"), "(there are: lrs, moodle; did you mean 'moodle'?)"),
        (("jobs", "retry", "moodel"), "there are: cards, doubts, lrs, moodle, "),
        (("cases", "show", "lc2024", "99999"), "lc2024 has no case of that number; `lms-scoring cases list"),
        (("disputes", "show", "lc2024", "9"), "has no dispute of that number; `lms-scoring disputes list"),
        (("role", "grant", "moodle-999", "coordinator"), "nobody here has that id"),
        (("role", "grant", "moodle-3", "coordinator", "--course", "x"), "no course 'x' is set up here"),
        (("admin", "link", "--person", "moodle-999"), "nobody here has that id"),
    ],
)
def test_unknown_names_are_told_with_those_there_are(here: Site, words: tuple[str, ...], said: str) -> None:
    done = typed(*words)
    assert (done.exit_code, done.stdout) == (1, "")
    assert said in done.stderr


@pytest.mark.parametrize(
    ("command", "near"),
    [("boad", "; did you mean 'board'?"), ("Sync", "; did you mean 'sync'?"), ("qqq", "")],
)
def test_a_command_that_there_is_not_is_told_with_the_nearest(command: str, near: str) -> None:
    done = typed(command, "lc2024")
    assert (done.exit_code, done.stdout) == (2, "")
    assert done.stderr.endswith(f"Error: no command {command!r}{near}\n")


def test_where_nothing_is_set_up_a_command_says_how_it_is(tmp_path: Path) -> None:
    with surroundings({}, tmp_path):
        assert typed("db", "upgrade").exit_code == 0
        done = typed("board", "lc2024")
        sync = typed("sync", "lc2024")
    assert "there are: none yet: the first sync of a course sets it up" in done.stderr
    assert "no course file in " in sync.stderr
    assert "; put one there" in sync.stderr
