"""What the command says of an adoption: whose cards changed, or that they are still to be made."""

from __future__ import annotations

from lms_scoring.cli.courses import told_adopted
from lms_scoring.services.scoring.assess import Assessed


def test_cards_that_were_made_are_counted() -> None:
    assert told_adopted(Assessed(scored=4, changed=2)) == "adopted; 2 of 4 cards changed"


def test_of_cards_that_follow_it_is_said_who_makes_them() -> None:
    said = told_adopted(Assessed(scored=0, changed=0, awaited=4_000))
    assert said.startswith("adopted; the results of 4000 cards are worked out of what was measured, and prov")
    assert said.endswith("until the cards are made: serve or a worker does that, or the next sync")
