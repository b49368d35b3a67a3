"""Journals, topics and replies: every reading of domain rule A1 about them."""

from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.evidence import DueBasis, PostState, SubmissionState
from lms_scoring.domain.rules.count import Count
from lms_scoring.domain.rules.handed_in import Late
from lms_scoring.domain.rules.presence import Presence, Thing
from lms_scoring.domain.scorecard import CriterionState, Reason, Verdict
from tests.given import (
    DAY,
    DUE,
    END,
    START,
    card,
    decided,
    figure,
    figures,
    finding,
    journal,
    judgement,
    membership,
    replies,
    reply,
    result,
    scheme_of,
    scheme_with,
    topic,
    topics,
)


def journal_points(*records: ev.Record) -> Fraction:
    return result(card([membership(), *records]), "journal").points


def post_points(*records: ev.Record) -> Fraction:
    return result(card([membership(), *records]), "posts").points


def capped(*records: ev.Record, **settings: Any) -> Fraction:
    scheme = scheme_with("posts", **settings)
    return result(card([membership(), *records], scheme=scheme), "posts").points


# -- journals --------------------------------------------------------------------------------------


def test_one_journal_earns_all_its_points_and_none_earns_none() -> None:
    assert journal_points(journal()) == 20
    assert journal_points() == 0


def test_a_second_journal_earns_nothing_more() -> None:
    found = card([membership(), journal("a"), journal("b", at=DUE)])
    assert result(found, "journal").points == 20
    assert [one.points for one in result(found, "journal").findings] == [20, 0]
    assert figure(found, "journal", "journal") == 2


def test_an_unmarked_journal_is_final() -> None:
    assert result(card([membership(), journal()]), "journal").state is CriterionState.FINAL


@pytest.mark.parametrize("at", [START, END - 1])
def test_a_journal_needs_only_to_be_inside_the_window(at: int) -> None:
    assert journal_points(journal(at=at, opens_at=START + DAY, due_at=DUE)) == 20


@pytest.mark.parametrize("at", [START - 1, END])
def test_a_journal_outside_the_window_does_not_count(at: int) -> None:
    found = card([membership(), journal(at=at)])
    assert finding(found, "journal", "j").reason is Reason.OUTSIDE_WINDOW


def test_a_late_journal_counts_nothing_where_the_scheme_rejects_it() -> None:
    scheme = scheme_with("journal", late=Late.REJECT)
    late = card([membership(), journal(at=DUE + 1_000, due_at=DUE)], scheme=scheme)
    assert finding(late, "journal", "j").reason is Reason.LATE
    assert result(card([membership(), journal(at=DUE, due_at=DUE)], scheme=scheme), "journal").points == 20


def test_a_journal_names_the_deadline_it_was_held_to_and_no_other() -> None:
    late = replace(journal(at=DUE + 1_000, due_at=DUE), due_basis=DueBasis.CLASS)
    held = card([membership(), late], scheme=scheme_with("journal", late=Late.REJECT))
    free = card([membership(), late])
    for found, expected in ((held, (DUE, DueBasis.CLASS)), (free, (None, None))):
        judged = finding(found, "journal", "j")
        assert (judged.due_at, judged.due_basis) == expected


def test_a_journal_before_it_was_set_counts_nothing_where_the_scheme_rejects_it() -> None:
    scheme = scheme_with("journal", late=Late.REJECT)
    early = card([membership(), journal(at=START, opens_at=START + DAY)], scheme=scheme)
    assert finding(early, "journal", "j").reason is Reason.TOO_EARLY


def test_a_draft_of_a_journal_does_not_count() -> None:
    found = card([membership(), journal(state=SubmissionState.DRAFT)])
    assert finding(found, "journal", "j").reason is Reason.DRAFT


def test_a_copied_journal_that_somebody_voided_does_not_count() -> None:
    assert journal_points(journal(), decided(ev.Action.VOID, journal())) == 0


def test_a_journal_is_no_homework() -> None:
    assert result(card([membership(), journal()]), "homework").findings == ()


TWO = scheme_of((Presence(of=Thing.JOURNAL, needed=2), 9))


