"""Accounts and names of people, what activities are bound to, and what statements of an LMS tell."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from fractions import Fraction
from typing import Any

import pytest

from lms_scoring.domain import evidence as ev
from lms_scoring.domain import identity
from lms_scoring.domain.binding import Binding, Bindings, differences
from lms_scoring.domain.evidence import Purpose
from lms_scoring.domain.identity import sha1_of, without_address
from lms_scoring.domain.lms_statements import told_by
from lms_scoring.domain.statements import LmsStatement, LmsVerb, is_place
from lms_scoring.domain.unread import Unread
from tests.given import (
    decided,
    homework,
    journal,
    membership,
    recommendation,
    reported,
    topic,
    unknown,
    watch,
)

# -- accounts and names ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "home",
    ["https://lms.example", "HTTPS://LMS.Example/", " https://lms.example// ", "https://LMS.example#x"],
)
def test_an_account_is_known_by_its_normalised_home_page(home: str) -> None:
    assert identity.account(home, "7") == "account:https://lms.example|7"


def test_path_and_query_of_a_home_page_keep_their_case() -> None:
    assert identity.normal_home("https://LMS.example/Moodle/?A=B") == "https://lms.example/Moodle?A=B"


def test_names_of_accounts_are_exact() -> None:
    assert identity.account("https://a", "Li") != identity.account("https://a", "li")


@pytest.mark.parametrize(
    "address", ["li@x.example", "LI@X.example", "mailto:Li@x.Example", " MAILTO:li@x.example "]
)
def test_an_address_is_compared_in_lower_case_without_mailto(address: str) -> None:
    assert identity.mbox(address) == "mbox:li@x.example"
    digest = hashlib.sha1(b"mailto:li@x.example", usedforsecurity=False).hexdigest()
    assert identity.sha1_of(address) == f"mbox_sha1sum:{digest}" == identity.mbox_sha1sum(digest.upper())


def test_an_openid_is_exact_and_a_person_has_an_account_of_our_own() -> None:
    assert identity.openid("https://Id.example/Li") == "openid:https://Id.example/Li"
    assert identity.own_account("moodle-7") == "person:moodle-7"


@pytest.mark.parametrize("name", ["1", "57", "9999999"])
def test_a_short_number_could_be_the_user_id_of_anybody(name: str) -> None:
    assert identity.could_be_user_id(name)


@pytest.mark.parametrize("name", ["", "0", "007", "10000000", "57a", "-57", "５７", "²"])
def test_other_names_are_no_user_ids(name: str) -> None:
    assert not identity.could_be_user_id(name)


USERNAME, IDNUMBER = identity.NameKind.USERNAME, identity.NameKind.IDNUMBER


@pytest.mark.parametrize("number", ["20240007", "0012", "２０２４０００７"])
def test_a_number_identifies_nobody_unless_the_institution_gives_it(number: str) -> None:
    """Whoever chooses the own user name can choose a colleague's staff number."""
    called = {USERNAME: number, IDNUMBER: "LC7"}
    assert identity.names_that_identify(called, own="7", others=()) == {IDNUMBER: "LC7"}
    given = identity.names_that_identify(called, own="7", others=(), given=[USERNAME])
    assert given == called
    assert identity.names_that_identify(called, own="7", others=(), given=[IDNUMBER]) == {IDNUMBER: "LC7"}


def test_a_name_that_is_or_could_be_anothers_user_id_identifies_nobody_though_it_is_given() -> None:
    called = {USERNAME: "20240008", IDNUMBER: "57"}
    given = [USERNAME, IDNUMBER]
    assert identity.names_that_identify(called, own="7", others=["20240008"], given=given) == {}
    unnumbered = identity.names_that_identify(called, own="a7", others=[], given=given, numbered=False)
    assert unnumbered == called


def test_the_own_user_id_is_everybodys_own_name_and_no_name_is_none() -> None:
    called = {USERNAME: "20240008", IDNUMBER: ""}
    assert identity.names_that_identify(called, own="20240008", others=[]) == {USERNAME: "20240008"}


def test_of_one_platform_whose_own_number_it_is_goes_before_who_is_called_so() -> None:
    first, second, name = (identity.account("https://a", text) for text in ("lti57", "57", "li"))
    person = identity.KnownPerson(id="a-b-57", name="", accounts=(first, second, name), own=2)
    assert person.outranks(first, "a-b-12")
    assert person.outranks(second, "a-b-12")
    assert not person.outranks(name, "a-b-12")
    assert not person.outranks(first, "a-12"), "a person of another platform"


