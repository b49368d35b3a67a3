"""What a source goes on telling of people who were erased is left out, before anything of it is stored.

Whoever is named with an account of theirs is them, with all other accounts that come along. What they did to
others stays, as nobody's: a mark they gave, a post of somebody else's that they deleted.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from lms_scoring.domain.evidence import Record, Submission, owner_of
from lms_scoring.domain.identity import KnownPerson, mbox, mbox_sha1sum, own_account, sha1_of
from lms_scoring.domain.statements import LmsStatement, LmsVerb
from lms_scoring.ports import Batch, Erasures, Problem, ProblemKind

ADDRESS = re.compile(rb"[\w.+-]+@[\w.-]+\w")
SHA1 = re.compile(rb"(?<![0-9A-Fa-f])[0-9A-Fa-f]{40}(?![0-9A-Fa-f])")
ACCOUNT = re.compile(rb'"(?:name|\w*(?:user|author)\w*)"\s*:\s*"?([^",}]+)')


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Of how many people something was left out, and how much."""

    people: frozenset[str] = frozenset()
    """What stands for each of them."""
    pieces: int = 0

    def __add__(self, other: LeftOut) -> LeftOut:
        return LeftOut(self.people | other.people, self.pieces + other.pieces)

    def problems(self) -> Iterator[Problem]:
        """What is to be told of it."""
        if self.people:
            yield Problem(
                kind=ProblemKind.NOTICE,
                code="erased_people",
                text=(
                    f"people who were erased here and are told of again: {len(self.people)}; what is theirs "
                    f"was left out ({self.pieces} pieces)"
                ),
                subject="",
            )


def without_erased(transaction: Erasures, batch: Batch) -> tuple[Batch, LeftOut]:
    """The batch without what is theirs, and how much that was. Raises SealBroken."""
    erased = _erased(transaction, batch)
    if not erased:
        return batch, LeftOut()
    kept = replace(
        batch,
        people=[one for one in batch.people if own_account(one.id) not in erased],
        records=[_nobodys(one, erased) for one in batch.records if owner_of(one) not in erased],
        events=[one for one in batch.events if one.account not in erased],
        statements=[
            _of_nobody(one, erased)
            for one in batch.statements
            if one.account not in erased or one.verb is LmsVerb.POST_DELETED
        ],
        texts=[one for one in batch.texts if one.person not in erased],
        problems=[*_problems(batch, erased)],
    )
    pieces = sum(len(before) - len(after) for before, after in _lists(batch, kept))
    return kept, LeftOut(frozenset(erased.values()), pieces)


def _lists(batch: Batch, kept: Batch) -> list[tuple[list[object], list[object]]]:
    names = ("people", "records", "events", "statements", "texts", "problems")
    return [(list(getattr(batch, name)), list(getattr(kept, name))) for name in names]


def _erased(transaction: Erasures, batch: Batch) -> Mapping[str, str]:
    """The accounts in the batch of people who were erased; others that a roster gives them are remembered."""
    erased = dict(transaction.erased(_accounts(batch)))
    if not erased:
        return erased
    met: dict[str, str] = {}
    for theirs in map(_named, batch.people):
        stands = min((erased[account] for account in theirs if account in erased), default=None)
        if stands is not None:
            addresses = {one.removeprefix("mbox:") for one in theirs if one.startswith("mbox:")}
            met |= dict.fromkeys(theirs | set(map(sha1_of, addresses)), stands)
    new = {account: stands for account, stands in met.items() if account not in erased}
    if new:
        transaction.remember_erased(new)
    return erased | met


def _accounts(batch: Batch) -> Iterator[str]:
    """All that are named; asked for one after another, so that nothing is done where nobody was erased."""
    for person in batch.people:
        yield from _named(person)
    for record in batch.records:
        yield owner_of(record)
        if isinstance(record, Submission) and record.graded_by is not None:
            yield record.graded_by
    yield from (one.account for one in batch.events)
    for statement in batch.statements:
        yield statement.account
        if statement.by is not None:
            yield statement.by
    yield from (one.person for one in batch.texts)
    for problem in batch.problems:
        yield from _told_in(problem, batch)


def _named(person: KnownPerson) -> set[str]:
    return {own_account(person.id), *person.accounts}


def _nobodys(record: Record, erased: Mapping[str, str]) -> Record:
    if isinstance(record, Submission) and record.graded_by is not None:
        return replace(record, graded_by=erased.get(record.graded_by, record.graded_by))
    return record


def _of_nobody(one: LmsStatement, erased: Mapping[str, str]) -> LmsStatement:
    by = one.by if one.by is None else erased.get(one.by, one.by)
    return one._replace(account=erased.get(one.account, one.account), by=by)


def _problems(batch: Batch, erased: Mapping[str, str]) -> Iterator[Problem]:
    """Those of others. Whom one is about it says, or the records that are left out, or its raw text."""
    gone = {one.id for one in batch.records if owner_of(one) in erased}
    for one in batch.problems:
        if gone.isdisjoint((one.subject, one.record)) and not any(
            account in erased for account in _told_in(one, batch)
        ):
            yield one


def _told_in(problem: Problem, batch: Batch) -> Iterator[str]:
    """Accounts that are meant, or may be in a record that was set aside as it came."""
    if problem.person:
        yield own_account(problem.person)
    raw = problem.raw
    if raw is None:
        return
    for found in ADDRESS.findall(raw):
        yield mbox(found.decode(errors="replace"))
        yield sha1_of(found.decode(errors="replace"))
    for found in SHA1.findall(raw):
        yield mbox_sha1sum(found.decode())
    homes = {account.rpartition("|")[0] for account in _named_accounts(batch) if "|" in account}
    for found in ACCOUNT.findall(raw):
        name = found.decode(errors="replace").strip()
        yield from (f"{home}|{name}" for home in homes)


def _named_accounts(batch: Batch) -> Iterator[str]:
    yield from (account for person in batch.people for account in person.accounts)
    yield from map(owner_of, batch.records)
    yield from (one.account for one in batch.events)
    yield from (one.account for one in batch.statements)
