"""Erasing one person: what is theirs goes, and others' records call them by what stands for nobody."""

from __future__ import annotations

import zlib
from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import and_, delete, or_, select, update

from lms_scoring.domain.canonical import canonical
from lms_scoring.domain.evidence import KIND_OF, Membership, Record
from lms_scoring.domain.evidence_json import from_fields, to_fields
from lms_scoring.domain.identity import own_account, sha1_of
from lms_scoring.domain.set_aside_people import Part
from lms_scoring.ports import ActKind, Held, StandIn
from lms_scoring.ports.erasures import Told
from lms_scoring.store import tables as t
from lms_scoring.store.closing.frozen import closing_of
from lms_scoring.store.erasing.person_rows import PersonRows, all_of
from lms_scoring.store.erasing.renamed_rows import RenamedRows
from lms_scoring.store.erasing.renaming import RecordName, pressed, unpressed
from lms_scoring.store.tenant_connection import TenantConnection
from lms_scoring.store.touched.marking import touch_tutors

_OF_OTHERS = frozenset({"account", "body", "hash", "object", "raw", "maximum", "characters"})
_OF_OTHERS_SET_ASIDE = ("number", "course", "source", "state", "code", "first_at", "last_at")
_NO_WORDS = "erased"
"""What takes the place of the reason of an act about whoever was erased."""


