"""Decisions: a person's word about a record or a criterion, and its undoing by a later one."""

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.dossier import Decisions
from lms_scoring.domain.evidence import Action, Grade
from lms_scoring.domain.scorecard import CardState, CriterionState, Reason, Verdict
from tests.given import (
    AFTER,
    END,
    LI,
    WANG,
    card,
    decided,
    finding,
    homework,
    journal,
    membership,
    result,
    standing,
    topic,
    topics,
    tutor,
    watch,
)


def test_an_exempted_criterion_has_full_points_and_is_final() -> None:
    found = card([membership(), homework(), decided(Action.EXEMPT, "homework")])
    assert standing(result(found, "homework")) == (20, 20, CriterionState.FINAL)
    judged = finding(found, "homework", "d")
    assert (judged.kind, judged.verdict, judged.reason) == ("decision", Verdict.COUNTED, Reason.EXEMPT)
    assert (judged.note, judged.at) == ("seen in class", AFTER)


def test_an_overridden_criterion_has_the_points_named() -> None:
    found = card(
        [membership(), homework(grade=Grade.EXCELLENT), decided(Action.OVERRIDE, "homework", points=7)]
    )
    assert result(found, "homework").points == 7
    assert finding(found, "homework", "d").reason is Reason.OVERRIDDEN


def test_an_override_of_no_points_is_an_override() -> None:
    records: list[ev.Record] = [
        membership(),
        homework(grade=Grade.EXCELLENT),
        decided(Action.OVERRIDE, "homework", points=0),
    ]
    assert result(card(records), "homework").points == 0


def test_an_override_cannot_exceed_the_maximum() -> None:
    assert (
        result(card([membership(), decided(Action.OVERRIDE, "homework", points=99)]), "homework").points == 20
    )


def test_an_override_without_points_changes_nothing() -> None:
    records: list[ev.Record] = [
        membership(),
        homework(grade=Grade.GOOD),
        decided(Action.OVERRIDE, "homework"),
    ]
    assert result(card(records), "homework").points == 18


def test_the_evidence_under_a_decided_criterion_is_still_shown_and_earns_nothing_itself() -> None:
    found = card([membership(), homework(grade=Grade.GOOD), decided(Action.EXEMPT, "homework")])
    assert finding(found, "homework", "h").points == 0
    assert [one.points for one in result(found, "homework").findings] == [20, 0]


def test_a_criterion_is_restored_by_a_later_decision() -> None:
    records: list[ev.Record] = [
        membership(),
        homework(grade=Grade.GOOD),
        decided(Action.EXEMPT, "homework", at=END, id_="1"),
        decided(Action.RESTORE, "homework", at=END + 1, id_="2"),
    ]
    assert result(card(records), "homework").points == 18


def test_the_later_of_two_decisions_holds_whatever_their_order() -> None:
    override = decided(Action.OVERRIDE, "homework", at=END, id_="z", points=3)
    exempt = decided(Action.EXEMPT, "homework", at=END + 1, id_="a")
    for records in ([override, exempt], [exempt, override]):
        assert result(card([membership(), *records]), "homework").points == 20


def test_of_decisions_at_the_same_moment_the_greater_id_holds() -> None:
    first = decided(Action.OVERRIDE, "homework", id_="1", points=3)
    second = decided(Action.OVERRIDE, "homework", id_="2", points=4)
    assert result(card([membership(), second, first]), "homework").points == 4


def test_a_decision_concerns_that_persons_criterion_alone() -> None:
    records: list[ev.Record] = [
        membership(),
        membership("zhao"),
        decided(Action.EXEMPT, "journal", person="zhao"),
    ]
    assert result(card(records, person="li"), "journal").points == 0
    assert result(card(records, person="zhao"), "journal").points == 20


def test_a_decision_about_a_tutor_counts_on_the_tutors_card() -> None:
    records: list[ev.Record] = [tutor(), decided(Action.EXEMPT, "marking", person=WANG)]
    assert result(card(records, role=ev.Role.TUTOR), "marking").points == 40


def test_a_decision_that_is_gone_does_not_hold() -> None:
    records: list[ev.Record] = [membership(), decided(Action.EXEMPT, "homework", gone_at=AFTER)]
    assert result(card(records), "homework").points == 0


