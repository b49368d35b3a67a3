"""Tutors: marking, discussion, bulletins and recommending, by every reading of domain rule A2."""

from dataclasses import replace
from fractions import Fraction

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain.dossier import dossiers
from lms_scoring.domain.evidence import Grade, MembershipStatus, PostState, Purpose, Role, SubmissionState
from lms_scoring.domain.intervals import Span
from lms_scoring.domain.rules.reach import Reach
from lms_scoring.domain.scorecard import CardState, CriterionState, Finding, Reason, Scorecard, Verdict
from lms_scoring.domain.scoring import scorecards
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
    figure,
    figures,
    finding,
    homework,
    journal,
    main_scheme,
    membership,
    recommendation,
    replies,
    reply,
    result,
    scheme_with,
    standing,
    topic,
    topics,
    tutor,
    unknown,
)

ZHAO = "zhao"


def tutors(*records: ev.Record, person: str = WANG) -> Scorecard:
    """The tutor's card of a class of one learner, Li."""
    return card([tutor(), membership(), *records], role=Role.TUTOR, person=person)


def marking(*records: ev.Record) -> Fraction:
    return result(tutors(*records), "marking").points


def judged(criterion: str, id_: str, *records: ev.Record) -> Finding:
    return finding(tutors(*records), criterion, id_)


# -- marking ---------------------------------------------------------------------------------------


def test_everything_marked_earns_all_forty() -> None:
    assert marking(homework(grade=Grade.FAIL)) == 40


def test_one_unmarked_piece_leaves_nothing_and_is_pending() -> None:
    found = tutors(homework("a", Grade.PASS), homework("b", activity="homework 2"))
    criterion = result(found, "marking")
    assert standing(criterion) == (0, 40, CriterionState.PENDING)
    assert finding(found, "marking", "b").reason is Reason.UNMARKED
    assert figures(found, "marking") == {"handed_in": 2, "marked": 1}


def test_nothing_handed_in_yet_is_nothing_marked_yet_and_final() -> None:
    found = result(tutors(), "marking")
    assert standing(found) == (0, 0, CriterionState.FINAL)
    assert found.figures[0].value == 0


def test_the_duty_is_one_hundred_percent_of_every_learners_work() -> None:
    other = membership(ZHAO)
    theirs = homework("z", person=ZHAO)
    assert marking(homework(grade=Grade.PASS), other, theirs) == 0
    assert marking(homework(grade=Grade.PASS), other, homework("z", Grade.GOOD, person=ZHAO)) == 40


def test_the_points_are_shared_among_the_works_of_the_duty() -> None:
    found = tutors(homework("a", Grade.PASS), homework("b", Grade.PASS, activity="homework 2"))
    assert [one.points for one in result(found, "marking").findings] == [20, 20]


def test_late_work_is_part_of_the_duty() -> None:
    assert marking(homework(grade=Grade.PASS), homework("b", at=DUE + DAY, activity="homework 2")) == 0


@pytest.mark.parametrize("at", [START - 1, END])
def test_work_handed_in_outside_the_window_is_not_part_of_the_duty(at: int) -> None:
    outside = homework("b", at=at, activity="homework 2")
    assert marking(homework(grade=Grade.PASS), outside) == 40


def test_a_mark_counts_whenever_it_is_given() -> None:
    assert marking(homework(grade=Grade.PASS, graded_at=END + 1)) == 40


def test_a_mark_in_points_is_a_mark() -> None:
    assert marking(homework(points=Fraction(0), max_points=Fraction(100))) == 40


def test_a_mark_that_means_nothing_to_the_scheme_is_a_mark_for_whoever_gave_it() -> None:
    strange = homework(graded_at=DUE)
    assert marking(strange) == 40
    assert marking(homework(graded_at=AFTER + 1)) == 0
    learners = card([membership(), strange])
    assert finding(learners, "homework", "h").reason is Reason.NO_GRADE_MEANING
    assert result(learners, "homework").state is CriterionState.PENDING


def test_only_the_latest_attempt_of_a_learner_and_activity_must_be_marked() -> None:
    old, new = homework("a"), homework("b", Grade.PASS, attempt=1, at=DUE)
    assert marking(old, new) == 40
    assert marking(homework("a", Grade.PASS), homework("b", attempt=1, at=DUE)) == 0


def test_a_newer_draft_does_not_hide_the_attempt_that_must_be_marked() -> None:
    draft = homework("b", attempt=1, at=None, state=SubmissionState.DRAFT)
    assert marking(homework("a", Grade.PASS), draft) == 40
    assert marking(homework("a"), draft) == 0


