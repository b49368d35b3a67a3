"""The row of a card's ledger that an address means: that of a record, by its id (`record=`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from lms_scoring.domain.scorecard import Finding, Scorecard


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """The finding, and the `<role>-<criterion>` of the ledger that it is in."""

    finding: Finding
    ledger: str


def meant_in(cards: Iterable[Scorecard], record: str) -> Meant | None:
    """The first finding about that record; never one of watching, which may have a row each day. None where
    none is meant: no finding is made for that."""
    for card in cards if record else ():
        for result in card.criteria:
            for finding in result.findings:
                if finding.id == record and finding.kind != "watch":
                    return Meant(finding=finding, ledger=f"{card.role.value}-{result.id}")
    return None
