"""A platform that is a few dictionaries, and what must be known of it: written without a look at the program.

The rules are those of the domain in the fewest words: what is listed is in force; what is no longer listed
is gone, unless suspiciously much went at once, or it is of somebody who left and whose work nobody can list.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field, replace

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.ports import Batch, Scope
from tests import given
from tests.fixtures.courses.scripted import FORUM, HOMEWORK, JOURNAL, MOODLE, PEOPLE, account_of, told

LEARNERS = tuple(f"moodle-{number}" for number in range(1, 5))
PAGE = 3
"""Records in one answer of the platform."""
KINDS = {FORUM: "post", HOMEWORK: "submission", JOURNAL: "submission"}
MARKED = {None: 10, ev.Grade.FAIL: 10, ev.Grade.PASS: 16, ev.Grade.GOOD: 18, ev.Grade.EXCELLENT: 20}
"""Points of a homework handed in in time, by its mark."""

Work = ev.Post | ev.Submission
Works = Mapping[str, Work]


class Crash(Exception):
    """The process is gone. Nothing that is tried here catches whatever there is; SQLAlchemy would throw away
    the connection for one that is no Exception, and with it what a careless program had kept of a half."""


@dataclass
class Platform:
    """What the platform has now, and what befalls whoever reads it. It is read as any source is.

    Who asks with a cursor is told of nothing that did not change since.
    """

    enrolled: set[str] = field(default_factory=lambda: set(LEARNERS))
    works: dict[str, Work] = field(default_factory=dict)
    former: dict[str, Work] = field(default_factory=dict)
    """What works were before they changed."""
    hidden: set[str] = field(default_factory=set)
    """Activities that the account which reads may not see at present: their lists are empty."""
    changes: dict[str, int] = field(default_factory=lambda: dict.fromkeys(KINDS, 1))
    """How often each activity changed."""
    repeats: bool = False
    """Whether each answer begins with what the one before ended with, and with what works were before."""
    breaks_after: int | None = None
    """The reader's process dies after so many answers."""
    name: str = MOODLE
    shared: bool = False

    def change(self, *works: Work) -> None:
        """Something is done, or done once more."""
        for work in works:
            if work.id in self.works:
                self.former[work.id] = self.works[work.id]
            self.works[work.id] = work
            self.changes[place_of(work)] += 1

    def take_away(self, id_: str) -> None:
        """It is listed no more."""
        self.changes[place_of(self.works.pop(id_))] += 1

    def enrol(self, person: str) -> None:
        """Or the other way round; what is listed anywhere is another list now."""
        self.enrolled ^= {person}
        for activity in KINDS:
            self.changes[activity] += 1

    def hide(self, activity: str) -> None:
        """Or show it again."""
        self.hidden ^= {activity}
        self.changes[activity] += 1

    def listed(self, activity: str) -> dict[str, Work]:
        """What the platform lists: nothing of those who left."""
        shown = {} if activity in self.hidden else self.works
        return {i: w for i, w in shown.items() if place_of(w) == activity and w.person in self.enrolled}

    def changed_since(self, before: Mapping[str, int] | None) -> list[str]:
        """The activities that are not as they were when they had changed so often."""
        return [one for one in KINDS if before is None or before[one] != self.changes[one]]

    def pull(self, cursor: str | None, *, full: bool) -> Iterator[Batch]:
        """In pages, the cursor with the last of them."""
        before = None if cursor is None or full else json.loads(cursor)
        batches = list(self._batches(self.changed_since(before)))
        batches[-1] = replace(batches[-1], cursor=json.dumps(self.changes))
        for number, batch in enumerate(batches):
            if number == self.breaks_after:
                raise Crash
            yield batch

    def _batches(self, activities: Collection[str]) -> Iterator[Batch]:
        people = [KnownPerson(id=one, name=one, accounts=(account_of(one),)) for one in sorted(self.enrolled)]
        members = told(*map(given.membership, sorted(self.enrolled)), whole=[PEOPLE])
        yield replace(members, people=people)
        for activity in activities:
            works = [self.listed(activity)[id_] for id_ in sorted(self.listed(activity))]
            for first in range(0, max(len(works), 1), PAGE):
                here = works[max(first - 1, 0) if self.repeats else first : first + PAGE]
                old = [self.former[one.id] for one in here if self.repeats and one.id in self.former]
                is_last = first + PAGE >= len(works)
                whole = [Scope(kind=KINDS[activity], activity=activity)] if is_last else []
                yield told(*old, *here, whole=whole)


def place_of(work: Work) -> str:
    """The activity it is in."""
    return work.forum if isinstance(work, ev.Post) else work.activity


@dataclass(frozen=True, kw_only=True)
class Known:
    """What is in force here: who learns, and which works there are."""

    learners: frozenset[str] = frozenset()
    works: Works = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class After:
    """What is in force after a sync, and what of it somebody must say of whether it was really deleted."""

    known: Known
    people_held: frozenset[str] = frozenset()
    works_held: frozenset[str] = frozenset()

    def synced(self, platform: Platform, activities: Collection[str]) -> After:
        """After one more that read the people and these activities to its end."""
        seen, before = frozenset(platform.enrolled), self.known
        lost = before.learners - seen
        people_held = lost if _is_suspicious(len(lost), len(before.learners | seen)) else frozenset[str]()
        learners = seen | people_held
        works = {i: w for i, w in before.works.items() if place_of(w) not in activities}
        works_held = {i for i in self.works_held if i in works}
        for activity in activities:
            old = {i: w for i, w in before.works.items() if place_of(w) == activity}
            listed = platform.listed(activity)
            within_reach = {i for i, w in {**old, **listed}.items() if w.person in learners}
            gone = within_reach - listed.keys()
            if people_held or _is_suspicious(len(gone), len(within_reach)):
                works_held |= gone
                gone = set()
            works |= {i: w for i, w in old.items() if i not in gone} | listed
        known = Known(learners=learners, works=works)
        return After(known=known, people_held=people_held, works_held=frozenset(works_held))

    def confirmed(self) -> After:
        """After somebody signed that all of it was really deleted, people first."""
        learners = self.known.learners - self.people_held
        gone = {i for i in self.works_held if self.known.works[i].person in learners}
        works = {i: w for i, w in self.known.works.items() if i not in gone}
        return After(known=Known(learners=learners, works=works))


def _is_suspicious(lost: int, there: int) -> bool:
    return (lost >= 10 and lost * 5 > there) or lost == there > 1


def points(person: str, works: Works, *, minutes: int, posts: int | None) -> int:
    """By the district's scheme, of what these learners can do here; `posts` where somebody decided."""
    own = [work for work in works.values() if work.person == person]
    live = sum(isinstance(work, ev.Post) and work.state is ev.PostState.LIVE for work in own)
    marks = [MARKED[w.grade] for w in own if isinstance(w, ev.Submission) and w.task is ev.Task.HOMEWORK]
    journals = any(isinstance(w, ev.Submission) and w.task is ev.Task.JOURNAL for w in own)
    study = min(minutes, 750) * 40 // 750
    return (
        study + max(marks, default=0) + (20 if journals else 0) + (min(live, 20) if posts is None else posts)
    )
