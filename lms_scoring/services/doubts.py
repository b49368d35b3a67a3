"""Looking for doubts: texts that changed, and those that are like them, are looked at; doubts become cases.

Only whose texts (or likes of them) changed since the last look is looked at, so a look at a course in which
nothing changed costs nothing. Each portion is one transaction: it may be interrupted anywhere and run again,
and opens nothing twice. No score changes; who has another case than before is scored again, because what a
card says about its doubts is part of its outlook.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

from lms_scoring.domain.doubts import Doubt, Family
from lms_scoring.domain.doubts.flooding import Posted, floods
from lms_scoring.domain.doubts.likeness import Work, alike, own_passages, own_size
from lms_scoring.domain.doubts.marks import marks_of
from lms_scoring.domain.evidence import KIND_OF, Post, Purpose, Submission, Task
from lms_scoring.domain.evidence_json import canonical
from lms_scoring.domain.proceedings.case import Case, reviewed
from lms_scoring.domain.proceedings.step import StepKind
from lms_scoring.ports import CaseText, CaseTexts, Clock, KeptText, Store, Transaction
from lms_scoring.services.rules import CourseRules

PORTION = 50
"""Persons looked at in one transaction, at most. Between portions others may write."""

_AT_ONCE = 200
"""Hand-ins that get their marks in one transaction."""
_LIKES = 20
"""Works that one is compared with: those that share most marks with it."""
_MOST_KNOWN = 2_000
"""Works whose passages are remembered, for whole classes copy the same one."""

_POST, _HAND_IN = KIND_OF[Post], KIND_OF[Submission]
_TASKS = {Purpose.HOMEWORK: Task.HOMEWORK, Purpose.JOURNAL: Task.JOURNAL}
_DOUBTED = frozenset({StepKind.OPENED, StepKind.CHANGED})


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How many persons were looked at, how many cases were opened, and of how many the cause vanished."""

    persons: int = 0
    opened: int = 0
    vanished: int = 0

    def __add__(self, other: Looked) -> Looked:
        return Looked(
            persons=self.persons + other.persons,
            opened=self.opened + other.opened,
            vanished=self.vanished + other.vanished,
        )


def look_for_doubts(rules: CourseRules, store: Store, *, clock: Clock) -> Looked:
    """Looks at whatever changed since the last look; at everything where the rules did."""
    _notice_rules(rules, store)
    while _sign(rules, store):
        pass
    done = Looked()
    with store.reading() as transaction:
        waiting = list(transaction.to_look_at(rules.course))
    works = _Works(rules)
    for begin in range(0, len(waiting), PORTION):
        portion = waiting[begin : begin + PORTION]
        with store.writing() as transaction:
            for person in portion:
                done += _look_at(transaction, rules, works, person, now=clock.now())
            transaction.looked_at(rules.course, portion)
    return done


def open_cases(transaction: Transaction, course: str) -> dict[str, int]:
    """How many cases each person has on which somebody has to act."""
    counts: dict[str, int] = {}
    for person in transaction.waiting_cases(course).values():
        counts[person] = counts.get(person, 0) + 1
    return counts


def _notice_rules(rules: CourseRules, store: Store) -> None:
    fingerprint = _fingerprint(rules)
    with store.reading() as transaction:
        if transaction.doubt_rules(rules.course) == fingerprint:
            return
    with store.writing() as transaction:
        transaction.look_again(rules.course)
        transaction.keep_doubt_rules(rules.course, fingerprint)


def _fingerprint(rules: CourseRules) -> str:
    """Changes with the settings, and with what activities count as."""
    bound = [[one.purpose.value, one.source, list(one.activities)] for one in rules.bindings.bindings]
    return hashlib.sha256(canonical([rules.doubts.fingerprint, bound])).hexdigest()


def _sign(rules: CourseRules, store: Store) -> bool:
    """Gives hand-ins their marks; false where none was left."""
    course = rules.course
    with store.reading() as transaction:
        if not transaction.unsigned_texts(course, limit=1):
            return False
    with store.writing() as transaction:
        tasks: dict[tuple[str, str], str] = {}
        for text in transaction.unsigned_texts(course, limit=_AT_ONCE):
            of = (text.source, text.activity)
            if of not in tasks:
                tasks[of] = transaction.task_text(course, *of)
            transaction.sign_text(text.number, marks_of(own_passages(text.text, task=tasks[of])))
    return True


