"""Contract: others write while a look compares works, and nothing is judged by what they changed meanwhile.

What happens meanwhile happens when the look reads the texts that it compares with.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from lms_scoring.domain.doubts import DoubtRules, Flooding, Likeness
from lms_scoring.domain.doubts.likeness import own_passages
from lms_scoring.domain.doubts.marks import marks_of
from lms_scoring.domain.instants import HOUR
from lms_scoring.domain.texts import PASSAGE, TaskText, letters
from lms_scoring.ports import RingingStore, Store, Transaction
from lms_scoring.services.doubting.doubts import Looked, look_for_doubts
from lms_scoring.services.doubting.marking import mark_some
from tests import given
from tests.fixtures.courses.scripted import CHEN, COURSE, HOMEWORK, LI, ZHAO
from tests.fixtures.courses.written import Written, essay, handed_in, posted, written_course, written_in

LATER = given.START + 2 * HOUR
LONG = "关于课堂提问，我的做法是先让学生想一想"


class Watched:
    """A transaction that tells what is asked of it."""

    def __init__(self, transaction: Transaction, asked: Callable[[str], None]) -> None:
        self._transaction = transaction
        self._asked = asked

    def __getattr__(self, name: str) -> Any:
        self._asked(name)
        return getattr(self._transaction, name)


class Meanwhile:
    """A store in which something else happens once, before somebody who only reads gets an answer."""

    def __init__(self, store: Store, happens: Callable[[], object], *, at: str = "texts_numbered") -> None:
        self._store = store
        self._happens = happens
        self._at = at

    def writing(self) -> AbstractContextManager[Transaction]:
        return self._store.writing()

    @contextmanager
    def reading(self) -> Iterator[Transaction]:
        with self._store.reading() as view:
            yield Watched(view, self._asked)

    def _asked(self, name: str) -> None:
        if name == self._at:
            self._at = ""
            self._happens()


@pytest.fixture
def course(store: RingingStore) -> Written:
    return written_course(store)


def look(course: Written, *, meanwhile: Callable[[], object], at: str = "texts_numbered") -> Looked:
    return look_for_doubts(course.rules, Meanwhile(course.store, meanwhile, at=at), clock=course.clock)


def tell_and_mark(course: Written, *records: Any) -> None:
    """What another look does first with what was told."""
    course.tell(*records)
    while mark_some(COURSE, course.store):
        pass


def waiting(course: Written) -> list[str]:
    with course.store.reading() as transaction:
        return [*transaction.to_look_at(COURSE)]


class Told(Likeness):
    """Settings that tell when they are asked what share makes works alike: whenever some are compared."""

    asked: Callable[[], None] = staticmethod(lambda: None)

    def __getattribute__(self, name: str) -> Any:
        if name == "share":
            type(self).asked()
        return super().__getattribute__(name)


def test_somebody_else_writes_while_works_are_compared(tmp_path: Path) -> None:
    """Both are in one thread: if one kept the other from writing, it would do so for ever."""
    course, writes = written_in(tmp_path), []

    def write() -> None:
        with course.store.writing() as transaction:
            transaction.touch_persons(COURSE, [CHEN])
        writes.append(CHEN)

    class Comparing(Told):
        """From now on."""

    course.tell(handed_in("h1", ZHAO, essay(1)), handed_in("h2", LI, essay(1), at=LATER))
    course.rules = replace(course.rules, doubts=DoubtRules(likeness=Comparing()))
    look(course, meanwhile=lambda: setattr(Comparing, "asked", staticmethod(write)))
    assert course.doubted() == {"h2": ["similar"]}
    assert writes
    course.store.close()  # type: ignore[attr-defined] # a store in a file


def test_a_post_that_is_edited_meanwhile_is_not_judged_by_its_old_text(course: Written) -> None:
    course.tell(posted("p1", LI, "好"))
    looked = look(course, meanwhile=lambda: course.tell(posted("p1", LI, LONG)))
    assert (looked, course.cases(), waiting(course)) == (Looked(persons=1), [], [])


def test_a_work_that_is_replaced_meanwhile_waits_for_the_next_look(course: Written) -> None:
    course.tell(handed_in("h1", ZHAO, essay(1)))
    course.look()
    course.tell(handed_in("h2", LI, essay(1), at=LATER))
    looked = look(course, meanwhile=lambda: course.tell(handed_in("h2", LI, essay(2), at=LATER)))
    assert (looked, course.cases(), waiting(course)) == (Looked(), [], [LI])
    assert course.look() == Looked(persons=1)
    assert course.cases() == []


@pytest.mark.parametrize("author", [ZHAO, LI])
def test_only_those_are_left_who_are_concerned(course: Written, author: str) -> None:
    course.tell(handed_in("h1", ZHAO, essay(1)), handed_in("h2", LI, essay(2)), posted("p1", CHEN, "好"))
    text = handed_in("h3", author, essay(3))
    assert look(course, meanwhile=lambda: course.tell(text)) == Looked(persons=2, opened=1)
    assert waiting(course) == [author]


def test_a_source_that_another_look_marks_meanwhile_is_compared_with(course: Written) -> None:
    """It has its marks before the look writes, and who copied it was to be looked at all the time."""
    course.tell(handed_in("h2", LI, essay(1), at=LATER))
    look(course, meanwhile=lambda: tell_and_mark(course, handed_in("h1", ZHAO, essay(1))))
    assert course.doubted() == {"h2": ["similar"]}
    assert waiting(course) == [ZHAO]


def test_a_source_that_says_something_else_meanwhile_is_none(course: Written) -> None:
    course.tell(handed_in("h2", LI, essay(1), at=LATER), handed_in("h1", ZHAO, essay(1)))
    look(course, meanwhile=lambda: tell_and_mark(course, handed_in("h1", ZHAO, essay(3))))
    assert (course.cases(), waiting(course)) == ([], [])


def test_a_task_that_says_something_else_meanwhile_is_gone_by(course: Written) -> None:
    """It quotes all of the works but their marks, which are the same as before."""

    def another_begins() -> None:
        course.tell(tasks=[TaskText(activity=HOMEWORK, text=_all_but_the_marks(essay(1)))])
        while mark_some(COURSE, course.store):
            pass

    course.rules = replace(course.rules, doubts=DoubtRules(likeness=Likeness(shortest=180)))
    course.tell(handed_in("h1", ZHAO, essay(1)), handed_in("h2", LI, essay(1), at=LATER))
    look(course, meanwhile=another_begins)
    assert (course.cases(), waiting(course)) == ([], [])


def _all_but_the_marks(text: str) -> str:
    written, marks = letters(text), {*marks_of(own_passages(text, task=""))}
    starts = range(len(written) - PASSAGE + 1)
    passages = (written[start : start + PASSAGE] for start in starts)
    return "X".join(passage for passage in passages if not marks.issuperset(marks_of([passage])))


def test_two_looks_at_once_open_every_case_once(course: Written) -> None:
    course.tell(handed_in("h1", ZHAO, essay(1)), handed_in("h2", LI, essay(1), at=LATER))
    other: list[Looked] = []
    assert look(course, meanwhile=lambda: other.append(course.look())) == Looked()
    assert other == [Looked(persons=2, opened=1)]
    assert course.doubted() == {"h2": ["similar"]}
    assert waiting(course) == []


def test_two_looks_that_begin_by_new_rules_at_once_look_at_everybody_once(course: Written) -> None:
    course.tell(posted("p1", LI, "好"))
    assert look(course, meanwhile=course.look, at="doubt_rules") == Looked()
    assert waiting(course) == []
    assert len(course.cases()) == 1


class Died(Exception):
    """A process did."""


def test_who_was_seen_by_a_process_that_died_still_waits(course: Written) -> None:
    def die() -> None:
        raise Died

    course.tell(handed_in("h1", ZHAO, essay(1)), handed_in("h2", LI, essay(1), at=LATER))
    with pytest.raises(Died):
        look(course, meanwhile=die)
    assert (course.cases(), waiting(course)) == ([], [LI, ZHAO])
    assert course.look() == Looked(persons=2, opened=1)


def test_nothing_is_opened_by_rules_that_are_not_gone_by_any_more(course: Written) -> None:
    class Dying:
        def now(self) -> int:
            raise Died

    def another_begins() -> None:
        with pytest.raises(Died):
            look_for_doubts(other, course.store, clock=Dying())

    course.tell(posted("p1", LI, "一二三四五六"))
    other = replace(course.rules, doubts=DoubtRules(flooding=Flooding(shortest=5)))
    assert look(course, meanwhile=another_begins) == Looked()
    assert (course.cases(), waiting(course)) == ([], [LI])


# -- marks --------------------------------------------------------------------------------------------------


def test_a_work_that_is_replaced_while_its_marks_are_made_gets_those_of_its_new_text(course: Written) -> None:
    course.tell(handed_in("h1", ZHAO, essay(1)), handed_in("h2", LI, essay(2), at=LATER))
    copied = handed_in("h2", LI, essay(1), at=LATER)
    look(course, meanwhile=lambda: course.tell(copied), at="unmarked_texts")
    course.look()
    assert course.doubted() == {"h2": ["similar"]}


def test_a_task_that_says_something_else_while_marks_are_made_has_them_made_anew(course: Written) -> None:
    course.tell(handed_in("h1", ZHAO, essay(1)), handed_in("h2", LI, essay(1), at=LATER))
    task = TaskText(activity=HOMEWORK, text=essay(1))
    look(course, meanwhile=lambda: course.tell(tasks=[task]), at="unmarked_texts")
    with course.store.reading() as transaction:
        (mine,) = (text.number for text in transaction.texts_by(COURSE, [LI]))
        likes = transaction.likes_of(COURSE, [mine], limit=9, everywhere=True, own=False)
        assert (transaction.unmarked_authors(COURSE), likes) == ([], {mine: []})
