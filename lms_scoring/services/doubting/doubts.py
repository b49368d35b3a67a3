"""Looking for doubts: texts that changed, and those that are like them, are looked at; doubts become cases.

Only whose texts (or likes of them) changed since the last look is looked at, so a look at a course in which
nothing changed costs nothing. Each portion is one transaction: it may be interrupted anywhere and run again,
and opens nothing twice. No score changes; who has another case than before is scored again, because what a
card says about its doubts is part of its outlook, and no verdict of theirs goes out before that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from lms_scoring.domain.canonical import canonical
from lms_scoring.domain.doubts import Family
from lms_scoring.domain.doubts.flooding import Posted, floods
from lms_scoring.domain.doubts.likeness import own_passages
from lms_scoring.domain.doubts.marks import marks_of
from lms_scoring.domain.errors import CannotLookForDoubts
from lms_scoring.domain.evidence import KIND_OF, Post, Purpose
from lms_scoring.domain.proceedings.case import Case, reviewed
from lms_scoring.domain.proceedings.step import StepKind
from lms_scoring.ports import CaseText, CaseTexts, Clock, KeptText, Store, Transaction
from lms_scoring.services.doubting.comparing import Found, Works
from lms_scoring.services.gradebook.holds import hold_back
from lms_scoring.services.scoring.rules import CourseRules

PORTION, SMALL_PORTION = 100, 20
"""Persons looked at in one transaction, at most: while it is, nobody else writes. Measured of a hundred who
handed in two works each, all together keep others out for half a second of the processor, twenty for half of
that at most; but what shares marks with a portion is asked for by each."""
_FEW = 200
"""Persons up to whom portions are small: of thousands, they would cost half as much again."""

_AT_ONCE = 50
"""Hand-ins that get their marks in one transaction."""

_POST = KIND_OF[Post]
_DOUBTED = frozenset({StepKind.OPENED, StepKind.CHANGED})
_Somebodys = TypeVar("_Somebodys", KeptText, Case)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How many persons were looked at, how many cases were opened, and of how many the cause vanished."""

    persons: int = 0
    opened: int = 0
    vanished: int = 0
    error: CannotLookForDoubts | None = None
    """Why it ended early; None: it did not."""

    def __add__(self, other: Looked) -> Looked:
        return Looked(
            persons=self.persons + other.persons,
            opened=self.opened + other.opened,
            vanished=self.vanished + other.vanished,
            error=other.error if self.error is None else self.error,
        )


def look_for_doubts(rules: CourseRules, store: Store, *, clock: Clock) -> Looked:
    """Looks at whatever changed since the last look; at everything where the rules did.

    Nothing of a closed course: its cases stay as they were until people settle them, and what changed since
    waits until it is reopened. Else a case could vanish of which a closed card says that somebody decides it.
    """
    _notice_rules(rules, store)
    while _mark(rules, store):
        pass
    done = Looked()
    with store.reading() as transaction:
        waiting = list(transaction.to_look_at(rules.course))
    works = Works(rules)
    size = SMALL_PORTION if len(waiting) <= _FEW else PORTION
    for begin in range(0, len(waiting), size):
        with store.writing() as transaction:
            if transaction.closing(rules.course) is not None:
                return done
            portion = _marked(transaction, rules.course, waiting[begin : begin + size])
            done += _look_at(transaction, rules, works, portion, clock=clock)
            transaction.looked_at(rules.course, portion)
    return done


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


def _mark(rules: CourseRules, store: Store) -> bool:
    """Gives hand-ins their marks; false where none was left."""
    course = rules.course
    with store.reading() as transaction:
        if not transaction.unmarked_texts(course, limit=1):
            return False
    with store.writing() as transaction:
        tasks = transaction.task_texts(course)
        transaction.keep_text_marks(
            {
                text.number: marks_of(
                    own_passages(text.text, task=tasks.get((text.source, text.activity), ""))
                )
                for text in transaction.unmarked_texts(course, limit=_AT_ONCE)
            }
        )
    return True


def _marked(transaction: Transaction, course: str, persons: Sequence[str]) -> Sequence[str]:
    """Without those of whom a hand-in came meanwhile. It has no marks yet, would be compared with nothing,
    and its author not be looked at once it has. They stay noted for the next look, and no verdict of theirs
    goes out before it."""
    authors = {*transaction.unmarked_authors(course)}
    return [person for person in persons if person not in authors]


def _look_at(
    transaction: Transaction, rules: CourseRules, works: Works, persons: Sequence[str], *, clock: Clock
) -> Looked:
    course = rules.course
    texts = _by_person(transaction.texts_by(course, persons))
    before = _by_person(transaction.cases(course, persons=persons))
    alike = {
        (found.work.kind, found.work.name): found
        for found in works.like_others(transaction, [text for theirs in texts.values() for text in theirs])
    }
    changed: list[Case] = []
    for person in persons:
        theirs = texts.get(person, [])
        doubts = floods(_posted(rules, theirs), rules=rules.doubts.flooding)
        doubts += [alike[text.kind, text.name].doubt for text in theirs if (text.kind, text.name) in alike]
        changed += reviewed(before.get(person, []), doubts, person=person, at=clock.now())
    if changed:
        kept = transaction.keep_cases(course, changed)
        doubted = [case for case in kept if case.steps[-1].kind in _DOUBTED]
        transaction.keep_case_texts(course, _texts_of(transaction, course, doubted, texts, alike))
        transaction.touch_persons(course, sorted({case.person for case in changed}))
        hold_back(transaction, course, {case.person for case in doubted})
    last = [case.steps[-1].kind for case in changed]
    return Looked(
        persons=len(persons),
        opened=last.count(StepKind.OPENED),
        vanished=last.count(StepKind.VANISHED),
    )


def _by_person(found: Iterable[_Somebodys]) -> dict[str, list[_Somebodys]]:
    theirs: dict[str, list[_Somebodys]] = {}
    for one in found:
        theirs.setdefault(one.person or "", []).append(one)
    return theirs


def _posted(rules: CourseRules, texts: Iterable[KeptText]) -> Iterator[Posted]:
    """What is flooded with: posts that score."""
    for text in texts:
        purpose = rules.bindings.purpose_of(text.source, text.activity)
        if text.kind == _POST and purpose is Purpose.POSTS:
            yield Posted(name=text.name, at=text.at, size=text.size, digest=text.digest)


def _texts_of(
    transaction: Transaction,
    course: str,
    cases: Iterable[Case],
    texts: Mapping[str, Sequence[KeptText]],
    alike: Mapping[tuple[str, str], Found],
) -> Mapping[int, CaseTexts]:
    """What lies side by side, as it is now: authors may change or erase it later."""
    own = {(text.kind, text.name): text for theirs in texts.values() for text in theirs}
    like = {
        case.number: alike[case.kind, case.name].other for case in cases if case.family is Family.LIKENESS
    }
    others = {text.number: text for text in transaction.texts_numbered(set(like.values()))}
    return {
        case.number: CaseTexts(
            own=_case_text(own[case.kind, case.name], course),
            other=_case_text(others[like[case.number]], course) if case.number in like else None,
        )
        for case in cases
    }


def _case_text(text: KeptText, course: str) -> CaseText:
    return CaseText(course=text.course or course, name=text.name, person=text.person, text=text.text)
