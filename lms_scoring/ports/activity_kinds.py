"""What a platform knows of its own kinds of activities: what they may count as, and where they are marked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from lms_scoring.domain.evidence import Purpose, Submission
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.ports.sources import Activity


@dataclass(frozen=True, slots=True, kw_only=True)
class Uses:
    """What activities of one kind are used for.

    `may_be` is all that one of them could count as; nothing where no evidence of them can be read. `usual`
    is what of that they are made for as a rule, so that it is proposed where nothing speaks against it.
    """

    may_be: frozenset[Purpose] = frozenset()
    usual: frozenset[Purpose] = frozenset()


class ActivityKinds(Protocol):
    """The kinds of activities of one sort of platform; of what it does not know it says nothing."""

    def uses(self, kind: str) -> Uses:
        """What activities of that kind, by the platform's own word for it, are used for."""

    def marking_page(self, work: Submission, owner: KnownPerson, activity: Activity) -> str | None:
        """The address of the platform's own page for marking this work, which somebody handed in at one of
        its activities; None where there is no such page, or it is not surely known."""
