"""The first steps of setting a course up: a scheme is chosen, and the course is read."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

import pytest

from lms_scoring.ports import Batch
from lms_scoring.services.following_up.heartbeats import SCHEDULER
from tests.fixtures.courses.claimed import unreachable
from tests.fixtures.courses.scripted import LRS, ScriptedSource
from tests.integration.launches.school import PUBLIC
from tests.integration.web.setting_up.claiming import (
    BOUND,
    MAIN,
    TYPED,
    Browser,
    Claiming,
    Form,
    main_of,
    token_of,
)


def followed(browser: Browser) -> list[str]:
    """The addresses that a script of the page looks at again and again."""
    parts = [one.attributes.get("data-again") for one in main_of(browser.text).elements]
    return [address for address in parts if address is not None]


@dataclass
class Watched(ScriptedSource):
    """Yields what is made while it is read."""

    made: Callable[[], Iterator[Batch]] = lambda: iter(())

    def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
        yield from self.made()


def test_the_form_shows_every_scheme_in_plain_sentences(claiming: Claiming) -> None:
    text = claiming.browser().text
    for said in (
        "龙城区2024年中小学骨干教师远程培训",
        "学员：满分 100 分，80 分及以上合格。",
        "2024年10月25日至2024年12月15日",
        "州级教师培训三等级考核（示例）",
    ):
        assert said in text
    assert Form(text).fields["title"] == "研修课程"
    assert Form(text).options["record_store"] == ["", LRS]
    assert "checked" not in text


@pytest.mark.parametrize(
    ("changed", "field", "said"),
    [
        ({"title": "  "}, "title", "请填写课程名称"),
        ({"title": "x" * 201}, "title", "最多 200 个字"),
        ({"title": "a\x00b"}, "title", "最多 200 个字"),
        ({"scheme": ""}, "scheme", "请选择一个考核方案"),
        ({"scheme": "another"}, "scheme", "请选择一个考核方案"),
        ({"record_store": "moodle"}, "record_store", "设置中没有这个学习记录库"),
    ],
)
def test_a_wrong_field_is_answered_beside_it_and_nothing_is_read(
    claiming: Claiming, changed: dict[str, str], field: str, said: str
) -> None:
    browser = claiming.browser()
    browser.post(TYPED | changed)
    page = main_of(browser.text)
    (wrong,) = [one for one in page.elements if one.attributes.get("id", "").endswith("-wrong")]
    (marked,) = [one for one in page.elements if "aria-invalid" in one.attributes]
    assert (browser.status, wrong.attributes["id"]) == (400, f"{field}-wrong")
    assert said in wrong.text
    assert f"{field}-wrong" in marked.attributes["aria-describedby"].split()
    assert claiming.supplying.made == []
    kept = Form(browser.text).fields
    assert kept["title"] == (TYPED | changed)["title"].strip()


def test_every_wrong_field_is_told_at_once(claiming: Claiming) -> None:
    browser = claiming.browser()
    browser.post({"title": "", "scheme": ""})
    assert "有 2 处需要修改" in browser.text


def test_a_platform_without_a_moodle_of_the_settings_says_what_cannot_be_read(claiming: Claiming) -> None:
    with claiming.school.store.writing() as transaction:
        own = transaction.registration(claiming.school.registration)
        transaction.keep_registration(replace(own, platform=None), at=1)
    browser = claiming.browser()
    assert "没有对应设置中的 Moodle" in browser.text
    browser.post(TYPED)
    assert (browser.status, "必须选择学习记录库" in browser.text) == (400, True)
    browser.post(TYPED | {"record_store": LRS})
    assert browser.path.endswith("/activities")
    assert claiming.supplying.moodle.asked == []


def test_a_forged_form_chooses_nothing(claiming: Claiming) -> None:
    browser = claiming.browser()
    assert browser.post(TYPED, forged=True).status_code == 400
    assert claiming.supplying.made == []


def test_while_the_course_is_read_the_page_is_followed_and_nothing_is_bound(claiming: Claiming) -> None:
    claiming.at_once = False
    browser = claiming.browser()
    answer = browser.post(TYPED)
    assert "正在读取课程" in browser.text
    here = f"{answer.request.path}?{answer.request.query_string.decode()}"
    assert followed(browser) == [here]
    sent = {"do": "adopt", "token": token_of(browser), **BOUND}
    assert (
        browser.client.post(here, base_url=PUBLIC, data=sent)
        .headers["Location"]
        .startswith(here.partition("?")[0])
    )
    claiming.read()
    browser.get(here)
    assert "研讨交流" in browser.text
    assert followed(browser) == []


def test_every_process_shows_how_far_it_is(claiming: Claiming) -> None:
    claiming.at_once = False
    one, other = claiming.browser(), claiming.browser(sub="3")
    one.post(TYPED)
    here = f"{one.path}?{urlencode(TYPED)}"
    assert "等待读取" in other.get(here).text
    shown: list[tuple[bool, bool]] = []

    def look() -> Iterator[Batch]:
        for done in (7, 8):
            yield Batch(done=done, expected=9)
            shown.append((f"{done} / 9" in one.get(here).text, f"{done} / 9" in other.get(here).text))

    claiming.supplying.moodle = Watched(made=look)
    claiming.read()
    assert shown == [(True, True)] * 2


def test_where_nobody_runs_the_jobs_the_page_says_so(claiming: Claiming) -> None:
    claiming.at_once = False
    browser = claiming.browser()
    browser.post(TYPED)
    assert "目前没有进程在读取" in browser.text
    with claiming.school.store.writing() as transaction:
        transaction.keep_heartbeat(SCHEDULER, at=claiming.school.clock.now())
    browser.get(f"{browser.path}?{urlencode(TYPED)}")
    assert "目前没有进程在读取" not in browser.text


def test_a_source_that_cannot_be_read_is_named_and_can_be_read_again(claiming: Claiming) -> None:
    claiming.supplying.lrs = unreachable(LRS)
    browser = claiming.browser()
    browser.post(TYPED | {"record_store": LRS})
    assert "课程还没有读完" in browser.text
    assert "no answer" in browser.text
    assert "自动重试" in browser.text
    assert followed(browser) == []
    claiming.supplying.lrs.failure = None
    browser.post({})
    assert "研讨交流" in browser.text
    assert "新课程" in browser.text


def test_nothing_is_adopted_before_it_was_read(claiming: Claiming) -> None:
    browser = claiming.browser()
    own = browser.path
    browser.post({"do": "adopt", **BOUND}, path=f"{own}/activities?title=x&scheme={MAIN}")
    assert "课程还没有读完" in browser.text
    place = claiming.place()
    assert place is not None
    assert place.course is None


@pytest.mark.parametrize("query", ["", "?title=x", "?title=x&scheme=other", f"?title=&scheme={MAIN}"])
def test_an_address_without_a_whole_choice_leads_back_to_the_choice(bound: Browser, query: str) -> None:
    path = bound.path
    bound.get(f"{path}{query}")
    assert bound.path == path.removesuffix("/activities")
    bound.post({"do": "adopt"}, path=f"{path}{query}")
    assert bound.path == path.removesuffix("/activities")