def test_works_of_two_platforms_whose_activities_have_the_same_number_are_two() -> None:
    unmarked = replace(homework("a/1"), source="a")
    marked = replace(homework("b/1", Grade.PASS, at=DUE), source="b")
    found = tutors(unmarked, marked)
    assert figures(found, "marking") == {"handed_in": 2, "marked": 1}
    assert result(found, "marking").points == 0


def test_drafts_and_journals_need_no_marking() -> None:
    assert (
        marking(
            homework(grade=Grade.PASS),
            journal(),
            homework("d", at=None, activity="2", state=SubmissionState.DRAFT),
        )
        == 40
    )


def test_work_of_withdrawn_learners_needs_no_marking() -> None:
    withdrawn = membership(ZHAO, status=MembershipStatus.WITHDRAWN)
    assert marking(homework(grade=Grade.PASS), withdrawn, homework("z", person=ZHAO)) == 40


def test_work_of_a_learner_whose_membership_is_gone_needs_no_marking() -> None:
    gone = membership(ZHAO, gone_at=END)
    assert marking(homework(grade=Grade.PASS), gone, homework("z", person=ZHAO)) == 40


def test_work_of_another_class_needs_no_marking() -> None:
    other = membership(ZHAO, class_="class 2")
    assert marking(homework(grade=Grade.PASS), other, homework("z", person=ZHAO)) == 40


def test_voided_work_needs_no_marking() -> None:
    copied = homework("b", activity="homework 2")
    assert marking(homework(grade=Grade.PASS), copied, decided(ev.Action.VOID, copied)) == 40


def test_several_tutors_of_one_class_each_have_the_whole_duty() -> None:
    records: list[ev.Record] = [tutor(CHEN), homework(grade=Grade.PASS)]
    for person in (WANG, CHEN):
        assert result(tutors(*records, person=person), "marking").points == 40


def test_a_tutor_of_two_classes_has_a_card_for_each() -> None:
    records: list[ev.Record] = [tutor(), tutor(class_="class 2"), membership(), homework(grade=Grade.PASS)]
    cards = [one for one in scorecards(main_scheme(), records, as_of=AFTER) if one.role is Role.TUTOR]
    assert [one.class_ for one in cards] == ["class 1", "class 2"]
    assert [result(one, "marking").points for one in cards] == [40, 0]


def test_forty_more_points_that_would_lift_a_tutor_leave_the_card_pending() -> None:
    found = tutors(homework(), *topics(10, person=WANG), *replies(10, person=WANG))
    assert standing(found) == (20, 60, CardState.PENDING)


def test_forty_more_points_that_would_not_lift_a_tutor_leave_the_card_failed() -> None:
    found = tutors(homework(), *topics(10, person=WANG), *replies(9, person=WANG))
    assert standing(found) == (19, 59, CardState.FAIL)


def test_a_learners_unreadable_homework_makes_marking_at_least_what_is_known() -> None:
    records: list[ev.Record] = [membership(ZHAO), unknown(person=ZHAO, about=Purpose.HOMEWORK)]
    criterion = result(tutors(homework(), *records), "marking")
    assert standing(criterion) == (0, 40, CriterionState.PENDING)
    assert (criterion.unknowns, criterion.is_at_least) == (1, True)
    shown = finding(tutors(homework(), *records), "marking", "u")
    assert (shown.verdict, shown.person, shown.activity) == (Verdict.UNKNOWN, ZHAO, "scorm 1")
    nothing_else = tutors(*records)
    assert figures(nothing_else, "marking") == {"handed_in": 0, "marked": 0}
    assert nothing_else.is_at_least


def test_what_could_not_be_read_is_neither_due_nor_marked() -> None:
    found = tutors(homework(grade=Grade.PASS), unknown(about=Purpose.HOMEWORK))
    assert standing(result(found, "marking")) == (40, 40, CriterionState.FINAL)
    assert figures(found, "marking") == {"handed_in": 1, "marked": 1}


def test_what_a_learner_wrote_without_a_purpose_may_be_homework_where_homework_came_from() -> None:
    same, other = unknown("same", "homework 1"), unknown("other", "homework 2")
    shown = result(tutors(homework(grade=Grade.PASS), same, other), "marking").findings
    assert [one.id for one in shown] == ["h", "same"]


