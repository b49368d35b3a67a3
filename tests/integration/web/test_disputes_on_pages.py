"""Disputes on pages: a learner contests, a tutor answers, a second person too; who sees and does what."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from flask.testing import FlaskClient

from lms_scoring.domain.evidence import RecordTarget, Role
from lms_scoring.domain.instants import DAY
from lms_scoring.domain.proceedings.dispute import Contested, raised
from lms_scoring.services.scoring.close import close
from lms_scoring.services.signing import Signature
from tests.integration.web.doubtful import make_doubtful
from tests.integration.web.forms import sent, token_in
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import (
    ADMINISTRATOR,
    COORDINATOR,
    COURSE,
    FIRST,
    RULES,
    SECOND_CLASS,
    TUTORS,
    School,
    home,
)

LEARNER, CLASSMATE, WITHDRAWN = "moodle-3", "moodle-4", "moodle-10"
TUTOR, COLLEAGUE = TUTORS[FIRST], TUTORS[SECOND_CLASS]
LIST, NEW = f"/courses/{COURSE}/disputes", f"/courses/{COURSE}/disputes/new"
ONE = f"{LIST}/1"
PERSON = f"/courses/{COURSE}/people/{LEARNER}"
POSTS = {"role": "learner", "class": FIRST, "criterion": "posts"}
FLOOD = {**POSTS, "kind": "post", "id": f"moodle/{LEARNER}-flood"}


@pytest.fixture
def contested(own_school: School) -> School:
    """The learner contests the post that the platform calls flooding."""
    answer = sent(own_school.signed_in(LEARNER), NEW, **FLOOD, words="这不是灌水。")
    assert answer.status_code == 303
    assert answer.headers["Location"].endswith(ONE)
    return own_school


def act(school: School, who: str, do: str, words: str = "看过了。") -> int:
    return sent(school.signed_in(who), ONE, do=do, words=words).status_code


def buttons(page: HtmlPage) -> Sequence[str]:
    return [one.attributes["value"] for one in page.all("button") if one.attributes.get("name") == "do"]


def links(page: HtmlPage) -> set[str]:
    return {one.attributes["href"] for one in page.all("a") if "href" in one.attributes}


def listed(school: School) -> Sequence[str]:
    """The disputes in the tutor's list, answered ones too, as they are called."""
    page = school.page(school.signed_in(TUTOR), f"{LIST}?all=1")
    return [entry.text.partition(" · ")[0] for entry in page.all("li", "entry")]


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


@pytest.mark.parametrize("who", [TUTOR, COORDINATOR])
def test_nobody_is_offered_to_contest_what_is_another_s(own_school: School, who: str) -> None:
    page = own_school.page(own_school.signed_in(who), f"{PERSON}?open=all")
    assert not any(one.startswith(NEW) for one in links(page))


def test_the_form_shows_the_very_line_and_says_how_long_an_answer_takes(own_school: School) -> None:
    page = own_school.page(own_school.signed_in(LEARNER), f"{NEW}?{urlencode(FLOOD)}")
    assert f"moodle/{LEARNER}-flood" in page.text
    assert "灌水" in page.text
    assert "研讨交流" in page.text
    assert "7 个整天" in page.text


def test_a_learner_contests_a_tutor_answers_and_a_second_person_answers_for_good(contested: School) -> None:
    tutor = contested.page(contested.signed_in(TUTOR), ONE)
    assert "这不是灌水。" in tutor.text
    assert buttons(tutor) == ["keep", "change"]
    assert act(contested, TUTOR, "keep", "内容重复。") == 303
    page = contested.page(contested.signed_in(LEARNER), ONE)
    assert "内容重复。" in page.text
    assert "王敏" in page.text
    assert buttons(page) == ["ask_again"]
    assert act(contested, LEARNER, "ask_again", "请再看。") == 303
    assert act(contested, LEARNER, "ask_again", "再看。") == 409
    assert "须由另一人答复" in sent(contested.signed_in(TUTOR), ONE, do="keep", words="我").text
    assert buttons(contested.page(contested.signed_in(COORDINATOR), ONE)) == ["keep", "change"]
    assert act(contested, COORDINATOR, "change", "可以恢复。") == 303
    page = contested.page(contested.signed_in(LEARNER), ONE)
    assert "两次答复，已结束" in page.text
    assert "还没有作出相应的决定" in page.text
    assert buttons(page) == []
    for said in ("这不是灌水。", "内容重复。", "请再看。", "可以恢复。"):
        assert said in page.text


