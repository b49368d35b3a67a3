"""A Moodle of one's own that takes the grades of an installation: registered, opened once, looked into."""

from __future__ import annotations

import re
import time
from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction
from typing import Any

from pytest_httpserver import HTTPServer

from lms_scoring.demonstration.running import RunningMoodle
from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.lti.claims import Scope
from lms_scoring.lti.keys import public_key_set
from lms_scoring.lti.tool import CUSTOM
from lms_scoring.ports import OutgoingGrade, PlatformCourse
from tests.fixtures.courses.installed import Site
from tests.integration.demonstration.lti_peer import Browser

COURSE = "lc2024"
AN_HOUR = 3_600
_TOOL = "http://localhost:9"
_GRADES = "https://purl.imsglobal.org/spec/lti-ags/claim/endpoint"
_ROSTER = "https://purl.imsglobal.org/spec/lti-nrps/claim/namesroleservice"


class OwnMoodle:
    """The tool stands in its course, and `site` knows what a launch from there granted."""

    def __init__(
        self,
        moodle: RunningMoodle,
        site: Site,
        keys: HTTPServer,
        *,
        platform: str | None = "moodle",
        course: str = COURSE,
        services: Sequence[Scope] = tuple(Scope),
    ) -> None:
        """`services` are those that its administrator lets the tool use."""
        self.moodle, self.site, self.course = moodle, site, course
        ring = site.installation.lti.key_ring.own_keys()
        keys.expect_request("/lti/jwks").respond_with_json(public_key_set(ring))
        made = moodle.change(
            "register_tool",
            login_url=f"{_TOOL}/lti/login",
            redirect_uris=[f"{_TOOL}/lti/launch"],
            jwks_url=keys.url_for("/lti/jwks"),
            target=f"{_TOOL}/lti/launch",
            custom=CUSTOM,
            scopes=[scope.value for scope in services],
        )
        self.registration = self._register(made, platform)
        self._deployment = made["deployment_id"]
        self.open()

    def open(self, activity: int = 28) -> None:
        """Somebody opens an activity, which tells what we may do in its course."""
        browser = Browser(self.moodle.url).sign_in(63)
        self._launched(self._deployment, browser.launched(f"/mod/lti/launch.php?id={activity}"))

    def columns(self) -> dict[str, bool]:
        """The columns of the Moodle's course by title, and whether anybody has a grade there."""
        columns = self.moodle.lti.state.columns_of(2)
        return {one.label: any(grade.score is not None for grade in one.grades.values()) for one in columns}

    def rows(self) -> dict[str, OutgoingGrade]:
        """The grades of the course, by person."""
        with self.site.installation.store.reading() as transaction:
            return {one.person: one for one in transaction.outgoing(self.course)}

    def place(self) -> PlatformCourse:
        """The Moodle's course as the installation knows it."""
        with self.site.installation.store.reading() as transaction:
            (found,) = transaction.platform_courses(self.course)
        return found

    def there(self, user: int) -> Fraction | None:
        """What the Moodle's gradebook has for one of its users."""
        book = self.site.installation.lti.gradebook(self.place())
        return book.result(book.line_item(label="").url, str(user)).score

    def page(self) -> str:
        """The Moodle's gradebook as a tutor reads it."""
        tutor = Browser(self.moodle.url).sign_in(63)
        return tutor.get("/grade/report/grader/index.php", id="2").text

    def override(self, user: int, score: float) -> None:
        """A teacher types another grade in."""
        column = re.search(r"/lineitems/(\d+)/", self.place().line_item or "")
        assert column is not None
        model = self.moodle.server.model
        today, model.now = model.now, lambda: int(time.time()) - AN_HOUR
        self.moodle.change("override_grade", column=int(column[1]), user=user, score=score)
        model.now = today

    def date_back(self, *, seconds: int) -> None:
        """What waits was scored so long ago: times are whole seconds, and two scores need two of them."""
        with self.site.installation.store.writing() as transaction:
            for grade in transaction.outgoing(self.course):
                transaction.keep_outgoing(replace(grade, at=grade.at - seconds))

    def _register(self, made: dict[str, Any], platform: str | None) -> int:
        ours = Registration(
            issuer=made["issuer"],
            client_id=made["client_id"],
            auth_url=made["auth_url"],
            token_url=made["token_url"],
            jwks_url=made["jwks_url"],
            standing=Approval.ACTIVE,
            platform=platform,
            deployments={made["deployment_id"]: Approval.ACTIVE},
        )
        with self.site.installation.store.writing() as transaction:
            return transaction.keep_registration(ours, at=1)

    def _launched(self, deployment: str, claims: dict[str, Any]) -> None:
        granted = claims.get(_GRADES, {"scope": ()})
        roster = claims.get(_ROSTER, {})
        with self.site.installation.store.writing() as transaction:
            transaction.keep_platform_course(
                PlatformCourse(
                    registration=self.registration,
                    context="2",
                    title=None,
                    course=self.course,
                    deployment=deployment,
                    line_items=granted.get("lineitems"),
                    own_line_item=granted.get("lineitem"),
                    roster_url=roster.get("context_memberships_url"),
                    scopes=frozenset(granted["scope"]),
                    seen_at=1,
                )
            )