@pytest.mark.parametrize(
    ("named", "account"),
    [
        ("mailto:LRS@x.example", "mbox:lrs@x.example"),
        ("https://LRS.example/|key 1", "account:https://lrs.example|key 1"),
        ("AB" * 20, f"mbox_sha1sum:{'ab' * 20}"),
        ("https://id.example/lrs", "openid:https://id.example/lrs"),
        ("https://id.example/@lrs", "openid:https://id.example/@lrs"),
        ("urn:lrs:1|key", "account:urn:lrs:1|key"),
    ],
)
def test_an_agent_of_the_settings_is_an_account_and_is_told_as_it_can_be_named(
    named: str, account: str
) -> None:
    assert identity.agent_named(named) == account
    assert identity.agent_named(identity.agent_as_named(account)) == account


@pytest.mark.parametrize(
    "named",
    ["lrs.example|key", "lrs.example:8080|key", "//lrs.example|key", "https:///|key", "moodle", "|key"],
)
def test_an_agent_without_the_scheme_of_its_address_is_none(named: str) -> None:
    """No record store writes one so: whoever is named so would be believed of nothing, silently."""
    with pytest.raises(ValueError, match="no scheme"):
        identity.agent_named(named)


def test_who_was_erased_is_called_by_the_act_alone() -> None:
    assert identity.pseudonym(7) == "erased:7"


@pytest.mark.parametrize(
    ("family", "given", "name"),
    [
        ("张", "伟", "张伟"),
        ("欧阳", "娜娜", "欧阳娜娜"),
        ("Müller", "Anna", "Anna Müller"),
        ("-", "伟", "伟"),
        ("张", "-", "张"),
        ("-", "-", ""),
        (" 张 ", " 伟 ", "张伟"),
        ("Li", "", "Li"),
        ("-Li", "A", "A -Li"),
    ],
)
def test_names_are_built_from_their_parts(family: str, given: str, name: str) -> None:
    assert identity.person_name(family=family, given=given) == name


# -- bindings --------------------------------------------------------------------------------------

MOODLE = Bindings(
    bindings=(
        Binding(purpose=Purpose.HOMEWORK, source="moodle", activities=("assign-17",)),
        Binding(purpose=Purpose.JOURNAL, source="moodle", activities=("assign-19", "assign-17")),
        Binding(purpose=Purpose.POSTS, source="moodle", activities=("forum-25",)),
        Binding(purpose=Purpose.BULLETINS, source="moodle", activities=("forum-27",)),
        Binding(purpose=Purpose.STUDY_TIME, source="lrs", activities=("https://video.example/*",)),
    )
)


@pytest.mark.parametrize(
    ("source", "activity", "purpose"),
    [
        ("moodle", "assign-17", Purpose.HOMEWORK),
        ("moodle", "assign-19", Purpose.JOURNAL),
        ("moodle", "assign-171", None),
        ("lrs", "assign-17", None),
        (None, "assign-17", None),
        ("lrs", "https://video.example/1", Purpose.STUDY_TIME),
        ("lrs", "https://video.example/", Purpose.STUDY_TIME),
        ("lrs", "https://other.example/1", None),
    ],
)
def test_an_activity_counts_as_what_the_first_binding_of_its_source_says(
    source: str | None, activity: str, purpose: Purpose | None
) -> None:
    assert MOODLE.purpose_of(source, activity) is purpose


def bound(record: ev.Record) -> ev.Record | None:
    """What becomes of a record when every activity of the plain evidence is bound."""
    bindings = Bindings(
        bindings=tuple(
            Binding(purpose=purpose, source="here", activities=(activity,))
            for purpose, activity in (
                (Purpose.HOMEWORK, "homework 1"),
                (Purpose.JOURNAL, "journal 1"),
                (Purpose.POSTS, "forum"),
                (Purpose.BULLETINS, "announcements"),
                (Purpose.STUDY_TIME, "video 1"),
                (Purpose.STUDY_TIME, "scorm 1"),
            )
        )
    )
    return next(iter(bindings.bound([replace(record, source="here")])), None)


def test_what_other_bindings_count_otherwise_is_told_of_all_that_either_names() -> None:
    other = Bindings(
        bindings=(
            Binding(purpose=Purpose.JOURNAL, source="moodle", activities=("assign-17", "assign-19")),
            *MOODLE.bindings[2:],
            Binding(purpose=Purpose.POSTS, source="moodle", activities=("forum-30",)),
        )
    )
    assert MOODLE.named()[:2] == [("moodle", "assign-17"), ("moodle", "assign-19")]
    told = [(one.source, one.activity, one.before, one.after) for one in differences(MOODLE, other)]
    assert told == [
        ("moodle", "assign-17", Purpose.HOMEWORK, Purpose.JOURNAL),
        ("moodle", "forum-30", None, Purpose.POSTS),
    ]
    assert differences(MOODLE, MOODLE) == []