def test_a_journal_that_was_handed_in_twice_is_one() -> None:
    twice = [journal("a"), journal("b", at=DUE, attempt=1)]
    found = card([membership(), *twice], scheme=TWO)
    assert figure(found, "c0", "journal") == 1
    assert result(found, "c0").points == 0
    again = finding(found, "c0", "b")
    assert (again.verdict, again.reason) == (Verdict.REJECTED, Reason.ANOTHER_COUNTS)
    other = journal("c", at=DUE, activity="journal 2", attempt=1)
    assert result(card([membership(), *twice, other], scheme=TWO), "c0").points == 9


def test_of_a_journal_whose_first_attempt_does_not_count_the_next_one_does() -> None:
    first, second = journal("a"), journal("b", at=DUE, attempt=1)
    voided = decided(ev.Action.VOID, first)
    found = card([membership(), first, second, voided], scheme=TWO)
    assert finding(found, "c0", "b").verdict is Verdict.COUNTED
    assert figure(found, "c0", "journal") == 1


def test_entries_of_one_activity_are_journals_of_their_own_and_attempts_at_them_are_not() -> None:
    """Entries of a database are all first attempts; statements number the attempts at each of several."""
    entries = [journal("a"), journal("b", at=DUE)]
    assert figure(card([membership(), *entries], scheme=TWO), "c0", "journal") == 2
    attempts = [journal("c", at=DUE + 1, attempt=1), journal("d", at=DUE + 2, attempt=1)]
    assert figure(card([membership(), *entries, *attempts], scheme=TWO), "c0", "journal") == 2


def test_activities_of_two_platforms_with_the_same_number_are_two() -> None:
    one = replace(journal("a"), source="one")
    other = replace(journal("b", at=DUE, attempt=1), source="other")
    assert result(card([membership(), one, other], scheme=TWO), "c0").points == 9


@pytest.mark.parametrize(("count", "points"), [(0, 0), (1, 0), (2, 9), (3, 9)])
def test_several_journals_can_be_asked_for_and_share_the_points(count: int, points: int) -> None:
    scheme = scheme_of((Presence(of=Thing.JOURNAL, needed=2), 9))
    found = card([membership(), *(journal(f"j{n}", at=DUE + n) for n in range(count))], scheme=scheme)
    assert result(found, "c0").points == points
    half = Fraction(points, 2)
    assert [one.points for one in result(found, "c0").findings] == [half, half, Fraction(0)][:count]


def test_what_is_asked_for_is_what_is_needed_unless_it_says_otherwise() -> None:
    def asked(rule: Presence) -> int | None:
        return result(card([membership()], scheme=scheme_of((rule, 9))), "c0").figures[0].asked

    assert asked(Presence(of=Thing.JOURNAL, needed=2)) == 2
    assert asked(Presence(of=Thing.JOURNAL, asked=3)) == 3


# -- posts -----------------------------------------------------------------------------------------


def test_topics_and_replies_earn_a_point_each_up_to_twenty_together() -> None:
    assert post_points(*topics(3), *replies(4)) == 7
    assert post_points(*topics(12), *replies(15)) == 20


def test_twenty_replies_and_no_topic_are_twenty_points() -> None:
    assert post_points(*replies(20)) == 20
    assert post_points(*topics(30)) == 20


def test_a_topic_cap_leaves_the_replies() -> None:
    assert capped(*topics(15), *replies(3), topic_cap=Fraction(10)) == 13


def test_a_reply_cap_leaves_the_topics() -> None:
    assert capped(*topics(3), *replies(15), reply_cap=Fraction(10)) == 13


def test_both_caps_hold_at_once() -> None:
    assert capped(*topics(15), *replies(15), topic_cap=Fraction(6), reply_cap=Fraction(7)) == 13


def test_topics_and_replies_can_be_worth_different_points() -> None:
    assert capped(*topics(2), *replies(3), topic=Fraction(2), reply=Fraction(1, 2)) == Fraction(11, 2)


def test_posts_over_a_cap_are_named_with_what_they_still_earned() -> None:
    scheme = scheme_with("posts", topic=Fraction(2), topic_cap=Fraction(3))
    found = card([membership(), *(topic(f"t{n}", at=START + n) for n in range(3))], scheme=scheme)
    judged = result(found, "posts").findings
    assert [one.points for one in judged] == [2, 1, 0]
    assert [one.verdict for one in judged] == [Verdict.COUNTED, Verdict.PARTLY, Verdict.REJECTED]
    assert [one.reason for one in judged] == [None, Reason.OVER_CAP, Reason.OVER_CAP]