def test_an_answer_leads_to_the_decision_and_tells_of_it(contested: School) -> None:
    tutor = contested.signed_in(TUTOR)
    contested.clock.go_on(1)
    (path,) = (one for one in links(contested.page(tutor, ONE)) if f"{PERSON}/decisions" in one)
    fields = {"kind": "post", "id": FLOOD["id"], "action": "restore", "reason": "确有内容"}
    shown = sent(tutor, path.partition("?")[0], **fields)
    (seen,) = (one for one in HtmlPage(shown.text).all("button") if one.attributes.get("name") == "seen")
    assert sent(tutor, path.partition("?")[0], **fields, seen=seen.attributes["value"]).status_code == 303
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


def test_the_list_begins_with_what_is_due_first_and_ends_with_what_was_done_first(contested: School) -> None:
    about = {**POSTS, "criterion": "homework"}
    contested.clock.go_on(DAY)
    assert sent(contested.signed_in(CLASSMATE), NEW, **about, words="已提交。").status_code == 303
    assert act(contested, TUTOR, "keep") == 303
    contested.clock.go_on(DAY)
    assert sent(contested.signed_in(LEARNER), NEW, **about, words="也已提交。").status_code == 303
    assert act(contested, LEARNER, "ask_again", "请再看。") == 303
    assert listed(contested) == ["异议 2", "异议 1", "异议 3"]
    assert sent(contested.signed_in(TUTOR), f"{LIST}/2", do="keep", words="是的。").status_code == 303
    contested.clock.go_on(1)
    assert sent(contested.signed_in(TUTOR), f"{LIST}/3", do="keep", words="是的。").status_code == 303
    assert listed(contested) == ["异议 1", "异议 3", "异议 2"]


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


@pytest.mark.parametrize(
    ("who", "do"),
    [
        (LEARNER, "keep"),
        (LEARNER, "change"),
        (CLASSMATE, "keep"),
        (CLASSMATE, "withdraw"),
        (CLASSMATE, "ask_again"),
        (COLLEAGUE, "keep"),
        (COLLEAGUE, "change"),
        (WITHDRAWN, "keep"),
    ],
)
def test_who_must_not_answer_is_refused(contested: School, who: str, do: str) -> None:
    assert act(contested, who, do) == 403
    with contested.store.reading() as transaction:
        (dispute,) = transaction.disputes(COURSE)
    assert len(dispute.steps) == 1


@pytest.mark.parametrize(
    ("who", "do", "status"),
    [
        (TUTOR, "withdraw", 409),
        (TUTOR, "ask_again", 409),
        (COORDINATOR, "withdraw", 409),
        (LEARNER, "ask_again", 409),
        (TUTOR, "nothing", 400),
        (TUTOR, "", 400),
    ],
)
def test_steps_out_of_turn_or_of_others_are_refused(
    contested: School, who: str, do: str, status: int
) -> None:
    assert act(contested, who, do) == status


@pytest.mark.parametrize("who", [TUTOR, COORDINATOR, CLASSMATE, COLLEAGUE])
def test_nobody_contests_a_point_of_another_s_card(own_school: School, who: str) -> None:
    client = own_school.signed_in(who)
    assert client.get(f"{NEW}?{urlencode(FLOOD)}").status_code == 403
    assert sent(client, NEW, **FLOOD, words="不对").status_code == 403


