"""Disputes on pages: a learner contests, a tutor answers, a second person too; who is told what."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl, urlencode, urlsplit

from flask.testing import FlaskClient

from lms_scoring.domain.instants import DAY
from tests.integration.web.contested import (
    FLOOD,
    LEARNER,
    LIST,
    NEW,
    ONE,
    PERSON,
    POSTS,
    TUTOR,
    act,
    buttons,
    links,
)
from tests.integration.web.doubtful import make_doubtful
from tests.integration.web.forms import sent, token_in
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COORDINATOR, COURSE, FIRST, School


def beside_flood(school: School) -> set[str]:
    """Where the contested record's row leads its owner."""
    page = school.page(school.signed_in(LEARNER), f"{PERSON}?open=all")
    offered = {NEW for one in links(page) if dict(parse_qsl(urlsplit(one).query)) == FLOOD}
    return offered | {one.attributes["href"] for one in page.all("a", "aside")} & {ONE, f"{LIST}/2"}


def flood_row(school: School) -> str:
    """What that row says."""
    page = school.page(school.signed_in(LEARNER), f"{PERSON}?open=all")
    (row,) = (one.text for one in page.all("tr") if FLOOD["id"] in one.text)
    return row


def test_every_row_and_criterion_of_the_own_card_can_be_contested(own_school: School) -> None:
    page = own_school.page(own_school.signed_in(LEARNER), f"{PERSON}?open=all")
    with own_school.store.reading() as transaction:
        (card,) = [row.card for row in transaction.board(COURSE) if row.card.person == LEARNER]
        cards = transaction.scorecard(COURSE, LEARNER, role=card.role, class_=card.class_)
    assert cards is not None
    wanted = {(one.id, "", "") for one in cards.criteria}
    wanted |= {(one.id, found.kind, found.id) for one in cards.criteria for found in one.findings}
    asked = [dict(parse_qsl(urlsplit(one).query)) for one in links(page) if one.startswith(NEW)]
    assert {(one["criterion"], one.get("kind", ""), one.get("id", "")) for one in asked} == wanted
    assert {(one["role"], one["class"]) for one in asked} == {("learner", FIRST)}


def test_the_form_shows_the_very_line_and_says_how_long_an_answer_takes(own_school: School) -> None:
    page = own_school.page(own_school.signed_in(LEARNER), f"{NEW}?{urlencode(FLOOD)}")
    assert f"moodle/{LEARNER}-flood" in page.text
    assert "灌水" in page.text
    assert "研讨交流" in page.text
    assert "7 个整天" in page.text


def test_a_learner_contests_a_tutor_answers_and_a_second_person_answers_for_good(contested: School) -> None:
    tutor = contested.page(contested.signed_in(TUTOR), ONE)
    assert "这不是灌水。" in tutor.text
    assert buttons(tutor) == ["keep"]
    assert act(contested, TUTOR, "keep", "内容重复。") == 303
    page = contested.page(contested.signed_in(LEARNER), ONE)
    assert "内容重复。" in page.text
    assert "王敏" in page.text
    assert buttons(page) == ["ask_again"]
    assert act(contested, LEARNER, "ask_again", "请再看。") == 303
    assert act(contested, LEARNER, "ask_again", "再看。") == 409
    assert "须由另一人答复" in sent(contested.signed_in(TUTOR), ONE, do="keep", words="我").text
    decide(contested, COORDINATOR)
    assert buttons(contested.page(contested.signed_in(COORDINATOR), ONE)) == ["keep", "change"]
    assert act(contested, COORDINATOR, "change", "已经恢复。") == 303
    page = contested.page(contested.signed_in(LEARNER), ONE)
    assert "两次答复，已结束" in page.text
    assert buttons(page) == []
    for said in ("这不是灌水。", "内容重复。", "请再看。", "已经恢复。"):
        assert said in page.text


def decide(school: School, who: str) -> None:
    """The contested record counts again, by a decision to which the dispute's page leads."""
    client = school.signed_in(who)
    school.clock.go_on(1)
    (path,) = (one for one in links(school.page(client, ONE)) if f"{PERSON}/decisions" in one)
    fields = {"kind": "post", "id": FLOOD["id"], "action": "restore", "reason": "确有内容"}
    shown = sent(client, path.partition("?")[0], **fields)
    (seen,) = (one for one in HtmlPage(shown.text).all("button") if one.attributes.get("name") == "seen")
    assert sent(client, path.partition("?")[0], **fields, seen=seen.attributes["value"]).status_code == 303


def test_an_answer_leads_to_the_decision_and_tells_of_it(contested: School) -> None:
    assert "请先作出决定" in sent(contested.signed_in(TUTOR), ONE, do="change", words="对。").text
    decide(contested, TUTOR)
    assert act(contested, TUTOR, "change", "已恢复。") == 303
    page = contested.page(contested.signed_in(LEARNER), ONE)
    assert "确有内容" in page.text
    assert "还没有作出相应的决定" not in page.text


