"""Texts in the memory store."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace

from lms_scoring.domain.texts import TaskText, Text, letters
from lms_scoring.ports import CARRIERS, KeptText, Scope
from tests.fakes.memory_store.area import Area
from tests.fakes.memory_store.members import is_findable, is_writable
from tests.fakes.memory_store.met import courses_of, sources_of
from tests.fakes.memory_store.roll import members_of, owner_of
from tests.fakes.memory_store.state import TextKey, TextVersion


class Texts(Area):
    """What people wrote."""

    def look_at_shared(self, course: str, source: str) -> None:
        self._touch_texts(course, [key for key in self.state.texts if key[:2] == ("", source)])

    def forget_gone(self, course: str, source: str, scope: Scope, *, run: int) -> None:
        for key, versions in self.state.records.items():
            if key[:3] == (course, source, scope.kind) and versions[-1].gone_run == run:
                self._remove_text(key, [course])

    def keep_texts(self, course: str | None, source: str, texts: Sequence[Text]) -> None:
        courses = sorted(courses_of(self.state, source)) if course is None else [course]
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
                    number=self.state.text_number, text=text, unmarked=_has_work(text)
                )
                self.state.met.add(text.person)
                self.state.text_touched |= {(each, text.person) for each in courses}

    def keep_tasks(self, course: str, source: str, tasks: Sequence[TaskText]) -> None:
        for task in tasks:
            if self.state.tasks.get((course, source, task.activity), "") == task.text:
                continue
            if not (is_findable(task.activity) and is_writable(task.text)):
                continue
            self.state.tasks[course, source, task.activity] = task.text
            for key, version in self.state.texts.items():
                if key[:3] == (course, source, "submission") and version.text.activity == task.activity:
                    version.unmarked = _has_work(version.text)
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

    def task_texts(self, course: str) -> Mapping[tuple[str, str], str]:
        return {key[1:]: text for key, text in self.state.tasks.items() if key[0] == course}

    def texts_by(self, course: str, persons: Collection[str]) -> Sequence[KeptText]:
        return [text for text in self._within(course) if text.person in persons]

    def text_states(self, course: str, persons: Collection[str]) -> Mapping[str, bytes]:
        theirs: dict[str, list[KeptText]] = {}
        for text in self._within(course):
            if text.person in persons:
                theirs.setdefault(text.person or "", []).append(text)
        return {person: repr(texts).encode() for person, texts in theirs.items()}

    def texts_numbered(self, numbers: Collection[int]) -> Sequence[KeptText]:
        keys = [key for key, version in self.state.texts.items() if version.number in numbers]
        return sorted(map(self._kept_text, keys), key=lambda text: text.number)

    def unmarked_texts(self, course: str, *, limit: int) -> Sequence[KeptText]:
        found = [
            self._kept_text(key)
            for key, version in self.state.texts.items()
            if key[0] == course and version.unmarked
        ]
        return sorted(found, key=lambda text: text.number)[:limit]

    def keep_text_marks(self, marks: Mapping[int, Sequence[int]]) -> None:
        keys = {self._key_of(number): own for number, own in marks.items()}
        self._touch_later(keys)
        for key, own in keys.items():
            self.state.texts[key].marks = frozenset(own)
            self.state.texts[key].unmarked = False
        self._touch_later(keys)

    def likes_of(
        self, course: str, numbers: Collection[int], *, limit: int, everywhere: bool, own: bool
    ) -> Mapping[int, Sequence[int]]:
        found = {}
        for number in numbers:
            key = self._key_of(number)
            marks = self.state.texts[key].marks
            carriers = [self._earliest(mark, None if everywhere else course) for mark in marks]
            likes = {
                like
                for like in set().union(*carriers)
                if self._is_no_later(like, key) and not self._is_own(like, key, elsewhere=own)
            }
            ranked = sorted(
                likes,
                key=lambda like: (-len(marks & self.state.texts[like].marks), *self._place(like)),
            )
            found[number] = [self.state.texts[like].number for like in ranked[:limit]]
        return found

    def like_states(self, numbers: Collection[int]) -> Mapping[int, bytes]:
        found = {}
        for number in numbers:
            marks = sorted(self.state.texts[self._key_of(number)].marks)
            carriers = [
                sorted(self.state.texts[key].number for key in self._carriers(mark, None)) for mark in marks
            ]
            found[number] = repr([*zip(marks, carriers, strict=True)]).encode()
        return found

    def unmarked_authors(self, course: str) -> Sequence[str]:
        unmarked = [one for key, one in self.state.texts.items() if key[0] == course and one.unmarked]
        return sorted({person for one in unmarked if (person := self._by(one)) is not None})

    def to_look_at(self, course: str, *, persons: Sequence[str] | None = None) -> Sequence[str]:
        members = {person for person, _ in members_of(self.state, course)}
        owners = {owner_of(self.state, text) for where, text in self.state.text_touched if where == course}
        return [one for one in sorted(owners & members) if persons is None or one in persons]

    def looked_at(self, course: str, persons: Sequence[str]) -> None:
        done = {
            (where, text)
            for where, text in self.state.text_touched
            if where == course and owner_of(self.state, text) in persons
        }
        self.state.text_touched -= done

    def look_again(self, course: str) -> None:
        sources = sources_of(self.state, course)
        keys = [key for key in self.state.texts if key[0] == course or (key[0] == "" and key[1] in sources)]
        self._touch_texts(course, keys)
        for key in keys:
            version = self.state.texts[key]
            version.unmarked = key[0] == course and _has_work(version.text)

    def forget_texts(self, person: str) -> int:
        theirs = [key for key, version in self.state.texts.items() if self._by(version) == person]
        self._touch_later(theirs)
        for key in theirs:
            del self.state.texts[key]
        return len(theirs)

    def _remove_text(self, key: TextKey, courses: Iterable[str]) -> None:
        if key in self.state.texts:
            for course in courses:
                self._touch_texts(course, [key])
            self._touch_later([key])
            del self.state.texts[key]

    def _touch_texts(self, course: str, keys: Iterable[TextKey]) -> None:
        self.state.text_touched |= {(course, self.state.texts[key].text.person) for key in keys}

    def _touch_later(self, news: Collection[TextKey]) -> None:
        for key in news:
            for mark in self.state.texts[key].marks:
                if key in self._earliest(mark, key[0]):
                    for like in self._carriers(mark, None):
                        if like not in news and self._is_no_later(key, like):
                            self.state.text_touched.add((like[0], self.state.texts[like].text.person))

    def _earliest(self, mark: int, course: str | None) -> list[TextKey]:
        """So many as find likes, and those that are as early as the last of them."""
        carriers = self._carriers(mark, course)
        last = carriers[:CARRIERS][-1:]
        return [key for key in carriers if any(self._is_no_later(key, one) for one in last)]

    def _carriers(self, mark: int, course: str | None) -> list[TextKey]:
        """Works with the mark, the earliest first; of one course or (None) of all."""
        found = [
            key
            for key, version in self.state.texts.items()
            if mark in version.marks and course in (None, key[0])
        ]
        return sorted(found, key=self._place)

    def _place(self, key: TextKey) -> tuple[int, TextKey]:
        at = self.state.texts[key].text.at
        assert at is not None, "only works that were handed in have marks"
        return at, key

    def _is_no_later(self, one: TextKey, other: TextKey) -> bool:
        return self._place(one)[0] <= self._place(other)[0]

    def _is_own(self, like: TextKey, key: TextKey, *, elsewhere: bool) -> bool:
        """Whether the work itself, or another one of the author that is not to be compared with."""
        author = self._by(self.state.texts[key])
        is_authors = author is not None and author == self._by(self.state.texts[like])
        return like == key or (is_authors and (not elsewhere or like[0] == key[0]))

    def _within(self, course: str) -> list[KeptText]:
        sources = sources_of(self.state, course)
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
