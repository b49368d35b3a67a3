"""Contract: evidence is a set. Batches in any order, cut and repeated anyhow, give the same evidence."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from hypothesis import given
from hypothesis import strategies as st

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import StoreError
from lms_scoring.domain.identity import mbox
from lms_scoring.ports import Act, ActKind, PersonEvidence, Scope, Store, Transaction
from tests.contract.conftest import NewStore
from tests.contract.story import (
    CHEN,
    CLASS_A,
    COURSE,
    LI,
    LRS,
    MOODLE,
    WANG,
    event,
    homework,
    post,
    statement,
)
from tests.fakes.memory_store import MemoryStore

PEOPLE = (LI, WANG, CHEN)
NOBODY = mbox("nobody@example.org")
JOINED = Act(at=5, kind=ActKind.JOINED, by="operator:office", reason="asked her", course=COURSE)
RECORDS: tuple[ev.Record, ...] = (
    *CLASS_A,
    post("p1", 1),
    post("p2", 2),
    homework("h1", 1),
    homework("h2", 2),
    ev.Recommendation(id="r1", submission="h1", by=CHEN.accounts[0], at=9_000),
)
EVENTS = tuple(
    event(f"e{n}", account=account, stored=n // 2)
    for n, account in enumerate((*LI.accounts, *WANG.accounts, NOBODY, *LI.accounts))
)
STATEMENTS = tuple(statement(f"s{n}", 1 + n % 2, stored=n) for n in range(4))
VOIDED = ("e0", "s1", "unheard of")

Item = TypeVar("Item")
Step = tuple[str, Sequence[object]]


def _step(kind: str, items: Sequence[Item]) -> st.SearchStrategy[Step]:
    return st.lists(st.sampled_from(items), max_size=6).map(lambda some: (kind, some))


def _any_step() -> st.SearchStrategy[Step]:
    return st.one_of(
        _step("people", PEOPLE),
        _step("records", RECORDS),
        _step("events", EVENTS),
        _step("statements", STATEMENTS),
        _step("voided", VOIDED),
        st.just(("another run", ())),
    )


def _whole() -> list[Step]:
    return [
        ("people", PEOPLE),
        ("records", RECORDS),
        ("events", EVENTS),
        ("statements", STATEMENTS),
        ("voided", VOIDED),
    ]


@given(
    first=st.lists(_any_step(), max_size=5),
    whole=st.permutations(_whole()),
    again=st.lists(_any_step(), max_size=3),
)
def test_any_interleaving_and_repetition_gives_the_same_evidence(
    new_store: NewStore, first: list[Step], whole: list[Step], again: list[Step]
) -> None:
    plain, shuffled = new_store(), new_store()
    _take(plain, _whole())
    _take(shuffled, [*first, *whole, *again])
    assert _evidence(shuffled) == _evidence(plain)


@given(cut=st.integers(min_value=1, max_value=5))
def test_batches_of_any_size_give_the_same_evidence(new_store: NewStore, cut: int) -> None:
    plain, cut_up = new_store(), new_store()
    _take(plain, _whole())
    for kind, items in _whole():
        _take(cut_up, [(kind, items[at : at + cut]) for at in range(0, len(items), cut)])
    assert _evidence(cut_up) == _evidence(plain)


CHANGES: tuple[ev.Record, ...] = (
    *RECORDS,
    post("p1", 2),
    post("p1", 1, bulletin=True),
    post("p2", 2, created_at=None),
    homework("h1", 1, grade=ev.Grade.GOOD, graded_by=CHEN.accounts[1]),
    homework("h2", person=NOBODY),
    CLASS_A[0],
    ev.Membership(
        id="learner-1",
        person=LI.accounts[1],
        role=ev.Role.LEARNER,
        class_="B",
        status=ev.MembershipStatus.ACTIVE,
    ),
    ev.Membership(
        id="learner-2",
        person=WANG.accounts[0],
        role=ev.Role.LEARNER,
        class_=None,
        status=ev.MembershipStatus.WITHDRAWN,
    ),
)
JOINING = (*PEOPLE, type(LI)(id=WANG.id, name="", accounts=(NOBODY, LI.accounts[1])))
SCOPES = (
    Scope(kind="membership", activity=None),
    Scope(kind="post", activity="25"),
    Scope(kind="submission", activity=None),
)


def _any_change() -> st.SearchStrategy[Step]:
    return st.one_of(
        _step("people", JOINING),
        _step("records", CHANGES),
        _step("events", EVENTS),
        _step("statements", STATEMENTS),
        _step("voided", VOIDED),
        _step("gone", SCOPES),
        _step("untouch", [person.id for person in PEOPLE]),
        _step("join", [(NOBODY, person.id) for person in PEOPLE]),
        _step("part", [NOBODY, LI.accounts[1]]),
        st.just(("another run", ())),
    )


@given(steps=st.lists(_any_change(), max_size=14))
def test_whatever_happens_every_store_says_the_same(new_store: NewStore, steps: list[Step]) -> None:
    store, model = new_store(), MemoryStore()
    _take(store, [("people", PEOPLE)])
    _take(model, [("people", PEOPLE)])
    assert _take(store, steps) == _take(model, steps)
    assert _everything(store) == _everything(model)


def _take(store: Store, steps: Sequence[Step]) -> list[object]:
    """Takes each step in a transaction of its own; what the store answers to each."""
    with store.writing() as transaction:
        runs = transaction.runs(COURSE)
        run = max((run.id for run in runs if run.source == MOODLE), default=0)
        if not run:
            run = transaction.begin_run(COURSE, MOODLE, at=1)
            transaction.begin_run(COURSE, LRS, at=1)
    said: list[object] = []
    for kind, items in steps:
        with store.writing() as transaction:
            if kind == "another run":
                run = transaction.begin_run(COURSE, MOODLE, at=1)
            else:
                said.append(_do(transaction, kind, list(items), run))
    return said


def _do(transaction: Transaction, kind: str, items: list, run: int) -> object:  # type: ignore[type-arg]
    match kind:
        case "people":
            return [(problem.code, problem.subject) for problem in transaction.keep_people(items).problems]
        case "records":
            return transaction.keep_records(COURSE, MOODLE, items, run=run)
        case "events":
            return transaction.keep_events(LRS, items)
        case "statements":
            return transaction.keep_statements(LRS, items)
        case "voided":
            transaction.keep_voided(LRS, items)
        case "join":
            return [_join(transaction, account, person) for account, person in items]
        case "part":
            return [_part(transaction, account) for account in items]
        case "untouch":
            transaction.untouch(COURSE, items)
        case "gone":
            return [_lose(transaction, scope, run) for scope in items]
    return list(transaction.touched(COURSE))


def _join(transaction: Transaction, account: str, person: str) -> object:
    try:
        transaction.join_account(account, person, transaction.keep_act(JOINED))
    except StoreError:
        return "not joined"
    return transaction.account_owner(account)


def _part(transaction: Transaction, account: str) -> object:
    try:
        transaction.part_account(account)
    except StoreError:
        return "not parted"
    return transaction.account_owner(account)


def _lose(transaction: Transaction, scope: Scope, run: int) -> object:
    would = transaction.would_be_gone(COURSE, MOODLE, scope, run=run)
    return would, transaction.mark_gone(COURSE, MOODLE, scope, run=run, at=10 * run + 1)


def _evidence(store: Store, *, at_run: int | None = None) -> list[PersonEvidence]:
    with store.reading() as transaction:
        return [
            PersonEvidence(
                person=found.person,
                records=list(found.records),
                events=dict(found.events),
                statements=dict(found.statements),
            )
            for found in transaction.evidence_of(COURSE, [p.id for p in PEOPLE], at_run=at_run)
        ]


def _everything(store: Store) -> list[object]:
    with store.reading() as transaction:
        runs = sorted(run.id for run in transaction.runs(COURSE))
        said = [
            list(transaction.people(COURSE)),
            list(transaction.memberships(COURSE)),
            list(transaction.touched(COURSE)),
            list(transaction.counts(COURSE)),
            list(transaction.unjoined(COURSE)),
            list(transaction.joined_accounts([person.id for person in PEOPLE])),
        ]
    return [*said, _evidence(store), *(_evidence(store, at_run=run) for run in runs[-3:])]
