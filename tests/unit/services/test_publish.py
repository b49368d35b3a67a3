"""Publishing: every learner's grade arrives once, in order, and nobody's work is written over."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from fractions import Fraction

import pytest

from lms_scoring.domain.errors import PlatformUnreachable
from lms_scoring.domain.evidence import Membership, MembershipStatus, Role
from lms_scoring.domain.gradebook import Grade, Receipt
from lms_scoring.domain.instants import DAY, HOUR, MINUTE, SECOND
from lms_scoring.domain.registration import Standing
from lms_scoring.ports import Gradebook, OutgoingGrade, Passback, PlatformCourse, SendState
from lms_scoring.services.gradebook.enqueue import enqueue, send_again, switch_passback
from lms_scoring.services.gradebook.publish import Published, publish
from tests.contract.story import COURSE, REGISTRATION, card, known
from tests.fakes.gradebook import FakeGradebook, answer_lost, busy, locked, never_arrived, well
from tests.fakes.memory_store import MemoryStore
from tests.fixtures.courses.scripted import StandingClock

NOW = 1_700_000_000 * SECOND
PLACE = PlatformCourse(
    registration=1, context="3", title=None, course=COURSE, deployment="2", line_items="items", seen_at=1
)


@dataclass
class School:
    """A course whose cards are dictated, and the gradebook of its platform."""

    clock: StandingClock = field(default_factory=lambda: StandingClock(NOW))
    store: MemoryStore = field(default_factory=MemoryStore)

    def __post_init__(self) -> None:
        self.book = FakeGradebook(self.clock)
        ours = replace(
            REGISTRATION, standing=Standing.ACTIVE, platform="moodle", deployments={"2": Standing.ACTIVE}
        )
        with self.store.writing() as transaction:
            transaction.keep_registration(ours, at=1)
            transaction.keep_platform_course(PLACE)
            transaction.keep_passback(COURSE, Passback.SCORE)

    def scores(self, **points: str | float) -> None:
        """New scores, of persons moodle-1 as `u1` and so on."""
        cards = [
            card(known(int(name[1:])), total=Fraction(str(total)), criteria=())
            for name, total in points.items()
        ]
        with self.store.writing() as transaction:
            enqueue(transaction, COURSE, cards, now=self.clock.now())

    def publish(self, *, after: int = 0) -> Published:
        """Sends what is due, some milliseconds later."""
        self.clock.at += after
        return publish(
            COURSE, self.store, self.open, clock=self.clock, jitter=lambda: 0.5, label="Pass status"
        )

    def open(self, place: PlatformCourse) -> Gradebook:
        return self.book

    def steps(self, user: int = 1) -> list[tuple[str, object]]:
        """The history of a grade."""
        with self.store.reading() as transaction:
            return [(one.kind.value, one.value) for one in transaction.grade_steps(COURSE, f"moodle-{user}")]

    def row(self, user: int = 1) -> OutgoingGrade:
        with self.store.reading() as transaction:
            (found,) = transaction.outgoing(COURSE, persons=[f"moodle-{user}"])
        return found

    def times(self, user: int = 1) -> list[int]:
        """With which timestamps grades reached the platform."""
        return [grade.at for grade in self.book.told if grade.subject == str(user)]

    def enrols(self, *, without: int = 0) -> None:
        """Users 1 to 4 learn in the course, but that one has left."""
        with self.store.writing() as transaction:
            run = transaction.begin_run(COURSE, "moodle", at=1)
            members = [
                Membership(
                    id=f"m{number}",
                    person=f"moodle-{number}",
                    role=Role.LEARNER,
                    class_="A",
                    status=MembershipStatus.WITHDRAWN if number == without else MembershipStatus.ACTIVE,
                )
                for number in range(1, 5)
            ]
            transaction.keep_people([known(number) for number in range(1, 5)])
            transaction.keep_records(COURSE, "moodle", members, run=run)

    def change(self, **changes: object) -> None:
        """The registration is changed."""
        with self.store.writing() as transaction:
            found = transaction.registration(1)
            transaction.keep_registration(replace(found, **changes), at=2)  # type: ignore[arg-type]


@pytest.fixture
def school() -> School:
    return School()


def test_a_grade_arrives_with_its_comment_and_is_sent_once(school: School) -> None:
    school.scores(u1=79.95, u2=80)
    assert school.publish() == Published(sent=2)
    assert school.book.score_of("1") == Fraction("79.95")
    assert school.book.rows["1"][0].comment == "不合格 · not passed · 79.95 / 100 (≥ 80)"
    row = school.row()
    assert (row.state, row.sent, row.sent_at, row.reason) == (SendState.SENT, row.given, NOW, None)
    assert school.publish(after=HOUR) == Published()
    assert len(school.book.told) == 2


def test_a_course_that_sends_nothing_sends_nothing_even_if_grades_wait(school: School) -> None:
    school.scores(u1=50)
    switch_passback(COURSE, None, school.store, clock=school.clock)
    assert school.publish() == Published()
    assert school.book.columns_made == 0


def test_a_new_score_follows_with_a_later_time_also_within_a_second(school: School) -> None:
    for points in (50, 60, 70):
        school.scores(u1=points)
        school.publish(after=1)
    assert school.book.score_of("1") == 50
    school.publish(after=SECOND)
    school.publish(after=SECOND)
    assert school.book.score_of("1") == 70
    assert school.times() == sorted(set(school.times()))


def test_sending_again_what_arrived_without_an_answer_changes_nothing(school: School) -> None:
    school.scores(u1=50)
    school.book.mishaps = [answer_lost]
    assert school.publish() == Published(waiting=1)
    before = dict(school.book.rows)
    assert (school.row().tried, school.row().sent) == (Fraction(50), None)
    assert school.publish(after=HOUR) == Published(sent=1)
    assert school.book.rows == before
    assert len(school.book.told) == 1


def test_the_same_where_the_platform_tells_no_comments(school: School) -> None:
    school.book.tells_comments = False
    school.scores(u1=50)
    school.book.mishaps = [answer_lost]
    school.publish()
    assert school.publish(after=HOUR) == Published(sent=1)
    assert len(school.book.told) == 1


@pytest.mark.parametrize("tells_comments", [True, False])
def test_a_comment_alone_is_sent_again(school: School, tells_comments: bool) -> None:
    """The points may stay while the verdict changes, and the platform must not be left with the old one."""
    school.book.tells_comments = tells_comments
    school.scores(u1=70)
    school.publish()
    with school.store.writing() as transaction:
        changed = replace(school.row(), comment="another", state=SendState.WAITING, at=school.row().at + 5)
        transaction.keep_outgoing(changed)
    assert school.publish(after=HOUR) == Published(sent=1)
    assert school.book.rows["1"][0].comment == "another"


def test_what_never_arrived_is_sent_again(school: School) -> None:
    school.scores(u1=50)
    school.book.mishaps = [never_arrived]
    assert school.publish() == Published(waiting=1)
    assert "connection refused" in str(school.row().reason)
    assert school.publish(after=HOUR) == Published(sent=1)
    assert school.book.score_of("1") == 50


@pytest.mark.parametrize("mishap", [answer_lost, never_arrived])
def test_a_new_score_follows_one_whose_answer_was_lost(
    school: School, mishap: Callable[[FakeGradebook, Grade], Receipt]
) -> None:
    """Whether it arrived or not, what stands there is ours, also when the next answers are lost too."""
    school.scores(u1=50)
    school.publish()
    school.book.mishaps = [mishap, never_arrived, answer_lost]
    for points in (60, 70, 80, 90):
        school.scores(u1=points)
        school.publish(after=12 * HOUR)
    assert school.publish(after=12 * HOUR) == Published()
    assert school.book.score_of("1") == 90
    assert school.row().state is SendState.SENT
    assert school.times() == sorted(set(school.times()))


def test_a_reading_that_fails_forgets_nothing_of_what_was_tried(school: School) -> None:
    school.scores(u1=50)
    school.publish()
    school.scores(u1=60)
    school.book.mishaps = [answer_lost]
    school.publish(after=HOUR)
    school.scores(u1=70)
    school.book.silent = True
    assert school.publish(after=HOUR) == Published(waiting=1)
    school.book.silent = False
    assert school.publish(after=HOUR) == Published(sent=1)
    assert school.book.score_of("1") == 70


def test_a_score_that_changes_while_it_is_sent_is_not_lost(school: School) -> None:
    def meanwhile(book: FakeGradebook, grade: Grade) -> Receipt:
        school.scores(u1=60)
        return book.take(grade)

    school.scores(u1=50)
    school.book.mishaps = [meanwhile]
    assert school.publish() == Published(waiting=1)
    row = school.row()
    assert (row.given, row.tried, row.state) == (Fraction(60), Fraction(50), SendState.WAITING)
    assert school.publish(after=SECOND) == Published(sent=1)
    assert school.book.score_of("1") == 60


def test_an_old_score_is_not_sent_once_there_is_a_new_one(school: School) -> None:
    """It changed after what is due was read: while another learner's grade was on its way."""

    def meanwhile(book: FakeGradebook, grade: Grade) -> Receipt:
        school.scores(u2=60)
        return book.take(grade)

    school.scores(u1=10, u2=50)
    school.book.mishaps = [meanwhile]
    assert school.publish() == Published(sent=1, waiting=1)
    assert [grade.subject for grade in school.book.told] == ["1"]
    school.publish(after=SECOND)
    assert school.book.score_of("2") == 60


