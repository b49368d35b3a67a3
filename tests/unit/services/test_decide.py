"""Deciding and recommending: what is refused, what is kept, and that cards follow at once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from fractions import Fraction

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import CannotBeDecided, MalformedEvidence, UnknownPerson
from lms_scoring.domain.evidence import Action, CriterionTarget, RecordTarget
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.domain.scorecard import Reason, Scorecard
from lms_scoring.domain.scoring import scorecards
from lms_scoring.files.evidence_file import evidence_lines, read_evidence
from lms_scoring.ports import Store
from lms_scoring.services.deciding.decide import Decide, Target
from lms_scoring.services.deciding.enter import (
    Effect,
    Entered,
    Entry,
    Wish,
    enter,
    enter_as_shown,
    foresee,
    made,
)
from lms_scoring.services.deciding.recommend import Recommend, TakeBack
from lms_scoring.services.scoring.assess import assess
from lms_scoring.services.scoring.card_records import evidence_of_course
from lms_scoring.services.scoring.rules import CourseRules
from lms_scoring.services.signing import signature
from lms_scoring.services.syncing.collect import collect
from tests import given
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import (
    CHEN,
    COURSE,
    LI,
    WANG,
    ZHAO,
    ScriptedSource,
    StandingClock,
    adopt_course,
    bindings,
    members,
    roster,
    rules,
    told,
)

OFFICE = "operator:office"
SUN = "sun"
"""The tutor of the other class."""

POST = RecordTarget(kind="post", id="moodle/topic 1")
FLOOD = RecordTarget(kind="post", id="moodle/flood")
WORK = RecordTarget(kind="submission", id="moodle/work")
POSTS, WORKS = CriterionTarget(criterion="posts"), CriterionTarget(criterion="homework")


@dataclass
class Office:
    """A course that is synced and scored, in which somebody decides."""

    store: Store
    clock: StandingClock = field(default_factory=StandingClock)
    rules: CourseRules = field(default_factory=rules)

    def enter(self, wish: Wish) -> Effect:
        """A second later."""
        self.clock.at += 1_000
        return enter(wish, self.rules, self.store, clock=self.clock)

    def kept(self, wish: Wish) -> Entry:
        """What was entered, because it was not so already."""
        entry = self.enter(wish).entry
        assert entry is not None
        return entry

    def refused(self, wish: Wish) -> CannotBeDecided:
        """What is said to it."""
        before = self.cards(), made(self.rules, self.store)
        with pytest.raises(CannotBeDecided) as refusal:
            self.enter(wish)
        assert (self.cards(), made(self.rules, self.store)) == before
        return refusal.value

    def cards(self) -> dict[tuple[str, ev.Role], Scorecard]:
        """The cards that are stored, by person and role."""
        found = {}
        with self.store.reading() as transaction:
            for row in transaction.board(COURSE):
                one = row.card
                card = transaction.scorecard(COURSE, one.person, role=one.role, class_=one.class_)
                assert card is not None
                found[one.person, one.role] = card
        return found

    def total(self, person: str = LI, role: ev.Role = ev.Role.LEARNER) -> Fraction:
        return self.cards()[person, role].total

    def exported(self) -> Sequence[ev.Record]:
        """What an export holds when it is read again."""
        with self.store.reading() as transaction:
            lines = list(evidence_lines(evidence_of_course(transaction, self.rules)))
        found = read_evidence(lines)
        assert found.remarks == ()
        return found.records


def opened(store: Store) -> Office:
    """Li has two topics, one of flooding, a marked homework and a journal; Zhao a homework; Chen a draft."""
    office = Office(store)
    adopt_course(store)
    records: tuple[ev.Record, ...] = (
        *members(),
        given.tutor(SUN, class_="class 2"),
        given.topic("topic 1"),
        given.topic("topic 2"),
        given.topic("flood", state=ev.PostState.FLOODING),
        given.homework("work", ev.Grade.GOOD, graded_at=given.DUE),
        given.journal("journal"),
        given.homework("of zhao", person=ZHAO),
        given.homework("of chen", person=CHEN),
        given.homework("draft", person=ZHAO, attempt=1, state=ev.SubmissionState.DRAFT, at=None),
        given.homework("late", person=ZHAO, attempt=2, at=given.DUE + given.DAY),
        given.journal("too late", person=ZHAO, at=given.END + given.DAY),
        given.homework("unbound", activity="18"),
    )
    batches = [roster(LI, ZHAO, WANG, CHEN, SUN), told(*records)]
    collect(COURSE, ScriptedSource(batches), store, clock=office.clock)
    assess(office.rules, store, clock=office.clock)
    assert office.total() == 18 + 20 + 2
    return office


@pytest.fixture
def office() -> Office:
    """In memory; the commands' own tests decide in a database."""
    return opened(MemoryStore())


