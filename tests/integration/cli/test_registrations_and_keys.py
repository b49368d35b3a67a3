"""The commands of registrations, of their deployments, and of our own keys."""

from __future__ import annotations

import os
import shlex
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from lms_scoring.bootstrap import Installation, installation
from lms_scoring.domain.registration import Approval, Registration
from lms_scoring.ports import Launched, Visitor
from tests.fixtures.courses.typed import surroundings, typed
from tests.fixtures.databases import empty_database

ISSUER = "https://moodle.example.edu"
ADD = (
    *("registration", "add", "--issuer", ISSUER, "--client-id", "abc"),
    *("--auth-url", f"{ISSUER}/mod/lti/auth.php", "--token-url", f"{ISSUER}/mod/lti/token.php"),
    *("--jwks-url", f"{ISSUER}/mod/lti/certs.php"),
)
WAITING = Registration(
    issuer="https://other.example.edu",
    client_id="xyz",
    auth_url="https://other.example.edu/auth",
    token_url="https://other.example.edu/token",
    jwks_url="https://other.example.edu/certs",
)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Installation]:
    """An installation with a Moodle in its settings and nothing else; commands are typed in it."""
    (tmp_path / "store").mkdir()
    settings = {
        "LMS_SCORING_DATABASE_URL": empty_database(tmp_path / "store" / "db.sqlite"),
        "LMS_SCORING_PLATFORM_SCHOOL_KIND": "moodle",
        "LMS_SCORING_PLATFORM_SCHOOL_URL": f"{ISSUER}/",
        "LMS_SCORING_PLATFORM_SCHOOL_TOKEN": "canary-token",
        "LMS_SCORING_PLATFORM_OTHER_MOODLE_KIND": "moodle",
        "LMS_SCORING_PLATFORM_OTHER_MOODLE_URL": "https://moodle.other.example",
        "LMS_SCORING_PLATFORM_OTHER_MOODLE_TOKEN": "canary-token",
        "LMS_SCORING_PLATFORM_LRS_KIND": "xapi",
        "LMS_SCORING_PLATFORM_LRS_URL": "https://lrs.example.edu",
        "LMS_SCORING_PLATFORM_LRS_KEY": "canary-key",
        "LMS_SCORING_PLATFORM_LRS_SECRET": "canary-secret",
    }
    with surroundings(settings, tmp_path):
        yield installation(settings, working_folder=tmp_path)


def the_only(office: Installation) -> Registration:
    (found,) = office.lti.registrar().all()
    return found


def test_a_platform_is_added_and_may_launch_at_once(office: Installation) -> None:
    done = typed(*ADD, "--deployment", "1", "--deployment", "2:b", "--token-audience", "https://aud.example")
    assert done.exit_code == 0
    assert done.stdout == "registration 1: active; its people are those of school\n"
    assert the_only(office) == Registration(
        id=1,
        issuer=ISSUER,
        client_id="abc",
        auth_url=f"{ISSUER}/mod/lti/auth.php",
        token_url=f"{ISSUER}/mod/lti/token.php",
        jwks_url=f"{ISSUER}/mod/lti/certs.php",
        standing=Approval.ACTIVE,
        token_audience="https://aud.example",
        platform="school",
        deployments={"1": Approval.ACTIVE, "2:b": Approval.ACTIVE},
    )


def test_another_moodle_of_the_settings_may_be_named(office: Installation) -> None:
    assert typed(*ADD, "--platform", "other-moodle").stdout.endswith("those of other-moodle\n")
    assert the_only(office).platform == "other-moodle"


def test_an_unknown_moodle_is_answered_with_those_there_are(office: Installation) -> None:
    done = typed(*ADD, "--platform", "lrs")
    assert done.exit_code == 1
    assert "platform is no learning platform of the settings (there are: other-moodle, school)" in done.stderr
    assert office.lti.registrar().all() == []


def test_every_mistake_of_what_was_typed_is_told_at_once(office: Installation) -> None:
    done = typed(
        *("registration", "add", "--issuer", "http://moodle.example.edu", "--client-id", ""),
        *("--auth-url", "auth", "--token-url", f"{ISSUER}:99/token", "--jwks-url", ISSUER),
    )
    assert done.exit_code == 1
    for said in ("issuer must begin with https", "client-id must not", "auth-url must be", "token-url is on"):
        assert f"\n  {said}" in done.stderr
    assert "jwks-url" not in done.stderr
    assert office.lti.registrar().all() == []


