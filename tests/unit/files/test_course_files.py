"""Course files: sources, words of a platform, bindings, and where relative paths begin."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from fractions import Fraction
from pathlib import Path

import pytest

from lms_scoring.domain.cron import parse_cron
from lms_scoring.domain.errors import CourseFileMistakes
from lms_scoring.domain.evidence import Grade, Purpose, Role
from lms_scoring.domain.instants import MINUTE
from lms_scoring.domain.losses import USUAL_LOSSES, LossRules
from lms_scoring.domain.schedule import USUAL, QuietHours
from lms_scoring.files.course_file import SourceKind, parse_course, read_course

TEXT = """
format = 1
id = "lc2025"
title = "一门课程"
scheme = "longcheng-2024"

[[source]]
name = "moodle"
kind = "moodle"
course = "LC2025"
grades = { "优秀" = "excellent", "不合格" = "fail" }
roles = { "xueyuan" = "learner" }

[[source]]
name = "old-statements"
kind = "statements"
paths = ["old/2024.jsonl", "/archive/2023"]

[[bind]]
as = "study_time"
source = "old-statements"
activities = ["https://video.example.edu/*"]

[[bind]]
as = "homework"
source = "moodle"
activities = ["17", "18"]
"""


def mistakes(text: str) -> list[str]:
    with pytest.raises(CourseFileMistakes) as caught:
        parse_course(text, name="a course", folder=Path("courses"))
    return [str(mistake) for mistake in caught.value.mistakes]


def test_a_course_has_sources_with_the_words_of_its_platform() -> None:
    course = parse_course(TEXT, name="a course", folder=Path("courses"))
    moodle, statements = course.sources
    assert (course.id, course.title, course.scheme, course.text) == (
        "lc2025",
        "一门课程",
        "longcheng-2024",
        TEXT,
    )
    assert (moodle.course, moodle.grades["优秀"], moodle.roles["xueyuan"]) == (
        "LC2025",
        Grade.EXCELLENT,
        Role.LEARNER,
    )
    assert statements.paths == (Path("courses/old/2024.jsonl"), Path("/archive/2023"))


def test_activities_are_bound_by_their_source_and_id_or_its_beginning() -> None:
    bindings = parse_course(TEXT, name="a course", folder=Path("courses")).bindings
    assert bindings.purpose_of("moodle", "18") is Purpose.HOMEWORK
    assert bindings.purpose_of("old-statements", "https://video.example.edu/v/7") is Purpose.STUDY_TIME
    assert bindings.purpose_of("old-statements", "17") is None
    assert bindings.purpose_of("moodle", "1") is None


def test_a_file_that_is_not_there_or_no_text_is_a_mistake(tmp_path: Path) -> None:
    (tmp_path / "latin.toml").write_bytes(b'title = "\xe9"')
    for name, reason in (("none.toml", "No such file"), ("latin.toml", "is not UTF-8 text")):
        with pytest.raises(CourseFileMistakes, match=reason):
            read_course(tmp_path / name)


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        (
            'source = "moodle"',
            'source = "modle"',
            'bind[2].source = "modle": must be one of moodle, old-statements; did you mean',
        ),
        ('course = "LC2025"', "", "source[1].course: which course? "),
        ('paths = ["old/2024.jsonl", "/archive/2023"]', "", "source[2].paths: which files or folders?"),
        ('as = "homework"', 'as = "homwork"', 'bind[2].as = "homwork": must be one of study_time, homework'),
        (
            'name = "old-statements"',
            'name = "moodle"',
            'source[2].name = "moodle": source[1] has the same; each must have its own',
        ),
        (
            '"17", "18"]\n',
            '"17"]\n[[bind]]\nas = "posts"\nsource = "moodle"\nactivities = ["9", "17"]\n',
            "bind[3].activities: '17' is bound in bind[2] already, and can count as one thing only",
        ),
        ("format = 1", "format = 2", "format = 2: must be 1"),
        (
            '"xueyuan" = "learner"',
            '"xueyuan" = "student"',
            'source[1].roles.xueyuan = "student": must be one of learner',
        ),
        ('activities = ["17", "18"]', "activities = []", "bind[2].activities = []: must not be empty"),
        (
            'kind = "moodle"',
            'kind = "moodle"\ncorse = "x"',
            'source[1].corse = "x": is not a setting; did you mean',
        ),
    ],
)
def test_a_mistake_is_named_with_its_place(old: str, new: str, mistake: str) -> None:
    assert old in TEXT
    assert any(each.startswith(mistake) for each in mistakes(TEXT.replace(old, new, 1)))


ROSTER = """
format = 1
id = "plain"
title = "课程"
scheme = "x"

