"""What the activities of a course count as, changed after it was set up, by whoever sees all of it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from lms_scoring.domain.binding import CountsOtherwise, differences
from lms_scoring.domain.evidence import Purpose
from lms_scoring.ports import ActivityKinds, Clock, KeptCourse, Store, Transaction, Visitor
from lms_scoring.services.access.seeing import whole_view
from lms_scoring.services.scoring.adopt import adopt
from lms_scoring.services.scoring.empty_bindings import WithoutEvidence, without_evidence
from lms_scoring.services.scoring.foresee import Foreseen, foresee_rules
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.setting_up.activity_lines import Key, Line, lines_of
from lms_scoring.services.setting_up.chosen_bindings import chosen_bindings, miscounted
from lms_scoring.services.setting_up.edited_text import with_bindings
from lms_scoring.services.setting_up.set_up import purposes_of
from lms_scoring.services.setting_up.suggest import suggested
from lms_scoring.services.signing import author_of, check_open, signature


@dataclass(frozen=True, slots=True, kw_only=True)
class Bound:
    """Everything that somebody decides about, and what it counts as `now`.

    `options` are what each can count as, `suggested` what those probably do that count as nothing.
    """

    lines: Sequence[Line]
    now: Mapping[Key, Purpose]
    options: Mapping[Key, Sequence[Purpose]]
    suggested: Mapping[Key, Purpose]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rebound:
    """What other bindings would change. `without` are criteria that nothing would be bound for.

    `mark` is the same for what looks the same, so that nobody applies what was never shown.
    """

    foreseen: Foreseen
    changes: Sequence[CountsOtherwise]
    without: Sequence[WithoutEvidence]
    mark: str


class Rebinding:
    """Other bindings for one course; each step asks again who is asking.

    `activity_kinds` are what platforms know of theirs, by the kind of source.
    """

    def __init__(
        self,
        store: Store,
        rules: CourseRules,
        *,
        clock: Clock,
        activity_kinds: Mapping[str, ActivityKinds],
    ) -> None:
        self._store = store
        self._rules = rules
        self._clock = clock
        self._activity_kinds = activity_kinds

    def bound(self, visitor: Visitor) -> Bound:
        """What there is to decide about, as the latest syncs told it. Raises NotAllowed."""
        rules = self._rules
        with self._store.reading() as transaction:
            self._check(transaction, visitor)
            named = rules.bindings.named()
            lines = lines_of(transaction, rules.course, self._sources(), named=named)
        keys = [line.key for line in lines]
        now = {key: purpose for key in keys if (purpose := rules.bindings.purpose_of(*key)) is not None}
        purposes = purposes_of(rules.scheme)
        unbound = [line for line in lines if line.key not in now]
        told_twice = {Purpose.STUDY_TIME} & {*now.values()}
        return Bound(
            lines=lines,
            now=now,
            options={line.key: _options(line, purposes, now.get(line.key)) for line in lines},
            suggested=suggested(unbound, purposes - told_twice),
        )

    def held(self, bound: Bound, chosen: Mapping[Key, Purpose]) -> list[Key]:
        """What cannot be as it was chosen, for a folder holds it that counts as something."""
        keys = [line.key for line in bound.lines]
        return miscounted(chosen_bindings(self._rules.bindings, keys, chosen), keys, chosen)

    def foresee(self, visitor: Visitor, bound: Bound, chosen: Mapping[Key, Purpose]) -> Rebound:
        """What these choices would change; nothing is kept. Raises NotAllowed, CannotBeDecided."""
        with self._store.reading() as transaction:
            self._check(transaction, visitor)
            check_open(transaction, self._rules.course)
            _, rules = self._chosen(transaction, bound, chosen)
        foreseen = foresee_rules(rules, self._store, clock=self._clock, before=self._rules)
        return Rebound(
            foreseen=foreseen,
            changes=differences(self._rules.bindings, rules.bindings),
            without=list(without_evidence(rules)),
            mark=f"{_digest(rules)}-{foreseen.mark}",
        )

    def take_on(
        self, visitor: Visitor, bound: Bound, chosen: Mapping[Key, Purpose], *, reason: str, seen: str
    ) -> bool:
        """Has the course go by these choices; False, and nothing is done, where that was never shown.

        Raises NotAllowed; CannotBeDecided without a reason, and where the course is closed.
        """
        with self._store.reading() as transaction:
            self._check(transaction, visitor)
            course, rules = self._chosen(transaction, bound, chosen)
            scheme = transaction.scheme(course.scheme)
        signed = signature(author_of(visitor), reason)
        digest, _, mark = seen.partition("-")
        if digest != _digest(rules):
            return False
        done = adopt(
            course,
            scheme,
            rules,
            self._store,
            clock=self._clock,
            signed=signed,
            before=self._rules,
            seen=mark,
        )
        return done is not None

    def _chosen(
        self, transaction: Transaction, bound: Bound, chosen: Mapping[Key, Purpose]
    ) -> tuple[KeptCourse, CourseRules]:
        """The course as it would be kept, and what it would be scored by."""
        course = transaction.course(self._rules.course)
        text = course.settings if self._rules.settings is None else self._rules.settings
        former = self._rules.bindings
        bindings = chosen_bindings(former, [line.key for line in bound.lines], chosen)
        settings = text if bindings == former else with_bindings(text, bindings)
        course = replace(course, settings=settings)
        return course, replace(self._rules, bindings=bindings, settings=settings)

    def _sources(self) -> Mapping[str, ActivityKinds | None]:
        """What the course is read from, each with what knows the kinds of its activities."""
        rules, known = self._rules, self._activity_kinds
        return {name: known.get(rules.source_kinds.get(name, "")) for name in sorted(rules.sources)}

    def _check(self, transaction: Transaction, visitor: Visitor) -> None:
        refusal = "a course's settings are for its coordinators and for administrators"
        whole_view(transaction, self._rules.course, visitor, refusal=refusal)


def _options(line: Line, purposes: frozenset[Purpose], now: Purpose | None) -> list[Purpose]:
    """What it counts as stays on offer, though nothing of it can be read any more."""
    return [one for one in Purpose if one is now or (one in purposes and one in line.fitting)]


def _digest(rules: CourseRules) -> str:
    return hashlib.sha256((rules.settings or "").encode()).hexdigest()[:32]