def test_a_client_is_registered_once(office: Installation) -> None:
    assert typed(*ADD).exit_code == 0
    done = typed(*ADD)
    assert done.exit_code == 1
    assert "client-id is registered with that issuer already" in done.stderr
    assert "`lms-scoring registration change 1 …`" in done.stderr
    assert typed(*ADD, "--client-id", "second").exit_code == 0, "an issuer may have several"


def test_without_a_registration_the_list_says_how_to_add_one(office: Installation) -> None:
    assert "`lms-scoring registration add`" in typed("registration", "list").stdout


def test_the_list_shows_what_waits_and_what_to_check(office: Installation) -> None:
    typed(*ADD)
    office.lti.registrar().add_pending(WAITING)
    with office.store.writing() as transaction:
        transaction.meet_deployment(1, "7", at=1)
    said = typed("registration", "list").stdout
    first, second = (line for line in said.splitlines() if "example.edu   " in line)
    assert first.split() == ["2", "pending", "https://other.example.edu", "xyz"]
    assert second.split() == ["1", "active", ISSUER, "abc", "school", "7", "(pending)"]
    assert "waiting: deployment 7 of registration 1; `lms-scoring deployment approve 1 7`\n" in said
    assert f"{WAITING.auth_url}, {WAITING.token_url}, {WAITING.jwks_url}" in said


@pytest.mark.parametrize(
    ("issuer", "options", "platform"),
    [
        (WAITING.issuer, (), None),
        (WAITING.issuer, ("--platform", "school"), "school"),
        (ISSUER, (), "school"),
        (ISSUER, ("--platform", "other-moodle"), "other-moodle"),
    ],
)
def test_approving_activates_and_joins(
    office: Installation, issuer: str, options: tuple[str, ...], platform: str | None
) -> None:
    office.lti.registrar().add_pending(replace(WAITING, issuer=issuer))
    done = typed("registration", "approve", "1", *options)
    assert done.exit_code == 0
    assert done.stdout.startswith("registration 1: active; its people are those of ")
    assert (the_only(office).standing, the_only(office).platform) == (Approval.ACTIVE, platform)


def test_a_deployment_is_named_as_a_shell_takes_it_for_one_word(office: Installation) -> None:
    """A platform names its deployments as it likes."""
    typed(*ADD)
    with office.store.writing() as transaction:
        transaction.meet_deployment(1, "7; exit", at=1)
    assert "`lms-scoring deployment approve 1 '7; exit'`" in typed("registration", "list").stdout
    with office.store.writing() as transaction:
        transaction.meet_deployment(1, "-7", at=2)
    assert "`lms-scoring deployment approve -- 1 -7`" in typed("registration", "list").stdout
    assert typed("deployment", "approve", "--", "1", "-7").exit_code == 0


def test_addresses_of_another_host_are_told_and_their_deployment_waits_on(office: Installation) -> None:
    keys = "https://keys.stranger.example/jwks"
    office.lti.registrar().add_pending(replace(WAITING, jwks_url=keys, deployments={"2": Approval.PENDING}))
    said = typed("registration", "list").stdout
    assert f"{keys} (of another host than the issuer: --jwks-url, which is usual of some platforms" in said
    done = typed("registration", "approve", "1")
    assert "\nwaiting: deployment 2 of registration 1; `lms-scoring deployment approve 1 2`\n" in done.stdout
    assert the_only(office).deployments == {"2": Approval.PENDING}


def test_approving_again_changes_nothing(office: Installation) -> None:
    typed(*ADD, "--platform", "other-moodle")
    before = the_only(office)
    assert typed("registration", "approve", "1").exit_code == 0
    assert the_only(office) == before


def test_approving_what_is_joined_to_a_moodle_that_is_no_more_says_what_to_do(
    office: Installation, tmp_path: Path
) -> None:
    typed(*ADD, "--platform", "other-moodle")
    without = {name: value for name, value in os.environ.items() if "OTHER_MOODLE" not in name}
    with surroundings({name: without[name] for name in without if name.startswith("LMS_")}, tmp_path):
        done = typed("registration", "approve", "1")
        assert done.exit_code == 1
        assert "no learning platform 'other-moodle' in the settings (there are: school)" in done.stderr
        (command,) = (part for part in done.stderr.split("`") if part.startswith("lms-scoring registration"))
        assert typed(*shlex.split(command)[1:]).exit_code == 0
        assert typed("registration", "approve", "1", "--platform", "school").exit_code == 0


