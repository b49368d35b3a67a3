"""A platform of another sort: its kinds of activities, by its own words, are those that a test names."""

from __future__ import annotations

from lms_scoring.domain.evidence import Submission
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.ports import Activity, Uses

SITE = "https://other.example"


class NamedKinds:
    """Each kind has a page for marking whatever was handed in."""

    def __init__(self, **uses: Uses) -> None:
        self._uses = uses

    def uses(self, kind: str) -> Uses:
        return self._uses.get(kind, Uses())

    def marking_page(self, work: Submission, owner: KnownPerson, activity: Activity) -> str | None:
        known = activity.kind in self._uses
        return f"{SITE}/{activity.kind}/{activity.id}/{owner.id}/{work.attempt}" if known else None