def test_the_earliest_posts_are_those_that_earn() -> None:
    posts = [topic(f"t{n:02}", at=END - 1 - n) for n in range(21)]
    found = card([membership(), *posts])
    assert finding(found, "posts", "t00").reason is Reason.OVER_CAP
    assert finding(found, "posts", "t20").points == 1


def test_the_figures_count_all_posts_that_count_even_over_the_cap() -> None:
    found = card([membership(), *topics(12), *replies(15)])
    assert figures(found, "posts") == {"topics": 12, "replies": 15}
    assert [one.asked for one in result(found, "posts").figures] == [10, 10]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (PostState.DELETED, Reason.DELETED),
        (PostState.FLOODING, Reason.FLOODING),
        (PostState.PRIVATE, Reason.PRIVATE),
    ],
)
def test_deleted_flooding_and_private_posts_count_for_nobody(state: PostState, reason: Reason) -> None:
    found = card([membership(), topic(state=state), reply()])
    judged = finding(found, "posts", "t")
    assert (judged.verdict, judged.reason, judged.points) == (Verdict.REJECTED, reason, Fraction(0))
    assert result(found, "posts").points == 1


def test_a_deleted_post_without_a_date_keeps_its_record() -> None:
    found = card([membership(), topic(at=None, state=PostState.DELETED)])
    assert finding(found, "posts", "t").reason is Reason.DELETED


@pytest.mark.parametrize("at", [START - 1, END])
def test_posts_outside_the_window_do_not_count(at: int) -> None:
    assert finding(card([membership(), topic(at=at)]), "posts", "t").reason is Reason.OUTSIDE_WINDOW


@pytest.mark.parametrize("at", [START, END - 1])
def test_posts_at_the_edges_of_the_window_count(at: int) -> None:
    assert post_points(topic(at=at)) == 1


def test_a_live_post_without_a_date_is_not_in_the_window() -> None:
    assert finding(card([membership(), topic(at=None)]), "posts", "t").reason is Reason.OUTSIDE_WINDOW


def test_a_reply_counts_though_its_topic_is_nowhere() -> None:
    assert post_points(reply(parent="of another course")) == 1


def test_a_learners_post_in_the_bulletin_forum_is_an_ordinary_post() -> None:
    assert post_points(topic(bulletin=True)) == 1


def test_a_post_that_vanished_at_its_source_does_not_count() -> None:
    assert finding(card([membership(), topic(gone_at=END)]), "posts", "t").reason is Reason.GONE


def test_a_voided_post_does_not_count_and_restoring_it_counts_again() -> None:
    void = decided(ev.Action.VOID, topic(), at=END, id_="1")
    restore = decided(ev.Action.RESTORE, topic(), at=END + 1, id_="2")
    voided = card([membership(), topic(), void])
    assert finding(voided, "posts", "t").reason is Reason.VOIDED
    assert post_points(topic(), void, restore) == 1


def test_restoring_lifts_a_finding_of_flooding() -> None:
    post = topic(state=PostState.FLOODING)
    assert post_points(post, decided(ev.Action.RESTORE, post)) == 1


@pytest.mark.parametrize("state", [PostState.DELETED, PostState.PRIVATE])
def test_restoring_lifts_nothing_but_flooding(state: PostState) -> None:
    post = topic(state=state)
    assert post_points(post, decided(ev.Action.RESTORE, post)) == 0


def test_restoring_does_not_bring_a_flooding_post_into_the_window() -> None:
    post = topic(at=END, state=PostState.FLOODING)
    assert post_points(post, decided(ev.Action.RESTORE, post)) == 0


def test_worthless_topics_count_and_earn_nothing() -> None:
    scheme = scheme_of((Count(topic=Fraction(0)), 20))
    found = card([membership(), topic(), reply()], scheme=scheme)
    assert judgement(finding(found, "c0", "t")) == (Verdict.COUNTED, None, None)
    assert finding(found, "c0", "t").points == 0
    assert result(found, "c0").points == 1
