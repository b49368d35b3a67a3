"""One person by command: a file of all that is kept, and an end that no sync undoes."""

from __future__ import annotations

import json
import stat
from pathlib import Path
from zipfile import ZipFile

from lms_scoring.cli.person_file import MEANING
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.quarantine import set_aside as kept_aside
from lms_scoring.store.tables import metadata
from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.typed import typed
from tests.integration.cli.recorded_course import COURSE

SIGNED = ("--by", "operator:office", "--reason", "asked for in writing")


def a_learner(here: Site) -> str:
    """Somebody with a card."""
    return next(person for person, role in here.cards(COURSE) if role is Role.LEARNER)


def test_a_persons_file_has_all_that_is_kept_and_only_its_owner_reads_it(here: Site, tmp_path: Path) -> None:
    person, file = a_learner(here), tmp_path / "theirs.zip"
    done = typed("person", "export", person, str(file))
    assert done.exit_code == 0
    assert done.stdout.splitlines()[-1] == f"all that is kept of {person} is in {file}"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    with ZipFile(file) as archive:
        about = json.loads(archive.read("about.json"))
        lines = {name: archive.read(name).decode().splitlines() for name in archive.namelist()}
    assert (about["person"], about["counts"]["person"]) == (person, 1)
    assert json.loads(lines["person.ndjson"][0])["id"] == person
    assert json.loads(lines["scorecard_detail.ndjson"][0])["card"]["person"] == person
    assert {"account.ndjson", "evidence.ndjson", "scorecard_version.ndjson"} <= lines.keys()
    assert sum(map(len, lines.values())) - len(lines["about.json"]) == sum(about["counts"].values())
    again = typed("person", "export", person, str(file))
    assert (again.exit_code, "there already" in again.stderr) == (1, True)


def test_every_kind_of_thing_in_the_file_is_explained() -> None:
    assert {table.name for table in metadata.sorted_tables} >= set(MEANING)


def test_what_would_go_is_shown_before_anything_goes(here: Site) -> None:
    person = a_learner(here)
    asked = typed("person", "erase", person, *SIGNED, given="n\n")
    assert asked.exit_code == 1
    assert asked.stdout.startswith(person)
    assert "goes: account " in asked.stdout
    assert f"in the courses {COURSE}" in asked.stdout
    assert "Erase all of this for good? [y/N]: n" in asked.stdout
    assert person in {one for one, _ in here.cards(COURSE)}


def set_aside(here: Site, text: str) -> int:
    """The number under which a record waits that no sync could use."""
    source = "moodle"
    with here.installation.store.writing() as transaction:
        run = transaction.begin_run(COURSE, source, at=1)
        transaction.quarantine(
            COURSE, source, [kept_aside(text.encode(), code="odd", reason="odd")], run=run, at=1
        )
        return max(one.number for one in transaction.quarantined())


def test_what_cannot_be_read_and_may_be_theirs_is_told_and_somebody_says_whose_it_is(
    here: Site, tmp_path: Path
) -> None:
    person = a_learner(here)
    number = set_aside(here, f"{person}, no row that can be read")
    done = typed("person", "export", person, str(tmp_path / "without.zip"))
    assert done.exit_code == 0
    assert f"may be theirs or not: quarantine {number}\n" in done.stdout
    typed("person", "export", person, str(tmp_path / "with.zip"), "--theirs", str(number))
    files = {}
    for name in ("without", "with"):
        with ZipFile(tmp_path / f"{name}.zip") as archive:
            files[name] = set(archive.namelist())
    assert files["with"] - files["without"] == {"quarantined.ndjson"}
    refused = typed("person", "erase", person, *SIGNED, "--yes")
    assert (refused.exit_code, f"may be theirs: quarantine {number}." in refused.stderr) == (1, True)
    wrong = typed("person", "erase", person, *SIGNED, "--yes", "--theirs", str(number + 1))
    assert (wrong.exit_code, "whose they are" in wrong.stderr) == (1, True)
    assert person in {one for one, _ in here.cards(COURSE)}
    assert typed("person", "erase", person, *SIGNED, "--yes", "--not-theirs", str(number)).exit_code == 0
    with here.installation.store.reading() as transaction:
        assert transaction.in_quarantine(number).aside.text


def test_records_that_cannot_be_read_are_said_in_the_words_in_which_they_are_told(here: Site) -> None:
    person = a_learner(here)
    first, second, third = (set_aside(here, f"{person}, no row {row}") for row in "abc")
    refused = typed("person", "erase", person, *SIGNED, "--yes")
    told = f"{first}, {second}, {third}"
    assert f"may be theirs: quarantine {told}." in refused.stderr
    odd = typed("person", "erase", person, *SIGNED, "--yes", "--not-theirs", f"{first},,")
    assert (odd.exit_code, "Invalid value for '--not-theirs'" in odd.stderr) == (2, True)
    done = typed("person", "erase", person, *SIGNED, "--yes", "--not-theirs", told)
    assert done.exit_code == 0


def test_who_was_erased_stays_away_until_they_are_let_in_again(here: Site) -> None:
    person = a_learner(here)
    assert typed("person", "erasures").stdout == "nobody was erased here\n"
    done = typed("person", "erase", person, *SIGNED, "--yes")
    assert done.exit_code == 0
    assert "erased:1" in done.stdout
    synced = typed("sync", COURSE, "--full")
    assert "people who were erased here and are told of again: 1" in synced.stdout
    assert "0 gone" in synced.stdout.splitlines()[0]
    assert person not in {one for one, _ in here.cards(COURSE)}
    assert typed("explain", COURSE, person).exit_code == 1
    listed = typed("person", "erasures").stdout
    assert (person in listed, "by operator:office: asked for in writing" in listed) == (False, True)
    wrong = typed("person", "readmit", *SIGNED)
    assert wrong.exit_code == 2
    assert typed("person", "readmit", "moodle-404", *SIGNED).exit_code == 1
    assert typed("person", "readmit", person, *SIGNED).exit_code == 0
    typed("sync", COURSE, "--full")
    assert person in {one for one, _ in here.cards(COURSE)}


def test_without_the_sealing_key_nothing_is_read_until_somebody_lets_them_in(here: Site) -> None:
    person = a_learner(here)
    typed("person", "erase", person, *SIGNED, "--yes")
    (key,) = here.folder.rglob("sealing.key")
    key.unlink()
    stopped = typed("sync", COURSE, "--full")
    assert stopped.exit_code == 1
    assert "the key by which they are known again is missing" in stopped.stderr
    assert person not in {one for one, _ in here.cards(COURSE)}
    assert typed("person", "readmit", "--lost", *SIGNED).exit_code == 0
    assert typed("sync", COURSE, "--full").exit_code == 0
    assert person in {one for one, _ in here.cards(COURSE)}
