"""The gradebook on the sync page: whom to look after, when it was read, what is held back."""

from __future__ import annotations

from lms_scoring.ports import Hold, SendState
from tests.integration.web.graded import CLASSMATE, held, read, turned
from tests.integration.web.school import ADMINISTRATOR, COURSE, School


def test_the_sync_page_counts_and_lists_whom_to_look_after(graded: School) -> None:
    turned(graded, SendState.REFUSED, "HTTP 400: no learner")
    turned(graded, SendState.OVERRIDDEN, "the gradebook has 95.00", person=CLASSMATE)
    turned(graded, SendState.SENT, person="moodle-3")
    page = graded.page(graded.signed_in(ADMINISTRATOR), f"/courses/{COURSE}/sync")
    facts = dict(zip(page.texts("dt"), page.texts("dd"), strict=True))
    counts = {facts[name] for name in ("平台拒绝", "教师另行填写", "已发送")}
    assert counts == {"1"}
    assert facts["等待发送"] == "5"
    assert "每次有变化都会自动发送" in page.text, "a sync sends them too, but may not come any more"
    assert "平台尚未告知此人" not in facts, "of nothing nothing is said"
    (table,) = (one.text for one in page.all("table") if "HTTP 400: no learner" in one.text)
    assert table.index("马欣怡") < table.index("黄涛")
    assert "moodle-3" not in table
    assert "成绩册中现在是 95.00" in table
    assert "the gradebook has" not in table


def test_the_sync_page_says_when_the_gradebook_was_read(graded: School) -> None:
    client = graded.signed_in(ADMINISTRATOR)
    assert "最近一次读取" not in client.get(f"/courses/{COURSE}/sync").text
    turned(graded, SendState.SENT)
    read(graded, later=0)
    assert "成绩册最近一次读取：2024年" in client.get(f"/courses/{COURSE}/sync").text


def test_the_sync_page_lists_what_is_held_back_and_why(graded: School) -> None:
    held(graded, Hold.TO_CHECK)
    page = graded.page(graded.signed_in(ADMINISTRATOR), f"/courses/{COURSE}/sync")
    facts = dict(zip(page.texts("dt"), page.texts("dd"), strict=True))
    assert (facts["暂不发送"], facts["等待发送"]) == ("1", "7")
    (table,) = (one.text for one in page.all("table") if "待核查的记录" in one.text)
    assert "马欣怡" in table
