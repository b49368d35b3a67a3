"""Setting a course up over the pages: offered to a platform's administrator alone, over plain forms."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask.testing import FlaskClient
from werkzeug.datastructures import Headers
from werkzeug.test import TestResponse

from lms_scoring.lti.claims import Claim
from lms_scoring.ports import Activity, Grant, KeptScheme, PlatformCourse
from lms_scoring.services.reading import Start
from lms_scoring.services.rules import CourseRules
from lms_scoring.web import create_app
from lms_scoring.web.application import Launching
from lms_scoring.web.launch_cookies import session_cookie
from tests.fixtures.courses.claimed import CHOSEN, Supplying, offer, unreachable, with_activities
from tests.fixtures.courses.scripted import FORUM, HOMEWORK, LRS, MOODLE, bindings
from tests.integration.launches.school import OWN_KEYS, PUBLIC, LaunchSchool
from tests.integration.web.html_page import HtmlPage
from tests.integration.web.school import COURSE, RULES
from tests.launches.platform import INSTRUCTOR, LEARNER, claims, token

ADMINISTRATOR = "http://purl.imsglobal.org/vocab/lis/v2/system/person#Administrator"
STAFF = (INSTRUCTOR, ADMINISTRATOR)
NEW = "lti1-42"
MAIN = offer().key
TYPED = {"title": "新课程", "scheme": MAIN, "record_store": ""}
BOUND = {f"{source} {activity}": purpose.value for (source, activity), purpose in CHOSEN.items()}


def now(job: Any) -> None:
    job()


@dataclass
class Claiming:
    """The pages, and platforms' courses that nobody set up."""

    school: LaunchSchool
    supplying: Supplying = field(default_factory=Supplying)
    start: Start = now

    def browser(self, *, sub: str = "2", roles: tuple[str, ...] = STAFF, context: str = "42") -> Browser:
        """Somebody after a launch from a course."""
        app = create_app(
            store=self.school.store,
            courses=lambda: {COURSE: RULES, NEW: RULES_OF_NEW},
            clock=self.school.clock,
            public_url=PUBLIC,
            launching=Launching(
                key_sets=self.school.keys,
                own_keys=lambda: OWN_KEYS,
                set_up=self.supplying.set_up(self.school.store, self.school.clock, start=self.start),
            ),
        )
        browser = Browser(self.school, app.test_client())
        browser.launch(sub=sub, roles=roles, context=context)
        return browser

    def place(self, context: str = "42") -> PlatformCourse | None:
        with self.school.store.reading() as transaction:
            return transaction.platform_course(self.school.registration, context)


RULES_OF_NEW = CourseRules(course=NEW, scheme=offer().scheme, bindings=bindings(study_time=(), journal=()))


@dataclass
class Browser:
    """A browser in a frame, with what it was shown last."""

    school: LaunchSchool
    client: FlaskClient
    answer: TestResponse | None = None

    def launch(self, *, sub: str = "2", roles: tuple[str, ...] = STAFF, context: str = "42") -> None:
        told = claims(sub=sub, ROLES=list(roles))
        told[Claim.CONTEXT] = {"id": context, "title": "研修课程"}
        self.answer = self._followed(self.school.post(self.client, token(told)))

    def get(self, path: str) -> TestResponse:
        self.answer = self._followed(self.client.get(path, base_url=PUBLIC))
        return self.answer

    def post(self, fields: dict[str, str], *, path: str | None = None, forged: bool = False) -> TestResponse:
        """Posts the page's own form with some fields filled in."""
        form = Form(self.text)
        address = path or form.action
        sent = form.fields | fields | ({"token": "forged"} if forged else {})
        self.answer = self._followed(self.client.post(address, base_url=PUBLIC, data=sent))
        return self.answer

    @property
    def text(self) -> str:
        assert self.answer is not None
        return self.answer.text

    @property
    def headers(self) -> Headers:
        assert self.answer is not None
        return self.answer.headers

    @property
    def cookies(self) -> dict[str, str]:
        """Those of sessions."""
        names = [session_cookie(place) for place in ("1 42", NEW)]
        found = {name: self.client.get_cookie(name, domain="tool.example") for name in names}
        return {name: cookie.value for name, cookie in found.items() if cookie is not None}

    @property
    def status(self) -> int:
        assert self.answer is not None
        return self.answer.status_code

    @property
    def path(self) -> str:
        assert self.answer is not None
        return self.answer.request.path

    def _followed(self, answer: TestResponse) -> TestResponse:
        while answer.status_code == 303:
            address = urlsplit(answer.headers["Location"])
            answer = self.client.get(f"{address.path}?{address.query}", base_url=PUBLIC)
        return answer