def wish(
    action: Action,
    target: Target,
    *,
    person: str = LI,
    by: str = OFFICE,
    reason: str = "seen",
    points: Fraction | None = None,
) -> Decide:
    signed = signature(by, reason)
    return Decide(person=person, target=target, action=action, signed=signed, points=points)


# -- deciding -------------------------------------------------------------------------------------------


def test_a_voided_record_no_longer_counts_and_the_card_says_why(office: Office) -> None:
    entry = office.kept(wish(Action.VOID, POST, reason="  copied "))
    assert office.total() == 39
    card = office.cards()[LI, ev.Role.LEARNER]
    assert given.finding(card, "posts", POST.id).reason is Reason.VOIDED
    assert entry == ev.Decision(
        id="here/li-1",
        person=LI,
        target=POST,
        action=Action.VOID,
        by=OFFICE,
        at=office.clock.at,
        reason="copied",
    )


def test_an_exemption_is_full_points_and_an_override_names_them(office: Office) -> None:
    office.enter(wish(Action.EXEMPT, POSTS))
    assert office.total() == 58
    office.enter(wish(Action.OVERRIDE, POSTS, points=Fraction("12.34")))
    assert office.total() == 38 + Fraction("12.34")
    assert [one.in_force for one in made(office.rules, office.store)] == [False, True]


def test_what_is_foreseen_is_what_comes_and_foreseeing_keeps_nothing(office: Office) -> None:
    before = office.cards()
    asked = wish(Action.VOID, WORK)
    effect = foresee(asked, office.rules, office.store, clock=office.clock)
    assert office.cards() == before
    assert made(office.rules, office.store) == []
    (shift,) = effect.shifts  # the tutor's duty is not done either way
    assert shift.after.person == LI
    assert shift.before.total - shift.after.total == 18
    entered = enter(asked, office.rules, office.store, clock=office.clock)
    assert entered == effect
    assert entered.looks_like(effect)
    assert office.cards()[LI, ev.Role.LEARNER] == effect.shifts[0].after


def test_the_tutors_card_follows_in_the_same_moment(office: Office) -> None:
    effect = office.enter(
        wish(Action.VOID, RecordTarget(kind="submission", id="moodle/of zhao"), person=ZHAO)
    )
    assert {one.after.person for one in effect.shifts} == {ZHAO}
    late = RecordTarget(kind="submission", id="moodle/late")
    effect = office.enter(wish(Action.VOID, late, person=ZHAO))
    assert {one.after.person for one in effect.shifts} == {ZHAO, WANG}
    assert office.total(WANG, ev.Role.TUTOR) == 40, "nothing unmarked is left"
    with office.store.reading() as transaction:
        assert list(transaction.touched(COURSE)) == []


def test_nobody_elses_card_is_scored_again(office: Office) -> None:
    before = office.cards()
    office.enter(wish(Action.EXEMPT, POSTS))
    after = office.cards()
    assert {key for key in before if before[key].as_of != after[key].as_of} == {
        (LI, ev.Role.LEARNER),
        (WANG, ev.Role.TUTOR),
    }


def test_deciding_the_same_again_changes_nothing(office: Office) -> None:
    office.enter(wish(Action.OVERRIDE, POSTS, points=Fraction(3)))
    assert office.enter(wish(Action.OVERRIDE, POSTS, points=Fraction(3), reason="again")).entry is None
    assert office.enter(wish(Action.OVERRIDE, POSTS, points=Fraction(4))).entry is not None
    assert len(made(office.rules, office.store)) == 2


def test_of_two_decisions_in_one_millisecond_the_second_holds(office: Office) -> None:
    for action in (Action.VOID, Action.RESTORE):
        enter(wish(action, POST), office.rules, office.store, clock=office.clock)
    assert office.total() == 40
    assert [one.entry.at - office.clock.at for one in made(office.rules, office.store)] == [0, 1]


def test_a_clock_that_went_back_is_no_reason_to_forget_a_decision(office: Office) -> None:
    office.enter(wish(Action.VOID, POST))
    office.clock.at -= given.DAY
    assert "set the clock first" in str(office.refused(wish(Action.RESTORE, POST)))


def test_a_post_called_flooding_counts_once_it_is_restored(office: Office) -> None:
    assert "does not count anyway" in str(office.refused(wish(Action.VOID, FLOOD)))
    office.enter(wish(Action.RESTORE, FLOOD))
    assert office.total() == 41
    office.enter(wish(Action.VOID, FLOOD))
    assert office.total() == 40


