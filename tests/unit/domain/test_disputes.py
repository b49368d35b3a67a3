"""Disputes: who may take which step when, and how long."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from lms_scoring.domain.errors import StepRefused
from lms_scoring.domain.evidence import Membership, MembershipStatus, RecordTarget, Role
from lms_scoring.domain.instants import DAY
from lms_scoring.domain.proceedings.dispute import (
    MOST_WAITING,
    WAITING,
    Contested,
    Dispute,
    DisputeState,
    concerned,
    contested,
    contested_places,
    raised,
)
from lms_scoring.domain.proceedings.step import LONGEST_WORDS, Outcome, Refusal, StepKind
from lms_scoring.domain.proceedings.steps_json import step_fields, step_of

LI, WANG, CHEN = "li", "wang", "chen"
T0 = 1_000_000
DUE, UNTIL, DUE_AGAIN = T0 + 7 * DAY, T0 + 14 * DAY, T0 + 21 * DAY
POST = RecordTarget(kind="post", id="moodle/post-1")
ABOUT = Contested(role=Role.LEARNER, class_="class 1", criterion="posts", record=POST)


def a_dispute(words: str = "I was ill.") -> Dispute:
    return raised(ABOUT, person=LI, words=words, at=T0, until=DUE)


def answered(dispute: Dispute) -> Dispute:
    return dispute.answered(Outcome.KEPT, by=WANG, words="The rule is the rule.", at=T0 + 1, until=UNTIL)


def asked_again(dispute: Dispute) -> Dispute:
    return answered(dispute).asked_again(by=LI, words="Please look again.", at=T0 + 2, until=DUE_AGAIN)


def final(dispute: Dispute) -> Dispute:
    return asked_again(dispute).answered(Outcome.CHANGED, by=CHEN, words="You are right.", at=T0 + 3, until=0)


def withdrawn(dispute: Dispute) -> Dispute:
    return dispute.withdrawn(by=LI, at=T0 + 1)


PATHS: dict[DisputeState, Callable[[Dispute], Dispute]] = {
    DisputeState.RAISED: lambda dispute: dispute,
    DisputeState.ANSWERED: answered,
    DisputeState.CLOSED: answered,
    DisputeState.ASKED_AGAIN: asked_again,
    DisputeState.FINAL: final,
    DisputeState.WITHDRAWN: withdrawn,
}
AT = {state: UNTIL if state is DisputeState.CLOSED else T0 + 4 for state in DisputeState}
ALLOWED = {
    (DisputeState.RAISED, "answer", WANG),
    (DisputeState.RAISED, "answer", CHEN),
    (DisputeState.RAISED, "withdraw", LI),
    (DisputeState.ANSWERED, "ask again", LI),
    (DisputeState.ASKED_AGAIN, "answer", CHEN),
    (DisputeState.ASKED_AGAIN, "withdraw", LI),
}
DEEDS: dict[str, Callable[[Dispute, str, int], Dispute]] = {
    "answer": lambda one, by, at: one.answered(Outcome.KEPT, by=by, words="So.", at=at, until=UNTIL),
    "ask again": lambda one, by, at: one.asked_again(by=by, words="So.", at=at, until=DUE_AGAIN),
    "withdraw": lambda one, by, at: one.withdrawn(by=by, at=at),
}


def test_a_correction_is_one_since_the_question_or_since_the_answer_that_it_doubts() -> None:
    assert {one(a_dispute()).asked.at for one in (answered, withdrawn)} == {a_dispute().asked.at} == {T0}
    assert {one(a_dispute()).asked.at for one in (asked_again, final)} == {T0 + 1}


@pytest.mark.parametrize("state", DisputeState)
def test_each_path_leads_to_its_state(state: DisputeState) -> None:
    dispute = PATHS[state](a_dispute())
    assert dispute.state(AT[state]) is state
    assert dispute.waits == (state in WAITING)


@pytest.mark.parametrize("by", [LI, WANG, CHEN])
@pytest.mark.parametrize("deed", DEEDS)
@pytest.mark.parametrize("state", DisputeState)
def test_a_step_is_taken_where_and_by_whom_it_may_be(state: DisputeState, deed: str, by: str) -> None:
    dispute, at = PATHS[state](a_dispute()), AT[state]
    if (state, deed, by) in ALLOWED:
        after = DEEDS[deed](dispute, by, at)
        assert after.steps[:-1] == dispute.steps
        assert (after.steps[-1].by, after.steps[-1].at) == (by, at)
        return
    with pytest.raises(StepRefused):
        DEEDS[deed](dispute, by, at)


@pytest.mark.parametrize(
    ("state", "kind", "by", "why"),
    [
        (DisputeState.RAISED, StepKind.ANSWERED, LI, Refusal.OWN),
        (DisputeState.RAISED, StepKind.ASKED_AGAIN, LI, Refusal.NOT_NOW),
        (DisputeState.ANSWERED, StepKind.ANSWERED, CHEN, Refusal.NOT_NOW),
        (DisputeState.ANSWERED, StepKind.ASKED_AGAIN, CHEN, Refusal.NOT_CONCERNED),
        (DisputeState.CLOSED, StepKind.ASKED_AGAIN, LI, Refusal.TOO_LATE),
        (DisputeState.ASKED_AGAIN, StepKind.ANSWERED_AGAIN, WANG, Refusal.SAME_PERSON),
        (DisputeState.ASKED_AGAIN, StepKind.ASKED_AGAIN, LI, Refusal.NOT_NOW),
        (DisputeState.FINAL, StepKind.ASKED_AGAIN, LI, Refusal.NOT_NOW),
        (DisputeState.RAISED, StepKind.WITHDRAWN, WANG, Refusal.NOT_CONCERNED),
        (DisputeState.ANSWERED, StepKind.WITHDRAWN, LI, Refusal.NOT_NOW),
        (DisputeState.WITHDRAWN, StepKind.ANSWERED, WANG, Refusal.NOT_NOW),
    ],
)
def test_a_refusal_says_why(state: DisputeState, kind: StepKind, by: str, why: Refusal) -> None:
    assert PATHS[state](a_dispute()).refusal(kind, by, AT[state]) is why


def test_a_dispute_says_what_it_is_about() -> None:
    dispute = a_dispute()
    assert (dispute.role, dispute.class_, dispute.criterion, dispute.record) == (
        Role.LEARNER,
        "class 1",
        "posts",
        POST,
    )
    assert (dispute.raised_at, dispute.steps[0].by, dispute.steps[0].words) == (T0, LI, "I was ill.")


def test_an_answer_is_due_by_a_day_and_overdue_from_then_on() -> None:
    dispute = a_dispute()
    assert dispute.due_at == DUE
    assert not dispute.is_overdue(DUE - 1)
    assert dispute.is_overdue(DUE)
    assert dispute.answered(Outcome.KEPT, by=WANG, words="Late.", at=DUE, until=UNTIL).due_at is None
    assert not answered(dispute).is_overdue(DUE)
    assert asked_again(dispute).due_at == DUE_AGAIN


def test_the_first_answer_leaves_time_for_a_second_opinion_and_the_second_leaves_none() -> None:
    first, second = (final(a_dispute()).step(kind) for kind in (StepKind.ANSWERED, StepKind.ANSWERED_AGAIN))
    assert first is not None
    assert second is not None
    assert (first.until, second.until) == (UNTIL, None)


@pytest.mark.parametrize(
    ("words", "why"), [(" ", Refusal.NO_WORDS), ("字" * (LONGEST_WORDS + 1), Refusal.TOO_MANY_WORDS)]
)
def test_who_contests_says_something_and_not_too_much(words: str, why: Refusal) -> None:
    with pytest.raises(StepRefused) as refused:
        a_dispute(words)
    assert refused.value.why == why.value
    assert a_dispute("字" * LONGEST_WORDS).steps[0].words == "字" * LONGEST_WORDS


def test_steps_are_in_the_order_of_time_though_a_clock_was_set_back() -> None:
    dispute = a_dispute().answered(Outcome.KEPT, by=WANG, words="So.", at=0, until=UNTIL)
    assert [step.at for step in dispute.steps] == [T0, T0]


def test_a_step_is_the_same_after_it_was_kept() -> None:
    counted = raised(ABOUT, person=LI, words="Why?", at=T0, until=DUE, decided=0)
    counted = counted.answered(Outcome.KEPT, by=WANG, words="So.", at=T0, until=UNTIL, decided=2)
    assert [step.decided for step in counted.steps] == [0, 2]
    for step in (*final(a_dispute()).steps, *withdrawn(a_dispute()).steps, *counted.steps):
        assert step_of(step_fields(step), kind=step.kind.value, at=step.at, by=step.by) == step


@pytest.mark.parametrize("state", DisputeState)
def test_there_is_one_dispute_about_a_thing_until_it_is_over(state: DisputeState) -> None:
    there, at = PATHS[state](a_dispute()), AT[state]
    if there.is_over(at):
        assert raised(ABOUT, person=LI, words="Again.", at=at, until=at + DAY, others=[there]).about == ABOUT
        return
    with pytest.raises(StepRefused) as refused:
        raised(ABOUT, person=LI, words="Again.", at=at, until=at + DAY, others=[there])
    assert refused.value.why == Refusal.ALREADY


@pytest.mark.parametrize(
    "other",
    [
        replace(ABOUT, record=None),
        replace(ABOUT, criterion="journal"),
        replace(ABOUT, class_=None),
        replace(ABOUT, role=Role.TUTOR),
        replace(ABOUT, record=RecordTarget(kind="post", id="moodle/post-2")),
    ],
)
def test_a_dispute_about_another_thing_is_another_one(other: Contested) -> None:
    made = raised(other, person=LI, words="That too.", at=T0, until=DUE, others=[a_dispute()])
    assert made.about == other


def about_post(number: int) -> Contested:
    return replace(ABOUT, record=RecordTarget(kind="post", id=f"moodle/post-{number}"))


def waiting(number: int) -> Dispute:
    return raised(about_post(number), person=LI, words="Why?", at=T0, until=DUE)


def refused(about: Contested, *others: Dispute, at: int = T0 + 9) -> str | None:
    """Why another dispute of the same person is refused."""
    try:
        raised(about, person=LI, words="That too.", at=at, until=DUE, others=others)
    except StepRefused as error:
        return error.why
    return None


def test_only_a_few_about_one_card_wait_for_an_answer_at_once() -> None:
    most = [waiting(number) for number in range(MOST_WAITING)]
    one_more = about_post(MOST_WAITING)
    assert refused(one_more, *most[1:]) is None
    for about in (one_more, replace(one_more, record=None), replace(one_more, criterion="journal")):
        assert refused(about, *most) == Refusal.TOO_MANY
    assert refused(one_more, asked_again(most[0]), *most[1:]) == Refusal.TOO_MANY
    for done in (answered, final, withdrawn):
        assert refused(one_more, done(most[0]), *most[1:]) is None
    for other_card in (replace(one_more, class_=None), replace(one_more, role=Role.TUTOR)):
        assert refused(other_card, *most) is None


def test_what_was_withdrawn_can_be_raised_again_once() -> None:
    first, second = (replace(withdrawn(a_dispute()), number=number) for number in (1, 2))
    assert refused(ABOUT, first) is None
    assert refused(ABOUT, first, second) == Refusal.WITHDRAWN_TWICE
    assert refused(ABOUT, first, final(a_dispute())) is None
    assert refused(ABOUT, first, answered(a_dispute()), at=UNTIL) is None
    assert refused(replace(ABOUT, record=None), first, second) is None


def test_the_end_of_a_line_is_one_character_however_it_was_sent() -> None:
    words = "\r\n".join(["字"] * (LONGEST_WORDS // 2)) + "字"
    assert len(a_dispute(words).steps[0].words) == LONGEST_WORDS


def a_place(class_: str | None, role: Role = Role.LEARNER) -> Membership:
    return Membership(
        id=f"{role}-{class_}", person=LI, role=role, class_=class_, status=MembershipStatus.ACTIVE, source="m"
    )


def test_a_dispute_concerns_its_place_and_where_its_owner_moved_to() -> None:
    left = replace(a_place("class 1"), status=MembershipStatus.WITHDRAWN)
    there, teaching = a_place("class 2"), a_place("class 1", Role.TUTOR)
    assert concerned(a_dispute(), [left, there, teaching]) == [left, there]
    assert contested_places([a_dispute()], [left, there, replace(there, person=CHEN)]) == {
        (LI, Role.LEARNER, "class 1"),
        (LI, Role.LEARNER, "class 2"),
    }


def test_a_dispute_concerns_every_card_of_its_role_that_its_owner_has_now() -> None:
    """What is decided for it changes all of them; the card of a class that was left before stays as it is."""
    here, there, teaching = a_place("class 1"), a_place("class 2"), a_place("class 3", Role.TUTOR)
    left = replace(a_place("class 4"), status=MembershipStatus.WITHDRAWN)
    assert concerned(a_dispute(), [there, left, here, teaching]) == [there, here]
    about_tutoring, too = replace(a_dispute(), role=Role.TUTOR), a_place("class 1", Role.TUTOR)
    assert concerned(about_tutoring, [there, too, here, teaching]) == [too, teaching]


def test_a_dispute_is_about_its_place_or_where_its_owner_is_now() -> None:
    here, there, teaching = a_place("class 1"), a_place("class 2"), a_place("class 1", Role.TUTOR)
    assert contested(a_dispute(), [there, here, teaching]) == [here]
    assert contested(a_dispute(), [there, teaching]) == [there]
    assert contested(a_dispute(), [teaching]) == []
