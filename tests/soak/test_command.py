"""The command takes what `make soak` gives it."""

from __future__ import annotations

import pytest

from tests.fixtures.databases import KINDS
from tests.soak.__main__ import plan_of
from tests.soak.hour import Plan


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_database_can_be_asked_for(kind: str) -> None:
    assert plan_of(["--minutes", "60", "--on", kind]).on == kind


def test_without_words_it_is_the_usual_hour() -> None:
    assert plan_of([]) == Plan()
