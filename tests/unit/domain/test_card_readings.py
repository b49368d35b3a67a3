"""Cards as a whole: states, what an instant can know, how long a card holds, what it was read from."""

from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.dossier import dossiers
from lms_scoring.domain.evidence import Grade, MembershipStatus, Purpose, Role
from lms_scoring.domain.instants import HOUR, MINUTE
from lms_scoring.domain.scorecard import CardState, Reason, Verdict
from lms_scoring.domain.scoring import score, scorecards
from tests.given import (
    AFTER,
    CHEN,
    DAY,
    DUE,
    END,
    LI,
    START,
    WANG,
    card,
    decided,
    finding,
    homework,
    journal,
    main_scheme,
    membership,
    recommendation,
    reported,
    result,
    scheme_of,
    shipped,
    standing,
    topic,
    topics,
    tutor,
    unknown,
    watch,
)

# -- states ----------------------------------------------------------------------------------------

SEVENTY: list[ev.Record] = [membership(), watch(minutes=375), homework(), journal(), *topics(20)]


def test_exactly_at_the_pass_mark_is_passed() -> None:
    records: list[ev.Record] = [
        membership(),
        watch(minutes=900),
        homework(grade=Grade.PASS),
        journal(),
        *topics(4),
    ]
    found = card(records)
    assert standing(found) == (80, 80, CardState.PASS)
    assert found.passed


def test_a_millisecond_under_the_pass_mark_is_failed_though_it_reads_as_the_mark() -> None:
    short = watch(minutes=750 - Fraction(1, MINUTE))
    found = card([membership(), short, homework(grade=Grade.PASS), journal(), *topics(4)])
    assert found.state is CardState.FAIL
    assert not found.passed
    assert found.total == 80 - Fraction(40, 750 * MINUTE)


def test_before_the_window_closes_nobody_has_failed() -> None:
    assert card([membership()], as_of=END - 1).state is CardState.IN_PROGRESS
    assert card([membership()], as_of=END).state is CardState.FAIL
    assert card([membership()], as_of=START - DAY).state is CardState.IN_PROGRESS


def test_who_reached_the_mark_has_passed_while_the_window_is_open() -> None:
    records: list[ev.Record] = [membership(), watch(minutes=750), homework(grade=Grade.EXCELLENT), journal()]
    assert card(records, as_of=DUE).state is CardState.PASS


def test_in_progress_comes_before_pending() -> None:
    assert card(SEVENTY, as_of=END - 1).state is CardState.IN_PROGRESS


def test_who_marking_could_still_lift_to_the_mark_is_pending() -> None:
    assert standing(card(SEVENTY)) == (70, 80, CardState.PENDING)


def test_who_no_marking_can_lift_to_the_mark_has_failed() -> None:
    records: list[ev.Record] = [membership(), watch(minutes=374), homework(), journal(), *topics(20)]
    assert card(records).state is CardState.FAIL


def test_withdrawn_learners_keep_record_and_score() -> None:
    withdrawn = membership(status=MembershipStatus.WITHDRAWN)
    assert card([withdrawn, *SEVENTY[1:]]).total == 70


def test_cards_are_ordered_by_role_class_and_person() -> None:
    records: list[ev.Record] = [
        tutor("a"),
        membership("z"),
        membership("b", class_="class 0"),
        membership("c"),
        membership("n", class_=None),
    ]
    cards = scorecards(main_scheme(), records, as_of=AFTER)
    assert [one.person for one in cards] == ["n", "b", "c", "z", "a"]


def test_a_role_that_the_scheme_does_not_score_has_no_card() -> None:
    scheme = shipped("prefecture-three-bands").scheme
    assert [one.role for one in scorecards(scheme, [tutor(), membership()], as_of=AFTER)] == [Role.LEARNER]
    (dossier,) = dossiers([tutor()], as_of=AFTER)
    with pytest.raises(KeyError):
        score(scheme, dossier)


def test_a_persons_record_alone_is_no_card() -> None:
    people = [ev.Person(id=LI, name="Li", gone_at=AFTER + 1)]
    assert scorecards(main_scheme(), people, as_of=AFTER) == []
    assert card([*people, membership()]) == card([membership()])