def test_one_refused_learner_stops_nobody(school: School) -> None:
    school.scores(u1=10, u2=20, u3=30, u4=40)
    school.book.strangers, school.book.unreadable = {"1"}, {"2"}
    assert school.publish() == Published(sent=2, refused=2)
    assert (school.row(1).state, school.row(1).reason) == (SendState.REFUSED, "400: not a learner there")
    assert "no such user" in str(school.row(2).reason)
    assert school.publish(after=HOUR) == Published(), "it is not tried again by itself"
    school.book.strangers = set()
    assert send_again(COURSE, school.store, clock=school.clock) == 2
    assert school.publish() == Published(sent=1, refused=1)


def test_a_refused_learner_is_tried_with_the_next_score(school: School) -> None:
    school.scores(u1=10)
    school.book.strangers = {"1"}
    school.publish()
    school.book.strangers = set()
    school.scores(u1=20)
    assert school.publish(after=SECOND) == Published(sent=1)


def test_a_platform_is_given_the_patience_it_asks_for(school: School) -> None:
    school.scores(u1=10)
    school.book.mishaps = [busy]
    assert school.publish() == Published(waiting=1)
    assert school.publish(after=299 * SECOND) == Published()
    assert school.publish(after=SECOND) == Published(sent=1)


def test_pauses_grow_up_to_six_hours(school: School) -> None:
    school.scores(u1=10)
    pauses = []
    for _ in range(40):
        school.book.mishaps = [never_arrived]
        assert school.publish() == Published(waiting=1)
        pauses.append(school.row().try_at - school.clock.at)
        school.clock.at = school.row().try_at
    assert pauses[:3] == [45 * SECOND, 90 * SECOND, 180 * SECOND]
    assert pauses == sorted(pauses)
    assert pauses[-1] == 6 * HOUR * 3 // 4


