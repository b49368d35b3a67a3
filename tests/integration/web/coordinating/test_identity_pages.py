"""Accounts of nobody on their pages: joined to exactly one person with a reason, seen on the card, undone."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from lms_scoring.domain.identity import KnownPerson, account, account_key
from lms_scoring.ports import Act, ActKind, Grant
from lms_scoring.services.deciding.close import close
from lms_scoring.services.signing import Signature
from tests.given import START
from tests.integration.web.forms import sent, token_in
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import (
    ADMINISTRATOR,
    COORDINATOR,
    COURSE,
    HOSTILE,
    RULES,
    SOURCE,
    TUTORS,
    School,
    home,
)
from tests.integration.web.strays import leave

STRAY = home("nobody")
"""It left one post in the forum that counts."""
KEY = account_key(STRAY)
LIST = f"/courses/{COURSE}/sync/accounts"
PAGE = f"{LIST}/{KEY}"
LEARNER = "moodle-6"
"""A point short of passing."""
REASON = f"电话核实 {HOSTILE}"


def posted(client: FlaskClient, **typed: str) -> TestResponse:
    return sent(client, PAGE, **{"do": "join", "person": LEARNER, "reason": REASON, **typed})


def verdict(school: School) -> str:
    page = school.page(school.signed_in(LEARNER), f"/courses/{COURSE}/people/{LEARNER}")
    return page.texts("p", "verdict-sentence")[0]


def history(school: School, who: str = LEARNER) -> str:
    page = school.page(school.signed_in(who), f"/courses/{COURSE}/people/{who}")
    (found,) = page.all("table", "history")
    return found.text


def owner(school: School) -> str | None:
    with school.store.reading() as transaction:
        return transaction.account_owner(STRAY)


def undo(school: School, client: FlaskClient, **typed: str) -> TestResponse:
    """As the account's page has it."""
    page = school.page(client, PAGE)
    (act,) = (one.attributes["value"] for one in page.all("input") if one.attributes["name"] == "act")
    return posted(client, **{"do": "undo", "act": act, "reason": "弄错了", **typed})


def test_the_list_says_where_the_account_left_how_much_and_when(school: School) -> None:
    page = school.page(school.signed_in(COORDINATOR), LIST)
    (row,) = page.all("tbody")[0:1]
    assert "nobody 平台账号 · https://moodle.example" in row.text
    assert f"{SOURCE} 1 2024年10月26日 00:00" in row.text
    assert PAGE in [one.attributes["href"] for one in page.all("a")]
    assert LIST in [
        one.attributes["href"]
        for one in school.page(school.signed_in(COORDINATOR), f"/courses/{COURSE}/sync").all("a")
    ]


def test_a_long_list_has_pages(own_school: School) -> None:
    with own_school.store.writing() as transaction:
        leave(transaction, *(account("https://lrs.example", f"a{n:03}") for n in range(60)), at=START)
    client = own_school.signed_in(COORDINATOR)
    shown = []
    for number, beside in ((1, {2}), (2, {1})):
        page = own_school.page(client, f"{LIST}?page={number}")
        assert "共 61 个账号" in page.text
        ways = {one.attributes["href"] for one in page.all("a")}
        assert {f"{LIST}?page={one}" for one in beside} <= ways
        assert not ways & {f"{LIST}?page={one}" for one in {0, 1, 2, 3} - beside}
        shown += [one for one in sorted(ways) if one.startswith(f"{LIST}/")]
    assert len(set(shown)) == 61
    assert "另有 41 条未列出" in own_school.page(client, f"/courses/{COURSE}/sync").text


