"""Cases on pages, where another decision about their record says otherwise: what is told, and to be done."""

from __future__ import annotations

import pytest

from lms_scoring.domain.evidence import Action, RecordTarget
from tests.fixtures.texts import printing
from tests.integration.web.cases import COPY, LIST, POST, TUTOR, act, buttons, decide_by_hand, effects
from tests.integration.web.doubtful import CLASSMATE, LEARNER
from tests.integration.web.forms import sent
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.printed import pdf_text
from tests.integration.web.school import COORDINATOR, COURSE, School, mark_the_last

SHORT = RecordTarget(kind="post", id=f"moodle/{LEARNER}-t0")
WORK = RecordTarget(kind="submission", id=f"moodle/s-{CLASSMATE}-17")
CARD = f"/courses/{COURSE}/people/{LEARNER}"


def undo(school: School) -> None:
    """The voiding of the post, by hand."""
    assert act(school, TUTOR, POST, "void", "没有内容") == 303
    decide_by_hand(school, LEARNER, SHORT, Action.RESTORE, "是回应同学的")


def row_of(page: HtmlPage, words: str) -> str:
    (row,) = [one.text for one in page.all("tr") if words in one.text]
    return row


@pytest.mark.parametrize("who", [LEARNER, TUTOR, COORDINATOR])
def test_a_case_of_which_the_voiding_was_undone_says_so_and_who_did_it(doubtful: School, who: str) -> None:
    undo(doubtful)
    page = doubtful.page(doubtful.signed_in(who), POST)
    (chip,) = page.all("span", "state")
    assert (chip.text, chip.attributes["class"]) == ("曾作废，现照常计分", "state not_started")
    assert "另有决定：这条记录现在照常计分，所以没有可申诉的。" in page.text
    assert "这条记录不计分" not in page.text
    assert "决定：是回应同学的" in page.text
    assert "没有内容" in page.text, "what happened stays"
    (link,) = (one.attributes["href"] for one in page.all("a") if one.text == "看全部人工决定")
    assert link == f"{CARD}#decided"
    listed = doubtful.page(doubtful.signed_in(who), CARD)
    (section,) = (one for one in listed.elements if one.attributes.get("id") == "decided")
    assert "是回应同学的" in section.text


def test_lists_tell_it_too(doubtful: School) -> None:
    undo(doubtful)
    listed = doubtful.page(doubtful.signed_in(TUTOR), f"{LIST}?all=1")
    assert "曾作废，现照常计分" in row_of(listed, "核查 1")
    assert "待核查" in row_of(listed, "核查 2")
    for who in (LEARNER, TUTOR):
        card = doubtful.page(doubtful.signed_in(who), CARD)
        (section,) = (one for one in card.elements if one.attributes.get("id") == "cases")
        assert "曾作废，现照常计分" in section.text
    english = doubtful.page(doubtful.signed_in(LEARNER), f"{CARD}?lang=en")
    assert "was voided, counts again" in english.text


@printing
def test_a_printed_record_tells_it_too(doubtful: School) -> None:
    undo(doubtful)
    printed = pdf_text(doubtful.signed_in(TUTOR), f"/courses/{COURSE}/records/{LEARNER}.pdf?lang=zh")
    assert "核查1(曾作废，现照常计分)" in printed.replace("\u200b", "")
    assert "决定：是回应同学的" in printed


def test_nobody_objects_to_what_was_undone_and_is_told_why(doubtful: School) -> None:
    undo(doubtful)
    learner = doubtful.signed_in(LEARNER)
    assert buttons(doubtful.page(learner, POST)) == []
    refused = sent(learner, POST, do="object", words="当时大家都在回应")
    assert refused.status_code == 409
    assert HtmlPage(refused.text).texts("p", "wrong") == ["另有决定：这条记录现在照常计分，没有可申诉的。"]
    decide_by_hand(doubtful, LEARNER, SHORT, Action.VOID, "还是不行")
    page = doubtful.page(learner, POST)
    assert page.texts("span", "state") == ["已作废，可申诉"]
    assert buttons(page) == ["object"]


def test_a_case_that_found_nothing_wrong_says_that_the_record_was_voided_since(doubtful: School) -> None:
    assert act(doubtful, TUTOR, POST, "dismiss") == 303
    decide_by_hand(doubtful, LEARNER, SHORT, Action.VOID, "是抄来的")
    page = doubtful.page(doubtful.signed_in(LEARNER), POST)
    assert page.texts("span", "state") == ["没有问题；后另行作废"]
    assert "已有人看过：照常计分" not in page.text
    assert "决定：是抄来的" in page.text
    english = doubtful.page(doubtful.signed_in(TUTOR), f"{POST}?lang=en").text
    assert "another decision voids the record: it does not count now" in english


def words_of_buttons(page: HtmlPage) -> list[str]:
    return [one.text for one in page.all("button") if one.attributes.get("name") == "do"]


def test_whoever_settles_reads_what_counts_now_and_what_voiding_it_again_would_change(
    doubtful: School,
) -> None:
    mark_the_last(doubtful)
    assert act(doubtful, TUTOR, COPY, "void") == 303
    assert act(doubtful, CLASSMATE, COPY, "object") == 303
    coordinator = doubtful.signed_in(COORDINATOR)
    assert words_of_buttons(doubtful.page(coordinator, COPY)) == ["恢复计分", "维持作废"]
    decide_by_hand(doubtful, CLASSMATE, WORK, Action.RESTORE, "两人合作")
    page = doubtful.page(coordinator, COPY)
    assert page.texts("span", "state")[0] == "已申诉，待复核；现照常计分"
    assert "如果作废，分数会这样变" in page.text
    (effect, *_) = effects(page)
    assert effect.index("20.00") < effect.index("0.00", effect.index("20.00") + 5)
    assert buttons(page) == ["reverse", "confirm"]
    assert words_of_buttons(page) == ["没有问题，照常计分", "作废，不计分"]


def test_whoever_decides_about_what_is_voided_already_reads_that(doubtful: School) -> None:
    decide_by_hand(doubtful, LEARNER, SHORT, Action.VOID, "是抄来的")
    page = doubtful.page(doubtful.signed_in(TUTOR), POST)
    assert page.texts("span", "state")[0] == "待核查；已另行作废"
    assert "这条记录照常计分" not in page.text
    assert buttons(page) == ["dismiss", "void"]
    assert words_of_buttons(page) == ["恢复计分", "维持作废"]
    assert act(doubtful, TUTOR, POST, "dismiss") == 303
    assert doubtful.page(doubtful.signed_in(TUTOR), POST).texts("span", "state") == ["没有问题"]


def test_a_tutor_who_must_mark_a_work_that_counts_again_settles_no_voiding_of_it(doubtful: School) -> None:
    assert act(doubtful, COORDINATOR, COPY, "void") == 303
    assert act(doubtful, CLASSMATE, COPY, "object") == 303
    tutor = doubtful.signed_in(TUTOR)
    assert buttons(doubtful.page(tutor, COPY)) == ["reverse", "confirm"]
    decide_by_hand(doubtful, CLASSMATE, WORK, Action.RESTORE, "两人合作")
    page = doubtful.page(tutor, COPY)
    assert "这份作业您还没有批改" in page.text
    assert buttons(page) == ["reverse"]
    assert act(doubtful, TUTOR, COPY, "confirm") == 409
    assert act(doubtful, TUTOR, COPY, "reverse") == 303
