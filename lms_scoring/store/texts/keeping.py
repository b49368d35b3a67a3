"""Keeps texts: what people wrote, in its latest version, and who is still to be looked at."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, and_, bindparam, delete, false, select, true, update

from lms_scoring.domain.findable import findable, writable
from lms_scoring.domain.texts import TaskText, Text, letters
from lms_scoring.ports import Scope
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import ask, list_parameter, listed, listed_later
from lms_scoring.store.roll import accounts_of, members_asked
from lms_scoring.store.syncing.met import courses_of
from lms_scoring.store.tables.metadata import NOTHING
from lms_scoring.store.tenant_connection import TenantConnection, next_number
from lms_scoring.store.texts.likes import touch_later
from lms_scoring.store.texts.reading import within

_TEXT, _MARK, _TOUCHED, _TASK = (
    tables.evidence_text,
    tables.text_mark,
    tables.text_touched,
    tables.activity_text,
)
_HAND_IN = "submission"

_COMPARABLE = (_TEXT.c.text.is_not(None), _TEXT.c.at.is_not(None))
_TO_LOOK_AT = (
    select(tables.account.c.person)
    .join(
        _TOUCHED,
        and_(_TOUCHED.c.tenant == tables.account.c.tenant, _TOUCHED.c.account == tables.account.c.id),
    )
    .where(
        _TOUCHED.c.tenant == bindparam("tenant_"),
        _TOUCHED.c.course == bindparam("course_"),
        tables.account.c.person.is_not(None),
    )
)
_TO_LOOK_AT_OF = _TO_LOOK_AT.where(tables.account.c.person.in_(listed_later("persons_")))

Key = tuple[str, str]
"""Kind and id of a record."""


class Texts(TenantConnection):
    """The part of a transaction that keeps texts."""

    def look_at_shared(self, course: str, source: str) -> None:
        """Whoever wrote what the source told other courses before is to be looked at in this one too."""
        of_source = (_TEXT.c.course == NOTHING, _TEXT.c.source == source)
        self._touch_writers([course], self._numbers(*of_source))

    def forget_gone(self, course: str, source: str, scope: Scope, *, run: int) -> None:
        """The text of what the run marked as gone goes with it."""
        record = tables.evidence
        gone = select(record.c.record).where(
            record.c.tenant == self.tenant,
            record.c.course == course,
            record.c.source == source,
            record.c.kind == scope.kind,
            record.c.superseded == false(),
            record.c.gone_run == run,
        )
        of_scope = (_TEXT.c.course == course, _TEXT.c.source == source, _TEXT.c.kind == scope.kind)
        self._remove([course], self._numbers(*of_scope, _TEXT.c.record.in_(gone)))

    def keep_texts(self, course: str | None, source: str, texts: Sequence[Text]) -> None:
        """The latest version of each; a repeat changes nothing."""
        told = _latest(texts)
        former = self._former(course or NOTHING, source, told)
        changed = {key: text for key, text in told.items() if _is_news(text, former.get(key))}
        if not changed:
            return
        courses = courses_of(self, source) if course is None else [course]
        first = next_number(self.connection, _TEXT.c.number, _TEXT.c.tenant == self.tenant)
        self._remove(courses, [former[key].number for key in changed if key in former])
        kept = [text for text in changed.values() if text.text is not None or text.told_at]
        self._add_texts(course or NOTHING, source, kept, first=first)
        accounts = self.accounts.of({text.person for text in kept})
        for each in courses:
            self.add(_TOUCHED, [(each, accounts[text.person]) for text in kept])

    def keep_tasks(self, course: str, source: str, tasks: Sequence[TaskText]) -> None:
        """Where what is asked changed, the works handed in are marked anew."""
        query = select(_TASK.c.activity, _TASK.c.text).where(
            _TASK.c.tenant == self.tenant, _TASK.c.course == course, _TASK.c.source == source
        )
        known: dict[str, str] = {row.activity: row.text for row in self.connection.execute(query)}
        changed = [
            task
            for task in tasks
            if known.get(task.activity, "") != task.text and findable(task.activity) and writable(task.text)
        ]
        self.put(_TASK, [(course, source, task.activity, task.text) for task in changed])
        if changed:
            self._unmark(course, source, [task.activity for task in changed])

    def to_look_at(self, course: str, *, persons: Sequence[str] | None = None) -> Sequence[str]:
        """Persons of the course, or those of some, by id."""
        asked: dict[str, Any] = {"tenant_": self.tenant, "course_": course}
        if persons is None:
            touched = ask(self.connection, _TO_LOOK_AT, **asked)
        else:
            touched = ask(self.connection, _TO_LOOK_AT_OF, **asked, persons_=list_parameter(persons))
        found = {person for (person,) in touched}
        members = {member.person for member in members_asked(self, course, found)} if found else set()
        return sorted(found & members)

    def looked_at(self, course: str, persons: Sequence[str]) -> None:
        """To be called in the transaction that read the texts."""
        account = tables.account
        theirs = select(account.c.id).where(
            account.c.tenant == self.tenant, account.c.person.in_(listed(persons))
        )
        self.connection.execute(
            delete(_TOUCHED).where(
                _TOUCHED.c.tenant == self.tenant,
                _TOUCHED.c.course == course,
                _TOUCHED.c.account.in_(theirs),
            )
        )

    def look_again(self, course: str) -> None:
        """Everybody who wrote anything is to be looked at, and every hand-in marked anew."""
        self._touch_writers([course], self._numbers(within(self, course)))
        works = (_TEXT.c.course == course, _TEXT.c.kind == _HAND_IN, *_COMPARABLE)
        self.connection.execute(
            update(_TEXT).where(_TEXT.c.tenant == self.tenant, *works).values(unsigned=true())
        )

    def forget_texts(self, person: str) -> int:
        """Erases all that a person wrote; how many texts there were."""
        account = tables.account
        theirs = select(account.c.id).where(account.c.tenant == self.tenant, account.c.person == person)
        numbers = self._numbers(_TEXT.c.account.in_(theirs))
        touch_later(self, numbers)
        self._delete(numbers)
        return len(numbers)

    def _former(self, course: str, source: str, told: Mapping[Key, Text]) -> dict[Key, Any]:
        ids: dict[str, set[str]] = {}
        for kind, record in told:
            ids.setdefault(kind, set()).add(record)
        account = tables.account
        found: dict[Key, Any] = {}
        for kind, wanted in ids.items():
            query = (
                select(*_TEXT.c, account.c.text.label("by"))
                .join(account, and_(account.c.tenant == _TEXT.c.tenant, account.c.id == _TEXT.c.account))
                .where(
                    _TEXT.c.tenant == self.tenant,
                    _TEXT.c.course == course,
                    _TEXT.c.source == source,
                    _TEXT.c.kind == kind,
                    _TEXT.c.record.in_(listed(wanted)),
                )
            )
            for row in self.connection.execute(query):
                found[kind, row.record] = row
        return found

    def _add_texts(self, course: str, source: str, texts: Sequence[Text], *, first: int) -> None:
        """Each with a number of its own, from the first on."""
        accounts = self.accounts.of({text.person for text in texts})
        self.put_named(
            _TEXT,
            [
                {"course": course, "source": source, "number": number, "account": accounts[text.person]}
                | _columns(text)
                for number, text in enumerate(texts, start=first)
            ],
        )

    def _remove(self, courses: Iterable[str], numbers: Collection[int]) -> None:
        """Their writers, and those of works that were like them, are to be looked at."""
        self._touch_writers(courses, numbers)
        touch_later(self, numbers)
        self._delete(numbers)

    def _delete(self, numbers: Collection[int]) -> None:
        for table in (_MARK, _TEXT):
            self.connection.execute(
                delete(table).where(table.c.tenant == self.tenant, table.c.number.in_(listed(numbers)))
            )

    def _unmark(self, course: str, source: str, activities: Collection[str]) -> None:
        works = (
            _TEXT.c.course == course,
            _TEXT.c.source == source,
            _TEXT.c.kind == _HAND_IN,
            _TEXT.c.activity.in_(listed(activities)),
            *_COMPARABLE,
        )
        self._touch_writers([course], self._numbers(*works))
        self.connection.execute(
            update(_TEXT).where(_TEXT.c.tenant == self.tenant, *works).values(unsigned=true())
        )

    def _touch_writers(self, courses: Iterable[str], numbers: Collection[int]) -> None:
        if not numbers:
            return
        query = select(_TEXT.c.account).where(
            _TEXT.c.tenant == self.tenant, _TEXT.c.number.in_(listed(numbers))
        )
        accounts = list(self.connection.execute(query.distinct()).scalars())
        for course in courses:
            self.add(_TOUCHED, [(course, account) for account in accounts])

    def _numbers(self, *where: ColumnElement[bool]) -> list[int]:
        query = select(_TEXT.c.number).where(_TEXT.c.tenant == self.tenant, *where)
        return list(self.connection.execute(query).scalars())


def _latest(texts: Sequence[Text]) -> dict[Key, Text]:
    """Of each record the text that was told last; what cannot be written down is left out."""
    found: dict[Key, Text] = {}
    for text in texts:
        known = found.get((text.kind, text.id))
        if (known is None or text.told_at >= known.told_at) and _is_writable(text):
            found[text.kind, text.id] = text
    return found


def _is_writable(text: Text) -> bool:
    keys = (text.kind, text.id, text.person, text.activity)
    return all(map(findable, keys)) and writable(text.text or "")


def _is_news(text: Text, former: Any) -> bool:
    """Whether it says anything else than what is kept, and not something that was said before that."""
    if former is None:
        return text.text is not None or text.told_at > 0
    if text.told_at < former.told_at:
        return False
    now = (text.person, text.activity, text.at, text.text)
    return now != (former.by, former.activity, former.at, former.text)


def _columns(text: Text) -> dict[str, Any]:
    written = letters(text.text or "")
    return {
        "kind": text.kind,
        "record": text.id,
        "activity": text.activity,
        "at": text.at,
        "told_at": text.told_at,
        "size": len(written),
        "digest": hashlib.sha256(written.encode()).digest(),
        "text": text.text,
        "unsigned": text.kind == _HAND_IN and text.text is not None and text.at is not None,
    }


def touch_texts_by(transaction: TenantConnection, account: int, *, former: str | None = None) -> None:
    """What the account wrote is to be looked at again: its author is another, or nobody. So is what else the
    `former` author wrote: doubts that went with the account are theirs no more."""
    theirs = {} if former is None else accounts_of(transaction, [former]).get(former, {})
    query = select(_TEXT.c.course, _TEXT.c.source).where(
        _TEXT.c.tenant == transaction.tenant, _TEXT.c.account == account
    )
    for row in transaction.connection.execute(query.distinct()).all():
        courses = courses_of(transaction, row.source) if row.course == NOTHING else [row.course]
        transaction.add(_TOUCHED, [(course, number) for course in courses for number in (account, *theirs)])