def test_an_administrator_without_a_person_contests_nothing_and_may_answer(contested: School) -> None:
    client = contested.signed_in(ADMINISTRATOR)
    assert sent(client, NEW, **FLOOD, words="不对").status_code == 403
    assert sent(client, ONE, do="keep", words="看过").status_code == 303


@pytest.mark.parametrize(
    "changed",
    [
        {"id": "moodle/nothing"},
        {"criterion": "absent"},
        {"criterion": "journal"},
        {"role": "tutor"},
        {"class": SECOND_CLASS},
        {"class": ""},
    ],
)
def test_what_the_own_card_does_not_name_cannot_be_contested(
    own_school: School, changed: dict[str, str]
) -> None:
    client = own_school.signed_in(LEARNER)
    assert client.get(f"{NEW}?{urlencode({**FLOOD, **changed})}").status_code == 403
    assert sent(client, NEW, **{**FLOOD, **changed}, words="不对").status_code == 403


@pytest.mark.parametrize("asked", [{}, {"role": "learner"}, {"role": "dean", "criterion": "posts"}])
def test_what_says_nothing_that_could_be_contested_is_a_bad_request(
    own_school: School, asked: dict[str, str]
) -> None:
    client = own_school.signed_in(LEARNER)
    assert client.get(f"{NEW}?{urlencode(asked)}").status_code == 400
    assert sent(client, NEW, **asked, words="不对").status_code == 400


@pytest.mark.parametrize("words", ["", " ", "\r\n"])
def test_a_dispute_wants_words(own_school: School, words: str) -> None:
    answer = sent(own_school.signed_in(LEARNER), NEW, **FLOOD, words=words)
    assert answer.status_code == 409
    assert "请写明内容" in answer.text


def test_too_long_a_text_is_counted_and_given_back(own_school: School) -> None:
    words = "\U00020bb7" * 2_001
    answer = sent(own_school.signed_in(LEARNER), NEW, **FLOOD, words=f" {words}\r\n")
    assert answer.status_code == 409
    page = HtmlPage(answer.text)
    assert "现有 2001 字，最多 2000 字，请删去 1 字" in page.text
    assert words in page.text
    lines = "\r\n".join(["字" * 9] * 200)
    assert len(lines) == 2_198
    assert sent(own_school.signed_in(LEARNER), NEW, **FLOOD, words=lines).status_code == 303


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


@pytest.mark.parametrize("who", [CLASSMATE, COLLEAGUE, WITHDRAWN])
def test_others_read_nothing_of_it(contested: School, who: str) -> None:
    client = contested.signed_in(who)
    assert client.get(ONE).status_code == 403
    assert client.get(f"{LIST}/99").status_code == 403
    if who == COLLEAGUE:
        assert contested.page(client, LIST).all("li", "entry") == []
    else:
        assert client.get(LIST).status_code == 403


def test_the_list_has_what_waits_and_on_request_all(contested: School) -> None:
    tutor = contested.signed_in(TUTOR)
    assert len(contested.page(tutor, LIST).all("li", "entry")) == 1
    act(contested, TUTOR, "keep")
    assert contested.page(tutor, LIST).all("li", "entry") == []
    assert "没有待答复的异议。 已处理的也列出" in contested.page(tutor, LIST).text
    assert len(contested.page(tutor, f"{LIST}?all=1").all("li", "entry")) == 1
    assert "还没有人提出过异议" in contested.page(contested.signed_in(COLLEAGUE), f"{LIST}?all=1").text


def kept(school: School, *about: Contested, person: str = LEARNER) -> None:
    """So many disputes, kept as if they had been raised one after another."""
    with school.store.writing() as transaction:
        for place, one in enumerate(about):
            until = school.clock.now() + DAY + place
            dispute = raised(one, person=person, words="?", at=school.clock.now(), until=until)
            transaction.keep_dispute(COURSE, dispute)


