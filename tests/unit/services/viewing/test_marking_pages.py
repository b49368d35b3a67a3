"""Where works are marked: what the platform says that they were handed in at, and no other."""

from __future__ import annotations

from dataclasses import replace

import pytest

from lms_scoring.domain.evidence import Submission
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.ports import Activity, Uses
from lms_scoring.services.viewing.marking_pages import MarkingPages
from tests import given
from tests.fakes.activity_kinds import SITE, NamedKinds

WORK = replace(given.homework(), source="canvas", activity="17", attempt=2)
OWNER = KnownPerson(id="canvas-3", name="Li", accounts=())
TASK, TALK = Activity(id="17", name="Homework", kind="task"), Activity(id="18", name="Talk", kind="talk")
PAGES = MarkingPages(
    activities={("canvas", "17"): TASK, ("canvas", "18"): TALK, ("silent", "17"): TASK},
    kinds={"canvas": NamedKinds(task=Uses())},
)


def test_a_work_leads_to_the_page_that_its_own_platform_says() -> None:
    assert PAGES.of(WORK, OWNER) == f"{SITE}/task/17/canvas-3/2"


@pytest.mark.parametrize(
    "work",
    [
        pytest.param(replace(WORK, activity="19"), id="an activity that no platform lists"),
        pytest.param(replace(WORK, activity="18"), id="of a kind that has no such page"),
        pytest.param(replace(WORK, source="silent"), id="of a platform that says nothing"),
        pytest.param(replace(WORK, source="other"), id="of another source"),
        pytest.param(replace(WORK, source=None), id="of no source"),
    ],
)
def test_where_no_platform_says_a_page_there_is_none(work: Submission) -> None:
    assert PAGES.of(work, OWNER) is None
