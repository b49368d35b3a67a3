"""Whose scores may have changed: accounts are marked when their evidence does, until they are scored."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sqlalchemy import delete, false, select, true, update

from lms_scoring.domain.evidence import Role
from lms_scoring.domain.statements import LmsVerb
from lms_scoring.store import tables
from lms_scoring.store.dialect import listed
from lms_scoring.store.members import Member, Members


class Touches(Members):
    """The part of a transaction about persons to be scored again."""

    def begin_run(
        self, course: str, source: str, *, at: int, full: bool = False, shared: bool = False
    ) -> int:
        """As `Runs` has it. A source's first run touches all members of the course: what the source told
        other courses before is their evidence from now on."""
        is_first = source not in self.sources_of(course)
        run = super().begin_run(course, source, at=at, full=full, shared=shared)
        if is_first:
            self.touch(course, {member.account for member in self.members(course)})
        return run

    def touched(self, course: str) -> Sequence[str]:
        """Persons of the course whose evidence changed since `untouch`, by id.

        A tutor's card depends on the class, so what learners hand in touches the tutors as well.
        """
        account, touched = tables.account, tables.touched
        marked = select(touched.c.account).where(touched.c.tenant == self.tenant, touched.c.course == course)
        numbers = set(self.connection.execute(marked).scalars())
        for source in self.sources_of(course):
            numbers |= self._of_unsettled_voids(source)
        persons = select(account.c.person).where(
            account.c.tenant == self.tenant, account.c.id.in_(listed(numbers))
        )
        members = {member.person for member in self.members(course) if member.person is not None}
        return sorted(members.intersection(self.connection.execute(persons).scalars()))

    def touch_persons(self, course: str, persons: Sequence[str]) -> None:
        """Something else than their evidence changed."""
        self.touch(course, (account for theirs in self.accounts_of(persons).values() for account in theirs))

    def untouch(self, course: str, persons: Sequence[str]) -> None:
        """To be called in the transaction that read the evidence: what came in between would be forgotten."""
        for source in self.sources_of(course):
            self.settle_voids(source)
        account, touched = tables.account, tables.touched
        theirs = select(account.c.id).where(
            account.c.tenant == self.tenant, account.c.person.in_(listed(persons))
        )
        self.connection.execute(
            delete(touched).where(
                touched.c.tenant == self.tenant, touched.c.course == course, touched.c.account.in_(theirs)
            )
        )

    def touch(self, course: str, accounts: Iterable[int]) -> None:
        """Marks accounts whose evidence in the course changed."""
        self.add(tables.touched, [(course, account) for account in accounts])

    def touch_authors(self, source: str, objects: Iterable[str]) -> None:
        """Marks whoever told of these things: somebody else may have deleted them."""
        authors = self._authors_of(source, list(objects))
        for course in self.courses_of(source) if authors else ():
            self.touch(course, authors)

    def touch_tutors(self, course: str, learners: Iterable[int]) -> None:
        """Marks the tutors of every class that the learners, named by an account, are or were in."""
        numbers = set(learners)
        persons = self._persons_of(numbers)
        members = self.members(course)
        classes = {
            member.membership.class_
            for member in members
            if member.membership.role is Role.LEARNER
            and (member.account in numbers or member.person in persons)
        }
        self.touch(course, {m.account for m in _tutors(members) if m.membership.class_ in classes})

    def touch_all_tutors(self, course: str) -> None:
        """Marks them after a change of memberships: who left a class counts no more for its tutor."""
        self.touch(course, {member.account for member in _tutors(self.members(course))})

    def settle_voids(self, source: str) -> None:
        """Marks those whose statements were voided, in one reading for any number of them."""
        accounts = self._of_unsettled_voids(source)
        for course in self.courses_of(source):
            self.touch(course, accounts)
        voided = tables.voided_statement
        self.connection.execute(
            update(voided)
            .where(voided.c.tenant == self.tenant, voided.c.source == source, voided.c.settled == false())
            .values(settled=true())
        )

    def _of_unsettled_voids(self, source: str) -> set[int]:
        voided = tables.voided_statement
        unsettled = select(voided.c.id).where(
            voided.c.tenant == self.tenant, voided.c.source == source, voided.c.settled == false()
        )
        if self.connection.execute(unsettled.limit(1)).first() is None:
            return set()
        found: set[int] = set()
        for table in (tables.watch_event, tables.lms_statement):
            theirs = select(table.c.account).where(
                table.c.tenant == self.tenant, table.c.source == source, table.c.id.in_(unsettled)
            )
            found.update(self.connection.execute(theirs.distinct()).scalars())
        told = tables.lms_statement
        deleted = select(told.c.object).where(
            told.c.tenant == self.tenant,
            told.c.source == source,
            told.c.verb == LmsVerb.POST_DELETED.value,
            told.c.id.in_(unsettled),
        )
        found |= self._authors_of(source, list(self.connection.execute(deleted).scalars()))
        return found

    def _authors_of(self, source: str, objects: Sequence[str]) -> set[int]:
        if not objects:
            return set()
        told = tables.lms_statement
        query = select(told.c.account).where(
            told.c.tenant == self.tenant, told.c.source == source, told.c.object.in_(objects)
        )
        return set(self.connection.execute(query.distinct()).scalars())

    def _persons_of(self, accounts: Iterable[int]) -> set[str | None]:
        account = tables.account
        query = select(account.c.person).where(
            account.c.tenant == self.tenant,
            account.c.id.in_(listed(accounts)),
            account.c.person.is_not(None),
        )
        return set(self.connection.execute(query).scalars())


def _tutors(members: Iterable[Member]) -> Iterable[Member]:
    return (member for member in members if member.membership.role is Role.TUTOR)