def test_two_classes_of_one_learner_are_two_cards() -> None:
    records: list[ev.Record] = [membership(), membership(class_="class 2"), topic()]
    cards = scorecards(main_scheme(), records, as_of=AFTER)
    assert [(one.class_, one.total == 1) for one in cards] == [("class 1", True), ("class 2", True)]


@pytest.mark.parametrize("former", ["a", "z"])
def test_a_group_made_again_under_its_name_is_one_place_with_one_card(former: str) -> None:
    left = replace(membership(status=MembershipStatus.WITHDRAWN), id=former)
    again = replace(membership(), id="m")
    for records in ([left, again], [again, left]):
        (dossier,) = dossiers(records, as_of=AFTER)
        assert (dossier.membership, dossier.also) == (again, (left,))
    (both,) = scorecards(main_scheme(), [left, again, topic()], as_of=AFTER)
    assert both.total == 1
    assert both.evidence != card([again, topic()]).evidence


def test_a_membership_that_is_gone_speaks_for_nobody_who_has_another() -> None:
    gone, here = replace(membership(gone_at=END), id="z"), replace(membership(), id="a")
    (dossier,) = dossiers([gone, here], as_of=AFTER)
    assert dossier.membership == here


def test_of_several_memberships_alike_the_last_speaks_for_the_place() -> None:
    (dossier,) = dossiers([replace(membership(), id=id_) for id_ in "bca"], as_of=AFTER)
    assert (dossier.membership.id, [one.id for one in dossier.also]) == ("c", ["b", "a"])


def test_no_class_and_a_class_without_a_name_are_two_places() -> None:
    cards = scorecards(main_scheme(), [membership(class_=""), membership(class_=None)], as_of=AFTER)
    assert [one.class_ for one in cards] == [None, ""]


def test_a_course_without_classes_is_one_class() -> None:
    records: list[ev.Record] = [tutor(class_=None), membership(class_=None), homework(grade=Grade.PASS)]
    assert result(card(records, role=Role.TUTOR), "marking").points == 40


# -- bands -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("seconds", "posts", "band", "state"),
    [
        (36_000, 20, "pass", CardState.PASS),
        (36_000, 10, "pass", CardState.PASS),
        (35_999, 10, "fail", CardState.FAIL),
        (0, 0, "fail", CardState.FAIL),
    ],
)
def test_bands_begin_exactly_at_their_mark(seconds: int, posts: int, band: str, state: CardState) -> None:
    records: list[ev.Record] = [membership(), watch(minutes=Fraction(seconds, 60)), *topics(posts)]
    found = card(records, scheme=shipped("prefecture-three-bands").scheme)
    assert (found.band, found.state) == (band, state)


@pytest.mark.parametrize(
    ("total", "band"), [(100, "excellent"), (90, "excellent"), (Fraction(8999, 100), "good"), (80, "good")]
)
def test_the_highest_band_that_is_reached_holds_whatever_their_order(
    total: Fraction | int, band: str
) -> None:
    rules = shipped("prefecture-three-bands").scheme.roles[Role.LEARNER]
    assert rules.band_of(Fraction(total)) == band
    assert replace(rules, bands=rules.bands[::-1]).band_of(Fraction(total)) == band


def test_below_the_lowest_band_there_is_none() -> None:
    rules = shipped("prefecture-three-bands").scheme.roles[Role.LEARNER]
    assert replace(rules, bands=rules.bands[1:]).band_of(Fraction(59)) is None
    assert card([membership()]).band is None


def test_the_sum_is_converted_to_the_total_the_scheme_names() -> None:
    scheme = shipped("prefecture-three-bands").scheme
    rules = replace(scheme.roles[Role.LEARNER], scaled_to=Fraction(10))
    found = card([membership(), *topics(7)], scheme=replace(scheme, roles={Role.LEARNER: rules}))
    assert (found.total, found.out_of) == (Fraction(7, 10), Fraction(10))
    assert result(found, "posts").points == 7