def test_a_platform_that_fails_three_times_in_a_row_is_left_alone_for_now(school: School) -> None:
    school.scores(**{f"u{n}": n for n in range(1, 9)})
    school.book.mishaps = [never_arrived, answer_lost, well, never_arrived, never_arrived, busy]
    published = school.publish()
    assert (published.sent, published.waiting, len(published.reasons)) == (1, 7, 1)
    assert len(school.book.told) == 6
    assert school.publish(after=SECOND) == Published(sent=2), "those it was not asked about wait for nothing"
    assert school.publish(after=HOUR) == Published(sent=5)


def test_a_platform_without_a_column_for_us_is_tried_later(school: School) -> None:
    school.scores(u1=10, u2=20)
    school.book.down = True
    published = school.publish()
    assert (published.waiting, school.book.asked) == (2, 0)
    assert "no token" in published.reasons[0]
    assert "no token" in str(school.row().reason)
    school.book.down = False
    assert school.publish() == Published(), "not at once"
    assert school.publish(after=MINUTE) == Published(sent=2)


def test_a_gradebook_that_cannot_even_be_opened_is_tried_later(school: School) -> None:
    def fails(place: PlatformCourse) -> Gradebook:
        raise PlatformUnreachable("moodle", "token", "no answer")

    school.scores(u1=10)
    published = publish(
        COURSE, school.store, fails, clock=school.clock, jitter=lambda: 0.0, label="Pass status"
    )
    assert (published.waiting, len(published.reasons)) == (1, 1)
    assert school.row().try_at == NOW + 30 * SECOND


# -- teachers ---------------------------------------------------------------------------------------------