def test_the_same_thing_is_not_contested_twice_at_once(contested: School) -> None:
    learner = contested.signed_in(LEARNER)
    assert ONE in links(contested.page(learner, f"{NEW}?{urlencode(FLOOD)}"))
    answer = sent(learner, NEW, **FLOOD, words="又来。")
    assert answer.status_code == 409
    assert "已有未结束的异议" in answer.text
    assert sent(learner, NEW, **POSTS, words="整项也不对。").status_code == 303
    assert act(contested, LEARNER, "withdraw") == 303
    assert sent(learner, NEW, **FLOOD, words="还是不对。").status_code == 303
    assert "这不是灌水。" in contested.page(learner, f"{NEW}?{urlencode(FLOOD)}").text


def test_of_eight_posts_at_once_one_is_kept(own_school: School) -> None:
    clients = [own_school.signed_in(LEARNER) for _ in range(8)]
    tokens = [token_in(own_school.page(client, f"{NEW}?{urlencode(FLOOD)}")) for client in clients]

    def post(client: FlaskClient, token: str) -> int:
        return client.post(NEW, data={**FLOOD, "words": "这不是灌水。", "token": token}).status_code

    with ThreadPoolExecutor(len(clients)) as threads:
        statuses = sorted(threads.map(post, clients, tokens))
    assert statuses == [303, *[409] * 7]
    with own_school.store.reading() as transaction:
        assert len(transaction.disputes(COURSE)) == 1


def test_one_may_ask_again_for_a_week_and_not_longer(contested: School) -> None:
    assert act(contested, TUTOR, "keep") == 303
    contested.clock.go_on(9 * DAY)
    page = contested.page(contested.signed_in(LEARNER), ONE)
    assert buttons(page) == []
    assert "再次提出的期限已过" in page.text
    assert "再次提出的期限已过" in sent(contested.signed_in(LEARNER), ONE, do="ask_again", words="请").text


def test_an_answer_that_is_not_given_in_time_is_overdue_for_all_to_see(contested: School) -> None:
    assert "答复已逾期" not in contested.page(contested.signed_in(TUTOR), LIST).text
    contested.clock.go_on(9 * DAY)
    assert "答复已逾期" in contested.page(contested.signed_in(TUTOR), LIST).text
    assert "答复已逾期" in contested.page(contested.signed_in(LEARNER), PERSON).text
    assert "1 项已逾期" in contested.page(contested.signed_in(TUTOR), f"/courses/{COURSE}/desk").text
    assert act(contested, TUTOR, "keep") == 303


def test_what_nobody_answers_in_time_goes_to_the_coordinators(contested: School) -> None:
    overview = f"/courses/{COURSE}/overview"
    page = contested.page(contested.signed_in(COORDINATOR), overview)
    assert "1 项待答复" in page.text
    assert "逾期" not in page.text
    assert "已转交管理员" not in contested.page(contested.signed_in(LEARNER), ONE).text
    contested.clock.go_on(9 * DAY)
    page = contested.page(contested.signed_in(COORDINATOR), overview)
    assert "1 项已逾期" in page.text
    assert LIST in links(page)
    for who in (LEARNER, TUTOR, COORDINATOR):
        assert "期限内无人答复，已转交管理员" in contested.page(contested.signed_in(who), ONE).text
    assert act(contested, COORDINATOR, "keep") == 303
    assert "逾期" not in contested.page(contested.signed_in(COORDINATOR), overview).text


def test_the_row_says_how_its_dispute_stands_and_is_contested_anew_once_that_is_over(
    contested: School,
) -> None:
    assert "待答复" in flood_row(contested)
    assert beside_flood(contested) == {ONE}
    assert act(contested, LEARNER, "withdraw") == 303
    assert "已撤回" in flood_row(contested)
    assert beside_flood(contested) == {ONE, NEW}
    assert sent(contested.signed_in(LEARNER), NEW, **FLOOD, words="还是不对。").status_code == 303
    assert beside_flood(contested) == {f"{LIST}/2"}


def test_the_own_page_has_the_whole_thread_and_the_row_leads_to_it(contested: School) -> None:
    act(contested, TUTOR, "keep", "内容重复。")
    page = contested.page(contested.signed_in(LEARNER), f"{PERSON}?open=all")
    assert "这不是灌水。" in page.text
    assert "内容重复。" in page.text
    beside = [one for one in page.all("a", "aside") if one.attributes["href"] == ONE]
    assert len(beside) == 1
    offered = [dict(parse_qsl(urlsplit(one).query)) for one in links(page) if one.startswith(NEW)]
    assert offered
    assert FLOOD not in offered


def test_a_row_that_has_a_case_leads_to_it(own_school: School) -> None:
    make_doubtful(own_school)
    for who in (LEARNER, TUTOR):
        page = own_school.page(own_school.signed_in(who), f"{PERSON}?open=all")
        beside = [one.attributes["href"] for one in page.all("a", "aside")]
        assert f"/courses/{COURSE}/cases/1" in beside


def test_the_pages_speak_english_too(contested: School) -> None:
    tutor = contested.signed_in(TUTOR)
    assert "waiting for an answer" in contested.page(tutor, f"{LIST}?lang=en").text
    assert "Answer: nothing is changed" in contested.page(tutor, f"{ONE}?lang=en").text
    form = contested.page(contested.signed_in(LEARNER), f"{NEW}?{urlencode({**POSTS, 'lang': 'en'})}")
    assert "within 7 whole days" in form.text
