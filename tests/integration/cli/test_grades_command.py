"""Grades go into a Moodle's gradebook with every sync, and by command; the whole way, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import pytest
from pytest_httpserver import HTTPServer

from lms_scoring.demonstration.running import Options, running_moodle
from lms_scoring.domain.evidence import Role
from lms_scoring.ports import Hold, Kept, RunState, SendState, SyncRequest
from lms_scoring.services.following_up.heartbeats import SCHEDULER
from lms_scoring.services.following_up.troubles import SENDING, failed
from lms_scoring.services.gradebook.enqueue import enqueue
from lms_scoring.services.gradebook.grade_steps import Graded
from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.scripted import NOTHING_TO_WAIT_FOR
from tests.fixtures.courses.typed import typed

from .gradebook import AN_HOUR, COURSE, OwnMoodle


@pytest.fixture
def moodle(here: Site, httpserver: HTTPServer) -> Iterator[OwnMoodle]:
    with running_moodle(Options(learners=10)) as running:
        yield OwnMoodle(running, here, httpserver)


@pytest.fixture
def sending(moodle: OwnMoodle) -> OwnMoodle:
    """Everybody's points are in the gradebook."""
    assert typed("course", "passback", COURSE, "score", "--yes").exit_code == 0
    moodle.date_back(seconds=2 * AN_HOUR)
    assert typed("sync", COURSE).exit_code == 0
    return moodle


def rescored(moodle: OwnMoodle, person: str, total: Fraction) -> None:
    """The person's card says so from now on."""
    installation = moodle.site.installation
    with installation.store.writing() as transaction:
        (card,) = [
            row.card for row in transaction.board(COURSE, role=Role.LEARNER) if row.card.person == person
        ]
        a_minute_ago = installation.clock.now() - 60_000  # sending it again needs a second of its own
        graded = Graded(card=replace(card, total=total), standing=None)
        enqueue(transaction, COURSE, [graded], now=a_minute_ago, reading=NOTHING_TO_WAIT_FOR)


def test_a_course_that_sends_nothing_says_nothing_of_grades(moodle: OwnMoodle) -> None:
    assert " grades: " not in typed("sync", COURSE).stdout
    refused = typed("grades", "send", COURSE)
    assert refused.exit_code == 1
    assert "lms-scoring course passback lc2024 score" in refused.stderr


def test_switching_on_shows_how_many_grades_would_go_out_and_asks(moodle: OwnMoodle) -> None:
    asked = typed("course", "passback", COURSE, "score", given="n\n")
    assert "lc2024: grades that would go out (score): 10" in asked.stdout
    assert (asked.exit_code, moodle.rows()) == (1, {})
    assert typed("course", "passback", COURSE, "score", given="y\n").exit_code == 0
    assert len(moodle.rows()) == 10


def test_the_next_sync_puts_every_learner_into_the_gradebook_and_no_tutor(sending: OwnMoodle) -> None:
    rows = sending.rows()
    assert {one.state for one in rows.values()} == {SendState.SENT}
    cards = sending.site.cards(COURSE)
    assert {(person, Role.LEARNER) for person in rows} == {key for key in cards if key[1] is Role.LEARNER}
    for person, row in rows.items():
        assert (
            sending.there(int(person.removeprefix("moodle-")))
            == row.given
            <= cards[person, Role.LEARNER].total
        )
    with sending.site.installation.store.reading() as transaction:
        title = transaction.course(COURSE).title
    assert f"{title} 研修成绩" in sending.page()


def test_a_second_sync_sends_nothing_and_says_so(sending: OwnMoodle) -> None:
    done = typed("sync", COURSE)
    assert done.exit_code == 0
    told = "lc2024 grades: 0 sent, 0 waiting, 0 kept back because a teacher changed it, 0 refused, 0 unknown"
    assert told in done.stdout


def test_a_score_just_under_the_mark_never_arrives_as_the_mark(sending: OwnMoodle) -> None:
    person = min(sending.rows())
    rescored(sending, person, Fraction(80) - Fraction(1, 10**9))
    assert typed("grades", "send", COURSE).exit_code == 0
    assert sending.there(int(person.removeprefix("moodle-"))) == Fraction("79.99")


