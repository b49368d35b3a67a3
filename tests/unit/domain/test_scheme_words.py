"""Schemes as words and as a fingerprint: what changes a score changes it, and nothing else does."""

from __future__ import annotations

from dataclasses import fields, replace
from datetime import date
from fractions import Fraction
from typing import Any

import pytest

from lms_scoring.domain.evidence import Grade, Role
from lms_scoring.domain.instants import HOUR, parse_instant
from lms_scoring.domain.rules.capped_proportion import CappedProportion
from lms_scoring.domain.rules.complete_ratio import CompleteRatio
from lms_scoring.domain.rules.count import Count
from lms_scoring.domain.rules.grade_map import GradeMap
from lms_scoring.domain.rules.handed_in import Late
from lms_scoring.domain.rules.more_homework import Take
from lms_scoring.domain.rules.presence import Presence, Thing
from lms_scoring.domain.rules.rule import Rule
from lms_scoring.domain.rules.some_none import SomeNone
from lms_scoring.domain.scheme import Band, Scheme, Window, Words
from lms_scoring.domain.study_time import Counting
from lms_scoring.files.scheme_file import parse_scheme
from tests.given import main_scheme, scheme_with, shipped

TEXT = shipped("longcheng-2024").text


def with_learner(**changed: Any) -> Scheme:
    """The main scheme with something else about learners."""
    roles = main_scheme().roles
    return replace(main_scheme(), roles={**roles, Role.LEARNER: replace(roles[Role.LEARNER], **changed)})


# -- the fingerprint -------------------------------------------------------------------------------


def test_the_fingerprint_of_the_main_scheme_never_changes_by_itself() -> None:
    """Courses are pinned to it: when this fails, every course must be asked to apply its scheme again."""
    assert main_scheme().fingerprint == "fd36654df2b9fd2aa8a0b84edc9530f14cd6c16a1160d2d5ecfce0c997f0ff4d"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('zh = "龙城区2024年', 'zh = "另一个'),
        ('en = "Longcheng district', 'en = "Another district'),
        ('name = { zh = "课程作业", en = "Homework" }', 'name = { zh = "作业", en = "Work" }'),
        ('id = "longcheng-2024"', 'id = "longcheng-2024-b"'),
        ("# ---- 学员", "# 学员"),
        ("half an hour online", "an hour online"),
        ("total = 100\n", "total = 99\n"),
        ("[[learner.example]] # twenty replies", "[[learner.example]] # "),
        ("excellent = 10, good = 8, pass = 6, fail = 0", "fail = 0, pass = 6, good = 8, excellent = 10"),
        ('max = 40\nrule = "capped_proportion"', 'rule = "capped_proportion"\nmax = 40'),
        ('late = "reject" #', "#"),
        ('take = "best" ', "# "),
        ("topic = 1\n", ""),
        ("max = 40", "max = 40.0"),
        ("pass = 80", 'pass = "160/2"'),
    ],
)
def test_titles_comments_examples_order_and_spelled_out_defaults_are_not_in_the_fingerprint(
    old: str, new: str
) -> None:
    assert old in TEXT
    assert parse_scheme(TEXT.replace(old, new, 1), name="x").scheme.fingerprint == main_scheme().fingerprint


@pytest.mark.parametrize(
    ("old", "new", "another"),
    [
        ('name = { zh = "课程作业", en = "Homework" }', 'name = { zh = "作业", en = "Homework" }', True),
        ('name = { zh = "课程作业", en = "Homework" }', 'name = { zh = "课程作业", en = "Work" }', True),
        ("pass = 80", "pass = 81", False),
        ("# ---- 学员", "# 学员", False),
    ],
)
def test_the_wording_is_another_where_something_is_called_otherwise_and_nowhere_else(
    old: str, new: str, another: bool
) -> None:
    assert old in TEXT
    changed = parse_scheme(TEXT.replace(old, new, 1), name="x").scheme
    assert (changed.wording != main_scheme().wording) is another


def test_the_wording_knows_the_names_of_bands() -> None:
    bands = [Band(id="good", from_=Fraction(90), name=Words(zh=zh, en="Good")) for zh in ("良", "好")]
    assert len({with_learner(bands=(band,)).wording for band in bands}) == 2


