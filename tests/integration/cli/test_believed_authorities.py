"""What the settings say of an LRS's authorities holds for syncs and for what is replayed from quarantine."""

from __future__ import annotations

import json

from lms_scoring.bootstrap import installation
from tests.fixtures.courses.installed import Site
from tests.fixtures.xapi.statements import paused
from tests.integration.cli.recorded_course import COURSE

NAMED = "LMS_SCORING_PLATFORM_LRS_AUTHORITIES"
MARKED = {
    "verb": {"id": "https://w3id.org/xapi/tla/verbs/scored"},
    "object": {"id": "https://moodle.example.edu/mod/assign/view.php?id=300"},
}


def believing(here: Site, authority: str) -> Site:
    """The installation, which believes that one alone."""
    settings = {**here.settings, NAMED: authority}
    return Site(installation(settings, working_folder=here.folder), settings, here.folder)


def codes(site: Site) -> set[str]:
    return {problem.code for problem in site.problems(COURSE)}


def test_a_sync_says_how_many_statements_it_did_not_believe(here: Site) -> None:
    assert "authority_not_named" not in codes(here)
    believing(here, "mailto:lrs@demonstration.example").sync(COURSE, full=True)
    assert "authority_not_named" not in codes(here)
    synced = believing(here, "mailto:another@demonstration.example").sync(COURSE, full=True)
    assert synced.good, "nothing is lost"
    assert "statements were not read, for nobody vouches for them" in synced.said
    assert "authority_not_named" in codes(here)


def test_a_replay_believes_whom_a_sync_believes(here: Site) -> None:
    text = json.dumps(paused(**MARKED, authority={"mbox": "mailto:player@lrs.example"})).encode()
    for authority, believed in (("mailto:player@lrs.example", True), ("mailto:moodle@lrs.example", False)):
        reader = believing(here, authority).installation.sources.text_reader(COURSE, "lrs")
        assert reader is not None
        assert bool(reader.read(text).statements) is believed