def test_what_was_mistyped_is_changed_and_the_rest_stays(office: Installation) -> None:
    typed(*ADD, "--deployment", "1", "--token-audience", "https://aud.example")
    before = the_only(office)
    done = typed("registration", "change", "1", "--jwks-url", f"{ISSUER}/new", "--token-audience", "")
    assert (done.exit_code, done.stderr) == (0, "")
    assert done.stdout == "registration 1: active; its people are those of school\n"
    assert the_only(office) == replace(before, jwks_url=f"{ISSUER}/new", token_audience=None)
    words = ("--auth-url", f"{ISSUER}/a", "--token-url", f"{ISSUER}/t", "--platform", "other-moodle")
    assert typed("registration", "change", "1", *words).exit_code == 0
    changed = the_only(office)
    assert (changed.auth_url, changed.token_url) == (f"{ISSUER}/a", f"{ISSUER}/t")
    assert (changed.jwks_url, changed.platform) == (f"{ISSUER}/new", "other-moodle")
    done = typed("registration", "change", "1", "--platform", "")
    assert done.stdout == "registration 1: active; its people are those of no Moodle in the settings\n"
    assert the_only(office) == replace(changed, platform=None)


def test_every_mistake_of_a_change_is_told_at_once_and_nothing_is_changed(office: Installation) -> None:
    typed(*ADD)
    before = the_only(office)
    done = typed("registration", "change", "1", "--auth-url", "", "--jwks-url", "certs", "--platform", "moo")
    assert done.exit_code == 1
    for said in ("auth-url must not be empty", "jwks-url must be", "platform is no learning platform"):
        assert f"\n  {said}" in done.stderr
    assert typed("registration", "change", "1").exit_code == 2, "nothing was named"
    assert typed("registration", "change", "9", "--auth-url", ISSUER).exit_code == 1
    assert the_only(office) == before


def test_only_what_waits_is_removed(office: Installation) -> None:
    office.lti.registrar().add_pending(WAITING)
    assert typed("registration", "remove", "1").stdout == "registration 1: removed\n"
    assert office.lti.registrar().all() == []
    typed(*ADD)
    done = typed("registration", "remove", "1")
    assert done.exit_code == 1
    assert "`lms-scoring registration disable 1`" in done.stderr
    assert the_only(office).standing is Approval.ACTIVE


def test_disabling_ends_sessions(office: Installation) -> None:
    typed(*ADD)
    launched = Launched(registration=1, context="2", subject="3", course=None)
    with office.store.writing() as transaction:
        now = office.clock.now()
        transaction.keep_session(
            "digest", Visitor(person=None, launched=launched), at=now, expires_at=now * 2
        )
    assert typed("registration", "disable", "1").stdout == "registration 1: disabled; sessions ended: 1\n"
    assert the_only(office).standing is Approval.DISABLED
    with office.store.reading() as transaction:
        assert transaction.session("digest", at=now) is None


def test_a_deployment_that_was_met_is_approved(office: Installation) -> None:
    typed(*ADD)
    with office.store.writing() as transaction:
        transaction.meet_deployment(1, "7", at=1)
    done = typed("deployment", "approve", "1", "7")
    assert done.stdout == "registration 1: deployment 7 is active\n"
    assert the_only(office).deployments == {"7": Approval.ACTIVE}


def test_disabling_a_deployment_ends_its_sessions_alone(office: Installation) -> None:
    typed(*ADD, "--deployment", "7", "--deployment", "8")
    with office.store.writing() as transaction:
        now = office.clock.now()
        for deployment in ("7", "8"):
            launched = Launched(registration=1, context="2", subject="3", course=None, deployment=deployment)
            visitor = Visitor(person=None, launched=launched)
            transaction.keep_session(deployment, visitor, at=now, expires_at=now * 2)
    done = typed("deployment", "disable", "1", "7")
    assert done.stdout == "registration 1: deployment 7 is disabled; sessions ended: 1\n"
    assert the_only(office).deployments == {"7": Approval.DISABLED, "8": Approval.ACTIVE}
    with office.store.reading() as transaction:
        assert transaction.session("7", at=now) is None
        assert transaction.session("8", at=now) is not None


