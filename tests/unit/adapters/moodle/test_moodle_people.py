"""By which accounts a user of a Moodle is known."""

from __future__ import annotations

from dataclasses import replace

import pytest

from adapters.moodle.evidence.people import known_person
from adapters.moodle.payloads.people import User
from adapters.moodle.roster import name_of
from lms_scoring.domain.identity import NameKind
from tests.unit.adapters.moodle.recorded import SITE, roster

GIVEN = replace(SITE, given=frozenset(NameKind))


@pytest.mark.parametrize(
    ("user", "name", "accounts"),
    [
        (9, "Aygül Memet", ["9", "tea007", "LC240007"]),
        (21, "John O'Brien", ["21", "tea019", "LC240019"]),
        (46, "阿依古丽·买买提", ["46", "tea044", "LC240044"]),
        (63, "苏建华", ["63", "tutor1", "T1"]),
    ],
)
def test_a_user_is_known_by_name_and_accounts(user: int, name: str, accounts: list[str]) -> None:
    row = roster("enrolled_users").users[user]
    person = known_person(SITE, row, name=name_of(row))
    assert (person.id, person.name) == (f"campus-{user}", name)
    ours = [each for each in person.accounts if each.startswith("account:")]
    assert ours == [f"account:https://moodle.example|{each}" for each in accounts]
    assert [each.partition(":")[0] for each in person.accounts if each not in ours] == [
        "mbox",
        "mbox_sha1sum",
    ]


def test_a_number_that_is_somebody_elses_user_id_identifies_nobody() -> None:
    user = User(id=7, username="8", idnumber="20240007")
    person = known_person(GIVEN, user, name="", other_ids={7, 8, 9})
    assert person.accounts == (
        "account:https://moodle.example|7",
        "account:https://moodle.example|20240007",
    )


@pytest.mark.parametrize(
    ("name", "identifies"),
    [("57", False), ("9999999", False), ("10000000", True), ("057", True), ("tea057", True)],
)
def test_a_number_that_could_be_anybodys_user_id_identifies_nobody(name: str, identifies: bool) -> None:
    """User 57 may be in the course tomorrow, or in another one."""
    own, called = (f"account:https://moodle.example|{text}" for text in ("12", name))
    for user in (User(id=12, username=name), User(id=12, idnumber=name)):
        person = known_person(GIVEN, user, name="", other_ids={12})
        assert person.accounts == ((own, called) if identifies else (own,))
        assert person.own == 1


def test_a_number_that_the_institution_gives_is_whose_it_was_given_to_and_nobody_elses_who_took_it() -> None:
    squatter, owner = User(id=7, username="20240007"), User(id=12, username="li", idnumber="20240007")
    number = "account:https://moodle.example|20240007"
    for given, holders in (((), []), (("idnumber",), [12]), (("username",), [7])):
        site = replace(SITE, given=frozenset(map(NameKind, given)))
        people = {user.id: known_person(site, user, name="") for user in (squatter, owner)}
        assert [id_ for id_, person in people.items() if number in person.accounts] == holders


def test_who_is_called_by_the_own_user_id_has_one_account() -> None:
    person = known_person(SITE, User(id=57, username="57"), name="", other_ids={57})
    assert person.accounts == ("account:https://moodle.example|57",)