# -- what an instant can know ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("record", "criterion", "at"),
    [
        (watch(start=DUE), "study_time", DUE + 1),
        (reported(start=DUE), "study_time", DUE),
        (journal(at=DUE), "journal", DUE),
        (homework(at=DUE), "homework", DUE),
        (topic(at=DUE), "posts", DUE),
    ],
)
def test_evidence_dated_later_is_left_out(record: ev.Record, criterion: str, at: int) -> None:
    before, then = (card([membership(), record], as_of=instant) for instant in (at - 1, at))
    assert result(before, criterion).points == 0
    assert result(then, criterion).points > 0


def test_evidence_dated_later_leaves_no_finding() -> None:
    assert result(card([membership(), topic(at=DUE)], as_of=DUE - 1), "posts").findings == ()


def test_a_mark_given_later_is_not_known_yet() -> None:
    marked = homework(grade=Grade.GOOD, graded_at=END)
    assert result(card([membership(), marked], as_of=END - 1), "homework").points == 10
    assert result(card([membership(), marked], as_of=END), "homework").points == 18
    assert finding(card([membership(), marked], as_of=END - 1), "homework", "h").reason is Reason.UNMARKED


def test_a_mark_in_points_given_later_is_not_known_yet() -> None:
    marked = homework(points=Fraction(5), max_points=Fraction(9), graded_at=END)
    records: list[ev.Record] = [tutor(), membership(), marked]
    assert result(card(records, role=Role.TUTOR, as_of=END - 1), "marking").points == 0
    assert result(card(records, role=Role.TUTOR, as_of=END), "marking").points == 40


def test_what_is_gone_is_gone_whatever_the_clock_said_when_that_was_noticed() -> None:
    gone = topic(gone_at=END)
    for as_of in (END - 1, END):
        assert finding(card([membership(), gone], as_of=as_of), "posts", "t").reason is Reason.GONE
    assert card([membership(), gone], as_of=START).valid_until == END


def test_so_is_a_membership() -> None:
    records: list[ev.Record] = [tutor(), membership(gone_at=END), homework()]
    assert result(card(records, role=Role.TUTOR, as_of=END - 1), "marking").could_become == 0


def test_a_recommendation_made_later_is_not_known_yet() -> None:
    records: list[ev.Record] = [tutor(), membership(), homework(), recommendation(at=END)]
    assert result(card(records, role=Role.TUTOR, as_of=END - 1), "recommending").points == 0
    assert result(card(records, role=Role.TUTOR, as_of=END), "recommending").points == 20


def test_drafts_and_deleted_posts_without_a_date_are_always_known() -> None:
    draft = homework(at=None, state=ev.SubmissionState.DRAFT)
    deleted = topic(at=None, state=ev.PostState.DELETED)
    found = card([membership(), draft, deleted], as_of=START)
    assert finding(found, "homework", "h").reason is Reason.DRAFT
    assert finding(found, "posts", "t").reason is Reason.DELETED


# -- how long a card holds -------------------------------------------------------------------------


def test_a_card_holds_until_the_next_edge_of_the_window() -> None:
    assert card([membership()], as_of=START - 1).valid_until == START
    assert card([membership()], as_of=START).valid_until == END
    assert card([membership()], as_of=END).valid_until is None


@pytest.mark.parametrize(
    ("record", "until"),
    [
        (watch(start=DUE, minutes=1), DUE),
        (watch(start=DUE - 2 * MINUTE, minutes=3), DUE + MINUTE),
        (reported(start=DUE), DUE),
        (homework(at=DUE), DUE),
        (homework(at=START, grade=Grade.PASS, graded_at=DUE), DUE),
        (topic(at=DUE), DUE),
        (decided(ev.Action.EXEMPT, "journal", at=DUE), DUE),
    ],
)
def test_a_card_holds_until_evidence_dated_later_has_happened(record: ev.Record, until: int) -> None:
    assert card([membership(), record], as_of=DUE - 1).valid_until == until


