"""What whoever knows a platform's kinds of activities keeps to: Moodle's adapter, and the tests' fake."""

from __future__ import annotations

import pytest

from adapters.moodle.activity_kinds import MoodleActivityKinds
from lms_scoring.domain.evidence import Purpose
from lms_scoring.domain.identity import KnownPerson, account
from lms_scoring.ports import Activity, ActivityKinds, Uses
from tests import given
from tests.fakes.activity_kinds import NamedKinds

TASKS = frozenset({Purpose.HOMEWORK, Purpose.JOURNAL})
KNOWN: list[tuple[ActivityKinds, str]] = [
    (MoodleActivityKinds(), "assign"),
    (NamedKinds(task=Uses(may_be=TASKS, usual=TASKS)), "task"),
]
PERSON = KnownPerson(id="moodle-3", name="Li", accounts=(account("https://lms.example", "3"),))


@pytest.mark.parametrize(("kinds", "_"), KNOWN)
def test_of_a_kind_that_it_does_not_know_a_platform_says_nothing(kinds: ActivityKinds, _: str) -> None:
    assert kinds.uses("hologram") == Uses()
    activity = Activity(id="17", name="课程作业", kind="hologram")
    assert kinds.marking_page(given.homework(), PERSON, activity) is None


@pytest.mark.parametrize(("kinds", "kind"), KNOWN)
def test_a_kind_may_be_all_that_it_usually_is(kinds: ActivityKinds, kind: str) -> None:
    assert frozenset() < kinds.uses(kind).usual <= kinds.uses(kind).may_be
