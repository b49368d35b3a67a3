"""How a card's evidence becomes a ledger whose parts add up."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given as for_all
from hypothesis import strategies as st

from lms_scoring.domain.evidence import MembershipStatus, Record, Role
from lms_scoring.domain.identity import KnownPerson
from lms_scoring.domain.instants import HOUR, MINUTE, day_of
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.scorecard import Finding, Reason, Scorecard, Verdict
from lms_scoring.ports import Activity, CardRow, KeptCourse
from lms_scoring.services.viewing.consult import Status
from lms_scoring.web.card import ledger
from lms_scoring.web.card.status_page import Cause, Change, StatusPage, status_page
from tests import given

SHANGHAI = ZoneInfo("Asia/Shanghai")
COUNTING = Span(start=given.START, end=given.END)
SCHEME = given.main_scheme()
COURSE = KeptCourse(id="c", title="C", scheme=SCHEME.fingerprint, settings="")


def page(card: Scorecard, *, history: tuple[CardRow, ...] = ()) -> StatusPage:
    status = Status(
        course=COURSE,
        scheme=SCHEME,
        rules=SCHEME.roles[Role.LEARNER],
        person=KnownPerson(id=given.LI, name="李", accounts=()),
        membership=given.membership(),
        card=card,
        history=history,
        activities={"forum": Activity(id="forum", name="研讨", kind="forum")},
        names={},
        synced_at=None,
    )
    return status_page(status, SHANGHAI)


def version(number: int, card: Scorecard) -> CardRow:
    return CardRow(
        name="李", status=MembershipStatus.ACTIVE, card=card, version=number, scored_at=given.AFTER + number
    )


findings = st.lists(
    st.builds(
        Finding,
        kind=st.sampled_from(("watch", "watch", "reported_time")),
        id=st.uuids().map(str),
        verdict=st.sampled_from(Verdict),
        reason=st.none() | st.sampled_from(Reason),
        points=st.fractions(min_value=0, max_value=40),
        at=st.none() | st.integers(given.START, given.END),
        amount=st.none() | st.fractions(min_value=0, max_value=HOUR),
        of=st.none() | st.integers(0, 60 * HOUR),
    ),
    max_size=30,
)


@for_all(findings)
def test_the_sums_of_the_days_are_the_sum_of_all(evidence: list[Finding]) -> None:
    days = ledger.days(evidence, SHANGHAI, counting=COUNTING)
    assert sum((day.points for day in days), Fraction(0)) == ledger.points_of(evidence)
    amounts = [day.amount for day in days if day.amount is not None]
    total = ledger.amount_of(evidence)
    assert (sum(amounts, Fraction(0)) if amounts else None) == total
    parts = [part for day in days for part in day.findings]
    for whole in evidence:
        mine = [part for part in parts if part.id == whole.id]
        assert ledger.points_of(mine) == whole.points
        assert ledger.amount_of(mine) == whole.amount
        assert sum(part.of for part in mine if part.of is not None) == (whole.of or 0)
        assert mine[0].at == whole.at


@for_all(findings)
def test_a_span_lies_on_the_days_it_touches(evidence: list[Finding]) -> None:
    days = ledger.days(evidence, SHANGHAI, counting=COUNTING)
    assert len({None if day.at is None else day_of(day.at, SHANGHAI) for day in days}) == len(days)
    for day in days:
        for part in day.findings:
            if day.at is None or part.at is None or part.kind != "watch" or part.amount is None:
                continue
            last = part.at + max((part.of or 0) - 1, 0)
            assert day_of(day.at, SHANGHAI) == day_of(part.at, SHANGHAI) == day_of(last, SHANGHAI)


MIDNIGHT = given.START + 2 * 24 * HOUR


@pytest.mark.parametrize(
    ("spans", "minutes"),
    [
        ([given.watch("w", MIDNIGHT - HOUR // 2, 60)], [30, 30]),
        ([given.watch("w", MIDNIGHT - HOUR // 2, 120)], [30, 90]),
        ([given.watch("w", MIDNIGHT - HOUR, 60)], [60]),
        ([given.watch("w", MIDNIGHT - HOUR, 60 + 24 * 60 + 15)], [60, 24 * 60, 15]),
        ([given.watch("w", given.START - HOUR, 90)], [0, 30]),
        ([given.watch("w", given.END - HOUR, 90)], [60, 0]),
        (
            [given.watch("w", MIDNIGHT - HOUR, 90), given.watch("v", MIDNIGHT - HOUR, 45)],
            [60, 30],
        ),
    ],
    ids=["half", "a quarter", "until midnight", "three days", "window opens", "window ends", "overlap"],
)
def test_time_over_midnight_lies_where_it_counted(spans: list[Record], minutes: list[int]) -> None:
    study_time = page(given.card([given.membership(), *spans])).parts[0]
    assert [day.amount for day in study_time.days] == [MINUTE * amount for amount in minutes]
    worth = study_time.result.points / sum(minutes)
    assert [day.points for day in study_time.days] == [worth * amount for amount in minutes]
    assert [one.id for one in study_time.findings] == [one.id for one in study_time.result.findings]


def test_of_rewatched_content_each_day_has_an_even_share() -> None:
    rewatched = Finding(
        kind="watch",
        id="w",
        verdict=Verdict.PARTLY,
        reason=Reason.REWATCHED,
        points=Fraction(1),
        at=MIDNIGHT - HOUR,
        amount=Fraction(3 * HOUR),
        of=4 * HOUR,
    )
    days = ledger.days([rewatched], SHANGHAI, counting=COUNTING)
    assert [(day.amount, day.points) for day in days] == [
        (Fraction(3 * HOUR, 4), Fraction(1, 4)),
        (Fraction(9 * HOUR, 4), Fraction(3, 4)),
    ]


def test_nobody_knows_on_which_day_reported_time_was_spent() -> None:
    total = given.reported("r", MIDNIGHT - HOUR, 120, activity="scorm 1")
    (day,) = page(given.card([given.membership(), total])).parts[0].days
    assert day.amount == 120 * MINUTE


def test_a_day_is_one_of_the_programmes_zone() -> None:
    late, early = given.START + 24 * HOUR - 1, given.START + 24 * HOUR
    evidence = [given_finding("a", late), given_finding("b", early), given_finding("c", None)]
    days = ledger.days(evidence, SHANGHAI, counting=COUNTING)
    assert [[f.id for f in day.findings] for day in days] == [["c"], ["a"], ["b"]]


def test_recorded_time_is_what_counted_and_what_did_not_for_a_reason() -> None:
    card = given.card(
        [
            given.membership(),
            given.watch("early", given.START - HOUR, 90),
            given.watch("overlap", given.START, 60, activity="video 2"),
        ]
    )
    study_time = next(part for part in page(card).parts if part.result.id == "study_time")
    assert study_time.time is not None
    assert study_time.time.recorded == 150 * MINUTE
    assert study_time.time.counted == 60 * MINUTE
    lost = {left.reason: left.duration for left in study_time.time.left_out}
    assert lost == {Reason.OUTSIDE_WINDOW: 60 * MINUTE, Reason.OVERLAPS: 30 * MINUTE}


def test_a_criterion_without_time_has_no_ledger_of_time() -> None:
    card = given.card([given.membership(), *given.topics(3)])
    posts = next(part for part in page(card).parts if part.result.id == "posts")
    assert posts.time is None
    assert [day.amount for day in posts.days] == [None]


def test_the_parts_shown_add_up_to_the_points_of_each_criterion() -> None:
    evidence: list[Record] = [
        given.membership(),
        given.watch(minutes=749),
        given.journal(),
        *given.replies(30),
    ]
    for part in page(given.card(evidence)).parts:
        assert part.sum == sum(finding.points for finding in part.findings)


def test_what_changed_between_versions_is_named() -> None:
    first = given.card([given.membership()])
    second = given.card([given.membership(), given.journal()])
    steps = page(second, history=(version(1, first), version(3, second), version(2, first))).steps
    assert [step.row.version for step in steps] == [3, 2, 1]
    (change,) = steps[0].changes
    assert change == Change(criterion="journal", before=Fraction(0), after=Fraction(20))
    assert [list(step.changes) for step in steps[1:]] == [[], []]


def test_of_the_latest_versions_each_says_what_changed_and_how_many_came_before() -> None:
    card = given.card([given.membership(), given.journal()])
    read = page(card, history=tuple(version(number, card) for number in (7, 8, 9)))
    assert [step.row.version for step in read.steps] == [9, 8]
    assert (read.scored_before, read.has_more(frozenset())) == (7, True)
    whole = page(card, history=(version(1, card), version(2, card)))
    assert [step.row.version for step in whole.steps] == [2, 1]
    assert (whole.scored_before, whole.has_more(frozenset())) == (0, False)
    assert page(card).scored_before == 0


BEFORE = given.card([given.membership()], as_of=given.START)
"""A card of the first day; it holds until the window closes."""


@pytest.mark.parametrize(
    ("later", "causes"),
    [
        (replace(BEFORE, scheme="other"), [Cause.RULES]),
        (replace(BEFORE, evidence="other"), [Cause.EVIDENCE]),
        (replace(BEFORE, scheme="other", evidence="other"), [Cause.RULES, Cause.EVIDENCE]),
        (given.card([given.membership()], as_of=given.END), [Cause.TIME]),
        (replace(BEFORE, scheme="other", as_of=given.END), [Cause.RULES]),
        (replace(BEFORE, as_of=given.END - 1), [Cause.NEITHER]),
    ],
)
def test_a_version_says_why_it_differs_from_the_one_before(later: Scorecard, causes: list[Cause]) -> None:
    second, first = page(later, history=(version(1, BEFORE), version(2, later))).steps
    assert second.causes == causes
    assert list(first.causes) == []


def test_without_a_time_at_which_it_ends_a_card_does_not_end_by_time() -> None:
    lasting = given.card([given.membership()])
    assert lasting.valid_until is None
    second, _ = page(lasting, history=(version(1, lasting), version(2, lasting))).steps
    assert second.causes == [Cause.NEITHER]


def test_other_bindings_are_other_evidence() -> None:
    posts = given.topics(2)
    unbound = given.card([given.membership()])
    second, _ = page(
        unbound, history=(version(1, given.card([given.membership(), *posts])), version(2, unbound))
    ).steps
    assert second.causes == [Cause.EVIDENCE]


def test_a_criterion_that_came_or_went_is_named_too() -> None:
    card = given.card([given.membership()])
    less = replace(card, criteria=card.criteria[1:])
    (came, _) = page(card, history=(version(1, less), version(2, card))).steps
    assert [(c.criterion, c.before) for c in came.changes] == [("study_time", None)]
    (went, _) = page(card, history=(version(1, card), version(2, less))).steps
    assert [(c.criterion, c.after) for c in went.changes] == [("study_time", None)]


def test_a_card_of_other_rules_says_so() -> None:
    card = given.card([given.membership()])
    assert page(card).is_of_these_rules
    (first, *rest) = card.criteria
    older = page(replace(card, scheme="older", criteria=(replace(first, id="attendance"), *rest)))
    assert not older.is_of_these_rules
    assert older.parts[0].criterion is None


def test_an_activity_nobody_named_is_called_by_its_id() -> None:
    shown = page(given.card([given.membership()]))
    assert (shown.activity("forum"), shown.activity("17")) == ("研讨", "17")


def given_finding(id_: str, at: int | None) -> Finding:
    return Finding(kind="post", id=id_, verdict=Verdict.COUNTED, at=at)
