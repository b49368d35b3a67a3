"""The numbers by which the store counts, orders and merges lines: of the chip, the result, and a dispute."""

from __future__ import annotations

from collections.abc import Iterable

from lms_scoring.domain.board import Chip
from lms_scoring.domain.outlook import ToldState

_CHIPS = {
    Chip.NOT_KNOWN: 0,
    Chip.TO_CHECK: 1,
    Chip.PASSED: 2,
    Chip.WAITING_FOR_MARKING: 3,
    Chip.UNREACHABLE: 4,
    Chip.NOT_STARTED: 5,
    Chip.ONE_ITEM_SHORT: 6,
    Chip.FAR: 7,
    Chip.WITHDRAWN: 8,
}
"""Whatever lines are picked by is a part of their number: so they are counted, ordered and merged without a
list of their own. A number that was given is never given to another; `scopes.MAKING` says what to do
where that cannot be."""
_DISPUTED = 16
"""Is added where a dispute about the card waits for an answer."""
_TOLD = {
    ToldState.IN_PROGRESS: 0,
    ToldState.PENDING: 32,
    ToldState.PASS: 64,
    ToldState.PASS_PROVISIONALLY: 96,
    ToldState.FAIL: 128,
    ToldState.FAIL_PROVISIONALLY: 160,
}
"""Is added for the result as it is told."""
_CHIP_OF = {number: chip for chip, number in _CHIPS.items()}
_TOLD_OF = {number: told for told, number in _TOLD.items()}


def number_of(chip: Chip, told: ToldState, *, disputed: bool) -> int:
    """That of a line with this chip and result; `disputed`: a dispute about its card waits for an answer."""
    return _CHIPS[chip] + (_DISPUTED if disputed else 0) + _TOLD[told]


def chip_of(number: int) -> Chip:
    """How somebody stands whose line has that number."""
    return _CHIP_OF[number % 16]


def is_disputed(number: int) -> bool:
    """Whether a dispute about the card of such a line waits for an answer."""
    return number % 32 >= _DISPUTED


def picked(
    numbers: Iterable[int], chips: Iterable[Chip], told: frozenset[ToldState] = frozenset()
) -> list[int]:
    """Those of the numbers that have one of the chips, and one of the results where any is named."""
    wanted = set(chips)
    return [
        number
        for number in numbers
        if (chip_of(number) in wanted or (is_disputed(number) and Chip.DISPUTED in wanted))
        and (not told or _TOLD_OF[number // 32 * 32] in told)
    ]
