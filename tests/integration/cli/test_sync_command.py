"""`sync`: what it says, which courses it reads, and what it ends with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path

import pytest

from lms_scoring.demonstration.running import RunningPlatform, running_platform
from lms_scoring.domain.addresses import origin_of
from lms_scoring.domain.failure import Failure, Instead, Remedy
from tests.fixtures.courses.installed import CUT, Site, lasting, site
from tests.fixtures.courses.typed import surroundings, typed

COURSE = "lc2024"
SHIPPED = Path(str(files("config.courses")))


@pytest.fixture
def courses(tmp_path: Path) -> Path:
    """A folder for course files, with that of the course."""
    folder = tmp_path / "courses"
    folder.mkdir()
    shutil.copy(SHIPPED / "lc2024.toml", folder)
    return folder


def edited(courses: Path, name: str, *changes: tuple[str, str]) -> None:
    """Another course file, with other words."""
    text = (SHIPPED / "lc2024.toml").read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    (courses / f"{name}.toml").write_text(text.replace('id = "lc2024"', f'id = "{name}"'), encoding="utf-8")


def test_a_second_sync_says_that_nothing_is_new(here: Site) -> None:
    done = typed("sync", COURSE)
    assert (done.exit_code, done.stderr) == (0, "")
    assert "lc2024 moodle: done; 0 new, 0 changed, " in done.stdout
    assert done.stdout.endswith("lc2024: scored 0, 0 cards changed\n")


def test_the_same_problem_of_many_is_said_once_with_their_number(here: Site) -> None:
    told = [line for line in typed("sync", COURSE, "--full").stdout.splitlines() if "videotime" in line]
    assert len(told) == 1
    assert told[0].startswith("  notice: not_readable: ")
    assert told[0].endswith("(5 times: 3, 6, 9, 12, 15)")


def test_what_an_earlier_sync_could_not_read_is_still_told(here: Site) -> None:
    told = typed("sync", COURSE).stdout.splitlines()
    assert len([line for line in told if "videotime" in line]) == 1
    assert (
        f"{COURSE}: still open from earlier syncs (`lms-scoring sync {COURSE} --full` reads it again)" in told
    )
    gaps = [line for line in told if line.startswith("  still open: unknown: ")]
    assert gaps, "what could not be read in the first sync is not forgotten in the second"


def test_without_a_course_every_course_is_synced(here: Site) -> None:
    done = typed("sync")
    assert done.exit_code == 0
    assert [line for line in done.stdout.splitlines() if ": scored " in line] == [
        "lc2024: scored 0, 0 cards changed",
        "lc2024-scorm: scored 12, 12 cards changed",
    ]


def test_a_course_that_cannot_be_synced_stops_no_other(here: Site, courses: Path) -> None:
    edited(courses, "another", ('course = "LC2024"', 'course = "LC2099"'))
    edited(
        courses,
        "yet-another",
        ('name = "moodle"', 'name = "campus"'),
        ('source = "moodle"', 'source = "campus"'),
    )
    with surroundings({**here.settings, "LMS_SCORING_COURSES": str(courses)}, here.folder):
        done = typed("sync")
    assert done.exit_code == 1
    assert "another moodle: failed" in done.stdout
    assert "moodle shows no course 'LC2099' to the service account" in done.stderr
    assert "yet-another: not synced: no platform 'campus' in the settings" in done.stderr
    assert "lc2024: scored 0, 0 cards changed" in done.stdout


def test_a_sync_that_another_keeps_from_its_platform_ends_and_says_what_to_do(
    here: Site, platform: RunningPlatform
) -> None:
    """One stopped by Ctrl-Z, say, which has both turns for as long as it stands still."""
    locks, origin = here.installation.locks, str(origin_of(platform.moodle.url))
    with (
        surroundings({**here.settings, "LMS_SCORING_PLATFORM_MOODLE_DEADLINE": "1"}, here.folder),
        locks.held(f"{origin} 0"),
        locks.held(f"{origin} 1"),
    ):
        done = typed("sync", COURSE)
    assert done.exit_code == 1
    assert "lc2024 moodle: failed" in done.stdout
    assert "not asked: 2 other requests of ours were under way all the while" in done.stderr
    assert "lc2024 lrs: done" in done.stdout
    with here.installation.store.reading() as transaction:
        (run,) = (one for one in transaction.runs(COURSE, limit=2) if one.source == "moodle")
    assert run.failure == Failure(remedy=Remedy.TRY_AGAIN, instead=Instead.NO_TURN)


def test_a_second_course_on_the_same_record_store_reads_on_and_counts_the_same(
    here: Site, courses: Path
) -> None:
    edited(courses, "another")
    with surroundings({**here.settings, "LMS_SCORING_COURSES": str(courses)}, here.folder):
        done = typed("sync", "another")
    assert done.exit_code == 0
    (line,) = (line for line in done.stdout.splitlines() if line.startswith("another lrs: done; 0 new"))
    read_again = int(line.partition("0 changed, ")[2].partition(" as before")[0])
    assert read_again < 100, "only what was stored in the last moments is asked for again"
    assert lasting(here.cards("another")) == lasting(here.cards(COURSE))


def test_a_binding_of_an_activity_that_is_not_there_is_a_loss(here: Site, courses: Path) -> None:
    edited(courses, "another", ('activities = ["17"]', 'activities = ["71"]'))
    with surroundings({**here.settings, "LMS_SCORING_COURSES": str(courses)}, here.folder):
        done = typed("sync", "another")
    assert done.exit_code == 1
    assert "  lost: moodle lists no activity 71, which is bound as homework" in done.stderr


def test_a_criterion_that_nothing_is_bound_to_is_said(here: Site, courses: Path) -> None:
    edited(courses, "another", ('as = "journal"', 'as = "homework"'))
    with surroundings({**here.settings, "LMS_SCORING_COURSES": str(courses)}, here.folder):
        done = typed("sync", "another")
    assert (done.exit_code, done.stderr) == (0, "")
    assert "  notice: no activity is bound as journal, so every learner has 0 of journal" in done.stdout


@pytest.fixture
def vanished(tmp_path: Path) -> Iterator[Site]:
    """A course of which all topics but a few were deleted after the first sync."""
    with running_platform(CUT) as platform:
        ours = site(platform, tmp_path)
        ours.adopt(COURSE)
        assert ours.sync(COURSE).good
        _delete_topics(platform, leaving=5)
        yield ours


def test_a_mass_disappearance_is_held_back_until_somebody_signs(vanished: Site) -> None:
    before = vanished.cards(COURSE)
    with vanished.here():
        held = typed("sync", COURSE, "--full")
        assert held.exit_code == 1
        assert "  lost: mass_disappearance: " in held.stderr
        assert "`lms-scoring loss confirm 1`" in held.stderr
        assert {key: card.total for key, card in vanished.cards(COURSE).items()} == {
            key: card.total for key, card in before.items()
        }
        signed = ("--by", "operator:office", "--reason", "the forum was cleared", "--yes")
        assert typed("loss", "confirm", "1", *signed).exit_code == 0
        assert typed("sync", COURSE).exit_code == 0
    after = vanished.cards(COURSE)
    assert sum(card.total for card in after.values()) < sum(card.total for card in before.values())


def test_a_loss_is_listed_refused_and_confirmed_by_name(vanished: Site) -> None:
    before = vanished.cards(COURSE)
    signed = ("--by", "operator:office", "--reason", "the forum was cleared on Monday")
    with vanished.here():
        assert typed("loss", "list").stdout == "nothing is held\n"
        assert typed("sync", COURSE, "--full").exit_code == 1
        (held, *_) = json.loads(typed("loss", "list", COURSE, "--format", "json").stdout)
        assert (held["number"], held["source"], held["kind"], held["state"]) == (
            1,
            "moodle",
            "post",
            "waiting",
        )
        assert 10 < held["missing"] < held["of"]
        refused = typed("loss", "refuse", "1", *signed)
        assert (refused.exit_code, refused.stdout.splitlines()[-1]) == (
            0,
            "loss 1: they were not deleted and go on counting",
        )
        done = typed("sync", COURSE, "--full")
        assert done.exit_code == 0
        assert "  notice: loss_refused: " in done.stdout
        assert vanished.cards(COURSE).keys() == before.keys()
        assert typed("loss", "confirm", "1", *signed, given="n\n").exit_code == 1
        confirmed = typed("loss", "confirm", "1", *signed, "--yes")
        assert confirmed.exit_code == 0
        assert f"{held['missing']} records are gone; " in confirmed.stdout
        assert typed("sync", COURSE, "--full").exit_code == 0
        assert typed("loss", "confirm", "1", *signed, "--yes").exit_code == 1
        (over,) = json.loads(typed("loss", "list", "--all", "--format", "json").stdout)
        assert over["state"] == "confirmed"
    after = vanished.cards(COURSE)
    assert sum(card.total for card in after.values()) < sum(card.total for card in before.values())


def test_withdrawn_people_are_left_out_of_the_table_unless_asked_for(tmp_path: Path) -> None:
    with running_platform(replace(CUT, learners=3)) as platform:
        ours = site(platform, tmp_path)
        ours.adopt(COURSE)
        platform.moodle.change("suspend_enrolment", user=4)
        assert ours.sync(COURSE).good
        with ours.here():
            plain, whole = typed("board", COURSE).stdout, typed("board", COURSE, "--withdrawn").stdout
            exported = typed("board", COURSE, "--format", "json").stdout
            explained = typed("explain", COURSE, "moodle-4", "--lang", "en").stdout
    assert "(moodle-4) · withdrawn · learner" in explained
    assert "moodle-4 " not in plain
    assert "withdrawn, not shown: 1 (--withdrawn)" in plain
    assert "moodle-4 " in whole
    assert '"moodle-4"' in exported, "the record and the score stay"


def _delete_topics(platform: RunningPlatform, *, leaving: int) -> None:
    topics = list(platform.moodle.server.model.forums[1].discussions.values())
    for topic in topics[leaving:]:
        platform.moodle.change("delete_post", post=topic.row["id"])
