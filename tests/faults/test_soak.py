"""The soak, a third of a minute of it: everything that an hour of it does is done, and nothing goes wrong.

How fast the pages are is left to `make soak`.
"""

from __future__ import annotations

import pytest

from tests.fixtures.databases import ENGINES
from tests.soak.hour import Plan, soak
from tests.soak.verdict import ALL, table

KINDS = {"start", "asset", "card", "ledger", "board", "board: again", "drawer", "marking", "desk", ALL}


@pytest.mark.slow("an installation of many processes is set up, and its courses are synced every minute")
@pytest.mark.timeout(900)
@pytest.mark.parametrize("on", ENGINES)
def test_nothing_goes_wrong_while_people_click_and_courses_sync(on: str) -> None:
    said: list[str] = []
    plan = Plan(on=on, minutes=1 / 3, learners=6, tutors=3, think=(0.1, 0.5), alone=1)
    found = soak(plan, say=said.append)
    shown = "\n".join(table(found))
    assert found.faults == [], shown
    assert {line.kind for line in found.pages} >= KINDS, shown
    assert found.syncs > 0
    busy = "503"  # where too many PDFs are asked for at once; any other is a fault
    assert set(found.statuses) <= {"200", "303", "304", "409", busy}
