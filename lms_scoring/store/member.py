"""One member of a course, as the roll has them."""

from __future__ import annotations

from dataclasses import dataclass

from lms_scoring.domain.evidence import Membership


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """A membership and the account it came with; `person` is None while nobody has that account."""

    account: int
    person: str | None
    membership: Membership

    @property
    def active(self) -> bool:
        """Neither withdrawn nor gone."""
        return self.membership.is_active


Place = tuple[str | None, str, str | None]
"""Person, role and class."""
