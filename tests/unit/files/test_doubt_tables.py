"""What a course file says of doubts and disputes: every threshold is a setting with a usual value."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import pytest

from lms_scoring.domain.doubts import DoubtRules, Flooding, Likeness
from lms_scoring.domain.errors import CourseFileMistakes
from lms_scoring.domain.evidence import Task
from lms_scoring.domain.proceedings.terms import DisputeTerms
from lms_scoring.files.course_file import CourseFile, parse_course

TEXT = """
format = 1
id = "lc2025"
title = "一门课程"
scheme = "longcheng-2024"

[[source]]
name = "moodle"
kind = "moodle"
course = "LC2025"
"""

ALL = """
[doubts]
objection_days = 10

[doubts.flooding]
shortest = 15
repeats = false
burst_posts = 5
burst_seconds = 120

[doubts.likeness]
tasks = ["homework"]
share = "62.5%"
shortest = 300
other_courses = false
own_works = true

[disputes]
answer_days = 5
second_days = 14
"""


def course(table: str) -> CourseFile:
    return parse_course(TEXT + table, name="a course", folder=Path("courses"))


def mistakes(table: str) -> list[str]:
    with pytest.raises(CourseFileMistakes) as raised:
        course(table)
    return [f"{mistake.place}: {mistake.text}" for mistake in raised.value.mistakes]


def test_every_threshold_is_a_setting() -> None:
    found = course(ALL)
    assert found.doubts == DoubtRules(
        flooding=Flooding(shortest=15, repeats=False, burst_posts=5, burst_seconds=120),
        likeness=Likeness(
            tasks=frozenset({Task.HOMEWORK}),
            share=Fraction(5, 8),
            shortest=300,
            other_courses=False,
            own_works=True,
        ),
        objection_days=10,
    )
    assert found.disputes == DisputeTerms(answer_days=5, second_days=14)


def test_what_is_not_said_is_as_usual() -> None:
    assert (course("").doubts, course("").disputes) == (DoubtRules(), DisputeTerms())
    found = course("[doubts.flooding]\nshortest = 0\n")
    assert found.doubts == DoubtRules(flooding=Flooding(shortest=0))
    assert course("[doubts.likeness]\ntasks = []\n").doubts.likeness.tasks == frozenset()


def test_every_mistake_is_told_at_once_in_the_order_of_the_file() -> None:
    table = """
[doubts]
objection_days = 0
objections = 3

[doubts.flooding]
shortest = -1
repeats = "yes"
burst_posts = 1
burst_seconds = 0.5

[doubts.likeness]
tasks = ["homework", "essay"]
share = "29.9%"
shortest = 4
own_works = "1"

[disputes]
answer_days = 366
second_days = "7"
"""
    assert mistakes(table) == [
        "doubts.objection_days: must be a whole number from 1 to 365",
        "doubts.objections: is not a setting; did you mean 'objection_days'?",
        "doubts.flooding.shortest: must be a whole number from 0 to 20000",
        "doubts.flooding.repeats: must be true or false, without quotes",
        "doubts.flooding.burst_posts: one post is no burst: 0 (never), or 2 and more",
        "doubts.flooding.burst_seconds: must be a whole number",
        "doubts.likeness.tasks[2]: must be one of homework, journal",
        "doubts.likeness.share: works that share less are not surely found; 30% to 100%",
        "doubts.likeness.shortest: must be a whole number from 5 to 20000",
        "doubts.likeness.own_works: must be true or false, without quotes",
        "disputes.answer_days: must be a whole number from 1 to 365",
        "disputes.second_days: must be a whole number",
    ]


@pytest.mark.parametrize("share", ['"half"', "0.5", '"101%"', '"-50%"'])
def test_a_share_is_told_in_percent(share: str) -> None:
    assert mistakes(f"[doubts.likeness]\nshare = {share}\n") == [
        'doubts.likeness.share: must be a share such as "85%"'
    ]
