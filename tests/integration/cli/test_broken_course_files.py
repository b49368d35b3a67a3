"""Course files that cannot be used are told whole and left out; whatever can be read goes on as any night."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

import pytest
from click.testing import Result

from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.typed import surroundings, typed

COURSE = "lc2024"
SHIPPED = Path(str(files("config.courses"))) / f"{COURSE}.toml"
FIXTURES = Path(__file__).parents[2] / "fixtures" / "courses"
SYNCED = "lc2024: scored 0, 0 cards changed"


@dataclass(frozen=True)
class Folder:
    """The course files of an installation in which `lc2024` was adopted and synced."""

    site: Site
    path: Path

    def write(self, name: str, *changes: tuple[str, str]) -> Path:
        """The file of `lc2024` under another name, with other words."""
        text = SHIPPED.read_text(encoding="utf-8")
        for old, new in changes:
            assert old in text
            text = text.replace(old, new)
        file = self.path / f"{name}.toml"
        file.write_text(text, encoding="utf-8")
        return file

    def adopted(self) -> set[str]:
        return set(self.site.installation.adopted().kept())


@pytest.fixture
def folder(here: Site, tmp_path: Path) -> Iterator[Folder]:
    path = tmp_path / "courses"
    path.mkdir()
    with surroundings({**here.settings, "LMS_SCORING_COURSES": str(path)}, here.folder):
        yield Folder(here, path)


def named(course: str) -> tuple[str, str]:
    return ('id = "lc2024"', f'id = "{course}"')


def told(done: Result) -> list[str]:
    return done.stderr.splitlines()


NO_TITLE = ('title = "', 'tittle = "')
NO_TOML = ('title = "', "title = ")


def test_a_broken_course_file_stops_no_other_course(folder: Folder) -> None:
    folder.write(COURSE)
    shutil.copy(FIXTURES / "broken_course.toml", folder.path / "new.toml")
    done = typed("sync")
    assert (done.exit_code, SYNCED in done.stdout) == (1, True)
    assert told(done)[0].endswith("new.toml: 11 mistakes")
    assert len([line for line in told(done) if "new.toml:" in line and line.startswith("  ")]) >= 8
    assert told(done)[-1].startswith("course file ")
    assert told(done)[-1].endswith("new.toml was left out: 11 mistakes, told above")
    assert folder.adopted() == {COURSE}


def test_nothing_is_read_of_a_new_course_whose_file_is_broken(folder: Folder) -> None:
    file = folder.write("new", named("new"), NO_TITLE)
    done = typed("sync")
    assert (done.exit_code, SYNCED in done.stdout) == (1, True)
    assert "new: left out, and nothing of it is read until its file is mended" in told(done)
    assert told(done)[-1] == f"new: course file {file} was left out: 2 mistakes, told above"
    assert "new " not in done.stdout
    assert folder.adopted() == {COURSE}


@pytest.mark.parametrize("broken", [NO_TITLE, NO_TOML])
@pytest.mark.parametrize("words", [("sync",), ("sync", COURSE)])
def test_an_adopted_course_goes_on_as_adopted_while_its_file_is_broken(
    folder: Folder, broken: tuple[str, str], words: tuple[str, ...]
) -> None:
    """What is no TOML says of which course it is, too."""
    before = folder.site.installation.adopted().kept()
    file = folder.write(COURSE, broken)
    done = typed(*words)
    assert (done.exit_code, SYNCED in done.stdout) == (1, True)
    assert f"course file {file}: " in told(done)[0]
    assert (
        "lc2024: its file is left out; the course goes on by what was adopted "
        "(`lms-scoring course show lc2024`)" in told(done)
    )
    assert told(done)[-1].startswith(f"lc2024: course file {file} was left out: ")
    assert folder.site.installation.adopted().kept() == before


def test_of_two_files_of_one_course_neither_is_taken(folder: Folder) -> None:
    folder.write(COURSE)
    one, two = (folder.write(name, named("new")) for name in ("one", "two"))
    done = typed("sync")
    assert (done.exit_code, SYNCED in done.stdout) == (1, True)
    assert f"  {one}:5: id: 'new' is used by another course file too: {two}" in told(done)
    assert f"  {two}:5: id: 'new' is used by another course file too: {one}" in told(done)
    assert folder.adopted() == {COURSE}


def test_an_adopted_course_with_two_files_goes_on_as_adopted(folder: Folder) -> None:
    folder.write("one")
    folder.write("two", ('title = "', 'title = "Another '))
    done = typed("sync")
    assert (done.exit_code, SYNCED in done.stdout) == (1, True)
    assert "its file was edited" not in done.stderr


def test_another_courses_broken_file_is_nothing_to_a_sync_of_one(folder: Folder) -> None:
    folder.write(COURSE)
    folder.write("new", named("new"), NO_TITLE)
    shutil.copy(FIXTURES / "broken_course.toml", folder.path / "nameless.toml")
    done = typed("sync", COURSE)
    assert (done.exit_code, done.stderr) == (0, "")


def test_a_course_that_is_asked_for_is_told_its_files_mistakes(folder: Folder) -> None:
    folder.write("new", named("new"), NO_TITLE)
    for words in (("sync", "new"), ("course", "apply", "new", "--yes")):
        done = typed(*words)
        assert (done.exit_code, done.stdout) == (1, "")
        assert "did you mean 'title'?" in done.stderr
        assert "no course" not in done.stderr
    assert folder.adopted() == {COURSE}


def test_a_file_that_names_no_course_may_be_that_of_an_unknown_one(folder: Folder) -> None:
    shutil.copy(FIXTURES / "broken_course.toml", folder.path / "nameless.toml")
    for words, said in (
        (("sync", "new"), "no course 'new'; there are: lc2024"),
        (("course", "apply", "new"), "no course file of 'new' in "),
    ):
        done = typed(*words)
        assert (done.exit_code, done.stdout) == (1, "")
        assert "nameless.toml: left out; it does not say of which course it is" in done.stderr
        assert said in told(done)[-1]


def test_a_file_is_applied_whatever_is_wrong_with_another(folder: Folder) -> None:
    folder.write(COURSE)
    folder.write("new", named("new"), NO_TITLE)
    done = typed("course", "apply", COURSE, "--yes")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "adopted; " in done.stdout


def test_a_broken_file_of_an_adopted_course_is_not_applied(folder: Folder) -> None:
    folder.write(COURSE, NO_TITLE)
    before = folder.site.installation.adopted().kept()
    done = typed("course", "apply", COURSE, "--yes")
    assert (done.exit_code, done.stdout) == (1, "")
    assert folder.site.installation.adopted().kept() == before


def test_what_a_check_finds_in_several_courses_is_said_once(folder: Folder) -> None:
    folder.write(COURSE)
    folder.write("another", named("another"), ('course = "LC2024"', 'course = "LC2099"'))
    done = typed("platform", "check", "moodle")
    assert done.stdout.startswith("ok      access: the site answers")
    assert "missing course: moodle shows no course 'LC2099'" in done.stdout
    assert "of them learners" in done.stdout


def test_a_folder_that_was_named_and_is_not_there_is_told(folder: Folder) -> None:
    folder.path.rmdir()
    done = typed("sync")
    assert (done.exit_code, SYNCED in done.stdout) == (0, True)
    (line,) = told(done)
    assert line.startswith(f"there is no folder {folder.path}, which LMS_SCORING_COURSES ")


def test_the_usual_folder_need_not_be_there(here: Site, tmp_path: Path) -> None:
    """Where all courses were set up in the browser there is none."""
    unnamed = {name: value for name, value in here.settings.items() if name != "LMS_SCORING_COURSES"}
    with surroundings(unnamed, tmp_path):
        done = typed("sync", COURSE)
    assert (done.exit_code, done.stderr, SYNCED in done.stdout) == (0, "", True)


def test_a_platform_is_checked_in_the_courses_whose_files_can_be_read(folder: Folder) -> None:
    folder.write(COURSE)
    folder.write("new", named("new"), NO_TITLE)
    done = typed("platform", "check", "moodle")
    assert "of them learners" in done.stdout
    assert done.exit_code == 1
    assert "new: left out, and nothing of it is read until its file is mended" in told(done)
    named_one = typed("platform", "check", "moodle", "--course", "LC2024")
    assert (named_one.exit_code, named_one.stderr) == (0, "")
