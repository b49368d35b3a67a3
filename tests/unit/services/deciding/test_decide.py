"""Deciding: what is refused, what is kept, and that cards follow at once."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.errors import MalformedEvidence, UnknownPerson
from lms_scoring.domain.evidence import Action, CriterionTarget, RecordTarget
from lms_scoring.domain.instants import HOUR
from lms_scoring.domain.obstacle import Obstacle
from lms_scoring.domain.outlook import ToldState
from lms_scoring.domain.scorecard import Reason
from lms_scoring.services.collecting.collect import collect
from lms_scoring.services.deciding.decide import Decide
from lms_scoring.services.deciding.enter import (
    enter,
    foresee,
    made,
)
from lms_scoring.services.scoring.assess import assess
from tests import given
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.deciding import (
    FLOOD,
    OFFICE,
    POST,
    POSTS,
    SUN,
    WORK,
    Office,
    opened,
    wish,
)
from tests.fixtures.courses.scripted import (
    COURSE,
    LI,
    WANG,
    ZHAO,
    ScriptedSource,
    bindings,
    rules,
    told,
)

LONG = RecordTarget(kind="reported_time", id="moodle/long")
SEEN = (given.membership(LI),)
"""The place of Li about which a page saw that somebody decides."""


@pytest.fixture
def office() -> Office:
    """In memory; the commands' own tests decide in a database."""
    return opened(MemoryStore())


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


def test_of_many_decisions_in_one_millisecond_the_last_holds(office: Office) -> None:
    for action in (Action.VOID, Action.RESTORE) * 5 + (Action.VOID,):
        enter(wish(action, POST), office.rules, office.store, clock=office.clock)
    assert office.total() == 39
    kept = made(office.rules, office.store)
    assert {one.entry.at for one in kept} == {office.clock.at}
    assert [one.entry.id for one in kept] == [f"here/li-{number}" for number in range(1, 12)]
    assert [one.in_force for one in kept] == [False] * 10 + [True]


def test_what_is_decided_bears_the_clocks_time_and_names_what_it_is_instead_of(office: Office) -> None:
    office.enter(wish(Action.VOID, POST))
    office.clock.at -= given.DAY
    entry = office.kept(wish(Action.RESTORE, POST))
    assert isinstance(entry, ev.Decision)
    assert (entry.at, entry.instead_of) == (office.clock.at, ("here/li-1",))
    office.clock.at += given.DAY + 1
    entry = office.kept(wish(Action.VOID, POST))
    assert isinstance(entry, ev.Decision)
    assert entry.instead_of == (), "it is later than both anyway"


YEARS = 3 * 365 * given.DAY

AWRY = [0, HOUR, -HOUR, YEARS, -YEARS]
"""How far a clock may be from the right time."""


def synced(office: Office, *, times: int = 4) -> None:
    """So often, by whatever the clock says."""
    for _ in range(times):
        collect(COURSE, ScriptedSource(), office.store, clock=office.clock)


def points_for_posts(office: Office) -> Fraction:
    return given.result(office.cards()[LI, ev.Role.LEARNER], "posts").points


@pytest.mark.parametrize("runs", AWRY)
@pytest.mark.parametrize("first", AWRY)
@pytest.mark.parametrize("second", AWRY)
def test_of_two_decisions_the_second_holds_whatever_the_clocks_say(
    office: Office, first: int, second: int, runs: int
) -> None:
    """At once by the clock that it was made by, and ever after its time has come."""
    right = office.clock.at
    office.clock.at = right + runs
    synced(office)
    for wanted, jump in ((7, first), (9, second)):
        office.clock.at = right + jump
        enter(
            wish(Action.OVERRIDE, POSTS, points=Fraction(wanted)),
            office.rules,
            office.store,
            clock=office.clock,
        )
        assert points_for_posts(office) == wanted
    for time in (max(0, second), YEARS + given.DAY):
        office.clock.at = right + time
        synced(office)
        assess(office.rules, office.store, clock=office.clock, everyone=True)
        assert points_for_posts(office) == 9
    in_force = [one.entry.id for one in made(office.rules, office.store) if one.in_force]
    assert in_force == ["here/li-2"]


def test_what_a_clock_ahead_decided_is_decided_again_for_now(office: Office) -> None:
    """Else nobody could say it before its time has come."""
    office.clock.at += YEARS
    office.enter(wish(Action.VOID, POST))
    office.clock.at -= YEARS
    assess(office.rules, office.store, clock=office.clock, everyone=True)
    assert office.total() == 40
    assert office.enter(wish(Action.VOID, POST)).entry is not None
    assert office.total() == 39
    assert office.enter(wish(Action.VOID, POST)).entry is None


