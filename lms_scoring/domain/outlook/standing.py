"""Standing: the chip of a card, the first that fits, in the order of `Standing`; and who began at all."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from lms_scoring.domain.outlook.outlook import Standing
from lms_scoring.domain.outlook.parts import Part
from lms_scoring.domain.scorecard import Finding, Reason, Scorecard, Verdict

_NOT_IN_HERE = frozenset({Reason.GONE, Reason.OUTSIDE_WINDOW})


def standing_of(
    card: Scorecard,
    parts: Sequence[Part],
    *,
    to_check: bool,
    by_others: Fraction,
    at_best: Fraction,
    scale: Fraction,
) -> Standing:
    """`by_others` is the total if all marks that others owe were the best, `at_best` the most possible."""
    if to_check:
        return Standing.TO_CHECK
    if card.passed:
        return Standing.PASSED
    if by_others >= card.pass_mark:
        return Standing.WAITING_FOR_MARKING
    if at_best < card.pass_mark:
        return Standing.UNREACHABLE
    if not has_begun(card):
        return Standing.NOT_STARTED
    base = sum((part.base for part in parts), Fraction(0))
    alone = max((part.most_gain for part in parts), default=Fraction(0))
    return Standing.ONE_ITEM_SHORT if (base + alone) * scale >= card.pass_mark else Standing.FAR


def has_begun(card: Scorecard) -> bool:
    """Whether its person did anything for the programme, whatever it counted for; by the card's findings."""
    return any(map(_is_begun, _findings(card)))


def _findings(card: Scorecard) -> Iterable[Finding]:
    return (finding for result in card.criteria for finding in result.findings)


def _is_begun(finding: Finding) -> bool:
    """Whether the finding is something the person did for this programme.

    Work of the class that lies unmarked is not; a draft, or what came too late, is.
    """
    if finding.kind in ("unknown", "decision"):
        return False
    if finding.verdict in (Verdict.COUNTED, Verdict.PARTLY):
        return True
    own = finding.person is None or finding.kind == "recommendation"
    return own and finding.reason not in _NOT_IN_HERE