def test_a_decision_can_be_undone_when_its_record_is_bound_to_nothing_by_now(office: Office) -> None:
    office.enter(wish(Action.VOID, POST))
    elsewhere = replace(office, rules=rules(bindings=bindings(posts=())))
    elsewhere.enter(wish(Action.RESTORE, POST))
    assert [one.in_force for one in made(office.rules, office.store)] == [False, True]


@pytest.mark.parametrize("points", ["20.01", "-0.01", "1/3", "0.001"])
def test_points_lie_between_nought_and_the_maximum_with_two_decimals(office: Office, points: str) -> None:
    said = str(office.refused(wish(Action.OVERRIDE, POSTS, points=Fraction(points))))
    assert said == "posts can be given 0 to 20 points, with at most 2 decimals"


@pytest.mark.parametrize("points", ["0", "0.01", "19.99", "20"])
def test_points_may_be_anything_in_between(office: Office, points: str) -> None:
    office.enter(wish(Action.OVERRIDE, POSTS, points=Fraction(points)))
    assert office.total() == 38 + Fraction(points)


REFUSED = [
    (wish(Action.VOID, POST, by="nobody"), Obstacle.NOT_ENTITLED, "'nobody' neither guides a class of"),
    (wish(Action.RESTORE, FLOOD, by=LI), Obstacle.OWN_SCORE, "nobody decides about the own score"),
    (wish(Action.RESTORE, FLOOD, by=ZHAO), Obstacle.NOT_ENTITLED, f"{ZHAO!r} neither guides a class of"),
    (
        wish(Action.VOID, POSTS),
        Obstacle.IMPOSSIBLE,
        "a criterion can be exempt, overridden and restored, no more: void",
    ),
    (wish(Action.EXEMPT, POST), Obstacle.IMPOSSIBLE, "a record can be voided and restored, no more: exempt"),
    (
        wish(Action.EXEMPT, CriterionTarget(criterion="marking")),
        Obstacle.NO_CRITERION,
        "there are: study_time, homework, journal, posts",
    ),
    (
        wish(Action.VOID, RecordTarget(kind="membership", id="x")),
        Obstacle.IMPOSSIBLE,
        "nothing is decided about a membership, only",
    ),
    (
        wish(Action.VOID, RecordTarget(kind="post", id="topic 1")),
        Obstacle.NO_RECORD,
        "li has no post topic 1 that counts as anything",
    ),
    (
        wish(Action.VOID, RecordTarget(kind="submission", id="moodle/unbound")),
        Obstacle.NO_RECORD,
        "li has no submission",
    ),
    (
        wish(Action.VOID, WORK, person=ZHAO),
        Obstacle.OF_ANOTHER,
        "submission moodle/work is not of zhao but of li: `lms-scoring decide course li …`",
    ),
    (wish(Action.VOID, WORK, person=WANG), Obstacle.OF_ANOTHER, "is not of wang but of li"),
    (
        wish(Action.RESTORE, POST),
        Obstacle.NOTHING_TO_UNDO,
        "nothing was decided about post moodle/topic 1 of li",
    ),
    (
        wish(Action.RESTORE, POSTS),
        Obstacle.NOTHING_TO_UNDO,
        "nothing was decided about criterion posts of li",
    ),
]


@pytest.mark.parametrize(("asked", "why", "said"), REFUSED, ids=[said for _, _, said in REFUSED])
def test_what_cannot_be_decided_is_refused_with_a_reason(
    office: Office, asked: Decide, why: Obstacle, said: str
) -> None:
    refusal = office.refused(asked)
    assert (refusal.why, said in str(refusal)) == (why, True)


def test_a_person_without_a_part_in_the_course_is_unknown(office: Office) -> None:
    with pytest.raises(UnknownPerson, match="sync the roster first"):
        office.enter(wish(Action.VOID, POST, person="somebody"))


def test_words_that_are_no_unicode_are_refused(office: Office) -> None:
    with pytest.raises(MalformedEvidence, match="reason: must be valid Unicode"):
        office.enter(wish(Action.VOID, POST, reason="half \udcff"))


def test_who_is_learner_and_tutor_has_the_criteria_of_both(office: Office) -> None:
    both = told(given.membership(WANG), given.tutor(WANG))
    collect(COURSE, ScriptedSource([both]), office.store, clock=office.clock)
    office.enter(wish(Action.EXEMPT, CriterionTarget(criterion="marking"), person=WANG))
    office.enter(wish(Action.EXEMPT, CriterionTarget(criterion="journal"), person=WANG))
    assert office.total(WANG, ev.Role.TUTOR) == 40
    assert office.total(WANG) == 20


