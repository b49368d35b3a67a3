"""Laws of outlooks: ways reach their mark with nothing to spare; what is called out of reach is."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction
from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.dossier import dossiers
from lms_scoring.domain.evidence import Role
from lms_scoring.domain.instants import HOUR, MINUTE, SECOND
from lms_scoring.domain.outlook import DeedKind, KnownTask, Outlook, Standing, Step, look_ahead
from lms_scoring.domain.outlook_json import outlook_fields, outlook_of
from lms_scoring.domain.rules.capped_proportion import CappedProportion
from lms_scoring.domain.rules.deeds import GRADES, rank
from lms_scoring.domain.rules.grade_map import GradeMap
from lms_scoring.domain.rules.more_homework import Take
from lms_scoring.domain.scheme import RoleScheme, Scheme
from lms_scoring.domain.scoring import score, scorecards
from tests.given import DUE, END, LI, START, membership
from tests.property.drawn import evidence, known_tasks, moments, schemes
from tests.property.going_ways import Records, gone, known, outlooks, total_at_end, with_the_best


def _longer(criterion: Any) -> Any:
    """The criterion with minutes of study in place of milliseconds, so that ways count in minutes."""
    rule = criterion.rule
    if not isinstance(rule, CappedProportion):
        return criterion
    cap = None if rule.reported_cap is None else rule.reported_cap * 30 * SECOND
    return replace(criterion, rule=replace(rule, full=rule.full * 20 * SECOND, reported_cap=cap))


def _lengthened(scheme: Scheme) -> Scheme:
    rules = scheme.roles[Role.LEARNER]
    learner = replace(rules, criteria=tuple(map(_longer, rules.criteria)))
    return replace(scheme, roles={**scheme.roles, Role.LEARNER: learner})


def _harder(scheme: Scheme, share: Fraction) -> Scheme:
    """Most marks drawn at random are reached at once or never: this one lies at a share of all points."""

    def with_mark(rules: RoleScheme) -> RoleScheme:
        return replace(rules, pass_mark=rules.out_of * share)

    return replace(scheme, roles={role: with_mark(rules) for role, rules in scheme.roles.items()})


Tasks = tuple[KnownTask, ...]
shares = st.builds(Fraction, st.integers(1, 8), st.just(8))
hard = st.builds(_harder, schemes() | schemes().map(_lengthened), shares)
instants = (
    moments
    | st.sampled_from((START - HOUR, START + HOUR, DUE - HOUR, DUE + HOUR))
    | st.builds(lambda minutes, away: END - minutes * MINUTE + away, st.integers(0, 15), st.integers(-50, 50))
)


@given(hard, evidence(), instants, known_tasks())
def test_going_a_way_reaches_what_it_says_and_that_is_the_mark(
    scheme: Scheme, records: Records, as_of: int, tasks: Tasks
) -> None:
    there = known(records, as_of)
    for whose, outlook in outlooks(scheme, there, as_of=as_of, tasks=tasks):
        for goal in outlook.goals:
            for way in goal.ways:
                reached = [
                    total_at_end(scheme, one, whose, as_of=as_of)
                    for one in gone(way.steps, there, whose, scheme, as_of=as_of, tasks=tasks)
                ]
                assert max(reached) == way.reaches >= goal.mark
                assert outlook.if_nothing_more + sum(step.points for step in way.steps) == way.reaches


@given(hard, evidence(), instants, known_tasks(), st.data())
def test_who_learns_in_two_classes_has_the_same_outlook_in_both_whatever_is_doubted(
    scheme: Scheme, records: Records, as_of: int, tasks: Tasks, data: st.DataObject
) -> None:
    keys = sorted({(ev.KIND_OF[type(one)], one.id) for one in records if not isinstance(one, ev.Membership)})
    cases = data.draw(st.frozensets(st.sampled_from(keys))) if keys else frozenset()
    both = [*records, membership(LI, class_="class 2")]
    one, other = (
        look_ahead(scheme, dossier, score(scheme, dossier), tasks=tasks, cases=cases)
        for dossier in dossiers(both, as_of=as_of, person=LI)
    )
    assert one == other


@given(hard, evidence(), instants, known_tasks())
def test_a_way_with_a_unit_less_of_anything_does_not_reach_the_mark(
    scheme: Scheme, records: Records, as_of: int, tasks: Tasks
) -> None:
    there = known(records, as_of)
    for whose, outlook in outlooks(scheme, there, as_of=as_of, tasks=tasks):
        for goal in outlook.goals:
            for steps in (less for way in goal.ways for less in _less(way.steps)):
                for one in gone(steps, there, whose, scheme, as_of=as_of, tasks=tasks):
                    assert total_at_end(scheme, one, whose, as_of=as_of) < goal.mark


@given(hard, evidence(), instants, known_tasks())
def test_what_is_out_of_reach_is_so_by_the_best_evidence(
    scheme: Scheme, records: Records, as_of: int, tasks: Tasks
) -> None:
    there = known(records, as_of)
    for whose, outlook in outlooks(scheme, there, as_of=as_of, tasks=tasks):
        if whose.role is Role.LEARNER and _is_active(whose):
            best = max(
                total_at_end(scheme, one, whose, as_of=as_of)
                for one in with_the_best(there, whose, scheme, as_of=as_of, tasks=tasks)
            )
            assert best <= outlook.at_best
            for goal in outlook.goals:
                assert goal.reachable or best < goal.mark
            if not _takes_means(scheme) and not _has_unreadable(scheme, there, whose, as_of):
                assert best == outlook.at_best
                assert all(goal.ways or not goal.reachable for goal in outlook.goals)


@given(hard, evidence(), instants, known_tasks())
def test_nothing_more_is_what_the_same_evidence_makes_at_the_end(
    scheme: Scheme, records: Records, as_of: int, tasks: Tasks
) -> None:
    there = known(records, as_of)
    for whose, outlook in outlooks(scheme, there, as_of=as_of, tasks=tasks):
        assert outlook.if_nothing_more == total_at_end(scheme, there, whose, as_of=as_of)
        assert outlook.if_nothing_more <= outlook.with_marking <= outlook.at_best


@given(hard, evidence(), instants, known_tasks(), st.data())
def test_neither_order_nor_repetition_of_records_changes_an_outlook(
    scheme: Scheme, records: Records, as_of: int, tasks: Tasks, data: st.DataObject
) -> None:
    repeated = [*records, *data.draw(st.lists(st.sampled_from(records), max_size=5))]
    shuffled = data.draw(st.permutations(repeated))
    assert list(outlooks(scheme, shuffled, as_of=as_of, tasks=tasks)) == list(
        outlooks(scheme, records, as_of=as_of, tasks=tasks)
    )


@given(hard, evidence(), instants, known_tasks(), st.integers(0, 40) | st.integers(0, 20 * MINUTE))
def test_an_outlook_says_the_same_until_it_expires(
    scheme: Scheme, records: Records, as_of: int, tasks: Tasks, later: int
) -> None:
    """Except how much is possible at best, which becomes less with every moment, and time being spent."""
    assume(not any(isinstance(one, ev.Watch | ev.ReportedTime) and _ends(one) > as_of for one in records))
    before, after = (list(outlooks(scheme, records, as_of=at, tasks=tasks)) for at in (as_of, as_of + later))
    for (_, outlook), (_, then) in zip(before, after, strict=True):
        if outlook.valid_until is None or as_of + later < outlook.valid_until:
            assert _said(outlook) == _said(then)
            assert outlook.valid_until == then.valid_until


@given(hard, evidence(), instants, known_tasks())
def test_an_outlook_survives_being_stored(scheme: Scheme, records: Records, as_of: int, tasks: Tasks) -> None:
    for _, outlook in outlooks(scheme, records, as_of=as_of, tasks=tasks):
        assert outlook_of(json.loads(json.dumps(outlook_fields(outlook)))) == outlook


@given(hard, evidence(), instants, known_tasks())
def test_the_chip_is_the_first_that_fits(scheme: Scheme, records: Records, as_of: int, tasks: Tasks) -> None:
    cards = scorecards(scheme, records, as_of=as_of)
    for card, (whose, outlook) in zip(
        cards, outlooks(scheme, records, as_of=as_of, tasks=tasks), strict=True
    ):
        if outlook.standing is Standing.TO_CHECK:
            assert outlook.doubts > 0
            continue
        assert card.passed == (outlook.standing is Standing.PASSED)
        assert (outlook.to_pass is None) == card.passed
        if not card.passed:
            waits = whose.role is Role.LEARNER and outlook.with_marking >= card.pass_mark
            assert waits == (outlook.standing is Standing.WAITING_FOR_MARKING)
            if not waits:
                out_of_reach = outlook.at_best < card.pass_mark
                assert out_of_reach == (outlook.standing is Standing.UNREACHABLE)


def _less(steps: tuple[Step, ...]) -> list[tuple[Step, ...]]:
    """The steps with one unit less of each in turn, and with each lower mark."""
    found = []
    for number, step in enumerate(steps):
        before, after = steps[:number], steps[number + 1 :]
        if step.amount > 1:
            found.append((*before, replace(step, amount=step.amount - 1), *after))
        else:
            found.append((*before, *after))
        lower = [grade for grade in GRADES if rank(grade) < rank(step.grade)]
        if step.kind is DeedKind.HOMEWORK and step.grade is not None:
            found.append((*before, replace(step, grade=None), *after))
        found += [(*before, replace(step, grade=grade), *after) for grade in lower]
    return found


def _takes_means(scheme: Scheme) -> bool:
    rules = (criterion.rule for criterion in scheme.roles[Role.LEARNER].criteria)
    return any(isinstance(rule, GradeMap) and rule.take is Take.MEAN for rule in rules)


def _has_unreadable(scheme: Scheme, records: Records, whose: ev.Membership, as_of: int) -> bool:
    (card,) = (
        one
        for one in scorecards(scheme, records, as_of=as_of)
        if (one.person, one.role, one.class_) == (whose.person, whose.role, whose.class_)
    )
    return any(result.unknowns for result in card.criteria)


def _is_active(whose: ev.Membership) -> bool:
    return whose.status is ev.MembershipStatus.ACTIVE and whose.gone_at is None


def _ends(record: ev.Watch | ev.ReportedTime) -> int:
    return record.end if isinstance(record, ev.Watch) else record.ended_at


def _said(outlook: Outlook) -> Any:
    ceilings = [(one.criterion, one.why, one.due_basis) for one in outlook.ceilings]
    return replace(outlook, at_best=Fraction(0), ceilings=()), ceilings
