"""Whatever happens, in whatever order: what is known, the scores and the gradebook are what they must be.

A state machine does to a platform, to a record store and to us what happens in a year, and holds us against a
model that knows nothing of the program (`platform_model`). `HYPOTHESIS_PROFILE=soak` tries 2,000 histories,
other ones each time.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy import Select, false, func, select

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.binding import Binding
from lms_scoring.domain.gradebook import Grade, Receipt
from lms_scoring.domain.instants import DAY, HOUR, SECOND
from lms_scoring.domain.registration import Approval
from lms_scoring.domain.scorecard import CardState
from lms_scoring.ports import (
    EvidenceSource,
    Grant,
    Passback,
    PlatformCourse,
    SendState,
    Visitor,
)
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.deciding.decide import Decide
from lms_scoring.services.deciding.enter import enter
from lms_scoring.services.gradebook.publish import publish
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import Signature
from lms_scoring.services.syncing.losses_desk import LossesDesk
from lms_scoring.store import tables
from tests import given
from tests.contract.story import REGISTRATION
from tests.fakes.gradebook import FakeGradebook, answer_lost, busy, never_arrived
from tests.faults.mortal_database import Fuse, mortal_store
from tests.faults.platform_model import LEARNERS, After, Crash, Known, Platform, points
from tests.faults.record_store_model import MINUTES, VIDEO, RecordStore
from tests.fixtures.courses.scripted import (
    COURSE,
    FORUM,
    HOMEWORK,
    JOURNAL,
    LRS,
    NOTHING_TO_WAIT_FOR,
    StandingClock,
    adopt_course,
    bindings,
    rules,
)

PARTS, STEPS = 8, 50
FEWEST = 200
"""Histories that are tried whatever the profile, all parts together."""
_PHASES = (Phase.generate, Phase.shrink)
"""To explain a history would take longer than to find it."""

pytestmark = [pytest.mark.slow(reason="hundreds of histories"), pytest.mark.timeout(0)]

YEARS = 3 * 365 * DAY
JUMPS = (0, 0, SECOND, -SECOND, HOUR, -HOUR, DAY, -DAY, -40 * DAY, YEARS, -YEARS)
HISTORIES = (
    *(tables.evidence, tables.run, tables.scorecard_version),
    *(tables.grade_step, tables.watch_event, tables.signed_act),
)
"""Tables from which nothing is ever taken away."""
COORDINATOR = Visitor(person=None, roles=(Grant(person="", role="coordinator", course=COURSE),))
SIGNED = Signature(by="operator:office", reason="somebody looked")

persons = st.sampled_from(LEARNERS)
numbers = st.integers(0, 11)
moments = st.integers(0, 9)
fuses = st.integers(0, 60)


def dies_afterwards(book: FakeGradebook, grade: Grade) -> Receipt:
    """The grade is taken, and we are gone before we hear of it."""
    book.take(grade)
    raise Crash


def ours() -> CourseRules:
    """Study time is told by the record store, all else by the platform."""
    plain = bindings(study_time=())
    watched = Binding(purpose=ev.Purpose.STUDY_TIME, source=LRS, activities=(VIDEO,))
    return rules(bindings=replace(plain, bindings=(*plain.bindings, watched)))


RULES = ours()


class History(RuleBasedStateMachine):
    """One course, what it is read from, its gradebook, and the clocks that all of them go by."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = TemporaryDirectory()
        self.fuse = Fuse()
        self.store = mortal_store(Path(self.folder.name), self.fuse)
        self.true = StandingClock(given.AFTER + 30 * DAY)
        """What time it really is, which platforms know."""
        self.clock = StandingClock(self.true.at)
        self.book = FakeGradebook(self.true)
        self.platform = Platform()
        self.lrs = RecordStore(self.true)
        self.after = After(known=Known())
        self.read: dict[str, int] | None = None
        """How often each activity had changed when the platform was read to its end."""
        self.viewings: set[tuple[str, int]] = set()
        self.decided: dict[str, int] = {}
        self.decided_at: dict[str, int] = {}
        self.ever: set[str] = set()
        self.scored: frozenset[str] = frozenset()
        """Who took part when the cards were made: of who comes back nothing is sent until the next is."""
        self.rows = [0] * len(HISTORIES)
        self.died = self.lrs_died = self.is_scored = False

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @initialize()
    def set_up(self) -> None:
        """The course is adopted and passes its points back; everybody has done something already."""
        adopt_course(self.store)
        place = PlatformCourse(
            registration=1, context="3", title=None, course=COURSE, deployment="2", line_items="i", seen_at=1
        )
        known = replace(
            REGISTRATION, standing=Approval.ACTIVE, platform="moodle", deployments={"2": Approval.ACTIVE}
        )
        with self.store.writing() as transaction:
            transaction.keep_registration(known, at=1)
            transaction.keep_platform_course(place)
            transaction.keep_passback(COURSE, Passback.SCORE)
        for person in LEARNERS:
            self.hand_in(person, ev.Grade.PASS, at=1)
            self.post(person, 0, at=1)
        for day in range(2):
            self.watch(LEARNERS[0], day)
            self.goes_on(HOUR)
        self.a_day_goes_by()

    @rule()
    def a_day_goes_by(self) -> None:
        """As it should."""
        self.goes_on(DAY)
        self.sync(full=False)
        self.sync_viewings(full=False)
        self.score(everyone=False)
        self.pass_back()

    def goes_on(self, time: int) -> None:
        self.true.at += time
        self.clock.at += time

    # what happens on the platforms

    @rule(person=persons, number=numbers, at=moments)
    def post(self, person: str, number: int, at: int) -> None:
        """New, or the same once more with another date; some are late to be seen."""
        self.platform.change(given.topic(f"p{person}{number}", person=person, at=given.START + at * DAY))

    @rule(person=persons, at=moments)
    def post_a_lot(self, person: str, at: int) -> None:
        for number in range(12):
            self.post(person, number, at)

    @rule(person=persons, grade=st.sampled_from([None, *ev.Grade]), at=moments)
    def hand_in(self, person: str, grade: ev.Grade | None, at: int) -> None:
        """Or mark what was handed in."""
        self.platform.change(given.homework(f"h{person}", grade, person=person, at=given.START + at * DAY))

    @rule(person=persons)
    def write_a_journal(self, person: str) -> None:
        self.platform.change(given.journal(f"j{person}", person=person))

    @rule(person=persons, number=numbers)
    def delete_a_post(self, person: str, number: int) -> None:
        """It says so itself from now on."""
        found = self.platform.works.get(f"p{person}{number}")
        if isinstance(found, ev.Post):
            self.platform.change(replace(found, state=ev.PostState.DELETED))

    @rule(person=persons, kind=st.sampled_from("hjp"))
    def take_away(self, person: str, kind: str) -> None:
        for id_ in [one for one in self.platform.works if one.startswith(f"{kind}{person}")]:
            self.platform.take_away(id_)

    @rule(person=persons, number=numbers)
    def take_away_a_post(self, person: str, number: int) -> None:
        if f"p{person}{number}" in self.platform.works:
            self.platform.take_away(f"p{person}{number}")

    @rule(person=persons)
    def leave_or_come_back(self, person: str) -> None:
        self.platform.enrol(person)

    @rule(activity=st.sampled_from([FORUM, HOMEWORK, JOURNAL]))
    def lose_or_regain_a_permission(self, activity: str) -> None:
        self.platform.hide(activity)

    @rule()
    def repeat_or_not(self) -> None:
        self.platform.repeats = not self.platform.repeats

    @rule(person=persons, day=moments)
    def watch(self, person: str, day: int) -> None:
        """Told late in any case, and perhaps once more."""
        self.lrs.told(person, day)

    # what happens to us

    @rule(jump=st.sampled_from(JUMPS))
    def jump(self, jump: int) -> None:
        """Our clock, so far from the right time; 0 sets it right."""
        self.clock.at = self.true.at + jump

    @rule(full=st.booleans())
    def sync(self, full: bool) -> None:
        before = replace(self.after, known=self.stored()) if self.died else self.after
        assert self.stored() == before.known
        activities = self.platform.changed_since(None if full else self.read)
        self.collect(self.platform, full=full)
        self.after = before.synced(self.platform, activities)
        assert self.stored() == self.after.known
        self.ever |= self.platform.enrolled
        self.read = dict(self.platform.changes)
        self.died = self.is_scored = False

    @rule(full=st.booleans())
    def sync_viewings(self, full: bool) -> None:
        self.collect(self.lrs.source, full=full)
        self.viewings = set(self.lrs.viewings)
        self.lrs_died = self.is_scored = False

    @rule(answers=st.integers(0, 6), full=st.booleans())
    def die_reading(self, answers: int, full: bool) -> None:
        self.platform.breaks_after = answers
        self.die(10_000, full=full)
        self.platform.breaks_after = None

    @rule(burns=fuses, full=st.booleans())
    def die_storing(self, burns: int, full: bool) -> None:
        self.die(burns, full=full)

    @rule(answers=st.integers(0, 5), burns=fuses, full=st.booleans())
    def die_reading_viewings(self, answers: int, burns: int, full: bool) -> None:
        self.lrs.breaks_after = answers
        with self.fuse.lit(burns):
            self.collect(self.lrs.source, full=full)
        self.lrs.breaks_after = None
        self.lrs_died, self.is_scored = True, False

    def die(self, burns: int, *, full: bool) -> None:
        """Each work is as it was or as the platform has it, and what is not listed is not lost."""
        before = self.stored()
        with self.fuse.lit(burns):
            self.collect(self.platform, full=full)
        known = self.stored()
        whole = After(known=before).synced(self.platform, self.platform.changed_since(None)).known
        for id_ in before.works.keys() | known.works.keys():
            assert known.works.get(id_) in (before.works.get(id_), whole.works.get(id_))
        assert before.learners & whole.learners <= known.learners <= before.learners | whole.learners
        self.ever |= known.learners
        self.died, self.is_scored = True, False

    def collect(self, source: EvidenceSource, *, full: bool) -> None:
        collect(COURSE, source, self.store, clock=self.clock, full=full)

    @precondition(lambda self: not self.died)
    @rule(really=st.booleans())
    def say_of_what_is_held(self, really: bool) -> None:
        """People first; whether it was really deleted."""
        desk = LossesDesk(self.store, RULES, clock=self.clock)
        for held in sorted(
            desk.held(COORDINATOR), key=lambda one: (one.scope.activity is not None, one.number)
        ):
            say = desk.confirm if really else desk.refuse
            say(COORDINATOR, held.number, SIGNED, seen=held.mark)
        if really:
            self.after = self.after.confirmed()
        assert self.stored() == self.after.known
        self.is_scored = False

    @rule(everyone=st.booleans())
    def score(self, everyone: bool) -> None:
        """A clock that is right, or not far behind, scores what is known; nor does it do so twice. What was
        decided later than it says is not yet decided."""
        done = assess(RULES, self.store, clock=self.clock, everyone=everyone)
        self.scored = self.stored().learners
        to_come = {person for person, at in self.decided_at.items() if at > self.clock.at}
        if to_come or self.is_believed_far_behind():
            self.is_scored = False
        if self.is_scored:
            assert done.changed == 0
        if self.clock.at > given.START + 10 * DAY:
            known = self.stored()
            viewings = self.viewings_stored() if self.lrs_died else self.viewings
            cards = self.cards()
            assert cards.keys() == self.ever
            assert {person: cards[person] for person in self.ever - to_come} == {
                person: points(
                    person,
                    known.works,
                    minutes=MINUTES * sum(one == person for one, _ in viewings),
                    posts=self.decided.get(person),
                )
                for person in self.ever - to_come
            }
        if self.clock.at == self.true.at:
            assert CardState.IN_PROGRESS not in self.states()
            self.is_scored = True

    def is_believed_far_behind(self) -> bool:
        """Whether by our clock the window is open still, and too few of the last runs tell otherwise."""
        table = tables.run
        last = self.asked(select(table.c.started_at).order_by(table.c.id.desc()).limit(20))
        later = sum(at > self.clock.at for (at,) in last)
        return self.clock.at < RULES.scheme.window.end and not (len(last) >= 3 and later * 2 > len(last))

    @rule(burns=fuses)
    def die_scoring(self, burns: int) -> None:
        with self.fuse.lit(burns):
            assess(RULES, self.store, clock=self.clock)
        self.scored &= self.stored().learners

    @rule(person=persons, decided=st.integers(0, 20) | st.none())
    def decide(self, person: str, decided: int | None) -> None:
        """So many points for posts, or as many as they are: whatever our clock says, it holds from now."""
        if person not in self.ever or (decided is None and person not in self.decided):
            return
        wish = Decide(
            person=person,
            target=ev.CriterionTarget(criterion="posts"),
            action=ev.Action.RESTORE if decided is None else ev.Action.OVERRIDE,
            points=None if decided is None else Fraction(decided),
            signed=SIGNED,
        )
        enter(wish, RULES, self.store, clock=self.clock)
        self.decided_at[person] = self.clock.at
        self.decided.pop(person, None)
        if decided is not None:
            self.decided[person] = decided
        self.is_scored = False

    @rule(
        mishaps=st.lists(st.sampled_from([answer_lost, never_arrived, busy, dies_afterwards]), max_size=4),
        down=st.booleans(),
        burns=fuses,
    )
    def pass_back_in_bad_weather(self, mishaps: list[Any], down: bool, burns: int) -> None:
        self.book.mishaps, self.book.down = list(mishaps), down
        with self.fuse.lit(burns):
            self.publish()
        self.book.mishaps, self.book.down = [], False

    @rule()
    def pass_back(self) -> None:
        """In good weather, and given some days: what stands there is what the cards say."""
        for _ in range(4):
            self.publish()
            if not self.waits():
                break
            self.goes_on(DAY + HOUR)
        learning = self.stored().learners & self.scored
        there = {one: self.book.score_of(one.removeprefix("moodle-")) for one in learning}
        cards = self.cards()
        assert there == {one: cards.get(one) for one in learning}

    def waits(self) -> bool:
        learning = self.stored().learners
        with self.store.reading() as transaction:
            found = transaction.outgoing(COURSE)
        return any(one.state is SendState.WAITING for one in found if one.person in learning)

    def publish(self) -> None:
        publish(
            COURSE,
            self.store,
            lambda _: self.book,
            clock=self.clock,
            jitter=lambda: 0.5,
            label="Pass status",
            reading=NOTHING_TO_WAIT_FOR,
        )

    # what holds at any time

    @invariant()
    def histories_only_grow(self) -> None:
        counted = select(*(select(func.count()).select_from(one).scalar_subquery() for one in HISTORIES))
        rows = list(self.asked(counted)[0])
        assert all(now >= before for now, before in zip(rows, self.rows, strict=True))
        self.rows = rows

    @invariant()
    def no_older_grade_follows_a_later_one(self) -> None:
        for learner in {grade.subject for grade in self.book.told}:
            times = [grade.at for grade in self.book.told if grade.subject == learner]
            assert times == sorted(times)

    @invariant()
    def nothing_counts_twice(self) -> None:
        table = tables.evidence
        live = select(table.c.record).where(table.c.superseded == false())
        assert self.asked(live.group_by(table.c.kind, table.c.record).having(func.count() > 1)) == []

    # what is stored

    def stored(self) -> Known:
        """What is in force here, as readers get it."""
        with self.store.reading() as transaction:
            members = transaction.memberships(COURSE)
            everybody = [one.person for one in members]
            active = {one.person for one in members if one.status is ev.MembershipStatus.ACTIVE}
            found = transaction.records_of(COURSE, everybody, kinds=["post", "submission"])
        works: dict[str, Any] = {one.id: replace(one, source=None) for one in found if one.gone_at is None}
        return Known(learners=frozenset(active), works=works)

    def viewings_stored(self) -> set[tuple[str, int]]:
        """Of which both statements are here."""
        with self.store.reading() as transaction:
            everybody = [one.person for one in transaction.memberships(COURSE)]
            return {
                (one.person.id, (event.at - given.START) // DAY)
                for one in transaction.evidence_of(COURSE, everybody)
                for events in one.events.values()
                for event in events
            }

    def cards(self) -> dict[str, Any]:
        with self.store.reading() as transaction:
            return {row.card.person: row.card.total for row in transaction.board(COURSE)}

    def states(self) -> set[CardState]:
        with self.store.reading() as transaction:
            return {row.card.state for row in transaction.board(COURSE)}

    def asked(self, query: Select[Any]) -> list[Any]:
        with self.store.engine.connect() as connection:
            return list(connection.execute(query))


@pytest.mark.parametrize("part", range(PARTS))
def test_any_history(part: int) -> None:
    """Each part tries as many histories as there are examples in the profile, and its share of the fewest."""
    examples = max(settings().max_examples, FEWEST // PARTS)
    chosen = settings(max_examples=examples, stateful_step_count=STEPS, phases=_PHASES)
    run_state_machine_as_test(seed(part)(History) if chosen.derandomize else History, settings=chosen)
