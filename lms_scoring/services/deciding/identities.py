"""Identities: an account that no roster names is joined to one person by hand, signed, and parted again.

Identity is exact: somebody who knows whose the account is says so, with a reason. Hints show what is the same
of an account and of a person, and join nobody. All that the account left behind, in whatever course, is then
the person's, as if a roster had named it: looked at for doubts, then scored, as after a sync.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from lms_scoring.domain.errors import CannotBeDecided, UnknownPerson
from lms_scoring.domain.hints import Hint, Hints
from lms_scoring.domain.identity import account_key, without_address
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.ports import (
    Act,
    ActKind,
    Clock,
    JoinedAccount,
    Store,
    Transaction,
    UnjoinedAccount,
)
from lms_scoring.services.following_up.follow_up import look
from lms_scoring.services.paging import page_there
from lms_scoring.services.scoring.assess import Assessed, assess_persons, goes_by
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import Signature, check_open
from lms_scoring.services.unattended.calls import wake_scorers

PER_PAGE = 50
"""Accounts of nobody on one page."""

ACTS = (ActKind.JOINED, ActKind.PARTED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Stray:
    """An account of nobody, by its key, and what speaks for whose it is."""

    key: str
    left: UnjoinedAccount
    hints: Sequence[Hint]


@dataclass(frozen=True, slots=True, kw_only=True)
class ByHand:
    """An account that somebody joined by hand, by its key."""

    key: str
    joined: JoinedAccount


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """The accounts of a course that no roster names: those of nobody, those joined by hand to its people, and
    what was signed about any."""

    strays: Sequence[Stray]
    """Those of the page, of those that left most first."""
    found: int
    """How many are of nobody, on all pages."""
    number: int
    pages: int
    by_hand: Sequence[ByHand]
    acts: Sequence[Act]
    """The latest first."""
    names: Mapping[str, str]
    """Of all who are spoken of, by id."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OneAccount:
    """An account: nobody's, or joined by hand; and the names of all who are spoken of."""

    stray: Stray | None
    joined: ByHand | None
    names: Mapping[str, str]


