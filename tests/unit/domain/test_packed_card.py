"""A card is packed to be kept, and comes out as it was."""

from __future__ import annotations

from dataclasses import replace

from lms_scoring.domain.evidence import Record
from lms_scoring.domain.packed_card import packed, unpacked
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.domain.scoring import scorecards
from tests import given


def a_card(*, as_of: int = given.END) -> Scorecard:
    """With findings of a topic and a piece of homework."""
    records: list[Record] = [given.membership(given.LI), given.topic(), given.homework()]
    (card,) = scorecards(given.main_scheme(), records, as_of=as_of)
    return card


def test_it_comes_out_as_it_was_with_every_finding() -> None:
    card = a_card()
    assert sum(len(one.findings) for one in card.criteria) == 2
    assert unpacked(packed(card).whole) == card


def test_beside_the_bytes_stands_the_card_without_findings() -> None:
    card = a_card()
    light = packed(card).card
    assert [one.points for one in light.criteria] == [one.points for one in card.criteria]
    assert not any(one.findings for one in light.criteria)
    assert replace(light, criteria=()) == replace(card, criteria=())


def test_a_card_of_a_later_time_that_says_the_same_has_the_same_digest() -> None:
    card = a_card()
    assert packed(replace(card, as_of=card.as_of + 1)).digest == packed(card).digest


def without_its_last_finding(card: Scorecard, at: int) -> Scorecard:
    results = list(card.criteria)
    results[at] = replace(results[at], findings=results[at].findings[:-1])
    return replace(card, criteria=tuple(results))


def test_a_card_that_says_anything_else_has_another_digest() -> None:
    card = a_card()
    told_of = [number for number, result in enumerate(card.criteria) if result.findings]
    others = [
        replace(card, total=card.total + 1),
        replace(card, valid_until=card.as_of),
        *(without_its_last_finding(card, at) for at in told_of),
    ]
    assert len(told_of) == 2
    assert len({packed(one).digest for one in [card, *others]}) == 5
