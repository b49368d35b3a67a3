"""The board page by page: found by pinyin, picked by progress, with columns of one's own, and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.proceedings.step import Outcome
from lms_scoring.domain.scheme import Words
from lms_scoring.ports import Act, ActKind, Grant, Visitor
from lms_scoring.services.deciding.dispute_desk import DisputeDesk
from lms_scoring.services.scoring.assess import assess
from tests.integration.web.doubtful import CLASSMATE, LEARNER, make_contested
from tests.integration.web.forms import sent
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import (
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

BOARD = f"/courses/{COURSE}/"
ACTIVE = ev.MembershipStatus.ACTIVE


@pytest.fixture
def coordinator(school: School) -> FlaskClient:
    return school.signed_in(COORDINATOR)


def names(page: HtmlPage) -> list[str]:
    return [e.text for e in page.all("a") if "data-person" in e.attributes]


def found(client: FlaskClient, words: str) -> list[str]:
    return names(HtmlPage(sent(client, BOARD, search=words).text))


@pytest.mark.parametrize("words", ["刘磊", "liulei", "ll", "LIU", "moodle-3"])
def test_somebody_is_found_by_name_pinyin_initials_or_id(coordinator: FlaskClient, words: str) -> None:
    assert "刘磊" in found(coordinator, words)
    assert "马欣怡" not in found(coordinator, words)


def test_chips_count_everybody_and_pick_some(school: School, coordinator: FlaskClient) -> None:
    page = school.page(coordinator, BOARD)
    chips = {e.attributes["href"]: int(e.text.split()[-1]) for e in page.all("a", "chip")}
    assert len(chips) >= 3
    for address, counted in chips.items():
        assert len(names(school.page(coordinator, address))) == counted


def test_the_last_row_is_the_median_of_who_takes_part(school: School, coordinator: FlaskClient) -> None:
    (foot,) = school.page(coordinator, f"{BOARD}?class={FIRST}").all("tfoot")
    # totals of the class: 100, 79.95, 66.96, 53.51 and at least 10.80
    assert "中位数（全部在册 5 人）" in foot.text
    assert "66.96" in foot.text
    (picked,) = school.page(coordinator, f"{BOARD}?class={FIRST}&standing=passed").all("tfoot")
    assert picked.text == foot.text, "chips pick rows, and the row says that it is of everybody"


def test_the_last_row_is_everybodys_in_a_search_too(school: School, coordinator: FlaskClient) -> None:
    (everybodys,) = school.page(coordinator, f"{BOARD}?class={FIRST}").all("tfoot")
    page = HtmlPage(sent(coordinator, BOARD, search="maxinyi", **{"class": FIRST}).text)
    assert names(page) == ["马欣怡"]
    (foot,) = page.all("tfoot")
    assert foot.text == everybodys.text


def test_who_withdrew_is_found_and_never_averaged(coordinator: FlaskClient) -> None:
    usual, all_ = (
        HtmlPage(sent(coordinator, BOARD, search="moodle", withdrawn=shown).text) for shown in ("", "1")
    )
    assert set(names(all_)) - set(names(usual)) == {"林杰"}
    assert [e.text for e in usual.all("tfoot")] == [e.text for e in all_.all("tfoot")] != []


def test_columns_are_chosen_once_and_remembered(school: School) -> None:
    client = school.signed_in(COORDINATOR)
    heads = school.page(client, BOARD).texts("th")
    assert any("研修日志" in head for head in heads)
    answer = sent(client, BOARD, columns="1", show="class", rows="50")
    assert answer.status_code == 303
    heads = school.page(client, BOARD).texts("th")
    assert not any("研修日志" in head for head in heads)
    assert any("班级" in head for head in heads)
    others = school.page(school.signed_in(COORDINATOR), BOARD).texts("th")
    assert any("研修日志" in head for head in others)


def test_a_browser_that_has_the_page_is_told_so_until_something_changes(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    first = client.get(BOARD)
    known = {"If-None-Match": first.headers["ETag"]}
    again = client.get(BOARD, headers=known)
    assert (again.status_code, again.data) == (304, b"")
    assert "Content-Security-Policy" not in again.headers, "the kept page has a nonce of its own"
    same = ("Cache-Control", "ETag", "Vary", "X-Content-Type-Options", "Cross-Origin-Resource-Policy")
    assert [again.headers.getlist(name) for name in same] == [first.headers.getlist(name) for name in same]
    assert all(len(again.headers.getlist(name)) == 1 for name in same)
    assert client.get(f"{BOARD}?sort=name", headers=known).status_code == 200
    assert client.get(f"{BOARD}?lang=en", headers=known).status_code == 200
    assert own_school.signed_in(COORDINATOR).get(BOARD, headers=known).status_code == 200, "another session"
    with own_school.store.writing() as transaction:
        (person,) = transaction.people(COURSE, persons={"moodle-3"})
        transaction.keep_people([type(person)(id=person.id, name="刘雷", accounts=person.accounts)])
    assess(RULES, own_school.store, clock=own_school.clock, everyone=True)
    renewed = client.get(BOARD, headers=known)
    assert renewed.status_code == 200
    assert "刘雷" in renewed.text


def test_a_kept_page_holds_no_more_once_the_programme_is_closed_or_a_role_is_given(
    own_school: School,
) -> None:
    client = own_school.signed_in(COORDINATOR)
    known = {"If-None-Match": client.get(BOARD).headers["ETag"]}
    closing = Act(
        kind=ActKind.CLOSED, course=COURSE, by="x", at=own_school.clock.now(), reason="r", subject="1"
    )
    with own_school.store.writing() as transaction:
        transaction.keep_act(closing)
    closed = client.get(BOARD, headers=known)
    assert (closed.status_code, "已于" in closed.text) == (200, True)
    known = {"If-None-Match": closed.headers["ETag"]}
    with own_school.store.writing() as transaction:
        transaction.keep_grant(Grant(person=COORDINATOR, role="administrator", course=None))
    assert client.get(BOARD, headers=known).status_code == 200


def test_a_kept_page_holds_no_more_once_the_scheme_calls_something_otherwise(
    opened: Callable[..., School],
) -> None:
    rules = [RULES]
    school = opened(rules=lambda _: rules[0])
    client = school.signed_in(COORDINATOR)
    known = {"If-None-Match": client.get(BOARD).headers["ETag"]}
    first, *others = (learner := RULES.scheme.roles[Role.LEARNER]).criteria
    criteria = (replace(first, name=Words(zh="看课", en="Watching")), *others)
    roles = {**RULES.scheme.roles, Role.LEARNER: replace(learner, criteria=criteria)}
    rules[0] = replace(RULES, scheme=replace(RULES.scheme, roles=roles))
    assert rules[0].scheme.fingerprint == RULES.scheme.fingerprint
    again = client.get(BOARD, headers=known)
    assert (again.status_code, "看课" in again.text) == (200, True)


def test_a_kept_page_of_one_class_holds_no_more_once_there_is_another_class(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    address = f"{BOARD}?class={FIRST}"
    known = {"If-None-Match": client.get(address).headers["ETag"]}
    assert client.get(address, headers=known).status_code == 304
    newcomer = ev.Membership(
        id="learner-new", person=home("moodle-99"), role=Role.LEARNER, class_="新班", status=ACTIVE
    )
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, SOURCE, at=own_school.clock.now())
        transaction.keep_records(COURSE, SOURCE, [newcomer], run=run)
        transaction.keep_people([KnownPerson(id="moodle-99", name="新人", accounts=(newcomer.person,))])
    assess(RULES, own_school.store, clock=own_school.clock)
    again = client.get(address, headers=known)
    assert (again.status_code, "新班" in again.text) == (200, True)


def test_a_cache_may_name_several_kept_pages_and_as_if_they_were_whole(coordinator: FlaskClient) -> None:
    mark = coordinator.get(BOARD).headers["ETag"]
    for said in (f'"another", {mark}', f'{mark},W/"another"', mark.removeprefix("W/")):
        assert coordinator.get(BOARD, headers={"If-None-Match": said}).status_code == 304
    for said in ('W/"another"', "", mark[:-2]):
        assert coordinator.get(BOARD, headers={"If-None-Match": said}).status_code == 200


def test_who_may_no_longer_see_the_board_is_not_told_that_a_kept_page_holds(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    known = {"If-None-Match": client.get(BOARD).headers["ETag"]}
    with own_school.store.writing() as transaction:
        transaction.take_grant(Grant(person=COORDINATOR, role="coordinator", course=COURSE))
    assert client.get(BOARD, headers=known).status_code == 403
    assert own_school.signed_in(None).get(BOARD, headers=known).status_code == 401


def test_signing_out_clears_what_the_browser_kept(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    answer = sent(client, "/sign-out", at=BOARD)
    assert answer.headers["Clear-Site-Data"] == '"cache"'


def test_a_row_opens_at_a_glance_for_who_may_see_the_person(school: School, coordinator: FlaskClient) -> None:
    path = f"{BOARD}people/moodle-3?glance=1"
    page = school.page(coordinator, path)
    assert page.texts("h2")[0] == "刘磊"
    assert "100.00 分，合格线 80 分" in page.text
    assert school.signed_in(TUTORS[FIRST]).get(path).status_code == 200
    assert school.signed_in("moodle-4").get(path).status_code == 403


def test_who_has_an_open_dispute_is_counted_and_chosen_by_a_chip(own_school: School) -> None:
    tutor = own_school.signed_in(TUTORS[FIRST])
    assert "异议待答复" not in own_school.page(tutor, BOARD).text
    make_contested(own_school)
    page = own_school.page(tutor, BOARD)
    (chip,) = (one for one in page.all("a", "chip") if one.has_class("disputed"))
    assert chip.text == "异议待答复 1"
    assert "全部 5" in page.text
    chosen = own_school.page(tutor, chip.attributes["href"])
    assert names(chosen) == ["黄涛"]
    assert "dispute waits for an answer 1" in own_school.page(tutor, f"{BOARD}?lang=en").text
    lines = tutor.get(f"{BOARD}board.csv?standing=disputed").get_data(as_text=True).splitlines()
    assert [CLASSMATE in line for line in lines] == [False, True]
    colleague = own_school.signed_in(TUTORS[SECOND_CLASS])
    assert "异议待答复" not in own_school.page(colleague, BOARD).text
    desk = DisputeDesk(own_school.store, RULES, clock=own_school.clock)
    desk.answer(Visitor(person=TUTORS[FIRST]), 2, Outcome.KEPT, "没有错。")
    assert "异议待答复" not in own_school.page(tutor, BOARD).text


def test_a_row_at_a_glance_says_what_its_person_contests(own_school: School) -> None:
    make_contested(own_school)
    tutor = own_school.signed_in(TUTORS[FIRST])
    page = own_school.page(tutor, f"{BOARD}people/{CLASSMATE}?glance=1")
    assert "异议：1 项待答复" in page.text
    assert f"{BOARD}people/{CLASSMATE}#disputes" in [link.attributes["href"] for link in page.all("a")]
    answered = own_school.page(tutor, f"{BOARD}people/{LEARNER}?glance=1")
    assert "异议" not in answered.text