@pytest.mark.parametrize(
    "records",
    [
        [unknown(about=Purpose.JOURNAL)],
        [replace(unknown(about=Purpose.HOMEWORK), gone_at=END)],
        [unknown(about=Purpose.HOMEWORK), decided(ev.Action.VOID, unknown())],
        [membership(ZHAO, status=MembershipStatus.WITHDRAWN), unknown(person=ZHAO, about=Purpose.HOMEWORK)],
        [membership(ZHAO, class_="class 2"), unknown(person=ZHAO, about=Purpose.HOMEWORK)],
    ],
    ids=["another purpose", "gone", "settled", "withdrawn", "another class"],
)
def test_what_is_nobodys_duty_is_not_missing_from_it(records: list[ev.Record]) -> None:
    assert result(tutors(*records), "marking").findings == ()


def test_only_marking_misses_what_the_class_did() -> None:
    found = tutors(homework(), unknown(about=Purpose.HOMEWORK), unknown("v", about=Purpose.POSTS))
    assert [one.unknowns for one in found.criteria] == [1, 0, 0, 0]


def test_whoever_guides_and_learns_in_a_class_sees_what_could_not_be_read_once() -> None:
    own = unknown(person=WANG, about=Purpose.HOMEWORK)
    shown = result(tutors(membership(WANG), own), "marking").findings
    assert [(one.id, one.person) for one in shown] == [("u", None)]


def test_what_could_not_be_read_of_the_class_is_evidence_of_the_tutors_card() -> None:
    assert tutors(unknown(about=Purpose.HOMEWORK)).evidence != tutors().evidence
    assert tutors(unknown(about=Purpose.JOURNAL)).evidence == tutors().evidence


# -- discussion and bulletins ----------------------------------------------------------------------


def test_a_tutors_posts_count_a_point_each_up_to_twenty() -> None:
    assert result(tutors(*topics(4, person=WANG), *replies(5, person=WANG)), "discussion").points == 9
    assert result(tutors(*topics(25, person=WANG)), "discussion").points == 20


def test_a_learners_posts_are_not_the_tutors() -> None:
    found = tutors(*topics(4), topic("b", bulletin=True))
    assert result(found, "discussion").points == 0
    assert result(found, "bulletins").points == 0


def test_a_bulletin_earns_all_its_points_and_is_not_counted_again_as_discussion() -> None:
    found = tutors(topic("b", person=WANG, bulletin=True))
    assert result(found, "bulletins").points == 20
    assert result(found, "discussion").points == 0
    assert finding(found, "discussion", "b").reason is Reason.COUNTS_AS_BULLETIN


def test_a_tutors_reply_in_the_bulletin_forum_is_discussion() -> None:
    found = tutors(reply("b", person=WANG, bulletin=True))
    assert result(found, "bulletins").findings == ()
    assert result(found, "discussion").points == 1


def test_bulletins_count_again_as_discussion_where_the_scheme_says_so() -> None:
    scheme = scheme_with("discussion", role=Role.TUTOR, without_bulletins=False)
    records: list[ev.Record] = [tutor(), topic("b", person=WANG, bulletin=True)]
    assert result(card(records, role=Role.TUTOR, scheme=scheme), "discussion").points == 1


@pytest.mark.parametrize("state", [PostState.DELETED, PostState.FLOODING, PostState.PRIVATE])
def test_only_a_live_topic_is_a_bulletin(state: PostState) -> None:
    assert result(tutors(topic("b", person=WANG, bulletin=True, state=state)), "bulletins").points == 0


def test_a_bulletin_outside_the_window_does_not_count() -> None:
    outside = topic("b", person=WANG, bulletin=True, at=END)
    assert judged("bulletins", "b", outside).reason is Reason.OUTSIDE_WINDOW
    assert judged("discussion", "b", outside).reason is Reason.OUTSIDE_WINDOW


def test_a_topic_of_another_forum_is_no_bulletin() -> None:
    assert result(tutors(topic(person=WANG)), "bulletins").findings == ()


def test_two_bulletins_earn_no_more_than_one() -> None:
    found = tutors(*(topic(f"b{n}", person=WANG, bulletin=True) for n in range(2)))
    assert result(found, "bulletins").points == 20
    assert figure(found, "bulletins", "bulletin") == 2


# -- recommending ----------------------------------------------------------------------------------


@pytest.mark.parametrize("grade", [None, Grade.FAIL, Grade.EXCELLENT])
def test_one_recommended_work_earns_all_its_points_whatever_its_mark(grade: Grade | None) -> None:
    assert result(tutors(homework(grade=grade), recommendation()), "recommending").points == 20


