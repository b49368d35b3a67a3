"""Comparing works: each hand-in against those of everybody that share marks with it, many at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from lms_scoring.domain.doubts import Doubt, Family
from lms_scoring.domain.doubts.likeness import Work, alike, own_passages, own_size
from lms_scoring.domain.evidence import KIND_OF, Purpose, Submission, Task
from lms_scoring.ports import KeptText, Transaction
from lms_scoring.services.scoring.rules import CourseRules

_LIKES = 20
"""Works that one is compared with: those that share most marks with it."""
_MOST_READ = 40
"""Texts that are read at once, each of up to 20,000 letters."""
_MOST_KNOWN = 100_000
"""Passages that are remembered, some 15 MB: of the works that many are compared with."""

_HAND_IN = KIND_OF[Submission]
_TASKS = {Purpose.HOMEWORK: Task.HOMEWORK, Purpose.JOURNAL: Task.JOURNAL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """The doubt about a work, and the number of the text that it is like."""

    work: KeptText
    doubt: Doubt
    other: int


@dataclass(slots=True)
class Works:
    """Compares works; remembers what is an author's own of those it met last."""

    rules: CourseRules
    tasks: dict[str, Mapping[tuple[str, str], str]] = field(default_factory=dict)
    known: dict[int, Work] = field(default_factory=dict)
    passages: int = 0

    def forget_other_tasks(self, transaction: Transaction) -> None:
        """Where any task met so far says something else by now, nothing is remembered."""
        now = {course: transaction.task_texts(course) for course in self.tasks}
        if now != self.tasks:
            self.tasks, self.passages = now, 0
            self.known.clear()

    def like_others(self, transaction: Transaction, compared: Mapping[int, KeptText]) -> Iterator[Found]:
        """What is to be doubted of these works, by number."""
        settings = self.rules.doubts.likeness
        likes = transaction.likes_of(
            self.rules.course,
            compared,
            limit=_LIKES,
            everywhere=settings.other_courses,
            own=settings.own_works,
        )
        liked = [(compared[number], others) for number, others in likes.items() if others]
        for work, others in self._read(transaction, liked):
            found = self._compare(transaction, work, others)
            if found is not None:
                yield found

    def is_compared(self, text: KeptText) -> bool:
        """Whether it is a work of a task that the rules name."""
        purpose = self.rules.bindings.purpose_of(text.source, text.activity)
        task = None if purpose is None else _TASKS.get(purpose)
        return text.kind == _HAND_IN and text.at is not None and task in self.rules.doubts.likeness.tasks

    def _read(
        self, transaction: Transaction, liked: Sequence[tuple[KeptText, Sequence[int]]]
    ) -> Iterator[tuple[KeptText, Mapping[int, Work]]]:
        """Each work with its likes; the texts of several works' likes are read together."""
        begin = 0
        while begin < len(liked):
            end, wanted = begin, set[int]()
            while end < len(liked) and (end == begin or len(wanted) + _LIKES <= _MOST_READ):
                wanted |= {number for number in liked[end][1] if number not in self.known}
                end += 1
            met = {
                number: self.known[number]
                for _, others in liked[begin:end]
                for number in others
                if number in self.known
            }
            for text in transaction.texts_numbered(wanted) if wanted else ():
                met[text.number] = self._work(transaction, text)
            for work, others in liked[begin:end]:
                yield work, {number: met[number] for number in others}
            begin = end

    def _compare(self, transaction: Transaction, text: KeptText, others: Mapping[int, Work]) -> Found | None:
        settings = self.rules.doubts.likeness
        work = self._work(transaction, text)
        ground = alike(work, others.values(), share=settings.share)
        if ground is None or own_size(text.text, task=self._task(transaction, text)) < settings.shortest:
            return None
        of = (ground.other_course or work.course, ground.other)
        (other,) = [number for number, like in others.items() if (like.course, like.name) == of]
        doubt = Doubt(
            family=Family.LIKENESS, kind=text.kind, name=text.name, digest=text.digest, grounds=(ground,)
        )
        return Found(work=text, doubt=doubt, other=other)

    def _work(self, transaction: Transaction, text: KeptText) -> Work:
        work = self.known.pop(text.number, None)
        if work is None:
            own = own_passages(text.text, task=self._task(transaction, text))
            at = -1 if text.at is None else text.at
            work = Work(course=self._course(text), name=text.name, at=at, own=own)
            self.passages += len(work.own)
        self.known[text.number] = work
        while self.passages > _MOST_KNOWN:
            self.passages -= len(self.known.pop(next(iter(self.known))).own)
        return work

    def _task(self, transaction: Transaction, text: KeptText) -> str:
        course = self._course(text)
        if course not in self.tasks:
            self.tasks[course] = transaction.task_texts(course)
        return self.tasks[course].get((text.source, text.activity), "")

    def _course(self, text: KeptText) -> str:
        return text.course or self.rules.course
