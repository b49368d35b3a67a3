"""Watch time: events of a player become the spans they prove (xAPI facts, section 2.2)."""

from __future__ import annotations

import pytest

from lms_scoring.domain.instants import HOUR, MINUTE, SECOND
from lms_scoring.domain.statements import VideoVerb, WatchEvent
from lms_scoring.domain.watch_time import TAIL_CAP, Tail, watch_time

INITIALIZED, PLAYED, INTERACTED, SEEKED, PAUSED, COMPLETED, TERMINATED = VideoVerb


def said(
    verb: VideoVerb,
    at: int,
    position: int | None = None,
    *,
    to: int | None = None,
    rate: int | None = None,
    length: int | None = None,
    session: str | None = "s",
    activity: str = "v",
    id_: str | None = None,
) -> WatchEvent:
    """A statement at second `at` of the clock and second `position` of the content."""
    return WatchEvent(
        stored=0,
        id=f"{verb.name} {at} {session} {activity}" if id_ is None else id_,
        account="a",
        activity=activity,
        session=session,
        at=at * SECOND,
        verb=verb,
        position=None if position is None else position * SECOND,
        target=None if to is None else to * SECOND,
        rate=rate,
        length=None if length is None else length * SECOND,
    )


def spans(*events: WatchEvent) -> list[tuple[int, int]]:
    """The proven spans in seconds of the clock."""
    return [(span.start // SECOND, span.end // SECOND) for span in watch_time("li", events).spans]


def content(*events: WatchEvent) -> list[tuple[int, int]]:
    """The content shown, in seconds."""
    found = watch_time("li", events).spans
    return [(a // SECOND, b // SECOND) for span in found for a, b in span.segments]


def tails(*events: WatchEvent) -> list[tuple[int, int]]:
    """What may have been watched too, in seconds of the clock."""
    return [(tail.start // SECOND, tail.end // SECOND) for tail in watch_time("li", events).tails]


@pytest.mark.parametrize("closing", [PAUSED, SEEKED, COMPLETED, TERMINATED])
def test_a_play_is_proven_by_the_event_that_closes_it(closing: VideoVerb) -> None:
    events = (said(PLAYED, 0, 0), said(closing, 60, 60))
    assert spans(*events) == [(0, 60)]
    assert content(*events) == [(0, 60)]


def test_a_span_names_person_activity_source_and_the_event_that_opened_it() -> None:
    events = [said(PLAYED, 10, 5, id_="opener"), said(PAUSED, 20, 15)]
    (span,) = watch_time("li", events, source="lrs").spans
    assert (span.id, span.person, span.activity, span.source) == ("opener", "li", "v", "lrs")
    assert (span.start, span.end, span.segments) == (10_000, 20_000, ((5_000, 15_000),))


def test_a_play_that_nothing_closes_is_possible_and_not_proven() -> None:
    assert spans(said(PLAYED, 0, 0)) == []
    assert tails(said(PLAYED, 0, 0)) == [(0, TAIL_CAP // SECOND)]


def test_an_interaction_closes_nothing() -> None:
    assert spans(said(PLAYED, 0, 0), said(INTERACTED, 60, 60)) == []


def test_a_tail_lasts_at_most_until_the_content_ends() -> None:
    events = (said(INITIALIZED, 0, length=100), said(PLAYED, 0, 40))
    assert tails(*events) == [(0, 60)]
    assert tails(said(PLAYED, 0, 40, rate=200, length=100)) == [(0, 30)]
    assert tails(said(PLAYED, 0, 140, length=100)) == [(0, 0)]


def test_a_tail_begins_where_its_play_did_whatever_was_pressed_meanwhile() -> None:
    events = (said(PLAYED, 0, 0, length=100), said(INTERACTED, 30, 30))
    assert tails(*events) == [(0, 100)]
    assert tails(*events, said(INITIALIZED, 50)) == [(0, 50)]


def test_a_tail_ends_where_the_next_play_begins() -> None:
    events = (said(PLAYED, 0, 0), said(PLAYED, 50, 0), said(PAUSED, 60, 10))
    assert tails(*events) == [(0, 50)]
    assert spans(*events) == [(50, 60)]


def test_opening_the_player_again_ends_the_play_before_it() -> None:
    events = (said(PLAYED, 0, 0), said(INITIALIZED, 50), said(PAUSED, 60, 60))
    assert spans(*events) == []
    assert tails(*events) == [(0, 50)]


def test_a_closing_event_without_a_play_proves_nothing() -> None:
    assert spans(said(INITIALIZED, 0), said(PAUSED, 60, 60), said(TERMINATED, 70, 60)) == []


def test_an_idle_page_terminated_hours_later_proves_nothing() -> None:
    events = (said(PLAYED, 0, 0), said(PAUSED, 60, 60), said(TERMINATED, 9 * 3600, 60))
    assert spans(*events) == [(0, 60)]


def test_a_stalled_player_is_credited_with_what_moved() -> None:
    assert spans(said(PLAYED, 0, 0), said(PAUSED, 600, 60)) == [(0, 60)]


def test_a_position_that_moved_at_the_pace_of_the_clock_proves_all_the_time() -> None:
    assert spans(said(PLAYED, 0, 0), said(PAUSED, 100, 95)) == [(0, 100)]
    assert spans(said(PLAYED, 0, 0), said(PAUSED, 100, 94)) == [(0, 94)]


def test_speeding_without_saying_so_is_watching_all_the_time() -> None:
    assert spans(said(PLAYED, 0, 0), said(PAUSED, 60, 120)) == [(0, 60)]
    assert content(said(PLAYED, 0, 0), said(PAUSED, 60, 120)) == [(0, 120)]


def test_what_is_credited_does_not_depend_on_the_time_of_day() -> None:
    assert spans(said(PLAYED, 9_000, 100), said(PAUSED, 9_060, 220)) == [(9_000, 9_060)]
    assert spans(said(PLAYED, 9_000, 100), said(PAUSED, 9_600, 160)) == [(9_000, 9_060)]


def test_content_that_moved_faster_than_any_player_was_skipped() -> None:
    events = (said(PLAYED, 0, 0), said(PAUSED, 60, 121))
    assert spans(*events) == [(0, 60)]
    assert content(*events) == []


def test_a_rounded_position_half_a_second_ahead_is_still_watched() -> None:
    late = said(PAUSED, 60)._replace(position=120_500)
    assert content(said(PLAYED, 0, 0), late) == [(0, 120)]
    assert content(said(PLAYED, 0, 0), late._replace(position=120_501)) == []


def test_at_a_stated_speed_less_time_passes_than_content() -> None:
    events = (said(PLAYED, 0, 0, rate=150), said(PAUSED, 100, 60))
    assert spans(*events) == [(0, 40)]


def test_a_stated_speed_holds_until_another_is_stated() -> None:
    events = (
        said(INITIALIZED, 0, rate=200),
        said(PLAYED, 0, 0),
        said(PAUSED, 100, 40),
        said(PLAYED, 200, 40, rate=100),
        said(PAUSED, 300, 80),
    )
    assert spans(*events) == [(0, 20), (200, 240)]


def test_a_change_of_speed_splits_a_play() -> None:
    events = (
        said(PLAYED, 0, 0, rate=200),
        said(INTERACTED, 100, 40, rate=50),
        said(PAUSED, 300, 60),
    )
    assert spans(*events) == [(0, 20), (100, 140)]


@pytest.mark.parametrize("rate", [0, -100])
def test_a_speed_that_is_none_is_not_believed(rate: int) -> None:
    assert spans(said(PLAYED, 0, 0, rate=rate), said(PAUSED, 100, 40)) == [(0, 40)]


def test_a_jump_closes_the_play_and_goes_on_at_its_target() -> None:
    events = (said(PLAYED, 0, 0), said(SEEKED, 60, 60, to=500), said(PAUSED, 90, 530))
    assert spans(*events) == [(0, 60), (60, 90)]
    assert content(*events) == [(0, 60), (500, 530)]


def test_a_jump_whose_target_is_unknown_goes_on_with_the_next_play() -> None:
    events = (said(PLAYED, 0, 0), said(SEEKED, 60, 60), said(PAUSED, 90, 530))
    assert spans(*events) == [(0, 60)]


def test_a_jump_while_nothing_plays_starts_nothing() -> None:
    assert spans(said(SEEKED, 0, 0, to=100), said(PAUSED, 60, 160)) == []


def test_a_jump_back_takes_no_time_away() -> None:
    events = (said(PLAYED, 0, 100), said(SEEKED, 60, 160, to=0), said(PAUSED, 120, 60))
    assert spans(*events) == [(0, 60), (60, 120)]


def test_a_completed_video_that_plays_on_is_watched_on() -> None:
    events = (said(PLAYED, 0, 0), said(COMPLETED, 60, 60), said(PAUSED, 70, 70))
    assert spans(*events) == [(0, 60), (60, 70)]
    still = (said(PLAYED, 0, 0), said(COMPLETED, 60, 60), said(TERMINATED, 9_000, 60))
    assert spans(*still) == [(0, 60)]


def test_a_pause_ends_a_play_for_good() -> None:
    assert spans(said(PLAYED, 0, 0), said(PAUSED, 60, 60), said(PAUSED, 90, 90)) == [(0, 60)]


def test_a_position_that_went_back_or_a_clock_that_stood_proves_nothing() -> None:
    assert spans(said(PLAYED, 0, 60), said(PAUSED, 60, 0)) == []
    assert spans(said(PLAYED, 0, 0), said(PAUSED, 60, 0)) == []
    assert spans(said(PLAYED, 0, 0), said(PAUSED, 0, 60)) == []


def test_an_event_without_a_position_opens_and_closes_nothing() -> None:
    assert spans(said(PLAYED, 0), said(PAUSED, 60, 60)) == []
    assert spans(said(PLAYED, 0, 0), said(PAUSED, 30), said(PAUSED, 60, 60)) == [(0, 60)]
    assert tails(said(PLAYED, 0, 0), said(TERMINATED, 30)) == [(0, 1800)]


def test_a_late_pause_shrinks_the_span_that_was_proven_before() -> None:
    """Pairing is no homomorphism: events are kept and folded anew."""
    early = (said(PLAYED, 0, 0), said(TERMINATED, 600, 600))
    assert spans(*early) == [(0, 600)]
    assert spans(*early, said(PAUSED, 60, 60)) == [(0, 60)]


def test_events_of_one_moment_are_read_in_the_order_of_their_verbs() -> None:
    """Section 2.2: initialized < played < {interacted, seeked} < paused < completed < terminated."""
    events = [
        said(TERMINATED, 60, 60),
        said(PAUSED, 60, 60),
        said(PLAYED, 60, 60, id_="z"),
        said(INITIALIZED, 60, id_="a"),
    ]
    assert list(VideoVerb) == sorted(VideoVerb)
    assert spans(*events, said(PAUSED, 90, 90)) == []
    assert spans(*events, said(PLAYED, 0, 0)) == [(0, 60)]
    assert spans(said(PAUSED, 60, 60, id_="a"), said(PLAYED, 0, 0), said(COMPLETED, 60, 60)) == [(0, 60)]


def test_two_sessions_at_once_are_folded_apart() -> None:
    events = (
        said(PLAYED, 0, 0, session="a"),
        said(PLAYED, 10, 100, session="b"),
        said(PAUSED, 60, 60, session="a"),
        said(PAUSED, 70, 160, session="b"),
    )
    assert sorted(spans(*events)) == [(0, 60), (10, 70)]


def test_two_videos_of_one_session_are_folded_apart() -> None:
    events = (
        said(PLAYED, 0, 0, activity="a"),
        said(PLAYED, 10, 0, activity="b"),
        said(PAUSED, 60, 60, activity="a"),
        said(PAUSED, 70, 60, activity="b"),
    )
    assert sorted(spans(*events)) == [(0, 60), (10, 70)]


def test_without_session_ids_the_events_of_an_activity_are_one_session() -> None:
    events = (
        said(PLAYED, 0, 0, session=None),
        said(PAUSED, 60, 60, session=None),
        said(INITIALIZED, 5_000, session=None),
        said(PLAYED, 5_000, 0, session=None),
        said(PAUSED, 5_030, 30, session=None),
    )
    assert spans(*events) == [(0, 60), (5_000, 5_030)]


def test_an_empty_session_id_is_no_session_id() -> None:
    events = (
        said(PLAYED, 0, 0, session=None),
        said(INTERACTED, 5, 5, session=""),
        said(PAUSED, 9, 9, session=None),
    )
    assert spans(*events) == [(0, 5), (5, 9)]


def test_a_repeated_event_changes_nothing() -> None:
    events = (said(PLAYED, 0, 0), said(PAUSED, 60, 60))
    assert spans(*events, *events) == [(0, 60)]


def test_a_tail_names_its_activity() -> None:
    (tail,) = watch_time("li", [said(PLAYED, 0, 0)]).tails
    assert tail == Tail(activity="v", start=0, end=30 * MINUTE)
    assert HOUR // 2 == TAIL_CAP


def test_no_events_are_no_watching() -> None:
    found = watch_time("li", [])
    assert (found.spans, found.tails) == ((), ())


@pytest.mark.parametrize("closing", [PAUSED, SEEKED, COMPLETED, TERMINATED])
def test_a_play_is_closed_by_what_comes_in_the_instant_of_the_next_play(closing: VideoVerb) -> None:
    """Clocks of whole seconds tell both at once, and the total order begins with the play."""
    events = (said(PLAYED, 0, 0), said(closing, 10, 10), said(PLAYED, 10, 10), said(PAUSED, 310, 310))
    assert spans(*events) == [(0, 10), (10, 310)]
    assert tails(*events) == []


def test_a_pause_a_jump_and_a_play_in_one_instant_prove_what_was_before_and_what_comes_after() -> None:
    jump = (said(PAUSED, 10, 10), said(SEEKED, 10, 10, to=100), said(PLAYED, 10, 100))
    events = (said(PLAYED, 0, 0), *jump, said(PAUSED, 310, 400))
    assert spans(*events) == [(0, 10), (10, 310)]
    assert content(*events) == [(0, 10), (100, 400)]
    assert tails(*events) == []


def test_a_new_beginning_in_the_instant_of_a_pause_leaves_what_the_pause_proves() -> None:
    events = (said(PLAYED, 0, 0), said(PAUSED, 10, 10), said(INITIALIZED, 10), said(PLAYED, 20, 0))
    assert spans(*events, said(PAUSED, 30, 10)) == [(0, 10), (20, 30)]


def test_what_is_told_twice_in_one_instant_proves_as_much_as_told_once() -> None:
    once = [said(PLAYED, 0, 0), said(PAUSED, 10, 10), said(PLAYED, 10, 10), said(PAUSED, 310, 310)]
    again = [event._replace(id=f"{event.id} again") for event in once]
    assert spans(*once, *again) == spans(*once)


def test_a_play_that_another_interrupts_stays_open_where_nothing_closes_it_in_that_instant() -> None:
    events = (said(PLAYED, 0, 0), said(PLAYED, 10, 10), said(PAUSED, 20, 20))
    assert spans(*events) == [(10, 20)]
    assert tails(*events) == [(0, 10)]


def test_a_play_and_a_pause_in_one_instant_prove_nothing_where_no_play_was_open() -> None:
    assert spans(said(PLAYED, 10, 10), said(PAUSED, 10, 10), said(PAUSED, 310, 310)) == []