def test_an_answer_that_is_lost_is_sent_again_and_changes_nothing(sending: OwnMoodle) -> None:
    person = min(sending.rows())
    user = int(person.removeprefix("moodle-"))
    rescored(sending, person, Fraction(61))
    sending.moodle.place_faults.add("lost_answer", place="score")
    lost = typed("grades", "send", COURSE)
    assert (lost.exit_code, sending.rows()[person].state) == (0, SendState.WAITING)
    assert "1 waiting" in lost.stdout
    assert sending.there(user) == 61
    assert typed("grades", "send", COURSE, "--again").exit_code == 0
    assert sending.rows()[person].state is SendState.SENT
    assert sending.there(user) == 61


def test_a_refused_learner_stops_nobody_and_is_named_with_the_reason(moodle: OwnMoodle) -> None:
    typed("course", "passback", COURSE, "score", "--yes")
    gone = min(moodle.rows())
    moodle.moodle.change("unenrol", user=int(gone.removeprefix("moodle-")))
    done = typed("sync", COURSE)
    assert done.exit_code == 1
    assert "lc2024 grades: 9 sent, 0 waiting" in done.stdout
    assert f"refused: {gone}: HTTP 4" in done.stderr
    assert "Check" in done.stderr
    listed = json.loads(typed("grades", "list", COURSE, "--format", "json").stdout)
    (why,) = [row["reason"] for row in listed if row["person"] == gone]
    assert "Check" in why
    assert typed("sync", COURSE).exit_code == 0, "it was said; it is not tried again by itself"


def test_a_platform_that_cannot_be_reached_leaves_the_scores_as_good_as_they_are(moodle: OwnMoodle) -> None:
    typed("course", "passback", COURSE, "score", "--yes")
    moodle.moodle.change("block_key_fetching")
    done = typed("sync", COURSE)
    assert done.exit_code == 1
    assert "0 cards changed" in done.stdout
    assert "lc2024 grades: 0 sent, 10 waiting" in done.stdout
    assert "not reached: " in done.stderr
    assert "HTTP security" in done.stderr
    moodle.moodle.change("block_key_fetching", blocked=False)
    assert typed("grades", "send", COURSE, "--again").exit_code == 0
    assert {one.state for one in moodle.rows().values()} == {SendState.SENT}


def test_a_sending_by_hand_that_went_well_ends_what_failed_and_no_other_does(moodle: OwnMoodle) -> None:
    def fails() -> bool:
        with moodle.site.installation.store.reading() as transaction:
            return any(one.concern == SENDING for one in transaction.troubles())

    typed("course", "passback", COURSE, "score", "--yes")
    moodle.moodle.change("block_key_fetching")
    installation = moodle.site.installation
    with installation.store.writing() as transaction:
        failed(transaction, SENDING, COURSE, "HTTP security", now=installation.clock.now(), jitter=0.0)
    for words in (("--again",), ()):
        typed("grades", "send", COURSE, *words)
        assert fails(), "it was not reached; and then nothing was tried, since all of it waits"
    moodle.moodle.change("block_key_fetching", blocked=False)
    typed("grades", "send", COURSE, "--again")
    assert not fails()


def test_a_teacher_s_grade_stands_until_somebody_forces_ours(sending: OwnMoodle) -> None:
    person, other = sorted(sending.rows())[:2]
    user = int(person.removeprefix("moodle-"))
    sending.override(user, 95)
    rescored(sending, person, Fraction(62))
    rescored(sending, other, Fraction(63))
    done = typed("sync", COURSE)
    assert done.exit_code == 0
    assert "1 sent, 0 waiting, 1 kept back" in done.stdout
    assert f"kept back: {person}: the gradebook has 95.00" in done.stdout
    assert typed("grades", "send", COURSE, "--again").exit_code == 0
    assert sending.there(user) == 95
    assert typed("grades", "send", COURSE, "--person", person, "--force").exit_code == 0
    assert sending.there(user) == 62


def test_one_person_s_grade_is_sent_alone(moodle: OwnMoodle) -> None:
    typed("course", "passback", COURSE, "score", "--yes")
    person = min(moodle.rows())
    done = typed("grades", "send", COURSE, "--person", person)
    assert "1 sent, 9 waiting" in done.stdout
    assert [one.person for one in moodle.rows().values() if one.state is SendState.SENT] == [person]


