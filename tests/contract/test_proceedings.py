"""Contract: cases and disputes are kept step by step, found by who they are about, and never changed."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import pytest

from lms_scoring.domain.doubts import Doubt, Family, Ground, GroundKind
from lms_scoring.domain.errors import StoreError
from lms_scoring.domain.evidence import RecordTarget, Role
from lms_scoring.domain.proceedings.case import Case, opened
from lms_scoring.domain.proceedings.dispute import Contested, Dispute, raised
from lms_scoring.domain.proceedings.step import Outcome
from lms_scoring.ports import CaseHeap, CaseText, CaseTexts, Contesting, Store
from tests.contract.story import CHEN, COURSE, LI, WANG, class_a

OTHER_COURSE = "course-2"
SIMILAR = Ground(kind=GroundKind.SIMILAR, amount=7_200, limit=5_000, other="moodle/h2", other_course="old")
POSTS = Contested(role=Role.LEARNER, class_="A", criterion="posts")
POST = Contested(
    role=Role.LEARNER, class_=None, criterion="posts", record=RecordTarget(kind="post", id="moodle/p1")
)


def a_case(person: str = LI.id, name: str = "moodle/h1") -> Case:
    doubt = Doubt(family=Family.LIKENESS, kind="submission", name=name, digest=b"\0\xff", grounds=(SIMILAR,))
    return opened(doubt, person=person, at=1_000)


def decided(case: Case, by: str = CHEN.id) -> Case:
    return case.decided(Outcome.VOIDED, by=by, words="抄袭。", at=2_000, until=9_000)


def a_dispute(person: str = LI.id, about: Contested = POST) -> Dispute:
    return raised(about, person=person, words="I was ill.\n😊", at=1_000, until=5_000, decided=3)


def cases(store: Store, course: str = COURSE) -> dict[int, Case]:
    with store.reading() as transaction:
        return {case.number: case for case in transaction.cases(course)}


def test_a_case_gets_a_number_in_its_course_and_is_read_as_it_was_kept(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        first = transaction.keep_case(COURSE, a_case())
        second = transaction.keep_case(COURSE, a_case(WANG.id))
        elsewhere = transaction.keep_case(OTHER_COURSE, a_case())
    assert (first.number, second.number, elsewhere.number) == (1, 2, 1)
    assert cases(store) == {1: replace(a_case(), number=1), 2: replace(a_case(WANG.id), number=2)}


def test_steps_are_added_behind_those_that_are_kept(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        case = transaction.keep_case(COURSE, a_case())
        after = transaction.keep_case(COURSE, decided(case))
        transaction.keep_case(COURSE, after.objected(by=LI.id, words="不是。", at=3_000))
    assert cases(store)[1] == decided(case).objected(by=LI.id, words="不是。", at=3_000)


def test_of_two_who_take_a_step_at_once_the_second_is_refused(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        case = transaction.keep_case(COURSE, a_case())
        transaction.keep_case(COURSE, decided(case))
        with pytest.raises(StoreError):
            transaction.keep_case(COURSE, decided(case, by="somebody else"))
    assert cases(store)[1].steps[-1].by == CHEN.id


def test_who_asked_before_a_step_sees_it_in_the_same_transaction(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        case = transaction.keep_case(COURSE, a_case())
        assert transaction.cases(COURSE, persons=[LI.id], waiting=True) == [case]
        assert transaction.disputes(COURSE, persons=[LI.id]) == []
        later = transaction.keep_case(COURSE, decided(case))
        assert transaction.cases(COURSE, persons=[LI.id], waiting=True) == []
        assert transaction.cases(COURSE, persons=[LI.id]) == [later]
        dispute = transaction.keep_dispute(COURSE, a_dispute())
        assert transaction.disputes(COURSE, persons=[LI.id], waiting=True) == [dispute]
        transaction.forget_proceedings(LI.id)
        assert transaction.cases(COURSE, persons=[LI.id]) == []
        assert transaction.disputes(COURSE, persons=[LI.id]) == []


def test_cases_are_found_by_number_person_and_whether_somebody_must_act(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        for person, name in ((LI.id, "moodle/h1"), (LI.id, "moodle/j1"), (WANG.id, "moodle/h2")):
            transaction.keep_case(COURSE, a_case(person, name))
        transaction.keep_case(COURSE, decided(transaction.cases(COURSE, numbers=[1])[0]))
    with store.reading() as transaction:
        assert [case.number for case in transaction.cases(COURSE, persons=[LI.id])] == [1, 2]
        assert [case.number for case in transaction.cases(COURSE, numbers=[3, 1, 7])] == [1, 3]
        assert [case.number for case in transaction.cases(COURSE, waiting=True)] == [2, 3]
        assert [case.number for case in transaction.cases(COURSE, numbers=[])] == []
        assert transaction.waiting_cases(COURSE) == {2: LI.id, 3: WANG.id}
        assert transaction.waiting_cases(COURSE, persons=[WANG.id]) == {3: WANG.id}
        assert transaction.waiting_cases(OTHER_COURSE) == {}


def test_cases_are_counted_for_whom_they_wait(store: Store) -> None:
    """Case 2 is done; case 3 was decided by Chen, and Wang objects."""
    with store.writing() as transaction:
        class_a(transaction)
        for person, name in ((LI.id, "m/h1"), (LI.id, "m/j1"), (WANG.id, "m/h2"), (WANG.id, "m/h3")):
            transaction.keep_case(COURSE, a_case(person, name))
        done, contested = transaction.cases(COURSE, numbers=[2, 3])
        transaction.keep_case(COURSE, decided(done))
        transaction.keep_case(COURSE, decided(contested).objected(by=WANG.id, words="?", at=3_000))
        transaction.keep_case(OTHER_COURSE, a_case())
    both = (LI.id, WANG.id)
    with store.reading() as transaction:

        def counted(by: str, persons: Collection[str] = both) -> Mapping[str, int]:
            return transaction.cases_to_judge(COURSE, persons=persons, by=by)

        def following(by: str, after: int, persons: Collection[str] = both) -> int | None:
            return transaction.case_to_judge(COURSE, persons=persons, by=by, after=after)

        assert counted("operator:x") == {LI.id: 1, WANG.id: 2}
        assert counted(CHEN.id) == {LI.id: 1, WANG.id: 1}
        assert counted(LI.id) == {WANG.id: 2}
        assert counted("operator:x", [LI.id]) == {LI.id: 1}
        assert counted("operator:x", []) == {}
        assert [following("operator:x", after) for after in (0, 1, 2, 3, 4, 9)] == [1, 3, 3, 4, 1, 1]
        assert [following(CHEN.id, after) for after in (1, 4)] == [4, 1]
        assert following("operator:x", 1, [LI.id]) is None
        assert following("operator:x", 3, [LI.id]) == 1
        assert following("operator:x", 0, []) is None


def test_disputes_are_counted_by_person_and_class_for_who_can_answer(store: Store) -> None:
    """Dispute 2 was answered by Chen, and Wang wants a second opinion; dispute 3 is withdrawn."""
    with store.writing() as transaction:
        class_a(transaction)
        kept = [
            transaction.keep_dispute(COURSE, a_dispute(person, about))
            for person, about in ((LI.id, POST), (WANG.id, POSTS), (LI.id, POSTS), (CHEN.id, POST))
        ]
        answered = kept[1].answered(Outcome.KEPT, by=CHEN.id, words="No.", at=2_000, until=8_000)
        transaction.keep_dispute(COURSE, answered.asked_again(by=WANG.id, words="?", at=3_000, until=9_000))
        transaction.keep_dispute(COURSE, kept[2].withdrawn(by=LI.id, at=2_000))
    with store.reading() as transaction:

        def counted(by: str, now: int, whose: Contesting) -> Mapping[tuple[str, str | None], tuple[int, int]]:
            found = transaction.disputes_to_answer(COURSE, whose, by=by, now=now)
            return {place: (one.count, one.overdue) for place, one in found.items()}

        everybody, li, wang, chen = Contesting(), (LI.id, None), (WANG.id, "A"), (CHEN.id, None)
        assert counted("operator:x", 4_999, everybody) == {li: (1, 0), wang: (1, 0), chen: (1, 0)}
        assert counted("operator:x", 5_000, everybody) == {li: (1, 1), wang: (1, 0), chen: (1, 1)}
        assert counted("operator:x", 9_000, everybody) == {li: (1, 1), wang: (1, 1), chen: (1, 1)}
        assert counted(CHEN.id, 0, everybody) == {li: (1, 0)}
        assert counted(CHEN.id, 0, Contesting(learners=[WANG.id])) == {}
        assert counted(WANG.id, 0, Contesting(but_not=LI.id)) == {chen: (1, 0)}


def test_the_texts_of_a_case_lie_with_it_and_are_replaced_together(store: Store) -> None:
    own = CaseText(course=COURSE, name="moodle/h1", person=LI.id, text="抄来的😊")
    other = CaseText(course="old", name="moodle/h2", person=None, text="原来的")
    with store.writing() as transaction:
        class_a(transaction)
        number = transaction.keep_case(COURSE, a_case()).number
        assert transaction.case_texts(COURSE, number) == CaseTexts()
        transaction.keep_case_texts(COURSE, {number: CaseTexts(own=own, other=other)})
    with store.writing() as transaction:
        assert transaction.case_texts(COURSE, number) == CaseTexts(own=own, other=other)
        transaction.keep_case_texts(COURSE, {number: CaseTexts(own=own)})
        assert transaction.case_texts(COURSE, number) == CaseTexts(own=own)


def test_a_dispute_is_kept_like_a_case_and_numbered_for_itself(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_case(COURSE, a_case())
        first = transaction.keep_dispute(COURSE, a_dispute())
        second = transaction.keep_dispute(COURSE, a_dispute(WANG.id, POSTS))
        answered = first.answered(Outcome.KEPT, by=CHEN.id, words="No.", at=2_000, until=8_000)
        transaction.keep_dispute(COURSE, answered)
        with pytest.raises(StoreError):
            transaction.keep_dispute(COURSE, first.withdrawn(by=LI.id, at=2_000))
    with store.reading() as transaction:
        assert list(transaction.disputes(COURSE)) == [answered, second]
        assert (first.number, second.number) == (1, 2)
        assert list(transaction.disputes(COURSE, waiting=True)) == [second]
        assert list(transaction.disputes(COURSE, persons=[LI.id])) == [answered]
        assert list(transaction.disputes(COURSE, numbers=[2])) == [second]
        assert [case.number for case in transaction.cases(COURSE)] == [1]


def test_disputes_are_asked_for_a_part_at_a_time_what_is_due_first_first(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        kept = [
            transaction.keep_dispute(COURSE, raised(POSTS, person=person, words="?", at=1_000, until=until))
            for person, until in ((LI.id, 9_000), (WANG.id, 7_000), (LI.id, 7_000), (CHEN.id, 1), (LI.id, 2))
        ]
        for one, at in zip(kept[3:], (3_000, 4_000), strict=True):
            transaction.keep_dispute(COURSE, one.withdrawn(by=one.person, at=at))
        transaction.keep_dispute(OTHER_COURSE, a_dispute())

    def numbers(whose: Contesting, *, waiting: bool = False, first: int = 0, rows: int = 9) -> list[int]:
        part = transaction.dispute_part(COURSE, whose, waiting=waiting, first=first, rows=rows)
        found.append(part.found)
        return [one.number for one in part.disputes]

    found: list[int] = []
    with store.reading() as transaction:
        assert numbers(Contesting()) == [2, 3, 1, 5, 4]
        assert numbers(Contesting(), first=1, rows=3) == [3, 1, 5]
        assert numbers(Contesting(), first=9) == []
        assert numbers(Contesting(), waiting=True) == [2, 3, 1]
        assert numbers(Contesting(but_not=LI.id)) == [2, 4]
        assert found == [5, 5, 5, 3, 2]


def test_of_learners_only_what_they_contest_as_such_is_asked_for_and_not_elsewhere(store: Store) -> None:
    as_tutor = replace(POSTS, role=Role.TUTOR)
    with store.writing() as transaction:
        class_a(transaction)
        for about in (POSTS, as_tutor, replace(POSTS, class_="B"), replace(POSTS, class_=None)):
            for person in (LI.id, WANG.id):
                transaction.keep_dispute(COURSE, a_dispute(person, about))
    with store.reading() as transaction:
        whose = Contesting(learners=[LI.id], elsewhere=[(LI.id, "B"), (WANG.id, "A")])
        part = transaction.dispute_part(COURSE, whose, waiting=True, first=0, rows=9)
        assert [(one.person, one.role, one.class_) for one in part.disputes] == [
            (LI.id, Role.LEARNER, "A"),
            (LI.id, Role.LEARNER, None),
        ]
        nobody = transaction.dispute_part(COURSE, Contesting(learners=[]), waiting=False, first=0, rows=9)
        assert (list(nobody.disputes), nobody.found) == ([], 0)
        outside = Contesting(elsewhere=[(LI.id, None), (WANG.id, None)])
        assert transaction.dispute_part(COURSE, outside, waiting=True, first=0, rows=9).found == 6


def test_cases_are_counted_by_person_and_family_the_longest_waiting_first(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        for person in (WANG.id, LI.id, WANG.id):
            transaction.keep_case(COURSE, a_case(person))
        transaction.keep_case(COURSE, replace(a_case(WANG.id), family=Family.FLOODING))
        transaction.keep_case(COURSE, decided(transaction.cases(COURSE, numbers=[1])[0]))
    with store.reading() as transaction:
        heaps = transaction.case_heaps(COURSE, persons=[WANG.id, LI.id])
        assert heaps == [
            CaseHeap(person=WANG.id, family=Family.LIKENESS, first=1, count=2),
            CaseHeap(person=LI.id, family=Family.LIKENESS, first=2, count=1),
            CaseHeap(person=WANG.id, family=Family.FLOODING, first=4, count=1),
        ]
        waiting = transaction.case_heaps(COURSE, persons=[WANG.id], waiting=True)
        assert [(heap.first, heap.count) for heap in waiting] == [(3, 1), (4, 1)]
        assert transaction.case_heaps(COURSE, persons=[]) == []


def test_a_person_s_proceedings_can_be_erased_and_what_others_copied_of_theirs(store: Store) -> None:
    own = CaseText(course=COURSE, name="moodle/h1", person=LI.id, text="Li's")
    copied = CaseText(course=COURSE, name="moodle/h2", person=WANG.id, text="Wang's")
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_case(COURSE, a_case())
        transaction.keep_case(COURSE, a_case(WANG.id))
        transaction.keep_case_texts(COURSE, {1: CaseTexts(own=own, other=copied)})
        transaction.keep_case_texts(COURSE, {2: CaseTexts(own=copied, other=own)})
        transaction.keep_dispute(COURSE, a_dispute())
        assert transaction.forget_proceedings(LI.id) == 2
        assert transaction.forget_proceedings(LI.id) == 0
        assert transaction.case_texts(COURSE, 1) == CaseTexts()
        assert transaction.case_texts(COURSE, 2) == CaseTexts(own=copied)
        assert transaction.disputes(COURSE) == []
    assert list(cases(store)) == [2]


def test_the_rules_that_texts_were_looked_at_by_are_remembered(store: Store) -> None:
    with store.writing() as transaction:
        assert transaction.doubt_rules(COURSE) is None
        transaction.keep_doubt_rules(COURSE, "a")
        transaction.keep_doubt_rules(COURSE, "b")
        assert (transaction.doubt_rules(COURSE), transaction.doubt_rules(OTHER_COURSE)) == ("b", None)
