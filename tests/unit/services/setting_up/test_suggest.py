"""What a new course is asked to bind, and what is chosen for it beforehand: only what is plain."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.domain.evidence import Purpose
from lms_scoring.ports import Activity, Uses
from lms_scoring.services.setting_up.activity_lines import EVENT, Line, folders, lines_of
from lms_scoring.services.setting_up.suggest import as_before, suggested
from tests.fakes.activity_kinds import NamedKinds
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import COURSE, adopt_course

EVERY = frozenset(Purpose)
VIDEOS = "https://video.example.edu/v/*"


TASKS = frozenset({Purpose.HOMEWORK, Purpose.JOURNAL})
FORUMS = frozenset({Purpose.POSTS, Purpose.BULLETINS})
TIME = frozenset({Purpose.STUDY_TIME})
KINDS = NamedKinds(
    task=Uses(may_be=TASKS, usual=TASKS),
    talk=Uses(may_be=FORUMS, usual=FORUMS),
    package=Uses(may_be=TIME, usual=TIME),
    table=Uses(may_be=TASKS),
    reader=Uses(may_be=TIME),
)
"""A platform that has tasks, talks and packages, and tells evidence also of tables and readers."""


def line(activity: str, name: str = "", kind: str = "", *, visible: bool = True) -> Line:
    return Line(source="lms", activity=activity, name=name, kind=kind, uses=KINDS.uses(kind), visible=visible)


def video(folder: str = VIDEOS) -> Line:
    return Line(source="lrs", activity=folder, evidence=frozenset({EVENT}), count=9, activities=3)


@pytest.mark.parametrize(
    ("name", "kind", "purpose"),
    [
        ("课程作业", "task", Purpose.HOMEWORK),
        ("Homework 1", "task", Purpose.HOMEWORK),
        ("研修日志", "task", Purpose.JOURNAL),
        ("My Journal", "task", Purpose.JOURNAL),
        ("研讨交流", "talk", Purpose.POSTS),
        ("Discussion of unit 1", "talk", Purpose.POSTS),
        ("公告", "talk", Purpose.BULLETINS),
        ("Announcements", "talk", Purpose.BULLETINS),
        ("News forum", "talk", Purpose.BULLETINS),
        ("视频课", "package", Purpose.STUDY_TIME),
    ],
)
def test_a_name_and_a_kind_that_agree_are_a_suggestion(name: str, kind: str, purpose: Purpose) -> None:
    assert suggested([line("1", name, kind)], EVERY) == {("lms", "1"): purpose}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("教学设计（百分制）", "task"),
        ("作业日志", "task"),
        ("答疑", "talk"),
        ("研讨公告", "talk"),
        ("课程作业", "talk"),
        ("研修日志", "unheard of"),
        ("研修日志", "table"),
        ("视频课", "reader"),
    ],
)
def test_what_is_doubtful_is_left_to_a_person(name: str, kind: str) -> None:
    assert suggested([line("1", name, kind)], EVERY) == {}


def test_a_hidden_activity_is_left_to_a_person() -> None:
    hidden = [line("1", "课程作业", "task", visible=False), line("2", "视频", "package", visible=False)]
    assert suggested(hidden, EVERY) == {}


def test_study_time_is_not_told_twice() -> None:
    package = line("1", "视频课", "package")
    assert suggested([package, video()], EVERY) == {("lrs", VIDEOS): Purpose.STUDY_TIME}


def test_of_several_folders_of_videos_none_is_chosen() -> None:
    other = video("https://video.example.edu/other-course/*")
    assert suggested([line("1", "视频课", "package"), video(), other], EVERY) == {}


def test_nothing_is_suggested_that_the_scheme_does_not_ask_for() -> None:
    lines = [line("1", "研修日志", "task"), line("2", "课程作业", "task"), video()]
    assert suggested(lines, frozenset({Purpose.HOMEWORK})) == {("lms", "2"): Purpose.HOMEWORK}


# -- lines ----------------------------------------------------------------------------------------------


def test_what_a_line_fits_is_what_its_own_platform_says_of_its_kind() -> None:
    store = MemoryStore()
    adopt_course(store)
    kinds = enumerate(("talk", "table", "unheard of"))
    listed = [Activity(id=str(number), name="", kind=kind) for number, kind in kinds]
    with store.writing() as transaction:
        for source in ("lms", "silent", "no source of it"):
            transaction.keep_activities(COURSE, source, listed)
    with store.reading() as transaction:
        lines = lines_of(transaction, COURSE, {"lms": KINDS, "silent": None})
    assert {line.key: set(line.fitting) for line in lines} == {
        ("lms", "0"): FORUMS,
        ("lms", "1"): TASKS,
        ("lms", "2"): set(),
        ("silent", "0"): set(),
        ("silent", "1"): set(),
        ("silent", "2"): set(),
    }


def test_evidence_says_what_a_line_fits_whatever_the_platform_says() -> None:
    told = replace(line("1", kind="reader"), evidence=frozenset({"post"}))
    assert set(told.fitting) == TIME | FORUMS
    assert set(replace(told, kind=None, uses=Uses()).fitting) == FORUMS


# -- copies ---------------------------------------------------------------------------------------------


FORMER = Bindings(
    bindings=(
        Binding(purpose=Purpose.HOMEWORK, source="lms", activities=("17", "99")),
        Binding(purpose=Purpose.STUDY_TIME, source="lrs", activities=("https://video.example.edu/*",)),
    )
)
THERE = [
    ("lms", Activity(id="17", name="期末任务", kind="task")),
    ("lms", Activity(id="18", name="课程作业", kind="task")),
    ("lms", Activity(id="19", name="任务", kind="task")),
]


def test_a_copy_binds_what_its_source_bound_by_name_and_kind() -> None:
    lines = [line("217", "期末任务", "task"), line("218", "课程作业", "task"), video()]
    assert as_before(FORMER, THERE, lines) == {
        ("lms", "217"): Purpose.HOMEWORK,
        ("lms", "218"): None,
        ("lrs", VIDEOS): Purpose.STUDY_TIME,
    }


def test_the_same_number_of_another_activity_means_nothing() -> None:
    assert as_before(FORMER, THERE, [line("17", "答疑", "talk")]) == {}


def test_another_kind_of_the_same_name_is_another_activity() -> None:
    assert as_before(FORMER, THERE, [line("217", "期末任务", "talk")]) == {}


def test_two_of_a_name_where_there_was_one_are_left_to_a_person() -> None:
    lines = [line("217", "期末任务", "task"), line("218", "期末任务", "task")]
    assert set(as_before(FORMER, THERE, lines).values()) == {None}


# -- folders --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("activities", "found"),
    [
        (["https://v.example/v/1", "https://v.example/v/2"], {"https://v.example/v/*": 2}),
        (["https://v.example/v/1"], {"https://v.example/v/*": 1}),
        (["https://v.example/1", "https://v.example/2"], {"https://v.example/*": 2}),
        (["https://v.example/v/1/", "https://v.example/v/2/"], {"https://v.example/v/*": 2}),
        (["https://v.example/v/1/index", "https://v.example/v/2/index"], {"https://v.example/v/*": 2}),
        (
            ["https://v.example/a/1", "https://v.example/b/2"],
            {"https://v.example/a/*": 1, "https://v.example/b/*": 1},
        ),
        (
            ["https://m.example/mod/view?id=1", "https://m.example/mod/view?id=2"],
            {"https://m.example/mod/view?*": 2},
        ),
        (["https://v.example", "urn:one:2", "alone"], {"https://v.example": 1, "urn:one:2": 1, "alone": 1}),
        (
            [
                "https://v.example/v/1",
                "https://v.example/v/2",
                "https://v.example/v/x/3",
                "https://v.example/v/x/4",
            ],
            {"https://v.example/v/1": 1, "https://v.example/v/2": 1, "https://v.example/v/x/*": 2},
        ),
    ],
)
def test_addresses_are_one_line_by_their_folder(activities: list[str], found: dict[str, int]) -> None:
    assert {folder: len(inside) for folder, inside in folders(activities).items()} == found


def test_no_line_speaks_for_the_activities_of_another() -> None:
    activities = [
        f"https://v.example/{path}" for path in ("1", "a/1", "a/2", "a/b/1", "a/b/2", "c/d/1", "c/e/1")
    ]
    found = folders(activities)
    for folder, inside in found.items():
        meant = Binding(purpose=Purpose.STUDY_TIME, source="lrs", activities=(folder,))
        assert [one for one in activities if meant.holds("lrs", one)] == inside
