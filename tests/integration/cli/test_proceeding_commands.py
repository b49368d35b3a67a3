"""Cases and disputes in the terminal: what `explain` tells of them."""

from __future__ import annotations

import pytest

from lms_scoring.domain.evidence import RecordTarget, Role
from lms_scoring.domain.proceedings.dispute import Contested
from lms_scoring.ports import Visitor
from lms_scoring.services.deciding.dispute_desk import DisputeDesk
from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.typed import typed

COURSE, LI, WANG, TUTOR = "lc2024", "moodle-3", "moodle-4", "moodle-63"
WORK = "moodle/assign-1-3-0"
HOMEWORK = Contested(role=Role.LEARNER, class_="一班", criterion="homework")


def desk(here: Site) -> DisputeDesk:
    installation = here.installation
    return DisputeDesk(installation.store, installation.rules(COURSE), clock=installation.clock)


@pytest.fixture
def contested(here: Site) -> Site:
    """Dispute 1 is about a work."""
    about = Contested(
        role=Role.LEARNER,
        class_="一班",
        criterion="homework",
        record=RecordTarget(kind="submission", id=WORK),
    )
    desk(here).raise_(Visitor(person=LI), about, "分数不对。\n请再看。")
    return here


def test_a_card_is_explained_with_what_is_contested_of_it(contested: Site) -> None:
    told = typed("explain", COURSE, LI).stdout
    (row,) = (line for line in told.splitlines() if line.startswith("  + ") and f"hand-in {WORK}" in line)
    assert row.endswith(" · Dispute 1 (? waiting for an answer)")
    assert f"Disputes\n  Dispute 1 · Homework · hand-in · ? waiting for an answer · {WORK}\n" in told
    assert "异议 1 (? 待答复)" in typed("explain", COURSE, LI, "--lang", "zh").stdout
    assert "ispute" not in typed("explain", COURSE, WANG).stdout
