"""A platform's roster of a course whose Moodle is read as well: held against it, never believed over it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

import pytest
from pytest_httpserver import HTTPServer

from lms_scoring.demonstration.running import Options, RunningMoodle, running_moodle
from lms_scoring.domain.evidence import Membership
from lms_scoring.domain.registration import Approval
from lms_scoring.ports import Grant, Visitor
from lms_scoring.services.collecting.rosters import RosterState
from lms_scoring.services.viewing.consult import Consultant
from lms_scoring.services.viewing.sync_report import sync_report_of
from tests.fixtures.courses.installed import Site
from tests.fixtures.courses.typed import typed

from .gradebook import COURSE, OwnMoodle

ROSTER = "lti-1"
SIGNED = ("--by", "operator:office", "--reason", "asked for in writing")
COORDINATOR = Visitor(person=None, roles=(Grant(person="", role="coordinator", course=COURSE),))


@pytest.fixture
def platform_there() -> Iterator[RunningMoodle]:
    with running_moodle(Options(learners=10)) as running:
        yield running


@pytest.fixture
def joined(here: Site, platform_there: RunningMoodle, httpserver: HTTPServer) -> OwnMoodle:
    """The course's Moodle launches us too. It stands in twice, so one can say what the other does not."""
    return OwnMoodle(platform_there, here, httpserver)


def memberships(joined: OwnMoodle) -> list[Membership]:
    with joined.site.installation.store.reading() as transaction:
        return list(transaction.memberships(COURSE))


def evidence(joined: OwnMoodle) -> dict[str, str]:
    """What each card was made from."""
    return {f"{person} {role}": card.evidence for (person, role), card in joined.site.cards(COURSE).items()}


def notices(joined: OwnMoodle) -> dict[str, str]:
    """What is open about the roster, by its code."""
    with joined.site.installation.store.reading() as transaction:
        return {
            one.problem.code: one.problem.text
            for one in transaction.met_problems(COURSE)
            if one.source == ROSTER
        }


def state(joined: OwnMoodle) -> RosterState:
    (found,) = rosters(joined)
    return found


def rosters(joined: OwnMoodle) -> Sequence[RosterState]:
    at = joined.site.installation
    return sync_report_of(at.rules(COURSE), at.store, COORDINATOR).rosters


def synced_at(joined: OwnMoodle) -> int | None:
    at = joined.site.installation
    return Consultant(at.store, at.rules(COURSE)).board(COORDINATOR).synced_at


def test_it_is_read_last_and_changes_nothing_where_both_agree(joined: OwnMoodle) -> None:
    assert [one.name for one in joined.site.installation.sources.of(COURSE)] == ["moodle", "lrs", ROSTER]
    before, cards = memberships(joined), evidence(joined)
    done = typed("sync", COURSE)
    assert (done.exit_code, done.stderr) == (0, "")
    assert f"{COURSE} {ROSTER}: done; 0 new, 0 changed" in done.stdout
    assert (memberships(joined), evidence(joined), notices(joined)) == (before, cards, {})


def test_as_of_when_it_is_known_is_told_beside_the_boards_own(joined: OwnMoodle) -> None:
    board = synced_at(joined)
    unread = state(joined)
    assert unread == RosterState(source=ROSTER, issuer=joined.moodle.url, joined=True, as_of=None)
    assert synced_at(joined) == board is not None
    typed("sync", COURSE)
    with joined.site.installation.store.reading() as transaction:
        (run,) = [one for one in transaction.runs(COURSE) if one.source == ROSTER]
    assert state(joined) == replace(unread, as_of=run.ended_at)
    rules = joined.site.installation.rules(COURSE)
    assert rules.sources == frozenset({"moodle", "lrs"})
    assert rules.source_kinds == {"moodle": "moodle", "lrs": "xapi"}
    assert joined.site.installation.sources.kind_of("moodle") == rules.source_kinds["moodle"]


def test_whom_only_the_roster_names_is_told_and_made_nothing(here: Site, httpserver: HTTPServer) -> None:
    with running_moodle(Options(learners=12)) as running:
        joined = OwnMoodle(running, here, httpserver)
        before = memberships(joined)
        done = typed("sync", COURSE)
        assert (done.exit_code, memberships(joined)) == (0, before)
        assert "notice: roster_names_more: " in done.stdout
        (told,) = notices(joined).values()
        assert "no place in the course by source moodle: 2 (moodle-" in told


def test_who_was_erased_comes_back_in_no_words_of_the_roster(here: Site, httpserver: HTTPServer) -> None:
    """The keyed digest is all that stays of them."""
    with running_moodle(Options(learners=12)) as running:
        joined = OwnMoodle(running, here, httpserver)
        erased = min(one.person for one in memberships(joined) if one.role == "learner")
        assert typed("person", "erase", erased, *SIGNED, "--yes").exit_code == 0
        done = typed("sync", COURSE)
        assert erased not in done.output
        (told,) = notices(joined).values()
        assert "no place in the course by source moodle: 2 (moodle-" in told
        assert erased not in told


def test_whom_the_roster_no_longer_names_is_told_and_withdrawn_by_the_moodle_alone(
    joined: OwnMoodle,
) -> None:
    learner = min(
        (one.person for one in memberships(joined) if one.status == "active" and one.role == "learner"),
        key=lambda person: int(person.removeprefix("moodle-")),
    )
    before = memberships(joined)
    joined.moodle.change("unenrol", user=int(learner.removeprefix("moodle-")))
    assert typed("sync", COURSE).exit_code == 0
    assert memberships(joined) == before
    assert f"does not name as active: 1 ({learner})" in notices(joined)["roster_names_fewer"]


def test_what_differed_and_differs_no_more_is_no_problem_any_more(here: Site, httpserver: HTTPServer) -> None:
    with running_moodle(Options(learners=12)) as running:
        joined = OwnMoodle(running, here, httpserver)
        typed("sync", COURSE)
        more = notices(joined)["roster_names_more"].partition("2 (")[2].partition(")")[0].split(", ")
        for person in more:
            running.change("unenrol", user=int(person.removeprefix("moodle-")))
        typed("sync", COURSE)
        assert notices(joined) == {}


@pytest.mark.parametrize("fault", ["unavailable", pytest.param("too_many", marks=pytest.mark.variation)])
def test_a_roster_that_cannot_be_had_is_reported_and_stops_nothing_else(
    joined: OwnMoodle, fault: str
) -> None:
    typed("sync", COURSE)
    before, known = memberships(joined), state(joined)
    board = synced_at(joined)
    joined.moodle.place_faults.add(fault, place="roster", times=2)
    done = typed("sync", COURSE, "--full")
    assert done.exit_code == 1
    assert f"{COURSE} moodle: done" in done.stdout
    assert f"{COURSE} lrs: done" in done.stdout
    assert f"{COURSE}: scored" in done.stdout
    assert f"{COURSE} {ROSTER}: failed" in done.stdout
    assert "lost: sync_failed: " in done.stderr
    assert (memberships(joined), state(joined)) == (before, known)
    assert (synced_at(joined) or 0) > (board or 0)
    assert typed("sync", COURSE).exit_code == 0
    assert notices(joined) == {}


def test_a_registration_that_was_revoked_is_not_asked(joined: OwnMoodle) -> None:
    with joined.site.installation.store.writing() as transaction:
        found = transaction.registration(1)
        transaction.keep_registration(replace(found, standing=Approval.DISABLED), at=2)
    assert [one.name for one in joined.site.installation.sources.of(COURSE)] == ["moodle", "lrs"]
    assert rosters(joined) == []
