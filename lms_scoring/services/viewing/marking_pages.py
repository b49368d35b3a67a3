"""Where works are marked on the platforms that they were handed in at, as far as those say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lms_scoring.domain.evidence import Submission
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.ports import Activity, ActivityKinds


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkingPages:
    """The pages of one course.

    `activities` by their sources and ids, `kinds` by source: what knows the kinds of its activities.
    """

    activities: Mapping[tuple[str, str], Activity]
    kinds: Mapping[str, ActivityKinds]

    def of(self, work: Submission, owner: KnownPerson) -> str | None:
        """The address at this learner's work; None where no platform lists its activity, or says where."""
        source = work.source or ""
        activity, known = self.activities.get((source, work.activity)), self.kinds.get(source)
        return None if activity is None or known is None else known.marking_page(work, owner, activity)
