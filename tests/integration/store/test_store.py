"""What no fake could show, on each kind of database: institutions kept apart, little memory, discretion."""

from __future__ import annotations

import re
import traceback
import tracemalloc
from collections import deque
from dataclasses import replace
from fractions import Fraction

import pytest
from sqlalchemy import insert, select

from lms_scoring.domain.errors import StoreError
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.packed_card import packed
from lms_scoring.domain.registration import LaunchState
from lms_scoring.ports import (
    Grant,
    KeptCourse,
    KeptScheme,
    OutgoingGrade,
    Passback,
    PlatformCourse,
    SealedKey,
    Store,
    Transaction,
    Visitor,
)
from lms_scoring.store import SqlStore, tables
from lms_scoring.store.databases.engine import open_engine
from tests.contract.story import (
    COURSE,
    LI,
    LRS,
    MOODLE,
    REGISTRATION,
    card,
    class_a,
    event,
    known,
    post,
    statement,
)


@pytest.mark.parametrize(
    "url", ["", "no url", "mysql+nodriver://u:p4ssword@h/d", "postgresql://u:p4ssword@h:x/d"]
)
def test_an_address_that_cannot_be_used_is_refused_without_its_password(url: str) -> None:
    with pytest.raises(StoreError, match="postgresql://user:password@host/database") as refused:
        open_engine(url)
    assert "p4ssword" not in str(refused.value)


def test_an_error_of_the_database_shows_nobodys_data(url: str) -> None:
    of_nobody = SqlStore(url, tenant=99)
    with pytest.raises(StoreError) as failed, of_nobody.writing() as transaction:
        transaction.keep_people([known(1, "张三")])
    shown = "".join(traceback.format_exception(failed.value, limit=0))
    assert re.search("foreign ?key", shown, re.IGNORECASE)
    assert "张三" not in shown
    assert "example.org" not in shown
    of_nobody.close()


def test_a_number_beyond_64_bits_is_refused_with_its_reason(store: SqlStore) -> None:
    with pytest.raises(StoreError, match="64 bits"), store.writing() as transaction:
        transaction.keep_events(LRS, [event("e1", position=2**63)])


def test_two_institutions_in_one_database_see_nothing_of_each_other(url: str) -> None:
    first, second = SqlStore(url), SqlStore(url, tenant=2)
    with first.engine.begin() as connection:
        connection.execute(insert(tables.tenant).values(id=2, name="another"))
    _fill(first, name="Li")
    nothing = _all(second)
    assert [said for said in nothing if said] == []
    _fill(second, name="Somebody else")
    assert _all(first) != _all(second)
    with first.writing() as transaction:
        assert transaction.take_link("digest", at=1) is not None
        assert transaction.take_state("digest") is not None
        transaction.end_session("digest")
        transaction.end_sessions(registration=1)
        transaction.keep_own_keys([])
        transaction.keep_passback(COURSE, None)
        transaction.forget_outgoing(COURSE, LI.id)
        transaction.untouch(COURSE, [LI.id])
    with second.writing() as transaction:
        assert transaction.take_state("digest") is not None
        assert len(transaction.own_keys()) == len(transaction.outgoing(COURSE)) == 1
        assert transaction.passback(COURSE) is not None
        assert transaction.session("digest", at=1) is not None
        assert transaction.take_link("digest", at=1) is not None
        assert LI.id in transaction.touched(COURSE)
    first.close()
    second.close()


def test_what_runs_have_seen_is_remembered_for_the_latest_run_only(store: SqlStore) -> None:
    posts = [post(f"p{n}") for n in range(10)]
    with store.writing() as transaction:
        run = class_a(transaction)
        for _ in range(3):
            transaction.keep_records(COURSE, MOODLE, posts, run=run)
            run = transaction.begin_run(COURSE, MOODLE, at=3)
        transaction.keep_records(COURSE, MOODLE, posts[:4], run=run)
    with store.engine.connect() as connection:
        remembered = connection.execute(select(tables.seen_record.c.run)).scalars().all()
    assert remembered == [run] * 4


