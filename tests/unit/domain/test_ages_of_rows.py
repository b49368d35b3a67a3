"""Ages: what goes after how many days."""

from __future__ import annotations

from lms_scoring.domain.instants import DAY
from lms_scoring.domain.retention import Ages, Past


def test_what_has_an_age_goes_when_it_is_older() -> None:
    ages = Ages(runs=400, sign_ins=1)
    assert ages.before(500 * DAY) == {Past.RUNS: 100 * DAY, Past.SIGN_INS: 499 * DAY}


def test_without_an_age_nothing_goes() -> None:
    assert Ages().before(500 * DAY) == {}
