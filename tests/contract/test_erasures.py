"""Contract: a person is erased with all that is theirs, and known again by nothing but digests."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from lms_scoring.domain.dossier import Decisions
from lms_scoring.domain.errors import CannotBeDecided, UnknownPerson
from lms_scoring.domain.evidence import Action, Decision, RecordTarget, Role, Submission
from lms_scoring.domain.identity import KnownPerson, mbox, own_account, sha1_of
from lms_scoring.domain.scorecard import Scorecard
from lms_scoring.ports import Act, ActKind, Batch, Problem, ProblemKind, Store
from lms_scoring.services.access.erase import erasable, erase, erasures, readmit
from lms_scoring.services.deciding.close import close, reopen
from lms_scoring.services.scoring.card_records import evidence_of_course
from lms_scoring.services.signing import Signature
from tests.fixtures.a_life import CLOCK, LEARNER, MATE, OTHER_TUTOR, RULES, TUTOR, live, moodle, read, work_of
from tests.fixtures.courses.scripted import COURSE, MOODLE, ScriptedSource
from tests.given import AFTER, CLASS

SIGNED = Signature(by="operator:office", reason="asked for")


@pytest.fixture
def lived(store: Store) -> Store:
    """A course in which people did all that people do."""
    live(store)
    return store


def tutors_card(store: Store) -> Scorecard:
    with store.reading() as transaction:
        card = transaction.scorecard(COURSE, OTHER_TUTOR.id, role=Role.TUTOR, class_=CLASS)
    assert card is not None
    return card


def points(card: Scorecard) -> dict[str, tuple[str, str]]:
    return {one.id: (str(one.points), one.state) for one in card.criteria}


def test_what_would_go_is_counted_and_nothing_is_changed(lived: Store) -> None:
    found = erasable(lived, LEARNER.id)
    assert (found.name, found.courses, found.closed) == (LEARNER.name, [COURSE], [])
    assert {"person", "evidence", "watch_event", "scorecard"} <= set(found.goes)
    assert erasable(lived, LEARNER.id) == found
    with pytest.raises(UnknownPerson):
        erasable(lived, "nobody")


def test_who_was_erased_is_known_nowhere_and_the_class_counts_without_them(lived: Store) -> None:
    assert erase(LEARNER.id, SIGNED, lived, clock=CLOCK) is not None
    with lived.reading() as transaction:
        assert transaction.names([LEARNER.id]) == {}
        assert LEARNER.id not in {row.card.person for row in transaction.board(COURSE)}
        assert {one.id for one in transaction.people(COURSE)} == {MATE.id, TUTOR.id, OTHER_TUTOR.id}
        assert list(transaction.held(LEARNER.id)) == []
        assert transaction.unjoined(COURSE) == []
    with pytest.raises(UnknownPerson):
        erase(LEARNER.id, SIGNED, lived, clock=CLOCK)


def test_who_is_erased_has_no_place_any_more_though_it_was_asked_for_just_before(lived: Store) -> None:
    with lived.writing() as transaction:
        assert len(transaction.memberships(COURSE, persons=[LEARNER.id])) == 1
        act = transaction.keep_act(Act(at=CLOCK.now(), kind=ActKind.ERASED, by=SIGNED.by, reason=""))
        transaction.erase(LEARNER.id, act=act.number, names={}, stand_ins={})
        assert list(transaction.memberships(COURSE, persons=[LEARNER.id])) == []


def test_nothing_goes_where_something_else_was_shown(lived: Store) -> None:
    seen = erasable(lived, LEARNER.id).mark
    with lived.writing() as transaction:
        run = transaction.begin_run(COURSE, MOODLE, at=5)
        transaction.keep_records(COURSE, MOODLE, [replace(a_work(), id="one more")], run=run)
    assert erase(LEARNER.id, SIGNED, lived, clock=CLOCK, seen=seen) is None
    assert erasable(lived, LEARNER.id).mark != seen


@pytest.mark.parametrize(
    ("signed", "said"),
    [
        (Signature(by=LEARNER.id, reason="tired of it"), "nobody erases"),
        (Signature(by="operator:office", reason=f"{LEARNER.name} wrote to us"), "names the person"),
        (Signature(by="operator:office", reason=f"mail of {LEARNER.accounts[-1][5:]}"), "names the person"),
    ],
)
def test_an_act_is_anothers_and_names_nobody(lived: Store, signed: Signature, said: str) -> None:
    with pytest.raises(CannotBeDecided, match=said):
        erase(LEARNER.id, signed, lived, clock=CLOCK)
    erasable(lived, LEARNER.id)


def test_the_act_is_signed_and_says_nothing_of_the_person(lived: Store) -> None:
    act = erase(LEARNER.id, SIGNED, lived, clock=CLOCK)
    assert act is not None
    assert erasures(lived) == [act]
    assert (act.kind, act.by, act.reason, act.person) == (ActKind.ERASED, SIGNED.by, SIGNED.reason, None)


def test_a_sync_leaves_out_who_was_erased_and_says_so(lived: Store) -> None:
    erase(LEARNER.id, SIGNED, lived, clock=CLOCK)
    collected = read(lived)
    assert [one.problems.get(ProblemKind.NOTICE, 0) for one in collected] == [1, 1]
    with lived.reading() as transaction:
        (notice,) = (
            one.problem
            for one in transaction.problems(COURSE, run=collected[0].run)
            if one.problem.code == "erased_people"
        )
        assert transaction.names([LEARNER.id]) == {}
        assert not [one for one in transaction.quarantined() if b"90817" in one.aside.text]
        assert [one for one in transaction.quarantined() if b"80716" in one.aside.text]
    assert "told of again: 1" in notice.text
    assert [one.kept.gone for one in collected] == [0, 0]


def test_another_account_of_theirs_is_them_too(lived: Store) -> None:
    erase(LEARNER.id, SIGNED, lived, clock=CLOCK)
    other = KnownPerson(
        id="other-1", name=LEARNER.name, accounts=(LEARNER.accounts[-1], mbox("later@school.example"))
    )
    read(lived, ScriptedSource(batches=[Batch(people=[other])], name="other"))
    with lived.reading() as transaction:
        assert transaction.names(["other-1"]) == {}
        assert set(transaction.erased([own_account("other-1"), sha1_of("later@school.example")])) == {
            own_account("other-1"),
            sha1_of("later@school.example"),
        }


def test_who_is_let_in_again_comes_with_the_next_sync(lived: Store) -> None:
    erase(LEARNER.id, SIGNED, lived, clock=CLOCK)
    assert readmit(own_account("moodle-404"), SIGNED, lived, clock=CLOCK) == 0
    assert readmit(own_account(LEARNER.id), SIGNED, lived, clock=CLOCK) == 1
    read(lived)
    with lived.reading() as transaction:
        assert transaction.names([LEARNER.id]) == {LEARNER.id: LEARNER.name}
    assert [act.kind for act in erasures(lived)] == [ActKind.ERASED, ActKind.READMITTED]


def test_a_tutor_keeps_the_points_for_a_learner_who_is_erased(lived: Store) -> None:
    before = points(tutors_card(lived))
    assert before["marking"][0] == before["recommending"][0].replace("20", "40") == "40"
    erase(LEARNER.id, SIGNED, lived, clock=CLOCK)
    for _ in range(2):
        assert points(tutors_card(lived)) == before
        read(lived)


def test_a_work_that_a_clock_set_back_restored_stays_restored_as_nobodys(lived: Store) -> None:
    about = RecordTarget(kind="submission", id=work_of(LEARNER))
    void = Decision(
        id="here/x-8", person=LEARNER.id, target=about, action=Action.VOID, by=TUTOR.id, at=AFTER, reason="?"
    )
    restore = replace(void, id="here/x-9", action=Action.RESTORE, at=AFTER - 1, instead_of=(void.id,))
    with lived.writing() as transaction:
        for decision in (void, restore):
            transaction.keep_decision(COURSE, decision, at=AFTER)
    erase(LEARNER.id, SIGNED, lived, clock=CLOCK)
    with lived.reading() as transaction:
        records = [*evidence_of_course(transaction, RULES)]
    decided = [
        one
        for one in records
        if isinstance(one, Decision)
        and isinstance(one.target, RecordTarget)
        and one.target.kind == "submission"
    ]
    assert len(decided) == 2
    assert LEARNER.id not in {one.person for one in decided}
    assert [one.action for one in Decisions.of(decided).by_record.values()] == [Action.RESTORE]


def test_a_tutor_owes_no_marking_of_what_nobody_can_mark_any_more(store: Store) -> None:
    live(store)
    read(store, moodle(marked=False))
    assert points(tutors_card(store))["marking"] == ("0", "pending")
    for person in (LEARNER, MATE):
        erase(person.id, SIGNED, store, clock=CLOCK)
    read(store, moodle(marked=False))
    assert points(tutors_card(store))["marking"] == ("0", "final")
    assert points(tutors_card(store))["recommending"] == ("20", "final")


def test_what_an_erased_tutor_decided_and_marked_stays_valid(lived: Store) -> None:
    with lived.reading() as transaction:
        before = transaction.scorecard(COURSE, MATE.id, role=Role.LEARNER, class_=CLASS)
    act = erase(TUTOR.id, SIGNED, lived, clock=CLOCK)
    read(lived)
    with lived.reading() as transaction:
        after = transaction.scorecard(COURSE, MATE.id, role=Role.LEARNER, class_=CLASS)
        (evidence,) = transaction.evidence_of(COURSE, [MATE.id])
    assert before is not None and after is not None and act is not None
    assert replace(after, evidence="") == replace(before, evidence="")
    marks = {one.graded_by for one in evidence.records if isinstance(one, Submission)}
    assert marks == {f"erased:{act.number}"}


def test_a_closed_course_stays_as_it_was_for_everybody_else(lived: Store) -> None:
    close(RULES, SIGNED, lived, clock=CLOCK)
    before = tutors_card(lived)
    erase(LEARNER.id, SIGNED, lived, clock=CLOCK)
    assert points(tutors_card(lived)) == points(before)
    reopen(RULES, SIGNED, lived, clock=CLOCK)
    assert points(tutors_card(lived)) == points(before)
    close(RULES, SIGNED, lived, clock=CLOCK)
    assert points(tutors_card(lived)) == points(before)


def test_an_export_of_the_course_still_makes_the_tutors_cards(lived: Store) -> None:
    act = erase(LEARNER.id, SIGNED, lived, clock=CLOCK)
    assert act is not None
    with lived.reading() as transaction:
        records = [*evidence_of_course(transaction, RULES)]
    works = [one for one in records if isinstance(one, Submission) and one.person.startswith("erased:")]
    assert len(works) == 2
    assert not [one for one in records if work_of(LEARNER) in repr(one)]


def test_somebody_with_very_much_work_is_erased_too(lived: Store) -> None:
    works = [replace(a_work(), id=f"assign-{number}-90817-0") for number in range(1_100)]
    read(lived, ScriptedSource([Batch(records=works)], name=MOODLE))
    erase(LEARNER.id, SIGNED, lived, clock=CLOCK)
    with lived.reading() as transaction:
        assert transaction.names([LEARNER.id]) == {}


ROWS = {
    "theirs": f'{{"id":5,"userid":{MATE.id[7:]}}}',
    "theirs, by an address": '{"actor":{"mbox":"mailto:ZHAO@School.example"}}',
    "another's with their words": '{"id":7,"userid":8,"users":7,"text":"7 or zhao@school.example, u.zhao"}',
    "another's, whom they marked": '{"id":6,"userid":70,"grader":7}',
    "unreadable with their words": '7,"zhao@school.example',
    "unreadable": '70,"',
}  # fmt: skip


@pytest.fixture
def aside(lived: Store) -> dict[str, int]:
    """Records that no sync could use, by what they are to the mate, who is user 7."""
    problems = [
        Problem(kind=ProblemKind.REFUSED, code="odd", text="odd", subject=what, raw=text.encode(), place=what)
        for what, text in ROWS.items()
    ]
    read(lived, ScriptedSource(batches=[replace(moodle().batches[0], problems=problems, cursor=None)]))
    with lived.reading() as transaction:
        found = {one.aside.subject: one.number for one in transaction.quarantined()}
    return {what: found[what] for what in ROWS}


def held_aside(store: Store, *, taken: Sequence[int] = ()) -> dict[bool, set[object]]:
    """The numbers of records in quarantine that are the mate's, and of those that name the mate."""
    found: dict[bool, set[object]] = {True: set(), False: set()}
    with store.reading() as transaction:
        for one in transaction.held(MATE.id, taken=taken):
            if one.what == "quarantined":
                found[one.goes].add(one.fields["number"])
    return found