def test_hand_ins_are_told_what_they_answer() -> None:
    for record, task in ((homework(task=None), ev.Task.HOMEWORK), (journal(), ev.Task.JOURNAL)):
        found = bound(record)
        assert isinstance(found, ev.Submission)
        assert found.task is task


def test_posts_are_told_whether_they_are_bulletins() -> None:
    for record, bulletin in ((topic(), False), (topic(bulletin=True), True)):
        found = bound(record)
        assert isinstance(found, ev.Post)
        assert found.bulletin is bulletin


def test_unknowns_are_told_what_they_are_about() -> None:
    found = bound(unknown())
    assert isinstance(found, ev.Unknown)
    assert found.about is Purpose.STUDY_TIME


@pytest.mark.parametrize(
    "record",
    [watch(), reported(), membership(), recommendation(), decided(ev.Action.VOID, topic())],
)
def test_time_that_is_bound_and_people_and_decisions_pass_as_they_are(record: ev.Record) -> None:
    assert bound(record) == replace(record, source="here")


@pytest.mark.parametrize(
    "record",
    [
        homework(activity="other"),
        homework(activity="forum"),
        homework(activity="video 1"),
        unknown(activity="other"),
        watch(activity="other"),
        watch(activity="homework 1"),
        reported(activity="forum"),
        ev.Post(
            id="t",
            person="li",
            forum="video 1",
            parent=None,
            created_at=0,
            state=ev.PostState.LIVE,
            bulletin=False,
        ),
    ],
)
def test_what_is_bound_to_nothing_of_its_kind_scores_nothing(record: ev.Record) -> None:
    assert bound(record) is None


# -- statements of an LMS --------------------------------------------------------------------------


def said(verb: LmsVerb, at: int, object_: str = "assign", **more: Any) -> LmsStatement:
    plain = LmsStatement(
        stored=0, id=f"{verb} {at} {object_}", account="a", verb=verb, object=object_, activity="act", at=at
    )
    return plain._replace(**more)


def submissions(*statements: LmsStatement) -> list[ev.Submission]:
    return [one for one in told_by("li", statements, source="lrs") if isinstance(one, ev.Submission)]


def posts(*statements: LmsStatement) -> list[ev.Post]:
    return [one for one in told_by("li", statements, source="lrs") if isinstance(one, ev.Post)]


SUBMITTED, SCORED = LmsVerb.SUBMITTED, LmsVerb.SCORED


def test_each_moment_of_handing_in_is_an_attempt() -> None:
    found = submissions(said(SUBMITTED, 20), said(SUBMITTED, 10, characters=7))
    assert [(one.id, one.attempt, one.submitted_at) for one in found] == [
        ("assign li 10", 0, 10),
        ("assign li 20", 1, 20),
    ]
    assert (found[0].characters, found[0].activity, found[0].source) == (7, "act", "lrs")
    assert (found[0].task, found[0].state) == (None, ev.SubmissionState.SUBMITTED)


def test_a_hand_in_sent_again_under_a_new_id_is_the_same_hand_in() -> None:
    assert submissions(said(SUBMITTED, 10), said(SUBMITTED, 10, id="again")) == submissions(
        said(SUBMITTED, 10)
    )


def test_a_statement_said_twice_is_said_once() -> None:
    assert submissions(said(SUBMITTED, 10), said(SUBMITTED, 10)) == submissions(said(SUBMITTED, 10))


def test_the_latest_mark_between_two_hand_ins_is_that_of_the_first() -> None:
    marks = [
        said(SCORED, at, raw=Fraction(raw), maximum=Fraction(100), by="wang")
        for at, raw in ((12, 50), (15, 60), (25, 90))
    ]
    first, second = submissions(said(SUBMITTED, 10), said(SUBMITTED, 20), *marks)
    assert (first.points, first.graded_at, first.graded_by) == (Fraction(60), 15, "wang")
    assert (second.points, second.max_points, second.graded_at) == (Fraction(90), Fraction(100), 25)