def test_a_verdict_is_100_or_0_and_comes_once_it_is_final(moodle: OwnMoodle) -> None:
    typed("course", "passback", COURSE, "verdict", "--yes")
    assert typed("sync", COURSE).exit_code == 0
    with moodle.site.installation.store.reading() as transaction:
        rows = transaction.board(COURSE, role=Role.LEARNER)
    expected = {row.card.person: Fraction(100 if row.card.passed else 0) for row in rows if row.told.is_final}
    provisional = {row.card.person for row in rows if row.told.is_provisional}
    assert provisional, "a case is open about somebody's work"
    kept = moodle.rows()
    assert {person: grade.sent for person, grade in kept.items() if grade.held is None} == expected
    assert {person for person, grade in kept.items() if grade.held is Hold.TO_CHECK} == provisional
    assert all(kept[person].tried is None for person in provisional)


def test_the_list_says_how_far_each_grade_got(sending: OwnMoodle) -> None:
    person = min(sending.rows())
    sending.override(int(person.removeprefix("moodle-")), 1)
    rescored(sending, person, Fraction(70))
    typed("grades", "send", COURSE)
    rows = {
        row["person"]: row for row in json.loads(typed("grades", "list", COURSE, "--format", "json").stdout)
    }
    assert len(rows) == 10
    assert rows[person]["state"] == "overridden"
    assert rows[person]["grade"] == "70.00"
    assert rows[person]["reason"] == "the gradebook has 1.00"
    assert {row["state"] for row in rows.values() if row["person"] != person} == {"sent"}
    table = typed("grades", "list", COURSE).stdout
    assert all(one in table for one in rows)


def test_switching_off_leaves_what_stands_there(sending: OwnMoodle) -> None:
    person = min(sending.rows())
    before = sending.there(int(person.removeprefix("moodle-")))
    off = typed("course", "passback", COURSE, "off", "--yes")
    assert "what stands in the gradebook stays" in off.stdout
    assert " grades: " not in typed("sync", COURSE).stdout
    assert sending.there(int(person.removeprefix("moodle-"))) == before


def test_a_backup_put_back_for_a_drill_sends_nothing_and_brings_nobody_back(
    sending: OwnMoodle, tmp_path: Path
) -> None:
    """In the order of the deployment guide: the gradebook, who was erased, and only then a sync."""
    person, erased, *_ = sorted(sending.rows())
    user = int(person.removeprefix("moodle-"))
    rescored(sending, person, Fraction(1))
    before = sending.there(user)
    (tmp_path / "drill").mkdir()
    drill = sending.site.copied(tmp_path / "drill")
    with drill.here():
        assert typed("course", "passback", COURSE, "off", "--yes").exit_code == 0
        signed = ("--by", "operator:office", "--reason", "asked for in writing")
        assert typed("person", "erase", erased, *signed, "--yes").exit_code == 0
        typed("sync", COURSE, "--full")
        assert sending.there(user) == before
        assert erased not in {one for one, _ in drill.cards(COURSE)}
    typed("sync", COURSE)
    assert sending.there(user) != before, "a grade waited in the backup"


def test_a_course_that_no_platform_opened_is_told_what_to_do(here: Site) -> None:
    done = typed("course", "passback", COURSE, "score", "--yes")
    assert "notice: no platform has opened its gradebook for this course yet" in done.stdout
    synced = typed("sync", COURSE)
    assert synced.exit_code == 0
    assert "10 unknown there" in synced.stdout


def test_keys_that_cannot_be_opened_keep_the_grades_and_say_what_to_do(
    moodle: OwnMoodle,
) -> None:
    typed("course", "passback", COURSE, "score", "--yes")
    (moodle.site.folder / "sealing.key").unlink()
    done = typed("sync", COURSE)
    assert done.exit_code == 1
    assert "lc2024: scored" in done.stdout
    assert "grades not sent: " in done.stderr
    assert "keys rotate --lost" in done.stderr
    assert {one.state for one in moodle.rows().values()} == {SendState.WAITING}


def test_a_sync_that_changes_nothing_tells_of_a_teacher_s_new_grade(sending: OwnMoodle) -> None:
    person = min(sending.rows())
    sending.override(int(person.removeprefix("moodle-")), 50)
    done = typed("sync", COURSE)
    assert done.exit_code == 0
    assert "0 sent, 0 waiting, 1 kept back because a teacher changed it" in done.stdout
    assert f"kept back: {person}: the gradebook has 50.00" in done.stdout
    row = sending.rows()[person]
    assert (row.state, row.found) == (SendState.OVERRIDDEN, Fraction(50))
    assert typed("grades", "send", COURSE, "--person", person, "--force").exit_code == 0
    assert sending.there(int(person.removeprefix("moodle-"))) == row.given


