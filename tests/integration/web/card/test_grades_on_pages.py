"""What a card made in the platform's gradebook, as its page shows it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.gradebook import Unsent
from lms_scoring.domain.instants import HOUR
from lms_scoring.domain.packed_card import packed
from lms_scoring.ports import GradeStep, GradeStepKind, Passback, SendState
from lms_scoring.services.gradebook.switch_passback import switch_passback
from tests.fixtures.courses.scripted import NOTHING_TO_WAIT_FOR
from tests.integration.web.contested import NEW, ONE, POSTS, buttons
from tests.integration.web.forms import sent
from tests.integration.web.graded import ALL, PAGE, PERSON, SECRET, again, box, joined, read, row, turned
from tests.integration.web.school import COORDINATOR, COURSE, FIRST, SECOND_CLASS, TUTORS, School


@pytest.mark.parametrize("who", ALL)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_whoever_sees_the_card_sees_how_far_its_grade_got(graded: School, who: str, language: str) -> None:
    client = graded.signed_in(who)
    words = {
        SendState.WAITING: ("会自动发送，最迟在下次同步时", "goes out by itself, with the next sync at the"),
        SendState.SENT: ("已于 2024年", "was put into the platform's gradebook on"),
        SendState.REFUSED: ("HTTP 400: no learner", "HTTP 400: no learner"),
        SendState.OVERRIDDEN: ("没有覆盖教师的成绩", "does not overwrite it"),
    }
    for state, (zh, en) in words.items():
        turned(graded, state, "HTTP 400: no learner" if state is SendState.REFUSED else None)
        told = box(graded.page(client, f"{PAGE}?lang={language}"))
        assert (zh if language == "zh" else en) in told
        assert "79.94" in told


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "平台不接受此人的成绩"), ("en", "the platform takes no grade for this person")],
)
def test_why_the_platform_did_not_take_it_is_said_in_the_readers_language(
    graded: School, language: str, said: str
) -> None:
    turned(graded, SendState.REFUSED, Unsent.NOT_TAKEN.value)
    page = graded.page(graded.signed_in(PERSON), f"{PAGE}?lang={language}")
    assert f"HTTP 400{'：' if language == 'zh' else ': '}{said}" in box(page)


def test_a_course_that_sends_nothing_does_not_speak_of_a_gradebook(school: School) -> None:
    client = school.signed_in(COORDINATOR)
    assert box(school.page(client, PAGE)) == ""
    assert "成绩册" not in client.get(f"/courses/{COURSE}/sync").text


def test_a_tutor_s_card_has_no_grade(graded: School) -> None:
    client = graded.signed_in(COORDINATOR)
    assert box(graded.page(client, f"/courses/{COURSE}/people/{TUTORS[FIRST]}")) == ""


def test_who_was_never_named_by_the_platform_is_said_to_be_unknown(graded: School) -> None:
    with graded.store.writing() as transaction:
        registration = transaction.registration(1)
        transaction.keep_registration(replace(registration, platform=None), at=2)
    assert "平台没有告诉我们这位学员是谁" in box(graded.page(graded.signed_in(PERSON), PAGE))


def test_the_grade_of_another_class_s_card_is_shown_to_nobody_who_may_not_see_that(graded: School) -> None:
    """Who learns in two classes has one grade, that of the better card."""
    both = "moodle-77"
    joined(graded, both, [FIRST, SECOND_CLASS])
    with graded.store.writing() as transaction:
        transaction.keep_outgoing(replace(row(graded, both), given=SECRET))
    seen = {
        who: "91.23" in graded.page(graded.signed_in(who), f"/courses/{COURSE}/people/{both}").text
        for who in (*TUTORS.values(), COORDINATOR, both)
    }
    assert seen == {TUTORS[FIRST]: True, TUTORS[SECOND_CLASS]: False, COORDINATOR: True, both: True}
    assert again(graded, graded.signed_in(TUTORS[SECOND_CLASS]), person=both).status_code == 403


def test_the_card_that_makes_the_grade_says_that_the_card_of_the_other_class_is_contested(
    graded: School,
) -> None:
    """Both cards say the same, so an answer to the one changes what the other one made."""
    both = "moodle-77"
    path = f"/courses/{COURSE}/people/{both}"
    joined(graded, both, [FIRST, SECOND_CLASS])
    switch_passback(COURSE, Passback.VERDICT, graded.store, clock=graded.clock, reading=NOTHING_TO_WAIT_FOR)
    assert sent(graded.signed_in(both), NEW, **{**POSTS, "class": SECOND_CLASS}, words="?").status_code == 303
    for who in (TUTORS[FIRST], TUTORS[SECOND_CLASS], COORDINATOR, both):
        page = graded.page(graded.signed_in(who), path)
        results = [one.text for one in page.all("p", "verdict-sentence")]
        assert len(results) == (2 if who in (COORDINATOR, both) else 1)
        assert all("暂定" in one for one in results)
        assert page.text.count("有 1 项异议尚待答复，可能改变这一结果") == len(results)
        assert ("暂不写入平台的成绩册：异议尚待答复" in box(page)) is (who != TUTORS[SECOND_CLASS])
        assert graded.signed_in(who).get(ONE).status_code == 200
    assert buttons(graded.page(graded.signed_in(TUTORS[FIRST]), ONE)) == []
    assert buttons(graded.page(graded.signed_in(TUTORS[SECOND_CLASS]), ONE)) == ["keep"]


@pytest.mark.parametrize("who", ALL)
@pytest.mark.parametrize(
    ("language", "found"), [("zh", "教师填写的 95.00"), ("en", "gradebook has 95.00 of 100")]
)
def test_what_a_teacher_entered_is_shown_and_as_of_when(
    graded: School, who: str, language: str, found: str
) -> None:
    turned(graded, SendState.OVERRIDDEN)
    read(graded, later=3 * HOUR)
    told = box(graded.page(graded.signed_in(who), f"{PAGE}?lang={language}"))
    assert found in told
    assert ("读取成绩册时的情况" if language == "zh" else "was last read, on") in told
    assert ("重新发送" in told or "Send again" in told) is (who != PERSON)


def test_a_learner_reads_why_the_gradebook_has_a_hundredth_less(graded: School) -> None:
    turned(graded, SendState.SENT)
    told = box(graded.page(graded.signed_in(PERSON), f"{PAGE}?lang=en"))
    assert "The score above, 79.95, is rounded. The gradebook gets 79.94" in told
    with graded.store.writing() as transaction:
        transaction.keep_passback(COURSE, Passback.VERDICT)
        transaction.keep_outgoing(replace(row(graded), given=Fraction(0)))
    assert "is rounded" not in box(graded.page(graded.signed_in(PERSON), f"{PAGE}?lang=en"))


def test_points_of_another_maximum_are_said_to_be_converted(graded: School) -> None:
    with graded.store.writing() as transaction:
        card = transaction.scorecard(COURSE, PERSON, role=ev.Role.LEARNER, class_=FIRST)
        assert card is not None
        halved = replace(card, total=card.total / 2, pass_mark=Fraction(40), out_of=Fraction(50))
        transaction.keep_scorecard(COURSE, packed(halved), at=graded.clock.now())
    told = box(graded.page(graded.signed_in(PERSON), f"{PAGE}?lang=en"))
    assert "The gradebook counts out of 100: 39.97 of 50 makes 79.94." in told


def test_a_grade_that_somebody_took_away_is_said_to_be_gone(graded: School) -> None:
    turned(graded, SendState.OVERRIDDEN)
    with graded.store.writing() as transaction:
        transaction.keep_outgoing(replace(row(graded), found=None))
    assert "已经没有这项成绩" in box(graded.page(graded.signed_in(PERSON), PAGE))


def test_a_grade_sent_after_the_last_reading_is_as_new_as_its_sending(graded: School) -> None:
    turned(graded, SendState.SENT)
    read(graded, later=-HOUR)
    assert "读取成绩册" not in box(graded.page(graded.signed_in(PERSON), PAGE))


def test_the_history_of_a_changed_grade_is_shown(graded: School) -> None:
    turned(graded, SendState.OVERRIDDEN)
    client = graded.signed_in(COORDINATOR)
    assert "经过" not in box(graded.page(client, PAGE))
    with graded.store.writing() as transaction:
        for kind, value in ((GradeStepKind.SENT, 86), (GradeStepKind.FOUND, 95), (GradeStepKind.FOUND, None)):
            number = None if value is None else Fraction(value)
            step = GradeStep(at=graded.clock.now(), kind=kind, value=number)
            transaction.keep_grade_step(COURSE, PERSON, step)
    again(graded, client, overwrite="yes")
    told = box(graded.page(client, PAGE))
    parts = ["写入 86.00", "填写的 95.00", "被清除", "确认用 79.94 覆盖"]
    assert [told.index(part) for part in parts] == sorted(told.index(part) for part in parts)
    with graded.store.reading() as transaction:
        assert transaction.grade_steps(COURSE, PERSON)[-1].by == COORDINATOR


@pytest.mark.parametrize(
    ("kinds", "kept"),
    [
        ((GradeStepKind.FOUND, GradeStepKind.CONFIRMED, GradeStepKind.FOUND), True),
        ((GradeStepKind.FOUND, GradeStepKind.CONFIRMED, GradeStepKind.SENT, GradeStepKind.FOUND), False),
        ((GradeStepKind.FOUND,), False),
    ],
    ids=["insisted in vain", "changed once more", "changed"],
)
def test_where_insisting_did_not_help_the_page_says_what_does(
    graded: School, kinds: Sequence[GradeStepKind], *, kept: bool
) -> None:
    turned(graded, SendState.OVERRIDDEN)
    with graded.store.writing() as transaction:
        for place, kind in enumerate(kinds):
            step = GradeStep(at=graded.clock.now() + place, kind=kind, value=Fraction(95))
            transaction.keep_grade_step(COURSE, PERSON, step)
    shown = box(graded.page(graded.signed_in(COORDINATOR), f"{PAGE}?lang=en"))
    assert ("Take the override of this grade off" in shown) == kept