@pytest.mark.parametrize(
    "words",
    [
        ("registration", "approve", "9"),
        ("registration", "disable", "9"),
        ("deployment", "approve", "9", "1"),
        ("deployment", "approve", "1", "never-met"),
        ("deployment", "disable", "1", "never-met"),
        ("registration", "approve", "1", "--platform", "moo"),
    ],
)
def test_what_is_not_there_is_said_so(office: Installation, words: tuple[str, ...]) -> None:
    typed(*ADD)
    before = the_only(office)
    done = typed(*words)
    assert done.exit_code == 1
    assert done.stderr.startswith("lms-scoring: ")
    assert the_only(office) == before


def test_keys_are_listed_without_their_secrets(office: Installation) -> None:
    done = typed("keys", "list")
    rows = [line.split() for line in done.stdout.splitlines() if len(line.split()) == 3][1:]
    assert {turn for _, turn, _ in rows} == {"current", "next"}
    assert {id_ for id_, _, _ in rows} == {key.id for key in office.lti.key_ring.own_keys()}
    assert all(made.endswith("+00:00") for _, _, made in rows)
    assert "PRIVATE" not in done.output


def test_keys_are_turned_and_told(office: Installation) -> None:
    first, second = typed("keys", "rotate"), typed("keys", "rotate")
    assert (first.exit_code, second.exit_code) == (0, 0)
    following = first.stdout.rstrip().rpartition(" ")[2]
    assert second.stdout.startswith(f"signing with {following} from now on; next: ")
    assert first.stderr == ""
    assert "published less than a day ago" in second.stderr
    assert office.lti.key_ring.current().id == following


def test_the_sealing_key_lies_beside_the_database_for_us_alone(office: Installation, tmp_path: Path) -> None:
    typed("keys", "list")
    file = tmp_path / "store" / "sealing.key"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    secret = file.read_text(encoding="ascii").strip()
    stored = b"".join(path.read_bytes() for path in file.parent.glob("db.sqlite*"))
    assert secret.encode() not in stored
    assert b"PRIVATE KEY" not in stored
    assert secret not in repr(office)
    assert secret not in repr(office.lti.key_ring)


def test_the_settings_may_name_another_place_for_it(office: Installation, tmp_path: Path) -> None:
    with surroundings({"LMS_SCORING_SEALING_KEY_FILE": "elsewhere/key"}, tmp_path):
        assert typed("keys", "list").exit_code == 0
    assert (tmp_path / "elsewhere" / "key").is_file()
    assert not (tmp_path / "data" / "sealing.key").exists()


def test_without_settings_it_lies_in_the_data_folder(tmp_path: Path) -> None:
    with surroundings({}, tmp_path):
        assert typed("keys", "list").exit_code == 0
    assert (tmp_path / "data" / "sealing.key").is_file()


def test_after_losing_the_sealing_key_one_begins_with_new_keys(office: Installation, tmp_path: Path) -> None:
    before = {key.id for key in office.lti.key_ring.own_keys()}
    (tmp_path / "store" / "sealing.key").unlink()
    for words in (("keys", "list"), ("keys", "rotate")):
        done = typed(*words)
        assert done.exit_code == 1
        assert "sealing.key is missing" in done.stderr
        assert "`lms-scoring keys rotate --lost`" in done.stderr
    assert typed("keys", "rotate", "--lost", "--yes").exit_code == 0
    after = {key.id for key in office.lti.key_ring.own_keys()}
    assert len(after) == 2
    assert not after & before


def test_keys_are_thrown_away_only_by_who_says_so(office: Installation) -> None:
    before = office.lti.key_ring.own_keys()
    done = typed("keys", "rotate", "--lost", given="n\n")
    assert done.exit_code == 1
    assert "cannot be brought back" in done.stdout
    assert office.lti.key_ring.own_keys() == before
    assert typed("keys", "rotate", "--lost", given="y\n").exit_code == 0
    assert not {key.id for key in office.lti.key_ring.own_keys()} & {key.id for key in before}
