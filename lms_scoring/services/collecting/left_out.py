"""What a source goes on telling of people who were erased is left out, before anything of it is stored.

Whoever is named with an account of theirs is them, with all other accounts that come along. What they did to
others stays, as nobody's: a mark they gave, a post of somebody else's that they deleted.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from lms_scoring.domain.evidence import Record, Submission, owner_of
from lms_scoring.domain.identity import KnownPerson, mbox, mbox_sha1sum, own_account, sha1_of
from lms_scoring.domain.set_aside_people import Origin, named_in, without
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


def without_erased(transaction: Erasures, batch: Batch, *, source: str) -> tuple[Batch, LeftOut]:
    """The source's batch without what is theirs, and how much that was. Raises SealBroken."""
    named = _NamedByProblems(batch, source)
    erased = _erased(transaction, batch, named)
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
        problems=[*_problems(batch, named, erased)],
    )
    pieces = sum(len(before) - len(after) for before, after in _lists(batch, kept))
    return kept, LeftOut(frozenset(erased.values()), pieces)


def erased_among(transaction: Erasures, people: Collection[str]) -> Collection[str]:
    """Who of these people, by id, was erased. Raises SealBroken."""
    erased = transaction.erased([own_account(id_) for id_ in people])
    return {id_ for id_ in people if own_account(id_) in erased}


def _lists(batch: Batch, kept: Batch) -> list[tuple[list[object], list[object]]]:
    names = ("people", "records", "events", "statements", "texts", "problems")
    return [(list(getattr(batch, name)), list(getattr(kept, name))) for name in names]


@dataclass(frozen=True, slots=True)
class _Meant:
    """Whose a problem is, and who else is named in the text of its record, which came from one of the
    origins. Of a text that cannot be read all are taken for its owners who may be in it: nothing of somebody
    who was erased comes back."""

    whose: frozenset[str]
    others: frozenset[str]
    origins: tuple[Origin, ...]

    def without(self, text: bytes | None, erased: Mapping[str, str]) -> bytes | None:
        """The text in which nobody who was erased is named."""
        if text is None or self.others.isdisjoint(erased):
            return text
        for origin in self.origins:
            text = without(text, frozenset(erased), origin)
        return text


class _NamedByProblems:
    """Whom each problem of a batch names, in their order; found out where somebody asks, who seldom does."""

    def __init__(self, batch: Batch, source: str) -> None:
        self._batch = batch
        self._source = source

    @cached_property
    def all(self) -> Sequence[_Meant]:
        """One of each."""
        homes = {
            account.removeprefix("account:").rpartition("|")[0]
            for account in _named_accounts(self._batch)
            if account.startswith("account:")
        }
        origins = tuple(Origin(source=self._source, home=home) for home in (None, *sorted(homes)))
        return [_named_by(problem, origins) for problem in self._batch.problems]


def _erased(transaction: Erasures, batch: Batch, named: _NamedByProblems) -> Mapping[str, str]:
    """The accounts in the batch of people who were erased; others that a roster gives them are remembered."""
    erased = dict(transaction.erased(_accounts(batch, named)))
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


def _accounts(batch: Batch, named: _NamedByProblems) -> Iterator[str]:
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
    for one in named.all:
        yield from one.whose | one.others


def _named(person: KnownPerson) -> set[str]:
    return {own_account(person.id), *person.accounts}


def _nobodys(record: Record, erased: Mapping[str, str]) -> Record:
    if isinstance(record, Submission) and record.graded_by is not None:
        return replace(record, graded_by=erased.get(record.graded_by, record.graded_by))
    return record


def _of_nobody(one: LmsStatement, erased: Mapping[str, str]) -> LmsStatement:
    by = one.by if one.by is None else erased.get(one.by, one.by)
    return one._replace(account=erased.get(one.account, one.account), by=by)


def _problems(batch: Batch, named: _NamedByProblems, erased: Mapping[str, str]) -> Iterator[Problem]:
    """Those of others. Whom one is about it says, or the records that are left out, or its raw text."""
    gone = {one.id for one in batch.records if owner_of(one) in erased}
    for one, meant in zip(batch.problems, named.all, strict=True):
        if gone.isdisjoint((one.subject, one.record)) and meant.whose.isdisjoint(erased):
            yield replace(one, raw=meant.without(one.raw, erased))


def _named_by(problem: Problem, origins: tuple[Origin, ...]) -> _Meant:
    whose = {own_account(problem.person)} if problem.person else set[str]()
    raw = problem.raw
    if raw is None:
        return _Meant(frozenset(whose), frozenset(), ())
    read = [named for origin in origins if (named := named_in(raw, origin)) is not None]
    if not read:
        return _Meant(frozenset({*whose, *_words_in(raw, origins)}), frozenset(), ())
    return _Meant(
        frozenset(whose.union(*(named.whose for named in read))),
        frozenset().union(*(named.others for named in read)),
        origins,
    )


def _words_in(raw: bytes, origins: Collection[Origin]) -> Iterator[str]:
    """Accounts that may be in a record that nobody can read."""
    for found in ADDRESS.findall(raw):
        yield mbox(found.decode(errors="replace"))
        yield sha1_of(found.decode(errors="replace"))
    for found in SHA1.findall(raw):
        yield mbox_sha1sum(found.decode())
    for found in ACCOUNT.findall(raw):
        name = found.decode(errors="replace").strip()
        yield from (f"account:{one.home}|{name}" for one in origins)


def _named_accounts(batch: Batch) -> Iterator[str]:
    yield from (account for person in batch.people for account in person.accounts)
    yield from map(owner_of, batch.records)
    yield from (one.account for one in batch.events)
    yield from (one.account for one in batch.statements)
