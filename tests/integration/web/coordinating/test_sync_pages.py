"""The sync report: how runs went, what they met, and what came instead of an answer."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import pytest

from lms_scoring.domain.failure import Failure, Instead, Remedy
from lms_scoring.ports import Kept, Problem, ProblemKind, RunState
from tests.given import AFTER
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COORDINATOR, COURSE, School

FAILED = (
    (Instead.LOGIN_PAGE, Remedy.PERSON, None, ["收到的是登录页面", "需要有人处理"]),
    (Instead.HALF, Remedy.TRY_AGAIN, None, ["回答只收到一半", "下次同步会再试"]),
    (Instead.MAINTENANCE, Remedy.TRY_AGAIN, AFTER, ["平台正在维护", "2024年12月17日 00:00 之前不要再试"]),
    (Instead.REFUSED, Remedy.RECORD, None, ["平台拒绝了一条记录", "其余不受影响"]),
)


def test_the_report_names_runs_problems_strays_and_what_is_not_bound(school: School) -> None:
    page = school.page(school.signed_in(COORDINATOR), f"/courses/{COURSE}/sync")
    tables = {table.text: table for table in page.all("table")}
    (unbound,) = (text for text in tables if text.startswith("未绑定，不计分"))
    assert "答疑 26" in unbound
    assert any("account:https://moodle.example|nobody 1" in text for text in tables)
    assert any("Grant mod/scorm:viewreport." in text for text in tables)
    (runs,) = (text for text in tables if text.startswith("各来源最近一次"))
    assert "失败 lrs: GET /statements" in runs
    assert "完成" in runs


def folds(page: HtmlPage) -> dict[str, bool]:
    """What can be folded, by what stands above it: whether it is open."""
    pairs = [(one, above) for one, above in pairwise(page.elements) if one.tag == "details"]
    return {above.text: "open" in one.attributes for one, above in pairs if one.has_class("fold")}


def test_what_is_wrong_stands_open_and_all_else_is_folded_with_how_much_it_is(own_school: School) -> None:
    def opened() -> list[str]:
        found = folds(own_school.page(own_school.signed_in(COORDINATOR), f"/courses/{COURSE}/sync"))
        assert len(found) > 5
        assert all(any(letter.isdigit() for letter in above) for above in found)
        return [above for above, is_open in found.items() if is_open]

    def ended(*problems: Problem) -> None:
        now = own_school.clock.now()
        with own_school.store.writing() as transaction:
            run = transaction.begin_run(COURSE, "lrs", at=now)
            transaction.keep_problems(run, problems, at=now)
            transaction.end_run(run, at=now, state=RunState.DONE, kept=Kept())

    (failed,) = opened()
    assert failed.startswith("各来源最近一次（2 项） lrs 失败 ")
    assert "moodle 完成 " in failed
    ended()
    assert opened() == []
    ended(Problem(kind=ProblemKind.LOST, code="file_unreadable", text="a file", subject="a.jsonl"))
    (lost,) = opened()
    assert lost.startswith("文件没能读到末尾")


@pytest.mark.parametrize(("instead", "remedy", "try_at", "words"), FAILED)
def test_the_report_says_of_a_failed_run_what_came_and_what_can_be_done(
    own_school: School, instead: Instead, remedy: Remedy, try_at: int | None, words: Sequence[str]
) -> None:
    failure = Failure(remedy=remedy, instead=instead, try_at=try_at)
    now = own_school.clock.now()
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, "lrs", at=now)
        transaction.end_run(run, at=now, state=RunState.FAILED, kept=Kept(), reason="r", failure=failure)
    page = own_school.page(own_school.signed_in(COORDINATOR), f"/courses/{COURSE}/sync")
    (latest, *_) = (row.text for row in page.all("tr") if "失败" in row.text)
    assert all(word in latest for word in words)


def test_platforms_own_words_are_marked_as_english(school: School) -> None:
    page = school.page(school.signed_in(COORDINATOR), f"/courses/{COURSE}/sync")
    (reason,) = page.all("span", "reason")
    assert reason.attributes["lang"] == "en"
