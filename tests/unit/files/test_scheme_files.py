"""Scheme files: every mistake at once with its place, worked examples that are run, plain sentences."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest

import config
from lms_scoring.domain import worked_example
from lms_scoring.domain.errors import SchemeMistakes
from lms_scoring.domain.evidence import Grade, Role
from lms_scoring.domain.instants import HOUR, MINUTE
from lms_scoring.domain.rules.capped_proportion import CappedProportion
from lms_scoring.domain.rules.count import Count
from lms_scoring.domain.rules.grade_map import GradeMap
from lms_scoring.domain.rules.handed_in import Late
from lms_scoring.domain.rules.more_homework import Take
from lms_scoring.domain.rules.presence import Presence
from lms_scoring.domain.study_time import Counting
from lms_scoring.files.scheme_file import failing_examples, parse_scheme, read_scheme
from tests.given import shipped

FOLDER = Path(str(config.__file__)).parent / "schemes"
MAIN = (FOLDER / "longcheng-2024.toml").read_text(encoding="utf-8")
SHIPPED = ["longcheng-2024", "prefecture-three-bands"]


def changed(*pairs: tuple[str, str], text: str = MAIN) -> str:
    """The main scheme's text with the first of each found words replaced."""
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new, 1)
    return text


def mistakes(*pairs: tuple[str, str]) -> dict[str, str]:
    """What is said of the main scheme after these changes, by place."""
    with pytest.raises(SchemeMistakes) as caught:
        parse_scheme(changed(*pairs), name="x.toml")
    return {mistake.place: mistake.text for mistake in caught.value.mistakes}


def rule(criterion: str, *pairs: tuple[str, str]) -> Any:
    """The rule of a learner's criterion after these changes."""
    scheme = parse_scheme(changed(*pairs), name="x.toml").scheme
    (found,) = (one.rule for one in scheme.roles[Role.LEARNER].criteria if one.id == criterion)
    return found


# -- the files that come with the product ---------------------------------------------------------------


@pytest.mark.parametrize("name", SHIPPED)
def test_every_worked_example_of_the_shipped_schemes_comes_out(name: str) -> None:
    file = shipped(name)
    assert len(file.examples) >= 6
    assert failing_examples(file) == ()
    assert file.scheme.id == name


def test_the_rubrics_worked_examples_are_all_in_the_file() -> None:
    """Domain rules A1 and A2: six examples of learners, five of tutors."""
    totals = [(example.role, example.total) for _, example in shipped("longcheng-2024").examples]
    learners = [100, 80, Fraction(5996, 75), 70, 80, 60]
    tutors = [100, 60, 29, 40, 40]
    for role, expected in ((Role.LEARNER, learners), (Role.TUTOR, tutors)):
        assert [total for one, total in totals if one is role][: len(expected)] == expected


def test_the_shipped_main_scheme_is_the_rubric() -> None:
    scheme = shipped("longcheng-2024").scheme
    learner, tutor = scheme.roles[Role.LEARNER], scheme.roles[Role.TUTOR]
    assert [(one.id, int(one.max)) for one in learner.criteria] == [
        ("study_time", 40),
        ("homework", 20),
        ("journal", 20),
        ("posts", 20),
    ]
    assert [(one.id, int(one.max)) for one in tutor.criteria] == [
        ("marking", 40),
        ("discussion", 20),
        ("bulletins", 20),
        ("recommending", 20),
    ]
    assert (int(learner.pass_mark), int(tutor.pass_mark)) == (80, 60)


def test_the_defaults_of_every_setting_are_those_of_the_rubric() -> None:
    assert rule("study_time") == CappedProportion(
        full=750 * MINUTE, counting=Counting.WALL_CLOCK, reported_cap=None
    )
    assert rule("homework").late is GradeMap(grades={}).late is Late.REJECT
    assert rule("homework").take is GradeMap(grades={}).take is Take.BEST
    assert rule("journal") == Presence(of=rule("journal").of, needed=1, late=Late.ACCEPT)
    assert rule("posts") == Count(asked_topics=10, asked_replies=10)


