"""What a card made in the platform's gradebook, as its page and the sync page show it; sending it again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.instants import HOUR, SECOND
from lms_scoring.domain.packed_card import packed
from lms_scoring.domain.registration import Registration, Standing
from lms_scoring.ports import (
    GradebookReading,
    GradeStep,
    Hold,
    OutgoingGrade,
    Passback,
    PlatformCourse,
    SendState,
    StepKind,
)
from lms_scoring.services.gradebook.enqueue import switch_passback
from lms_scoring.services.scoring.assess import assess
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import (
    ADMINISTRATOR,
    COORDINATOR,
    COURSE,
    FIRST,
    RULES,
    SECOND_CLASS,
    SOURCE,
    TUTORS,
    School,
    home,
)

PERSON, CLASSMATE = "moodle-6", "moodle-4"
PAGE = f"/courses/{COURSE}/people/{PERSON}"
SECRET = Fraction("91.23")
ALL = (COORDINATOR, TUTORS[FIRST], PERSON)


@pytest.fixture
def graded(own_school: School) -> School:
    """A school that sends points, to a Moodle that knows everybody."""
    with own_school.store.writing() as transaction:
        number = transaction.keep_registration(
            Registration(
                issuer="https://moodle.example",
                client_id="c",
                auth_url="https://moodle.example/auth",
                token_url="https://moodle.example/token",
                jwks_url="https://moodle.example/keys",
                standing=Standing.ACTIVE,
                platform=SOURCE,
                deployments={"1": Standing.ACTIVE},
            ),
            at=1,
        )
        transaction.keep_platform_course(
            PlatformCourse(
                registration=number,
                context="2",
                title=None,
                course=COURSE,
                deployment="1",
                line_items="https://moodle.example/items",
                seen_at=1,
            )
        )
    switch_passback(COURSE, Passback.SCORE, own_school.store, clock=own_school.clock)
    return own_school


def row(school: School, person: str = PERSON) -> OutgoingGrade:
    with school.store.reading() as transaction:
        (found,) = transaction.outgoing(COURSE, persons=[person])
    return found


def turned(school: School, state: SendState, reason: str | None = None, person: str = PERSON) -> None:
    """How the sending ended; a teacher entered 95 where one did."""
    found = Fraction(95) if state is SendState.OVERRIDDEN else None
    with school.store.writing() as transaction:
        grade = replace(
            row(school, person), state=state, reason=reason, sent_at=school.clock.now(), found=found
        )
        transaction.keep_outgoing(grade)


def box(page: HtmlPage) -> str:
    """What the page says of the grade; empty if nothing."""
    found = [one.text for one in page.all("section", "entry") if one.attributes.get("id") == "grade"]
    return "".join(found)


def again(school: School, client: FlaskClient, *, person: str = PERSON, **fields: str) -> TestResponse:
    """Posts the form of the page."""
    page = HtmlPage(client.get(f"/courses/{COURSE}/").text)
    (token,) = {one.attributes["value"] for one in page.all("input") if one.attributes.get("name") == "token"}
    path = f"/courses/{COURSE}/people/{person}/grade"
    return client.post(path, data={"token": token, **fields})


@pytest.mark.parametrize("who", ALL)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_whoever_sees_the_card_sees_how_far_its_grade_got(graded: School, who: str, language: str) -> None:
    client = graded.signed_in(who)
    words = {
        SendState.WAITING: ("等待发送", "waits to be put"),
        SendState.SENT: ("已于 2024年", "was put into the platform's gradebook on"),
        SendState.REFUSED: ("HTTP 400: no learner", "HTTP 400: no learner"),
        SendState.OVERRIDDEN: ("没有覆盖教师的成绩", "does not overwrite it"),
    }
    for state, (zh, en) in words.items():
        turned(graded, state, "HTTP 400: no learner" if state is SendState.REFUSED else None)
        told = box(graded.page(client, f"{PAGE}?lang={language}"))
        assert (zh if language == "zh" else en) in told
        assert "79.94" in told


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


def test_a_learner_is_not_offered_to_send_again(graded: School) -> None:
    turned(graded, SendState.REFUSED, "HTTP 400")
    assert "重新发送" not in box(graded.page(graded.signed_in(PERSON), PAGE))
    for who in (COORDINATOR, TUTORS[FIRST]):
        assert "重新发送" in box(graded.page(graded.signed_in(who), PAGE))


@pytest.mark.parametrize("who", [COORDINATOR, TUTORS[FIRST]])
def test_a_refused_grade_is_sent_again_by_those_who_may(graded: School, who: str) -> None:
    turned(graded, SendState.REFUSED, "HTTP 400")
    answer = again(graded, graded.signed_in(who))
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}#grade")
    found = row(graded)
    assert (found.state, found.forced) == (SendState.WAITING, False)


def test_another_class_s_tutor_and_the_learner_send_nothing_again(graded: School) -> None:
    turned(graded, SendState.REFUSED, "HTTP 400")
    assert again(graded, graded.signed_in(TUTORS[SECOND_CLASS])).status_code == 403
    learner = graded.signed_in(PERSON)
    page = HtmlPage(learner.get(PAGE).text)
    token = next(one.attributes["value"] for one in page.all("input") if one.attributes["name"] == "token")
    assert learner.post(f"{PAGE}/grade", data={"token": token}).status_code == 403
    assert row(graded).state is SendState.REFUSED


def test_a_form_without_its_token_sends_nothing_again(graded: School) -> None:
    turned(graded, SendState.REFUSED, "HTTP 400")
    assert graded.signed_in(COORDINATOR).post(f"{PAGE}/grade").status_code == 400
    assert row(graded).state is SendState.REFUSED


def test_a_teacher_s_grade_is_overwritten_only_after_a_second_yes(graded: School) -> None:
    turned(graded, SendState.OVERRIDDEN, "the gradebook has 95.00")
    client = graded.signed_in(TUTORS[FIRST])
    asked = again(graded, client)
    page = HtmlPage(asked.text)
    assert (asked.status_code, page.faults) == (200, [])
    assert "79.94" in page.text
    assert "the gradebook has 95.00" in page.text
    assert row(graded).state is SendState.OVERRIDDEN
    assert again(graded, client, overwrite="yes").status_code == 303
    found = row(graded)
    assert (found.state, found.forced) == (SendState.WAITING, True)
    assert "已确认覆盖" in box(graded.page(client, PAGE))


def test_a_yes_for_what_no_teacher_changed_forces_nothing(graded: School) -> None:
    turned(graded, SendState.SENT)
    assert again(graded, graded.signed_in(COORDINATOR), overwrite="yes").status_code == 303
    assert (row(graded).state, row(graded).forced) == (SendState.SENT, False)


def test_a_tutor_who_learns_in_the_own_class_does_not_overwrite_the_own_grade(graded: School) -> None:
    tutor = TUTORS[FIRST]
    joined(graded, tutor, [FIRST])
    turned(graded, SendState.OVERRIDDEN, "the gradebook has 95.00", person=tutor)
    client = graded.signed_in(tutor)
    path = f"/courses/{COURSE}/people/{tutor}"
    assert "没有覆盖教师的成绩" in box(graded.page(client, path))
    assert again(graded, client, person=tutor, overwrite="yes").status_code == 403


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


def test_the_sync_page_counts_and_lists_whom_to_look_after(graded: School) -> None:
    turned(graded, SendState.REFUSED, "HTTP 400: no learner")
    turned(graded, SendState.OVERRIDDEN, "the gradebook has 95.00", person=CLASSMATE)
    turned(graded, SendState.SENT, person="moodle-3")
    page = graded.page(graded.signed_in(ADMINISTRATOR), f"/courses/{COURSE}/sync")
    facts = dict(zip(page.texts("dt"), page.texts("dd"), strict=True))
    counts = {facts[name] for name in ("平台拒绝", "教师另行填写", "已发送")}
    assert counts == {"1"}
    assert (facts["等待发送"], facts["平台尚未告知此人"]) == ("5", "0")
    (table,) = (one.text for one in page.all("table") if "HTTP 400: no learner" in one.text)
    assert table.index("马欣怡") < table.index("黄涛")
    assert "moodle-3" not in table


def joined(school: School, person: str, classes: Sequence[str]) -> None:
    """The person learns in these classes from now on."""
    with school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=school.clock.now() + SECOND)
        transaction.keep_people([KnownPerson(id=person, name="两班", accounts=(home(person),))])
        members = [
            ev.Membership(
                id=f"m-{person}-{class_}",
                person=home(person),
                role=ev.Role.LEARNER,
                class_=class_,
                status=ev.MembershipStatus.ACTIVE,
            )
            for class_ in classes
        ]
        transaction.keep_records(COURSE, SOURCE, members, run=run)
    assess(RULES, school.store, clock=school.clock, everyone=True)


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
        for kind, value in ((StepKind.SENT, 86), (StepKind.FOUND, 95), (StepKind.FOUND, None)):
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
        ((StepKind.FOUND, StepKind.CONFIRMED, StepKind.FOUND), True),
        ((StepKind.FOUND, StepKind.CONFIRMED, StepKind.SENT, StepKind.FOUND), False),
        ((StepKind.FOUND,), False),
    ],
    ids=["insisted in vain", "changed once more", "changed"],
)
def test_where_insisting_did_not_help_the_page_says_what_does(
    graded: School, kinds: Sequence[StepKind], *, kept: bool
) -> None:
    turned(graded, SendState.OVERRIDDEN)
    with graded.store.writing() as transaction:
        for place, kind in enumerate(kinds):
            step = GradeStep(at=graded.clock.now() + place, kind=kind, value=Fraction(95))
            transaction.keep_grade_step(COURSE, PERSON, step)
    shown = box(graded.page(graded.signed_in(COORDINATOR), f"{PAGE}?lang=en"))
    assert ("Take the override of this grade off" in shown) == kept


def test_the_sync_page_says_when_the_gradebook_was_read(graded: School) -> None:
    client = graded.signed_in(ADMINISTRATOR)
    assert "最近一次读取" not in client.get(f"/courses/{COURSE}/sync").text
    turned(graded, SendState.SENT)
    read(graded, later=0)
    assert "成绩册最近一次读取：2024年" in client.get(f"/courses/{COURSE}/sync").text


def read(school: School, *, later: int) -> None:
    """The gradebook was read so much later than the grade was sent."""
    with school.store.writing() as transaction:
        (place,) = transaction.platform_courses(COURSE)
        transaction.keep_platform_course(replace(place, line_item="https://moodle.example/items/1"))
        transaction.keep_outgoing(replace(row(school), line_item="https://moodle.example/items/1"))
        transaction.keep_gradebook_reading(
            GradebookReading(
                registration=place.registration, context=place.context, read_at=school.clock.now() + later
            )
        )


HELD = {
    Hold.TO_CHECK: ("待核查的记录", "records that have to be checked"),
    Hold.DISPUTED: ("异议尚待答复", "a dispute about the result waits"),
    Hold.NO_VERDICT: ("结果还没有确定", "the result is not known yet"),
    Hold.WITHDRAWN: ("学员已退出课程", "the learner has left"),
}


def held(school: School, hold: Hold, state: SendState = SendState.WAITING) -> None:
    with school.store.writing() as transaction:
        transaction.keep_outgoing(replace(row(school), held=hold, state=state))


@pytest.mark.parametrize("who", ALL)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_whoever_sees_the_card_sees_why_its_grade_is_held_back(
    graded: School, who: str, language: str
) -> None:
    client = graded.signed_in(who)
    for hold, (zh, en) in HELD.items():
        held(graded, hold)
        told = box(graded.page(client, f"{PAGE}?lang={language}"))
        assert (zh if language == "zh" else en) in told
        assert ("暂不发送" if language == "zh" else "held back") in told
        assert "重新发送" not in told
        assert "Send again" not in told


def test_what_stands_there_is_told_beside_what_is_held_back(graded: School) -> None:
    turned(graded, SendState.SENT)
    with graded.store.writing() as transaction:
        transaction.keep_outgoing(replace(row(graded), sent=SECRET))
    held(graded, Hold.TO_CHECK)
    assert "成绩册里目前是 91.23" in box(graded.page(graded.signed_in(PERSON), PAGE))


def test_a_teacher_s_grade_is_not_overwritten_by_what_is_held_back(graded: School) -> None:
    turned(graded, SendState.OVERRIDDEN, "the gradebook has 95.00")
    held(graded, Hold.TO_CHECK, SendState.OVERRIDDEN)
    client = graded.signed_in(TUTORS[FIRST])
    told = box(graded.page(client, PAGE))
    assert "没有覆盖教师的成绩" in told
    assert "结果取决于待核查的记录" in told
    assert "重新发送" not in told
    before = row(graded)
    assert again(graded, client, overwrite="yes").status_code == 303
    assert row(graded) == before


def test_the_sync_page_lists_what_is_held_back_and_why(graded: School) -> None:
    held(graded, Hold.TO_CHECK)
    page = graded.page(graded.signed_in(ADMINISTRATOR), f"/courses/{COURSE}/sync")
    facts = dict(zip(page.texts("dt"), page.texts("dd"), strict=True))
    assert (facts["暂不发送"], facts["等待发送"]) == ("1", "7")
    (table,) = (one.text for one in page.all("table") if "待核查的记录" in one.text)
    assert "马欣怡" in table
