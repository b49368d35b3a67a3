"""Whose scores may have changed: accounts are marked when their evidence does, until they are scored."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    bindparam,
    case,
    cast,
    delete,
    exists,
    func,
    null,
    select,
    union_all,
    update,
)

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.scorecard import CardState
from lms_scoring.store import tables
from lms_scoring.store.databases.dialect import ask, list_parameter, listed, listed_later, rows, unindexed
from lms_scoring.store.roll import accounts_of, members_asked, members_of
from lms_scoring.store.tenant_connection import TENANT, TenantConnection
from lms_scoring.store.touched.marking import touch, touch_persons
from lms_scoring.store.touched.voids import UNSETTLED, accounts_of_voids, settle_voids

_UNMADE = "unmade"
"""In place of an assessment's name: of whoever it stands at no card could be made."""
_ENDED = "ended"
"""In place of the name of an assessment that goes on without these: they are taken up, and by nobody."""
_TOUCHED = tables.touched
_MARKS = select(_TOUCHED.c.account).where(
    _TOUCHED.c.tenant == TENANT, _TOUCHED.c.course == bindparam("course_")
)
_TAKEN_UP = _MARKS.where(_TOUCHED.c.assessment != _UNMADE)
ANY_TAKEN_UP = _TAKEN_UP.limit(1)
_ANY_TOUCHED = _MARKS.where(_TOUCHED.c.assessment.is_distinct_from(_UNMADE)).limit(1)
ANY_UNMADE = _MARKS.where(_TOUCHED.c.assessment == _UNMADE).limit(1)
_CARD = tables.scorecard


def _marked(*whose: ColumnElement[bool]) -> Select[Any]:
    """Accounts that are marked, and sources of which the marks of voided statements are still to be made:
    asked at once, for there is hardly ever either."""
    return select(
        union_all(
            select(_TOUCHED.c.account, cast(null(), Text).label("source")).where(
                _TOUCHED.c.tenant == TENANT, _TOUCHED.c.course == bindparam("course_"), *whose
            ),
            UNSETTLED.with_only_columns(cast(null(), Integer), tables.voided_statement.c.source),
        ).subquery()
    )


_MARKED = _marked()
_ANY_MARKED = _MARKED.limit(1)
_CARDS = (_CARD.c.tenant == TENANT, _CARD.c.course == bindparam("course_"))
_GUIDED = select(_CARD.c["class"]).where(
    *_CARDS, _CARD.c.role == Role.TUTOR.value, _CARD.c.person.in_(listed_later("persons_"))
)
_LEARNING_IN = select(_CARD.c.person).where(
    *_CARDS, _CARD.c.role == Role.LEARNER.value, _CARD.c["class"].in_(listed_later("classes_"))
)
_ANY_FAILED = (
    select(_CARD.c.person)
    .where(*_CARDS, _CARD.c.as_of < bindparam("since_"), _CARD.c.state == CardState.FAIL.value)
    .limit(1)
)


def _uncounted() -> Select[Any]:
    """Who failed, is concerned by one of some marked accounts, and has no card since: of each that is looked
    for by its person, or each would look through all that the course has since."""
    account, card, own, other = tables.account, _CARD, _CARD.alias().c, _CARD.alias().c
    here = (card.c.tenant == TENANT) & (card.c.course == bindparam("course_"))
    persons = select(account.c.person).where(
        account.c.tenant == TENANT,
        account.c.id.in_(listed_later("accounts_")),
        account.c.person.is_not(None),
    )
    classes = select(other["class"]).where(
        other.tenant == TENANT,
        other.course == bindparam("course_"),
        other.role == Role.LEARNER.value,
        other.person.in_(persons),
    )
    counted = exists().where(
        own.tenant == TENANT,
        own.course == bindparam("course_"),
        own.person == card.c.person,
        unindexed(own.as_of) >= bindparam("since_"),
    )
    guides = (card.c.role == Role.TUTOR.value) & card.c["class"].in_(classes)
    return (
        select(card.c.person)
        .where(here, card.c.state == CardState.FAIL.value, card.c.as_of < bindparam("since_"))
        .where(card.c.person.in_(persons) | guides, ~counted)
        .distinct()
    )