def test_who_was_seen_to_guide_the_class_may_decide_but_never_about_the_own_score(office: Office) -> None:
    by_group = wish(Action.VOID, POST, by="moodle-77")
    assert "neither guides a class" in str(office.refused(by_group))
    assert office.kept(replace(by_group, vouched=True)).by == "moodle-77"
    own = wish(Action.EXEMPT, POSTS, by=LI)
    assert "nobody decides about the own score" in str(office.refused(replace(own, vouched=True)))


# -- as it was shown ------------------------------------------------------------------------------------


def as_shown(office: Office, asked: Wish, mark: str | None) -> Entered:
    return enter_as_shown(asked, office.rules, office.store, clock=office.clock, mark=mark)


def test_a_wish_is_kept_only_as_it_was_shown(office: Office) -> None:
    asked = wish(Action.VOID, POST)
    shown = as_shown(office, asked, None)
    assert not shown.kept
    assert not as_shown(office, asked, "made up").kept
    assert made(office.rules, office.store) == []
    kept = as_shown(office, asked, shown.effect.mark)
    assert kept.kept
    assert kept.effect == shown.effect
    assert office.total() == 39


def test_what_would_change_otherwise_meanwhile_is_not_kept(office: Office) -> None:
    asked = wish(Action.VOID, POST)
    shown = as_shown(office, asked, None).effect
    office.enter(wish(Action.EXEMPT, WORKS))
    later = as_shown(office, asked, shown.mark)
    assert not later.kept
    assert not later.effect.looks_like(shown)
    assert as_shown(office, asked, later.effect.mark).kept


def test_what_is_so_already_is_kept_by_no_mark(office: Office) -> None:
    asked = wish(Action.VOID, POST)
    office.enter(asked)
    again = as_shown(office, asked, None).effect
    assert again.entry is None
    assert not as_shown(office, asked, again.mark).kept
    assert len(made(office.rules, office.store)) == 1


# -- recommending ---------------------------------------------------------------------------------------


def recommend(submission: str = "moodle/work", *, tutor: str = WANG, reason: str = "") -> Recommend:
    signed = signature(tutor, reason) if reason else None
    return Recommend(person=tutor, submission=submission, signed=signed)


def take_back(submission: str = "moodle/work", *, tutor: str = WANG) -> TakeBack:
    return TakeBack(person=tutor, submission=submission, signed=signature(tutor, "copied"))


@pytest.mark.parametrize("work", ["moodle/work", "moodle/journal", "moodle/late", "moodle/of zhao"])
def test_a_tutor_recommends_a_work_of_the_class_whatever_its_mark(office: Office, work: str) -> None:
    assert office.kept(recommend(work)) == ev.Recommendation(
        id=f"here/wang/{work}", submission=work, by=WANG, at=office.clock.at
    )
    assert office.total(WANG, ev.Role.TUTOR) == 20


def test_recommending_again_changes_nothing(office: Office) -> None:
    office.enter(recommend())
    assert office.enter(recommend()).entry is None
    assert len(made(office.rules, office.store)) == 1


def test_what_is_taken_back_no_longer_counts_and_may_be_recommended_again(office: Office) -> None:
    office.enter(recommend())
    office.enter(take_back())
    assert office.total(WANG, ev.Role.TUTOR) == 0
    assert office.enter(take_back()).entry is None
    assert [one.in_force for one in made(office.rules, office.store, person=WANG)] == [False, True]
    assert "say with --reason why it is recommended again" in str(office.refused(recommend()))
    office.enter(recommend(reason="not copied after all"))
    assert office.total(WANG, ev.Role.TUTOR) == 20
    assert [one.in_force for one in made(office.rules, office.store, person=WANG)] == [True, False, True]