def test_what_could_not_be_read_changes_nothing_of_what_was_recommended_here() -> None:
    rule = next(one for one in main_scheme().roles[Role.TUTOR].criteria if one.id == "recommending").rule
    records: list[ev.Record] = [membership(), tutor(), homework(), recommendation()]
    (dossier,) = (one for one in dossiers(records, as_of=AFTER) if one.membership.role is Role.TUTOR)
    reached = rule.reach(dossier, [unknown()], window=Span(start=START, end=END), most=Fraction(20))
    assert reached == Reach.exactly(Fraction(20))


def test_nothing_recommended_earns_nothing() -> None:
    assert result(tutors(homework()), "recommending").points == 0


def test_a_journal_can_be_recommended() -> None:
    assert result(tutors(journal(), recommendation(submission="j")), "recommending").points == 20


def test_a_late_work_can_be_recommended() -> None:
    found = tutors(homework(at=DUE + DAY), recommendation())
    assert result(found, "recommending").points == 20


def test_a_work_of_a_withdrawn_learner_can_be_recommended() -> None:
    withdrawn = membership(ZHAO, status=MembershipStatus.WITHDRAWN)
    found = tutors(withdrawn, homework("z", person=ZHAO), recommendation(submission="z"))
    assert result(found, "recommending").points == 20


def test_another_tutors_recommendation_is_theirs_alone() -> None:
    records: list[ev.Record] = [tutor(CHEN), homework(), recommendation(by=CHEN)]
    assert result(tutors(*records), "recommending").points == 0
    assert result(tutors(*records, person=CHEN), "recommending").points == 20


def test_a_work_of_another_class_cannot_be_recommended() -> None:
    other = membership(ZHAO, class_="class 2")
    records = (other, homework("z", person=ZHAO), recommendation(submission="z"))
    assert judged("recommending", "rec", *records).reason is Reason.OTHER_CLASS


def test_a_work_that_is_nowhere_cannot_be_recommended() -> None:
    assert judged("recommending", "rec", recommendation()).reason is Reason.OTHER_CLASS


def test_a_work_of_an_unbound_activity_cannot_be_recommended() -> None:
    assert judged("recommending", "rec", homework(task=None), recommendation()).reason is Reason.OTHER_CLASS


@pytest.mark.parametrize("made", ["homework", "journal"])
def test_the_own_work_earns_nothing_for_who_learns_and_guides_in_one_class(made: str) -> None:
    own = homework("w", person=WANG) if made == "homework" else journal("w", person=WANG)
    found = tutors(membership(WANG), own, recommendation(submission="w"))
    rejected = finding(found, "recommending", "rec")
    assert (rejected.verdict, rejected.reason) == (Verdict.REJECTED, Reason.OWN_WORK)
    assert standing(result(found, "recommending")) == (0, 0, CriterionState.FINAL)
    assert figure(found, "recommending", "recommended") == 0


def test_beside_the_own_work_another_s_counts_and_earns_the_points() -> None:
    own, theirs = recommendation("own", "w", at=DUE), recommendation("theirs", at=DUE + 1)
    found = tutors(membership(WANG), homework("w", person=WANG), homework(), own, theirs)
    assert finding(found, "recommending", "own").reason is Reason.OWN_WORK
    assert finding(found, "recommending", "theirs").points == result(found, "recommending").points == 20


def test_the_own_work_may_be_recommended_by_another_tutor() -> None:
    records: list[ev.Record] = [tutor(CHEN), membership(WANG), homework("w", person=WANG)]
    found = tutors(*records, recommendation(submission="w", by=CHEN), person=CHEN)
    assert result(found, "recommending").points == 20


def test_an_own_work_s_recommendation_that_was_restored_earns_nothing_either() -> None:
    own = recommendation(submission="w")
    restored = decided(ev.Action.RESTORE, own, person=WANG)
    found = tutors(membership(WANG), homework("w", person=WANG), own, restored)
    assert finding(found, "recommending", "rec").reason is Reason.OWN_WORK


@pytest.mark.parametrize(
    ("work", "reason"),
    [
        (homework(at=None, state=SubmissionState.DRAFT), Reason.DRAFT),
        (homework(at=END), Reason.OUTSIDE_WINDOW),
        (homework(gone_at=END), Reason.GONE),
    ],
)
def test_a_work_that_was_not_handed_in_cannot_be_recommended(work: ev.Submission, reason: Reason) -> None:
    assert judged("recommending", "rec", work, recommendation()).reason is reason