def test_evidence_streams_person_by_person(store: SqlStore) -> None:
    people = [known(number) for number in range(1, 61)]
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_people(people)
        transaction.keep_events(LRS, [event(f"e{n}", 1 + n % 60, stored=n, at=n) for n in range(12_000)])
    ids = [person.id for person in people]
    streamed = _peak_of_reading(store, ids, keep=False)
    whole = _peak_of_reading(store, ids, keep=True)
    assert streamed * 5 < whole


def _fill(store: Store, *, name: str) -> None:
    with store.writing() as transaction:
        transaction.keep_scheme(KeptScheme(fingerprint="f1", name=name, text=name))
        transaction.keep_course(KeptCourse(id=COURSE, title=name, scheme="f1", settings=name))
        run = class_a(transaction)
        transaction.keep_people([known(1, name), known(9, name)])
        transaction.keep_records(COURSE, MOODLE, [post(f"of {name}"), post("u", 77)], run=run)
        transaction.keep_events(LRS, [event("e1"), event("e2")])
        transaction.keep_voided(LRS, ["e1"] if name == "Li" else [])
        transaction.keep_statements(LRS, [statement("s1", characters=len(name))])
        transaction.keep_scorecard(COURSE, packed(card(band=name)), at=1)
        transaction.keep_grant(Grant(person=LI.id, role=name, course=None))
        transaction.keep_link("digest", Visitor(person=name), expires_at=9)
        transaction.keep_session("digest", Visitor(person=name), at=0, expires_at=9)
        transaction.keep_cursor(COURSE, MOODLE, name)
        _fill_launches(transaction, name)


def _fill_launches(transaction: Transaction, name: str) -> None:
    """What platforms that launch us leave behind."""
    number = transaction.keep_registration(replace(REGISTRATION, jwks_url=name), at=1)
    transaction.meet_deployment(number, name, at=1)
    transaction.keep_own_keys([SealedKey(id="k", turn=name, made_at=1, sealed=name.encode())])
    state = LaunchState(registration=number, nonce=name, target="", browser="", expires_at=9)
    transaction.keep_state("digest", state)
    place = PlatformCourse(
        registration=number, context="3", title=name, course=COURSE, deployment="1", seen_at=1
    )
    transaction.keep_platform_course(place)
    transaction.keep_subject(number, "63", name, at=1)
    transaction.keep_passback(COURSE, Passback.SCORE)
    grade = OutgoingGrade(course=COURSE, person=LI.id, given=Fraction(1, 3), comment=name, at=1)
    transaction.keep_outgoing(grade)


def _all(store: Store) -> list[object]:
    with store.reading() as transaction:
        people = transaction.people(COURSE)
        return [
            list(transaction.courses()),
            list(transaction.runs(COURSE)),
            transaction.cursor(COURSE, MOODLE),
            list(people),
            list(transaction.memberships(COURSE)),
            list(transaction.evidence_of(COURSE, [person.id for person in people])),
            list(transaction.touched(COURSE)),
            list(transaction.unjoined(COURSE)),
            list(transaction.counts(COURSE)),
            list(transaction.board(COURSE)),
            transaction.scorecard(COURSE, LI.id, role=Role.LEARNER, class_="A"),
            list(transaction.history(COURSE, LI.id, role=Role.LEARNER, class_="A")),
            list(transaction.expired(COURSE, at=10**12)),
            list(transaction.grants(LI.id)),
            transaction.session("digest", at=1),
            list(transaction.registrations()),
            list(transaction.own_keys()),
            list(transaction.platform_courses(COURSE)),
            transaction.person_of(1, "63"),
            dict(transaction.subjects_of(1, ["Li", "Somebody else"])),
            transaction.passback(COURSE),
            list(transaction.outgoing(COURSE)),
            list(transaction.outgoing_due(at=10**12)),
        ]


def _peak_of_reading(store: Store, persons: list[str], *, keep: bool) -> int:
    kept: list[object] = []
    tracemalloc.start()
    try:
        with store.reading() as transaction:
            evidence = transaction.evidence_of(COURSE, persons)
            if keep:
                kept.extend(evidence)
            else:
                deque(evidence, maxlen=0)
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