NOT_RECOMMENDED: list[tuple[Wish, Obstacle, str]] = [
    (
        recommend("moodle/of chen"),
        Obstacle.OF_ANOTHER,
        "moodle/of chen is a work of chen, who is in no class of wang",
    ),
    (
        recommend("moodle/of zhao", tutor=SUN),
        Obstacle.OF_ANOTHER,
        "is a work of zhao, who is in no class of sun",
    ),
    (recommend("moodle/draft"), Obstacle.COUNTS_FOR_NOTHING, "does not count as handed in (draft)"),
    (
        recommend("moodle/too late"),
        Obstacle.COUNTS_FOR_NOTHING,
        "does not count as handed in (outside window)",
    ),
    (
        recommend("moodle/topic 1"),
        Obstacle.NO_RECORD,
        "no learner in course has a homework or journal 'moodle/topic 1'",
    ),
    (recommend("moodle/unbound"), Obstacle.NO_RECORD, "no learner in course has a homework or journal"),
    (
        recommend(tutor=LI),
        Obstacle.NO_TUTOR,
        "li is no tutor in course, and only tutors recommend; there are: sun, wang",
    ),
    (take_back(), Obstacle.NOTHING_TO_UNDO, "wang never recommended moodle/work"),
    (
        take_back(tutor=LI),
        Obstacle.NO_TUTOR,
        "li is no tutor in course",
    ),
]


@pytest.mark.parametrize(
    ("asked", "why", "said"), NOT_RECOMMENDED, ids=[said for _, _, said in NOT_RECOMMENDED]
)
def test_what_cannot_be_recommended_is_refused_with_a_reason(
    office: Office, asked: Wish, why: Obstacle, said: str
) -> None:
    refusal = office.refused(asked)
    assert (refusal.why, said in str(refusal)) == (why, True)


def test_a_voided_work_cannot_be_recommended(office: Office) -> None:
    office.enter(wish(Action.VOID, WORK))
    assert "does not count as handed in (voided)" in str(office.refused(recommend()))


# -- what was entered -----------------------------------------------------------------------------------


def test_everything_entered_is_listed_in_the_order_of_time(office: Office) -> None:
    office.enter(wish(Action.VOID, POST))
    office.enter(recommend())
    office.enter(wish(Action.RESTORE, POST, by=WANG))
    listed = [(one.entry.id, one.entry.by, one.in_force) for one in made(office.rules, office.store)]
    assert listed == [
        ("here/li-1", OFFICE, False),
        ("here/wang/moodle/work", WANG, True),
        ("here/li-2", WANG, True),
    ]
    assert [one.entry.id for one in made(office.rules, office.store, person=LI)] == ["here/li-1", "here/li-2"]


# -- laws -----------------------------------------------------------------------------------------------

DECISIONS = [
    wish(Action.VOID, POST),
    wish(Action.VOID, WORK),
    wish(Action.VOID, RecordTarget(kind="submission", id="moodle/late"), person=ZHAO),
    wish(Action.EXEMPT, POSTS),
    wish(Action.EXEMPT, WORKS, person=ZHAO),
    wish(Action.OVERRIDE, POSTS, points=Fraction(0)),
    wish(Action.OVERRIDE, WORKS, points=Fraction("7.25")),
    wish(Action.OVERRIDE, CriterionTarget(criterion="marking"), person=WANG, points=Fraction(11)),
    recommend(),
    recommend("moodle/late", reason="again"),
]
wishes = st.lists(st.sampled_from(DECISIONS), max_size=4)


def undone(asked: Decide | Recommend) -> Wish:
    """What takes the place of a wish and of every other about the same thing."""
    if isinstance(asked, Recommend):
        return take_back(asked.submission)
    return replace(asked, action=Action.RESTORE, points=None)


@drawn(wishes)
def test_whatever_was_decided_undoing_it_gives_the_cards_as_before(asked: list[Decide | Recommend]) -> None:
    office = opened(MemoryStore())
    before = {key: plain(card) for key, card in office.cards().items()}
    done = []
    for one in asked:
        try:
            done += [] if office.enter(one).entry is None else [one]
        except CannotBeDecided:  # a voided work cannot be recommended
            assert isinstance(one, Recommend)
    for one in done:
        office.enter(undone(one))
    assert {key: plain(card) for key, card in office.cards().items()} == before


@drawn(wishes)
def test_exported_evidence_gives_the_stored_cards_again(asked: list[Decide | Recommend]) -> None:
    office = opened(MemoryStore())
    for one in asked:
        try:
            office.enter(one)
        except CannotBeDecided:
            assert isinstance(one, Recommend)
    again = scorecards(office.rules.scheme, office.exported(), as_of=office.clock.at)
    stored = office.cards()
    assert {(card.person, card.role): replace(card, as_of=0) for card in again} == {
        key: replace(card, as_of=0) for key, card in stored.items()
    }


def plain(card: Scorecard) -> Scorecard:
    """The card but for the decisions themselves: recommendations that were taken back are not shown."""
    criteria = tuple(
        replace(one, findings=tuple(f for f in one.findings if f.reason is not Reason.VOIDED))
        for one in card.criteria
    )
    return replace(card, evidence="", as_of=0, criteria=criteria)
