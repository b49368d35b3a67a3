"""Contract: when somebody is erased, all other cards stay as they are to the last bit, made anew too."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from hypothesis import given as drawing
from hypothesis import settings
from hypothesis import strategies as st

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.identity import ERASED, KnownPerson
from lms_scoring.domain.scorecard import Finding, Scorecard
from lms_scoring.ports import CardRow, Kept, RunState, Store
from lms_scoring.services.access.erase import erase
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.signing import Signature
from tests.contract.conftest import NewStore
from tests.fixtures.courses.scripted import COURSE, MOODLE, StandingClock, account_of, bindings, rules
from tests.given import LI
from tests.property import drawn

CLOCK = StandingClock()
SIGNED = Signature(by="operator:office", reason="asked for")
RULES = rules(
    bindings=bindings(
        study_time=("a", "b", "c"), homework=("h",), journal=("j",), posts=("f",), bulletins=("news",)
    )
)


def filled(new_store: NewStore, records: list[ev.Record]) -> Store:
    """A store with what was drawn: told by a Moodle, or entered here."""
    store = new_store()
    with store.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=1)
        transaction.keep_people(
            [KnownPerson(id=one, name=one.title(), accounts=(account_of(one),)) for one in drawn.PEOPLE]
        )
        told = [by_account(one) for one in records if not isinstance(one, ev.Recommendation | ev.Decision)]
        transaction.keep_records(COURSE, MOODLE, told, run=run)
        transaction.end_run(run, at=2, state=RunState.DONE, kept=Kept())
        for one in records:
            if isinstance(one, ev.Recommendation):
                named = f"here/{one.by}-{one.id}/{MOODLE}/{one.submission}"
                transaction.keep_recommendation(
                    COURSE, replace(one, id=named, submission=f"{MOODLE}/{one.submission}", gone_at=None)
                )
            elif isinstance(one, ev.Decision):
                decision = replace(one, id=f"here/{one.person}-{one.id}", target=named_target(one.target))
                transaction.keep_decision(COURSE, replace(decision, gone_at=None), at=3)
    assess(RULES, store, clock=CLOCK)
    return store


def by_account(record: Any) -> Any:
    """As a source names people; of the one who will be erased every work is marked and read."""
    changes: dict[str, Any] = {"person": account_of(record.person), "gone_at": None}
    if isinstance(record, ev.Submission):
        changes |= {"task": None, "graded_by": account_of("wang")}
        if record.person == LI:
            changes["grade"] = ev.Grade.GOOD
    if isinstance(record, ev.Unknown) and record.person == LI:
        changes["person"] = account_of("zhao")
    return replace(record, **changes)


def named_target(target: Any) -> Any:
    """As cards name records."""
    return replace(target, id=f"{MOODLE}/{target.id}") if isinstance(target, ev.RecordTarget) else target


def others(store: Store, person: str) -> list[CardRow]:
    """Everybody else's cards as they are stored."""
    with store.reading() as transaction:
        return [row for row in transaction.board(COURSE) if row.card.person != person]


def whole(store: Store, rows: list[CardRow]) -> list[Scorecard]:
    """The same with their findings, whatever these call whom they are about."""
    found = []
    with store.reading() as transaction:
        for row in rows:
            card = transaction.scorecard(COURSE, row.card.person, role=row.card.role, class_=row.card.class_)
            assert card is not None
            found.append(nameless(card))
    return found


def nameless(card: Scorecard) -> Scorecard:
    """The evidence has another fingerprint: it names somebody else."""

    def unnamed(one: Finding) -> Finding:
        about = one.person is not None and (one.person == LI or one.person.startswith(ERASED))
        return replace(one, id="", person=None) if about else one

    criteria = [
        replace(result, findings=tuple(sorted(map(unnamed, result.findings), key=repr)))
        for result in card.criteria
    ]
    return replace(card, criteria=tuple(criteria), evidence="")


@settings(max_examples=5)
@drawing(records=drawn.evidence(most=10), who=st.sampled_from((LI, *drawn.TUTORS)))
def test_others_cards_stay_to_the_last_bit(new_store: NewStore, records: list[ev.Record], who: str) -> None:
    """Ran with 100 examples on each kind of database when it was written."""
    store = filled(new_store, records)
    before = others(store, who)
    cards = whole(store, before)
    assert erase(who, SIGNED, store, clock=CLOCK) is not None
    assert others(store, who) == before
    assert whole(store, before) == cards
    assess(RULES, store, clock=CLOCK, everyone=True)
    again = others(store, who)
    assert [unsigned(row) for row in again] == [unsigned(row) for row in before]
    assert whole(store, again) == cards


def unsigned(row: CardRow) -> Scorecard:
    """The card without the fingerprint of its evidence, which names somebody else."""
    return replace(row.card, evidence="")
