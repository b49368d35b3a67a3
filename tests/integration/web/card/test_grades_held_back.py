"""Grades that are held back, as the page of a card tells them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain.instants import DAY, HOUR
from lms_scoring.ports import Hold, Kept, RunState, SendState
from tests.given import END
from tests.integration.web.going_on import goes_on
from tests.integration.web.graded import ALL, PAGE, PERSON, SECRET, again, box, held, row, turned
from tests.integration.web.school import COORDINATOR, COURSE, FIRST, TUTORS, School

HELD = {
    Hold.TO_CHECK: ("待核查的记录", "records that have to be checked"),
    Hold.DISPUTED: ("异议尚待答复", "a dispute about the result waits"),
    Hold.NO_VERDICT: ("结果还没有确定", "the result is not known yet"),
    Hold.WITHDRAWN: ("学员已退出课程", "the learner has left"),
}


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


BY_ITSELF = {"zh": "下次同步全部读完之后才有最终结果", "en": "the next sync that reads all of it settles"}
BY_HAND = {"zh": "请管理员运行 lms-scoring sync", "en": "have an administrator run lms-scoring sync"}

COUNTING = {"zh": "最后的记录已经同步，还没有计入", "en": "has been read and is still to be counted"}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("path", [PAGE, f"/courses/{COURSE}/sync"])
def test_where_no_sync_comes_by_itself_it_is_said_that_somebody_must_run_one(
    graded: School, path: str, language: str
) -> None:
    held(graded, Hold.UNREAD)
    read_all(graded, at=END - HOUR)

    def is_told(words: dict[str, str]) -> bool:
        page = graded.page(graded.signed_in(COORDINATOR), f"{path}?lang={language}")
        return words[language] in page.all("main")[0].text

    assert is_told(BY_HAND), "nobody runs the jobs"
    goes_on(graded)
    assert (is_told(BY_ITSELF), is_told(BY_HAND)) == (True, False)
    graded.clock.go_on(60 * DAY)
    goes_on(graded)
    assert (is_told(BY_ITSELF), is_told(BY_HAND)) == (False, True), "the schedule is over"
    read_all(graded, at=graded.clock.now())
    assert (is_told(COUNTING), is_told(BY_HAND)) == (True, False), "no sync is waited for"


def read_all(school: School, *, at: int) -> None:
    """Each source, by a sync that began then."""
    with school.store.writing() as transaction:
        for source in transaction.last_ends(COURSE):
            run = transaction.begin_run(COURSE, source, at=at)
            transaction.end_run(run, at=school.clock.now(), state=RunState.DONE, kept=Kept())


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
