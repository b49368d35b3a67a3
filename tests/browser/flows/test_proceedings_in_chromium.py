"""Cases and disputes in a real browser, from the ledger row to the last word, on a phone and on a desktop."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from lms_scoring.domain.evidence import Action, RecordTarget
from lms_scoring.domain.proceedings.step import Outcome
from lms_scoring.ports import Visitor
from lms_scoring.services.deciding.case_desk import CaseDesk
from tests.browser.conftest import DESKTOP, PHONE, Visit, listening
from tests.integration.web.cases import decide_by_hand
from tests.integration.web.doubtful import CLASSMATE, flood_again, make_doubtful
from tests.integration.web.school import (
    COORDINATOR,
    COURSE,
    FIRST,
    RULES,
    TUTORS,
    School,
    fill_school,
    open_school,
)
from tests.serving import serving

Visits = Callable[..., Visit]
LEARNER, TUTOR = "moodle-3", TUTORS[FIRST]
HOME = f"/courses/{COURSE}/people/{LEARNER}"
DESK = f"/courses/{COURSE}/desk"


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[School, str]]:
    """A school with doubtful works behind a server, and the server's address."""
    file = tmp_path_factory.mktemp("proceedings") / "school.sqlite"
    fill_school(file)
    school = open_school(file)
    make_doubtful(school)
    flood_again(school, "t0", "t1", "t2", who=CLASSMATE)
    door, port = listening()
    with serving(school.app, door):
        yield school, f"http://127.0.0.1:{port}"
    school.close()


def press(visit: Visit, name: str) -> None:
    visit.press(visit.page.get_by_role("button", name=name, exact=True))
    assert visit.overflow() <= 0


def follow(visit: Visit, name: str) -> None:
    visit.press(visit.page.get_by_role("link", name=name).first)
    assert visit.overflow() <= 0


def test_a_learner_contests_a_tutor_answers_and_a_coordinator_answers_again(visit: Visits) -> None:
    learner = visit(LEARNER, f"{HOME}?open=all", window=PHONE)
    row = learner.page.locator("tr", has_text=f"moodle/{LEARNER}-flood")
    row.locator("xpath=ancestor::details[1]/summary").first.click()
    learner.press(row.get_by_role("link", name="提出异议"))
    assert learner.overflow() <= 0
    learner.page.get_by_label("哪里不对，为什么").fill("𠮷" * 3)
    assert learner.page.locator("#words-count").inner_text() == "3 / 2000"
    press(learner, "提交异议")
    assert "待答复" in learner.page.locator("main").inner_text()

    tutor = visit(TUTOR, DESK, window=DESKTOP)
    follow(tutor, "去答复")
    follow(tutor, "异议 1")
    assert f"moodle/{LEARNER}-flood" in tutor.page.locator("main").inner_text()
    tutor.page.get_by_label("答复内容").fill("内容与前一条重复。")
    press(tutor, "答复：维持不变")
    assert tutor.page.get_by_label("答复内容").count() == 0

    learner.go(HOME)
    assert "内容与前一条重复。" in learner.page.locator("#disputes").inner_text()
    follow(learner, "异议 1")
    learner.page.get_by_label("为什么仍不同意").fill("请另一位老师看看。")
    press(learner, "再次提出")
    tutor.go(f"/courses/{COURSE}/disputes/1")
    assert tutor.page.get_by_label("答复内容").count() == 0

    coordinator = visit(COORDINATOR, f"/courses/{COURSE}/disputes", window=DESKTOP)
    follow(coordinator, "异议 1")
    follow(coordinator, "就此作出决定")
    coordinator.page.get_by_label("理由").fill("确有内容")
    press(coordinator, "下一步：看看分数会怎样变")
    press(coordinator, "确认")
    coordinator.go(f"/courses/{COURSE}/disputes/1")
    coordinator.page.get_by_label("答复内容").fill("已恢复计分。")
    press(coordinator, "答复：予以更正")
    learner.go(f"/courses/{COURSE}/disputes/1")
    told = learner.page.locator("main").inner_text()
    for said in ("两次答复，已结束", "已恢复计分。", "确有内容"):
        assert said in told
    assert learner.page.locator("main form").count() == 0
    assert learner.complaints + tutor.complaints + coordinator.complaints == []


