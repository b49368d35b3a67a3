"""Registering platforms: what is wrong is said by field, approving and disabling hold, few may wait."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from lms_scoring.domain.errors import NotRemovable, TooManyPending, UnjoinablePlatform, UnknownRegistration
from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.ports import Launched, Visitor
from lms_scoring.services.access.registrable import NotRegistrable
from lms_scoring.services.access.registrations import (
    MOST_PENDING,
    PENDING_LASTS,
    Registrar,
)
from tests.fakes.memory_store import MemoryStore
from tests.integration.web.school import StoppedClock

MOODLES = {"moodle": "https://moodle.example.edu", "other": "https://other.example.edu/learn/"}


def registrar(*private: str, platforms: dict[str, str] | None = None) -> Registrar:
    return Registrar(
        store=MemoryStore(),
        clock=StoppedClock(),
        platforms=MOODLES if platforms is None else platforms,
        private_hosts=frozenset(private),
    )


def registration(**changed: Any) -> Registration:
    usual = Registration(
        issuer="https://moodle.example.edu",
        client_id="abc",
        auth_url="https://moodle.example.edu/mod/lti/auth.php",
        token_url="https://moodle.example.edu/mod/lti/token.php",
        jwks_url="https://moodle.example.edu/mod/lti/certs.php",
    )
    return replace(usual, **changed)


def wrong_with(ours: Registrar, **changed: Any) -> list[tuple[str, str]]:
    with pytest.raises(NotRegistrable) as caught:
        ours.add(registration(**changed))
    assert ours.all() == []
    return [(fault.field, fault.wrong.value) for fault in caught.value.faults]


def test_what_an_administrator_adds_is_active_at_once() -> None:
    ours = registrar()
    kept = ours.add(registration(deployments={"1": Approval.ACTIVE}))
    assert (kept.id, kept.standing, kept.deployments) == (1, Approval.ACTIVE, {"1": Approval.ACTIVE})
    assert ours.all() == [kept]


def test_what_a_platform_adds_waits() -> None:
    ours = registrar()
    kept = ours.add_pending(registration(standing=Approval.ACTIVE))
    assert ours.one(kept.id).standing is Approval.PENDING


@pytest.mark.parametrize(
    ("issuer", "moodle"),
    [
        ("https://moodle.example.edu", "moodle"),
        ("https://MOODLE.example.edu/", "moodle"),
        ("https://other.example.edu/learn", "other"),
        ("https://other.example.edu", None),
        ("https://moodle.example.edu:8443", None),
        ("http://moodle.example.edu", None),
    ],
)
def test_the_moodle_whose_address_is_the_issuer_is_proposed(issuer: str, moodle: str | None) -> None:
    kept = registrar("moodle.example.edu").add(registration(issuer=issuer))
    assert kept.platform == moodle


def test_a_named_moodle_outweighs_the_proposed_one() -> None:
    assert registrar().add(registration(platform="other")).platform == "other"


def test_of_two_names_for_one_moodle_none_is_proposed() -> None:
    twice = {"one": "https://moodle.example.edu", "two": "https://moodle.example.edu/"}
    assert registrar(platforms=twice).add(registration()).platform is None


def test_every_fault_is_told_at_once() -> None:
    assert wrong_with(
        registrar(),
        issuer="http://moodle.example.edu",
        client_id="",
        auth_url="auth",
        token_url="https://moodle.example.edu:444/token",
        jwks_url="https://" + "a" * 2_000,
        platform="moo",
        token_audience=" ",
        deployments={"x" * 256: Approval.ACTIVE},
    ) == [
        ("issuer", "not_secure"),
        ("auth_url", "no_address"),
        ("token_url", "odd_port"),
        ("jwks_url", "too_long"),
        ("client_id", "missing"),
        ("deployment", "too_long"),
        ("token_audience", "unreadable"),
        ("platform", "no_platform"),
    ]


def test_a_registration_is_changed_and_stays_the_same_one() -> None:
    ours = registrar()
    kept = ours.add(registration(deployments={"1": Approval.ACTIVE}, token_audience="https://aud.example"))
    told = replace(
        registration(issuer="https://else.example", client_id="else", deployments={"2": Approval.ACTIVE}),
        id=kept.id,
        standing=Approval.DISABLED,
        auth_url="https://new.example/auth",
        token_url="https://new.example/token",
        jwks_url="https://new.example/certs",
        platform="other",
    )
    changed = ours.change(told)
    assert changed == replace(
        kept,
        auth_url="https://new.example/auth",
        token_url="https://new.example/token",
        jwks_url="https://new.example/certs",
        token_audience=None,
        platform="other",
    )
    assert ours.all() == [changed]


def test_a_change_that_is_wrong_changes_nothing_and_tells_all_of_it() -> None:
    ours = registrar()
    kept = ours.add(registration())
    with pytest.raises(NotRegistrable) as caught:
        ours.change(replace(kept, auth_url="", jwks_url="http://x.example", platform="moo"))
    assert [one.field for one in caught.value.faults] == ["auth_url", "jwks_url", "platform"]
    assert ours.all() == [kept]


def test_what_is_not_there_cannot_be_changed() -> None:
    with pytest.raises(UnknownRegistration):
        registrar().change(registration(id=9))


@pytest.mark.parametrize(("platform", "ended"), [("moodle", False), ("other", True), (None, True)])
def test_sessions_end_where_their_people_are_others_from_then_on(platform: str | None, ended: bool) -> None:
    ours = registrar()
    kept = ours.add(registration())
    assert kept.platform == "moodle"
    launched = Launched(registration=kept.id, context="2", subject="3", course=None)
    with ours.store.writing() as transaction:
        transaction.keep_session("digest", Visitor(person=None, launched=launched), at=1, expires_at=10**15)
    ours.change(replace(kept, platform=platform, jwks_url="https://moodle.example.edu/new"))
    with ours.store.reading() as transaction:
        assert (transaction.session("digest", at=2) is None) == ended


@pytest.mark.parametrize(("platform", "known"), [("moodle", "moodle-3"), ("other", None), (None, None)])
@pytest.mark.parametrize("approved", [False, True])
def test_nobody_is_who_the_same_number_was_at_another_moodle(
    platform: str | None, known: str | None, approved: bool
) -> None:
    """Else a grade of user 3 of the one would go to user 3 of the other."""
    ours = registrar()
    kept = ours.add(registration())
    with ours.store.writing() as transaction:
        transaction.keep_subject(kept.id, "3", "moodle-3", at=1)
    if approved:
        ours.approve(kept.id, platform=platform)
    else:
        ours.change(replace(kept, platform=platform))
    with ours.store.reading() as transaction:
        assert transaction.person_of(kept.id, "3") == known


def test_the_client_that_is_there_already_is_named() -> None:
    ours = registrar()
    ours.add(registration(client_id="first"))
    kept = ours.add(registration())
    with pytest.raises(NotRegistrable) as caught:
        ours.add(registration())
    assert [one.taken_by for one in caught.value.faults] == [kept.id]
    assert f"`lms-scoring registration change {kept.id} …`" in str(caught.value)


def test_one_that_waits_and_nobody_came_by_is_removed() -> None:
    ours = registrar()
    kept = ours.add_pending(registration())
    ours.remove(kept.id)
    assert ours.all() == []
    with pytest.raises(UnknownRegistration):
        ours.remove(kept.id)


@pytest.mark.parametrize("standing", [Approval.ACTIVE, Approval.DISABLED])
def test_one_that_was_confirmed_is_not_removed(standing: Approval) -> None:
    ours = registrar()
    kept = ours.add(registration())
    if standing is Approval.DISABLED:
        ours.disable(kept.id)
    with pytest.raises(NotRemovable, match="registration disable 1"):
        ours.remove(kept.id)
    assert ours.one(kept.id).standing is standing


def test_the_message_names_options_and_what_there_is_instead() -> None:
    with pytest.raises(NotRegistrable) as caught:
        registrar().add(registration(platform="moo", jwks_url=""))
    assert "\n  jwks-url must not be empty" in str(caught.value)
    told = "\n  platform is no learning platform of the settings (there are: moodle, other)"
    assert told in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "moodle.example.edu",
        "ftp://moodle.example.edu",
        "file:///etc/passwd",
        "javascript:alert(1)",
        "//moodle.example.edu",
        "https://",
        "https:///path",
        "https://user@moodle.example.edu/",
        "https://user:word@moodle.example.edu/",
        "https://moodle.example.edu/#part",
        "https://moodle.example.edu\\@evil.example/",
        "https://moodle.example.edu/a b",
        "https://moodle.example.edu/\n",
        "https://moodle.example.edu\t/",
        "https://moodle.example.edu;script-src/",
        "https://moodle.example.edu,evil.example/",
        "https://'none'/",
        "https://*.example.edu/",
        'https://moodle.example.edu/"onload=',
        "https://[::1/",
        "https://moodle.example.edu:port/",
        "https://moodle.example.edu:99999/",
        "https://moodle.example.edu:0/",
        "https://龙城.example.edu/",
        "https://moodle.example.edu/龙城",
    ],
)
@pytest.mark.parametrize("field", ["issuer", "auth_url", "token_url", "jwks_url"])
def test_what_two_readers_could_take_for_two_hosts_is_no_address(field: str, url: str) -> None:
    assert wrong_with(registrar(), **{field: url}) == [(field, "no_address")]


def test_an_issuer_has_no_query_but_other_addresses_may() -> None:
    assert wrong_with(registrar(), issuer="https://moodle.example.edu?x=1") == [("issuer", "no_address")]
    assert registrar().add(registration(auth_url="https://moodle.example.edu/auth?tenant=1")).id == 1


def test_only_what_we_ask_ourselves_must_be_on_a_usual_port() -> None:
    odd = "https://moodle.example.edu:10443"
    kept = registrar().add(registration(issuer=odd, auth_url=f"{odd}/auth"))
    assert kept.issuer == odd
    assert wrong_with(registrar(), jwks_url=f"{odd}/certs") == [("jwks_url", "odd_port")]


@pytest.mark.parametrize(
    ("listed", "url"),
    [
        ("10.0.0.5", "http://10.0.0.5/moodle"),
        ("10.0.0.5", "http://10.0.0.5:8080/moodle"),
        ("moodle.lan:8080", "http://moodle.lan:8080"),
        ("Moodle.LAN", "http://moodle.lan"),
        ("[::1]:8080", "http://[::1]:8080/"),
        ("moodle.lan:9443", "https://moodle.lan:9443"),
    ],
)
def test_hosts_that_the_operator_lists_may_use_http_and_any_port(listed: str, url: str) -> None:
    addresses = dict.fromkeys(("issuer", "auth_url", "token_url", "jwks_url"), url)
    assert registrar(listed).add(registration(**addresses)).token_url == url


def test_another_port_than_the_listed_one_may_not() -> None:
    assert wrong_with(registrar("moodle.lan:8080"), issuer="http://moodle.lan:8081") == [
        ("issuer", "not_secure")
    ]


def test_one_issuer_may_have_several_clients_but_none_twice() -> None:
    ours = registrar()
    assert [ours.add(registration(client_id=client)).id for client in ("a", "b")] == [1, 2]
    with pytest.raises(NotRegistrable, match="client-id is registered with that issuer already"):
        ours.add(registration(client_id="a"))
    assert len(ours.all()) == 2


def test_those_that_wait_come_first() -> None:
    ours = registrar()
    ours.add(registration(client_id="a"))
    ours.add_pending(registration(client_id="b"))
    assert [one.client_id for one in ours.all()] == ["b", "a"]


def test_twenty_may_wait_and_no_more_until_one_is_decided() -> None:
    ours = registrar()
    for number in range(MOST_PENDING):
        ours.check_room()
        ours.add_pending(registration(client_id=str(number)))
    with pytest.raises(TooManyPending):
        ours.check_room()
    with pytest.raises(TooManyPending, match="approve or disable some"):
        ours.add_pending(registration(client_id="one more"))
    assert len(ours.all()) == MOST_PENDING
    assert ours.add(registration(client_id="by hand")).standing is Approval.ACTIVE
    ours.disable(1)
    assert ours.add_pending(registration(client_id="one more")).id == MOST_PENDING + 2


def test_what_nobody_approved_for_three_days_makes_room() -> None:
    ours = registrar()
    for number in range(MOST_PENDING):
        ours.add_pending(registration(client_id=str(number)))
    at_the_end = replace(ours, clock=StoppedClock(ours.clock.now() + PENDING_LASTS))
    with pytest.raises(TooManyPending):
        at_the_end.check_room()
    later = replace(ours, clock=StoppedClock(ours.clock.now() + PENDING_LASTS + 1))
    later.check_room()
    real = later.add_pending(registration(client_id="real"))
    assert [one.id for one in later.all() if one.standing is Approval.PENDING] == [real.id]
    assert later.approve(1, platform=None).standing is Approval.ACTIVE


def test_approving_lets_a_registration_launch_and_says_whose_people_its_are() -> None:
    ours = registrar()
    ours.add_pending(registration(deployments={"1": Approval.ACTIVE, "2": Approval.PENDING}))
    changed = ours.approve(1, platform="other")
    assert (changed.standing, changed.platform) == (Approval.ACTIVE, "other")
    assert ours.one(1) == changed
    assert changed.deployments == {"1": Approval.ACTIVE, "2": Approval.PENDING}
    assert ours.approve(1, platform=None).platform is None


def test_approving_with_an_unknown_moodle_names_those_there_are() -> None:
    ours = registrar()
    ours.add_pending(registration())
    with pytest.raises(UnjoinablePlatform, match=r"'moo' in the settings \(there are: moodle, other\)"):
        ours.approve(1, platform="moo")
    assert ours.one(1).standing is Approval.PENDING


def test_disabling_ends_the_sessions_of_that_registration_alone() -> None:
    ours = registrar()
    for client in ("a", "b"):
        ours.add(registration(client_id=client))
    with ours.store.writing() as transaction:
        for digest, number in (("one", 1), ("two", 1), ("three", 2)):
            launched = Launched(registration=number, context="2", subject="3", course=None)
            visitor = Visitor(person=None, launched=launched)
            transaction.keep_session(digest, visitor, at=0, expires_at=1_000)
    assert ours.disable(1) == 2
    with ours.store.reading() as transaction:
        left = [digest for digest in ("one", "two", "three") if transaction.session(digest, at=1) is not None]
    assert left == ["three"]
    assert ours.one(1).standing is Approval.DISABLED
    assert ours.one(2).standing is Approval.ACTIVE
    assert ours.disable(1) == 0


def test_a_disabled_registration_may_be_approved_again() -> None:
    ours = registrar()
    ours.add(registration())
    ours.disable(1)
    assert ours.approve(1, platform="moodle").standing is Approval.ACTIVE


def test_a_deployment_is_approved_once_it_was_met() -> None:
    ours = registrar()
    ours.add(registration())
    with ours.store.writing() as transaction:
        transaction.meet_deployment(1, "7:a/b", at=1)
        transaction.meet_deployment(1, "8", at=1)
    ours.approve_deployment(1, "7:a/b")
    assert ours.one(1).deployments == {"7:a/b": Approval.ACTIVE, "8": Approval.PENDING}
    with pytest.raises(UnknownRegistration, match="launch once from the platform"):
        ours.approve_deployment(1, "9")


def test_nothing_is_done_to_a_registration_that_is_not_there() -> None:
    ours = registrar()
    for act in (ours.one, ours.disable):
        with pytest.raises(UnknownRegistration):
            act(5)
    with pytest.raises(UnknownRegistration):
        ours.approve(5, platform=None)
    with pytest.raises(UnknownRegistration):
        ours.approve_deployment(5, "1")