@pytest.mark.parametrize(
    ("marked_at", "points"), [((15, 35), [15, None, 35]), ((25,), [None, 25, None])], ids=["outer", "middle"]
)
def test_of_three_hand_ins_each_has_the_marks_until_the_next_and_no_others(
    marked_at: tuple[int, ...], points: list[int | None]
) -> None:
    hand_ins = [said(SUBMITTED, at) for at in (10, 20, 30)]
    found = submissions(*hand_ins, *(said(SCORED, at, raw=Fraction(at)) for at in marked_at))
    assert [one.points for one in found] == points


def test_a_mark_at_the_moment_of_a_hand_in_is_that_hand_ins() -> None:
    first, second = submissions(said(SUBMITTED, 10), said(SUBMITTED, 20), said(SCORED, 20, raw=Fraction(1)))
    assert first.points is None
    assert second.points == 1


def test_a_mark_dated_before_the_first_hand_in_belongs_to_it() -> None:
    (only,) = submissions(said(SUBMITTED, 10), said(SCORED, 5, raw=Fraction(1)))
    assert only.points == 1


def test_a_score_below_nothing_is_no_mark_and_takes_back_the_one_before() -> None:
    """A comment alone, in the gradebook -1: it would be a fail that is final."""
    commented = said(SCORED, 30, raw=Fraction(-1), maximum=Fraction(100), by="wang")
    (only,) = submissions(said(SUBMITTED, 10), commented)
    assert (only.points, only.max_points, only.graded_at, only.graded_by) == (None, None, None, None)
    (only,) = submissions(said(SUBMITTED, 10), said(SCORED, 20, raw=Fraction(60)), commented)
    assert only.points is None
    (only,) = submissions(said(SUBMITTED, 10), commented, said(SCORED, 40, raw=Fraction(0)))
    assert (only.points, only.graded_at) == (Fraction(0), 40)
    assert list(told_by("li", [commented])) == []


def test_a_mark_of_no_maximum_is_a_place_and_no_share() -> None:
    mark = said(SCORED, 20, raw=Fraction(3))
    assert is_place(mark)
    of_a_maximum, commented, handed_in = (
        mark._replace(maximum=Fraction(4)),
        mark._replace(raw=None),
        mark._replace(verb=SUBMITTED),
    )
    assert not any(map(is_place, (of_a_maximum, commented, handed_in)))


def test_a_mark_belongs_to_its_hand_in_whichever_years_address_either_has() -> None:
    new, old = "https://moodle/mod/assign/view.php?id=3#submission", "https://moodle/mod/assign/view.php?id=3"
    for handed_in, marked in ((old, new), (new, old)):
        told = (said(SUBMITTED, 10, handed_in), said(SCORED, 20, marked, raw=Fraction(60)))
        assert [(type(one), one.id) for one in told_by("li", told)] == [(ev.Submission, f"{handed_in} li 10")]
        assert submissions(*told)[0].points == 60


def test_a_mark_without_a_hand_in_is_something_unknown() -> None:
    (found,) = told_by("li", [said(SCORED, 10)], source="lrs")
    assert isinstance(found, ev.Unknown)
    assert (found.id, found.activity, found.source) == ("assign li", "act", "lrs")
    assert found.reason == Unread.MARKED_UNSEEN


def test_a_created_discussion_is_a_topic_and_an_answer_a_reply() -> None:
    first, second = posts(said(LmsVerb.TOPIC_CREATED, 10, "d?d=1"), said(LmsVerb.REPLIED, 20, "d?d=1#p2"))
    assert (first.id, first.parent, first.created_at, first.forum) == ("d?d=1", None, 10, "act")
    assert (second.id, second.parent, second.state) == ("d?d=1#p2", "d?d=1", ev.PostState.LIVE)


def test_a_post_said_twice_under_two_ids_is_one_post_of_its_first_moment() -> None:
    (found,) = posts(said(LmsVerb.REPLIED, 20, "p"), said(LmsVerb.REPLIED, 10, "p"))
    assert found.created_at == 10


def test_a_deleted_post_is_deleted_whatever_the_order() -> None:
    statements = (said(LmsVerb.POST_DELETED, 5, "p"), said(LmsVerb.REPLIED, 10, "p"))
    for told in (statements, statements[::-1]):
        assert [one.state for one in posts(*told)] == [ev.PostState.DELETED]


def test_an_address_of_who_marked_is_told_by_its_digest() -> None:
    assert without_address("mbox:wang@example.org") == sha1_of("wang@example.org")
    assert without_address("moodle-3") == "moodle-3"


def test_views_and_deletions_of_unseen_posts_tell_of_nothing() -> None:
    assert list(told_by("li", [said(LmsVerb.VIEWED, 1), said(LmsVerb.POST_DELETED, 2, "p")])) == []