def accounts_of(rules: CourseRules, store: Store, *, page: int = 1, per_page: int = PER_PAGE) -> Accounts:
    """As they are now; of a page that there is not the nearest."""
    with store.reading() as transaction:
        people = transaction.people(rules.course)
        hints = Hints(people)
        found = transaction.unjoined_count(rules.course)
        pages = -(-found // per_page)
        number = page_there(page, pages)
        strays = transaction.unjoined(rules.course, first=(number - 1) * per_page, rows=per_page)
        by_hand = _by_hand(transaction, rules.course)
        acts = transaction.acts(course=rules.course, kinds=ACTS)
        named = {act.person for act in acts} | {act.by for act in acts} | {one.id for one in people}
        for one in by_hand:
            named |= {one.joined.by_roster, one.joined.act.by}
        return Accounts(
            strays=[_as_stray(left, hints) for left in strays],
            found=found,
            number=number,
            pages=pages,
            by_hand=by_hand,
            acts=[*reversed(acts)],
            names=transaction.names({one for one in named if one is not None}),
        )


def one_account(rules: CourseRules, store: Store, key: str) -> OneAccount | None:
    """The account of that key, as it is now; None where it is neither nobody's nor joined by hand here."""
    with store.reading() as transaction:
        left = transaction.unjoined_keyed(rules.course, key)
        joined = next((one for one in _by_hand(transaction, rules.course) if one.key == key), None)
        if left is None and joined is None:
            return None
        stray = None if left is None else _as_stray(left, Hints(transaction.people(rules.course)))
        told = None if joined is None else joined.joined
        whose = set() if told is None else {told.person, told.by_roster, told.act.by}
        names = transaction.names({one for one in whose if one is not None})
        return OneAccount(stray=stray, joined=joined, names=names)


def join(
    rules: CourseRules, key: str, person: str, signed: Signature, store: Store, *, clock: Clock
) -> Assessed:
    """Joins the account to the person, looks for doubts, and scores whom that concerns in the course.

    Raises CannotBeDecided where the account is somebody's already, the course is closed, or somebody joins
    to themselves; and UnknownPerson for who has no part in the course.
    """
    with store.writing() as transaction:
        now, course = clock.now(), rules.course
        check_open(transaction, course)
        _check_not_own(signed, person)
        account = _stray(transaction, course, key)
        if not transaction.memberships(course, persons=[person]):
            raise UnknownPerson(f"{person} has no part in {course}; an account is joined to its people alone")
        act = transaction.keep_act(_act(ActKind.JOINED, course, account, person, signed, at=now))
        transaction.join_account(account, person, act)
        wake_scorers(transaction)
    return _assessed(rules, {person}, store, clock)


def part(
    rules: CourseRules,
    key: str,
    signed: Signature,
    store: Store,
    *,
    clock: Clock,
    act: int | None = None,
) -> Assessed:
    """Undoes a joining, looks for doubts, and scores whom that concerns in the course; `act` is the number of
    the one that was seen (None: whichever it is).

    Raises CannotBeDecided where the account is not joined so, the course is closed, or it is one's own.
    """
    with store.writing() as transaction:
        now, course = clock.now(), rules.course
        check_open(transaction, course)
        joined = _joined(transaction, course, key, act=act)
        account, person = joined.account, joined.person
        _check_not_own(signed, person)
        transaction.keep_act(_act(ActKind.PARTED, course, account, person, signed, at=now))
        transaction.part_account(account)
        heir = transaction.account_owner(account)
        wake_scorers(transaction)
    return _assessed(rules, {person} if heir is None else {person, heir}, store, clock)


def _assessed(rules: CourseRules, persons: set[str], store: Store, clock: Clock) -> Assessed:
    """These at once, once their doubts are known: no verdict goes out before that. Where the course goes by
    other rules meanwhile, or is closed, nobody: the job scores whoever it is to.
    """
    look(rules, store, clock=clock)
    with store.writing() as transaction:
        if not goes_by(transaction, rules):
            return Assessed(scored=0, changed=0)
        return assess_persons(transaction, rules, persons, now=clock.now())


def _as_stray(left: UnjoinedAccount, hints: Hints) -> Stray:
    return Stray(key=account_key(left.account), left=left, hints=hints.of(left.account))


def _stray(transaction: Transaction, course: str, key: str) -> str:
    left = transaction.unjoined_keyed(course, key)
    if left is not None:
        return left.account
    for one in _by_hand(transaction, course):
        if one.key == key:
            raise CannotBeDecided(
                Obstacle.TAKEN, f"the account {key} is joined to {one.joined.person} already; undo that first"
            )
    raise CannotBeDecided(
        Obstacle.NO_ACCOUNT,
        f"{course} has no account {key} that is nobody's; `lms-scoring identity list` shows those it has",
    )


def _joined(transaction: Transaction, course: str, key: str, *, act: int | None) -> JoinedAccount:
    for one in _by_hand(transaction, course):
        if one.key == key and act in (None, one.joined.act.number):
            return one.joined
    raise CannotBeDecided(
        Obstacle.STALE,
        f"the account {key} is not joined by hand, or not any more as it was; `lms-scoring identity list` "
        "shows how it is",
    )


def _by_hand(transaction: Transaction, course: str) -> list[ByHand]:
    persons = {one.person for one in transaction.memberships(course)}
    return [ByHand(key=account_key(one.account), joined=one) for one in transaction.joined_accounts(persons)]


def _check_not_own(signed: Signature, person: str) -> None:
    if signed.by == person:
        raise CannotBeDecided(
            Obstacle.OWN_ACCOUNT,
            "nobody joins accounts to themselves, or parts their own; somebody else must sign",
        )


def _act(kind: ActKind, course: str, account: str, person: str, signed: Signature, *, at: int) -> Act:
    return Act(
        at=at,
        kind=kind,
        by=signed.by,
        reason=signed.reason,
        course=course,
        person=person,
        subject=without_address(account),
    )