def test_a_record_is_known_by_its_kind_and_id() -> None:
    void = decided(Action.VOID, homework("same"))
    found = card([membership(), homework("same", Grade.GOOD), topic("same"), void])
    assert result(found, "homework").points == 0
    assert result(found, "posts").points == 1


def test_a_void_of_one_record_leaves_the_others() -> None:
    assert result(card([membership(), *topics(3), decided(Action.VOID, topic("t1"))]), "posts").points == 2


@pytest.mark.parametrize("action", [Action.EXEMPT, Action.OVERRIDE])
def test_what_cannot_be_done_to_a_record_does_not_lift_its_void(action: Action) -> None:
    void = decided(Action.VOID, topic(), at=END, id_="1")
    strange = decided(action, topic(), at=END + 1, id_="2", points=5)
    assert result(card([membership(), topic(), void, strange]), "posts").points == 0


def test_what_cannot_be_done_to_a_criterion_does_not_lift_its_exemption() -> None:
    exempt = decided(Action.EXEMPT, "journal", at=END, id_="1")
    strange = decided(Action.VOID, "journal", at=END + 1, id_="2")
    assert result(card([membership(), exempt, strange]), "journal").points == 20


def test_decisions_after_the_window_count() -> None:
    decision = decided(Action.OVERRIDE, "study_time", at=AFTER, points=40)
    found = card([membership(), homework(grade=Grade.EXCELLENT), journal(), decision])
    assert standing(found) == (80, 80, CardState.PASS)


def test_a_later_decision_is_not_known_yet() -> None:
    records: list[ev.Record] = [membership(), watch(), decided(Action.VOID, watch(), at=END)]
    assert result(card(records, as_of=END - 1), "study_time").points > 0
    assert result(card(records, as_of=END), "study_time").points == 0


def test_nothing_decided_is_no_action() -> None:
    assert Decisions.of([]).action(topic()) is None
    assert Decisions.of([decided(Action.RESTORE, topic())]).action(topic()) is Action.RESTORE


def test_the_decision_in_force_is_found_by_person_and_target() -> None:
    void, exempt = decided(Action.VOID, topic(), id_="1"), decided(Action.EXEMPT, "posts", id_="2")
    decisions = Decisions.of([void, exempt])
    assert decisions.about(LI, void.target) == void
    assert decisions.about(LI, exempt.target) == exempt
    assert decisions.about(WANG, void.target) is None
    assert decisions.about(WANG, exempt.target) is None


def test_a_decision_holds_in_place_of_one_of_a_later_time() -> None:
    ahead = decided(Action.OVERRIDE, "posts", id_="1", at=AFTER + 9, points=3)
    right = decided(Action.OVERRIDE, "posts", id_="2", at=AFTER, points=7, instead_of=("1",))
    for known in ([ahead, right], [right, ahead]):
        assert Decisions.of(known).about(LI, ahead.target) == right
    assert Decisions.of([ahead]).about(LI, ahead.target) == ahead


@pytest.mark.parametrize(
    "other",
    [
        decided(Action.EXEMPT, "homework", id_="2", at=AFTER, instead_of=("1",)),
        decided(Action.EXEMPT, "posts", id_="2", at=AFTER, instead_of=("1",), person=WANG),
        decided(Action.EXEMPT, "posts", id_="2", at=AFTER, instead_of=("1",), gone_at=AFTER),
        decided(Action.VOID, "posts", id_="2", at=AFTER, instead_of=("1",)),
    ],
    ids=["of-another-criterion", "of-another-person", "gone", "impossible"],
)
def test_no_decision_is_replaced_by_one_that_does_not_hold_about_the_same(other: ev.Decision) -> None:
    one = decided(Action.OVERRIDE, "posts", id_="1", at=AFTER, points=3)
    assert Decisions.of([one, other]).about(LI, one.target) == one


def test_a_decision_about_somebody_elses_record_changes_nothing() -> None:
    decision = decided(Action.VOID, topic("p"), person=WANG)
    found = card([membership(), tutor(), topic("p"), decision])
    assert result(found, "posts").points == 1
