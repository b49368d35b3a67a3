"""Records in: each version of each record, known by course, source, kind and id."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from sqlalchemy import bindparam, false, func, select, true, update

from lms_scoring.domain.errors import MalformedEvidence, StoreError, UnknownPerson
from lms_scoring.domain.evidence import KIND_OF, Decision, Recommendation, Record
from lms_scoring.domain.identity import own_account
from lms_scoring.ports import Kept, Problem, ProblemKind, Stored
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import listed, storable
from lms_scoring.store.roll import known_people
from lms_scoring.store.rows import RecordRow, row_of, written
from lms_scoring.store.syncing.met import check_run, latest_run
from lms_scoring.store.tables.metadata import NOTHING
from lms_scoring.store.tenant_connection import TenantConnection
from lms_scoring.store.touched.marking import touch_after

Key = tuple[str, str]
"""Kind and id of a record."""


class RecordsIn(TenantConnection):
    """The part of a transaction that takes in records and decisions."""

    def keep_records(self, course: str, source: str, records: Sequence[Record], *, run: int) -> Stored:
        """Idempotent by (course, source, kind, id): a changed record supersedes its former version, an
        equal one is only seen again, one that was gone and came back lives again.

        One that cannot be read again is refused; a former version of it stays. Raises StoreError when the
        run was overtaken by another.
        """
        if not records:
            return Stored()
        check_run(self, course, source, run)
        own = [replace(record, source=None, gone_at=None) for record in records]
        news = _News(run, self._latest(course, source, own))
        for record in own:
            news.take(record)
        self._write(course, source, news)
        return Stored(kept=news.kept, problems=tuple(news.problems))

    def keep_decision(self, course: str, decision: Decision, *, at: int) -> None:
        """Append-only; `decision.person` is a person's id. Keeping the same decision again changes nothing.

        Raises UnknownPerson, MalformedEvidence, and StoreError for another decision with an id that is taken.
        """
        if not known_people(self, [decision.person]):
            raise UnknownPerson("the person a decision is about is not known here; sync the roster first")
        own = replace(decision, source=None, gone_at=None, person=own_account(decision.person))
        self._keep_entered(course, decision.source or NOTHING, own)

    def keep_recommendation(self, course: str, recommendation: Recommendation) -> None:
        """Append-only; `recommendation.by` is a person's id. Keeping the same again changes nothing.

        Raises UnknownPerson, MalformedEvidence, and StoreError for another one with an id that is taken.
        """
        if not known_people(self, [recommendation.by]):
            raise UnknownPerson("the tutor who recommends is not known here; sync the roster first")
        own = replace(recommendation, source=None, gone_at=None, by=own_account(recommendation.by))
        self._keep_entered(course, recommendation.source or NOTHING, own)

    def _keep_entered(self, course: str, source: str, record: Record) -> None:
        """What a person entered here: it is never changed, and never set aside in silence."""
        kind = KIND_OF[type(record)]
        content = written(record)
        row_of(content)
        former = self._latest(course, source, [record])
        if former and former[kind, record.id].hash != content.hash:
            raise StoreError(f"{kind} {record.id} is kept already and says something else; give it a new id")
        news = _News(latest_run(self), former)
        news.take(record)
        self._write(course, source, news)

    def _latest(self, course: str, source: str, records: Sequence[Record]) -> dict[Key, _Version]:
        ids: dict[str, set[str]] = {}
        for record in records:
            ids.setdefault(KIND_OF[type(record)], set()).add(record.id)
        table = tables.evidence
        found: dict[Key, _Version] = {}
        for kind, wanted in ids.items():
            query = select(
                table.c.record, table.c.seen_run, table.c.account, table.c.hash, table.c.gone_run
            ).where(
                table.c.tenant == self.tenant,
                table.c.course == course,
                table.c.source == source,
                table.c.kind == kind,
                table.c.record.in_(listed(filter(storable, wanted))),
                table.c.superseded == false(),
            )
            for row in self.connection.execute(query):
                found[kind, row.record] = _Version(
                    run=row.seen_run, hash=row.hash, live=row.gone_run is None, account=row.account
                )
        return found

    def _write(self, course: str, source: str, news: _News) -> None:
        numbers = self.accounts.of(news.owners)
        self._supersede(course, source, news)
        self.put(
            tables.evidence,
            [
                (
                    *(course, source, row.kind, row.record, news.run),
                    *(numbers[row.owner], row.activity, row.state, row.at, row.hash, row.body),
                    *(None, None, False),
                )
                for row in news.rows.values()
            ],
        )
        self.add(tables.seen_record, [(news.run, kind, record) for kind, record in news.seen])
        if news.rows:
            accounts = {numbers[owner] for owner in news.owners} | news.former_accounts
            touch_after(self, course, {row.kind for row in news.rows.values()}, accounts)

    def _supersede(self, course: str, source: str, news: _News) -> None:
        """Closes former versions; one that was gone keeps the run that noticed it."""
        if not news.superseded:
            return
        table = tables.evidence
        self.connection.execute(
            update(table)
            .where(
                table.c.tenant == self.tenant,
                table.c.course == course,
                table.c.source == source,
                table.c.kind == bindparam("of_kind"),
                table.c.record == bindparam("of_record"),
                table.c.seen_run == bindparam("of_run"),
            )
            .values(superseded=true(), gone_run=func.coalesce(table.c.gone_run, news.run)),
            [
                {"of_kind": kind, "of_record": record, "of_run": run}
                for (kind, record), run in news.superseded.items()
            ],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Version:
    """The latest version of a record that is stored."""

    run: int
    hash: bytes
    live: bool
    account: int | None


@dataclass(slots=True)
class _News:
    """What a batch changes, taken record by record, so that repeats within it are repeats too."""

    run: int
    latest: dict[Key, _Version]
    rows: dict[Key, RecordRow] = field(default_factory=dict)
    superseded: dict[Key, int] = field(default_factory=dict)
    seen: set[Key] = field(default_factory=set)
    owners: set[str] = field(default_factory=set)
    former_accounts: set[int] = field(default_factory=set)
    problems: list[Problem] = field(default_factory=list)
    new: int = 0
    changed: int = 0
    same: int = 0

    @property
    def kept(self) -> Kept:
        """What the batch changed, so far."""
        return Kept(new=self.new, changed=self.changed, same=self.same, refused=len(self.problems))

    def take(self, record: Record) -> None:
        key = (KIND_OF[type(record)], record.id)
        former = self.latest.get(key)
        try:
            content = written(record)
            if former is not None and former.live and former.hash == content.hash:
                self.same += 1
                self._see(key, former)
                return
            row = row_of(content)
        except MalformedEvidence as error:
            self._refuse(record, former, error)
            return
        self.new += former is None
        self.changed += former is not None
        self.rows[key] = row
        self.owners.add(row.owner)
        self.latest[key] = _Version(run=self.run, hash=content.hash, live=True, account=None)
        if former is None:
            return
        if former.account is not None:
            self.former_accounts.add(former.account)
        if former.run != self.run:
            self.superseded[key] = former.run

    def _see(self, key: Key, former: _Version) -> None:
        if former.run != self.run:
            self.seen.add(key)

    def _refuse(self, record: Record, former: _Version | None, error: MalformedEvidence) -> None:
        """The record exists at its source, so what is stored of it is not gone."""
        key = kind, name = KIND_OF[type(record)], record.id
        self.problems.append(
            Problem(
                kind=ProblemKind.REFUSED,
                code="malformed",
                text=str(error),
                subject=f"{kind} {name}",
                raw=repr(record).encode(errors="replace"),
                record=name,
            )
        )
        if former is not None and former.live:
            self._see(key, former)
