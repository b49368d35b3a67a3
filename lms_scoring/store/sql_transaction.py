"""One transaction on an SQL database: its areas, and in which order what concerns several of them is done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from sqlalchemy import Connection

from lms_scoring.domain.errors import StoreError
from lms_scoring.domain.identity import pseudonym
from lms_scoring.ports import Act, ActKind, Call, Scope, StandIn
from lms_scoring.store.acts import Acts
from lms_scoring.store.boards.lines import lines_are_stale
from lms_scoring.store.boards.medians import BoardMedians
from lms_scoring.store.boards.pages import Boards
from lms_scoring.store.cards.cards import Cards
from lms_scoring.store.cards.foretelling import Foretelling
from lms_scoring.store.cards.keeping import CardsIn
from lms_scoring.store.cards.measures import Measures
from lms_scoring.store.cards.outbox import Outbox
from lms_scoring.store.closing.closings import Closings
from lms_scoring.store.courses import Courses
from lms_scoring.store.databases.engine import errors_of
from lms_scoring.store.erasing.erasures import Erasures
from lms_scoring.store.erasing.renaming import RecordName
from lms_scoring.store.erasing.tombstones import DigestKeys, Tombstones
from lms_scoring.store.evidence.counts import Counts
from lms_scoring.store.evidence.out import EvidenceOut
from lms_scoring.store.people.identities import Identities
from lms_scoring.store.people.members import Members
from lms_scoring.store.people.roster import Roster
from lms_scoring.store.proceedings.keeping import Proceedings
from lms_scoring.store.proceedings.lists import ProceedingLists
from lms_scoring.store.records.gone import Gone
from lms_scoring.store.records.losses import Losses
from lms_scoring.store.records.quarantine import Quarantine
from lms_scoring.store.records.records_in import RecordsIn
from lms_scoring.store.records.statements_in import StatementsIn
from lms_scoring.store.retention import Retention
from lms_scoring.store.syncing.met import latest_run, sources_of
from lms_scoring.store.syncing.runs import Runs
from lms_scoring.store.syncing.schedules import Schedules
from lms_scoring.store.texts.keeping import Texts
from lms_scoring.store.texts.likes import Likes
from lms_scoring.store.texts.reading import TextsOut
from lms_scoring.store.touched.touches import Touches
from lms_scoring.store.visiting.access import Access
from lms_scoring.store.visiting.api_keys import ApiKeys
from lms_scoring.store.visiting.launches import Launches
from lms_scoring.store.visiting.registrations import Registrations


class SqlTransaction(
    Courses,
    Runs,
    Quarantine,
    Losses,
    Schedules,
    Roster,
    RecordsIn,
    StatementsIn,
    Gone,
    Members,
    EvidenceOut,
    Counts,
    Identities,
    Texts,
    TextsOut,
    Likes,
    Proceedings,
    ProceedingLists,
    CardsIn,
    Cards,
    Touches,
    Measures,
    Foretelling,
    Boards,
    BoardMedians,
    Access,
    Registrations,
    Launches,
    Outbox,
    ApiKeys,
    Acts,
    Closings,
    Tombstones,
    Erasures,
    Retention,
):
    """What concerns one area alone is in its class; no two of these have anything of the same name, so that
    their order means nothing. What concerns several is below, step by step.

    `calls` are the jobs that it sets going.
    """

    def __init__(self, connection: Connection, tenant: int, digest_keys: DigestKeys) -> None:
        super().__init__(connection, tenant)
        self.digest_keys = digest_keys
        self.calls: list[Call] = []

    def is_of_database(self, error: Exception) -> bool:
        """In our words or in those of whoever speaks to it."""
        return isinstance(error, (StoreError, *errors_of(self.connection.engine)))

    def wake(self, call: Call) -> None:
        """Once this is committed; the same asked for twice is one call."""
        if call not in self.calls:
            self.calls.append(call)

    def begin_run(
        self, course: str, source: str, *, at: int, full: bool = False, shared: bool = False
    ) -> int:
        """A new run's id. What a source told other courses before its first run for this one is evidence of
        this one from now on."""
        is_first = source not in sources_of(self, course)
        run = self.note_run(course, source, at=at, full=full, shared=shared)
        if is_first:
            self.touch_members(course)
            self.look_at_shared(course, source)
        return run

    def mark_gone(self, course: str, source: str, scope: Scope, *, run: int, at: int) -> int:
        """Marks what the run did not see, and forgets its texts; how many. Memberships are to be marked
        before all other kinds. Raises StoreError when the run was overtaken by another."""
        marked = self.mark_unseen(course, source, scope, run=run, at=at)
        self.forget_gone(course, source, scope, run=run)
        return marked

    def mark_held_gone(self, number: int, *, at: int) -> int:
        """Marks as gone what the loss has and is still live, and forgets its texts; how many."""
        held = self.held_loss(number)
        marked = self.mark_lost(number, at=at)
        self.forget_gone(held.course, held.source, held.scope, run=latest_run(self))
        return marked

    def keep_act(self, act: Act) -> Act:
        """The act as it is kept. Closing and reopening change places without a word of any source."""
        kept = self.write_act(act)
        if act.course is not None and act.kind in (ActKind.CLOSED, ActKind.REOPENED):
            self.remembered.closings.pop(act.course, None)
            lines_are_stale(self, act.course)
        return kept

    def erase(
        self,
        person: str,
        *,
        act: int,
        names: Mapping[RecordName, str],
        stand_ins: Mapping[str, Sequence[StandIn]],
        taken: Collection[int] = (),
    ) -> None:
        """Removes everything of the person; `names` are what others call their works from then on, `taken`
        records in quarantine that nobody can read and are theirs.

        First what can fail: without a key of digests nobody can be erased. What others say of the person is
        renamed while the rows that tell whose it is are still there.
        """
        courses, stands = self.courses_of_person(person), pseudonym(act)
        self.remember_erased(dict.fromkeys(self.known_by(person), stands))
        self.keep_stand_ins(act, stand_ins)
        self.rename_person(person, stands, names, courses=courses)
        self.forget_texts(person)
        self.forget_proceedings(person)
        self.remove_rows(person, courses=courses, taken=taken)
        for course in courses:
            self.end_assessments(course)
            self.stale.card(course, person)
            self.settle_boards(course)
