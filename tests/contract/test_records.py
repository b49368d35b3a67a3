"""Contract: records come in any order and any number of times, in versions that stay readable."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import MalformedEvidence, StoreError, UnknownPerson
from lms_scoring.domain.evidence import KIND_OF, Record
from lms_scoring.domain.identity import mbox, own_account
from lms_scoring.ports import Kept, NamedRecord, PersonEvidence, ProblemKind, Scope, Store, Transaction
from tests.contract.story import (
    CHEN,
    COURSE,
    FORUM,
    HOMEWORK,
    LI,
    LRS,
    MOODLE,
    WANG,
    class_a,
    evidence_of,
    homework,
    known,
    member,
    post,
    records_of,
    touched,
    user,
)
from tests.fixtures.courses.spoiling import spoil

ONE_OF_EACH: tuple[Record, ...] = (
    ev.Person(id=user(1), name="Li"),
    ev.Watch(
        id="w1", person=user(1), activity="v", start=1_001, end=2_002, segments=((0, 500), (700, 1_201))
    ),
    ev.ReportedTime(
        id="r1", person=user(1), activity="4", duration=1_999_001, started_at=1_000, ended_at=3_000_000
    ),
    homework(
        "h1",
        grade=ev.Grade.GOOD,
        points=Fraction(25, 3),
        max_points=Fraction(10),
        graded_at=3_000,
        graded_by=user(3),
        characters=2_000,
        due_basis=ev.DueBasis.CLASS,
    ),
    post("p1", parent="p0", bulletin=True),
    post("p2", created_at=None, state=ev.PostState.DELETED),
    ev.Unknown(id="u1", person=user(1), activity="17", reason="the user is deleted"),
)
"""All that a platform may yield about a learner, with accounts as it yields them."""


def test_the_latest_versions_are_found_by_kind_and_id(store: Store) -> None:
    marked = homework("h1", grade=ev.Grade.GOOD, graded_by=user(3))
    posts = [("post", id_) for id_ in ("p1", "h1", "a\0b")]
    names = [("submission", "h1"), ("membership", "learner-1"), *posts]
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [homework("h1"), post("p1"), post("p2")], run=run)
        later = transaction.begin_run(COURSE, MOODLE, at=3)
        transaction.keep_records(COURSE, MOODLE, [marked], run=later)
        transaction.mark_gone(COURSE, MOODLE, Scope(kind="post", activity=FORUM), run=later, at=4)
        found = sorted(transaction.latest_records(COURSE, MOODLE, names), key=lambda one: one.id)
        assert list(transaction.latest_records(COURSE, LRS, names)) == []
        assert list(transaction.latest_records("another", MOODLE, names)) == []
        assert list(transaction.latest_records(COURSE, MOODLE, [])) == []
    assert found == [
        replace(marked, source=MOODLE),
        replace(member(1), source=MOODLE),
        replace(post("p1"), source=MOODLE, gone_at=4),
    ]


def test_a_latest_version_that_cannot_be_read_is_not_passed_over(store: Store) -> None:
    with store.writing() as transaction:
        transaction.keep_records(COURSE, MOODLE, [post("p1"), post("p2")], run=class_a(transaction))
    spoil(store, "p1")
    with store.reading() as transaction:
        assert [one.id for one in transaction.latest_records(COURSE, MOODLE, [("post", "p2")])] == ["p2"]
        with pytest.raises(MalformedEvidence):
            transaction.latest_records(COURSE, MOODLE, [("post", "p1")])


def test_every_kind_comes_back_with_persons_for_accounts_and_its_source(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        kept = transaction.keep_records(COURSE, MOODLE, ONE_OF_EACH, run=run).kept
    assert kept == Kept(new=len(ONE_OF_EACH))
    person, watch, reported, submission, reply, deleted, unknown = ONE_OF_EACH
    expected = [
        _read(person, id=LI.id),
        *(_read(record, person=LI.id) for record in (watch, reported)),
        _read(submission, person=LI.id, graded_by=CHEN.id),
        *(_read(record, person=LI.id) for record in (reply, deleted, unknown)),
    ]
    assert sorted(records_of(store), key=_by_kind) == sorted(expected, key=_by_kind)


def test_a_recommendation_belongs_to_the_tutor_who_made_it(store: Store) -> None:
    made_there = ev.Recommendation(id="r1", submission="h1", by=user(3), at=4_000)
    made_here = ev.Recommendation(id="r2", submission="h2", by=own_account(CHEN.id), at=5_000)
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [made_there, made_here], run=run)
    assert records_of(store, CHEN) == [_read(made_there, by=CHEN.id), _read(made_here, by=CHEN.id)]
    assert records_of(store, LI) == []


def test_who_marked_stays_an_account_while_nobody_has_it(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [homework("h1", graded_by=user(99))], run=run)
    assert records_of(store) == [homework("h1", person=LI.id, graded_by=user(99), source=MOODLE)]


def test_an_equal_record_is_only_seen_again(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, ONE_OF_EACH, run=run)
        before = list(_all(transaction))
        again = transaction.keep_records(COURSE, MOODLE, ONE_OF_EACH, run=run).kept
        later = transaction.begin_run(COURSE, MOODLE, at=4)
        once_more = transaction.keep_records(COURSE, MOODLE, ONE_OF_EACH, run=later).kept
        after = list(_all(transaction))
    assert again == once_more == Kept(same=len(ONE_OF_EACH))
    assert after == before


def test_what_the_record_says_of_its_own_source_and_loss_is_not_content(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [post("p1")], run=run)
        again = transaction.keep_records(
            COURSE, MOODLE, [post("p1", source=MOODLE), post("p1", gone_at=5)], run=run
        ).kept
    assert again == Kept(same=2)
    assert records_of(store) == [post("p1", person=LI.id, source=MOODLE)]


def test_repeats_within_a_batch_count_in_their_order(store: Store) -> None:
    batch = [post("p1"), post("p1"), post("p1", bulletin=True), post("p1", bulletin=True)]
    with store.writing() as transaction:
        run = class_a(transaction)
        kept = transaction.keep_records(COURSE, MOODLE, batch, run=run).kept
    assert kept == Kept(new=1, same=2, changed=1)
    assert records_of(store) == [post("p1", person=LI.id, bulletin=True, source=MOODLE)]


def test_the_same_id_in_another_source_kind_or_course_is_another_record(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        other_source = transaction.begin_run(COURSE, LRS, at=2)
        other_course = transaction.begin_run("another course", MOODLE, at=2)
        transaction.keep_records(COURSE, MOODLE, [post("1"), homework("1")], run=run)
        kept = transaction.keep_records(COURSE, LRS, [post("1")], run=other_source).kept
        elsewhere = transaction.keep_records("another course", MOODLE, [post("1")], run=other_course).kept
    assert kept == elsewhere == Kept(new=1)
    assert len(records_of(store)) == 3


def test_a_changed_record_supersedes_its_former_version_which_stays_readable(store: Store) -> None:
    with store.writing() as transaction:
        first = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [homework("h1"), post("p1")], run=first)
        second = transaction.begin_run(COURSE, MOODLE, at=3)
        kept = transaction.keep_records(
            COURSE, MOODLE, [homework("h1", grade=ev.Grade.PASS), post("p2")], run=second
        ).kept
    assert kept == Kept(changed=1, new=1)
    unmarked, marked = (
        homework("h1", person=LI.id, grade=grade, source=MOODLE) for grade in (None, ev.Grade.PASS)
    )
    p1, p2 = (post(id_, person=LI.id, source=MOODLE) for id_ in ("p1", "p2"))
    assert records_of(store) == [p1, p2, marked]
    assert records_of(store, at_run=second) == [p1, p2, marked]
    assert records_of(store, at_run=first) == [p1, unmarked]
    assert records_of(store, at_run=first - 1) == []


def test_a_record_whose_author_changes_moves_to_the_other_person(store: Store) -> None:
    with store.writing() as transaction:
        first = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [post("p1", 1)], run=first)
        second = transaction.begin_run(COURSE, MOODLE, at=3)
        transaction.keep_records(COURSE, MOODLE, [post("p1", 2)], run=second)
    assert records_of(store, LI) == []
    assert records_of(store, WANG) == [post("p1", person=WANG.id, source=MOODLE)]
    assert records_of(store, LI, at_run=first) == [post("p1", person=LI.id, source=MOODLE)]


def test_a_record_that_could_not_be_read_again_is_refused_and_its_former_version_stays(store: Store) -> None:
    undated = post("p1", created_at=None)
    with store.writing() as transaction:
        first = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [post("p1")], run=first)
        run = transaction.begin_run(COURSE, MOODLE, at=3)
        stored = transaction.keep_records(COURSE, MOODLE, [undated, post("p2")], run=run)
    assert stored.kept == Kept(refused=1, new=1)
    (problem,) = stored.problems
    assert (problem.kind, problem.code) == (ProblemKind.REFUSED, "malformed")
    assert problem.subject == "post p1"
    assert [record.id for record in records_of(store)] == ["p1", "p2"]


HANDS = "手" * 667
"""One byte longer than a key may be."""


@pytest.mark.parametrize(
    "unstorable",
    [
        post("p1", forum="\ud800"),
        post("\udfff"),
        post("p1", created_at=10**18),
        post("p\0"),
        post("p1", person="a\0"),
        post("p" * 2_001),
        post("p1", person=HANDS),
    ],
)
def test_a_record_that_cannot_be_written_down_is_refused_and_the_rest_kept(
    store: Store, unstorable: ev.Post
) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        stored = transaction.keep_records(COURSE, MOODLE, [unstorable, post("p2")], run=run)
    assert [problem.code for problem in stored.problems] == ["malformed"]
    assert stored.kept == Kept(refused=1, new=1)
    assert [record.id for record in records_of(store)] == ["p2"]


def test_a_run_that_was_overtaken_stores_nothing_more(store: Store) -> None:
    with store.writing() as transaction:
        overtaken = class_a(transaction)
        transaction.begin_run(COURSE, MOODLE, at=2)
    with pytest.raises(StoreError, match="overtaken"), store.writing() as transaction:
        transaction.keep_records(COURSE, MOODLE, [post("p1")], run=overtaken)
    assert records_of(store) == []


def test_a_run_of_another_source_stores_nothing(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        of_lrs = transaction.begin_run(COURSE, LRS, at=2)
    with pytest.raises(StoreError), store.writing() as transaction:
        transaction.keep_records(COURSE, MOODLE, [post("p1")], run=of_lrs)


def test_evidence_comes_in_the_order_of_the_persons_asked_for(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        posts = [post("p1", 1), post("p2", 2), post("p3", 3), post("p4", 1)]
        transaction.keep_records(COURSE, MOODLE, posts, run=run)
    with store.reading() as transaction:
        found = list(transaction.evidence_of(COURSE, [WANG.id, CHEN.id, LI.id, WANG.id]))
    assert [evidence.person for evidence in found] == [WANG, CHEN, LI]
    ids = [[r.id for r in evidence.records if isinstance(r, ev.Post)] for evidence in found]
    assert ids == [["p2"], ["p3"], ["p1", "p4"]]


def test_several_questions_in_one_transaction_do_not_mix(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [post("p1", 1), post("p2", 2)], run=run)
    with store.reading() as transaction:
        first = transaction.evidence_of(COURSE, [LI.id, WANG.id])
        second = transaction.evidence_of(COURSE, [WANG.id])
        order = [next(first).person, next(second).person, next(first).person]
    assert order == [LI, WANG, WANG]


def test_a_person_without_evidence_comes_with_nothing(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_people([known(9)])
    found = evidence_of(store, known(9))
    assert (list(found.records), found.events, found.statements) == ([], {}, {})


def test_a_person_nobody_knows_is_said_to_be_unknown(store: Store) -> None:
    with pytest.raises(UnknownPerson), store.reading() as transaction:
        list(transaction.evidence_of(COURSE, ["nobody"]))


def test_what_is_there_is_counted_by_source_kind_and_activity(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [post("p1"), post("p2"), post("p3", forum="26")], run=run)
        transaction.keep_records(COURSE, MOODLE, [post("p2", bulletin=True)], run=run)
        assert list(transaction.counts(COURSE)) == [
            (MOODLE, "membership", None, 3),
            (MOODLE, "post", FORUM, 2),
            (MOODLE, "post", "26", 1),
        ]
        assert list(transaction.counts("another course")) == []


def test_a_decision_is_the_persons_and_is_kept_once(store: Store) -> None:
    decision = _decision("d1")
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_decision(COURSE, decision, at=5)
        transaction.keep_decision(COURSE, decision, at=6)
    assert records_of(store) == [decision]
    with store.reading() as transaction:
        assert ("", "decision", None, 1) in transaction.counts(COURSE)


def test_a_decision_cannot_be_changed_afterwards(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_decision(COURSE, _decision("d1"), at=5)
    with pytest.raises(StoreError), store.writing() as transaction:
        transaction.keep_decision(COURSE, _decision("d1", reason="another"), at=6)
    assert records_of(store) == [_decision("d1")]


def test_a_decision_about_nobody_is_refused(store: Store) -> None:
    with pytest.raises(UnknownPerson), store.writing() as transaction:
        transaction.keep_decision(COURSE, _decision("d1", person="nobody"), at=5)


def test_a_decision_that_could_not_be_read_again_is_refused_aloud(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
    with pytest.raises(MalformedEvidence), store.writing() as transaction:
        transaction.keep_decision(COURSE, _decision("d1", reason="half a letter \ud800"), at=5)
    assert records_of(store) == []


def test_an_override_without_points_is_refused_aloud(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
    override = replace(
        _decision("d1"), target=ev.CriterionTarget(criterion="posts"), action=ev.Action.OVERRIDE
    )
    with pytest.raises(MalformedEvidence), store.writing() as transaction:
        transaction.keep_decision(COURSE, override, at=5)


def test_a_recommendation_made_here_is_the_tutors_and_is_kept_once(store: Store) -> None:
    made = _recommendation("r1")
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_recommendation(COURSE, made)
        assert list(transaction.touched(COURSE)) == [CHEN.id]
        transaction.untouch(COURSE, [CHEN.id])
        transaction.keep_recommendation(COURSE, made)
    assert records_of(store, CHEN) == [made]
    assert touched(store) == []
    with store.reading() as transaction:
        assert ("", "recommendation", None, 1) in transaction.counts(COURSE)


def test_a_recommendation_cannot_be_changed_afterwards(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_recommendation(COURSE, _recommendation("r1"))
    with pytest.raises(StoreError), store.writing() as transaction:
        transaction.keep_recommendation(COURSE, _recommendation("r1", submission="moodle/h2"))
    assert records_of(store, CHEN) == [_recommendation("r1")]


def test_a_recommendation_by_nobody_is_refused(store: Store) -> None:
    with pytest.raises(UnknownPerson), store.writing() as transaction:
        transaction.keep_recommendation(COURSE, _recommendation("r1", by="nobody"))


def test_a_recommendation_of_nothing_is_refused_aloud(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
    with pytest.raises(MalformedEvidence), store.writing() as transaction:
        transaction.keep_recommendation(COURSE, _recommendation("r1", submission=""))
    assert records_of(store, CHEN) == []


def test_decisions_are_read_as_of_a_run_like_everything_else(store: Store) -> None:
    with store.writing() as transaction:
        first = class_a(transaction)
        second = transaction.begin_run(COURSE, MOODLE, at=2)
        transaction.keep_decision(COURSE, _decision("d1"), at=5)
    assert records_of(store, at_run=first) == []
    assert records_of(store, at_run=second) == [_decision("d1")]


def _recommendation(id_: str, *, by: str = CHEN.id, submission: str = "moodle/h1") -> ev.Recommendation:
    return ev.Recommendation(id=id_, submission=submission, by=by, at=4_000)


def _decision(id_: str, *, person: str = LI.id, reason: str = "公示期间有异议") -> ev.Decision:
    return ev.Decision(
        id=id_,
        person=person,
        target=ev.RecordTarget(kind="post", id="p1"),
        action=ev.Action.VOID,
        by=CHEN.id,
        at=4_000,
        reason=reason,
    )


def _read(record: Record, **changes: object) -> Record:
    fields = {name: getattr(record, name) for name in record.__dataclass_fields__}
    return type(record)(**{**fields, "source": MOODLE, **changes})


def _by_kind(record: Record) -> tuple[str, str]:
    return KIND_OF[type(record)], record.id


def _all(transaction: Transaction) -> list[PersonEvidence]:
    return list(transaction.evidence_of(COURSE, [LI.id, WANG.id, CHEN.id]))


def test_records_are_found_by_their_ids_with_whose_they_are(store: Store) -> None:
    nobodys = post("p2", person=mbox("nobody@example.org"))
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [post("p1"), nobodys, homework("p1")], run=run)
        later = transaction.begin_run(COURSE, MOODLE, at=3)
        transaction.keep_records(COURSE, MOODLE, [post("p1", bulletin=True), homework("p1")], run=later)
        transaction.mark_gone(COURSE, MOODLE, Scope(kind="submission", activity=None), run=later, at=4)
        gone = transaction.begin_run(COURSE, MOODLE, at=5)
        transaction.mark_gone(COURSE, MOODLE, Scope(kind="submission", activity=None), run=gone, at=5)
    with store.reading() as transaction:
        assert list(transaction.records_named(COURSE, MOODLE, ["p2", "p1", "p3", "nul\0"])) == [
            NamedRecord(kind="post", id="p1", person=LI.id, activity=FORUM, run=later, live=True),
            NamedRecord(kind="submission", id="p1", person=LI.id, activity=HOMEWORK, run=run, live=False),
            NamedRecord(kind="post", id="p2", person=None, activity=FORUM, run=run, live=True),
        ]
        assert list(transaction.records_named("another course", MOODLE, ["p1"])) == []
        assert list(transaction.records_named(COURSE, LRS, ["p1"])) == []


def test_records_of_a_kind_are_those_of_the_evidence_whoever_is_asked_for(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        works = [homework("h1", graded_by=user(3)), homework("h2", 2), homework("of nobody", 99)]
        transaction.keep_records(COURSE, MOODLE, [*works, *ONE_OF_EACH[-1:], post("p1")], run=run)
        later = transaction.begin_run(COURSE, MOODLE, at=3)
        transaction.keep_records(COURSE, MOODLE, [homework("h1", grade=ev.Grade.PASS)], run=later)
        transaction.mark_gone(COURSE, MOODLE, Scope(kind="submission", activity=None), run=later, at=4)
        transaction.keep_decision(COURSE, _decision("d1"), at=5)
        transaction.keep_recommendation(COURSE, _recommendation("r1"))
    kinds = {"submission", "decision", "recommendation"}
    theirs = [record for person in (LI, WANG, CHEN) for record in records_of(store, person)]
    expected = [one for one in theirs if KIND_OF[type(one)] in kinds]
    with store.reading() as transaction:
        everybody = [LI.id, WANG.id, CHEN.id, "nobody"]
        found = list(transaction.records_of(COURSE, everybody, kinds=kinds))
        assert found == sorted(expected, key=lambda one: (one.source or "", *_by_kind(one)))
        assert len(found) == 4
        assert list(transaction.records_of(COURSE, [WANG.id], kinds={"submission"})) == [found[-1]]
        assert list(transaction.records_of(COURSE, [], kinds=kinds)) == []
        assert list(transaction.records_of(COURSE, everybody, kinds=[])) == []
        assert list(transaction.records_of("another course", everybody, kinds=kinds)) == []
