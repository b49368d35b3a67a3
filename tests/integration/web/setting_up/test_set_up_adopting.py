"""The last steps of setting a course up: activities are bound, first scores seen, the course adopted."""

from __future__ import annotations

import pytest

from lms_scoring.ports import Activity, Grant, KeptScheme, PlatformCourse
from lms_scoring.web.access.launch_cookies import session_cookie
from tests.fixtures.courses.claimed import offer, with_activities
from tests.fixtures.courses.scripted import FORUM, HOMEWORK, LRS, MOODLE
from tests.integration.launches.school import PUBLIC
from tests.integration.web.setting_up.claiming import (
    BOUND,
    MAIN,
    NEW,
    TYPED,
    Browser,
    Claiming,
    Form,
    adopted,
    main_of,
)


def test_every_activity_has_its_kind_its_records_and_a_choice(bound: Browser) -> None:
    form = Form(bound.text)
    assert {name: value for name, value in form.fields.items() if value and " " in name} == BOUND
    assert form.options[f"{MOODLE} {HOMEWORK}"] == ["", "homework", "journal"]
    assert form.options[f"{MOODLE} {FORUM}"] == ["", "posts", "bulletins"]
    assert f"{MOODLE} page 1" not in form.options
    assert "没有可读取的记录" in bound.text
    rows = main_of(bound.text).texts("td")
    assert "12" in rows


def test_a_scheme_that_does_not_ask_for_it_offers_no_choice(claiming: Claiming) -> None:
    browser = claiming.browser()
    browser.post(TYPED | {"scheme": offer("prefecture-three-bands").key})
    assert Form(browser.text).options[f"{MOODLE} {HOMEWORK}"] == ["", "homework"]


@pytest.mark.parametrize("word", ["posts", "nonsense"])
def test_a_choice_that_cannot_be_is_answered_beside_its_line(bound: Browser, word: str) -> None:
    bound.post({"do": "adopt", f"{MOODLE} {HOMEWORK}": word})
    assert bound.status == 400
    assert bound.text.count("这个活动不能计入该项") == 1
    assert "启用这门课程" not in bound.text


def test_the_first_scores_are_shown_before_anything_is_kept(claiming: Claiming, bound: Browser) -> None:
    assert "启用这门课程" not in bound.text
    before = claiming.school.rows()
    bound.post({"do": "preview", f"{MOODLE} {FORUM}": ""})
    assert claiming.school.rows() == before
    text = main_of(bound.text).text
    for said in ("初步成绩", "人数 3", "Li class 1 10.00", "课程学习时间: 没有活动计入", "启用这门课程"):
        assert said in text
    assert Form(bound.text).fields[f"{MOODLE} {FORUM}"] == ""
    bound.post({"do": "preview", f"{MOODLE} {FORUM}": "posts"})
    assert "22.00" in bound.text


def test_what_nobody_saw_the_first_scores_of_is_not_adopted(claiming: Claiming, bound: Browser) -> None:
    bound.post({"do": "adopt"})
    assert (bound.status, "还没有启用" in bound.text) == (200, True)
    bound.post({"do": "adopt", f"{MOODLE} {FORUM}": ""})
    assert (bound.status, "还没有启用" in bound.text) == (200, True)
    place = claiming.place()
    assert place is not None
    assert place.course is None
    bound.post({"do": "adopt"})
    assert bound.path == f"/courses/{NEW}/overview"
    with claiming.school.store.reading() as transaction:
        assert FORUM not in transaction.course(NEW).settings.split('"')


def test_whoever_adopts_goes_on_as_coordinator_of_the_course(claiming: Claiming, bound: Browser) -> None:
    path = bound.path
    adopted(bound)
    assert (bound.status, bound.path) == (200, f"/courses/{NEW}/overview")
    assert "新课程" in bound.text
    assert list(bound.cookies) == [session_cookie(NEW)]
    for former in (path, path.removesuffix("/activities")):
        assert bound.get(former).status_code == 200
        assert bound.path == f"/courses/{NEW}/overview"
    with claiming.school.store.reading() as transaction:
        assert transaction.grants("moodle-2") == [Grant(person="moodle-2", role="coordinator", course=NEW)]
        assert transaction.course(NEW).title == "新课程"


def test_the_next_launch_leads_into_the_course(claiming: Claiming, bound: Browser) -> None:
    adopted(bound)
    assert claiming.browser().path == f"/courses/{NEW}/overview"
    stranger = claiming.browser(sub="3")
    assert (stranger.path, stranger.status) == (f"/courses/{NEW}/start", 403)


def test_a_session_that_is_a_bearer_goes_on_and_touches_no_cookie(claiming: Claiming) -> None:
    browser = claiming.browser()
    (secret,) = browser.cookies.values()
    own, text = browser.path, browser.text
    browser.client.set_cookie(session_cookie("1 42"), "another", domain="tool.example", secure=True)
    headers = {"Authorization": f"Bearer {secret}"}
    token_ = Form(text).fields["token"]
    address = f"{own}/activities?title=x&scheme={MAIN}"
    answer = browser.client.post(own, base_url=PUBLIC, headers=headers, data={**TYPED, "token": token_})
    assert answer.status_code == 303
    sent = {**BOUND, "do": "preview", "token": token_}
    answer = browser.client.post(address, base_url=PUBLIC, headers=headers, data=sent)
    sent = Form(answer.text).fields | {"do": "adopt"}
    answer = browser.client.post(address, base_url=PUBLIC, headers=headers, data=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, f"/courses/{NEW}/start")
    assert "Set-Cookie" not in answer.headers
    board = browser.client.get(f"/courses/{NEW}/", base_url=PUBLIC, headers=headers)
    assert board.status_code == 200


def test_of_two_administrators_one_wins_and_the_other_is_told(claiming: Claiming, bound: Browser) -> None:
    second = claiming.browser(sub="3")
    second.post(TYPED | {"title": "另一个名称"})
    second.post({"do": "preview"})
    adopted(bound)
    second.post({"do": "adopt"})
    assert second.status == 409
    assert "已经有人设置了这门课程" in second.text
    with claiming.school.store.reading() as transaction:
        assert transaction.course(NEW).title == "新课程"
        assert transaction.grants("moodle-3") == []
    assert second.get(f"/courses/{NEW}/").status_code == 401


def test_a_copy_says_whose_settings_it_begins_with(claiming: Claiming) -> None:
    store = claiming.school.store
    claiming.supplying.moodle = with_activities(Activity(id="x", name="一个任务", kind="assign"))
    with store.writing() as transaction:
        kept = offer("prefecture-three-bands")
        fingerprint = kept.scheme.fingerprint
        transaction.keep_scheme(KeptScheme(fingerprint=fingerprint, name=kept.name, text=kept.text))
        transaction.keep_platform_course(
            PlatformCourse(
                registration=1, context="42", title="", course=None, deployment="1", history=("2",), seen_at=1
            )
        )
    browser = claiming.browser()
    assert "是从“" in browser.text
    assert Form(browser.text).fields["scheme"] == offer("prefecture-three-bands").key
    assert Form(browser.text).fields["record_store"] == LRS
