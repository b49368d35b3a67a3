"""The product and the stand-in understand each other: launches, key set, token, roster, grades."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

import pytest
from pytest_httpserver import HTTPServer

from adapters.lti.grades import CourseGradebook
from adapters.lti.key_sets import PlatformKeySets
from adapters.lti.names_and_roles import NamesAndRoles
from adapters.lti.service import Service
from adapters.lti.tokens import AccessTokens
from lms_scoring.demonstration.running import RunningMoodle
from lms_scoring.domain.gradebook import Grade, Reception
from lms_scoring.domain.launch import Launch, LaunchRoles
from lms_scoring.domain.registration import Approval, LaunchState, Registration
from lms_scoring.lti.id_token import key_id, verified_claims
from lms_scoring.lti.keys import public_key_set
from lms_scoring.lti.tool import CUSTOM
from lms_scoring.lti.validation import validated
from tests.integration.lti.asking import RealClock, connecting, own_key

from .lti_peer import Browser, forms_of

TOOL = "http://localhost:9"
STAFF = LaunchRoles(staff=True)


class Product:
    """The product as a tool of the stand-in, as far as it speaks with platforms."""

    def __init__(self, moodle: RunningMoodle, key_server: HTTPServer) -> None:
        key_server.expect_request("/lti/jwks").respond_with_json(public_key_set([own_key()]))
        made = moodle.change(
            "register_tool",
            login_url=f"{TOOL}/lti/login",
            redirect_uris=[f"{TOOL}/lti/launch"],
            jwks_url=key_server.url_for("/lti/jwks"),
            target=f"{TOOL}/lti/launch",
            custom=CUSTOM,
        )
        self.url, self.clock = moodle.url, RealClock()
        self.registration = Registration(
            issuer=made["issuer"],
            client_id=made["client_id"],
            auth_url=made["auth_url"],
            token_url=made["token_url"],
            jwks_url=made["jwks_url"],
            id=1,
            standing=Approval.ACTIVE,
            deployments={made["deployment_id"]: Approval.ACTIVE},
        )
        connect = connecting()
        self.keys = PlatformKeySets(connect, clock=self.clock)
        self.tokens = AccessTokens(connect, own_key=own_key, clock=self.clock)
        self.service = Service(connect, tokens=self.tokens)

    def close(self) -> None:
        """Ends the connections."""
        for each in (self.keys, self.tokens, self.service):
            each.close()

    def launch(self, user: int, path: str = "/mod/lti/launch.php?id=28") -> Launch:
        """What the product makes of the launch of that person."""
        browser = Browser(self.url).sign_in(user)
        login = browser.begin(path)
        (form,) = forms_of(browser.answer(login))
        browser.session.close()
        token = form.fields["id_token"]
        key = self.keys.key(self.registration, key_id(token, self.registration))
        claims = verified_claims(token, key, self.registration)
        now = self.clock.now()
        state = LaunchState(
            registration=1,
            nonce="nonce-1",
            target=login.fields["target_link_uri"],
            browser="",
            expires_at=now + 60_000,
            deployment=login.fields["lti_deployment_id"],
        )
        return validated(claims, self.registration, state, now=now // 1000)

    def gradebook(self) -> CourseGradebook:
        """The course's gradebook with what a learner's launch granted."""
        grades = self.launch(24).grades
        assert grades is not None
        return CourseGradebook(self.service, self.registration, grades)


@pytest.fixture
def product(moodle: RunningMoodle, httpserver: HTTPServer) -> Iterator[Product]:
    """The product, registered with a Moodle of one's own."""
    made = Product(moodle, httpserver)
    yield made
    made.close()


@pytest.mark.parametrize(
    ("user", "roles", "groups"),
    [
        (24, LaunchRoles(learner=True), {"1"}),
        (63, STAFF, {"1"}),
        (65, STAFF, set()),
        (62, STAFF, {"2"}),
        (2, LaunchRoles(staff=True, administrator=True), set()),
    ],
)
def test_the_product_believes_the_launch_of_every_role(
    user: int, roles: LaunchRoles, groups: set[str], product: Product
) -> None:
    launch = product.launch(user)
    assert (launch.subject, launch.roles) == (str(user), roles)
    assert (launch.groups or set()) == groups
    assert launch.context is not None
    assert launch.context.id == "2"


def test_the_product_is_asked_for_content_and_for_one_learner_s_work(product: Product) -> None:
    choosing = product.launch(65, "/mod/lti/contentitem.php?id=1&course=2")
    assert choosing.deep_linking is not None
    reviewing = product.launch(63, "/mod/lti/launch.php?id=28&action=gradeReport&user=24")
    assert reviewing.for_user == "24"


def test_the_product_reads_the_roster_as_it_is_now(product: Product, moodle: RunningMoodle) -> None:
    names = NamesAndRoles(product.service)
    url = product.launch(63).roster_url
    assert url is not None
    before = {member.subject for member in names.roster(product.registration, url)}
    moodle.change("unenrol", user=24)
    after = {member.subject for member in names.roster(product.registration, url)}
    assert before - after == {"24"}
    assert len(before) == 59


def test_a_grade_of_the_product_s_stands_in_the_gradebook(product: Product, moodle: RunningMoodle) -> None:
    gradebook = product.gradebook()
    column = gradebook.line_item(label="研修评分")
    assert gradebook.line_item(label="研修评分") == column
    at = moodle.server.model.now() - 60
    grade = Grade(subject="24", given=Fraction(5999, 100), at=at, comment="不合格")
    assert gradebook.send(column.url, grade).reception is Reception.ACCEPTED
    assert gradebook.send(column.url, grade).reception is Reception.NEWER_THERE
    result = gradebook.result(column.url, "24")
    assert (result.score, result.comment) == (Fraction(5999, 100), "不合格")
    refused = gradebook.send(column.url, Grade(subject="63", given=Fraction(1), at=at, comment=""))
    assert refused.reception is Reception.REFUSED
    page = Browser(product.url).sign_in(63).get("/grade/report/grader/index.php", id="2").text
    assert "59.99" in page


def test_a_lost_answer_is_sent_again_without_harm(product: Product, moodle: RunningMoodle) -> None:
    gradebook = product.gradebook()
    column = gradebook.line_item(label="研修评分")
    grade = Grade(subject="24", given=Fraction(60), at=moodle.server.model.now() - 60, comment="合格")
    moodle.place_faults.add("lost_answer", place="score")
    moodle.place_faults.add("too_many", place="score", after=1)
    assert gradebook.send(column.url, grade).reception is Reception.LATER
    assert gradebook.send(column.url, grade).reception is Reception.NEWER_THERE
    busy = gradebook.send(column.url, grade)
    assert (busy.reception, busy.wait) == (Reception.LATER, 7)
    assert gradebook.result(column.url, "24").score == 60
