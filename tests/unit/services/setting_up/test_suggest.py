"""What a new course is asked to bind, and what is chosen for it beforehand: only what is plain."""

from __future__ import annotations

import pytest

from lms_scoring.domain.binding import Binding, Bindings
from lms_scoring.domain.evidence import Purpose
from lms_scoring.ports import Activity
from lms_scoring.services.setting_up.activity_lines import EVENT, Line, folders
from lms_scoring.services.setting_up.suggest import as_before, suggested

EVERY = frozenset(Purpose)
VIDEOS = "https://video.example.edu/v/*"


def line(activity: str, name: str = "", kind: str | None = None, **more: object) -> Line:
    return Line(source="moodle", activity=activity, name=name, kind=kind, **more)  # type: ignore[arg-type] # drawn together


def video(folder: str = VIDEOS) -> Line:
    return Line(source="lrs", activity=folder, evidence=frozenset({EVENT}), count=9, activities=3)


@pytest.mark.parametrize(
    ("name", "kind", "purpose"),
    [
        ("课程作业", "assign", Purpose.HOMEWORK),
        ("Homework 1", "assign", Purpose.HOMEWORK),
        ("研修日志", "assign", Purpose.JOURNAL),
        ("My Journal", "assign", Purpose.JOURNAL),
        ("研讨交流", "forum", Purpose.POSTS),
        ("Discussion of unit 1", "forum", Purpose.POSTS),
        ("公告", "forum", Purpose.BULLETINS),
        ("Announcements", "forum", Purpose.BULLETINS),
        ("News forum", "forum", Purpose.BULLETINS),
        ("视频课", "scorm", Purpose.STUDY_TIME),
    ],
)
def test_a_name_and_a_kind_that_agree_are_a_suggestion(name: str, kind: str, purpose: Purpose) -> None:
    assert suggested([line("1", name, kind)], EVERY) == {("moodle", "1"): purpose}


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("教学设计（百分制）", "assign"),
        ("作业日志", "assign"),
        ("答疑", "forum"),
        ("研讨公告", "forum"),
        ("课程作业", "quiz"),
        ("课程作业", "forum"),
        ("研修日志（journal 插件）", "journal"),
        ("研修心得库", "data"),
    ],
)
def test_what_is_doubtful_is_left_to_a_person(name: str, kind: str) -> None:
    assert suggested([line("1", name, kind)], EVERY) == {}


def test_a_hidden_activity_is_left_to_a_person() -> None:
    hidden = [line("1", "课程作业", "assign", visible=False), line("2", "视频", "scorm", visible=False)]
    assert suggested(hidden, EVERY) == {}


def test_study_time_is_not_told_twice() -> None:
    package = line("1", "视频课", "scorm")
    assert suggested([package, video()], EVERY) == {("lrs", VIDEOS): Purpose.STUDY_TIME}


def test_of_several_folders_of_videos_none_is_chosen() -> None:
    other = video("https://video.example.edu/other-course/*")
    assert suggested([line("1", "视频课", "scorm"), video(), other], EVERY) == {}


def test_nothing_is_suggested_that_the_scheme_does_not_ask_for() -> None:
    lines = [line("1", "研修日志", "assign"), line("2", "课程作业", "assign"), video()]
    assert suggested(lines, frozenset({Purpose.HOMEWORK})) == {("moodle", "2"): Purpose.HOMEWORK}


# -- copies ---------------------------------------------------------------------------------------------


FORMER = Bindings(
    bindings=(
        Binding(purpose=Purpose.HOMEWORK, source="moodle", activities=("17", "99")),
        Binding(purpose=Purpose.STUDY_TIME, source="lrs", activities=("https://video.example.edu/*",)),
    )
)
THERE = [
    ("moodle", Activity(id="17", name="期末任务", kind="assign")),
    ("moodle", Activity(id="18", name="课程作业", kind="assign")),
    ("moodle", Activity(id="19", name="任务", kind="assign")),
]


def test_a_copy_binds_what_its_source_bound_by_name_and_kind() -> None:
    lines = [line("217", "期末任务", "assign"), line("218", "课程作业", "assign"), video()]
    assert as_before(FORMER, THERE, lines) == {
        ("moodle", "217"): Purpose.HOMEWORK,
        ("moodle", "218"): None,
        ("lrs", VIDEOS): Purpose.STUDY_TIME,
    }


def test_the_same_number_of_another_activity_means_nothing() -> None:
    assert as_before(FORMER, THERE, [line("17", "答疑", "forum")]) == {}


def test_another_kind_of_the_same_name_is_another_activity() -> None:
    assert as_before(FORMER, THERE, [line("217", "期末任务", "forum")]) == {}


def test_two_of_a_name_where_there_was_one_are_left_to_a_person() -> None:
    lines = [line("217", "期末任务", "assign"), line("218", "期末任务", "assign")]
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
