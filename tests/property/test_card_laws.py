"""Laws of every card: bounds, sums, order, repetition, time, and the compiled plan."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.dossier import dossiers
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.figures import cut, rounded
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.plan import compiled
from lms_scoring.domain.rules.rule import points_of
from lms_scoring.domain.rules.terms import CappedShare
from lms_scoring.domain.scheme import Scheme
from lms_scoring.domain.scorecard import CardState, CriterionState, Reason, Scorecard, Verdict
from lms_scoring.domain.scorecard_json import card_fields, card_of
from lms_scoring.domain.scoring import scorecards
from tests.given import AFTER, END, LI, membership
from tests.property.drawn import began, evidence, moments, schemes

instants = moments | st.just(AFTER)


@given(schemes(), evidence(), instants)
def test_points_lie_between_nothing_and_the_maximum_and_the_total_is_their_sum(
    scheme: Scheme, records: list[ev.Record], as_of: int
) -> None:
    for card in scorecards(scheme, records, as_of=as_of):
        for result in card.criteria:
            assert 0 <= result.points <= result.could_become <= result.max
            pending = result.state is CriterionState.PENDING
            assert pending == (result.points < result.could_become)
        rules = scheme.roles[card.role]
        assert card.total == sum(result.points for result in card.criteria) * rules.scale
        assert 0 <= card.total <= card.could_become <= card.out_of


@given(schemes(), evidence(), instants)
def test_the_findings_of_a_criterion_add_up_to_its_points(
    scheme: Scheme, records: list[ev.Record], as_of: int
) -> None:
    for card in scorecards(scheme, records, as_of=as_of):
        for result in card.criteria:
            assert sum((one.points for one in result.findings), Fraction(0)) == result.points
            assert all(one.points >= 0 for one in result.findings)


@given(schemes(), evidence(), instants)
def test_the_amounts_of_time_add_up_to_the_study_time(
    scheme: Scheme, records: list[ev.Record], as_of: int
) -> None:
    for card in scorecards(scheme, records, as_of=as_of):
        for result in card.criteria:
            for figure in result.figures:
                if figure.name == "study_time":
                    amounts = [one.amount for one in result.findings if one.amount is not None]
                    assert sum(amounts, Fraction(0)) == figure.value


@given(schemes(), evidence(), instants)
def test_every_verdict_goes_with_its_reason(scheme: Scheme, records: list[ev.Record], as_of: int) -> None:
    remarks = {
        None,
        Reason.UNMARKED,
        Reason.NO_GRADE_MEANING,
        Reason.IMPLAUSIBLE,
        Reason.CONFIRMED_LONG,
        Reason.EXEMPT,
        Reason.OVERRIDDEN,
    }
    for card in scorecards(scheme, records, as_of=as_of):
        for finding in (one for result in card.criteria for one in result.findings):
            if finding.verdict is Verdict.COUNTED:
                assert finding.reason in remarks
            else:
                assert finding.reason is not None
            if finding.verdict is Verdict.REJECTED:
                assert finding.points == 0
                assert not finding.amount


@given(schemes(), evidence(), instants)
def test_every_record_a_criterion_concerns_is_shown_once(
    scheme: Scheme, records: list[ev.Record], as_of: int
) -> None:
    for card in scorecards(scheme, records, as_of=as_of):
        for result in card.criteria:
            shown = [(one.kind, one.id) for one in result.findings]
            assert len(set(shown)) == len(shown)


@given(schemes(), evidence(), instants)
def test_the_state_is_the_first_that_fits(scheme: Scheme, records: list[ev.Record], as_of: int) -> None:
    for card in scorecards(scheme, records, as_of=as_of):
        assert card.passed == (card.total >= card.pass_mark)
        if card.passed:
            assert card.state is CardState.PASS
        elif as_of < END:
            assert card.state is CardState.IN_PROGRESS
        elif card.could_become >= card.pass_mark:
            assert card.state is CardState.PENDING
        else:
            assert card.state is CardState.FAIL


@given(schemes(), evidence(), instants, st.data())
def test_neither_order_nor_repetition_of_records_matters(
    scheme: Scheme, records: list[ev.Record], as_of: int, data: st.DataObject
) -> None:
    repeated = [*records, *data.draw(st.lists(st.sampled_from(records), max_size=5))]
    shuffled = data.draw(st.permutations(repeated))
    assert scorecards(scheme, shuffled, as_of=as_of) == scorecards(scheme, records, as_of=as_of)


@given(evidence(), instants)
def test_somebodys_dossiers_are_those_among_everybodys(records: list[ev.Record], as_of: int) -> None:
    everybodys = dossiers(records, as_of=as_of)
    for person in {dossier.membership.person for dossier in everybodys}:
        theirs = [dossier for dossier in everybodys if dossier.membership.person == person]
        assert dossiers(records, as_of=as_of, person=person) == theirs
    assert dossiers(records, as_of=as_of, person="nobody") == []


@given(schemes(), evidence(), instants)
def test_who_learns_in_two_classes_has_the_same_points_in_both(
    scheme: Scheme, records: list[ev.Record], as_of: int
) -> None:
    """Evidence and decisions are a person's, so whatever is decided for one of the cards changes the other,
    and no other than the first class's is ever the better one."""
    both = [*records, membership(LI, class_="class 2")]
    one, other = (card for card in scorecards(scheme, both, as_of=as_of) if card.person == LI)
    assert one.class_ != other.class_
    assert replace(one, class_=None, evidence="") == replace(other, class_=None, evidence="")


