"""How many disputes about a card wait at once, and how often the same may be raised: told beforehand."""

from __future__ import annotations

from urllib.parse import urlencode

from lms_scoring.domain.evidence import RecordTarget, Role
from lms_scoring.domain.proceedings.dispute import MOST_WAITING, Contested
from tests.integration.web.contested import FLOOD, LEARNER, LIST, NEW, POSTS, TUTOR, act, kept, links
from tests.integration.web.forms import sent
from tests.integration.web.school import COURSE, FIRST, School

FORM = f"{NEW}?{urlencode(FLOOD)}"


def raised(school: School) -> int:
    with school.store.reading() as transaction:
        return len(transaction.disputes(COURSE))


def test_no_more_than_a_few_wait_and_the_form_says_so(own_school: School) -> None:
    learner = own_school.signed_in(LEARNER)
    assert "最多可有 5 项异议同时待答复，现在有 0 项" in own_school.page(learner, FORM).text
    records = [RecordTarget(kind="post", id=f"moodle/{LEARNER}-t{n}") for n in range(MOST_WAITING)]
    kept(
        own_school,
        *[Contested(role=Role.LEARNER, class_=FIRST, criterion="posts", record=one) for one in records],
    )
    page = own_school.page(learner, FORM)
    assert f"已有 {MOST_WAITING} 项异议待答复" in page.text
    assert page.all("textarea") == []
    for about in (FLOOD, POSTS, {**POSTS, "criterion": "homework"}):
        answer = sent(learner, NEW, **about, words="还有。")
        assert (answer.status_code, answer.text.count("请等其中一项得到答复")) == (409, 1)
    assert raised(own_school) == MOST_WAITING
    assert act(own_school, TUTOR, "keep") == 303
    assert sent(learner, NEW, **FLOOD, words="还有。").status_code == 303
    assert raised(own_school) == MOST_WAITING + 1
    english = own_school.page(learner, f"{NEW}?{urlencode({**POSTS, 'lang': 'en'})}")
    assert f"{MOST_WAITING} disputes about this card wait" in english.text


def test_what_was_withdrawn_twice_is_not_raised_again(own_school: School) -> None:
    learner = own_school.signed_in(LEARNER)
    for number in (1, 2):
        assert sent(learner, NEW, **FLOOD, words="不对。").status_code == 303
        assert "撤回后可以再提出一次" in own_school.page(learner, f"{LIST}/{number}").text
        assert sent(learner, f"{LIST}/{number}", do="withdraw").status_code == 303
    page = own_school.page(learner, FORM)
    assert "已撤回两次" in page.text
    assert page.all("textarea") == []
    assert {f"{LIST}/1", f"{LIST}/2"} <= links(page)
    assert sent(learner, NEW, **FLOOD, words="不对。").status_code == 409
    assert sent(learner, NEW, **POSTS, words="整项也不对。").status_code == 303


def test_a_criterion_is_answered_apart_from_its_records(own_school: School) -> None:
    learner = own_school.signed_in(LEARNER)
    for about in (POSTS, FLOOD):
        assert sent(learner, NEW, **about, words="不对。").status_code == 303
    assert act(own_school, TUTOR, "keep") == 303
    with own_school.store.reading() as transaction:
        assert [one.waits for one in transaction.disputes(COURSE)] == [False, True]