GRADES = {
    Grade.EXCELLENT: Fraction(10),
    Grade.GOOD: Fraction(8),
    Grade.PASS: Fraction(6),
    Grade.FAIL: Fraction(0),
}
SETTINGS: list[tuple[Role, str, dict[str, Any]]] = [
    (Role.LEARNER, "study_time", {"full": 1}),
    (Role.LEARNER, "study_time", {"counting": Counting.UNIQUE_CONTENT}),
    (Role.LEARNER, "study_time", {"counting": Counting.REPORTED}),
    (Role.LEARNER, "study_time", {"reported_cap": 8 * HOUR}),
    (Role.LEARNER, "study_time", {"reported_cap": 7 * HOUR}),
    (Role.LEARNER, "homework", {"on_time": Fraction(9)}),
    (Role.LEARNER, "homework", {"grades": {**GRADES, Grade.FAIL: Fraction(1)}}),
    (Role.LEARNER, "homework", {"late": Late.FORFEIT_ON_TIME}),
    (Role.LEARNER, "homework", {"late": Late.ACCEPT}),
    (Role.LEARNER, "homework", {"take": Take.LATEST}),
    (Role.LEARNER, "homework", {"take": Take.MEAN}),
    (Role.LEARNER, "homework", {"cutoffs": {Grade.GOOD: Fraction(4, 5)}}),
    (Role.LEARNER, "homework", {"cutoffs": {Grade.PASS: Fraction(4, 5)}}),
    (Role.LEARNER, "journal", {"of": Thing.BULLETIN}),
    (Role.LEARNER, "journal", {"needed": 2}),
    (Role.LEARNER, "journal", {"late": Late.REJECT}),
    (Role.LEARNER, "journal", {"asked": 2}),
    (Role.LEARNER, "posts", {"topic": Fraction(2)}),
    (Role.LEARNER, "posts", {"reply": Fraction(2)}),
    (Role.LEARNER, "posts", {"topic_cap": Fraction(10)}),
    (Role.LEARNER, "posts", {"reply_cap": Fraction(10)}),
    (Role.LEARNER, "posts", {"asked_topics": 9}),
    (Role.LEARNER, "posts", {"asked_replies": 9}),
    (Role.LEARNER, "posts", {"without_bulletins": True}),
    (Role.TUTOR, "recommending", {"advised_percent": None}),
    (Role.TUTOR, "recommending", {"advised_percent": Fraction(6)}),
]


def test_the_fingerprint_knows_every_setting_of_every_rule() -> None:
    prints = [main_scheme().fingerprint]
    prints += [scheme_with(one, role=role, **changed).fingerprint for role, one, changed in SETTINGS]
    assert len(set(prints)) == len(prints)


def test_the_settings_tried_here_are_all_there_are() -> None:
    kinds: list[type[Any]] = [CappedProportion, GradeMap, Presence, Count, CompleteRatio, SomeNone]
    known = {field.name for kind in kinds for field in fields(kind)}
    assert {name for _, _, changed in SETTINGS for name in changed} == known


def test_the_fingerprint_knows_window_marks_maxima_kinds_order_and_bands() -> None:
    scheme = main_scheme()
    learner = scheme.roles[Role.LEARNER]
    first = learner.criteria[0]
    band = Band(id="good", from_=Fraction(80), name=scheme.title)
    others = [
        replace(scheme, window=replace(scheme.window, first=date(2024, 10, 26))),
        replace(scheme, window=replace(scheme.window, last=date(2024, 12, 16))),
        replace(scheme, window=replace(scheme.window, zone="Asia/Singapore")),
        replace(scheme, roles={Role.LEARNER: learner}),
        with_learner(pass_mark=Fraction(81)),
        with_learner(scaled_to=Fraction(100)),
        with_learner(bands=(band,)),
        with_learner(bands=(replace(band, from_=Fraction(81)),)),
        with_learner(bands=(replace(band, id="better"),)),
        with_learner(criteria=learner.criteria[::-1]),
        with_learner(criteria=learner.criteria[1:]),
        with_learner(criteria=(replace(first, max=Fraction(41)), *learner.criteria[1:])),
        with_learner(criteria=(replace(first, id="time"), *learner.criteria[1:])),
        with_learner(criteria=(replace(first, rule=SomeNone()), *learner.criteria[1:])),
        with_learner(criteria=(replace(first, rule=CompleteRatio()), *learner.criteria[1:])),
    ]
    prints = [scheme.fingerprint, *(one.fingerprint for one in others)]
    assert len(set(prints)) == len(prints)