UNCOUNTED = _uncounted()
MARKED_OF = _marked(
    _TOUCHED.c.account.in_(
        select(tables.account.c.id).where(
            tables.account.c.tenant == TENANT, tables.account.c.person.in_(listed_later("persons_"))
        )
    )
)


class Touches(TenantConnection):
    """The part of a transaction about persons to be scored again."""

    def touch_members(self, course: str) -> None:
        """All members of the course: there is a source whose evidence was not theirs before."""
        touch(self, course, {member.account for member in members_of(self, course)})

    def touched(self, course: str, *, persons: Collection[str] | None = None) -> Sequence[str]:
        """Persons of the course, or those of some, whose evidence changed since `untouch`, by id.

        A tutor's card depends on the class, so what learners hand in touches the tutors as well.
        """
        numbers = self._accounts_marked(course, persons)
        return self._members_with(course, numbers, persons) if numbers else []

    def uncounted(self, course: str, *, since: int, persons: Collection[str] | None = None) -> Sequence[str]:
        """No membership is read for that: cards say who learns and who guides."""
        asked: dict[str, Any] = {"tenant_": self.tenant, "course_": course}
        if persons is None and not ask(self.connection, _ANY_FAILED, **asked, since_=since):
            return []  # as while everybody is touched by something else
        concerned = None if persons is None else self._with_guided(course, persons)
        numbers = self._accounts_marked(course, concerned)
        if not numbers:
            return []  # as of those who are just scored
        found = ask(
            self.connection, UNCOUNTED, **asked, since_=since, accounts_=list_parameter(sorted(numbers))
        )
        return sorted(person for (person,) in found if persons is None or person in persons)

    def is_anybody_touched(self, course: str) -> bool:
        """By one mark, or one voiding of which none is made yet."""
        return bool(ask(self.connection, _ANY_MARKED, tenant_=self.tenant, course_=course))

    def is_touched(self, course: str) -> bool:
        """By one mark, or one voiding of which none is made yet, whosever it is."""
        asked = {"tenant_": self.tenant, "course_": course}
        return any(ask(self.connection, question, **asked) for question in (_ANY_TOUCHED, UNSETTLED))

    def forget_strangers(self, course: str) -> None:
        """A shared source marks its accounts in each of its courses, members or not. What was voided is
        settled as well: most of it may concern nobody here, and be looked for on every page else."""
        settle_voids(self, course)
        marked = {number for (number,) in ask(self.connection, _MARKS, tenant_=self.tenant, course_=course)}
        if not marked:
            return
        account, touched = tables.account, tables.touched
        owners = select(account.c.id, account.c.person).where(
            account.c.tenant == self.tenant, account.c.id.in_(listed(marked))
        )
        members = {member.person for member in members_of(self, course)} - {None}
        theirs = {number for number, person in self.connection.execute(owners) if person in members}
        self.connection.execute(
            delete(touched).where(
                touched.c.tenant == self.tenant,
                touched.c.course == course,
                touched.c.account.in_(listed(marked - theirs)),
            )
        )

    def touch_persons(self, course: str, persons: Sequence[str]) -> None:
        """Something else than their evidence changed."""
        touch_persons(self, course, persons)

    def mark_voided(self, course: str) -> None:
        """By settling what was."""
        settle_voids(self, course)

    def take_up(self, course: str, persons: Sequence[str], *, assessment: str) -> None:
        """These are being scored by the assessment of that name; what touches them from now on ends that."""
        settle_voids(self, course)
        accounts = {account for theirs in accounts_of(self, persons).values() for account in theirs}
        self.put(tables.touched, [(course, account, assessment) for account in sorted(accounts)])

    def taken_up(self, course: str, persons: Sequence[str], *, assessment: str) -> Sequence[str]:
        """Those of them whom it took up, nothing touched since, and nobody else scored or took up."""
        settle_voids(self, course)
        query = self._with_marks_of(course, assessment)
        query = query.where(tables.account.c.person.in_(listed(persons)))
        return sorted(self.connection.execute(query).scalars())

    def is_taken_up(self, course: str) -> bool:
        """An account that no member has any more keeps nobody busy."""
        asked = {"tenant_": self.tenant, "course_": course}
        if not ask(self.connection, ANY_TAKEN_UP, **asked):
            return False  # as nearly always
        return bool(
            self._members_with(course, {account for (account,) in ask(self.connection, _TAKEN_UP, **asked)})
        )

    def leave_unmade(self, course: str, persons: Sequence[str]) -> None:
        """They stay touched, by an assessment that is none."""
        accounts = {account for theirs in accounts_of(self, persons).values() for account in theirs}
        self.put(tables.touched, [(course, account, _UNMADE) for account in sorted(accounts)])

    def unmade(self, course: str) -> Sequence[str]:
        """Of whom no card could be made, and whom nothing touched since and nobody took up."""
        if not self.is_unmade(course):
            return []  # as nearly always
        return sorted(self.connection.execute(self._with_marks_of(course, _UNMADE)).scalars())

    def is_unmade(self, course: str) -> bool:
        """By one mark."""
        return bool(ask(self.connection, ANY_UNMADE, tenant_=self.tenant, course_=course))

    def end_assessments(self, course: str) -> None:
        """Whoever is being scored is left to the next assessment: cards that name somebody who was erased
        may just be made. They stay taken up, so that it is seen that they wait. Who is unmade is not being
        scored, and is tried again in time."""
        touched = tables.touched
        self.connection.execute(
            update(touched)
            .where(touched.c.tenant == self.tenant, touched.c.course == course)
            .where(touched.c.assessment != _UNMADE)
            .values(assessment=_ENDED)
        )

    def untouch(self, course: str, persons: Sequence[str]) -> None:
        """Of whoever read their evidence in this transaction, or has just asked whom it `taken_up` still."""
        settle_voids(self, course)
        account, touched = tables.account, tables.touched
        theirs = select(account.c.id).where(
            account.c.tenant == self.tenant, account.c.person.in_(listed(persons))
        )
        self.connection.execute(
            delete(touched).where(
                touched.c.tenant == self.tenant, touched.c.course == course, touched.c.account.in_(theirs)
            )
        )

    def _accounts_marked(self, course: str, persons: Collection[str] | None = None) -> set[int]:
        """The accounts, whosever they are, all or of some persons."""
        asked: dict[str, Any] = {"tenant_": self.tenant, "course_": course}
        if persons is None:
            found = rows(self.connection, _MARKED, **asked)
        else:
            found = rows(self.connection, MARKED_OF, **asked, persons_=list_parameter(persons))
        numbers = {row.account for row in found if row.account is not None}
        for source in {row.source for row in found if row.source is not None}:
            numbers |= accounts_of_voids(self, source)
        return numbers

    def _with_guided(self, course: str, persons: Collection[str]) -> set[str]:
        """The persons, and who learns in a class that one of them guides."""
        here = {"tenant_": self.tenant, "course_": course}
        guided = ask(self.connection, _GUIDED, **here, persons_=list_parameter(persons))
        classes = {name for (name,) in guided}
        if not classes:
            return {*persons}  # as nearly always: grades are asked about, and they are learners'
        learning = ask(self.connection, _LEARNING_IN, **here, classes_=list_parameter(classes))
        return {*persons, *(person for (person,) in learning)}

    def _members_with(
        self, course: str, accounts: Collection[int], persons: Collection[str] | None = None
    ) -> list[str]:
        """Whose the accounts are, of those (all, or some) who have or had a place in the course; by id."""
        account = tables.account
        owners = select(account.c.person).where(
            account.c.tenant == self.tenant, account.c.id.in_(listed(accounts))
        )
        found = members_asked(self, course, persons)
        members = {member.person for member in found if member.person is not None}
        return sorted(members.intersection(self.connection.execute(owners).scalars()))

    def _with_marks_of(self, course: str, assessment: str) -> Select[Any]:
        """Persons all of whose marks are by the assessment."""
        account, touched = tables.account, tables.touched
        others = touched.c.assessment.is_distinct_from(assessment)
        return (
            select(account.c.person)
            .join(touched, (touched.c.tenant == account.c.tenant) & (touched.c.account == account.c.id))
            .where(touched.c.tenant == self.tenant, touched.c.course == course)
            .where(account.c.person.is_not(None))
            .group_by(account.c.person)
            .having(func.max(case((others, 1), else_=0)) == 0)
        )
