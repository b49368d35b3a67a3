"""Where a person stands in the database: table by table, the rows that are theirs and of nobody else."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, Table, and_, exists, or_, select

from lms_scoring.domain.set_aside_people import Part
from lms_scoring.domain.statements import LmsVerb
from lms_scoring.store import tables as t
from lms_scoring.store.databases.dialect import listed
from lms_scoring.store.erasing.set_aside_rows import SetAsideRows

Where = ColumnElement[bool]

_ALONE = r"(?<![\w@.-]){}(?![\w@-])"


class PersonRows:
    """The rows of one person of one institution; `taken` are the numbers of records in quarantine that cannot
    be read and are theirs, as somebody said who looked at them."""

    def __init__(
        self, connection: Connection, tenant: int, person: str, *, taken: Collection[int] = ()
    ) -> None:
        self._connection = connection
        self._tenant = tenant
        self._taken = taken
        self.person = person
        self.set_aside = SetAsideRows(connection, tenant, person)
        self._accounts = select(t.account.c.id).where(*self._of(t.account))

    def theirs(self) -> Iterator[tuple[Table, Where]]:
        """Each table with what tells their rows, in an order in which they can be removed."""
        texts = t.evidence_text
        numbers = select(texts.c.number).where(*self._by_account(texts))
        yield t.text_mark, and_(self._ours(t.text_mark), t.text_mark.c.number.in_(numbers))
        yield t.seen_record, self._seen()
        yield t.held_record, self._held()
        yield t.voided_statement, self._voided()
        for table in (texts, t.text_touched, t.touched, t.evidence, t.watch_event):
            yield table, and_(*self._by_account(table))
        yield t.lms_statement, and_(*self._by_account(t.lms_statement), ~self.deletes_others())
        yield from self._of_proceedings()
        yield t.session, self._visits(t.session)
        yield t.sign_in_link, self._visits(t.sign_in_link)
        yield t.problem, self._problems()
        yield t.quarantined, self.set_aside.where(self._set_aside_theirs())
        joined = t.joined_account
        yield joined, and_(*self._by_account(joined))
        for table in (
            *(t.scorecard_detail, t.scorecard_version, t.scorecard, t.measured, t.foretold),
            *(t.outgoing_grade, t.grade_step, t.frozen_evidence, t.frozen_membership),
            *(t.access_grant, t.platform_subject, t.account),
        ):
            yield table, and_(*self._of(table))
        yield t.person, and_(self._ours(t.person), t.person.c.id == self.person)

    def others(self) -> Iterator[tuple[Table, Where]]:
        """Rows of others, and acts, in which they have a part."""
        act, step, grade, told = t.signed_act, t.proceeding_step, t.grade_step, t.lms_statement
        yield act, and_(self._ours(act), or_(act.c.by == self.person, act.c.person == self.person))
        yield step, and_(self._ours(step), step.c.by == self.person)
        yield grade, and_(self._ours(grade), grade.c.by == self.person)
        yield told, and_(self._ours(told), told.c.by.in_(self._accounts))
        yield told, and_(*self._by_account(told), self.deletes_others())
        yield t.evidence, and_(self._ours(t.evidence), self._named_in_evidence())
        yield t.quarantined, self.set_aside.where(self.set_aside.numbers(Part.NAMED))

    def numbers(self) -> Select[Any]:
        """The numbers of their accounts."""
        return self._accounts

    def accounts(self) -> dict[int, str]:
        """The texts of their accounts, by number."""
        query = select(t.account.c.id, t.account.c.text).where(*self._of(t.account))
        return {row.id: row.text for row in self._connection.execute(query.order_by(t.account.c.id))}

    def subjects(self) -> list[tuple[int, str]]:
        """What platforms that launch them call them, with the registration."""
        table = t.platform_subject
        query = select(table.c.registration, table.c.subject).where(*self._of(table))
        return [(row.registration, row.subject) for row in self._connection.execute(query)]

    def deletes_others(self) -> Where:
        """Statements by which they deleted what is somebody else's: without these it would count again."""
        told, other = t.lms_statement, t.lms_statement.alias()
        of_another = exists().where(
            other.c.tenant == told.c.tenant,
            other.c.source == told.c.source,
            other.c.object == told.c.object,
            other.c.account.not_in(self._accounts),
        )
        return and_(told.c.verb == LmsVerb.POST_DELETED.value, of_another)

    def _ours(self, table: Table) -> Where:
        return table.c.tenant == self._tenant

    def _of(self, table: Table) -> tuple[Where, Where]:
        return self._ours(table), table.c.person == self.person

    def _by_account(self, table: Table) -> tuple[Where, Where]:
        return self._ours(table), table.c.account.in_(self._accounts)

    def _seen(self) -> Where:
        table, run, record = t.seen_record, t.run, t.evidence
        return and_(
            self._ours(table),
            exists().where(
                run.c.tenant == table.c.tenant,
                run.c.id == table.c.run,
                record.c.course == run.c.course,
                record.c.source == run.c.source,
                record.c.kind == table.c.kind,
                record.c.record == table.c.record,
                *self._by_account(record),
            ),
        )

    def _held(self) -> Where:
        """What of theirs a loss that is held has."""
        table, loss, record = t.held_record, t.held_loss, t.evidence
        return and_(
            self._ours(table),
            exists().where(
                loss.c.tenant == table.c.tenant,
                loss.c.number == table.c.loss,
                record.c.course == loss.c.course,
                record.c.source == loss.c.source,
                record.c.kind == loss.c.kind,
                record.c.record == table.c.record,
                *self._by_account(record),
            ),
        )

    def _voided(self) -> Where:
        table = t.voided_statement
        told = [
            exists().where(one.c.source == table.c.source, one.c.id == table.c.id, *self._by_account(one))
            for one in (t.watch_event, t.lms_statement)
        ]
        return and_(self._ours(table), or_(*told))

    def _of_proceedings(self) -> Iterator[tuple[Table, Where]]:
        proceeding, step, text = t.proceeding, t.proceeding_step, t.case_text

        def about(table: Table, *more: Where) -> Where:
            same = [table.c[name] == proceeding.c[name] for name in ("tenant", "course", "number")]
            return exists().where(*same, *more, *self._of(proceeding))

        of_their_case = about(text, proceeding.c.sort == "case")
        yield text, and_(self._ours(text), or_(text.c.person == self.person, of_their_case))
        yield step, and_(self._ours(step), about(step, proceeding.c.sort == step.c.sort))
        yield proceeding, and_(*self._of(proceeding))

    def _set_aside_theirs(self) -> Sequence[int]:
        taken = [number for number in self.set_aside.numbers(Part.UNCLEAR) if number in self._taken]
        return [*self.set_aside.numbers(Part.OWNER), *taken]

    def _visits(self, table: Table) -> Where:
        """Sessions and links of theirs, or of a launch that is about them."""
        subjects = set(self.subjects())
        digests = []
        query = select(table.c.digest, table.c.visitor).where(self._ours(table))
        for row in self._connection.execute(query):
            visitor = json.loads(row.visitor)
            launched = visitor.get("launched") or {}
            named = {(launched.get("registration"), launched.get(n)) for n in ("subject", "for_subject")}
            if visitor["person"] == self.person or named & subjects:
                digests.append(row.digest)
        return and_(self._ours(table), table.c.digest.in_(listed(digests)))

    def _problems(self) -> Where:
        """What syncs could not do with something of theirs, as far as it says whose it was."""
        table, run, names, tells = t.problem, t.run, self._names_by_source(), self._tells()
        query = (
            select(table.c.run, table.c.number, table.c.text, table.c.subject, table.c.person, run.c.source)
            .join(run, and_(run.c.tenant == table.c.tenant, run.c.id == table.c.run))
            .where(self._ours(table))
        )
        found = [
            (row.run, row.number)
            for row in self._connection.execute(query)
            if row.person == self.person
            or (row.source, row.subject) in names
            or tells.search(f"{row.text} {row.subject}")
        ]
        runs: dict[int, list[int]] = {}
        for run_id, number in found:
            runs.setdefault(run_id, []).append(number)
        theirs = [and_(table.c.run == one, table.c.number.in_(listed(n))) for one, n in runs.items()]
        return and_(self._ours(table), or_(*theirs) if theirs else table.c.run.in_(listed([])))

    def _names_by_source(self) -> set[tuple[str, str]]:
        """Their records as findings of a sync name them: each source has numbers of its own."""
        table = t.evidence
        query = select(table.c.source, table.c.kind, table.c.record).where(*self._by_account(table))
        rows = self._connection.execute(query.distinct())
        return {(r.source, name) for r in rows for name in (r.record, f"{r.kind} {r.record}")}

    def _tells(self) -> re.Pattern[str]:
        """Their id, an address, or a whole account. A bare user name or number is also a word."""
        texts = self.accounts().values()
        addresses = [text.removeprefix("mbox:") for text in texts if text.startswith("mbox:")]
        return re.compile(
            "|".join(_ALONE.format(re.escape(one)) for one in (self.person, *texts, *addresses))
        )

    def _named_in_evidence(self) -> Where:
        """What others' records say of them: who marked, who decided."""
        table = t.evidence
        names = [self.person, *self.accounts().values()]
        return and_(table.c.account.not_in(self._accounts), or_(*(holding(table.c.body, n) for n in names)))


def holding(column: ColumnElement[Any], name: str) -> Where:
    """Whether JSON in a column holds the text as a whole value."""
    return column.contains(json.dumps(name, ensure_ascii=False), autoescape=True)


def holding_part(column: ColumnElement[Any], names: Collection[str]) -> Where:
    """Whether JSON in a column holds a value that is one of the texts, or ends by it."""
    ends = [column.contains(json.dumps(name, ensure_ascii=False)[1:], autoescape=True) for name in names]
    return or_(*ends)


def all_of(table: Table, where: Where) -> Select[Any]:
    """The rows, in the order of the table's key."""
    return select(table).where(where).order_by(*_key(table))


def _key(table: Table) -> Sequence[ColumnElement[Any]]:
    return [column for column in table.primary_key.columns if column.name != "tenant"]
