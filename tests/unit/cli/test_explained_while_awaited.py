"""What `explain` says of a card that was made for who asks, by rules that were just adopted."""

from __future__ import annotations

from pathlib import Path

from lms_scoring.cli.explain import explanation
from lms_scoring.services.viewing.consult import Consultant
from tests.fixtures.courses.awaited import ADMINISTRATOR, OTHER, filled_county
from tests.fixtures.courses.scripted import LI, new_store


def test_a_card_that_is_awaited_is_said_to_be_so_until_it_is_kept(tmp_path: Path) -> None:
    county = filled_county(new_store(tmp_path))

    def is_said() -> bool:
        (status,) = Consultant(county.store, OTHER).status(ADMINISTRATOR, LI)
        lines = explanation(OTHER, status, language="en").splitlines()
        return any(line.startswith("  Other rules were just taken on.") for line in lines)

    county.adopt()
    assert is_said()
    county.assess()
    assert not is_said()
    county.store.close()
