"""Looking for doubts: texts that changed, and those that are like them, are looked at; doubts become cases.

Only whose texts (or likes of them) changed since the last look is looked at, so a look at a course in which
nothing changed costs nothing. Some persons at a time are looked at in a view, while others write, and what
was seen and still holds is kept in a transaction of its own (docs/decisions/0053): it may be interrupted
anywhere and run again, by several at once, and opens nothing twice. No score changes; who has another case
than before is scored again, because what a card says about its doubts is part of its outlook, and no verdict
of theirs goes out before that.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from lms_scoring.domain.canonical import canonical
from lms_scoring.domain.doubts import Family
from lms_scoring.domain.errors import CannotLookForDoubts
from lms_scoring.domain.proceedings.case import Case, reviewed
from lms_scoring.domain.proceedings.step import StepKind
from lms_scoring.ports import CaseText, CaseTexts, Clock, KeptText, Store, Transaction
from lms_scoring.services.doubting.comparing import Works
from lms_scoring.services.doubting.looks import Seen, see, still_true
from lms_scoring.services.doubting.marking import mark_some
from lms_scoring.services.gradebook.holds import hold_back
from lms_scoring.services.scoring.rules import CourseRules

PORTION = 100
"""Persons who are looked at in one view, and whose doubts are kept in one transaction, at most: what shares
marks with a portion is asked for by each."""

_TIMES = 3
"""So often a look tries those who wrote, or whose likes changed, while they were looked at."""

_DOUBTED = frozenset({StepKind.OPENED, StepKind.CHANGED})


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
    Nothing either once somebody looks by other rules.
    """
    fingerprint = _fingerprint(rules)
    _notice_rules(rules.course, fingerprint, store)
    while mark_some(rules.course, store):
        pass
    with store.reading() as view:
        waiting = view.to_look_at(rules.course)
    done, works = Looked(), Works(rules)
    for _ in range(_TIMES):
        left: list[str] = []
        for begin in range(0, len(waiting), PORTION):
            with store.reading() as view:
                seen = see(view, rules, works, waiting[begin : begin + PORTION])
            if not seen.persons:
                continue
            with store.writing() as transaction:
                if not _goes_by(transaction, rules.course, fingerprint):
                    return done
                persons = still_true(transaction, seen)
                done += _keep(transaction, seen, persons, clock=clock)
                transaction.looked_at(rules.course, persons)
            left += {*seen.persons}.difference(persons)
        waiting = sorted(left)
    return done


def _notice_rules(course: str, fingerprint: str, store: Store) -> None:
    with store.reading() as view:
        if view.doubt_rules(course) == fingerprint:
            return
    with store.writing() as transaction:
        if transaction.doubt_rules(course) != fingerprint:
            transaction.look_again(course)
            transaction.keep_doubt_rules(course, fingerprint)


def _goes_by(transaction: Transaction, course: str, fingerprint: str) -> bool:
    """Whether the course is open, and looked at by these rules."""
    return transaction.closing(course) is None and transaction.doubt_rules(course) == fingerprint


def _fingerprint(rules: CourseRules) -> str:
    """Changes with the settings, and with what activities count as."""
    bound = [[one.purpose.value, one.source, list(one.activities)] for one in rules.bindings.bindings]
    return hashlib.sha256(canonical([rules.doubts.fingerprint, bound])).hexdigest()


def _keep(transaction: Transaction, seen: Seen, persons: Sequence[str], *, clock: Clock) -> Looked:
    """What was seen of these persons, beside the cases that they have."""
    course = seen.course
    before: dict[str, list[Case]] = {}
    for case in transaction.cases(course, persons=persons) if persons else ():
        before.setdefault(case.person, []).append(case)
    changed: list[Case] = []
    for person in persons:
        changed += reviewed(before.get(person, []), seen.doubts[person], person=person, at=clock.now())
    if changed:
        kept = transaction.keep_cases(course, changed)
        doubted = [case for case in kept if case.steps[-1].kind in _DOUBTED]
        transaction.keep_case_texts(course, _texts_of(doubted, seen))
        transaction.touch_persons(course, sorted({case.person for case in changed}))
        hold_back(transaction, course, {case.person for case in doubted})
    last = [case.steps[-1].kind for case in changed]
    return Looked(
        persons=len(persons),
        opened=last.count(StepKind.OPENED),
        vanished=last.count(StepKind.VANISHED),
    )


def _texts_of(cases: Iterable[Case], seen: Seen) -> Mapping[int, CaseTexts]:
    """What lies side by side, as it is now: authors may change or erase it later."""
    own = {(text.kind, text.name): text for theirs in seen.texts.values() for text in theirs}
    found = {}
    for case in cases:
        record = (case.kind, case.name)
        is_like = case.family is Family.LIKENESS
        found[case.number] = CaseTexts(
            own=_case_text(own[record], seen.course),
            other=_case_text(seen.others[seen.alike[record].other], seen.course) if is_like else None,
        )
    return found


def _case_text(text: KeptText, course: str) -> CaseText:
    return CaseText(course=text.course or course, name=text.name, person=text.person, text=text.text)
