"""The list of disputes: what waits for whom, in which order, page by page, and how it is counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from lms_scoring.domain.evidence import RecordTarget, Role
from lms_scoring.domain.instants import DAY
from lms_scoring.domain.proceedings.dispute import Contested, raised
from tests.integration.web.contested import (
    CLASSMATE,
    COLLEAGUE,
    LEARNER,
    LIST,
    NEW,
    ONE,
    POSTS,
    TUTOR,
    act,
    buttons,
    kept,
    links,
)
from tests.integration.web.doubtful import make_doubtful
from tests.integration.web.forms import sent
from tests.integration.web.school import COORDINATOR, COURSE, FIRST, SECOND_CLASS, School, home


def listed(school: School) -> Sequence[str]:
    """The disputes in the tutor's list, answered ones too, as they are called."""
    page = school.page(school.signed_in(TUTOR), f"{LIST}?all=1")
    return [entry.text.partition(" · ")[0] for entry in page.all("li", "entry")]


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


def test_the_list_has_what_waits_and_on_request_all(contested: School) -> None:
    tutor = contested.signed_in(TUTOR)
    assert len(contested.page(tutor, LIST).all("li", "entry")) == 1
    act(contested, TUTOR, "keep")
    assert contested.page(tutor, LIST).all("li", "entry") == []
    assert "没有待答复的异议。已处理的也列出" in contested.page(tutor, LIST).text
    assert len(contested.page(tutor, f"{LIST}?all=1").all("li", "entry")) == 1
    assert "还没有人提出过异议" in contested.page(contested.signed_in(COLLEAGUE), f"{LIST}?all=1").text


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
    assert buttons(own_school.page(own_school.signed_in(COORDINATOR), ONE)) == ["keep"]
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
