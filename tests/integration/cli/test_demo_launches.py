"""What `demo` sets up in the stand-in Moodle; tests/browser launches what is made here."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from lms_scoring.cli.demo_launches import join_moodle, leave_former
from lms_scoring.demonstration.running import RunningPlatform
from lms_scoring.domain.registration import Approval
from tests.fixtures.courses.installed import Site
from tests.integration.cli.recorded_course import COURSE


@pytest.fixture
def joined(recorded: Site, platform: RunningPlatform, tmp_path: Path) -> tuple[Site, str]:
    """The installation, joined twice as with a database that was kept; and the course page's address."""
    made = recorded.copied(tmp_path)
    join_moodle(made.installation, platform.moodle.url, course=COURSE)
    leave_former(made.installation)
    return made, join_moodle(made.installation, platform.moodle.url, course=COURSE)


def test_only_the_registration_of_this_run_is_active_and_its_course_is_ours(
    joined: tuple[Site, str], platform: RunningPlatform
) -> None:
    made, address = joined
    assert address == platform.moodle.course_page
    former, ours = sorted(made.installation.lti.registrar().all(), key=lambda one: one.id)
    assert (former.standing, ours.standing) == (Approval.DISABLED, Approval.ACTIVE)
    assert ours.platform == "moodle"
    with made.installation.store.reading() as transaction:
        place = transaction.platform_course(ours.id, "2")
    assert place is not None
    assert place.course == COURSE
    assert urlsplit(place.line_items or "").path == "/mod/lti/services.php/2/lineitems"
