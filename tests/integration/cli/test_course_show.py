"""`course show`: what a course is set up by, printed as a file that `course check` and `apply` take."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from lms_scoring.course_rules import written_scheme
from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.domain.evidence import Purpose
from lms_scoring.files.course_file import read_course
from lms_scoring.ports import KeptCourse, KeptScheme, SourceSettings
from lms_scoring.services.setting_up.course_text import CourseSettings, course_text
from tests import given
from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.typed import surroundings, typed

COURSE, IN_BROWSER = "lc2024", "lti1-2"
SHIPPED = Path(str(files("config.courses")))


@pytest.fixture
def folder(here: Site, tmp_path: Path) -> Iterator[Path]:
    """The folder of the course files, with that of the synced course."""
    found = tmp_path / "courses"
    found.mkdir()
    shutil.copy(SHIPPED / f"{COURSE}.toml", found)
    with surroundings({**here.settings, "LMS_SCORING_COURSES": str(found)}, tmp_path):
        yield found


def keep(here: Site, kept: KeptCourse, scheme: KeptScheme | None = None) -> None:
    with here.installation.store.writing() as transaction:
        if scheme is not None:
            transaction.keep_scheme(scheme)
        transaction.keep_course(kept)


def kept_of(here: Site) -> KeptCourse:
    with here.installation.store.reading() as transaction:
        return transaction.course(COURSE)


def written(folder: Path, course: str) -> Path:
    """The file that the command's output makes."""
    file = folder / f"{course}.toml"
    file.write_bytes(typed("course", "show", course).stdout_bytes)
    return file


def test_what_was_applied_from_a_file_is_printed_to_the_letter(
    here: Site, folder: Path, tmp_path: Path
) -> None:
    file = folder / f"{COURSE}.toml"
    assert typed("course", "show", COURSE).stdout_bytes == file.read_bytes()
    output = tmp_path / "elsewhere.toml"
    assert typed("course", "show", COURSE, "--output", str(output)).output == ""
    assert output.read_bytes() == file.read_bytes()


def test_a_course_that_was_set_up_in_the_browser_goes_on_with_the_file_that_is_printed(
    here: Site, folder: Path
) -> None:
    bound = Bindings(bindings=(Binding(purpose=Purpose.HOMEWORK, source="moodle", activities=("17",)),))
    moodle = SourceSettings(name="moodle", kind="moodle", course="LC2024")
    settings = CourseSettings(
        id=IN_BROWSER, title="新课程", scheme="longcheng-2024", sources=(moodle,), bindings=bound
    )
    keep(here, replace(kept_of(here), id=IN_BROWSER, title="新课程", settings=course_text(settings)))
    assert typed("course", "apply", IN_BROWSER).exit_code == 1, "there is no file of it"
    file = written(folder, IN_BROWSER)
    checked = typed("course", "check", str(file))
    assert (checked.exit_code, f"right; course {IN_BROWSER}" in checked.stdout) == (0, True)
    applied = typed("course", "apply", IN_BROWSER)
    assert (applied.exit_code, "Adopt?" in applied.stdout) == (0, False)


def test_a_scheme_that_was_taken_on_since_is_the_one_that_is_named(here: Site, folder: Path) -> None:
    other = given.shipped("prefecture-three-bands")
    fingerprint = other.scheme.fingerprint
    scheme = KeptScheme(fingerprint=fingerprint, name=other.scheme.id, text=other.text)
    keep(here, replace(kept_of(here), scheme=fingerprint), scheme)
    file = written(folder, COURSE)
    assert read_course(file).scheme == "prefecture-three-bands"
    assert typed("course", "check", str(file)).exit_code == 0


def test_a_scheme_that_is_in_no_file_is_printed_too_and_the_way_to_keep_it_told(
    here: Site, folder: Path
) -> None:
    own = written_scheme(given.passing_from(10))
    fingerprint = own.scheme.fingerprint
    scheme = KeptScheme(fingerprint=fingerprint, name=own.name, text=own.text)
    keep(here, replace(kept_of(here), scheme=fingerprint), scheme)
    place = folder / "schemes" / f"{COURSE}-{fingerprint[:12]}.toml"
    told = typed("course", "show", COURSE)
    assert f"lms-scoring course show {COURSE} --scheme --output {place}" in told.stderr
    place.parent.mkdir()
    assert typed("course", "show", COURSE, "--scheme", "--output", str(place)).exit_code == 0
    assert place.read_text(encoding="utf-8") == own.text
    assert typed("course", "show", COURSE).stderr == ""
    file = written(folder, COURSE)
    assert typed("course", "check", str(file)).exit_code == 0
    assert read_course(file).scheme == f"schemes/{place.name}"


def test_what_this_version_cannot_read_is_printed_all_the_same(here: Site, folder: Path) -> None:
    keep(here, replace(kept_of(here), settings="format = 9\n"))
    told = typed("course", "show", COURSE)
    assert (told.exit_code, told.stdout) == (0, "format = 9\n")
    assert "notice: this version of the program does not take it as it is" in told.stderr


def test_a_course_that_is_none_is_told_with_those_there_are(here: Site) -> None:
    told = typed("course", "show", "lc2025")
    assert (told.exit_code, told.stdout) == (1, "")
    assert f"there are: {COURSE}" in told.stderr


def test_applying_says_which_activities_count_otherwise(here: Site, folder: Path) -> None:
    file = folder / f"{COURSE}.toml"
    file.write_text(file.read_text(encoding="utf-8").replace('["25"]', '["26"]'), encoding="utf-8")
    told = typed("course", "apply", COURSE, given="n\n").stdout.splitlines()
    assert told[:2] == ["moodle 25: posts -> nothing", "moodle 26: nothing -> posts"]
