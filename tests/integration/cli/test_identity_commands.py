"""Accounts of nobody by command: listed, joined to somebody, kept by a full sync, and parted again."""

from __future__ import annotations

import pytest

from lms_scoring.domain.identity import account, account_key
from tests.fixtures.courses.installed import Site, lasting
from tests.fixtures.courses.typed import typed
from tests.integration.cli.recorded_course import COURSE

SIGNED = ("--by", "operator:office", "--reason", "asked her on the phone")
PERSON, OTHER = "moodle-3", "moodle-4"
STRAY = account("https://old.example.edu", "3")
KEY = account_key(STRAY)


@pytest.fixture(autouse=True)
def stray(here: Site) -> None:
    """Somebody watched under another account: the same as the other person did, a week later."""
    with here.installation.store.writing() as transaction:
        (theirs,) = transaction.evidence_of(COURSE, [OTHER])
        week = 7 * 24 * 3_600_000
        transaction.keep_events(
            "lrs",
            [
                one._replace(account=STRAY, id=f"{one.id} again", at=one.at + week, stored=one.stored + week)
                for one in theirs.events["lrs"]
            ],
        )


def test_an_account_is_listed_joined_and_parted(here: Site) -> None:
    listed = typed("identity", "list", COURSE).stdout
    assert KEY in listed
    assert f"{PERSON} (same user" in listed
    before = here.cards(COURSE)
    joined = typed("identity", "join", COURSE, KEY, PERSON, *SIGNED)
    assert joined.exit_code == 0
    assert joined.stdout.startswith(f"joined to {PERSON}; ")
    after = lasting(here.cards(COURSE))
    assert {person for (person, _), card in after.items() if card not in lasting(before).values()} == {PERSON}
    listed = typed("identity", "list", COURSE).stdout
    assert "of nobody" not in listed
    assert "asked her" in listed
    assert typed("sync", COURSE, "--full").exit_code == 0
    assert lasting(here.cards(COURSE)) == after
    assert typed("identity", "undo", COURSE, STRAY, *SIGNED).stdout.startswith("undone; ")
    assert lasting(here.cards(COURSE)) == lasting(before)


def test_what_is_joined_already_is_refused_and_nothing_changes(here: Site) -> None:
    typed("identity", "join", COURSE, KEY, PERSON, *SIGNED)
    cards = here.cards(COURSE)
    again = typed("identity", "join", COURSE, STRAY, OTHER, *SIGNED)
    assert again.exit_code == 1
    assert f"the account {KEY} is joined to {PERSON} already" in again.stderr
    assert STRAY not in again.output
    assert here.cards(COURSE) == cards


def test_nobody_is_meant_by_what_nobody_has(here: Site) -> None:
    assert typed("identity", "join", COURSE, KEY, "nobody-here", *SIGNED).exit_code == 1
    assert typed("identity", "join", COURSE, "unheard-of", PERSON, *SIGNED).exit_code == 1
    assert typed("identity", "undo", COURSE, KEY, *SIGNED).exit_code == 1
    assert typed("identity", "join", COURSE, KEY, PERSON, "--by", "operator:", "--reason", "x").exit_code == 1
    assert typed("identity", "join", COURSE, KEY, PERSON).exit_code == 2
    assert KEY in typed("identity", "list", COURSE).stdout
