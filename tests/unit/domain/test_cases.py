"""Cases: who may take which step when, what a case is then, and that nothing is opened twice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from zoneinfo import ZoneInfo

import pytest

from lms_scoring.domain.doubts import Doubt, Family, Ground, GroundKind
from lms_scoring.domain.errors import StepRefused
from lms_scoring.domain.instants import DAY, parse_instant
from lms_scoring.domain.proceedings.case import VOIDING, WAITING, Case, CaseState, opened, reviewed
from lms_scoring.domain.proceedings.step import LONGEST_WORDS, Outcome, Refusal, StepKind
from lms_scoring.domain.proceedings.steps_json import step_fields, step_of
from lms_scoring.domain.proceedings.terms import end_of_term

LI, WANG, CHEN, ZHAO = "li", "wang", "chen", "zhao"
"""A learner, and three who may decide."""
T0 = 1_000_000
UNTIL = T0 + 10 * DAY
SHORT = Ground(kind=GroundKind.TOO_SHORT, amount=1, limit=10)
HASTY = Ground(kind=GroundKind.BURST, amount=3, limit=3, within=60)


def doubt(
    name: str = "moodle/post-1", *grounds: Ground, text: bytes = b"1", family: Family = Family.FLOODING
) -> Doubt:
    return Doubt(family=family, kind="post", name=name, digest=text, grounds=grounds or (SHORT,))


def a_case(**changes: object) -> Case:
    return replace(opened(doubt(), person=LI, at=T0), number=1, **changes)  # type: ignore[arg-type] # named by each test


def dismissed(case: Case) -> Case:
    return case.decided(Outcome.DISMISSED, by=WANG, words="It answers the question.", at=T0 + 1, until=UNTIL)


def voided(case: Case) -> Case:
    return case.decided(Outcome.VOIDED, by=WANG, words="It says nothing.", at=T0 + 1, until=UNTIL)


def objected(case: Case) -> Case:
    return voided(case).objected(by=LI, words="It was a joke that everybody understood.", at=T0 + 2)


def confirmed(case: Case) -> Case:
    return objected(case).settled(Outcome.VOIDED, by=CHEN, words="A joke is no contribution.", at=T0 + 3)


def reversed_(case: Case) -> Case:
    return objected(case).settled(Outcome.DISMISSED, by=CHEN, words="It moved the talk on.", at=T0 + 3)


def vanished(case: Case) -> Case:
    return case.seen(None, at=T0 + 1)


def as_it_is(case: Case) -> Case:
    return case


PATHS: dict[CaseState, Callable[[Case], Case]] = {
    CaseState.OPEN: as_it_is,
    CaseState.VANISHED: vanished,
    CaseState.DISMISSED: dismissed,
    CaseState.VOIDED: voided,
    CaseState.STANDS: voided,
    CaseState.OBJECTED: objected,
    CaseState.CONFIRMED: confirmed,
    CaseState.REVERSED: reversed_,
}
AT = {state: UNTIL if state is CaseState.STANDS else T0 + 4 for state in CaseState}
ALLOWED = {
    (CaseState.OPEN, StepKind.DECIDED, WANG),
    (CaseState.OPEN, StepKind.DECIDED, CHEN),
    (CaseState.VOIDED, StepKind.OBJECTED, LI),
    (CaseState.OBJECTED, StepKind.SETTLED, CHEN),
}
"""Every other step of every other person is refused."""


def take(case: Case, kind: StepKind, by: str, at: int) -> Case:
    match kind:
        case StepKind.DECIDED:
            return case.decided(Outcome.VOIDED, by=by, words="Because.", at=at, until=UNTIL)
        case StepKind.OBJECTED:
            return case.objected(by=by, words="Because.", at=at)
        case _:
            return case.settled(Outcome.VOIDED, by=by, words="Because.", at=at)


@pytest.mark.parametrize("state", CaseState)
def test_each_path_leads_to_its_state(state: CaseState) -> None:
    case = PATHS[state](a_case())
    assert case.state(AT[state]) is state
    assert case.waits == (state in WAITING)


@pytest.mark.parametrize("state", CaseState)
def test_a_case_says_that_its_record_does_not_count_where_voiding_it_was_said_last(state: CaseState) -> None:
    said = [step.outcome for step in PATHS[state](a_case()).steps if step.outcome is not None]
    assert (state in VOIDING) == (said[-1:] == [Outcome.VOIDED])


@pytest.mark.parametrize("by", [LI, WANG, CHEN])
@pytest.mark.parametrize("kind", [StepKind.DECIDED, StepKind.OBJECTED, StepKind.SETTLED])
@pytest.mark.parametrize("state", CaseState)
def test_a_step_is_taken_where_and_by_whom_it_may_be(state: CaseState, kind: StepKind, by: str) -> None:
    case, at = PATHS[state](a_case()), AT[state]
    if (state, kind, by) in ALLOWED:
        after = take(case, kind, by, at)
        assert after.steps[:-1] == case.steps
        assert (after.steps[-1].kind, after.steps[-1].by, after.steps[-1].at) == (kind, by, at)
        assert case.refusal(kind, by, at) is None
        return
    refusal = case.refusal(kind, by, at)
    assert refusal is not None
    with pytest.raises(StepRefused) as refused:
        take(case, kind, by, at)
    assert refused.value.why == refusal.value


@pytest.mark.parametrize(
    ("state", "kind", "by", "why"),
    [
        (CaseState.OPEN, StepKind.DECIDED, LI, Refusal.OWN),
        (CaseState.OBJECTED, StepKind.SETTLED, LI, Refusal.OWN),
        (CaseState.OBJECTED, StepKind.SETTLED, WANG, Refusal.SAME_PERSON),
        (CaseState.VOIDED, StepKind.OBJECTED, CHEN, Refusal.NOT_CONCERNED),
        (CaseState.STANDS, StepKind.OBJECTED, LI, Refusal.TOO_LATE),
        (CaseState.OBJECTED, StepKind.OBJECTED, LI, Refusal.NOT_NOW),
        (CaseState.CONFIRMED, StepKind.OBJECTED, LI, Refusal.NOT_NOW),
        (CaseState.DISMISSED, StepKind.OBJECTED, LI, Refusal.NOT_NOW),
        (CaseState.VOIDED, StepKind.DECIDED, CHEN, Refusal.NOT_NOW),
        (CaseState.VOIDED, StepKind.SETTLED, CHEN, Refusal.NOT_NOW),
        (CaseState.REVERSED, StepKind.SETTLED, ZHAO, Refusal.NOT_NOW),
        (CaseState.VANISHED, StepKind.DECIDED, WANG, Refusal.NOT_NOW),
    ],
)
def test_a_refusal_says_why(state: CaseState, kind: StepKind, by: str, why: Refusal) -> None:
    assert PATHS[state](a_case()).refusal(kind, by, AT[state]) is why


@pytest.mark.parametrize(
    ("words", "why"),
    [("", Refusal.NO_WORDS), (" \n", Refusal.NO_WORDS), ("字" * (LONGEST_WORDS + 1), Refusal.TOO_MANY_WORDS)],
)
def test_every_step_of_a_person_says_something_and_not_too_much(words: str, why: Refusal) -> None:
    with pytest.raises(StepRefused) as first:
        a_case().decided(Outcome.VOIDED, by=WANG, words=words, at=T0, until=UNTIL)
    with pytest.raises(StepRefused) as second:
        voided(a_case()).objected(by=LI, words=words, at=T0)
    with pytest.raises(StepRefused) as third:
        objected(a_case()).settled(Outcome.VOIDED, by=CHEN, words=words, at=T0)
    assert [refused.value.why for refused in (first, second, third)] == [why.value] * 3
    most = "字" * LONGEST_WORDS
    assert voided(a_case()).objected(by=LI, words=f" {most} ", at=T0).steps[-1].words == most


def test_one_may_object_to_the_end_of_the_day_after_so_many_days_and_not_an_instant_longer() -> None:
    zone = ZoneInfo("Asia/Shanghai")
    decided_at = parse_instant("2024-12-01T23:59:59+08:00")
    until = end_of_term(decided_at, 7, zone)
    assert until == parse_instant("2024-12-09T00:00:00+08:00")
    case = a_case().decided(Outcome.VOIDED, by=WANG, words="No.", at=decided_at, until=until)
    assert case.state(until - 1) is CaseState.VOIDED
    assert case.state(until) is CaseState.STANDS


def test_a_case_that_was_dismissed_leaves_nothing_to_object_to() -> None:
    assert dismissed(a_case()).steps[-1].until is None


def test_steps_are_in_the_order_of_time_though_a_clock_was_set_back() -> None:
    case = voided(a_case()).objected(by=LI, words="But.", at=T0 - DAY)
    assert [step.at for step in case.steps] == [T0, T0 + 1, T0 + 1]


# -- what a rule does ---------------------------------------------------------------------------------------


def look(cases: Sequence[Case], *doubts: Doubt, at: int = T0 + 5) -> list[Case]:
    return reviewed(cases, doubts, person=LI, at=at)


def kinds(case: Case) -> list[StepKind]:
    return [step.kind for step in case.steps]


def test_a_doubt_opens_a_case() -> None:
    (case,) = look([], doubt(), at=T0)
    assert case == replace(a_case(), number=0)
    assert (case.steps[0].at, case.grounds, case.is_there) == (T0, (SHORT,), True)


def test_the_same_doubt_again_opens_nothing_and_changes_nothing() -> None:
    assert look([a_case()], doubt(), doubt()) == []


@pytest.mark.parametrize("path", [dismissed, voided, objected, confirmed, reversed_])
def test_a_decided_case_is_not_opened_again_for_the_same_text(
    path: Callable[[Case], Case],
) -> None:
    assert look([path(a_case())], doubt()) == []
    assert look([path(a_case())], doubt("moodle/post-1", SHORT, HASTY)) == []


@pytest.mark.parametrize("path", [dismissed, voided, confirmed])
def test_another_text_of_the_record_is_another_case(path: Callable[[Case], Case]) -> None:
    first = path(a_case())
    (second,) = look([first], doubt(text=b"2"))
    assert (second.number, kinds(second)) == (0, [StepKind.OPENED])
    assert look([first, replace(second, number=2)], doubt(text=b"2")) == []


def test_reasons_that_change_while_a_case_is_open_are_noted() -> None:
    (case,) = look([a_case()], doubt("moodle/post-1", SHORT, HASTY))
    assert kinds(case) == [StepKind.OPENED, StepKind.CHANGED]
    assert case.grounds == (SHORT, HASTY)
    assert look([case], doubt("moodle/post-1", SHORT, HASTY)) == []
    (edited,) = look([case], doubt("moodle/post-1", SHORT, text=b"2"))
    assert edited.doubted.digest == b"2"


def test_a_cause_that_vanished_is_marked_and_the_case_stays() -> None:
    (case,) = look([a_case()])
    assert kinds(case) == [StepKind.OPENED, StepKind.VANISHED]
    assert (case.is_there, case.waits, case.state(T0 + 9)) == (False, False, CaseState.VANISHED)
    assert look([case]) == []


def test_a_cause_that_returns_is_marked_and_waits_again() -> None:
    (case,) = look([vanished(a_case())], doubt())
    assert kinds(case) == [StepKind.OPENED, StepKind.VANISHED, StepKind.RETURNED]
    assert (case.is_there, case.waits) == (True, True)
    (changed,) = look([vanished(a_case())], doubt("moodle/post-1", HASTY))
    assert kinds(changed)[-2:] == [StepKind.RETURNED, StepKind.CHANGED]


@pytest.mark.parametrize(
    "state", [CaseState.DISMISSED, CaseState.VOIDED, CaseState.OBJECTED, CaseState.REVERSED]
)
def test_what_people_decided_holds_though_the_cause_vanished(state: CaseState) -> None:
    (case,) = look([PATHS[state](a_case())])
    assert case.steps[-1].kind is StepKind.VANISHED
    assert case.state(AT[state]) is state
    (back,) = look([case], doubt())
    assert back.steps[-1].kind is StepKind.RETURNED


def test_doubts_of_two_kinds_about_one_record_are_two_cases() -> None:
    both = [doubt(), doubt(family=Family.LIKENESS)]
    assert [case.family for case in look([], *both)] == [Family.FLOODING, Family.LIKENESS]
    assert [case.family for case in look([a_case()], *both)] == [Family.LIKENESS]


def test_neither_the_order_of_doubts_nor_their_repetition_matters() -> None:
    doubts = [doubt(f"moodle/post-{n}", text=bytes([n])) for n in range(5)]
    assert look([], *doubts) == look([], *reversed(doubts), *doubts)


def test_a_step_is_the_same_after_it_was_kept() -> None:
    similar = Ground(
        kind=GroundKind.SIMILAR, amount=7200, limit=5000, other="moodle/assign-1", other_course="old"
    )
    case = confirmed(opened(doubt("w", similar, HASTY, text=b"\xff\0"), person=LI, at=T0))
    for step in (*case.steps, *vanished(case).steps):
        assert step_of(step_fields(step), kind=step.kind.value, at=step.at, by=step.by) == step
