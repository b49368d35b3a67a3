"""What is gone at its source: marked with the run and the time that noticed it, never deleted."""

from __future__ import annotations

from lms_scoring.ports import Scope
from lms_scoring.store.records.unseen import count_of, live_records, mark, unseen_by
from lms_scoring.store.syncing.met import check_run
from lms_scoring.store.tenant_connection import TenantConnection


class Gone(TenantConnection):
    """The part of a transaction about records that a complete listing did not name.

    People without an active membership vanish from a platform's lists and so do their records; these
    are out of reach and not gone. Memberships themselves may go.
    """

    def would_be_gone(self, course: str, source: str, scope: Scope, *, run: int) -> tuple[int, int]:
        """(how many live records of the scope the run did not see, how many are live), both without
        those of people out of reach."""
        live = live_records(self, course, source, scope)
        return count_of(self, *live, *unseen_by(self, run)), count_of(self, *live)

    def mark_unseen(self, course: str, source: str, scope: Scope, *, run: int, at: int) -> int:
        """Marks what the run did not see; how many. Memberships are to be marked before all others.

        Raises StoreError when the run was overtaken by another.
        """
        check_run(self, course, source, run)
        missing = [*live_records(self, course, source, scope), *unseen_by(self, run)]
        return mark(self, course, scope, missing, run=run, at=at)