def test_what_a_teacher_wrote_is_left_alone_until_somebody_insists(school: School) -> None:
    school.scores(u1=50)
    school.publish()
    school.book.write("1", 95, school.clock.now() // SECOND + 5)
    for points in (60, 70):
        school.scores(u1=points)
        school.publish(after=HOUR)
    assert school.book.score_of("1") == 95
    assert (school.row().state, school.row().reason) == (SendState.OVERRIDDEN, "the gradebook has 95.00")
    assert send_again(COURSE, school.store, clock=school.clock, persons=["moodle-1"]) == 0
    assert send_again(COURSE, school.store, clock=school.clock, persons=["moodle-1"], force=True) == 1
    assert school.publish(after=SECOND) == Published(sent=1)
    assert school.book.score_of("1") == 70
    assert not school.row().forced, "the next override is left alone again"


def test_where_the_gradebook_keeps_the_teachers_all_the_same_nobody_calls_ours_sent(school: School) -> None:
    """As in an activity's own column of a Moodle, until the override is taken off there."""
    school.scores(u1=50)
    school.publish()
    school.book.write("1", 95, school.clock.now() // SECOND)
    school.book.overridden = {"1"}
    assert school.publish(after=HOUR) == Published(overridden=1)
    send_again(COURSE, school.store, clock=school.clock, persons=["moodle-1"], force=True)
    assert school.publish(after=SECOND) == Published(overridden=1)
    assert (school.row().state, school.row().forced) == (SendState.OVERRIDDEN, False)
    assert school.row().found == 95
    assert school.steps() == [("sent", 50), ("found", 95), ("confirmed", 50), ("found", 95)]
    assert school.publish(after=HOUR) == Published()
    assert len(school.book.told) == 2
    school.book.write("1", 50, school.clock.now() // SECOND)
    school.publish(after=HOUR)
    assert school.row().state is SendState.SENT


def test_a_grade_that_was_insisted_on_is_sent_though_nobody_can_look(school: School) -> None:
    def goes_silent(book: FakeGradebook, grade: Grade) -> Receipt:
        book.silent = True
        return book.take(grade)

    school.scores(u1=50)
    school.publish()
    school.book.write("1", 95, school.clock.now() // SECOND)
    send_again(COURSE, school.store, clock=school.clock, force=True)
    school.book.mishaps = [goes_silent]
    assert school.publish(after=SECOND) == Published(sent=1)
    assert school.book.score_of("1") == 50


def test_insisting_outlasts_a_lost_sending(school: School) -> None:
    school.scores(u1=50)
    school.publish()
    school.book.write("1", 95, school.clock.now() // SECOND)
    send_again(COURSE, school.store, clock=school.clock, force=True)
    school.book.mishaps = [never_arrived]
    assert school.publish(after=HOUR) == Published(waiting=1)
    assert school.publish(after=HOUR) == Published(sent=1)
    assert school.book.score_of("1") == 50


def test_a_grade_that_a_teacher_took_away_is_not_put_back(school: School) -> None:
    school.scores(u1=50)
    school.publish()
    school.book.write("1", None, school.clock.now() // SECOND)
    school.scores(u1=60)
    assert school.publish(after=HOUR) == Published(overridden=1)
    assert school.book.score_of("1") is None


def test_a_teacher_who_was_quicker_than_our_first_grade_is_respected(school: School) -> None:
    school.book.line_item(label="")
    school.book.write("1", 88, school.clock.now() // SECOND)
    school.scores(u1=60)
    assert school.publish(after=HOUR) == Published(overridden=1)


def test_a_teacher_who_writes_between_reading_and_sending_is_seen_at_the_next_try(school: School) -> None:
    def teacher(book: FakeGradebook, grade: Grade) -> Receipt:
        book.write("1", 88, grade.at)
        return book.take(grade)

    school.scores(u1=60)
    school.book.mishaps = [teacher]
    assert school.publish() == Published(waiting=1)
    assert school.publish(after=2 * SECOND) == Published(overridden=1)
    assert school.book.score_of("1") == 88


def test_a_platform_that_claims_to_have_a_newer_one_is_not_asked_for_ever(school: School) -> None:
    """The value is ours, and its time is far ahead: each try waits longer, with a later time."""
    school.scores(u1=50)
    school.publish()
    school.book.write("1", 50, NOW // SECOND + 10**6)
    school.scores(u1=60)
    waits = []
    for _ in range(5):
        assert school.publish() == Published(waiting=1) or school.book.told == []
        waits.append(school.row().try_at - school.clock.at)
        school.clock.at = school.row().try_at
    assert waits == sorted(waits)
    assert waits[-1] > 5 * MINUTE
    assert school.times() == sorted(set(school.times()))


def test_a_column_of_another_maximum_is_understood(school: School) -> None:
    school.scores(u1=79.94)
    school.publish()
    there, at = school.book.rows["1"]
    school.book.rows["1"] = (replace(there, score=Fraction("5.5958"), maximum=Fraction(7)), at)
    school.scores(u1=90)
    assert school.publish(after=SECOND) == Published(sent=1)


def test_learners_who_fail_every_time_do_not_keep_the_others_waiting(school: School) -> None:
    school.scores(u1=10, u2=20, u3=30, u4=40, u5=50)
    school.book.mishaps = [locked] * 100
    assert school.publish().waiting == 5
    assert school.publish(after=HOUR).sent == 2
    assert [school.book.score_of(user) for user in "45"] == [40, 50]
    for night in range(3):
        school.scores(u4=41 + night, u5=51 + night)
        assert school.publish(after=24 * HOUR).sent == 2


# -- columns ----------------------------------------------------------------------------------------------


def test_a_deleted_column_is_made_again_with_everybody_in_it(school: School) -> None:
    school.scores(u1=10, u2=20, u3=30)
    school.book.strangers = {"3"}
    school.publish()
    school.book.write("2", 99, NOW // SECOND + 1)
    school.book.column = None
    school.scores(u1=11)
    assert school.publish(after=HOUR) == Published(sent=2, refused=1)
    assert school.book.columns_made == 2
    assert {user: school.book.score_of(user) for user in "123"} == {"1": 11, "2": 20, "3": None}
    with school.store.reading() as transaction:
        place = transaction.platform_course(1, "3")
    assert place is not None
    assert place.line_item == school.book.column


def test_a_column_that_only_changed_its_address_keeps_what_teachers_wrote(school: School) -> None:
    school.scores(u1=10, u2=20)
    school.publish()
    school.book.write("2", 99, NOW // SECOND + 1)
    told = len(school.book.told)
    school.book.column = "https://moodle.example/items/1?type_id=9"
    school.scores(u1=11)
    assert school.publish(after=HOUR) == Published(sent=1, overridden=1)
    assert len(school.book.told) == told + 1
    assert school.book.score_of("2") == 99


def test_remembering_a_column_forgets_nothing_that_a_launch_told_meanwhile(school: School) -> None:
    def opens(place: PlatformCourse) -> Gradebook:
        with school.store.writing() as transaction:
            transaction.keep_platform_course(replace(PLACE, line_items="new items", seen_at=9))
        return school.book

    school.scores(u1=10)
    publish(COURSE, school.store, opens, clock=school.clock, jitter=lambda: 0.0, label="")
    with school.store.reading() as transaction:
        place = transaction.platform_course(1, "3")
    assert place is not None
    assert (place.line_items, place.line_item, place.seen_at) == ("new items", school.book.column, 9)


# -- clocks -----------------------------------------------------------------------------------------------


def test_after_the_clock_was_set_back_no_time_falls_or_lies_ahead(school: School) -> None:
    school.scores(u1=10)
    school.publish()
    school.clock.at -= HOUR
    ahead = []
    for points in range(20, 90, 10):
        school.scores(u1=points)
        school.publish()
        ahead += [grade.at for grade in school.book.told if grade.at > NOW // SECOND]
        school.clock.at += 10 * MINUTE
        ahead += [at for at in school.times()[1:] if at * SECOND > school.clock.at]
    assert ahead == []
    for _ in range(3):
        school.publish(after=HOUR)
    assert school.times() == sorted(set(school.times()))
    assert school.book.score_of("1") == 80


def test_a_grade_waits_for_its_time_and_says_why(school: School) -> None:
    school.scores(u1=10)
    school.publish()
    school.clock.at -= HOUR
    school.scores(u1=20)
    assert school.publish() == Published(waiting=1)
    assert "set back" in str(school.row().reason)
    assert school.publish(after=HOUR) == Published()
    assert school.publish(after=SECOND) == Published(sent=1)


def test_a_grade_that_never_went_out_does_not_wait_for_a_wrong_clock(school: School) -> None:
    """Scored while the clock was a year ahead."""
    school.clock.at += 365 * 24 * HOUR
    school.scores(u1=10)
    school.clock.at = NOW
    assert school.publish() == Published(sent=1)
    assert school.times() == [NOW // SECOND]


def test_a_grade_that_follows_one_of_a_clock_years_ahead_waits_for_nothing(school: School) -> None:
    """The platform keeps that time, and takes none but a later one."""
    school.clock.at += 365 * DAY
    school.scores(u1=10)
    school.publish()
    school.clock.at = NOW
    school.scores(u1=20)
    assert school.publish() == Published(sent=1)
    assert school.times() == [(NOW + 365 * DAY) // SECOND, (NOW + 365 * DAY) // SECOND + 1]
    assert school.book.score_of("1") == 20


def test_what_failed_while_the_clock_was_years_ahead_is_tried_at_once(school: School) -> None:
    school.scores(u1=10)
    school.publish()
    school.clock.at += 365 * DAY
    school.scores(u2=20)
    school.book.down = True
    school.publish()
    school.book.down = False
    school.clock.at = NOW
    school.book.write("1", 55, NOW)
    assert school.publish() == Published(sent=1, overridden=1)


# -- who ---------------------------------------------------------------------------------------------------


def test_who_was_never_named_is_counted_and_holds_up_nobody(school: School) -> None:
    school.change(platform=None)
    with school.store.writing() as transaction:
        transaction.keep_subject(1, "abc", "moodle-2", at=1)
    school.scores(u1=10, u2=20)
    assert school.publish() == Published(sent=1, unknown=1)
    assert [grade.subject for grade in school.book.told] == ["abc"]


@pytest.mark.parametrize("platform", ["moodle-2", "mood", "other", ""])
def test_a_person_of_another_platform_is_not_taken_for_one_of_this(school: School, platform: str) -> None:
    school.change(platform=platform)
    school.scores(u1=10)
    assert school.publish() == Published(unknown=1)


def test_a_person_whose_id_only_begins_like_the_platforms_is_not_one_of_it(school: School) -> None:
    """The platform could be called `moodle-2`."""
    with school.store.writing() as transaction:
        enqueue(transaction, COURSE, [card(replace(known(1), id="moodle-2-5"), criteria=())], now=NOW)
    assert school.publish() == Published(unknown=1)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"standing": Standing.DISABLED}, id="revoked"),
        pytest.param({"standing": Standing.PENDING}, id="not confirmed"),
        pytest.param({"deployments": {"2": Standing.DISABLED}}, id="a revoked deployment"),
        pytest.param({"deployments": {}}, id="an unknown deployment"),
    ],
)
def test_nothing_goes_to_a_platform_that_is_not_believed(school: School, changes: dict[str, object]) -> None:
    school.change(**changes)
    school.scores(u1=10)
    assert school.publish() == Published(unknown=1)
    assert school.book.columns_made == 0


def test_a_course_on_two_platforms_sends_each_learner_to_the_own_one(school: School) -> None:
    second = FakeGradebook(school.clock)
    with school.store.writing() as transaction:
        other = replace(transaction.registration(1), id=0, client_id="second", platform=None)
        transaction.keep_registration(other, at=1)
        transaction.keep_platform_course(replace(PLACE, registration=2))
        transaction.keep_subject(2, "x", "lti2-x", at=1)
        enqueue(transaction, COURSE, [card(replace(known(7), id="lti2-x"), criteria=())], now=NOW)
    school.scores(u1=10)
    books = {1: school.book, 2: second}
    done = publish(
        COURSE,
        school.store,
        lambda place: books[place.registration],
        clock=school.clock,
        jitter=lambda: 0.0,
        label="",
    )
    assert done == Published(sent=2)
    assert [[grade.subject for grade in book.told] for book in books.values()] == [["1"], ["x"]]


def test_another_courses_grades_are_left_alone(school: School) -> None:
    with school.store.writing() as transaction:
        transaction.keep_passback("another", Passback.SCORE)
        enqueue(transaction, "another", [card(known(1), criteria=())], now=NOW)
    assert school.publish() == Published()


# -- what a teacher wrote while nothing of ours changed ------------------------------------------------------


def test_a_teacher_s_grade_is_seen_though_nothing_waits(school: School) -> None:
    school.scores(u1=86, u2=70)
    school.publish()
    school.book.write("1", 50, school.clock.now() // SECOND + 5)
    assert school.publish(after=HOUR) == Published(overridden=1)
    row = school.row()
    assert [row.state, row.found, row.sent, row.sent_at] == [SendState.OVERRIDDEN, 50, 86, NOW]
    assert school.book.read == 1, "one question for everybody"
    assert school.publish(after=HOUR) == Published(), "it was said"
    assert school.row(2).state is SendState.SENT
    assert school.steps() == [("sent", 86), ("found", 50)]


def test_a_grade_that_a_teacher_gives_back_is_ours_again(school: School) -> None:
    school.scores(u1=86, u2=70)
    school.publish()
    for user in ("1", "2"):
        school.book.write(user, 50, NOW // SECOND + 5)
    assert school.publish(after=HOUR) == Published(overridden=2)
    for user, before in (("1", 86), ("2", 70)):
        school.book.write(user, before, NOW // SECOND + 6)
    school.scores(u2=71)
    assert school.publish(after=HOUR) == Published(sent=1)
    assert (school.row(1).state, school.row(1).found, school.row(1).reason) == (SendState.SENT, None, None)
    assert school.book.score_of("2") == 71


def test_what_a_teacher_changes_once_more_is_told_once_more(school: School) -> None:
    school.enrols()
    school.scores(u1=86)
    school.publish()
    for value in (50, 60, None):
        school.book.write("1", value, NOW // SECOND + 5)
        assert school.publish(after=HOUR) == Published(overridden=1)
    assert school.steps() == [("sent", 86), ("found", 50), ("found", 60), ("found", None)]


def test_a_grade_written_over_by_consent_keeps_its_history(school: School) -> None:
    school.scores(u1=86)
    school.publish()
    school.book.write("1", 50, NOW // SECOND + 5)
    school.publish(after=HOUR)
    send_again(COURSE, school.store, clock=school.clock, persons=["moodle-1"], force=True, by="moodle-9")
    assert school.publish() == Published(sent=1)
    assert school.steps() == [("sent", 86), ("found", 50), ("confirmed", 86), ("sent", 86)]
    with school.store.reading() as transaction:
        assert [one.by for one in transaction.grade_steps(COURSE, "moodle-1")][2] == "moodle-9"


def test_who_left_the_course_has_no_grade_there_and_nobody_took_it_away(school: School) -> None:
    school.scores(u1=86, u2=70)
    school.publish()
    school.enrols(without=1)
    school.book.rows.clear()
    assert school.publish(after=HOUR) == Published(overridden=1)
    assert (school.row(1).state, school.row(2).state) == (SendState.SENT, SendState.OVERRIDDEN)


def test_a_gradebook_that_cannot_be_read_is_told_and_left_alone_as_long_as_it_asks(school: School) -> None:
    school.scores(u1=86)
    school.publish()
    school.book.write("1", 50, NOW // SECOND + 5)
    school.book.silent = True
    assert "no answer" in school.publish(after=HOUR).reasons[0]
    assert school.row().state is SendState.SENT
    school.book.silent, school.book.down, school.book.wait = False, True, 7_200
    assert "maintenance" in school.publish(after=HOUR).reasons[0]
    school.book.down = False
    assert school.publish(after=HOUR) == Published()
    assert school.publish(after=HOUR) == Published(overridden=1)


def test_when_a_gradebook_was_read_is_kept(school: School) -> None:
    school.scores(u1=86)
    school.publish()
    school.publish(after=HOUR)
    with school.store.reading() as transaction:
        assert transaction.gradebook_reading(1, "3").read_at == NOW + HOUR


# -- patience ----------------------------------------------------------------------------------------------


def test_a_platform_that_asks_for_patience_before_we_see_the_column_is_given_it(school: School) -> None:
    school.scores(u1=10)
    school.book.down, school.book.wait = True, 7_200
    assert school.publish().waiting == 1
    assert school.row().try_at == NOW + 7_200 * SECOND
    school.book.down = False
    assert school.publish(after=2 * HOUR - 1) == Published()
    assert school.publish(after=1) == Published(sent=1)


# -- one sender at a time -----------------------------------------------------------------------------------


def test_two_senders_at_once_make_one_column(school: School) -> None:
    second: list[Published] = []

    def opens(place: PlatformCourse) -> Gradebook:
        if not second:
            second.append(school.publish())
        return school.book

    school.scores(u1=10)
    first = publish(COURSE, school.store, opens, clock=school.clock, jitter=lambda: 0.0, label="")
    assert first == Published(sent=1)
    assert (second[0].sent, school.book.columns_made, len(school.book.told)) == (0, 1, 1)
    assert "another process" in second[0].notices[0]
    school.scores(u1=20)
    assert school.publish(after=SECOND) == Published(sent=1), "the turn is over"


def test_a_sender_that_lost_its_turn_sends_nothing_more(school: School) -> None:
    def sleeps(book: FakeGradebook, grade: Grade) -> Receipt:
        school.clock.at += HOUR
        with school.store.writing() as transaction:
            now = school.clock.now()
            assert transaction.begin_sending(COURSE, "another", at=now, until=now + MINUTE)
        return book.take(grade)

    school.scores(u1=10, u2=20)
    school.book.mishaps = [sleeps]
    assert school.publish() == Published(sent=1, waiting=1)
    assert [grade.subject for grade in school.book.told] == ["1"]


def test_a_long_sending_keeps_its_turn(school: School) -> None:
    def slowly(book: FakeGradebook, grade: Grade) -> Receipt:
        school.clock.at += MINUTE
        with school.store.writing() as transaction:
            now = school.clock.now()
            assert not transaction.begin_sending(COURSE, "another", at=now, until=now + MINUTE)
        return book.take(grade)

    school.scores(**{f"u{n}": n for n in range(1, 6)})
    school.book.mishaps = [slowly] * 5
    assert school.publish() == Published(sent=5)


def test_columns_that_look_like_ours_are_told(school: School) -> None:
    school.scores(u1=10)
    school.book.twins = ("https://moodle.example/items/9",)
    published = school.publish()
    assert (published.sent, published.needs_somebody) == (1, False)
    assert "one more column looks like ours" in published.notices[0]


# -- several places for one course --------------------------------------------------------------------------


def another_place(school: School, *, seen_at: int = 9) -> dict[int, FakeGradebook]:
    """The tool was registered anew in the same Moodle, whose course has a second column of ours then."""
    with school.store.writing() as transaction:
        again = replace(transaction.registration(1), id=0, client_id="registered anew")
        transaction.keep_registration(again, at=1)
        transaction.keep_platform_course(replace(PLACE, registration=2, seen_at=seen_at))
    book = FakeGradebook(school.clock)
    book.column, book.columns_made = "https://moodle.example/items/77", 1
    return {1: school.book, 2: book}


def publish_to(school: School, books: dict[int, FakeGradebook], *, after: int = HOUR) -> Published:
    school.clock.at += after
    return publish(
        COURSE,
        school.store,
        lambda place: books[place.registration],
        clock=school.clock,
        jitter=lambda: 0.0,
        label="",
    )


def test_after_the_tool_was_registered_anew_everybody_gets_a_grade_in_the_new_column(school: School) -> None:
    """Nobody took a grade away: it stands in the column of before."""
    school.scores(u1=10, u2=20)
    school.publish()
    books = another_place(school)
    school.change(standing=Standing.DISABLED)
    assert publish_to(school, books) == Published(sent=2)
    assert [books[2].score_of(user) for user in "12"] == [10, 20]
    assert school.row().line_item == books[2].column


@pytest.mark.parametrize("seen_at", [0, 9])
def test_while_both_are_open_a_grade_stays_in_its_column(school: School, seen_at: int) -> None:
    school.scores(u1=10)
    school.publish()
    books = another_place(school, seen_at=seen_at)
    school.scores(u1=11)
    assert publish_to(school, books) == Published(sent=1)
    assert books[1].score_of("1") == 11
    assert books[2].told == []


def test_a_new_learner_s_grade_goes_where_the_course_was_launched_last(school: School) -> None:
    books = another_place(school)
    school.scores(u1=10)
    assert publish_to(school, books) == Published(sent=1)
    assert books[2].score_of("1") == 10
    assert books[1].told == []


def test_who_is_in_one_of_two_courses_of_a_platform_gets_the_grade_there(school: School) -> None:
    """A Moodle refuses the grade of who is not enrolled; both courses are one of ours."""
    books = another_place(school)
    books[2].strangers = {"1"}
    school.scores(u1=10, u2=20)
    assert publish_to(school, books) == Published(sent=2)
    assert [book.score_of(user) for book, user in ((books[1], "1"), (books[2], "2"))] == [10, 20]
    school.scores(u1=11)
    assert publish_to(school, books) == Published(sent=1)
    assert [grade.subject for grade in books[2].told] == ["1", "2"]


def test_who_is_refused_everywhere_is_counted_once(school: School) -> None:
    books = another_place(school)
    books[1].strangers = books[2].strangers = {"1"}
    school.scores(u1=10)
    assert publish_to(school, books) == Published(refused=1)
    assert publish_to(school, books) == Published()