def test_names_of_bands_and_advice_are_not_in_the_fingerprint() -> None:
    words = Words(zh="别的", en="other")
    scheme = shipped("prefecture-three-bands").scheme
    rules = scheme.roles[Role.LEARNER]
    bands = tuple(replace(band, name=words) for band in rules.bands)
    other = replace(scheme, roles={Role.LEARNER: replace(rules, bands=bands, advice=(words,))})
    assert other.fingerprint == scheme.fingerprint


# -- window ----------------------------------------------------------------------------------------


def test_a_window_begins_with_its_first_day_and_ends_after_its_last() -> None:
    window = Window(first=date(2024, 10, 25), last=date(2024, 12, 15), zone="Asia/Shanghai")
    assert window.start == parse_instant("2024-10-24T16:00:00Z")
    assert window.end == parse_instant("2024-12-15T16:00:00Z")


def test_a_window_of_one_day_across_a_change_of_clocks_is_as_long_as_that_day() -> None:
    window = Window(first=date(2024, 10, 27), last=date(2024, 10, 27), zone="Europe/Berlin")
    assert window.end - window.start == 25 * HOUR


# -- sentences -------------------------------------------------------------------------------------

MAPPED = GradeMap(on_time=Fraction(10), grades=GRADES)


@pytest.mark.parametrize(
    ("rule", "zh", "en"),
    [
        (
            CappedProportion(full=750 * 60_000),
            "学习满 750 分钟得 20 分，不足按比例计；同一时刻只计一次。",
            (
                "750 minutes of study earn 20 points, less in proportion; "
                "a moment counts once, however many videos run."
            ),
        ),
        (
            CappedProportion(full=90_000, counting=Counting.REPORTED, reported_cap=8 * HOUR),
            "学习满 1.5 分钟得 20 分，不足按比例计；以平台自报的总时长为准；单次自报时长最多计 8 小时。",
            (
                "1.5 minutes of study earn 20 points, less in proportion; "
                "the platform's own totals count; one reported total counts up to 8 hours."
            ),
        ),
        (
            CappedProportion(full=60_000, counting=Counting.UNIQUE_CONTENT),
            "学习满 1 分钟得 20 分，不足按比例计；每秒内容只计一次，重看不计。",
            (
                "1 minute of study earns 20 points, less in proportion; "
                "each second of content counts once, watching again does not."
            ),
        ),
        (
            MAPPED,
            (
                "按时提交得 10 分，评为优秀 10 分、良好 8 分、合格 6 分、不合格 0 分；"
                "逾期提交不计分；多次提交取最高一次；满分 20 分。"
            ),
            (
                "10 points in time, and by grade: excellent 10, good 8, pass 6, fail 0; "
                "late work counts nothing; of several attempts the best counts; at most 20 points."
            ),
        ),
        (
            replace(MAPPED, on_time=Fraction(0), late=Late.FORFEIT_ON_TIME, take=Take.LATEST),
            (
                "评为优秀 10 分、良好 8 分、合格 6 分、不合格 0 分；"
                "逾期提交不得按时分；多次提交取最后一次；满分 20 分。"
            ),
            (
                "by grade: excellent 10, good 8, pass 6, fail 0; "
                "late work loses the points for being in time; of several attempts the latest counts; "
                "at most 20 points."
            ),
        ),
        (
            replace(MAPPED, late=Late.ACCEPT, take=Take.MEAN),
            (
                "按时提交得 10 分，评为优秀 10 分、良好 8 分、合格 6 分、不合格 0 分；"
                "不看截止时间；多次提交取平均；满分 20 分。"
            ),
            (
                "10 points in time, and by grade: excellent 10, good 8, pass 6, fail 0; "
                "deadlines do not matter; of several attempts the mean counts; at most 20 points."
            ),
        ),
        (
            Presence(of=Thing.JOURNAL),
            "至少 1 篇研修日志得 20 分，没有不得分。",
            "At least 1 journal earns 20 points, none earns nothing.",
        ),
        (
            Presence(of=Thing.JOURNAL, needed=2, late=Late.REJECT),
            "至少 2 篇研修日志（须在截止时间前提交）得 20 分，不足不得分。",
            "At least 2 journals handed in by their deadline earn 20 points, fewer earn nothing.",
        ),
        (
            Presence(of=Thing.BULLETIN),
            "至少 1 期班级简报得 20 分，没有不得分。",
            "At least 1 class bulletin earns 20 points, none earns nothing.",
        ),
        (
            Count(asked_topics=10, asked_replies=12),
            (
                "主题帖每帖 1 分，回复帖每帖 1 分，合计最多 20 分；灌水帖、已删除的帖子和私密回复不计"
                "（要求主题帖不少于 10、回复帖不少于 12）。"
            ),
            (
                "1 a topic, 1 a reply, together at most 20 points; flooding, deleted posts and private "
                "replies do not count (asked for: 10 topics and 12 replies)."
            ),
        ),
        (
            Count(topic=Fraction(1, 3), topic_cap=Fraction(5), reply_cap=Fraction(6), without_bulletins=True),
            (
                "主题帖每帖 1/3 分，回复帖每帖 1 分，主题帖最多 5 分，回复帖最多 6 分，合计最多 20 分，"
                "班级简报不重复计；灌水帖、已删除的帖子和私密回复不计。"
            ),
            (
                "1/3 a topic, 1 a reply, topics at most 5, replies at most 6, together at most 20 points, "
                "class bulletins not again; flooding, deleted posts and private replies do not count."
            ),
        ),
        (
            Count(asked_topics=10),
            "主题帖每帖 1 分，回复帖每帖 1 分，合计最多 20 分；灌水帖、已删除的帖子和私密回复不计。",
            (
                "1 a topic, 1 a reply, together at most 20 points; flooding, deleted posts and private "
                "replies do not count."
            ),
        ),
        (
            CompleteRatio(),
            "本班学员提交的作业全部批改（100%）得 20 分，否则不得分；尚无作业提交时为 0 分。",
            (
                "Every piece of homework the class handed in is marked: 20 points, otherwise none; "
                "nothing handed in yet is 0."
            ),
        ),
        (
            SomeNone(),
            "至少推优 1 件作品得 20 分，没有不得分。",
            "At least one recommended work earns 20 points, none earns nothing.",
        ),
        (
            SomeNone(advised_percent=Fraction(5, 2)),
            "至少推优 1 件作品得 20 分，没有不得分（建议约占提交作品的 2.5%）。",
            (
                "At least one recommended work earns 20 points, none earns nothing "
                "(advised: about 2.5 % of the works handed in)."
            ),
        ),
    ],
)
def test_every_rule_says_itself_in_a_plain_sentence(rule: Rule, zh: str, en: str) -> None:
    assert rule.sentence("zh", Fraction(20)) == zh
    assert rule.sentence("en", Fraction(20)) == en