def test_a_card_holds_until_the_earliest_of_what_is_still_to_come() -> None:
    records: list[ev.Record] = [
        membership(),
        topic("a", at=DUE),
        topic("b", at=DUE + 1),
        topic("c", at=DUE - 1),
    ]
    assert card(records, as_of=START).valid_until == DUE - 1
    assert card(records, as_of=DUE).valid_until == DUE + 1
    assert card(records, as_of=DUE + 1).valid_until == END


def test_somebody_elses_future_does_not_end_a_card() -> None:
    records: list[ev.Record] = [membership(), membership("zhao"), topic(at=DUE, person="zhao")]
    assert card(records, as_of=START, person=LI).valid_until == END
    assert card(records, as_of=START, person="zhao").valid_until == DUE


def test_a_tutors_card_holds_until_the_classs_future_evidence() -> None:
    records: list[ev.Record] = [
        tutor(),
        tutor(CHEN),
        membership(),
        homework(at=DUE),
        recommendation(at=DUE - 1),
    ]
    assert card(records, as_of=START, role=Role.TUTOR, person=WANG).valid_until == DUE - 1
    assert card(records, as_of=START, role=Role.TUTOR, person=CHEN).valid_until == DUE


def test_evidence_dated_after_the_window_can_end_a_card_too() -> None:
    marked = homework(grade=Grade.PASS, graded_at=AFTER + HOUR)
    assert card([membership(), marked]).valid_until == AFTER + HOUR


# -- what a card was read from ---------------------------------------------------------------------


def fingerprint(*records: ev.Record, role: Role = Role.LEARNER) -> str:
    return card(records, role=role).evidence


def test_the_evidence_fingerprint_changes_with_any_record_the_card_reads() -> None:
    plain: list[ev.Record] = [
        membership(),
        watch(),
        reported(),
        homework(),
        topic(),
        unknown(),
        decided(ev.Action.VOID, topic()),
    ]
    prints = {fingerprint(*plain)}
    for number in range(1, len(plain)):
        prints.add(fingerprint(*plain[:number], *plain[number + 1 :]))
    assert len(prints) == len(plain)


def test_what_vanished_is_different_evidence() -> None:
    assert fingerprint(membership(), topic()) != fingerprint(membership(), topic(gone_at=END))


def test_somebody_elses_evidence_is_not_in_the_fingerprint() -> None:
    own: list[ev.Record] = [membership(), topic()]
    assert (
        fingerprint(*own) == card([*own, membership("zhao"), topic("z", person="zhao")], person=LI).evidence
    )


def test_the_card_names_scheme_and_instant() -> None:
    found = card([membership()])
    assert found.scheme == main_scheme().fingerprint
    assert (found.as_of, found.out_of, found.pass_mark) == (AFTER, Fraction(100), Fraction(80))


def test_a_tutors_fingerprint_covers_the_class() -> None:
    base: list[ev.Record] = [
        tutor(),
        membership(),
        homework(),
        recommendation(),
        decided(ev.Action.VOID, journal()),
    ]
    withdrawn = membership(status=MembershipStatus.WITHDRAWN)
    prints = [
        fingerprint(*base, role=Role.TUTOR),
        fingerprint(tutor(), withdrawn, *base[2:], role=Role.TUTOR),
        *(fingerprint(*base[:n], *base[n + 1 :], role=Role.TUTOR) for n in range(2, len(base))),
    ]
    assert len(set(prints)) == len(prints)


# -- order and repetition --------------------------------------------------------------------------


def test_a_record_said_twice_counts_once() -> None:
    records: list[ev.Record] = [membership(), watch(), reported(), homework(), journal(), topic()]
    assert scorecards(main_scheme(), [*records, *records], as_of=AFTER) == [card(records)]


# -- what could not be read ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("about", "criterion"),
    [
        (Purpose.STUDY_TIME, "study_time"),
        (Purpose.HOMEWORK, "homework"),
        (Purpose.JOURNAL, "journal"),
        (Purpose.POSTS, "posts"),
    ],
)
def test_what_could_not_be_read_is_shown_where_it_would_count(about: Purpose, criterion: str) -> None:
    found = card([membership(), unknown(about=about)])
    judged = finding(found, criterion, "u")
    assert (judged.kind, judged.verdict, judged.reason) == ("unknown", Verdict.UNKNOWN, Reason.UNREADABLE)
    assert (judged.note, judged.activity) == ("no access", "scorm 1")
    assert sum(len(one.findings) for one in found.criteria) == 1