# -- settings -------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("criterion", "pair", "attribute", "value"),
    [
        ("study_time", ("full_minutes = 750", 'full_minutes = "1/2"'), "full", MINUTE // 2),
        ("study_time", ('"wall_clock"', '"unique_content"'), "counting", Counting.UNIQUE_CONTENT),
        ("study_time", ('"wall_clock"', '"reported"'), "counting", Counting.REPORTED),
        ("study_time", ('# reported_cap = "8h"', 'reported_cap = "8h"'), "reported_cap", 8 * HOUR),
        ("study_time", ('# reported_cap = "8h"', 'reported_cap = "90 min"'), "reported_cap", 90 * MINUTE),
        ("homework", ("on_time = 10", "on_time = 2.5"), "on_time", Fraction(5, 2)),
        ("homework", ('late = "reject"', 'late = "forfeit_on_time"'), "late", Late.FORFEIT_ON_TIME),
        ("homework", ('late = "reject"', 'late = "accept"'), "late", Late.ACCEPT),
        ("homework", ('take = "best"', 'take = "latest"'), "take", Take.LATEST),
        ("homework", ('take = "best"', 'take = "mean"'), "take", Take.MEAN),
        (
            "homework",
            ("# cutoffs = {", "cutoffs = {"),
            "cutoffs",
            {Grade.EXCELLENT: Fraction(9, 10), Grade.GOOD: Fraction(4, 5), Grade.PASS: Fraction(3, 5)},
        ),
        ("journal", ('# late = "reject"', 'late = "reject"'), "late", Late.REJECT),
        ("journal", ('of = "journal"', 'of = "journal"\nneeded = 3'), "needed", 3),
        ("posts", ("# topic_cap = 10", "topic_cap = 10"), "topic_cap", Fraction(10)),
        ("posts", ("# reply_cap = 10", "reply_cap = 10"), "reply_cap", Fraction(10)),
        ("posts", ("reply = 1", "reply = 0.5"), "reply", Fraction(1, 2)),
    ],
)
def test_every_setting_of_a_rule_can_be_written(
    criterion: str, pair: tuple[str, str], attribute: str, value: Any
) -> None:
    assert getattr(rule(criterion, pair), attribute) == value


def test_the_scheme_carries_bands_and_advice() -> None:
    bands = shipped("prefecture-three-bands").scheme.roles[Role.LEARNER].bands
    assert [(band.id, int(band.from_)) for band in bands] == [
        ("fail", 0),
        ("pass", 60),
        ("good", 80),
        ("excellent", 90),
    ]
    (advice,) = shipped("longcheng-2024").scheme.roles[Role.LEARNER].advice
    assert "half an hour" in advice.in_("en")
    assert "半小时" in advice.in_("zh")
    assert shipped("longcheng-2024").scheme.roles[Role.LEARNER].daily_minutes == 30
    assert shipped("prefecture-three-bands").scheme.roles[Role.LEARNER].daily_minutes is None


# -- mistakes -------------------------------------------------------------------------------------------

GRADES = "excellent, good, pass, fail"
ANY_NUMBER = 'must be a number such as 40, 0.5 or "1/3"'