def test_a_recommendation_after_the_window_counts() -> None:
    assert result(tutors(homework(), recommendation(at=END + 1)), "recommending").points == 20


def test_one_work_recommended_twice_counts_once() -> None:
    found = tutors(homework(), recommendation("b", at=DUE), recommendation("a", at=DUE + 1))
    assert figure(found, "recommending", "recommended") == 1
    assert finding(found, "recommending", "a").reason is Reason.REPEATED
    assert finding(found, "recommending", "b").points == 20


def test_several_recommended_works_earn_no_more_than_one() -> None:
    found = tutors(
        homework("a"), homework("b", activity="2"), recommendation("1", "a"), recommendation("2", "b")
    )
    assert result(found, "recommending").points == 20
    assert [one.points for one in result(found, "recommending").findings] == [20, 0]
    assert figure(found, "recommending", "recommended") == 2


def test_a_voided_or_vanished_recommendation_does_not_count() -> None:
    made = recommendation()
    voided = decided(ev.Action.VOID, made, person=WANG)
    assert judged("recommending", "rec", homework(), made, voided).reason is Reason.VOIDED
    assert result(tutors(homework(), made, voided), "recommending").points == 0


def test_of_the_own_works_alone_nothing_is_advised_and_there_is_no_share() -> None:
    found = tutors(membership(WANG), homework(person=WANG), recommendation())
    assert result(found, "recommending").figures[0].advised == 0
    assert figures(found, "recommending") == {"recommended": 0, "works": 0}


def test_the_advice_is_of_what_others_handed_in() -> None:
    theirs = [homework(f"h{n}", activity=f"{n}") for n in range(20)]
    own = [homework(f"own {n}", person=WANG, activity=f"{n}") for n in range(20)]
    found = tutors(membership(WANG), *theirs, *own)
    assert result(found, "recommending").figures[0].advised == 1


@pytest.mark.parametrize(("works", "advised"), [(0, 0), (1, 1), (20, 1), (21, 2)])
def test_about_five_percent_of_the_works_handed_in_is_the_advice(works: int, advised: int) -> None:
    found = tutors(*(homework(f"h{n}", activity=f"{n}") for n in range(works)), homework("d", at=END))
    first, second, *_ = result(found, "recommending").figures
    assert first.advised == advised
    assert first.asked is None, "advice is no demand"
    assert second.value == works


def test_the_share_of_works_recommended_is_shown_in_percent() -> None:
    works = [homework(f"h{n}", activity=f"{n}") for n in range(3)]
    found = tutors(*works, recommendation(submission="h1"))
    share = result(found, "recommending").figures[2]
    assert (share.name, share.value) == ("recommended_share", Fraction(100, 3))
    assert share.advised == 5
    assert figure(tutors(*works), "recommending", "recommended_share") == 0


def test_of_no_works_there_is_no_share() -> None:
    assert "recommended_share" not in figures(tutors(), "recommending")


def test_attempts_at_the_same_task_are_one_work() -> None:
    tries = [homework("h0"), homework("h1", attempt=1), homework("h2", attempt=2, at=None)]
    others = [homework("elsewhere", activity="homework 2"), homework("zhao's", person=ZHAO), journal()]
    found = tutors(membership(ZHAO), *tries, *others)
    assert figure(found, "recommending", "works") == 4


def test_two_attempts_recommended_are_one_work_recommended_twice() -> None:
    tries = [homework("h0"), homework("h1", attempt=1)]
    found = tutors(*tries, recommendation("1", "h0"), recommendation("2", "h1"))
    assert figures(found, "recommending")["recommended"] == 1
    assert finding(found, "recommending", "2").reason is Reason.REPEATED


def test_without_advice_nothing_is_advised() -> None:
    scheme = scheme_with("recommending", role=Role.TUTOR, advised_percent=None)
    found = card([tutor(), membership(), homework()], role=Role.TUTOR, scheme=scheme)
    assert [one.advised for one in result(found, "recommending").figures] == [None, None, None]


# -- both roles at once ----------------------------------------------------------------------------


def test_who_is_learner_and_tutor_at_once_has_both_cards() -> None:
    records: list[ev.Record] = [membership(), tutor(LI), topic(), homework(grade=Grade.PASS)]
    assert result(card(records), "homework").points == 16
    as_tutor = card(records, role=Role.TUTOR)
    assert result(as_tutor, "discussion").points == 1
    assert result(as_tutor, "marking").points == 40
    assert finding(as_tutor, "marking", "h").verdict is Verdict.COUNTED
