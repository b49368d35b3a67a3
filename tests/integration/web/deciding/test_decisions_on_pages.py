"""Deciding from the ledger: who may, what is shown before, what is kept, and what the person reads of it."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.instants import HOUR
from lms_scoring.ports import Kept, RunState, Visitor
from lms_scoring.services.scoring.assess import assess
from tests.given import START
from tests.integration.web.forms import pressed, sent
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import (
    ADMINISTRATOR,
    COORDINATOR,
    COURSE,
    FIRST,
    HOSTILE,
    RULES,
    SECOND_CLASS,
    SOURCE,
    TUTORS,
    School,
    home,
)

TUTOR, COLLEAGUE, LEARNER = TUTORS[FIRST], TUTORS[SECOND_CLASS], "moodle-6"
PAGE = f"/courses/{COURSE}/people/{LEARNER}"
DECISIONS = f"{PAGE}/decisions"
TOPIC = {"kind": "post", "id": f"moodle/{LEARNER}-t0"}
FLOOD = {"kind": "post", "id": f"moodle/{LEARNER}-flood"}
TOTAL = {"kind": "reported_time", "id": "moodle/long"}
POSTS = {"criterion": "posts"}
VOID = {**TOPIC, "action": "void", "reason": "抄自别人的帖子"}
WAITING = f"/courses/{COURSE}/people/moodle-4/decisions"
UNMARKED = {"kind": "submission", "id": "moodle/s-moodle-4-17", "reason": "重复提交"}


def address(about: dict[str, str]) -> str:
    return f"{DECISIONS}?{'&'.join(f'{name}={value}' for name, value in about.items())}"


def confirmed(client: FlaskClient, fields: dict[str, str], path: str = DECISIONS) -> TestResponse:
    """Shown what would change, somebody keeps it."""
    shown = sent(client, path, **fields)
    assert shown.status_code == 200, shown.status_code
    page = HtmlPage(shown.text)
    assert page.faults == []
    return sent(client, path, **fields, seen=pressed(page, "seen"))


def card_of(school: School, person: str = LEARNER, class_: str = FIRST) -> dict[str, str]:
    with school.store.reading() as transaction:
        card = transaction.scorecard(COURSE, person, role=ev.Role.LEARNER, class_=class_)
    assert card is not None
    return {"total": str(card.total), **{one.id: str(one.points) for one in card.criteria}}


def entered(school: School, person: str = LEARNER) -> list[ev.Decision]:
    with school.store.reading() as transaction:
        found = transaction.records_of(COURSE, [person], kinds=["decision"])
    return [one for one in found if isinstance(one, ev.Decision)]


# -- from the ledger to the form ------------------------------------------------------------------------


@pytest.mark.parametrize("who", [TUTOR, COORDINATOR])
def test_every_row_of_the_ledger_leads_to_the_form_about_it(school: School, who: str) -> None:
    client = school.signed_in(who)
    links = [one.attributes["href"] for one in school.page(client, f"{PAGE}?open=all").all("a", "decide")]
    assert address(POSTS) in links
    assert f"{DECISIONS}?kind=post&id=moodle/{LEARNER}-t0" in [link.replace("%2F", "/") for link in links]
    for link in links:
        assert "决定" in school.page(client, link).text


def test_what_counts_nowhere_whatever_is_decided_has_no_form(school: School) -> None:
    links = school.page(school.signed_in(COORDINATOR), f"{PAGE}?open=all").all("a", "decide")
    early = f"w-{LEARNER}-early"
    assert not [one for one in links if early in one.attributes["href"]]


@pytest.mark.parametrize(
    ("who", "person"), [(LEARNER, LEARNER), (TUTOR, TUTOR), (COLLEAGUE, LEARNER), ("moodle-3", LEARNER)]
)
def test_nobody_decides_about_the_own_score_or_another_class(school: School, who: str, person: str) -> None:
    client = school.signed_in(who)
    path = f"/courses/{COURSE}/people/{person}"
    assert client.get(f"{path}/decisions").status_code == 403
    assert sent(client, f"{path}/decisions", **VOID).status_code == 403
    opened = client.get(path)
    assert "/decisions" not in opened.text


def test_a_coordinator_who_learns_does_not_decide_about_the_own_score(school: School) -> None:
    grants = ADMINISTRATOR.roles
    client = school.signed_in(Visitor(person=LEARNER, roles=grants))
    assert client.get(DECISIONS).status_code == 403
    assert client.get(f"/courses/{COURSE}/people/moodle-3/decisions").status_code == 200


def test_a_works_row_on_a_tutors_card_leads_to_its_learner(school: School) -> None:
    page = school.page(school.signed_in(COORDINATOR), f"/courses/{COURSE}/people/{TUTOR}?open=all")
    links = [one.attributes["href"].replace("%2F", "/") for one in page.all("a", "decide")]
    assert f"{DECISIONS}?kind=submission&id=moodle/s-{LEARNER}-17" in links


@pytest.mark.parametrize("about", [{"criterion": "absent"}, {"kind": "post", "id": "moodle/absent"}])
def test_what_is_not_on_the_card_cannot_be_decided_about(school: School, about: dict[str, str]) -> None:
    client = school.signed_in(COORDINATOR)
    assert client.get(address(about)).status_code == 400
    assert sent(client, DECISIONS, **about, action="void", reason="x").status_code == 400


# -- what would change, and keeping it ------------------------------------------------------------------


def test_what_would_change_is_shown_and_kept_only_when_it_is_confirmed(own_school: School) -> None:
    client = own_school.signed_in(TUTOR)
    shown = HtmlPage(sent(client, DECISIONS, **VOID).text)
    assert shown.faults == []
    (effect,) = shown.all("table", "effect")
    assert "马欣怡" in effect.text
    assert "研讨发帖 满分 20 4.00 3.00" in effect.text
    assert "总分 满分 100 79.95 78.95" in effect.text
    assert entered(own_school) == []
    answer = confirmed(client, VOID)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"{PAGE}#decided")
    (decision,) = entered(own_school)
    assert (decision.by, decision.reason) == (TUTOR, "抄自别人的帖子")
    assert card_of(own_school)["posts"] == "3"


def test_the_person_reads_who_decided_what_and_why(own_school: School) -> None:
    confirmed(own_school.signed_in(TUTOR), VOID)
    page = own_school.page(own_school.signed_in(LEARNER), f"{PAGE}?open=all")
    (row,) = (one for one in page.all("tr") if TOPIC["id"] in one.text)
    assert "经人工判定作废" in row.text
    assert "王敏于 2024年12月17日" in row.text
    assert "抄自别人的帖子" in row.text
    (made,) = page.all("ol", "decided")
    assert "作废：帖子" in made.text
    assert "撤销" not in made.text


def test_a_decision_is_undone_by_another_and_both_stay_on_record(own_school: School) -> None:
    before, client = card_of(own_school), own_school.signed_in(COORDINATOR)
    confirmed(client, VOID)
    page = own_school.page(client, PAGE)
    (undo,) = (one for one in page.all("a") if one.text == "撤销")
    form = own_school.page(client, undo.attributes["href"])
    assert [one.attributes["value"] for one in form.all("input") if one.attributes["name"] == "action"] == [
        "restore"
    ]
    answer = confirmed(client, {**TOPIC, "action": "restore", "reason": "弄错了"})
    assert answer.status_code == 303
    assert card_of(own_school) == before
    (made,) = own_school.page(client, PAGE).all("ol", "decided")
    assert made.text.index("弄错了") < made.text.index("抄自别人的帖子")
    assert "后来已另行决定" in made.text


def test_flooding_can_be_found_to_be_none(own_school: School) -> None:
    client = own_school.signed_in(TUTOR)
    form = own_school.page(client, address(FLOOD))
    assert "恢复，照常计分" in form.text
    confirmed(client, {**FLOOD, "action": "restore", "reason": "有内容"})
    assert card_of(own_school)["posts"] == "5"


def test_a_total_that_looks_implausible_can_be_found_to_count(own_school: School) -> None:
    nine_hours_at_once(own_school)
    client = own_school.signed_in(TUTOR)
    assert result_told(own_school, client) == "暂定合格"
    form = own_school.page(client, address(TOTAL))
    actions = [one.attributes["value"] for one in form.all("input") if one.attributes["name"] == "action"]
    assert actions == ["restore", "void"]
    assert "已核实，照常计分" in form.text
    wanted = {**TOTAL, "action": "restore", "reason": "一天内读完"}
    (effect,) = HtmlPage(sent(client, DECISIONS, **wanted).text).all("table", "effect")
    assert "结果 暂定合格 合格" in effect.text
    assert confirmed(client, wanted).status_code == 303
    assert result_told(own_school, client) == "合格"
    page = own_school.page(client, f"{PAGE}?open=all")
    (row,) = (one for one in page.all("tr") if TOTAL["id"] in one.text)
    assert "计入：时长很长，已经人工确认" in row.text
    assert "一天内读完" in row.text
    (made,) = page.all("ol", "decided")
    assert "照常计分：自报时长" in made.text


def nine_hours_at_once(school: School) -> None:
    """A total of one attempt, thanks to which the learner passes."""
    total = ev.ReportedTime(
        id="long",
        person=home(LEARNER),
        activity="video-9",
        duration=9 * HOUR,
        started_at=START,
        ended_at=START + 9 * HOUR,
    )
    with school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=school.clock.now())
        transaction.keep_records(COURSE, SOURCE, [total], run=run)
        transaction.end_run(run, at=school.clock.now(), state=RunState.DONE, kept=Kept())
    assess(RULES, school.store, clock=school.clock)


def result_told(school: School, client: FlaskClient) -> str:
    (sentence,) = school.page(client, PAGE).all("p", "verdict-sentence")
    return sentence.text.partition("：")[0]


@pytest.mark.parametrize(
    ("fields", "points"),
    [
        ({"action": "override", "points": "12.5"}, "25/2"),
        ({"action": "override", "points": "12,50"}, "25/2"),
        ({"action": "override", "points": "0"}, "0"),
        ({"action": "exempt"}, "20"),
    ],
)
def test_a_criterion_is_given_points_or_exempt(
    own_school: School, fields: dict[str, str], points: str
) -> None:
    client = own_school.signed_in(COORDINATOR)
    assert confirmed(client, {**POSTS, **fields, "reason": "病假"}).status_code == 303
    assert card_of(own_school)["posts"] == points
    row = own_school.page(client, f"{PAGE}?open=all").text
    assert "病假" in row
    confirmed(client, {**POSTS, "action": "restore", "reason": "撤回"})
    assert card_of(own_school)["posts"] == "4"


def test_an_administrator_of_no_name_is_called_so(own_school: School) -> None:
    confirmed(own_school.signed_in(ADMINISTRATOR), VOID)
    (decision,) = entered(own_school)
    assert decision.by == "operator:administrator"
    assert "系统管理员于" in own_school.page(own_school.signed_in(LEARNER), f"{PAGE}?open=all").text


# -- what is refused ------------------------------------------------------------------------------------

BAD: list[tuple[dict[str, str], str]] = [
    ({**TOPIC, "reason": "x"}, "请选择怎样处理"),
    ({**TOPIC, "action": "restore", "reason": "x"}, "请选择怎样处理"),
    ({**TOPIC, "action": "void", "reason": "  "}, "请写明理由"),
    ({**TOPIC, "action": "void", "reason": "字" * 2_001}, "理由最多 2000 字"),
    ({**POSTS, "action": "override", "points": "", "reason": "x"}, "分数要在 0 到该项满分之间"),
    ({**POSTS, "action": "override", "points": "20.01", "reason": "x"}, "分数要在 0 到该项满分之间"),
    ({**POSTS, "action": "override", "points": "-1", "reason": "x"}, "分数要在 0 到该项满分之间"),
    ({**POSTS, "action": "override", "points": "1.234", "reason": "x"}, "分数要在 0 到该项满分之间"),
]


@pytest.mark.parametrize(("fields", "said"), BAD, ids=[said + str(n) for n, (_, said) in enumerate(BAD)])
def test_what_cannot_be_decided_is_said_beside_what_was_typed(
    school: School, fields: dict[str, str], said: str
) -> None:
    answer = sent(school.signed_in(COORDINATOR), DECISIONS, **fields)
    page = HtmlPage(answer.text)
    assert (answer.status_code, page.faults) == (400, [])
    assert said in page.text
    if fields["reason"].strip():
        assert fields["reason"] in page.text


def test_a_reason_is_counted_in_characters_however_a_browser_sends_it(own_school: School) -> None:
    tutor = own_school.signed_in(TUTOR)
    shown = sent(tutor, DECISIONS, **{**VOID, "reason": "𠮷\r\n" * 1_000 + "字"})
    assert "理由最多" in shown.text
    assert confirmed(tutor, {**VOID, "reason": "𠮷\r\n" * 1_000}).status_code == 303
    assert entered(own_school)[-1].reason == ("𠮷\n" * 1_000).strip()


@pytest.mark.parametrize("about", [TOPIC, POSTS])
def test_no_browser_cuts_what_is_typed_and_a_script_counts_along(
    school: School, about: dict[str, str]
) -> None:
    (field,) = school.page(school.signed_in(TUTOR), address(about)).all("textarea")
    assert "maxlength" not in field.attributes
    assert "reason-count" in field.attributes["aria-describedby"].split()


def test_nobody_keeps_what_was_never_shown(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    for seen in ("", "made-up"):
        answer = sent(client, DECISIONS, **VOID, seen=seen)
        assert answer.status_code == 200
        assert HtmlPage(answer.text).all("table", "effect")
    other = pressed(HtmlPage(sent(client, DECISIONS, **VOID).text), "seen")
    exempt = {**POSTS, "action": "exempt", "reason": "x"}
    assert sent(client, DECISIONS, **exempt, seen=other).status_code == 200
    assert entered(own_school) == []


def test_who_was_slower_is_asked_again_or_led_back(own_school: School) -> None:
    first, second = own_school.signed_in(TUTOR), own_school.signed_in(COORDINATOR)
    seen = pressed(HtmlPage(sent(second, DECISIONS, **VOID).text), "seen")
    confirmed(first, VOID)
    assert sent(second, DECISIONS, **VOID, seen=seen).status_code == 400
    assert len(entered(own_school)) == 1


def test_a_clock_that_was_set_back_keeps_nobody_from_deciding(own_school: School) -> None:
    client, before = own_school.signed_in(TUTOR), card_of(own_school)
    confirmed(client, VOID)
    own_school.clock.go_on(-1_000)
    assert confirmed(client, {**VOID, "action": "restore"}).status_code == 303
    first, second = sorted(entered(own_school), key=lambda one: one.id)
    assert (second.at, second.instead_of) == (first.at - 1_000, (first.id,))
    assert card_of(own_school) == before


def test_a_form_without_its_token_decides_nothing(school: School) -> None:
    assert school.signed_in(COORDINATOR).post(DECISIONS, data=VOID).status_code == 400
    assert entered(school) == []


@pytest.mark.parametrize(
    ("language", "said"), [("zh", "请先在平台上批改"), ("en", "Mark it on the platform first")]
)
def test_a_tutor_who_has_not_marked_a_work_is_told_to_instead_of_voiding_it(
    school: School, language: str, said: str
) -> None:
    answer = sent(school.signed_in(TUTOR), f"{WAITING}?lang={language}", **UNMARKED, action="void")
    assert answer.status_code == 409
    assert said in answer.text
    assert entered(school, "moodle-4") == []


def test_another_tutors_card_is_not_shown_to_who_may_not_see_it(own_school: School) -> None:
    """Voiding the last unmarked work of a class changes its tutors' cards, and so does restoring it."""

    def concerned(who: str, action: str = "restore") -> list[str]:
        page = HtmlPage(sent(own_school.signed_in(who), WAITING, **UNMARKED, action=action).text)
        return [one.text.partition(" ")[0] for one in page.all("caption")]

    assert concerned(COORDINATOR, "void") == ["黄涛", "王敏"]
    confirmed(own_school.signed_in(COORDINATOR), {**UNMARKED, "action": "void"}, WAITING)
    assert concerned(TUTOR) == ["黄涛", "王敏"]
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, "moodle", at=own_school.clock.now())
        also = ev.Membership(
            id="m-both",
            person=home(COLLEAGUE),
            role=ev.Role.TUTOR,
            class_=FIRST,
            status=ev.MembershipStatus.ACTIVE,
        )
        transaction.keep_records(COURSE, "moodle", [also], run=run)
    assert concerned(COLLEAGUE) == ["黄涛", "赵国强"]


def test_words_of_a_decision_run_nothing(own_school: School) -> None:
    confirmed(own_school.signed_in(TUTOR), {**VOID, "reason": HOSTILE})
    page = own_school.page(own_school.signed_in(LEARNER), f"{PAGE}?open=all")
    assert HOSTILE in page.text


def test_the_list_of_decisions_names_what_can_be_decided_and_what_was(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    assert "还没有任何人工决定" in own_school.page(client, DECISIONS).text
    confirmed(client, {**POSTS, "action": "exempt", "reason": "病假"})
    page = own_school.page(client, f"{DECISIONS}?lang=en")
    assert "Posts: exempt" in page.text
    assert "陈主任" in page.text
    assert [one.text for one in page.all("a") if "criterion=" in one.attributes["href"]][:4] == [
        "Study time",
        "Homework",
        "Journal",
        "Posts",
    ]