def test_what_stands_beside_the_grade_there_is_the_same_number(sending: OwnMoodle) -> None:
    person = min(sending.rows())
    rescored(sending, person, Fraction("88.096"))
    assert typed("grades", "send", COURSE).exit_code == 0
    book = sending.site.installation.lti.gradebook(sending.place())
    there = book.result(book.line_item(label="").url, person.removeprefix("moodle-"))
    assert there.score == Fraction("88.09")
    assert " 88.09 / 100 " in str(there.comment)


def test_the_list_has_names_and_says_how_grades_are_cut(sending: OwnMoodle) -> None:
    table = typed("grades", "list", COURSE).stdout
    with sending.site.installation.store.reading() as transaction:
        names = {one.id: one.name for one in transaction.people(COURSE)}
    assert all(names[person] in table for person in sending.rows())
    assert "never rounded up" in table
    rows = json.loads(typed("grades", "list", COURSE, "--format", "json").stdout)
    assert {row["name"] for row in rows} == {names[person] for person in sending.rows()}


def test_of_a_tutor_it_is_said_that_tutors_have_no_grade(sending: OwnMoodle) -> None:
    tutor = next(person for person, role in sending.site.cards(COURSE) if role is Role.TUTOR)
    for option in ((), ("--force",)):
        done = typed("grades", "send", COURSE, "--person", tutor, *option)
        assert (done.exit_code, " sent," in done.stdout) == (0, False)
        assert "only learners have a grade" in done.stdout


def test_of_what_is_not_read_yet_it_is_said_who_must_run_a_sync(sending: OwnMoodle) -> None:
    """Nobody runs the jobs; then somebody does, and a sync is asked for."""
    person, installation = min(sending.rows()), sending.site.installation
    unread = replace(sending.rows()[person], state=SendState.WAITING, held=Hold.UNREAD)
    end = installation.rules(COURSE).scheme.window.end
    with installation.store.writing() as transaction:
        transaction.keep_outgoing(unread)
        run = transaction.begin_run(COURSE, "moodle", at=end - 1)
        transaction.end_run(run, at=end, state=RunState.DONE, kept=Kept())

    def told() -> tuple[str, bool]:
        rows = json.loads(typed("grades", "list", COURSE, "--format", "json").stdout)
        (why,) = [row["reason"] for row in rows if row["person"] == person]
        return why, why in typed("grades", "send", COURSE, "--person", person).stdout

    by_hand, alone = told()
    assert by_hand.endswith(f"no sync comes by itself: run `lms-scoring sync {COURSE}`")
    now = installation.clock.now()
    with installation.store.writing() as transaction:
        transaction.keep_heartbeat(SCHEDULER, at=now)
        transaction.ask_for_sync(SyncRequest(course=COURSE, source="moodle", asked_at=now))
    by_itself, alone_too = told()
    assert by_itself.endswith("the end of the window, or the programme is closed")
    with installation.store.writing() as transaction:
        run = transaction.begin_run(COURSE, "moodle", at=now)
        transaction.end_run(run, at=now, state=RunState.DONE, kept=Kept())
    read, alone_once_more = told()
    assert read.endswith("and has been read, is scored")
    assert (alone, alone_too, alone_once_more) == (True, True, True)


def test_what_is_held_back_is_listed_with_why_and_not_sent_by_force(sending: OwnMoodle) -> None:
    person = min(sending.rows())
    before, user = sending.rows()[person], int(person.removeprefix("moodle-"))
    held = replace(before, given=Fraction(1), comment="", state=SendState.WAITING, held=Hold.DISPUTED)
    with sending.site.installation.store.writing() as transaction:
        transaction.keep_outgoing(held)
    done = typed("grades", "send", COURSE, "--force")
    assert f"held back: 1; `lms-scoring grades list {COURSE}` says why" in done.stdout
    assert sending.there(user) == before.given
    rows = {
        row["person"]: row for row in json.loads(typed("grades", "list", COURSE, "--format", "json").stdout)
    }
    why = "held back until a dispute about the result is answered"
    assert (rows[person]["state"], rows[person]["reason"]) == ("held", why)
    alone = typed("grades", "send", COURSE, "--person", person)
    assert f"nothing to send for {person}: {why}" in alone.stdout