@pytest.mark.parametrize(
    ("pair", "place", "text"),
    [
        (("format = 1", "format = 2"), "format", "must be 1"),
        (("format = 1", ""), "format", "is missing"),
        (("format = 1", "format = 1\nformatt = 1"), "formatt", "is not a setting; did you mean 'format'?"),
        (("format = 1", "format = 1\nzzzz = 1"), "zzzz", "is not a setting"),
        (("last = 2024-12-15", "lst = 2024-12-15"), "window.lst", "is not a setting; did you mean 'last'?"),
        (('id = "longcheng-2024"', 'id = "Long Cheng"'), "id", "must be small letters"),
        (('zh = "龙城区2024', 'cn = "龙城区2024'), "title.zh", "is missing"),
        (('en = "Longcheng district: remote training for key teachers, 2024"', 'en = ""'), "title.en", ""),
        (("last = 2024-12-15", "last = 2024-10-24"), "window.last", "before the first"),
        (("last = 2024-12-15", 'last = "2024-12-15"'), "window.last", "must be a date"),
        (("last = 2024-12-15", "last = 2024-12-15T12:00:00"), "window.last", "must be a date"),
        (("last = 2024-12-15", "last = 9999-12-31"), "window.last", "between the years"),
        (("first = 2024-10-25", "first = 0001-01-01"), "window.first", "between the years"),
        (("Asia/Shanghai", "Asia/Longcheng"), "window.zone", "is not a time zone"),
        (("pass = 80", "pass = 100.5"), "learner.pass", "nobody can reach it: the criteria add up to 100"),
        (("pass = 80", 'pass = "80%"'), "learner.pass", ANY_NUMBER),
        (("pass = 80", "pass = true"), "learner.pass", ANY_NUMBER),
        (("pass = 80", "pass = -1"), "learner.pass", "must be 0 or more"),
        (("max = 40", "max = 0"), "learner.criterion[1].max", "must be more than 0"),
        (("max = 40", "max = inf"), "learner.criterion[1].max", ANY_NUMBER),
        (("max = 40", "max = nan"), "learner.criterion[1].max", ANY_NUMBER),
        (("max = 40", "max = 1e90"), "learner.criterion[1].max", ANY_NUMBER),
        (("max = 40", "max = 1e9999999"), "learner.criterion[1].max", ANY_NUMBER),
        (("max = 40", 'max = "1e9999999"'), "learner.criterion[1].max", ANY_NUMBER),
        (("max = 40", 'max = "40/0"'), "learner.criterion[1].max", ANY_NUMBER),
        (('id = "study_time"', 'id = "Study"'), "learner.criterion[1].id", "must be small letters"),
        (('id = "study_time"', 'id = "posts"'), "learner.criterion[4].id", "[1] has the same"),
        (('rule = "count"', 'rule = "counts"'), "learner.criterion[4].rule", "must be one of capped_prop"),
        (('rule = "count"', 'rule = ["count"]'), "learner.criterion[4].rule", "must be one of capped_prop"),
        (('rule = "count"', ""), "learner.criterion[4].rule", "is missing: one of capped"),
        (
            ('rule = "count"', 'rule = "count"\nlate = "reject"'),
            "learner.criterion[4].late",
            "is not a setting of count; there are id, name, max, rule, topic, reply, topic_cap",
        ),
        (
            ('rule = "complete_ratio"', 'rule = "complete_ratio"\nof = "x"'),
            "tutor.criterion[1].of",
            "is not a setting of complete_ratio; there are id, name, max, rule",
        ),
        (("full_minutes = 750", "full_minutes = 0"), "learner.criterion[1].full_minutes", "more than 0"),
        (
            ("full_minutes = 750", 'full_minutes = "1/7"'),
            "learner.criterion[1].full_minutes",
            "whole in mill",
        ),
        (('"wall_clock"', '"wall"'), "learner.criterion[1].counting", "must be one of wall_clock, unique_co"),
        (('"wall_clock"', '["wall_clock"]'), "learner.criterion[1].counting", "must be one of wall_clock"),
        (('# reported_cap = "8h"', "reported_cap = 8"), "learner.criterion[1].reported_cap", "such as"),
        (('# reported_cap = "8h"', 'reported_cap = "0h"'), "learner.criterion[1].reported_cap", "such as"),
        (("pass = 6, fail = 0", "pass = 6"), "learner.criterion[2].grades.fail", "how many points?"),
        (
            ("# cutoffs = { excellent", "cutoffs = { top"),
            "learner.criterion[2].cutoffs.top",
            "is not a grade",
        ),
        (
            ('# cutoffs = { excellent = "90%"', 'cutoffs = { excellent = "101%"'),
            "learner.criterion[2].cutoffs.excellent",
            "must be a share",
        ),
        (
            ('# cutoffs = { excellent = "90%"', "cutoffs = { excellent = 90"),
            "learner.criterion[2].cutoffs.excellent",
            "must be a share",
        ),
        (('of = "journal"', 'of = "diary"'), "learner.criterion[3].of", "must be one of journal, bulletin"),
        (
            ('# late = "reject"', 'late = "forfeit_on_time"'),
            "learner.criterion[3].late",
            "must be one of accept, reject",
        ),
        (
            ('of = "journal"', 'of = "journal"\nneeded = 0'),
            "learner.criterion[3].needed",
            "number, 1 or more",
        ),
        (('of = "journal"', 'of = "journal"\nneeded = 1.5'), "learner.criterion[3].needed", "whole number"),
        (
            ('of = "bulletin"', 'of = "bulletin"\nlate = "reject"'),
            "tutor.criterion[3].late",
            "is for journals",
        ),
        (('homework = ["excellent"]', 'homework = ["excelent"]'), "learner.example[1].homework[1]", "grade"),
        (
            ('homework = ["excellent"]', 'homework = ["good soon"]'),
            "learner.example[1].homework[1]",
            "perhaps late",
        ),
        (("\ntopics = 10", "\ntopics = -1"), "learner.example[1].topics", "number, 0 or more"),
        (('state = "pass"', 'state = "passed"'), "learner.example[1].state", "did you mean 'pass'?"),
        (("advised_percent = 5", "advised_percent = -5"), "tutor.criterion[4].advised_percent", "0 or more"),
        (("[learner]\n", "[[learner]]\n"), "learner", "must be a table"),
        (("[[learner.criterion]]", "criterion = 3\n[[learner.x]]"), "TOML", "cannot be read"),
    ],
)
def test_a_mistake_is_named_with_its_place(pair: tuple[str, str], place: str, text: str) -> None:
    found = mistakes(pair)
    assert place in found
    assert text in found[place]


