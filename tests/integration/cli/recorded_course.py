"""A platform of ten learners whose every secret is a canary, and an installation that synced from it."""

from __future__ import annotations

from pathlib import Path

from lms_scoring.demonstration.running import Options, RunningPlatform
from tests.fixtures.courses.installed import Site, site

COURSE = "lc2024"
CANARIES = Options(learners=10, token="canary-token", key="canary-key", secret="canary-secret")
QUICK = {
    "LMS_SCORING_PLATFORM_MOODLE_ATTEMPTS": "1",
    "LMS_SCORING_PLATFORM_LRS_ATTEMPTS": "1",
    "LMS_SCORING_LANGUAGE": "en",
}
"""Nothing is tried again, so that failures come at once."""


def synced_once(platform: RunningPlatform, folder: Path) -> Site:
    """To be copied and never to be written to."""
    ours = site(platform, folder, changes=QUICK)
    ours.adopt(COURSE)
    assert ours.sync(COURSE).good
    ours.installation.lti.key_ring.own_keys()  # making keys takes longer than all else that a test sets up
    return ours
