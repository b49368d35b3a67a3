"""Laws of watch time: any order, any repetition, any splitting of the same events gives the same minutes."""

from __future__ import annotations

from datetime import date, timedelta
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from lms_scoring.domain.instants import MINUTE, SECOND, days_between, parse_instant
from lms_scoring.domain.intervals import clip, length, union
from lms_scoring.domain.statements import VideoVerb, WatchEvent
from lms_scoring.domain.watch_time import FASTEST_RATE, WatchTime, watch_time

ZONES = ("Europe/Berlin", "Asia/Shanghai", "America/Sao_Paulo", "Asia/Kathmandu", "Pacific/Apia", "UTC")
NEW_YEAR = parse_instant("2024-01-01T00:00:00Z")
zones = st.sampled_from(ZONES).map(ZoneInfo)

positions = st.none() | st.integers(0, 40).map(lambda second: second * SECOND)


def _named(events: list[WatchEvent]) -> list[WatchEvent]:
    return [event._replace(id=f"e{number}") for number, event in enumerate(events)]


events = st.lists(
    st.builds(
        WatchEvent,
        stored=st.integers(0, 9),
        id=st.just(""),
        account=st.sampled_from("xy"),
        activity=st.sampled_from("ab"),
        session=st.none() | st.sampled_from(("s", "t", "")),
        at=st.integers(0, 60).map(lambda second: second * SECOND),
        verb=st.sampled_from([int(verb) for verb in VideoVerb]),
        position=positions,
        target=positions,
        rate=st.none() | st.sampled_from((0, 50, 100, 125, 200, 1_600)),
        length=st.none() | st.just(40 * SECOND),
    ),
    max_size=14,
).map(_named)


def proven(found: WatchTime) -> list[tuple[int, int]]:
    return union((span.start, span.end) for span in found.spans)


@given(events, st.data())
def test_neither_order_nor_repetition_of_events_matters(told: list[WatchEvent], data: st.DataObject) -> None:
    again = data.draw(st.lists(st.sampled_from(told), max_size=5)) if told else []
    shuffled = data.draw(st.permutations([*told, *again]))
    assert watch_time("li", shuffled) == watch_time("li", told)


@given(events)
def test_events_sent_again_under_new_ids_prove_the_same_time(told: list[WatchEvent]) -> None:
    again = [event._replace(id=f"{event.id} again") for event in told]
    assert proven(watch_time("li", [*told, *again])) == proven(watch_time("li", told))


@given(events)
def test_what_is_proven_is_no_more_than_what_is_possible(told: list[WatchEvent]) -> None:
    found = watch_time("li", told)
    possible = union([*proven(found), *((tail.start, tail.end) for tail in found.tails)])
    assert length(proven(found)) <= length(possible)
    assert union([*possible, *proven(found)]) == possible


@given(events)
def test_no_span_lasts_longer_than_the_events_around_it(told: list[WatchEvent]) -> None:
    found = watch_time("li", told)
    moments = [event.at for event in told]
    for span in found.spans:
        assert min(moments) <= span.start < span.end <= max(moments)
    by_session: dict[tuple[str, str], list[tuple[int, int]]] = {}
    opener = {event.id: event for event in told}
    for span in found.spans:
        key = (span.activity, opener[span.id].session or "")
        by_session.setdefault(key, []).append((span.start, span.end))
    for spans in by_session.values():
        assert length(union(spans)) == sum(end - start for start, end in spans)


@given(events)
def test_shown_content_moved_no_faster_than_a_player_can(told: list[WatchEvent]) -> None:
    at = {event.id: event.at for event in told}
    for span in watch_time("li", told).spans:
        assert at[span.id] == span.start
        for begin, end in span.segments:
            assert end - begin > 0
            longest = max(event.at for event in told) - span.start
            assert (end - begin) * 100 <= FASTEST_RATE * longest + 500 * 100


@given(events)
def test_every_span_has_an_id_of_its_own(told: list[WatchEvent]) -> None:
    ids = [span.id for span in watch_time("li", told).spans]
    assert len(set(ids)) == len(ids)


@given(events)
def test_activities_and_sessions_are_folded_apart(told: list[WatchEvent]) -> None:
    parts: dict[tuple[str, str], list[WatchEvent]] = {}
    for event in told:
        parts.setdefault((event.activity, event.session or ""), []).append(event)
    apart = [span for part in parts.values() for span in watch_time("li", part).spans]
    assert sorted(apart, key=lambda span: span.id) == sorted(
        watch_time("li", told).spans, key=lambda span: span.id
    )


@given(events)
def test_another_session_never_lowers_the_time(told: list[WatchEvent]) -> None:
    first = [event for event in told if event.session != "t"]
    assert length(proven(watch_time("li", first))) <= length(proven(watch_time("li", told)))


# -- days and unions -------------------------------------------------------------------------------

minutes = st.integers(0, 366 * 24 * 60).map(lambda minute: NEW_YEAR + minute * MINUTE)
spans = st.lists(st.tuples(minutes, st.integers(0, 3 * 24 * 60)), max_size=8).map(
    lambda drawn: [(start, start + lasted * MINUTE + lasted) for start, lasted in drawn]
)


@given(spans, zones)
def test_the_days_of_a_union_add_up_to_it(drawn: list[tuple[int, int]], zone: ZoneInfo) -> None:
    total = union(drawn)
    by_day: dict[date, int] = {}
    for start, end in total:
        for day, first, last in days_between(start, end, zone):
            assert first <= last
            by_day[day] = by_day.get(day, 0) + last - first
    assert sum(by_day.values()) == length(total)
    assert all(lasted <= 25 * 60 * MINUTE for lasted in by_day.values())


@given(minutes, st.integers(0, 10 * 24 * 60), zones)
def test_the_parts_of_a_span_touch_on_days_in_order(start: int, lasted: int, zone: ZoneInfo) -> None:
    end = start + lasted * MINUTE
    parts = list(days_between(start, end, zone))
    edges = [start, *(last for _, _, last in parts)]
    assert [first for _, first, _ in parts] == edges[: len(parts)]
    assert edges[-1] == end
    days = [day for day, _, _ in parts]
    assert days == [days[0] + timedelta(days=n) for n in range(len(days))] if days else lasted == 0


@given(spans, st.data())
def test_a_union_is_the_same_in_any_order_and_grouping(
    drawn: list[tuple[int, int]], data: st.DataObject
) -> None:
    cut = data.draw(st.integers(0, len(drawn)))
    one, other = union(drawn[:cut]), union(drawn[cut:])
    whole = union(data.draw(st.permutations(drawn)))
    assert union([*one, *other]) == union([*other, *one, *one]) == whole == union(whole)
    assert max(length(one), length(other)) <= length(whole) <= length(one) + length(other)


@given(spans, minutes, st.integers(1, 30 * 24 * 60))
def test_clipping_and_uniting_can_be_done_in_either_order(
    drawn: list[tuple[int, int]], low: int, lasted: int
) -> None:
    high = low + lasted * MINUTE
    clipped_first = union(clip(start, end, low=low, high=high) for start, end in drawn)
    united_first = union(clip(start, end, low=low, high=high) for start, end in union(drawn))
    assert clipped_first == united_first
    assert all(low <= start < end <= high for start, end in clipped_first)
