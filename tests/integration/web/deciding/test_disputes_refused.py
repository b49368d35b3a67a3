"""Disputes that are refused: of others, out of turn, about nothing, without words; and who reads none."""

from __future__ import annotations

from urllib.parse import urlencode

import pytest

from lms_scoring.services.deciding.close import close
from lms_scoring.services.signing import Signature
from tests.integration.web.contested import (
    CLASSMATE,
    COLLEAGUE,
    FLOOD,
    LEARNER,
    LIST,
    NEW,
    ONE,
    PERSON,
    POSTS,
    TUTOR,
    WITHDRAWN,
    act,
    buttons,
    links,
)
from tests.integration.web.forms import sent, token_in
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import (
    ADMINISTRATOR,
    COORDINATOR,
    COURSE,
    FIRST,
    RULES,
    SECOND_CLASS,
    School,
)


@pytest.mark.parametrize("who", [TUTOR, COORDINATOR])
def test_nobody_is_offered_to_contest_what_is_another_s(own_school: School, who: str) -> None:
    page = own_school.page(own_school.signed_in(who), f"{PERSON}?open=all")
    assert not any(one.startswith(NEW) for one in links(page))


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


@pytest.mark.parametrize("who", [CLASSMATE, COLLEAGUE, WITHDRAWN])
def test_others_read_nothing_of_it(contested: School, who: str) -> None:
    client = contested.signed_in(who)
    assert client.get(ONE).status_code == 403
    assert client.get(f"{LIST}/99").status_code == 403
    if who == COLLEAGUE:
        assert contested.page(client, LIST).all("li", "entry") == []
    else:
        assert client.get(LIST).status_code == 403


def test_a_tutor_contests_the_own_card_and_only_who_sees_all_answers(own_school: School) -> None:
    about = {"role": "tutor", "class": FIRST, "criterion": "marking"}
    form = own_school.page(own_school.signed_in(TUTOR), f"{NEW}?{urlencode(about)}")
    assert "本人和管理员都会看到" in form.text
    assert "本班辅导教师" not in form.text
    assert sent(own_school.signed_in(TUTOR), NEW, **about, words="那份作业交晚了。").status_code == 303
    assert buttons(own_school.page(own_school.signed_in(TUTOR), ONE)) == ["withdraw"]
    assert act(own_school, TUTOR, "keep") == 403
    assert own_school.signed_in(COLLEAGUE).get(ONE).status_code == 403
    assert own_school.signed_in(LEARNER).get(ONE).status_code == 403
    assert own_school.page(own_school.signed_in(TUTOR), LIST).all("li", "entry") == []
    assert "本人和管理员都会看到" in own_school.page(own_school.signed_in(COORDINATOR), ONE).text
    assert act(own_school, COORDINATOR, "keep") == 303


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