[[source]]
name = "lti-12"
kind = "lti"
course = "https://platform.example/courses/7"
"""


def test_the_roster_of_a_platform_is_named_by_its_registration_and_the_contexts_id() -> None:
    (source,) = parse_course(ROSTER, name="x", folder=Path()).sources
    assert (source.name, source.kind) == ("lti-12", SourceKind.LTI)
    assert source.course == "https://platform.example/courses/7"


@pytest.mark.parametrize(
    ("old", "new", "mistake"),
    [
        (
            'course = "https://platform.example/courses/7"',
            "",
            "source[1].course: which course? Its context's id",
        ),
        ('"lti-12"', '"lti-0"', 'source[1].name = "lti-0": must be lti- and the number'),
        ('"lti-12"', '"lti-twelve"', 'source[1].name = "lti-twelve": must be lti- and the number'),
        ('"lti-12"', '"campus"', 'source[1].name = "campus": must be lti- and the number'),
        ('name = "lti-12"\n', "", "source[1].name: is missing"),
    ],
)
def test_a_roster_of_no_platform_is_a_mistake(old: str, new: str, mistake: str) -> None:
    (told,) = mistakes(ROSTER.replace(old, new))
    assert told.startswith(mistake)


SCHEDULE = """
[schedule]
cron = "15 3 * * 1-5"
quiet = ["07:30-09:00", "22:00–24:00"]
lead_days = 0
trail_days = 60
full_every_days = 1
by_itself = true
"""


def test_a_course_says_when_it_is_synced_by_itself() -> None:
    schedule = parse_course(TEXT + SCHEDULE, name="a course", folder=Path("courses")).schedule
    assert schedule.cron == parse_cron("15 3 * * 1-5")
    assert schedule.quiet == (
        QuietHours(begin=time(7, 30), end=time(9)),
        QuietHours(begin=time(22), end=time()),
    )
    assert (schedule.lead_days, schedule.trail_days, schedule.full_every_days) == (0, 60, 1)


def test_a_course_that_says_nothing_of_it_is_synced_as_usual() -> None:
    assert parse_course(TEXT, name="a course", folder=Path("courses")).schedule == USUAL
    table = TEXT + '[schedule]\nevery = "90min"\nby_itself = false\n'
    found = parse_course(table, name="a course", folder=Path("courses")).schedule
    assert found == replace(USUAL, every=90 * MINUTE, by_itself=False)


SETTINGS = "every, cron, quiet, lead_days, trail_days, full_every_days, by_itself"


def test_every_mistake_in_a_schedule_is_told_at_once() -> None:
    table = """
[schedule]
every = "1min"
cron = "0 25 * * *"
quiet = ["7:30-9:00", "08:00-08:00", 5]
lead_days = -1
full_every_days = 0
by_itself = "yes"
weekly = true
"""
    assert mistakes(TEXT + table) == [
        'schedule.every = "1min": must be at least 5min',
        "schedule.cron = \"0 25 * * *\": hour: '25' goes beyond 0-23, or backwards",
        'schedule.quiet[1] = "7:30-9:00": must be hours of the day such as "07:30-09:00" or "22:00-05:00"',
        'schedule.quiet[2] = "08:00-08:00": begins and ends at the same time',
        'schedule.quiet[3] = 5: must be hours of the day such as "07:30-09:00" or "22:00-05:00"',
        "schedule.lead_days = -1: must be a whole number from 0 to 3650",
        "schedule.full_every_days = 0: must be a whole number from 1 to 3650",
        'schedule.by_itself = "yes": must be true or false, without quotes',
        f"schedule.weekly = true: is not a setting; there are {SETTINGS}",
    ]


@pytest.mark.parametrize(
    ("table", "mistake"),
    [
        ('cron = "0 0 30 2 *"', 'schedule.cron = "0 0 30 2 *": names days that never come'),
        ("cron = 5", 'schedule.cron = 5: must be a text of five fields such as "0 3 * * *"'),
        ('every = "2h"\ncron = "0 3 * * *"', 'schedule.cron = "0 3 * * *": either cron or every, not both'),
        ('quiet = ["05:00-22:00", "22:00-05:00"]', "schedule.quiet: leave no time of the day for a sync"),
    ],
)
def test_a_schedule_that_cannot_be_kept_is_a_mistake(table: str, mistake: str) -> None:
    assert mistakes(f"{TEXT}\n[schedule]\n{table}\n") == [mistake]


def test_how_much_may_vanish_at_once_is_as_usual_or_as_the_file_says() -> None:
    assert parse_course(TEXT, name="a course", folder=Path("courses")).losses == USUAL_LOSSES
    text = TEXT + '\n[losses]\nshare = "12.5%"\nat_least = 4\n'
    found = parse_course(text, name="a course", folder=Path("courses"))
    assert found.losses == LossRules(share=Fraction(1, 8), at_least=4)


@pytest.mark.parametrize(
    "line", ['share = "0%"', 'share = "100%"', "share = 0.2", "at_least = 1", 'at_least = "2"', "few = 3"]
)
def test_a_loss_that_is_no_share_of_anything_is_a_mistake(line: str) -> None:
    (mistake,) = mistakes(f"{TEXT}\n[losses]\n{line}\n")
    assert mistake.startswith("losses.")
