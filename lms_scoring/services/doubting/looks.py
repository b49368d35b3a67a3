"""Looks: what is to be doubted of what some persons wrote, and whether that still holds later.

To see takes time and writes nothing. Whether it still holds is asked where it is written, and takes little.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from lms_scoring.domain.doubts import Doubt
from lms_scoring.domain.doubts.flooding import Posted, floods
from lms_scoring.domain.evidence import KIND_OF, Post, Purpose
from lms_scoring.ports import KeptText, Transaction
from lms_scoring.services.doubting.comparing import Found, Works
from lms_scoring.services.scoring.rules import CourseRules

_POST = KIND_OF[Post]

Record = tuple[str, str]
"""Kind and name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Basis:
    """What was seen rests on: the state of each person's texts, and of each compared work's likes, by number;
    and what the activities of every course met ask for."""

    texts: Mapping[str, bytes]
    likes: Mapping[int, bytes]
    tasks: Mapping[str, Mapping[tuple[str, str], str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Seen:
    """What some persons wrote, and the doubts about it; which works are like others, and those, by number."""

    course: str
    persons: Sequence[str]
    texts: Mapping[str, Sequence[KeptText]]
    doubts: Mapping[str, Sequence[Doubt]]
    alike: Mapping[Record, Found]
    others: Mapping[int, KeptText]
    basis: _Basis


def see(view: Transaction, rules: CourseRules, works: Works, persons: Sequence[str]) -> Seen:
    """Of those of these persons who can be looked at now."""
    course = rules.course
    persons = _ready(view, course, persons)
    works.forget_other_tasks(view)
    texts = _by_person(view.texts_by(course, persons))
    compared = {text.number: text for theirs in texts.values() for text in theirs if works.is_compared(text)}
    alike = {(found.work.kind, found.work.name): found for found in works.like_others(view, compared)}
    return Seen(
        course=course,
        persons=persons,
        texts=texts,
        doubts={person: _doubts(rules, texts.get(person, []), alike) for person in persons},
        alike=alike,
        others={text.number: text for text in view.texts_numbered({found.other for found in alike.values()})},
        basis=_Basis(
            texts=view.text_states(course, persons),
            likes=view.like_states(compared),
            tasks={course: view.task_texts(course), **works.tasks},
        ),
    )


def still_true(transaction: Transaction, seen: Seen) -> Sequence[str]:
    """Of whom what was seen still holds. The others are to be looked at again, or somebody else did."""
    basis = seen.basis
    if any(transaction.task_texts(course) != asked for course, asked in basis.tasks.items()):
        return []
    persons = _ready(transaction, seen.course, seen.persons)
    texts = transaction.text_states(seen.course, persons)
    works = {
        person: [text.number for text in seen.texts.get(person, ()) if text.number in basis.likes]
        for person in persons
        if texts.get(person) == basis.texts.get(person)
    }
    likes = transaction.like_states([number for numbers in works.values() for number in numbers])
    return [
        person
        for person, numbers in works.items()
        if all(likes[number] == basis.likes[number] for number in numbers)
    ]


def _ready(transaction: Transaction, course: str, persons: Sequence[str]) -> Sequence[str]:
    """Those who are still to be looked at, without those of whom a hand-in came meanwhile. It has no marks
    yet, would be compared with nothing, and its author not be looked at once it has. They stay noted for the
    next look, and no verdict of theirs goes out before it."""
    authors = {*transaction.unmarked_authors(course)}
    return [one for one in transaction.to_look_at(course, persons=persons) if one not in authors]


def _by_person(texts: Iterable[KeptText]) -> dict[str, list[KeptText]]:
    theirs: dict[str, list[KeptText]] = {}
    for text in texts:
        theirs.setdefault(text.person or "", []).append(text)
    return theirs


def _doubts(rules: CourseRules, texts: Sequence[KeptText], alike: Mapping[Record, Found]) -> list[Doubt]:
    doubts = floods(_posted(rules, texts), rules=rules.doubts.flooding)
    return doubts + [alike[text.kind, text.name].doubt for text in texts if (text.kind, text.name) in alike]


def _posted(rules: CourseRules, texts: Iterable[KeptText]) -> Iterator[Posted]:
    """What is flooded with: posts that score."""
    for text in texts:
        purpose = rules.bindings.purpose_of(text.source, text.activity)
        if text.kind == _POST and purpose is Purpose.POSTS:
            yield Posted(name=text.name, at=text.at, size=text.size, digest=text.digest)
