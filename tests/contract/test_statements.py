"""Contract: statements are a set; repeats add nothing, and what is voided is not read."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

import pytest

from lms_scoring.domain.identity import mbox
from lms_scoring.domain.statements import LmsVerb
from lms_scoring.ports import Kept, ProblemKind, Store, Stored
from tests.contract.story import (
    CHEN,
    COURSE,
    LI,
    LRS,
    MOODLE,
    VIDEO,
    WANG,
    class_a,
    event,
    evidence_of,
    no_name,
    statement,
)


def test_events_come_back_as_they_were_with_unknown_and_zero_apart(store: Store) -> None:
    zero = event("e1", position=0, target=0, rate=None, session=None, length=None)
    unknown = event("e2", position=None, target=None, stored=0)
    with store.writing() as transaction:
        class_a(transaction)
        assert transaction.keep_events(LRS, [zero, unknown]).kept == Kept(new=2)
    assert evidence_of(store).events == {LRS: [unknown, zero]}


def test_statements_come_back_exact(store: Store) -> None:
    full = statement("s1")
    bare = statement("s2", raw=None, maximum=None, by=None, characters=None, stored=0)
    with store.writing() as transaction:
        class_a(transaction)
        assert transaction.keep_statements(LRS, [full, bare]).kept == Kept(new=2)
    assert evidence_of(store).statements == {LRS: [bare, full._replace(by=CHEN.id)]}


def test_what_turns_out_to_be_a_place_on_a_scale_is_no_share_of_a_maximum_any_more(store: Store) -> None:
    """An older program read both alike; whichever comes first, the same is kept."""
    as_points = statement("s1", raw=Fraction(3), maximum=Fraction(4))
    as_place = as_points._replace(maximum=None)
    other = statement("s2", 2)
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_statements(LRS, [as_points, other])
        transaction.untouch(COURSE, [LI.id, WANG.id])
        assert transaction.keep_statements(LRS, [as_place, other]).kept == Kept(same=2)
        assert list(transaction.touched(COURSE)) == [LI.id]
        transaction.untouch(COURSE, [LI.id])
        for again in (as_place, as_points):
            assert transaction.keep_statements(LRS, [again]).kept == Kept(same=1)
        assert list(transaction.touched(COURSE)) == []
    assert evidence_of(store).statements == {LRS: [as_place._replace(by=CHEN.id)]}
    assert evidence_of(store, WANG).statements == {LRS: [other._replace(by=CHEN.id)]}


def test_who_marked_is_a_person_or_an_account_of_nobody(store: Store) -> None:
    stranger = mbox("stranger@example.org")
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_statements(LRS, [statement("s1"), statement("s2", by=stranger)])
    assert {one.by for one in evidence_of(store).statements[LRS]} == {CHEN.id, stranger}


POST: dict[str, Any] = {
    "object": "http://moodle.example/mod/forum/discuss.php?d=1#p7",
    "activity": "http://moodle.example/f",
}


def test_who_wrote_a_post_is_told_that_somebody_else_deleted_it(store: Store) -> None:
    written = statement("s1", verb=LmsVerb.REPLIED, by=None, **POST)
    by_tutor = statement("s2", 3, verb=LmsVerb.POST_DELETED, by=None, stored=6_000, **POST)
    of_another = statement("s3", 3, verb=LmsVerb.POST_DELETED, by=None, stored=6_001)
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_statements(LRS, [by_tutor, written, of_another])
    assert evidence_of(store).statements == {LRS: [written, by_tutor]}
    assert evidence_of(store, WANG).statements == {}
    with store.writing() as transaction:
        transaction.keep_voided(LRS, ["s2"])
    assert evidence_of(store).statements == {LRS: [written]}


def test_events_of_all_accounts_are_the_persons(store: Store) -> None:
    by_mail = event("e2", account=LI.accounts[1], stored=5_001)
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_events(LRS, [event("e1"), by_mail, event("e3", 2)])
    assert [e.id for e in evidence_of(store, LI).events[LRS]] == ["e1", "e2"]
    assert [e.id for e in evidence_of(store, WANG).events[LRS]] == ["e3"]


def test_statements_are_told_apart_by_source(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_events(LRS, [event("e1")])
        assert transaction.keep_events(MOODLE, [event("e1")]).kept == Kept(new=1)
    assert {source: len(events) for source, events in evidence_of(store).events.items()} == {
        LRS: 1,
        MOODLE: 1,
    }


def test_statements_belong_to_courses_that_read_their_source(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_events("another lrs", [event("e1")])
        transaction.keep_statements("another lrs", [statement("s1")])
    found = evidence_of(store)
    assert (found.events, found.statements) == ({}, {})
    with store.reading() as transaction:
        assert [count for count in transaction.counts(COURSE) if count[0] == "another lrs"] == []


def test_repeats_within_and_between_batches_add_nothing(store: Store) -> None:
    events = [event(f"e{n}", 1 + n % 2, stored=n) for n in range(6)]
    told = [statement(f"s{n}", 1 + n % 2, stored=n) for n in range(6)]
    with store.writing() as transaction:
        class_a(transaction)
        assert transaction.keep_events(LRS, [*events[2:4], events[2]]).kept == Kept(new=2, same=1)
        assert transaction.keep_events(LRS, events).kept == Kept(new=4, same=2)
        assert transaction.keep_events(LRS, events).kept == Kept(same=6)
        assert transaction.keep_statements(LRS, [*told[2:4], told[2]]).kept == Kept(new=2, same=1)
        assert transaction.keep_statements(LRS, told).kept == Kept(new=4, same=2)
        assert transaction.keep_events(LRS, []) == transaction.keep_statements(LRS, []) == Stored()
    assert evidence_of(store).events == {LRS: events[0::2]}
    assert evidence_of(store).statements == {LRS: [one._replace(by=CHEN.id) for one in told[0::2]]}


def test_what_is_voided_is_not_read_whichever_came_first(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_events(LRS, [event("e1"), event("e2")])
        transaction.keep_voided(LRS, ["e2", "e3", "s1"])
        transaction.keep_voided(LRS, ["e2"])
        transaction.keep_events(LRS, [event("e3")])
        transaction.keep_statements(LRS, [statement("s1"), statement("s2")])
    assert [e.id for e in evidence_of(store).events[LRS]] == ["e1"]
    assert [s.id for s in evidence_of(store).statements[LRS]] == ["s2"]


def test_a_voiding_is_of_its_own_source(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_events(LRS, [event("e1")])
        transaction.keep_voided(MOODLE, ["e1"])
    assert [e.id for e in evidence_of(store).events[LRS]] == ["e1"]


def test_events_and_statements_are_counted_without_the_voided(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_events(LRS, [event("e1"), event("e2", activity="x"), event("e3")])
        transaction.keep_statements(LRS, [statement("s1", activity="y")])
        transaction.keep_voided(LRS, ["e3"])
        assert [count for count in transaction.counts(COURSE) if count[0] == LRS] == [
            (LRS, "event", VIDEO, 1),
            (LRS, "event", "x", 1),
            (LRS, "statement", "y", 1),
        ]


def test_what_statements_call_an_activity_is_known_to_every_course_and_may_change(store: Store) -> None:
    other = "https://video.example/other"
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_titles({VIDEO: "too early"})
        transaction.keep_events(LRS, [event("e1"), event("e2", activity=other)])
        assert transaction.titles([VIDEO]) == {}
        transaction.keep_titles({VIDEO: "第一讲", "https://video.example/unmet": "never met"})
    with store.writing() as transaction:
        asked = [VIDEO, other, "https://video.example/unmet", "\0"]
        assert transaction.titles(asked) == {VIDEO: "第一讲"}
        assert transaction.titles([]) == {}
        transaction.keep_titles({VIDEO: "第一讲：班级管理", other: "\ud800"})
        transaction.keep_titles({})
    with store.reading() as transaction:
        assert transaction.titles(asked) == {VIDEO: "第一讲：班级管理"}


UNFINDABLE = ["a\0b", "a\ud800b", no_name()]


@pytest.mark.parametrize("text", UNFINDABLE, ids=["NUL", "no Unicode", "too long"])
def test_a_statement_with_a_text_that_cannot_be_kept_is_refused_alone(store: Store, text: str) -> None:
    ours: list[dict[str, Any]] = [{name: text} for name in ("id", "account", "activity", "session")]
    theirs: list[dict[str, Any]] = [{name: text} for name in ("id", "account", "activity", "object", "by")]
    events = [event("e1", **changes) for changes in ours]
    told = [statement("s1", **changes) for changes in theirs]
    with store.writing() as transaction:
        class_a(transaction)
        of_events = transaction.keep_events(LRS, [event("e2"), *events])
        of_statements = transaction.keep_statements(LRS, [*told, statement("s2")])
        assert list(transaction.unjoined(COURSE)) == []
    assert of_events.kept == Kept(new=1, refused=4)
    assert of_statements.kept == Kept(new=1, refused=5)
    assert [e.id for e in evidence_of(store).events[LRS]] == ["e2"]
    assert [s.id for s in evidence_of(store).statements[LRS]] == ["s2"]


@pytest.mark.parametrize("text", UNFINDABLE, ids=["NUL", "no Unicode", "too long"])
def test_what_is_voided_under_no_name_voids_nothing(store: Store, text: str) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_events(LRS, [event("e1"), event("e2")])
        transaction.keep_voided(LRS, [text, "e1"])
        transaction.keep_titles({text: "a title", VIDEO: "another"})
    assert [e.id for e in evidence_of(store).events[LRS]] == ["e2"]


def test_a_statement_about_what_cannot_be_looked_up_again_is_refused(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        longest = "x" * 2_000
        events = [event("e1", account="mbox:a\0b"), event("e2", activity=longest + "x"), event("e3")]
        first = transaction.keep_events(LRS, events)
        told = [
            statement("s1", account=longest + "x"),
            statement("s2", activity="\0"),
            statement("s3", activity=longest),
        ]
        second = transaction.keep_statements(LRS, told)
        assert list(transaction.unjoined(COURSE)) == []
    assert [e.id for e in evidence_of(store).events[LRS]] == ["e3"]
    assert [s.id for s in evidence_of(store).statements[LRS]] == ["s3"]
    for stored, refused in ((first, ["e1", "e2"]), (second, ["s1", "s2"])):
        assert stored.kept == Kept(new=1, refused=2)
        assert [(problem.kind, problem.code) for problem in stored.problems] == [
            (ProblemKind.REFUSED, "malformed")
        ] * 2
        assert [problem.subject for problem in stored.problems] == refused