def test_a_long_list_has_pages_that_keep_what_is_asked_for(own_school: School) -> None:
    posts = Contested(role=Role.LEARNER, class_=FIRST, criterion="posts")
    kept(own_school, *[replace(posts, record=RecordTarget(kind="post", id=f"p{n}")) for n in range(101)])
    tutor = own_school.signed_in(TUTOR)
    shown = []
    for number, beside in ((1, {2}), (2, {1, 3}), (3, {2})):
        page = own_school.page(tutor, f"{LIST}?all=1&page={number}")
        assert "共 101 项" in page.text
        assert f"第 {number} 页，共 3 页" in page.text
        assert {f"{LIST}?all=1&page={one}" for one in beside} <= links(page)
        shown += [entry.text.partition(" · ")[0] for entry in page.all("li", "entry")]
    assert shown == [f"异议 {n + 1}" for n in range(101)]
    last = own_school.page(tutor, f"{LIST}?page=99")
    assert len(last.all("li", "entry")) == 1
    assert f"{LIST}?page=2" in links(last)
    for nonsense in ("0", "-1", "two", "²", "9" * 30, ""):
        assert "第 1 页" in own_school.page(tutor, f"{LIST}?page={nonsense}").text


def test_what_is_contested_of_a_card_that_is_no_more_is_for_who_sees_all(own_school: School) -> None:
    kept(own_school, Contested(role=Role.TUTOR, class_=FIRST, criterion="marking"))
    assert len(own_school.page(own_school.signed_in(COORDINATOR), LIST).all("li", "entry")) == 1
    assert buttons(own_school.page(own_school.signed_in(COORDINATOR), ONE)) == ["keep", "change"]
    assert own_school.page(own_school.signed_in(TUTOR), LIST).all("li", "entry") == []
    assert act(own_school, TUTOR, "keep") == 403
    assert act(own_school, COORDINATOR, "keep") == 303


def test_a_learner_of_two_classes_is_answered_by_the_tutor_of_the_class_that_it_is_about(
    own_school: School,
) -> None:
    with own_school.store.writing() as transaction:
        run = transaction.begin_run(COURSE, "moodle", at=own_school.clock.now())
        members = transaction.memberships(COURSE, persons=[LEARNER])
        second = replace(members[0], id="another", class_=SECOND_CLASS, person=home(LEARNER))
        transaction.keep_records(COURSE, "moodle", [second], run=run)
    place = Contested(role=Role.LEARNER, class_=FIRST, criterion="posts")
    kept(own_school, place, replace(place, class_=SECOND_CLASS), replace(place, class_="三班"))
    numbers = {}
    for who in (TUTOR, COLLEAGUE):
        page = own_school.page(own_school.signed_in(who), LIST)
        numbers[who] = {entry.text.partition(" · ")[0] for entry in page.all("li", "entry")}
    assert numbers == {TUTOR: {"异议 1", "异议 3"}, COLLEAGUE: {"异议 2", "异议 3"}}


def test_a_tutor_contests_the_own_card_and_only_who_sees_all_answers(own_school: School) -> None:
    about = {"role": "tutor", "class": FIRST, "criterion": "marking"}
    assert sent(own_school.signed_in(TUTOR), NEW, **about, words="那份作业交晚了。").status_code == 303
    assert buttons(own_school.page(own_school.signed_in(TUTOR), ONE)) == ["withdraw"]
    assert act(own_school, TUTOR, "keep") == 403
    assert own_school.signed_in(COLLEAGUE).get(ONE).status_code == 403
    assert own_school.signed_in(LEARNER).get(ONE).status_code == 403
    assert own_school.page(own_school.signed_in(TUTOR), LIST).all("li", "entry") == []
    assert act(own_school, COORDINATOR, "keep") == 303


