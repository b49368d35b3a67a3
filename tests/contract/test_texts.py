"""Contract: what people wrote is kept in its latest version, found by its likes, and can be erased."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from lms_scoring.domain.texts import TaskText, Text
from lms_scoring.ports import CARRIERS, KeptText, Scope, Store, Transaction
from tests.contract.story import (
    CHEN,
    CLASS_A,
    COURSE,
    FORUM,
    HOMEWORK,
    LI,
    LRS,
    MOODLE,
    WANG,
    class_a,
    homework,
    member,
    post,
    user,
)

OTHER_COURSE = "course-2"
WORKS = Scope(kind="submission", activity=HOMEWORK)


def written(id_: str, number: int = 1, text: str | None = "Some words.", **changes: Any) -> Text:
    """What somebody posted."""
    plain = Text(kind="post", id=id_, person=user(number), activity=FORUM, at=1_000, text=text)
    return replace(plain, **changes)


def work(id_: str, number: int = 1, text: str | None = "Some homework.", **changes: Any) -> Text:
    """What somebody handed in."""
    return written(id_, number, text, **{"kind": "submission", "activity": HOMEWORK, **changes})


def by(store: Store, person: str = LI.id, course: str = COURSE) -> Sequence[KeptText]:
    with store.reading() as transaction:
        return transaction.texts_by(course, [person])


def waiting(store: Store, course: str = COURSE) -> Sequence[str]:
    """Who is to be looked at."""
    with store.reading() as transaction:
        return transaction.to_look_at(course)


def everybody_looked_at(transaction: Transaction, course: str = COURSE) -> None:
    transaction.looked_at(course, [LI.id, WANG.id, CHEN.id])


def second_course(transaction: Transaction) -> int:
    """Another course of the institution with the same people."""
    run = transaction.begin_run(OTHER_COURSE, MOODLE, at=1)
    transaction.keep_records(OTHER_COURSE, MOODLE, CLASS_A, run=run)
    return run


def number_of(transaction: Transaction, id_: str, course: str = COURSE) -> int:
    found = transaction.text_of(course, "submission", f"{MOODLE}/{id_}")
    assert found is not None
    return found.number


def test_a_text_is_found_by_the_name_that_cards_give_its_record(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_texts(COURSE, MOODLE, [written("p1", text="Ａｂｃ，字 1!")])
    with store.reading() as transaction:
        found = transaction.text_of(COURSE, "post", "moodle/p1")
        assert found is not None
        assert (found.person, found.activity, found.at, found.text) == (LI.id, FORUM, 1_000, "Ａｂｃ，字 1!")
        assert (found.course, found.source, found.id, found.name) == (COURSE, MOODLE, "p1", "moodle/p1")
        assert found.size == len("abc字1")
        for kind, name in (("submission", "moodle/p1"), ("post", "lrs/p1"), ("post", "p1"), ("post", "\0")):
            assert transaction.text_of(COURSE, kind, name) is None
        assert transaction.text_of(OTHER_COURSE, "post", "moodle/p1") is None


def test_texts_of_equal_letters_have_equal_digests(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        texts = [written("p1", text="Yes, you."), written("p2", text="YES you"), written("p3", text="No.")]
        transaction.keep_texts(COURSE, MOODLE, texts)
    first, second, third = (text.digest for text in by(store))
    assert first == second != third


def test_a_repeat_changes_nothing_and_a_change_takes_the_place(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_texts(COURSE, MOODLE, [written("p1"), written("p2", text="More.")])
        everybody_looked_at(transaction)
    before = by(store)
    with store.writing() as transaction:
        transaction.keep_texts(COURSE, MOODLE, [written("p1"), written("p2", text="More.")])
    assert (by(store), waiting(store)) == (before, [])
    with store.writing() as transaction:
        transaction.keep_texts(COURSE, MOODLE, [written("p1"), written("p2", text="More!")])
    assert waiting(store) == [LI.id]
    assert [text.text for text in by(store)] == ["Some words.", "More!"]
    assert before[0] == by(store)[0]


def test_an_edited_text_has_a_number_that_none_had_before(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_texts(COURSE, MOODLE, [written("p1"), written("p2")])
    before = {text.number for text in by(store)}
    with store.writing() as transaction:
        transaction.keep_texts(COURSE, MOODLE, [written("p2", text="Edited.")])
    (edited,) = {text.number for text in by(store)} - before
    assert edited > max(before)


def test_the_state_of_what_somebody_wrote_changes_with_it(store: Store) -> None:
    def states() -> list[bytes | None]:
        with store.reading() as transaction:
            found = transaction.text_states(COURSE, [LI.id, WANG.id])
        return [found.get(person) for person in (LI.id, WANG.id)]

    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_texts(COURSE, MOODLE, [written("p1"), written("p2", 2)])
    seen = [states()]
    for told in (
        [written("p1", text="Edited.")],
        [written("p1", text="Edited."), written("p3")],
        [written("p1", text="Edited."), written("p3", text=None)],
        [written("p1", text="Edited.", at=2_000)],
        [written("p1", text=None)],
    ):
        with store.writing() as transaction:
            transaction.keep_texts(COURSE, MOODLE, told)
            transaction.keep_texts(COURSE, MOODLE, [written("p4", 3)])
        seen.append(states())
    assert len({of_li for of_li, _ in seen}) == 5, "what came and went again is as if it had not been"
    assert seen[-1][0] is None
    assert len({of_wang for _, of_wang in seen}) == 1


def test_the_state_of_likes_changes_with_whatever_shares_a_mark(store: Store) -> None:
    def state() -> bytes:
        with store.reading() as transaction:
            mine = number_of(transaction, "mine")
            return transaction.like_states([mine])[mine]

    def mark(id_: str, *marks: int, course: str = COURSE) -> bytes:
        with store.writing() as transaction:
            transaction.keep_text_marks({number_of(transaction, id_, course): marks})
        return state()

    with store.writing() as transaction:
        class_a(transaction)
        second_course(transaction)
        transaction.keep_texts(COURSE, MOODLE, [work("mine"), work("h1", 2), work("h2", 3), work("h3", 3)])
        transaction.keep_texts(OTHER_COURSE, MOODLE, [work("h4", 3)])
    alone = mark("mine", 1, 2, 3)
    assert mark("h3", 4) == alone
    one = mark("h1", 1)
    assert mark("h3", 4, 5) == one
    assert len({alone, one, mark("h1", 2), mark("h2", 1), mark("h4", 1, course=OTHER_COURSE)}) == 5
    before = mark("h2", 7)
    with store.writing() as transaction:
        transaction.keep_texts(OTHER_COURSE, MOODLE, [work("h4", 3, text="Edited.")])
    assert mark("h4", 1, course=OTHER_COURSE) != before
    mark("h4", 8, course=OTHER_COURSE)
    assert mark("h1", 9) == alone


@pytest.mark.parametrize(
    "change",
    [{"at": 2_000}, {"activity": "26"}, {"person": user(2)}],
    ids=["another time", "another activity", "another author"],
)
def test_what_is_said_about_a_text_is_part_of_it(store: Store, change: dict[str, Any]) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_texts(COURSE, MOODLE, [written("p1")])
        everybody_looked_at(transaction)
        transaction.keep_texts(COURSE, MOODLE, [written("p1", **change)])
    assert LI.id in waiting(store)
    with store.reading() as transaction:
        found = transaction.text_of(COURSE, "post", "moodle/p1")
        assert found is not None
        assert (found.at, found.activity, found.person) == (
            change.get("at", 1_000),
            change.get("activity", FORUM),
            WANG.id if "person" in change else LI.id,
        )


def test_a_text_that_is_taken_away_is_gone(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_texts(COURSE, MOODLE, [written("p1"), written("p2", text=None)])
        everybody_looked_at(transaction)
        transaction.keep_texts(COURSE, MOODLE, [written("p1", text=None)])
    assert by(store) == []
    assert waiting(store) == [LI.id]


def test_the_text_of_a_record_that_is_gone_goes_with_it(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [homework("h1"), homework("h2"), post("p1")], run=run)
        transaction.keep_texts(COURSE, MOODLE, [work("h1"), work("h2"), written("p1")])
        everybody_looked_at(transaction)
        later = transaction.begin_run(COURSE, MOODLE, at=2)
        transaction.keep_records(COURSE, MOODLE, [homework("h2")], run=later)
        assert transaction.mark_gone(COURSE, MOODLE, WORKS, run=later, at=3) == 1
    assert [text.id for text in by(store)] == ["p1", "h2"]
    assert waiting(store) == [LI.id]


def test_the_text_of_a_loss_that_somebody_confirms_goes_with_it(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [homework("h1"), homework("h2")], run=run)
        transaction.keep_texts(COURSE, MOODLE, [work("h1"), work("h2")])
        everybody_looked_at(transaction)
        later = transaction.begin_run(COURSE, MOODLE, at=2)
        transaction.keep_records(COURSE, MOODLE, [homework("h2")], run=later)
        held = transaction.hold_loss(COURSE, MOODLE, WORKS, run=later, at=3)
    assert [text.id for text in by(store)] == ["h1", "h2"]
    with store.writing() as transaction:
        assert transaction.mark_held_gone(held.number, at=4) == 1
    assert [text.id for text in by(store)] == ["h2"]
    assert waiting(store) == [LI.id]


def test_of_a_shared_source_what_was_said_last_holds_in_whatever_order_it_comes(store: Store) -> None:
    told = [
        written("p1", text="First.", told_at=10),
        written("p1", text="Edited.", told_at=20),
        written("p2", text="Deleted later.", told_at=10),
        written("p2", 2, text=None, told_at=30),
    ]
    for number, order in enumerate((told, told[::-1])):
        with store.writing() as transaction:
            class_a(transaction)
            for text in order:
                transaction.keep_texts(None, LRS, [replace(text, id=f"{text.id}-{number}")])
            transaction.keep_texts(None, LRS, [replace(text, id=f"{text.id}-{number}") for text in order])
    assert [(text.id, text.text, text.course) for text in by(store)] == [
        ("p1-0", "Edited.", None),
        ("p1-1", "Edited.", None),
    ]


def test_texts_of_a_shared_source_are_those_of_every_course_that_reads_it(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        second_course(transaction)
        transaction.keep_texts(None, LRS, [written("p1")])
    assert by(store, course=OTHER_COURSE) == []
    assert (waiting(store), waiting(store, OTHER_COURSE)) == ([LI.id], [])
    with store.writing() as transaction:
        everybody_looked_at(transaction)
        transaction.begin_run(OTHER_COURSE, LRS, at=2, shared=True)
    assert (waiting(store), waiting(store, OTHER_COURSE)) == ([], [LI.id])
    assert [text.id for text in by(store, course=OTHER_COURSE)] == ["p1"]
    with store.reading() as transaction:
        assert transaction.text_of(OTHER_COURSE, "post", "lrs/p1") is not None
    with store.writing() as transaction:
        everybody_looked_at(transaction, OTHER_COURSE)
        transaction.keep_texts(None, LRS, [written("p1", text="Edited.", told_at=5)])
    assert (waiting(store), waiting(store, OTHER_COURSE)) == ([LI.id], [LI.id])


def test_somebody_in_no_list_is_looked_at_once_they_are(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_texts(COURSE, MOODLE, [written("p1", 4)])
    assert waiting(store) == []
    with store.writing() as transaction:
        transaction.keep_people([replace(LI, id="moodle-4", accounts=(user(4),))])
        transaction.keep_records(COURSE, MOODLE, [member(4)], run=run)
    assert waiting(store) == ["moodle-4"]
    with store.writing() as transaction:
        transaction.keep_texts(COURSE, MOODLE, [written("p2"), written("p3", 2)])
        assert transaction.to_look_at(COURSE, persons=[LI.id, CHEN.id, "moodle-4"]) == [LI.id, "moodle-4"]
        assert transaction.to_look_at(COURSE, persons=[]) == []
        everybody_looked_at(transaction)
        transaction.looked_at(COURSE, ["moodle-4"])
    assert waiting(store) == []


def test_a_change_of_the_rules_has_everybody_looked_at(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_texts(COURSE, MOODLE, [written("p1"), work("h1", 2)])
        transaction.keep_texts(None, LRS, [written("p2", 3)])
        everybody_looked_at(transaction)
        transaction.look_again(COURSE)
    assert waiting(store) == [LI.id, WANG.id, CHEN.id]


def test_hand_ins_are_unmarked_until_they_have_their_marks(store: Store) -> None:
    texts = [work("h1"), work("h2", 2), written("p1"), work("draft", at=None), work("empty", text=None)]
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_texts(COURSE, MOODLE, texts)
    with store.writing() as transaction:
        assert [text.id for text in transaction.unmarked_texts(COURSE, limit=9)] == ["h1", "h2"]
        assert transaction.unmarked_authors(COURSE) == [LI.id, WANG.id]
        (first,) = transaction.unmarked_texts(COURSE, limit=1)
        transaction.keep_text_marks({first.number: [1, 2]})
        assert [text.id for text in transaction.unmarked_texts(COURSE, limit=9)] == ["h2"]
        assert transaction.unmarked_authors(COURSE) == [WANG.id]
        assert transaction.unmarked_authors(OTHER_COURSE) == []
        transaction.keep_texts(COURSE, MOODLE, [work("h1", text="Better.")])
        assert [text.id for text in transaction.unmarked_texts(COURSE, limit=9)] == ["h2", "h1"]


def test_when_somebody_is_erased_who_wrote_the_like_later_is_to_be_looked_at(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_texts(COURSE, MOODLE, [work("h1", at=1), work("h2", 2, at=2)])
        transaction.keep_text_marks({number_of(transaction, one): [7] for one in ("h1", "h2")})
        everybody_looked_at(transaction)
        transaction.erase(LI.id, act=1, names={}, stand_ins={})
    assert waiting(store) == [WANG.id]


def test_works_are_signed_anew_when_their_task_says_something_else(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_texts(COURSE, MOODLE, [work("h1"), work("j1", 2, activity="19")])
        for text in transaction.unmarked_texts(COURSE, limit=9):
            transaction.keep_text_marks({text.number: []})
        everybody_looked_at(transaction)
        assert transaction.task_text(COURSE, MOODLE, HOMEWORK) == ""
        tasks = [TaskText(activity=HOMEWORK, text="Do this."), TaskText(activity="20", text="")]
        transaction.keep_tasks(COURSE, MOODLE, tasks)
        assert transaction.task_text(COURSE, MOODLE, HOMEWORK) == "Do this."
        assert [text.id for text in transaction.unmarked_texts(COURSE, limit=9)] == ["h1"]
    assert waiting(store) == [LI.id]
    with store.writing() as transaction:
        (text,) = transaction.unmarked_texts(COURSE, limit=9)
        transaction.keep_text_marks({text.number: []})
        transaction.keep_tasks(COURSE, MOODLE, tasks)
        assert transaction.unmarked_texts(COURSE, limit=9) == []


def test_likes_are_no_later_share_marks_and_are_somebody_elses(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        second_course(transaction)
        transaction.keep_texts(
            COURSE,
            MOODLE,
            [
                work("own", at=500),
                work("mine", at=1_000),
                work("later", 2, at=1_001),
                work("same", 2, at=1_000),
                work("most", 2, at=900),
                work("early", 3, at=800),
                work("unlike", 3, at=700),
            ],
        )
        transaction.keep_texts(OTHER_COURSE, MOODLE, [work("reused", at=600), work("old", 2, at=600)])
        marks = {
            **{id_: [1, 2, 3, -(2**63)] for id_ in ("mine", "own", "later", "reused")},
            "same": [3, 4],
            "most": [2, 3],
            "early": [1],
            "unlike": [4],
            "old": [2**63 - 1, 2],
        }
        for course in (COURSE, OTHER_COURSE):
            for text in transaction.unmarked_texts(course, limit=9):
                transaction.keep_text_marks({text.number: marks[text.id]})
    with store.reading() as transaction:
        mine = transaction.text_of(COURSE, "submission", "moodle/mine")
        assert mine is not None

        def likes(*, limit: int = 9, everywhere: bool = True, own: bool = False) -> list[str]:
            found = transaction.likes_of(COURSE, [mine.number], limit=limit, everywhere=everywhere, own=own)
            ids = {text.number: text.id for text in transaction.texts_numbered(found[mine.number])}
            return [ids[number] for number in found[mine.number]]

        assert likes() == ["most", "old", "early", "same"]
        assert likes(limit=2) == ["most", "old"]
        assert likes(everywhere=False) == likes(everywhere=False, own=True) == ["most", "early", "same"]
        assert likes(own=True) == ["reused", "most", "old", "early", "same"]


def test_who_wrote_something_alike_is_looked_at_when_a_work_is_signed_or_goes(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        second_course(transaction)
        transaction.keep_texts(COURSE, MOODLE, [work("h1"), work("h2", 2)])
        transaction.keep_texts(OTHER_COURSE, MOODLE, [work("h3", 3)])
        transaction.keep_text_marks({number_of(transaction, "h2"): [5, 6]})
        transaction.keep_text_marks({number_of(transaction, "h3", OTHER_COURSE): [6]})
        for course in (COURSE, OTHER_COURSE):
            everybody_looked_at(transaction, course)
        transaction.keep_text_marks({number_of(transaction, "h1"): [4, 5]})
        assert (transaction.to_look_at(COURSE), transaction.to_look_at(OTHER_COURSE)) == ([WANG.id], [])
        transaction.keep_text_marks({number_of(transaction, "h1"): [6]})
        assert transaction.to_look_at(OTHER_COURSE) == [CHEN.id]
        for course in (COURSE, OTHER_COURSE):
            everybody_looked_at(transaction, course)
        transaction.keep_texts(COURSE, MOODLE, [work("h1", text=None)])
        assert transaction.to_look_at(COURSE) == [LI.id, WANG.id]
        assert transaction.to_look_at(OTHER_COURSE) == [CHEN.id]


def test_a_mark_that_many_have_finds_the_earliest_and_a_new_work_with_it_concerns_nobody(
    store: Store,
) -> None:
    many = [work(f"h{n:02d}", 2, at=1_000 + n) for n in range(CARRIERS)]
    as_early = work("h99", 2, at=many[-1].at)
    with store.writing() as transaction:
        class_a(transaction)
        transaction.keep_texts(COURSE, MOODLE, [*many, as_early, work("late", 3, at=5_000)])
        transaction.keep_text_marks(
            {text.number: [7] for text in transaction.unmarked_texts(COURSE, limit=99)}
        )
        everybody_looked_at(transaction)
        transaction.keep_texts(COURSE, MOODLE, [work("new", at=4_000)])
        new = number_of(transaction, "new")
        transaction.keep_text_marks({new: [7, 8]})
        assert transaction.to_look_at(COURSE) == [LI.id]
        likes = transaction.likes_of(COURSE, [new], limit=99, everywhere=True, own=False)[new]
        found = {text.id for text in transaction.texts_numbered(likes)}
        assert found == {text.id for text in (*many, as_early)}
        everybody_looked_at(transaction)
        transaction.keep_texts(COURSE, MOODLE, [work("new", text=None), work("first", at=10)])
        assert transaction.to_look_at(COURSE) == [LI.id]
        transaction.keep_text_marks({number_of(transaction, "first"): [7]})
        assert transaction.to_look_at(COURSE) == [LI.id, WANG.id, CHEN.id]


def test_a_person_s_texts_can_be_erased_in_every_course(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        second_course(transaction)
        transaction.keep_texts(COURSE, MOODLE, [work("h1"), written("p1"), work("h2", 2)])
        transaction.keep_texts(OTHER_COURSE, MOODLE, [written("p1")])
        for text in transaction.unmarked_texts(COURSE, limit=9):
            transaction.keep_text_marks({text.number: [1]})
        everybody_looked_at(transaction)
        assert transaction.forget_texts(LI.id) == 3
        assert transaction.forget_texts(LI.id) == 0
    assert (by(store), by(store, course=OTHER_COURSE)) == ([], [])
    assert [text.id for text in by(store, WANG.id)] == ["h2"]
    assert waiting(store) == [WANG.id]


def test_what_cannot_be_written_down_is_left_out(store: Store) -> None:
    with store.writing() as transaction:
        class_a(transaction)
        texts = [written("p\0"), written("p2", text="\ud800"), written("p3", text="\0"), written("p4")]
        transaction.keep_texts(COURSE, MOODLE, texts)
    assert [text.id for text in by(store)] == ["p4"]


def test_a_text_touches_no_score(store: Store) -> None:
    with store.writing() as transaction:
        run = class_a(transaction)
        transaction.keep_records(COURSE, MOODLE, [homework("h1")], run=run)
        transaction.untouch(COURSE, [LI.id, CHEN.id])
        transaction.keep_texts(COURSE, MOODLE, [work("h1")])
        assert transaction.touched(COURSE) == []