def test_of_what_was_set_aside_theirs_is_what_bears_their_identity(
    lived: Store, aside: dict[str, int]
) -> None:
    held = held_aside(lived)
    assert {aside["theirs"], aside["theirs, by an address"]} <= held[True]
    assert held[True].isdisjoint(aside[what] for what in list(ROWS)[2:])
    assert aside["another's, whom they marked"] in held[False]
    assert aside["another's with their words"] not in held[False]
    with lived.reading() as transaction:
        assert list(transaction.unclear(MATE.id)) == [aside["unreadable with their words"]]


def test_what_cannot_be_read_goes_with_them_where_somebody_says_that_it_is_theirs(
    lived: Store, aside: dict[str, int]
) -> None:
    unclear, others = aside["unreadable with their words"], aside["another's with their words"]
    assert erasable(lived, MATE.id).unclear == [unclear]
    assert unclear in held_aside(lived, taken=[unclear, others])[True]
    assert others not in held_aside(lived, taken=[unclear, others])[True]
    assert erase(MATE.id, SIGNED, lived, clock=CLOCK, taken=[unclear, others]) is not None
    with lived.reading() as transaction:
        kept = {one.number: one.aside.text for one in transaction.quarantined()}
    assert kept.keys() & aside.values() == {
        aside[what] for what in ("another's with their words", "another's, whom they marked", "unreadable")
    }
    assert b'"userid": 70' in kept[aside["another's, whom they marked"]]
    assert b'"grader": null' in kept[aside["another's, whom they marked"]]


def test_what_comes_again_of_who_was_erased_is_left_out_and_others_records_name_nobody(
    lived: Store, aside: dict[str, int]
) -> None:
    erase(MATE.id, SIGNED, lived, clock=CLOCK, taken=[aside["unreadable with their words"]])
    theirs, marked = ROWS["theirs"], ROWS["another's, whom they marked"]
    again = [
        Problem(kind=ProblemKind.REFUSED, code="odd", text="odd", subject=subject, raw=text.encode())
        for subject, text in (("again 1", theirs), ("again 2", marked), ("again 3", '{"userid":9}'))
    ]
    read(lived, ScriptedSource(batches=[Batch(problems=again)]))
    with lived.reading() as transaction:
        kept = {one.aside.subject: one.aside.text for one in transaction.quarantined()}
    assert "again 1" not in kept
    assert kept["again 2"] == b'{"id": 6, "userid": 70, "grader": null}'
    assert kept["again 3"] == b'{"userid":9}'


def a_work() -> Submission:
    """One of the learner's."""
    told = moodle().batches[0].records
    return next(one for one in told if isinstance(one, Submission) and one.person in LEARNER.accounts)