class Form(HTMLParser):
    """The form of a page's main part, as a browser would send it untouched."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.action = ""
        self.fields: dict[str, str] = {}
        self.options: dict[str, list[str]] = {}
        self._select = ""
        self.feed(text.partition("<main")[2])

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        if tag == "form":
            self.action = told["action"]
        elif tag == "input" and (told.get("type") != "radio" or "checked" in told):
            self.fields[told["name"]] = told.get("value", "")
        elif tag == "select":
            self._select = told["name"]
            self.options[self._select] = []
        elif tag == "option":
            self.options[self._select].append(told["value"])
            if "selected" in told or self._select not in self.fields:
                self.fields[self._select] = told["value"]


@pytest.fixture
def claiming(school: LaunchSchool) -> Claiming:
    return Claiming(school)


@pytest.fixture
def bound(claiming: Claiming) -> Browser:
    """An administrator who chose a scheme, and sees the activities."""
    browser = claiming.browser()
    assert browser.post(TYPED).status_code == 200
    return browser


def adopted(browser: Browser) -> Browser:
    browser.post({"do": "preview"})
    browser.post({"do": "adopt"})
    return browser


# -- who ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("roles", [(LEARNER,), (INSTRUCTOR,)])
def test_whoever_is_no_administrator_is_told_whom_to_ask(claiming: Claiming, roles: tuple[str, ...]) -> None:
    browser = claiming.browser(sub="5", roles=roles)
    assert "请联系平台管理员" in browser.text
    assert "<select" not in browser.text
    own = browser.path
    for path in (f"{own}/activities", f"{own}/activities?title=x&scheme={MAIN}"):
        assert browser.get(path).status_code == 403
    for path in (own, f"{own}/activities?title=x&scheme={MAIN}"):
        answer = browser.client.post(path, base_url=PUBLIC, data={**TYPED, "token": token_of(browser)})
        assert answer.status_code == 403
    assert claiming.supplying.texts == []


def token_of(browser: Browser) -> str:
    text = browser.get("/lti/no-course").text
    return text.partition('name="token" value="')[2].partition('"')[0]


def test_where_courses_are_not_set_up_in_the_browser_an_administrator_is_told_so(
    school: LaunchSchool,
) -> None:
    browser = Browser(school, school.client())
    browser.launch()
    assert (browser.status, "还没有设置" in browser.text) == (200, True)
    own = browser.path
    assert browser.get(f"{own}/activities").status_code == 403
    answer = browser.client.post(own, base_url=PUBLIC, data={"token": token_of(browser)})
    assert answer.status_code == 403


def test_another_course_than_the_launchs_is_refused(claiming: Claiming) -> None:
    claiming.browser(context="43")
    browser = claiming.browser()
    for path in (
        "/lti/courses/1/43/set-up",
        "/lti/courses/2/42/set-up",
        "/lti/courses/1/43/set-up/activities",
    ):
        assert browser.get(path).status_code == 401


def test_a_browser_with_sessions_of_several_courses_is_known_in_each(claiming: Claiming) -> None:
    browser = claiming.browser()
    for context in ("43", "44", "45", "2"):
        browser.launch(context=context)
    for context in ("42", "43", "44", "45"):
        assert browser.get(f"/lti/courses/1/{context}/set-up").status_code == 200
        assert "考核方案" in browser.text


def test_somebody_who_signed_in_here_was_not_launched(claiming: Claiming) -> None:
    browser = claiming.browser()
    browser.client.delete_cookie(session_cookie("1 42"), domain="tool.example")
    assert browser.get("/lti/courses/1/42/set-up").status_code == 401


def test_in_a_course_that_is_set_up_a_platforms_administrator_is_nobody_special(
    claiming: Claiming,
) -> None:
    browser = claiming.browser(context="2")
    assert (browser.path, browser.status) == (f"/courses/{COURSE}/start", 403)
    assert browser.get("/lti/courses/1/2/set-up").status_code == 403
    assert browser.get("/lti/courses/1/2/set-up/activities").status_code == 403
    assert browser.get(f"/courses/{COURSE}/").status_code == 403
    answer = browser.client.post("/lti/courses/1/2/set-up", base_url=PUBLIC, data=TYPED)
    assert answer.status_code == 400
    with claiming.school.store.reading() as transaction:
        assert transaction.grants("moodle-2") == []


@pytest.mark.parametrize(
    "context", ["http://lms.example//course/7", "课程 1", "a?b=c", "a#b", "50%25", "x/set-up", "a b+c&d;e"]
)
def test_whatever_a_platform_calls_its_course_it_can_be_set_up(claiming: Claiming, context: str) -> None:
    browser = claiming.browser(context=context)
    assert (browser.status, "考核方案" in browser.text) == (200, True)
    assert browser.path.startswith("/lti/courses/1/")
    browser.post(TYPED)
    assert "研讨交流" in browser.text
    adopted(browser)
    place = claiming.place(context)
    assert place is not None
    assert place.course is not None


# -- choosing -------------------------------------------------------------------------------------------


def test_the_form_shows_every_scheme_in_plain_sentences(claiming: Claiming) -> None:
    text = claiming.browser().text
    for said in (
        "龙城区2024年中小学骨干教师远程培训",
        "学员：满分 100 分，80 分及以上合格。",
        "2024-10-25 至 2024-12-15",
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
    assert claiming.supplying.texts == []
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
    assert claiming.supplying.texts == []


# -- reading --------------------------------------------------------------------------------------------


def test_while_the_course_is_read_the_page_looks_again_by_itself(claiming: Claiming) -> None:
    waiting: list[Any] = []
    claiming.start = waiting.append
    browser = claiming.browser()
    answer = browser.post(TYPED)
    assert "正在读取课程" in browser.text
    assert answer.headers["Refresh"] == "3"
    here = f"{answer.request.path}?{answer.request.query_string.decode()}"
    sent = {"do": "adopt", "token": token_of(browser), **BOUND}
    assert (
        browser.client.post(here, base_url=PUBLIC, data=sent)
        .headers["Location"]
        .startswith(here.partition("?")[0])
    )
    (job,) = waiting
    job()
    browser.get(here)
    assert "研讨交流" in browser.text
    assert "Refresh" not in browser.headers


def test_a_source_that_cannot_be_read_is_named_and_can_be_read_again(claiming: Claiming) -> None:
    claiming.supplying.lrs = unreachable(LRS)
    browser = claiming.browser()
    browser.post(TYPED | {"record_store": LRS})
    assert "课程还没有读完" in browser.text
    assert "no answer" in browser.text
    assert "Refresh" not in browser.headers
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


# -- binding and adopting -------------------------------------------------------------------------------


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
    assert bound.path == f"/courses/{NEW}/"
    with claiming.school.store.reading() as transaction:
        assert FORUM not in transaction.course(NEW).settings.split('"')


def test_whoever_adopts_goes_on_as_coordinator_of_the_course(claiming: Claiming, bound: Browser) -> None:
    path = bound.path
    adopted(bound)
    assert (bound.status, bound.path) == (200, f"/courses/{NEW}/")
    assert "Zhao" in bound.text
    assert list(bound.cookies) == [session_cookie(NEW)]
    for former in (path, path.removesuffix("/activities")):
        assert bound.get(former).status_code == 200
        assert bound.path == f"/courses/{NEW}/"
    with claiming.school.store.reading() as transaction:
        assert transaction.grants("moodle-2") == [Grant(person="moodle-2", role="coordinator", course=NEW)]
        assert transaction.course(NEW).title == "新课程"


def test_the_next_launch_leads_into_the_course(claiming: Claiming, bound: Browser) -> None:
    adopted(bound)
    assert claiming.browser().path == f"/courses/{NEW}/"
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


# -- for everybody --------------------------------------------------------------------------------------


def pages(claiming: Claiming, language: str) -> Iterator[TestResponse]:
    """Every page of the way: the form, its faults, what was not read, the activities, a fault, the scores."""
    claiming.supplying.lrs = unreachable(LRS)
    browser = claiming.browser()
    own = browser.path
    yield browser.get(f"{own}?lang={language}")
    yield browser.post({"title": ""})
    yield browser.post(TYPED | {"record_store": LRS})
    browser.get(own)
    yield browser.post(TYPED)
    yield browser.post({f"{MOODLE} {HOMEWORK}": "posts"})
    yield browser.post({"do": "preview", f"{MOODLE} {HOMEWORK}": ""})


def main_of(text: str) -> HtmlPage:
    """The page without the script of launched pages, which is not for it to judge."""
    return HtmlPage(text.partition("  <script")[0] + "</body></html>")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_page_hangs_together_in_both_languages(claiming: Claiming, language: str) -> None:
    headings = []
    for answer in pages(claiming, language):
        page = main_of(answer.text)
        assert page.faults == []
        assert "frame-ancestors https://moodle.example" in answer.headers["Content-Security-Policy"]
        assert answer.headers["Cache-Control"] == "no-store"
        headings += page.texts("h1")
    assert headings == HEADINGS[language]


HEADINGS = {
    "zh": ["设置这门课程", "设置这门课程", "课程还没有读完", *["各个活动计入什么"] * 3],
    "en": [*["Set up this course"] * 2, "The course is not read yet", *["What the activities count as"] * 3],
}
