"""Who is to be scored again in the memory store, after what."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from lms_scoring.domain.evidence import Role, Submission
from lms_scoring.domain.identity import own_account
from tests.fakes.memory_store.met import courses_of, sources_of
from tests.fakes.memory_store.roll import members_of, owner_of
from tests.fakes.memory_store.state import RecordKey, State


def touch(state: State, course: str, owners: Iterable[str]) -> None:
    state.touched |= {(course, text): None for text in owners}


def touch_tutors(state: State, course: str, owners: Collection[str] | None) -> None:
    """Tutors of the owners' classes; of all classes for None."""
    learners = None if owners is None else {owner_of(state, text) for text in owners}
    members = list(members_of(state, course))
    classes = {
        membership.class_
        for person, membership in members
        if learners is None or (person in learners and membership.role is Role.LEARNER)
    }
    tutors = [m for _, m in members if m.role is Role.TUTOR and m.class_ in classes]
    touch(state, course, [own_account(tutor.person) for tutor in tutors])


def touch_joined(state: State, texts: Collection[str]) -> None:
    for course in {run.course for run in state.runs.values()} if texts else ():
        marked = set(_marked_by(state, course, texts))
        touch(state, course, marked.union(texts))
        touch_tutors(state, course, marked)
        if any(key[0] == course and versions[-1].owner in texts for key, versions in state.records.items()):
            touch_tutors(state, course, None)


def touch_texts_by(state: State, author: str, also: Collection[str] = ()) -> None:
    """Whoever has the account is looked at where it wrote, and who has the others."""
    for (course, source, *_), version in state.texts.items():
        if version.text.person == author:
            courses = [course] if course else courses_of(state, source)
            state.text_touched |= {(each, text) for each in courses for text in (author, *also)}


def touch_members(state: State, course: str) -> None:
    touch(state, course, [person for person, _ in members_of(state, course)])
    touch(state, course, [own_account(person) for person, _ in members_of(state, course)])


def _marked_by(state: State, course: str, texts: Collection[str]) -> Iterator[str]:
    for key, versions in state.records.items():
        record = versions[-1].record
        if key[0] == course and isinstance(record, Submission) and record.graded_by in texts:
            yield versions[-1].owner
    for source in sources_of(state, course):
        for told in state.statements.get(source, {}).values():
            if told.by in texts:
                yield told.account


def touch_after(state: State, key: RecordKey, owners: set[str]) -> None:
    course, _, kind, _ = key
    touch(state, course, owners)
    if kind == "membership":
        touch_tutors(state, course, None)
    elif kind in ("submission", "unknown", "decision"):
        touch_tutors(state, course, owners)