def test_a_tutor_voids_a_learner_objects_and_a_coordinator_settles(visit: Visits) -> None:
    tutor = visit(TUTOR, DESK, window=PHONE)
    follow(tutor, "去核查")
    follow(tutor, "核查 1")
    tutor.page.get_by_label("理由").fill("没有内容")
    press(tutor, "作废，不计分")

    learner = visit(LEARNER, HOME, window=PHONE)
    assert "没有内容" in learner.page.locator("#decided").inner_text()
    follow(learner, "核查 1")
    learner.page.get_by_label("理由").fill("当时大家都在回应")
    press(learner, "提交申诉")
    tutor.go(f"/courses/{COURSE}/cases/1")
    assert tutor.page.locator("main form").count() == 0

    coordinator = visit(COORDINATOR, f"/courses/{COURSE}/cases", window=DESKTOP)
    follow(coordinator, "核查 1")
    coordinator.page.get_by_label("理由").fill("可以理解")
    assert coordinator.page.locator(".acts").evaluate("e => parseFloat(getComputedStyle(e).columnGap)") >= 24
    press(coordinator, "恢复计分")
    learner.go(f"/courses/{COURSE}/cases/1")
    assert "复核：恢复计分" in learner.page.locator("main").inner_text()
    learner.go(f"{HOME}?open=all")
    assert learner.page.locator("a.aside", has_text="核查 1").count() == 1
    assert learner.complaints + tutor.complaints + coordinator.complaints == []


def test_what_all_alike_would_change_can_be_read_on_a_phone(visit: Visits) -> None:
    tutor = visit(TUTOR, f"/courses/{COURSE}/cases/3", window=PHONE)
    assert tutor.overflow() <= 0
    for section, after in (("#effect", "66.96"), ("#effect-alike", "64.96")):
        (shown,) = (one for one in tutor.page.locator(f"{section} tr").all() if after in one.inner_text())
        assert shown.is_visible()
    assert tutor.complaints == []


def test_without_script_too_long_a_text_is_counted_by_the_answer(visit: Visits) -> None:
    learner = visit(LEARNER, f"/courses/{COURSE}/disputes/new?role=learner&class=一班&criterion=posts")
    words = learner.page.get_by_label("哪里不对，为什么")
    words.fill("字" * 2_001)
    assert learner.page.locator("#words-count.over").inner_text() == "2001 / 2000"
    press(learner, "提交异议")
    assert "请删去 1 字" in learner.page.get_by_role("alert").inner_text()
    assert words.input_value() == "字" * 2_001


@pytest.mark.parametrize(("language", "said"), [("zh", "现照常计分"), ("en", "to be settled; counts again")])
def test_that_a_record_counts_again_can_be_read_in_a_narrow_window(
    visit: Visits, served: tuple[School, str], language: str, said: str
) -> None:
    school, _ = served
    with school.store.reading() as transaction:
        case = transaction.cases(COURSE, persons=[CLASSMATE])[-1]
    if len(case.steps) == 1:
        desk = CaseDesk(school.store, RULES, clock=school.clock)
        desk.decide(Visitor(person=TUTOR), case.number, Outcome.VOIDED, "没有内容")
        desk.object(Visitor(person=CLASSMATE), case.number, "是回应")
        record = RecordTarget(kind=case.kind, id=case.name)
        decide_by_hand(school, CLASSMATE, record, Action.RESTORE, "是回应同学的")
    cases = f"/courses/{COURSE}/cases"
    narrow = visit(COORDINATOR, cases, window=(320, 256), language=language)
    for page in (cases, f"{cases}/{case.number}", f"/courses/{COURSE}/people/{CLASSMATE}"):
        narrow.go(page)
        chip = narrow.page.locator("main .state", has_text=said)
        assert chip.count() == 1, page
        assert narrow.overflow() <= 0, page
        box = chip.bounding_box()
        assert box is not None
        assert box["x"] + box["width"] <= 320, page
