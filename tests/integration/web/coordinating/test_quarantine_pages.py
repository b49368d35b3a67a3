"""What was set aside and what vanished, on their pages: who sees it, replaying, dropping, signing."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_scoring.domain.losses import LossState
from lms_scoring.domain.quarantine import QuarantineState
from lms_scoring.ports import ActKind, Grant
from tests.integration.web.forms import token_of
from tests.integration.web.incomplete import LOSS, POSTS, ROW, make_incomplete, seen_on
from tests.integration.web.school import COORDINATOR, COURSE, HOSTILE, SOURCE, TUTORS, School

PAGE = f"/courses/{COURSE}/quarantine"
ONE = f"{PAGE}/1"
REASON = f"测试数据 {HOSTILE}"


@pytest.fixture
def incomplete(own_school: School) -> School:
    make_incomplete(own_school)
    return own_school


def posted(client: FlaskClient, path: str, **typed: str) -> TestResponse:
    return client.post(path, data={"token": token_of(client), **typed})


def state(school: School, number: int = 1) -> QuarantineState:
    with school.store.reading() as transaction:
        return transaction.in_quarantine(number).state


def live_posts(school: School) -> int:
    with school.store.reading() as transaction:
        return transaction.would_be_gone(COURSE, SOURCE, POSTS, run=999)[1]


def test_where_nothing_was_set_aside_the_page_says_so(school: School) -> None:
    page = school.page(school.signed_in(COORDINATOR), PAGE)
    assert "没有读不懂的记录" in page.text
    assert "没有一次性大量消失的内容" in page.text


def test_the_list_tells_what_waits_and_keeps_what_others_share(incomplete: School) -> None:
    client = incomplete.signed_in(COORDINATOR)
    page = incomplete.page(client, PAGE)
    assert "其中 2 条来自各课程共用的学习记录库" in page.text
    assert "刘洋" not in page.text
    losses, records = page.all("table")
    assert "研讨交流 25" in records.text
    assert "等待确认" in losses.text
    assert "等待处理" in records.text
    sync = incomplete.page(client, f"/courses/{COURSE}/sync")
    assert "3 条记录等待处理，1 处消失等待确认" in sync.text


def test_a_record_is_shown_with_its_text_to_who_sees_the_course(incomplete: School) -> None:
    page = incomplete.page(incomplete.signed_in(COORDINATOR), ONE)
    assert ROW in page.text
    assert "研讨交流 25" in page.text
    assert incomplete.signed_in(COORDINATOR).get(f"{PAGE}/2").status_code == 403
    for who in ("moodle-3", TUTORS["一班"]):
        for path in (PAGE, ONE, LOSS):
            assert incomplete.signed_in(who).get(path).status_code == 403


def test_a_row_is_asked_of_its_source_again(incomplete: School) -> None:
    client = incomplete.signed_in(COORDINATOR)
    answer = posted(client, ONE, do="replay")
    assert answer.status_code == 200
    assert "已请来源重新提供" in answer.text
    with incomplete.store.reading() as transaction:
        assert [one.source for one in transaction.sync_requests()] == [SOURCE]


def test_a_record_is_dropped_for_a_reason_that_stands_there(incomplete: School) -> None:
    client = incomplete.signed_in(COORDINATOR)
    assert posted(client, ONE, do="drop", reason=" ").status_code == 400
    assert state(incomplete) is QuarantineState.WAITING
    answer = posted(client, ONE, do="drop", reason=REASON)
    assert (answer.status_code, answer.location) == (303, ONE)
    page = incomplete.page(client, ONE)
    assert REASON in page.text
    assert not page.all("textarea")
    for do in ("drop", "replay"):
        again = posted(client, ONE, do=do, reason=REASON)
        assert again.status_code == 409
        assert "已经不再等待处理" in again.text
    with incomplete.store.reading() as transaction:
        assert [act.by for act in transaction.acts(kinds=[ActKind.DROPPED])] == [COORDINATOR]


def test_a_loss_that_was_deleted_goes_when_it_is_signed(incomplete: School) -> None:
    client, before = incomplete.signed_in(COORDINATOR), live_posts(incomplete)
    seen = seen_on(incomplete, client)
    assert before > 0
    assert posted(client, LOSS, do="confirm", seen=seen, reason="").status_code == 400
    assert posted(client, LOSS, do="confirm", seen="another", reason=REASON).status_code == 409
    assert live_posts(incomplete) == before
    assert posted(client, LOSS, do="confirm", seen=seen, reason=REASON).location == PAGE
    assert live_posts(incomplete) == 0
    assert client.get(LOSS).status_code == 403


def test_a_loss_that_was_not_deleted_counts_on(incomplete: School) -> None:
    client, before = incomplete.signed_in(COORDINATOR), live_posts(incomplete)
    assert posted(client, LOSS, do="refuse", seen=seen_on(incomplete, client), reason=REASON).location == PAGE
    assert live_posts(incomplete) == before
    with incomplete.store.reading() as transaction:
        assert transaction.held_loss(1).state is LossState.REFUSED
    assert "已署名：并未删除" in incomplete.page(client, PAGE).text


def test_an_administrator_sees_what_all_courses_share(incomplete: School) -> None:
    with incomplete.store.writing() as transaction:
        transaction.begin_run(COURSE, "lrs", at=incomplete.clock.now())
        transaction.keep_grant(Grant(person=COORDINATOR, role="administrator", course=None))
    client = incomplete.signed_in(COORDINATOR)
    assert "各课程共用" not in incomplete.page(client, PAGE).text
    assert client.get(f"{PAGE}/2").status_code == 200
