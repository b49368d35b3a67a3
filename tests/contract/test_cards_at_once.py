"""Contract: cards that are kept at once are those that would be there had they been kept one by one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.outlook import Outlook, Standing
from lms_scoring.domain.packed_card import PackedCard, packed
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import CardRow, Store, Transaction
from tests.contract.story import COURSE, LI, WANG, card, outlook

Cards = Sequence[tuple[PackedCard, Outlook]]
Keep = Callable[[Transaction, str, Cards, int], int]
ALONE = f"{COURSE}, one by one"


def at_once(transaction: Transaction, course: str, cards: Cards, at: int) -> int:
    return transaction.keep_cards(course, cards, at=at)


def one_by_one(transaction: Transaction, course: str, cards: Cards, at: int) -> int:
    changed = 0
    for each, still in cards:
        changed += transaction.keep_scorecard(course, each, at=at)
        transaction.keep_outlook(course, each.card, still)
    return changed


def made(
    of: Scorecard, *, standing: Standing = Standing.FAR, until: int | None = None
) -> tuple[PackedCard, Outlook]:
    return packed(of), outlook(standing, valid_until=until)


def shown(store: Store, course: str) -> tuple[Sequence[CardRow], list[object]]:
    """All that is kept of the course's cards."""
    with store.reading() as transaction:
        rows = transaction.board(course)
        kept: list[object] = [transaction.expired(course, at=10**9)]
        for row in rows:
            person, role, class_ = row.card.person, row.card.role, row.card.class_
            kept += [
                transaction.scorecard(course, person, role=role, class_=class_),
                transaction.outlook(course, person, role=role, class_=class_),
                transaction.history(course, person, role=role, class_=class_),
            ]
    return rows, kept


def test_cards_kept_at_once_are_those_kept_one_by_one(store: Store) -> None:
    """New ones, some that say the same later, others with another outlook alone, and one place twice."""
    guides = card(LI, role=ev.Role.TUTOR, class_="B")
    wang = card(WANG, valid_until=20_000)
    portions: list[Cards] = [
        [made(card(LI)), made(guides, until=15_000), made(wang, until=30_000)],
        [
            made(card(LI, as_of=11_000)),
            made(guides, standing=Standing.PASSED),
            made(card(WANG, total=Fraction(1, 3))),
        ],
        [made(card(LI, total=Fraction(2))), made(card(LI, total=Fraction(2)), standing=Standing.PASSED)],
        [],
    ]
    for at, cards in enumerate(portions, start=20_000):
        with store.writing() as transaction:
            changed = at_once(transaction, COURSE, cards, at)
            assert changed == one_by_one(transaction, ALONE, cards, at)
        assert shown(store, COURSE) == shown(store, ALONE)
    assert [row.version for row in shown(store, COURSE)[0]] == [2, 2, 1]