def test_what_a_right_clock_signs_holds_though_most_runs_were_stamped_years_ahead(office: Office) -> None:
    right = office.clock.at
    office.clock.at += YEARS
    synced(office)
    office.clock.at = right
    office.enter(wish(Action.VOID, POST))
    assert office.total() == 39
    synced(office)
    assess(office.rules, office.store, clock=office.clock, everyone=True)
    assert office.total() == 39
    office.enter(wish(Action.RESTORE, POST))
    assert office.total() == 40


def test_a_post_called_flooding_counts_once_it_is_restored(office: Office) -> None:
    assert "does not count anyway" in str(office.refused(wish(Action.VOID, FLOOD)))
    office.enter(wish(Action.RESTORE, FLOOD))
    assert office.total() == 41
    office.enter(wish(Action.VOID, FLOOD))
    assert office.total() == 40


def test_a_total_that_looks_implausible_is_confirmed_without_being_voided_before(office: Office) -> None:
    totals = told(given.reported("long", minutes=750), given.reported("usual", given.START + given.DAY))
    collect(COURSE, ScriptedSource([totals]), office.store, clock=office.clock)
    assess(office.rules, office.store, clock=office.clock)
    assert (_flagged(office), _doubts(office), office.total()) == (Reason.IMPLAUSIBLE, 1, Fraction(80))
    usual = RecordTarget(kind="reported_time", id="moodle/usual")
    assert "nothing was decided about" in str(office.refused(wish(Action.RESTORE, usual)))
    (shift,) = office.enter(wish(Action.RESTORE, LONG, reason="she read it on one day")).shifts[:1]
    assert (shift.was, shift.will_be, shift.is_seen) == (ToldState.PASS_PROVISIONALLY, ToldState.PASS, True)
    assert (_flagged(office), _doubts(office), office.total()) == (Reason.CONFIRMED_LONG, 0, Fraction(80))
    office.kept(wish(Action.VOID, LONG))
    assert (_flagged(office), office.total()) == (Reason.VOIDED, 40 + Fraction(60 * 40, 750))


def _flagged(office: Office) -> Reason | None:
    return given.finding(office.cards()[LI, ev.Role.LEARNER], "study_time", LONG.id).reason


def _doubts(office: Office) -> int:
    with office.store.reading() as transaction:
        outlook = transaction.outlook(COURSE, LI, role=ev.Role.LEARNER, class_=given.CLASS)
    assert outlook is not None
    return outlook.doubts


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
        "nothing is decided about 'membership', only",
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
    assert office.kept(replace(by_group, entitled=SEEN)).by == "moodle-77"
    assert "neither guides a class" in str(office.refused(replace(by_group, target=WORK, entitled=[])))
    own = wish(Action.EXEMPT, POSTS, by=LI)
    assert "nobody decides about the own score" in str(office.refused(replace(own, entitled=SEEN)))


LATE = ev.RecordTarget(kind="submission", id="moodle/late")
"""What the class's tutor, Wang, must still mark."""


@pytest.mark.parametrize("entitled", [None, (given.membership(ZHAO),)])
def test_who_must_mark_a_work_does_not_void_it_instead(
    office: Office, entitled: tuple[ev.Membership, ...] | None
) -> None:
    wishes = replace(wish(Action.VOID, LATE, person=ZHAO, by=WANG), entitled=entitled)
    refused = office.refused(wishes)
    assert refused.why is Obstacle.OWN_DUTY
    assert "mark it on the platform first" in str(refused)


@pytest.mark.parametrize("by", [OFFICE, SUN])
def test_who_need_not_mark_a_work_may_void_it(office: Office, by: str) -> None:
    office.coordinates(SUN)
    office.kept(wish(Action.VOID, LATE, person=ZHAO, by=by))
    marking = given.result(office.cards()[WANG, ev.Role.TUTOR], "marking").findings
    assert {one.id for one in marking} == {"moodle/work", "moodle/of zhao"}, "now the attempt before is due"


def test_what_a_tutor_marked_and_what_a_newer_attempt_replaced_are_the_tutors_to_void(office: Office) -> None:
    office.kept(wish(Action.VOID, WORK, by=WANG))
    replaced = ev.RecordTarget(kind="submission", id="moodle/of zhao")
    office.kept(wish(Action.VOID, replaced, person=ZHAO, by=WANG))


def test_a_tutor_may_take_up_again_what_is_to_be_marked(office: Office) -> None:
    office.kept(wish(Action.VOID, LATE, person=ZHAO))
    office.kept(wish(Action.RESTORE, LATE, person=ZHAO, by=WANG))
    assert given.result(office.cards()[WANG, ev.Role.TUTOR], "marking").findings[-1].id == LATE.id