@pytest.mark.parametrize(
    ("rule", "en"),
    [
        (CappedProportion(full=120_000, reported_cap=HOUR), "2 minutes of study earn 1 point"),
        (CappedProportion(full=120_000, reported_cap=HOUR), "counts up to 1 hour."),
        (replace(MAPPED, on_time=Fraction(1)), "1 point in time, and by grade"),
        (MAPPED, "at most 1 point."),
        (Presence(of=Thing.JOURNAL, late=Late.REJECT), "1 journal handed in by its deadline earns 1 point"),
        (Presence(of=Thing.BULLETIN, needed=2), "At least 2 class bulletins earn 1 point"),
        (Count(asked_topics=1, asked_replies=1), "at most 1 point; flooding"),
        (Count(asked_topics=1, asked_replies=1), "(asked for: 1 topic and 1 reply)"),
        (CompleteRatio(), "is marked: 1 point, otherwise none"),
        (SomeNone(), "recommended work earns 1 point, none"),
    ],
)
def test_one_of_a_thing_is_not_several(rule: Rule, en: str) -> None:
    assert en in rule.sentence("en", Fraction(1))


def test_half_a_point_for_being_in_time_is_said_too() -> None:
    rule = replace(MAPPED, on_time=Fraction(1, 2))
    assert rule.sentence("en", Fraction(20)).startswith("0.5 points in time, and by grade")
    assert rule.sentence("zh", Fraction(20)).startswith("按时提交得 0.5 分")


def test_words_are_chosen_by_language() -> None:
    words = Words(zh="中文", en="English")
    assert [words.in_(language) for language in ("zh", "zh-CN", "en", "de")] == [
        "中文",
        "中文",
        "English",
        "English",
    ]


def test_every_role_adds_up_to_what_it_is_out_of() -> None:
    for name in ("longcheng-2024", "prefecture-three-bands"):
        for rules in shipped(name).scheme.roles.values():
            assert rules.most == rules.out_of == 100
            assert rules.scale == 1
