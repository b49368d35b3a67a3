"""The desks that an installation serves: works lead to where they are marked in its Moodle."""

from __future__ import annotations

import re

from lms_scoring.cli.serving import pages_of
from lms_scoring.demonstration.running import RunningPlatform
from lms_scoring.domain.instants import MINUTE
from lms_scoring.ports import Grant, Visitor
from lms_scoring.web.access.credentials import digest_of, new_secret
from tests.fixtures.courses.installed import Site

from .recorded_course import COURSE

COORDINATOR = Visitor(person=None, roles=(Grant(person="", role="coordinator", course=COURSE),))


def test_works_lead_to_the_graders_of_the_courses_moodle(here: Site, platform: RunningPlatform) -> None:
    ours, code = here.installation, new_secret()
    with ours.store.writing() as transaction:
        transaction.keep_link(digest_of(code), COORDINATOR, expires_at=ours.clock.now() + MINUTE)
    client = pages_of(ours).test_client()
    assert client.post(f"/sign-in/{code}").status_code == 303
    page = client.get(f"/courses/{COURSE}/desk/recommending").text
    graders = re.findall(r'href="([^"]+)&amp;action=grader&amp;userid=\d+"', page)
    assert {*graders} == {f"{platform.moodle.url}/mod/assign/view.php?id={one}" for one in (17, 19)}