@pytest.mark.parametrize(
    ("about", "criteria"),
    [
        (Purpose.BULLETINS, ["discussion", "bulletins"]),
        (Purpose.POSTS, ["discussion"]),
        (Purpose.HOMEWORK, ["marking"]),
    ],
)
def test_a_tutors_unreadable_things_are_shown_where_they_would_count(
    about: Purpose, criteria: list[str]
) -> None:
    found = card([tutor(), unknown(person=WANG, about=about)], role=Role.TUTOR)
    assert [one.id for one in found.criteria if one.findings] == criteria


def test_an_unknown_of_no_stated_purpose_is_shown_by_its_activity_and_at_study_time() -> None:
    found = card([membership(), topic(), unknown(activity="forum")])
    assert [one.id for one in found.criteria if any(f.id == "u" for f in one.findings)] == [
        "study_time",
        "posts",
    ]


def test_an_unknown_of_no_stated_purpose_is_shown_everywhere_where_no_time_is_scored() -> None:
    found = card([tutor(), unknown(person=WANG)], role=Role.TUTOR)
    assert [one.id for one in found.criteria if one.findings] == ["marking", "discussion", "bulletins"]


def test_an_unknown_of_a_purpose_that_is_not_scored_is_not_shown() -> None:
    rules = main_scheme().roles[Role.LEARNER].criteria[3]
    found = card([membership(), unknown(about=Purpose.STUDY_TIME)], scheme=scheme_of((rules.rule, 20)))
    assert result(found, "c0").findings == ()


@pytest.mark.parametrize("settled", [True, False])
def test_an_unknown_that_is_gone_or_settled_is_not_shown(settled: bool) -> None:
    thing = unknown(about=Purpose.HOMEWORK)
    records: list[ev.Record] = (
        [thing, decided(ev.Action.VOID, thing)] if settled else [replace(thing, gone_at=END)]
    )
    assert result(card([membership(), *records]), "homework").findings == ()


def test_somebody_elses_unknown_is_not_shown() -> None:
    records: list[ev.Record] = [
        membership(),
        membership("zhao"),
        unknown(person="zhao", about=Purpose.JOURNAL),
    ]
    assert result(card(records, person=LI), "journal").findings == ()


def test_points_are_at_least_so_much_where_something_could_not_be_read() -> None:
    records: list[ev.Record] = [
        membership(),
        topic(),
        unknown("u1", about=Purpose.HOMEWORK),
        unknown("u2", about=Purpose.HOMEWORK),
        unknown("u3", about=Purpose.JOURNAL),
    ]
    found = card(records)
    assert [one.unknowns for one in found.criteria] == [0, 2, 1, 0]
    assert [one.is_at_least for one in found.criteria] == [False, True, True, False]
    assert found.is_at_least
    assert not card(records[:2]).is_at_least


def test_all_the_points_of_a_criterion_are_not_at_least_so_much() -> None:
    found = card([membership(), journal(), unknown(about=Purpose.JOURNAL)])
    assert (result(found, "journal").unknowns, result(found, "journal").is_at_least) == (1, False)
    assert not found.is_at_least


@pytest.mark.parametrize(
    "decision",
    [
        decided(ev.Action.VOID, unknown()),
        decided(ev.Action.EXEMPT, "homework"),
        decided(ev.Action.OVERRIDE, "homework", points=3),
    ],
)
def test_a_decision_settles_what_could_not_be_read(decision: ev.Decision) -> None:
    found = card([membership(), unknown(about=Purpose.HOMEWORK), decision])
    assert result(found, "homework").unknowns == 0
    assert not found.is_at_least


def test_a_decision_about_another_criterion_settles_nothing() -> None:
    exempt = decided(ev.Action.EXEMPT, "journal")
    assert result(card([membership(), unknown(about=Purpose.HOMEWORK), exempt]), "homework").unknowns == 1