def _look_at(transaction: Transaction, rules: CourseRules, works: _Works, person: str, *, now: int) -> Looked:
    course = rules.course
    texts = transaction.texts_by(course, person)
    doubts = [*floods(_posted(rules, texts), rules=rules.doubts.flooding)]
    doubts += works.like_others(transaction, texts)
    before = transaction.cases(course, persons=[person])
    changed = reviewed(before, doubts, person=person, at=now)
    by_name = {(text.kind, text.name): text for text in texts}
    for case in changed:
        kept = transaction.keep_case(course, case)
        if kept.steps[-1].kind in _DOUBTED:
            text = by_name[kept.kind, kept.name]
            transaction.keep_case_texts(course, kept.number, _texts_of(transaction, course, kept, text))
    if changed:
        transaction.touch_persons(course, [person])
    last = [case.steps[-1].kind for case in changed]
    return Looked(
        persons=1,
        opened=last.count(StepKind.OPENED),
        vanished=last.count(StepKind.VANISHED),
    )


def _posted(rules: CourseRules, texts: Iterable[KeptText]) -> Iterator[Posted]:
    """What is flooded with: posts that score."""
    for text in texts:
        purpose = rules.bindings.purpose_of(text.source, text.activity)
        if text.kind == _POST and purpose is Purpose.POSTS:
            yield Posted(name=text.name, at=text.at, size=text.size, digest=text.digest)


def _texts_of(transaction: Transaction, course: str, case: Case, own: KeptText) -> CaseTexts:
    """What lies side by side, as it is now: authors may change or erase it later."""
    other = None
    if case.family is Family.LIKENESS:
        (ground,) = case.grounds
        other = transaction.text_of(ground.other_course or course, own.kind, ground.other or "")
    return CaseTexts(own=_case_text(own, course), other=None if other is None else _case_text(other, course))


def _case_text(text: KeptText, course: str) -> CaseText:
    return CaseText(course=text.course or course, name=text.name, person=text.person, text=text.text)


@dataclass(slots=True)
class _Works:
    """Compares works; remembers what is an author's own of those it met last."""

    rules: CourseRules
    known: dict[int, Work] = field(default_factory=dict)

    def like_others(self, transaction: Transaction, texts: Sequence[KeptText]) -> Iterator[Doubt]:
        """The doubts about one author's hand-ins."""
        settings = self.rules.doubts.likeness
        for text in texts:
            if not self._is_compared(text):
                continue
            task = transaction.task_text(self.rules.course, text.source, text.activity)
            if own_size(text.text, task=task) < settings.shortest:
                continue
            likes = transaction.likes_of(
                text, limit=_LIKES, everywhere=settings.other_courses, own=settings.own_works
            )
            others = [self._work(transaction, like) for like in likes]
            ground = alike(self._work(transaction, text), others, share=settings.share) if others else None
            if ground is not None:
                yield Doubt(
                    family=Family.LIKENESS,
                    kind=text.kind,
                    name=text.name,
                    digest=text.digest,
                    grounds=(ground,),
                )

    def _is_compared(self, text: KeptText) -> bool:
        purpose = self.rules.bindings.purpose_of(text.source, text.activity)
        task = None if purpose is None else _TASKS.get(purpose)
        return text.kind == _HAND_IN and text.at is not None and task in self.rules.doubts.likeness.tasks

    def _work(self, transaction: Transaction, text: KeptText) -> Work:
        work = self.known.pop(text.number, None)
        if work is None:
            course = text.course or self.rules.course
            task = transaction.task_text(course, text.source, text.activity)
            own = own_passages(text.text, task=task)
            work = Work(course=course, name=text.name, at=-1 if text.at is None else text.at, own=own)
        self.known[text.number] = work
        if len(self.known) > _MOST_KNOWN:
            del self.known[next(iter(self.known))]
        return work
