"""Texts in the memory store."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import replace

from lms_scoring.domain.texts import TaskText, Text, letters
from lms_scoring.ports import KeptText, Scope
from tests.fakes.memory_store.evidence_in import EvidenceIn
from tests.fakes.memory_store.members import is_writable
from tests.fakes.memory_store.state import TextKey, TextVersion


class Texts(EvidenceIn):
    """What people wrote."""

    def begin_run(
        self, course: str, source: str, *, at: int, full: bool = False, shared: bool = False
    ) -> int:
        is_first = source not in self.sources_of(course)
        run = super().begin_run(course, source, at=at, full=full, shared=shared)
        if is_first:
            self._touch_texts(course, [key for key in self.state.texts if key[:2] == ("", source)])
        return run

    def mark_gone(self, course: str, source: str, scope: Scope, *, run: int, at: int) -> int:
        marked = super().mark_gone(course, source, scope, run=run, at=at)
        for key, versions in self.state.records.items():
            if key[:3] == (course, source, scope.kind) and versions[-1].gone_run == run:
                self._remove_text(key, [course])
        return marked

    def keep_texts(self, course: str | None, source: str, texts: Sequence[Text]) -> None:
        courses = sorted(self.courses_of(source)) if course is None else [course]
        for text in texts:
            parts = (text.kind, text.id, text.person, text.activity, text.text or "")
            if not all(map(is_writable, parts)):
                continue
            key = (course or "", source, text.kind, text.id)
            former = self.state.texts.get(key)
            if former is not None and text.told_at < former.text.told_at:
                continue
            if former is not None and replace(text, told_at=former.text.told_at) == former.text:
                continue
            self._remove_text(key, courses)
            if text.text is not None or text.told_at > 0:
                self.state.text_number += 1
                self.state.texts[key] = TextVersion(
                    number=self.state.text_number, text=text, unsigned=_has_work(text)
                )
                self.state.met.add(text.person)
                self.state.text_touched |= {(each, text.person) for each in courses}

    def keep_tasks(self, course: str, source: str, tasks: Sequence[TaskText]) -> None:
        for task in tasks:
            if self.state.tasks.get((course, source, task.activity), "") == task.text:
                continue
            self.state.tasks[course, source, task.activity] = task.text
            for key, version in self.state.texts.items():
                if key[:3] == (course, source, "submission") and version.text.activity == task.activity:
                    version.unsigned = _has_work(version.text)
                    self.state.text_touched.add((course, version.text.person))

    def task_text(self, course: str, source: str, activity: str) -> str:
        return self.state.tasks.get((course, source, activity), "")

    def text_of(self, course: str, kind: str, name: str) -> KeptText | None:
        source, _, id_ = name.partition("/")
        for key in ((course, source, kind, id_), ("", source, kind, id_)):
            version = self.state.texts.get(key)
            if version is not None and version.text.text is not None:
                return self._kept_text(key)
        return None

    def texts_by(self, course: str, person: str) -> Sequence[KeptText]:
        return [text for text in self._within(course) if text.person == person]

    def unsigned_texts(self, course: str, *, limit: int) -> Sequence[KeptText]:
        found = [
            self._kept_text(key)
            for key, version in self.state.texts.items()
            if key[0] == course and version.unsigned
        ]
        return sorted(found, key=lambda text: text.number)[:limit]

    def sign_text(self, number: int, marks: Sequence[int]) -> None:
        key = self._key_of(number)
        self.state.texts[key].marks = frozenset(marks)
        self.state.texts[key].unsigned = False
        self._touch_likes(key)

    def likes_of(self, text: KeptText, *, limit: int, everywhere: bool, own: bool) -> Sequence[KeptText]:
        found = []
        for key, shared in self._sharing(self._key_of(text.number)):
            like = self._kept_text(key)
            is_own = like.person is not None and like.person == text.person
            if like.at is None or text.at is None or like.at > text.at:
                continue
            if not everywhere and like.course != text.course:
                continue
            if is_own and (not own or like.course == text.course):
                continue
            found.append((-shared, like.at, key, like))
        return [like for *_, like in sorted(found, key=lambda one: one[:3])][:limit]

    def to_look_at(self, course: str) -> Sequence[str]:
        members = {person for person, _ in self.members(course)}
        owners = {self.owner_of(text) for where, text in self.state.text_touched if where == course}
        return sorted(owners & members)

    def looked_at(self, course: str, persons: Sequence[str]) -> None:
        done = {
            (where, text)
            for where, text in self.state.text_touched
            if where == course and self.owner_of(text) in persons
        }
        self.state.text_touched -= done

    def look_again(self, course: str) -> None:
        sources = self.sources_of(course)
        keys = [key for key in self.state.texts if key[0] == course or (key[0] == "" and key[1] in sources)]
        self._touch_texts(course, keys)
        for key in keys:
            version = self.state.texts[key]
            version.unsigned = key[0] == course and _has_work(version.text)

    def forget_texts(self, person: str) -> int:
        theirs = [key for key, version in self.state.texts.items() if self._by(version) == person]
        for key in theirs:
            self._touch_likes(key)
        for key in theirs:
            del self.state.texts[key]
        return len(theirs)

    def _remove_text(self, key: TextKey, courses: Iterable[str]) -> None:
        if key in self.state.texts:
            for course in courses:
                self._touch_texts(course, [key])
            self._touch_likes(key)
            del self.state.texts[key]

    def _touch_texts(self, course: str, keys: Iterable[TextKey]) -> None:
        self.state.text_touched |= {(course, self.state.texts[key].text.person) for key in keys}

    def _touch_likes(self, key: TextKey) -> None:
        for other, _ in self._sharing(key):
            self.state.text_touched.add((other[0], self.state.texts[other].text.person))

    def _sharing(self, key: TextKey) -> list[tuple[TextKey, int]]:
        marks = self.state.texts[key].marks
        shared = [
            (other, len(marks & version.marks)) for other, version in self.state.texts.items() if other != key
        ]
        return [(other, count) for other, count in shared if count]

    def _within(self, course: str) -> list[KeptText]:
        sources = self.sources_of(course)
        keys = [
            key
            for key, version in self.state.texts.items()
            if (key[0] == course or (key[0] == "" and key[1] in sources)) and version.text.text is not None
        ]
        return [self._kept_text(key) for key in sorted(keys, key=lambda key: key[1:])]

    def _key_of(self, number: int) -> TextKey:
        return next(key for key, version in self.state.texts.items() if version.number == number)

    def _by(self, version: TextVersion) -> str | None:
        return self.state.owners.get(version.text.person, (None, 0))[0]

    def _kept_text(self, key: TextKey) -> KeptText:
        version = self.state.texts[key]
        written = letters(version.text.text or "")
        return KeptText(
            number=version.number,
            course=key[0] or None,
            source=key[1],
            kind=key[2],
            id=key[3],
            person=self._by(version),
            activity=version.text.activity,
            at=version.text.at,
            size=len(written),
            digest=hashlib.sha256(written.encode()).digest(),
            text=version.text.text or "",
        )


def _has_work(text: Text) -> bool:
    return text.kind == "submission" and text.text is not None and text.at is not None