def test_every_mistake_of_a_file_is_named_at_once() -> None:
    found = mistakes(
        ('id = "longcheng-2024"', 'id = "LC"'),
        ("last = 2024-12-15", "last = 2020-01-01"),
        ("Asia/Shanghai", "Mars"),
        ("pass = 80", "pass = -80"),
        ("max = 40", "max = 0"),
        ("full_minutes = 750", "full_minutes = 0"),
        ('id = "homework"', 'id = "study_time"'),
        ("good = 8", "god = 8"),
        ('late = "reject"', 'late = "never"'),
        ("[tutor]\npass = 60", "[tutor]\npass = 600"),
        ('id = "marking"', 'id = "discussion"'),
        ('of = "bulletin"', 'of = "newsletter"'),
        ("handed_in = 30", "handed_inn = 30"),
    )
    assert sorted(found) == [
        "id",
        "learner.criterion[1].full_minutes",
        "learner.criterion[1].max",
        "learner.criterion[2].grades.god",
        "learner.criterion[2].grades.good",
        "learner.criterion[2].id",
        "learner.criterion[2].late",
        "learner.pass",
        "tutor.criterion[2].id",
        "tutor.criterion[3].of",
        "tutor.example[1].handed_inn",
        "window.last",
        "window.zone",
    ]


def test_strange_and_missing_grades_are_both_named() -> None:
    with pytest.raises(SchemeMistakes) as caught:
        parse_scheme(changed(("excellent = 10, good = 8", "excellent = 10, god = 8")), name="x")
    assert [str(mistake) for mistake in caught.value.mistakes] == [
        f"learner.criterion[2].grades.god = 8: is not a grade; there are {GRADES}; did you mean 'good'?",
        "learner.criterion[2].grades.good: is missing: how many points? Every grade needs them",
    ]


def test_a_pass_mark_is_not_called_out_of_reach_while_criteria_are_broken() -> None:
    assert "learner.pass" not in mistakes(("max = 40", "max = 0"))


def test_a_pass_mark_beyond_the_scaled_total_is_out_of_reach() -> None:
    text = (FOLDER / "prefecture-three-bands.toml").read_text(encoding="utf-8")
    with pytest.raises(SchemeMistakes, match=r"learner\.pass = 60: nobody can reach it"):
        parse_scheme(text.replace("scaled_to = 100", "scaled_to = 59"), name="x")


def test_two_bands_of_one_id_are_a_mistake() -> None:
    text = (FOLDER / "prefecture-three-bands.toml").read_text(encoding="utf-8")
    with pytest.raises(
        SchemeMistakes, match=r"x:31: learner\.band\[3\]\.id = \"pass\": band\[2\] has the same"
    ):
        parse_scheme(text.replace('id = "good"', 'id = "pass"'), name="x")


def test_a_file_that_scores_nobody_is_a_mistake_beside_the_others() -> None:
    words = 'zh = "一"\nen = "one"'
    window = 'first = 2024-01-01\nlast = 2024-01-02\nzone = "UTC"'
    text = f'format = 2\nid = "x"\n[title]\n{words}\n[window]\n{window}'
    with pytest.raises(SchemeMistakes) as caught:
        parse_scheme(text, name="x")
    assert sorted(mistake.place for mistake in caught.value.mistakes) == ["file", "format"]