def test_what_waits_is_counted_on_the_desk_for_whom_it_waits(contested: School) -> None:
    make_doubtful(contested)
    desk = f"/courses/{COURSE}/desk"
    page = contested.page(contested.signed_in(TUTOR), desk)
    assert "1 项待答复" in page.text
    assert "2 项待处理" in page.text
    assert "待答复" not in contested.page(contested.signed_in(COLLEAGUE), desk).text
    act(contested, TUTOR, "keep")
    act(contested, LEARNER, "ask_again", "请再看")
    assert "待答复" not in contested.page(contested.signed_in(TUTOR), desk).text
    assert "1 项待答复" in contested.page(contested.signed_in(COORDINATOR), desk).text
    tabs = contested.page(contested.signed_in(COORDINATOR), LIST)
    assert "异议（1）" in tabs.text
    assert "核查（2）" in tabs.text


def test_a_row_that_has_a_case_leads_to_it(own_school: School) -> None:
    make_doubtful(own_school)
    for who in (LEARNER, TUTOR):
        page = own_school.page(own_school.signed_in(who), f"{PERSON}?open=all")
        beside = [one.attributes["href"] for one in page.all("a", "aside")]
        assert f"/courses/{COURSE}/cases/1" in beside


def test_in_a_closed_course_only_who_sees_all_answers(contested: School) -> None:
    signed = Signature(by=COORDINATOR, reason="公示")
    close(RULES, signed, contested.store, clock=contested.clock)
    assert buttons(contested.page(contested.signed_in(TUTOR), ONE)) == []
    assert act(contested, TUTOR, "keep") == 403
    assert "项目已结项" in contested.page(contested.signed_in(LEARNER), ONE).text
    form = contested.page(contested.signed_in(LEARNER), f"{NEW}?{urlencode(POSTS)}")
    assert "项目已结项" in form.text
    assert "管理员会在 7 个整天内答复" in form.text
    assert "辅导教师或管理员会" not in form.text
    assert sent(contested.signed_in(LEARNER), NEW, **POSTS, words="公示有误").status_code == 303
    assert act(contested, COORDINATOR, "keep") == 303


def test_no_form_without_its_token_does_anything(contested: School) -> None:
    client = contested.signed_in(TUTOR)
    token = token_in(contested.page(client, ONE))
    assert client.post(ONE, data={"do": "keep", "words": "看过"}).status_code == 400
    assert client.post(ONE, data={"do": "keep", "words": "看过", "token": token[:-1]}).status_code == 400


def test_the_list_names_what_a_record_is_of_be_it_a_video_or_nothing_any_more(own_school: School) -> None:
    with own_school.store.reading() as transaction:
        card = transaction.scorecard(COURSE, LEARNER, role=Role.LEARNER, class_=FIRST)
    assert card is not None
    watched = next(one for one in card.criteria[0].findings if one.activity == "video-1")
    about = Contested(
        role=Role.LEARNER,
        class_=FIRST,
        criterion="study_time",
        record=RecordTarget(kind=watched.kind, id=watched.id),
    )
    nothing = replace(about, record=RecordTarget(kind="watch", id="lrs/no-more"))
    with own_school.store.writing() as transaction:
        for one, until in ((nothing, 2), (about, 3)):
            transaction.keep_dispute(COURSE, raised(one, person=LEARNER, words="?", at=1, until=until))
    entries = [one.text for one in own_school.page(own_school.signed_in(TUTOR), LIST).all("li", "entry")]
    assert [f"班级管理：建立常规 {watched.id}" in text for text in entries] == [False, True]
    assert "lrs/no-more" in entries[0]


def test_the_pages_speak_english_too(contested: School) -> None:
    tutor = contested.signed_in(TUTOR)
    assert "waiting for an answer" in contested.page(tutor, f"{LIST}?lang=en").text
    assert "Answer: nothing is changed" in contested.page(tutor, f"{ONE}?lang=en").text
    form = contested.page(contested.signed_in(LEARNER), f"{NEW}?{urlencode({**POSTS, 'lang': 'en'})}")
    assert "within 7 whole days" in form.text