class Erasures(TenantConnection):
    """The part of a transaction about all that is kept of one person."""

    def held(self, person: str, *, taken: Collection[int] = ()) -> Iterator[Held]:
        """All that is kept of a person: what is theirs, table by table, then what is of others."""
        rows = PersonRows(self.connection, self.tenant, person, taken=taken)
        for table, where in rows.theirs():
            for row in self.connection.execute(all_of(table, where)):
                if table is not t.case_text or row.person in (person, None):
                    yield Held(what=table.name, fields=self._fields(row))
        for table, where in rows.others():
            for row in self.connection.execute(all_of(table, where)):
                told = _without_others(self._fields(row), person)
                if table is t.quarantined:
                    told = {name: told[name] for name in _OF_OTHERS_SET_ASIDE}
                yield Held(what=table.name, fields=told, goes=False)

    def unclear(self, person: str) -> Sequence[int]:
        """The numbers of records in quarantine that cannot be read and may be theirs."""
        return PersonRows(self.connection, self.tenant, person).set_aside.numbers(Part.UNCLEAR)

    def courses_of_person(self, person: str) -> Sequence[str]:
        """The courses that ever had a place or a card for the person, by id."""
        record, account, frozen, act = t.evidence, t.account, t.frozen_membership, t.signed_act
        queries = (
            select(record.c.course)
            .join(account, and_(account.c.tenant == record.c.tenant, account.c.id == record.c.account))
            .where(record.c.tenant == self.tenant, account.c.person == person),
            select(act.c.course)
            .join(frozen, and_(frozen.c.tenant == act.c.tenant, frozen.c.act == act.c.number))
            .where(act.c.tenant == self.tenant, frozen.c.person == person),
            select(t.scorecard.c.course).where(
                t.scorecard.c.tenant == self.tenant, t.scorecard.c.person == person
            ),
        )
        return sorted({course for query in queries for course in self.connection.execute(query).scalars()})

    def stand_ins(self, course: str) -> Sequence[StandIn]:
        """As they count now; of a closed course as they counted then. Whoever was erased before a closing
        is none of what it froze."""
        closing = closing_of(self, course)
        closed = 0 if closing is None else closing.number
        table = t.stand_in
        of_closing = or_(
            and_(table.c.closing == closed, table.c.act > closed),
            and_(table.c.closing == 0, table.c.act < closed),
        )
        query = select(table.c.closing, table.c.body).where(
            table.c.tenant == self.tenant, table.c.course == course, of_closing
        )
        found = self.connection.execute(query.order_by(table.c.act))
        return [_stand_in(unpressed(row.body), is_frozen=row.closing > 0) for row in found]

    def known_by(self, person: str) -> Sequence[str]:
        """Every account by which a source, a roster or a launch could bring the person back."""
        rows = PersonRows(self.connection, self.tenant, person)
        return list(_known_by(person, rows))

    def rename_person(
        self, person: str, stands: str, names: Mapping[RecordName, str], *, courses: Sequence[str]
    ) -> None:
        """Others' records, cards and acts name what `stands` for nobody; tutors are to be scored again."""
        rows = PersonRows(self.connection, self.tenant, person)
        accounts = rows.accounts()
        renamed = RenamedRows(self, dict.fromkeys([person, *accounts.values()], stands), names)
        renamed.statements(rows, self.accounts.of([stands])[stands])
        renamed.everywhere(rows, courses)
        rows.set_aside.leave_unnamed()
        for course in courses:
            touch_tutors(self, course, accounts)
        self._rename_acts(person, stands)
        self.remembered.proceedings.clear()

    def remove_rows(self, person: str, *, courses: Sequence[str], taken: Collection[int]) -> None:
        """All that is the person's own, save what the areas of texts and proceedings remove."""
        rows = PersonRows(self.connection, self.tenant, person, taken=taken)
        self._forget_cursors(rows, courses)
        self._forget_claims(person)
        for table, where in list(rows.theirs()):
            self.connection.execute(delete(table).where(where))
        self.accounts.forget()
        self.remembered.forget_members()

    def keep_stand_ins(self, act: int, stand_ins: Mapping[str, Sequence[StandIn]]) -> None:
        for course, kept in stand_ins.items():
            closing = closing_of(self, course)
            for one in kept:
                of_closing = closing.number if one.is_frozen and closing is not None else 0
                records = [*one.memberships, *one.records]
                body = pressed(canonical([{"kind": KIND_OF[type(r)], **to_fields(r)} for r in records]))
                self.put(t.stand_in, [(act, course, of_closing, body)])

    def _rename_acts(self, person: str, stands: str) -> None:
        table = t.signed_act
        ours = table.c.tenant == self.tenant
        about = update(table).where(ours, table.c.person == person)
        joins = table.c.kind.in_([ActKind.JOINED.value, ActKind.PARTED.value])
        self.connection.execute(about.where(joins).values(subject=stands))
        self.connection.execute(about.values(person=stands, reason=_NO_WORDS))
        self.connection.execute(update(table).where(ours, table.c.by == person).values(by=stands))

    def _forget_cursors(self, rows: PersonRows, courses: Sequence[str]) -> None:
        """Cursors count whom a platform listed, by number: sources that told of the person are read anew."""
        record, table = t.evidence, t.cursor
        query = select(record.c.course, record.c.source).where(
            record.c.tenant == self.tenant, record.c.account.in_(rows.numbers())
        )
        for row in list(self.connection.execute(query.distinct())):
            self.connection.execute(
                delete(table).where(
                    table.c.tenant == self.tenant, table.c.course == row.course, table.c.source == row.source
                )
            )

    def _forget_claims(self, person: str) -> None:
        """That rosters say an account is theirs which was joined to somebody else by hand."""
        joined = t.joined_account
        claims = update(joined).where(joined.c.tenant == self.tenant, joined.c.roster_person == person)
        self.connection.execute(claims.values(roster_person=None, roster_rank=None))

    def _fields(self, row: Any) -> dict[str, Told]:
        """The row as JSON can say it: numbers of accounts and activities as the texts they stand for."""
        told = {name: _plain(value) for name, value in row._mapping.items() if name != "tenant"}
        for name in ("account", "by"):
            if isinstance(told.get(name), int):
                told[name] = self.accounts.texts[told[name]]
        if isinstance(told.get("activity"), int):
            told["activity"] = self.activities_met.texts[told["activity"]]
        return told


def _known_by(person: str, rows: PersonRows) -> Iterator[str]:
    yield own_account(person)
    for text in rows.accounts().values():
        yield text
        if text.startswith("mbox:"):
            yield sha1_of(text.removeprefix("mbox:"))
    for registration, subject in rows.subjects():
        yield f"lti:{registration}|{subject}"


def _without_others(fields: Mapping[str, Told], person: str) -> dict[str, Told]:
    """That there is something and when; what it says of others is theirs."""
    return {
        name: value
        for name, value in fields.items()
        if name not in _OF_OTHERS and (name != "person" or value == person)
    }


def _plain(value: Any) -> Any:
    if not isinstance(value, bytes | memoryview):
        return value
    body = bytes(value)
    try:
        return unpressed(body)
    except (ValueError, zlib.error):
        return body.hex()


def _stand_in(told: list[dict[str, Any]], *, is_frozen: bool) -> StandIn:
    found: list[Record] = [from_fields(fields["kind"], fields) for fields in told]
    return StandIn(
        memberships=[one for one in found if isinstance(one, Membership)],
        records=[one for one in found if not isinstance(one, Membership)],
        is_frozen=is_frozen,
    )