@given(schemes(), evidence(), instants)
def test_a_card_survives_being_stored(scheme: Scheme, records: list[ev.Record], as_of: int) -> None:
    for card in scorecards(scheme, records, as_of=as_of):
        assert card_of(card_fields(card, findings=True)) == card


@given(schemes(), evidence(), moments)
def test_evidence_dated_later_makes_no_difference(
    scheme: Scheme, records: list[ev.Record], as_of: int
) -> None:
    known = [record for record in records if began(record) <= as_of]
    left_out = scorecards(scheme, records, as_of=as_of)
    assert [_said(card) for card in scorecards(scheme, known, as_of=as_of)] == [
        _said(one) for one in left_out
    ]


@given(schemes(), evidence(), moments, st.integers(0, 40))
def test_a_card_says_the_same_until_it_expires(
    scheme: Scheme, records: list[ev.Record], as_of: int, later: int
) -> None:
    """Except for time that is being spent: a span that is not over yet still grows."""
    assume(not any(_is_going_on(record, as_of) for record in records))
    before = scorecards(scheme, records, as_of=as_of)
    after = scorecards(scheme, records, as_of=as_of + later)
    for card, then in zip(before, after, strict=True):
        if card.valid_until is None or as_of + later < card.valid_until:
            assert _said(card) == _said(then)
            assert card.valid_until == then.valid_until


@given(schemes(), evidence(decided=False))
def test_the_compiled_plan_gives_the_totals_of_the_cards(scheme: Scheme, records: list[ev.Record]) -> None:
    window = Span(start=scheme.window.start, end=scheme.window.end)
    for role in Role:
        rules = scheme.roles[role]
        mine = [one for one in dossiers(records, as_of=AFTER) if one.membership.role is role]
        columns: list[list[list[Any]]] = []
        for criterion in rules.criteria:
            rows = [criterion.rule.measure(one, window=window, most=criterion.max).values for one in mine]
            columns.append([list(column) for column in zip(*rows, strict=True)])
        plan = compiled(rules)
        totals = plan.totals(columns)
        cards = [card for card in scorecards(scheme, records, as_of=AFTER) if card.role is role]
        assert [Fraction(total, plan.denominator) for total in totals] == [card.total for card in cards]
        assert list(plan.passes(totals)) == [card.passed for card in cards]


@given(schemes(), st.data())
def test_the_compiled_plan_is_the_sum_of_its_terms(scheme: Scheme, data: st.DataObject) -> None:
    for rules in scheme.roles.values():
        measures = []
        expected = Fraction(0)
        for criterion in rules.criteria:
            width = {"count": 2, "complete_ratio": 2}.get(criterion.rule.kind, 1)
            values = data.draw(st.lists(st.integers(0, 10**6), min_size=width, max_size=width))
            measures.append([[value] for value in values])
            points = points_of(criterion.rule.term(criterion.max), values)
            assert 0 <= points <= criterion.max
            expected += points
        plan = compiled(rules)
        (total,) = plan.totals(measures)
        assert Fraction(total, plan.denominator) == expected * rules.scale


@given(st.fractions(min_value=0, max_value=200, max_denominator=10**6))
def test_shown_numbers_are_the_nearest_and_cut_ones_never_more(number: Fraction) -> None:
    assert -Fraction(1, 200) < Fraction(rounded(number)) - number <= Fraction(1, 200)
    assert 0 <= number - Fraction(cut(number)) < Fraction(1, 100)
    assert (number >= 80) == (Fraction(cut(number)) >= 80)


@given(st.lists(st.integers(0, 10**5)), st.integers(0, 10**5))
def test_a_class_is_scored_as_its_members_are(amounts: list[int], threshold: int) -> None:
    """A column of many gives what each alone gives."""
    term = CappedShare(full=threshold + 1, most=Fraction(40))
    assert term.column([amounts]) == [one for amount in amounts for one in term.column([[amount]])]


def _said(card: Scorecard) -> Scorecard:
    """The card without the instant it was asked at, and what that alone decides."""
    return replace(card, as_of=0, valid_until=None, evidence="")


def _is_going_on(record: ev.Record, as_of: int) -> bool:
    match record:
        case ev.Watch(start=start, end=end) | ev.ReportedTime(started_at=start, ended_at=end):
            return start <= as_of < end
        case _:
            return False