def test_it_is_joined_at_once_and_the_card_says_why(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    assert verdict(own_school).startswith("不合格")
    own_school.clock.go_on(1000)
    answer = posted(client)
    assert (answer.status_code, answer.location) == (303, LIST)
    assert verdict(own_school).startswith("合格")
    told = history(own_school)
    assert "名单之外的账号归属给了本人" in told
    assert f"陈主任：{REASON}" in told or f"moodle-40：{REASON}" in told
    assert "nobody" not in told
    page = own_school.page(client, f"{LIST}?lang=en")
    assert "Every account belongs to somebody." in page.text
    by_hand = page.all("tbody")[0].text
    assert "马欣怡 moodle-6" in by_hand
    assert REASON in by_hand
    assert "Account joined: nobody" in page.all("tbody")[1].text


def test_a_card_says_why_though_time_goes_on_while_doubts_are_looked_for(own_school: School) -> None:
    client, clock = own_school.signed_in(COORDINATOR), own_school.clock
    clock.step = 7
    posted(client)
    assert "名单之外的账号归属给了本人" in history(own_school)
    assert undo(own_school, client).status_code == 303
    assert "账号归属被撤销" in history(own_school)


def test_it_is_undone_and_everything_is_as_before(own_school: School) -> None:
    client, before = own_school.signed_in(COORDINATOR), verdict(own_school)
    own_school.clock.go_on(1000)
    posted(client)
    own_school.clock.go_on(1000)
    assert undo(own_school, client, reason=" ").status_code == 400
    assert owner(own_school) == LEARNER
    assert undo(own_school, client).status_code == 303
    assert owner(own_school) is None
    assert verdict(own_school) == before
    assert "账号归属被撤销" in history(own_school)
    page = own_school.page(client, LIST)
    assert "撤销归属：nobody" in page.text
    assert PAGE in [one.attributes["href"] for one in page.all("a")]


@pytest.mark.parametrize(
    ("language", "said"),
    [("zh", "（理由已随本人的数据一并删除）"), ("en", "(erased together with the person's data)")],
)
def test_why_something_was_done_about_who_was_erased_is_said_to_be_gone(
    own_school: School, language: str, said: str
) -> None:
    """The act is as an erasure leaves it."""
    left = Act(
        at=own_school.clock.now(),
        kind=ActKind.JOINED,
        by="operator:office",
        reason="erased",
        course=COURSE,
        person="erased:2",
        subject="erased:2",
    )
    with own_school.store.writing() as transaction:
        transaction.keep_act(left)
    page = own_school.page(own_school.signed_in(COORDINATOR), f"{LIST}?lang={language}")
    assert page.all("tbody")[-1].text.endswith(said)


def test_a_name_is_not_enough_and_one_person_is_chosen(own_school: School) -> None:
    client = own_school.signed_in(ADMINISTRATOR)
    answer = posted(client, person="马")
    assert answer.status_code == 400
    page = HtmlPage(answer.text)
    assert page.faults == []
    assert REASON in page.text
    choices = [one.attributes["value"] for one in page.all("input") if one.attributes["type"] == "radio"]
    assert choices == [LEARNER]
    assert owner(own_school) is None
    assert posted(client, person=choices[0]).status_code == 303
    assert owner(own_school) == LEARNER


@pytest.mark.parametrize(
    ("typed", "said"),
    [
        ({"person": "nobody at all"}, "没有人有这个编号、用户名、邮箱或姓名。"),
        ({"person": ""}, "没有人有这个编号、用户名、邮箱或姓名。"),
        ({"reason": ""}, "请写明理由"),
        ({"reason": "x" * 2001}, "理由最多 2000 字"),
    ],
)
def test_what_is_wrong_is_said_beside_what_was_typed(
    own_school: School, typed: dict[str, str], said: str
) -> None:
    answer = posted(own_school.signed_in(COORDINATOR), **typed)
    assert answer.status_code == 400
    page = HtmlPage(answer.text)
    assert page.faults == []
    assert any(text.startswith(said) for text in page.texts("span", "wrong"))
    assert owner(own_school) is None


def test_a_hint_leads_to_the_form_with_that_person_and_joins_nobody(own_school: School) -> None:
    person = KnownPerson(id="moodle-3", name="", accounts=(account("https://old.example", "nobody"),))
    with own_school.store.writing() as transaction:
        transaction.keep_people([person])
    client = own_school.signed_in(COORDINATOR)
    assert "1 人有相同的邮箱或用户名" in own_school.page(client, LIST).text
    page = own_school.page(client, PAGE)
    assert "用户名相同（在另一个平台地址上）" in page.text
    (chosen,) = [one.attributes["href"] for one in page.all("a") if "?person=" in one.attributes["href"]]
    page = own_school.page(client, chosen)
    assert "归属给：刘磊 moodle-3" in page.text
    assert owner(own_school) is None


def test_of_two_at_the_same_time_the_second_sees_what_the_first_did(own_school: School) -> None:
    first, second = own_school.signed_in(COORDINATOR), own_school.signed_in(ADMINISTRATOR)
    assert posted(first).status_code == 303
    answer = posted(second, person="moodle-5")
    assert answer.status_code == 409
    page = HtmlPage(answer.text)
    assert page.faults == []
    assert "情况有变化" in page.text
    assert "马欣怡 moodle-6" in page.text
    assert owner(own_school) == LEARNER
    (act,) = (
        one.attributes["value"]
        for one in own_school.page(second, PAGE).all("input")
        if one.attributes["name"] == "act"
    )
    assert undo(own_school, first).status_code == 303
    assert posted(second, do="undo", act=act).status_code == 409
    assert posted(second, do="undo").status_code == 409


def test_of_eight_who_join_it_at_once_one_does(own_school: School) -> None:
    clients = [own_school.signed_in(COORDINATOR) for _ in range(8)]
    tokens = [token_in(own_school.page(client, PAGE)) for client in clients]
    people = ["moodle-3", "moodle-4", "moodle-5", LEARNER] * 2

    def post(client: FlaskClient, token: str, person: str) -> int:
        typed = {"do": "join", "person": person, "reason": REASON, "token": token}
        return client.post(PAGE, data=typed).status_code

    with ThreadPoolExecutor(len(clients)) as threads:
        statuses = list(threads.map(post, clients, tokens, people))
    assert sorted(statuses) == [303, *[409] * 7]
    assert owner(own_school) == people[statuses.index(303)]
    with own_school.store.reading() as transaction:
        assert len(transaction.acts(course=COURSE)) == 1


def test_nobody_joins_an_account_to_themselves_or_undoes_it(own_school: School) -> None:
    with own_school.store.writing() as transaction:
        transaction.keep_grant(Grant(person=LEARNER, role="coordinator", course=COURSE))
    client = own_school.signed_in(LEARNER)
    answer = posted(client)
    assert answer.status_code == 409
    assert "不能把账号归属给自己" in answer.text
    assert owner(own_school) is None
    posted(own_school.signed_in(COORDINATOR))
    page = own_school.page(client, PAGE)
    assert "请由其他管理员操作" in page.text
    assert [one for one in page.all("input") if one.attributes["name"] == "act"] == []
    assert posted(client, do="undo", act="1").status_code == 409
    assert owner(own_school) == LEARNER


def test_a_roster_that_says_otherwise_is_shown_with_what_undoing_would_do(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    posted(client)
    with own_school.store.writing() as transaction:
        transaction.keep_people([KnownPerson(id="moodle-5", name="周桂英", accounts=(STRAY,))])
    said = "名单后来说它是 周桂英（moodle-5）的"
    assert said in own_school.page(client, LIST).text
    assert said in own_school.page(client, PAGE).text
    assert undo(own_school, client).status_code == 303
    assert owner(own_school) == "moodle-5"
    assert client.get(PAGE).status_code == 404


def test_a_roster_that_says_the_same_makes_undoing_harmless(own_school: School) -> None:
    client = own_school.signed_in(COORDINATOR)
    posted(client)
    with own_school.store.writing() as transaction:
        transaction.keep_people([KnownPerson(id=LEARNER, name="", accounts=(home(LEARNER), STRAY))])
    assert "名单后来也说它是此人的" in own_school.page(client, PAGE).text
    assert "名单后来说它是" not in own_school.page(client, LIST).text


def test_a_closed_course_shows_it_and_changes_nothing(own_school: School) -> None:
    signed = Signature(by="operator:office", reason="over")
    close(RULES, signed, own_school.store, clock=own_school.clock)
    client = own_school.signed_in(COORDINATOR)
    page = own_school.page(client, PAGE)
    assert "账号归属不能再改" in page.text
    assert page.all("textarea") == []
    answer = posted(client)
    assert answer.status_code == 409
    assert "本培训项目已经结项" in answer.text
    assert owner(own_school) is None


def test_only_whoever_sees_the_whole_course_comes_here(school: School) -> None:
    for who in (TUTORS["一班"], LEARNER):
        client = school.signed_in(who)
        assert client.get(LIST).status_code == 403
        assert client.get(PAGE).status_code == 403
        assert posted(client).status_code == 403
    client = school.signed_in(COORDINATOR)
    assert client.get(f"{LIST}/0000000000000000").status_code == 404
    assert posted(client, do="undo", act="x").status_code == 409


def test_addresses_are_shown_by_kind_and_records_without_a_time_say_so(own_school: School) -> None:
    accounts = ("mbox:li@x.example", "mbox_sha1sum:ab", f"openid:{HOSTILE}", "card 7")
    with own_school.store.writing() as transaction:
        leave(transaction, *accounts, at=START)
    page = own_school.page(own_school.signed_in(COORDINATOR), f"{LIST}?lang=en")
    for shown in (
        "li@x.example E-mail address",
        "ab E-mail address, as its SHA-1",
        f"{HOSTILE} OpenID",
        "card 7 Other account",
    ):
        assert shown in page.text
