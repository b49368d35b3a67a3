"""The minutes of each day: the sums of the ledger's days, made without opening it."""

from __future__ import annotations

from fractions import Fraction
from zoneinfo import ZoneInfo

from hypothesis import given as for_all
from hypothesis import strategies as st

from lms_scoring.domain.instants import DAY, HOUR, MINUTE, day_of
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.scorecard import Finding, Reason, Verdict
from lms_scoring.web.card import ledger
from lms_scoring.web.card.minutes import Minutes, minutes_of
from tests import given

SHANGHAI = ZoneInfo("Asia/Shanghai")
COUNTING = Span(start=given.START, end=given.END)


def chart(*findings: Finding, counting: Span = COUNTING, daily: int | None = 30) -> Minutes:
    minutes = minutes_of(findings, SHANGHAI, counting=counting, daily=daily)
    assert minutes is not None
    return minutes


def watched(start: int, amount: int, *, of: int | None = None, kind: str = "watch") -> Finding:
    return Finding(
        kind=kind,
        id=f"w{start}",
        verdict=Verdict.COUNTED,
        at=start,
        amount=Fraction(amount),
        of=amount if of is None else of,
    )


def test_every_day_of_the_window_has_its_place() -> None:
    assert [day.at for day in chart().days] == list(range(given.START, given.END, DAY))


def test_days_to_come_are_not_drawn() -> None:
    begun = Span(start=given.START, end=given.START + 3 * DAY + HOUR)
    assert len(chart(counting=begun).days) == 4


def test_before_the_window_there_is_nothing_to_draw() -> None:
    before = Span(start=given.START, end=given.START)
    assert minutes_of((), SHANGHAI, counting=before, daily=30) is None


def test_a_span_over_midnight_counts_on_both_days() -> None:
    days = chart(watched(given.START + DAY - 20 * MINUTE, 50 * MINUTE)).days
    assert [day.counted for day in days[:3]] == [20 * MINUTE, 30 * MINUTE, 0]


def test_a_span_that_began_before_the_window_counts_with_the_part_inside() -> None:
    early = watched(given.START - HOUR, 10 * MINUTE, of=HOUR + 10 * MINUTE)
    minutes = chart(early)
    assert minutes.days[0].counted == 10 * MINUTE
    assert minutes.undated == 0


def test_half_an_hour_to_the_second_is_enough_and_less_is_not() -> None:
    minutes = chart(watched(given.START, 30 * MINUTE), watched(given.START + DAY, 30 * MINUTE - 1))
    assert [minutes.is_enough(day) for day in minutes.days[:3]] == [True, False, False]
    assert minutes.enough == 1
    assert len(minutes.studied) == 2


def test_where_nothing_is_advised_any_study_is_enough() -> None:
    assert chart(watched(given.START, 1), daily=None).enough == 1


def test_a_total_of_an_unknown_day_is_told_apart() -> None:
    nowhen = Finding(
        kind="reported_time", id="r", verdict=Verdict.COUNTED, amount=Fraction(HOUR), of=HOUR, at=None
    )
    minutes = chart(nowhen, watched(given.START, MINUTE))
    assert minutes.undated == HOUR
    assert minutes.counted == HOUR + MINUTE
    assert minutes.most == MINUTE


def test_the_line_of_the_advice_fits_into_the_chart_of_who_studied_little() -> None:
    assert chart(watched(given.START, MINUTE)).top > 30 * MINUTE
    assert chart(daily=None).top > 0


def test_a_bar_stands_on_the_ground_at_the_place_of_its_day() -> None:
    window = Span(start=given.START, end=given.START + 4 * DAY)
    full = watched(given.START + DAY, 60 * MINUTE)
    half = watched(given.START + 3 * DAY, 30 * MINUTE - 1)
    minutes = chart(full, half, counting=window)
    assert minutes.drawn(enough=True) == "M5 10000V910h4V10000z"
    assert minutes.drawn(enough=False) == "M15 10000V5455h4V10000z"
    assert chart(counting=window).drawn(enough=False) == ""


findings = st.lists(
    st.builds(
        lambda kind, at, counted, of, reason: Finding(
            kind=kind,
            id="x",
            verdict=Verdict.PARTLY,
            reason=reason,
            at=at,
            amount=min(counted, Fraction(of)),
            of=of,
        ),
        st.sampled_from(("watch", "watch", "reported_time")),
        st.integers(given.START - DAY, given.END + DAY),
        st.fractions(min_value=0, max_value=30 * HOUR),
        st.integers(0, 30 * HOUR),
        st.none() | st.sampled_from(Reason),
    ),
    max_size=20,
)


@for_all(findings)
def test_the_days_are_those_of_the_ledger(evidence: list[Finding]) -> None:
    minutes = chart(*evidence)
    assert minutes.counted == (ledger.amount_of(evidence) or 0)
    in_ledger = {
        day_of(day.at, SHANGHAI): day.amount
        for day in ledger.days(evidence, SHANGHAI, counting=COUNTING)
        if day.at is not None
    }
    for day in minutes.days:
        assert day.counted == in_ledger.get(day_of(day.at, SHANGHAI), 0)