@pytest.mark.parametrize(
    "table", ["learner = 3", "learner = []", "[learner]\ncriterion = 3", "[learner]\npass = 1"]
)
def test_a_role_that_is_no_table_of_criteria_is_a_mistake(table: str) -> None:
    with pytest.raises(SchemeMistakes):
        parse_scheme(f'format = 1\nid = "x"\n{table}', name="x")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("format = \n", "x.toml:1: TOML: cannot be read at character 10: "),
        ("a = 1\nb = [", "x.toml:2: TOML: cannot be read: "),
        ("a = 2024-13-45", "x.toml:1: TOML: cannot be read"),
        ("a = " + "1" * 5_000, "cannot be read"),
        ("a = " + "[" * 5_000 + "]" * 5_000, "cannot be read"),
        ("a = 1e99999999999999999999", "an exponent beyond all measure"),
    ],
)
def test_text_that_is_no_toml_is_reported_with_its_place(text: str, said: str) -> None:
    with pytest.raises(SchemeMistakes) as caught:
        parse_scheme(text, name="x.toml")
    assert caught.value.name == "x.toml"
    assert [mistake.place for mistake in caught.value.mistakes] == ["TOML"]
    assert said in str(caught.value)


def test_a_file_that_is_no_utf_8_is_reported(tmp_path: Path) -> None:
    path = tmp_path / "gbk.toml"
    path.write_bytes("zh = '龙城'".encode("gbk"))
    with pytest.raises(SchemeMistakes, match="file: is not UTF-8 text"):
        read_scheme(path)


def test_a_file_that_is_not_there_is_reported(tmp_path: Path) -> None:
    with pytest.raises(SchemeMistakes, match="file: No such file"):
        read_scheme(tmp_path / "nothing.toml")


def test_a_byte_order_mark_is_ignored(tmp_path: Path) -> None:
    path = tmp_path / "bom.toml"
    path.write_text(MAIN, encoding="utf-8-sig")
    assert read_scheme(path).scheme == shipped("longcheng-2024").scheme
    assert read_scheme(path).text == MAIN


# -- worked examples ------------------------------------------------------------------------------------


def failing(*pairs: tuple[str, str]) -> list[str]:
    return [str(one) for one in failing_examples(parse_scheme(changed(*pairs), name="x"))]


@pytest.mark.parametrize(
    ("pair", "said"),
    [
        (("total = 100", "total = 99"), "learner.example[1]: the total is 100, not 99"),
        (('state = "pass"', 'state = "fail"'), "learner.example[1]: the state is pass, not fail"),
        (("total = 100", 'total = 100\nband = "top"'), "learner.example[1]: the band is None, not top"),
        (("could_become = 80", "could_become = 81"), "learner.example[4]: it could become 80, not 81"),
        (("study_time = 40,", "study_time = 41,"), "learner.example[1]: study_time is 40, not 41"),
        (("study_time = 40,", "study = 40,"), "learner.example[1]: study is no such criterion, not 40"),
    ],
)
def test_an_example_that_does_not_come_out_is_reported(pair: tuple[str, str], said: str) -> None:
    assert failing(pair) == [said]


def test_everything_that_differs_in_an_example_is_reported() -> None:
    assert len(failing(("minutes = 749", "minutes = 748"))) == 2


def test_a_changed_rule_fails_the_examples_that_show_it() -> None:
    found = failing(("on_time = 10", "on_time = 9"))
    assert {one.partition(":")[0] for one in found} >= {"learner.example[1]", "learner.example[2]"}


def test_an_example_of_a_role_that_is_not_scored_is_reported() -> None:
    example = worked_example.Example(role=Role.TUTOR, total=Fraction(0), state="fail")
    scheme = shipped("prefecture-three-bands").scheme
    assert worked_example.faults(scheme, example) == ["the scheme does not score a tutor"]


def test_no_setting_of_another_table_is_taken_for_what_was_meant() -> None:
    with pytest.raises(SchemeMistakes) as raised:
        parse_scheme(changed(("format = 1", 'format = 1\nname = "as criteria have one"')), name="x")
    assert [(one.place, one.text) for one in raised.value.mistakes] == [
        ("name", "is not a setting; there are format, id, title, window, learner, tutor")
    ]
